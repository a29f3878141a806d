"""A selector profile: what one platform's back office looks like, as frozen values. Written in selectors/*.toml."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from string import Formatter
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from rpa.address import base_url_problem
from rpa.elements.facts import Change, Facts, changes, digest_of, facts_of
from rpa.elements.fields import AnswerField, Codes, FieldSpec, Sourced, Spec
from rpa.elements.request_tests import RequestTest
from rpa.elements.site import EvidenceSpec, Identity, Session
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.toml.document import did_you_mean

S = TypeVar("S", bound=BaseModel)

LOCATOR_KINDS = ("css", "test_id", "role", "label", "placeholder", "text")


class Risk(StrEnum):
    """What a click on an element can do: nothing lasting, change a form, or something that cannot be undone."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"


def _site(url: str) -> str:
    problem = base_url_problem(url)
    if problem:
        raise ValueError(problem)
    return url.rstrip("/")


class Locator(Spec):
    """One way to find an element: exactly one of the kinds; `name` goes with a role."""

    css: str | None = None
    test_id: str | None = None
    role: str | None = None
    label: str | None = None
    placeholder: str | None = None
    text: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Locator:
        given = [kind for kind in LOCATOR_KINDS if getattr(self, kind)]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(LOCATOR_KINDS)}")
        if self.name is not None and self.role is None:
            raise ValueError('"name" goes with "role" only')
        return self

    @property
    def kind(self) -> str:
        """`css`, `test_id`, `role`, `label`, `placeholder` or `text`."""
        return next(kind for kind in LOCATOR_KINDS if getattr(self, kind))

    @property
    def value(self) -> str:
        """What this kind looks for."""
        return str(getattr(self, self.kind))


class Element(Sourced):
    """A named thing on a page."""

    name: str
    pages: tuple[str, ...] = Field(alias="page", min_length=1)
    within: str | None = None
    """`list:NAME` (looked for in one row) or `dialog:NAME`; None: anywhere on its pages."""
    irreversible: bool = False
    """What it does on this site cannot be undone, though the program's code holds it for harmless."""
    locators: tuple[Locator, ...] = Field(min_length=1)
    """Tried in order."""
    expect: tuple[str, ...] = ()
    """Its whole text must be one of these; empty: any."""
    forbid: tuple[str, ...] = ()
    """Words its text must not contain."""
    source: str
    verified: str
    _role: Risk | None = PrivateAttr(default=None)

    @property
    def role(self) -> Risk | None:
        """The most that the program does with it (`rpa.elements.roles`); None: no class says that it uses it."""
        return self._role

    @property
    def risk(self) -> Risk:
        """What a click on it can do; of what no class uses nobody knows, so that it is destructive."""
        return Risk.DESTRUCTIVE if self.irreversible or self._role is None else self._role

    @property
    def needs_person(self) -> bool:
        """Whether a person is asked for it: the program uses it for what cannot be undone."""
        return self.risk is Risk.DESTRUCTIVE and (self.irreversible or self._role is not None)

    def used(self, role: Risk | None, *, within: str | None = None) -> Element:
        """The element as the program uses it: with this role, and looked for there unless it says where itself."""
        found = self.model_copy(update={"within": within} if within and not self.within else {})
        found._role = role  # noqa: SLF001 (its own)
        return found

    @model_validator(mode="after")
    def _safe(self) -> Element:
        never = [text for text in self.expect if any(word in text for word in self.forbid)]
        if never:
            raise ValueError(f'expects "{never[0]}" and forbids a word in it')
        return self

    def with_value(self, value: str) -> Element:
        """The element whose locators and expected texts have `value` in place of `{value}`."""
        filled = [
            {kind: text.replace("{value}", value) for kind, text in locator.model_dump(exclude_none=True).items()}
            for locator in self.locators
        ]
        locators = tuple(Locator(**locator) for locator in filled)
        return self.model_copy(
            update={"locators": locators, "expect": tuple(text.replace("{value}", value) for text in self.expect)}
        )


class PageSpec(Sourced):
    """A page: its path, or how else it is reached, and the elements that must be visible for it to be that page."""

    name: str
    path: str = Field(default="", pattern=r"^(/|$)")
    """May hold `{parameter}`. Empty: its address is another one each time, and it is reached `via` elements."""
    via: tuple[str, ...] = ()
    """Elements that are clicked one after the other to come to it; one that is in a list, in the row of the key that is
    wanted."""
    start: str | None = Field(default=None, alias="from")
    """The page on which the first of them stands; None: the page after the login."""
    example: Mapping[str, str] = {}
    """What may stand for its parameters when the profile is compared with the site, where no list shows that."""
    signature: tuple[str, ...] = Field(min_length=1)
    setup: tuple[str, ...] = ()
    """Elements that are clicked one after the other once the path is open, as the tab that has no path of its own."""
    ready: str | None = None
    """The list whose rows must be there."""
    no_right: str | None = None
    """The element that an account without the right to this page is shown instead of it."""
    missing: str | None = None
    """The element that is shown in its place where the site has no such thing."""
    refused: str | None = None
    """The element that says, in its place, that there were too many calls (`words.rate_limited`), or that the site asks
    for a challenge (`words.challenge`); None: no page of the site says so by itself."""
    asked: Mapping[str, str] = {}
    """What the page's request for its list, or the page's own address, must have asked for, by path; empty: nothing."""
    source: str
    verified: str

    @model_validator(mode="after")
    def _reached(self) -> PageSpec:
        if bool(self.path) == bool(self.via):
            raise ValueError('needs a "path", or the elements that lead to it ("via"), and not both')
        if self.start is not None and not self.via:
            raise ValueError('"from" goes with "via"')
        return self

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in braces in its path."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.path) if name)


class ListSpec(Sourced):
    """Repeated blocks on a page, one per key."""

    name: str
    pages: tuple[str, ...] = Field(min_length=1)
    rows: str
    continued: str | None = None
    """The elements right below a row that belong to it, as its lines may; None: a row is one element."""
    key: str
    """The field that names a row."""
    busy: str | None = None
    empty: str | None = None
    under: str | None = None
    """Only rows below the heading, or in the table with the caption, that reads so."""
    fields: Mapping[str, FieldSpec]


class DialogSpec(Sourced):
    """A dialog over a page, or a form that is part of it.

    `key` is the value that names its subject, None if it names none; of a form that names none itself, the page around
    it does (`on_page`).
    """

    name: str
    container: str
    key: FieldSpec | None = None
    close: str | None = None
    """The element that closes it; None: it is part of its page."""
    fields: Mapping[str, FieldSpec] = {}


class AnswerSpec(Sourced):
    """The answer to a request of the page's own: the second source beside what the page shows."""

    name: str
    url: str = Field(pattern=r"^/")
    """Path of the request; may hold `{parameter}`."""
    kind: Literal["data", "document"] = "data"
    """`document`: it is the next document, which the page asks for by sending a form."""
    request: tuple[RequestTest, ...] = ()
    """What else the request must say."""
    rows: str | None = None
    row: str | None = None
    total: str | None = None
    request_page: str | None = None
    request_order: str | None = None
    key: str | None = None
    code: str | None = None
    """Path of the code in a row; may lead through lists (`*`) if all say the same."""
    ok: Codes = ()
    ok_text: tuple[str, ...] = ()
    """Of an answer that is no JSON: it must have one of these texts; what else it says proves nothing."""
    asks: Codes = ()
    """Codes with which it is a question, neither yes nor no; of an answer that is no JSON, texts."""
    echo: Mapping[str, str] = {}
    """What it says was stored, by the name of what was sent: paths in a row. Other than what was sent is a doubt."""
    message: str | None = None
    repeatable: Codes = ()
    """Codes of a refusal after which the same request may be made again."""
    fields: Mapping[str, AnswerField] = {}


class Popup(Sourced):
    """A popup that may be closed without asking: where it is and what closes it."""

    container: str
    text: tuple[str, ...] = ()
    """If given, one of these must be in it."""
    close: Locator


class Overlay(Sourced):
    """Something that covers the page and has a meaning."""

    name: str
    container: str
    text: str
    means: Literal["kicked", "challenge", "locked"]
    """`locked`: somebody else is at work on what the page shows; it is left to them."""


class Overlays(BaseModel):
    """What counts as covering the page, and what some of it means."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Overlay]

    candidates: tuple[str, ...] = Field(min_length=1)

    @property
    def known(self) -> Mapping[str, Overlay]:
        """Overlays with a meaning, by name."""
        return self.__pydantic_extra__

    @property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The texts that give away each meaning (`kicked`, `challenge`)."""
        meanings = dict.fromkeys(one.means for one in self.known.values())
        return {means: tuple(one.text for one in self.known.values() if one.means == means) for means in meanings}


class Profile(Spec):
    """One platform's profile."""

    schema_version: Literal[2] = Field(alias="schema")
    name: str
    title: Text
    base_url: Annotated[str, AfterValidator(_site)]
    origins: tuple[Annotated[str, AfterValidator(_site)], ...] = ()
    """Other addresses that belong to the site, as of its files: there, too, it is read, typed into and clicked."""
    animations: Literal["keep", "off"] = "keep"
    """`off`: CSS animations are switched off."""
    calls_per_minute: int | None = Field(default=None, ge=1)
    """So many clicks that cannot be undone the site takes in any minute; None: not known, until it refuses one."""
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    """That of all amounts, by ISO 4217."""
    timezone: str = "Asia/Shanghai"
    """The zone of the times that the site shows."""
    identity: Identity
    session: Session
    pages: Mapping[str, PageSpec]
    elements: Mapping[str, Element]
    lists: Mapping[str, ListSpec] = {}
    dialogs: Mapping[str, DialogSpec] = {}
    answers: Mapping[str, AnswerSpec] = {}
    popups: Mapping[str, Popup] = {}
    overlays: Overlays
    evidence: EvidenceSpec = EvidenceSpec()
    words: Mapping[str, tuple[str, ...]] = {}
    absent: tuple[str, ...] = ()
    """Facts that the site does not have of what it lists, by their names: not unreadable, not there at all."""
    _own: tuple[Change, ...] = PrivateAttr(default=())

    @cached_property
    def facts(self) -> Facts:
        """All that decides in it."""
        return facts_of(self)

    @cached_property
    def digest(self) -> str:
        """What a person's confirmation of it is bound to (`rpa.elements.approvals`)."""
        return digest_of(self.facts)

    @property
    def told_of_page(self) -> Mapping[str, tuple[str, ...]]:
        """Where each page says whose it is, and in which language: by what is told, paths as in `Identity`."""
        language = self.session.language_by if self.session.language is not None else ()
        identity = {key: getattr(self.identity, key) for key in ("mall_id", "mall_name", "login_name")}
        return {**identity, "language": language}

    @property
    def own(self) -> tuple[Change, ...]:
        """What it says otherwise than the one that came with the program; all, where none came."""
        return self._own

    def compare(self, bundled: Facts) -> None:
        """It is one of the user's own: find what it says otherwise."""
        self._own = tuple(changes(bundled, self.facts))

    def element(self, name: str) -> Element:
        """The element of this name. Raises ConfigError with "did you mean" when there is none."""
        if name not in self.elements:
            raise ConfigError(f'Profile {self.name} has no element "{name}"{did_you_mean(name, self.elements)}')
        return self.elements[name]

    def section(self, model: type[S]) -> S:
        """A table that a capability added (`Capability.profile_tables`). Raises ConfigError when it is absent."""
        found = self._section(model)
        if found is None:
            raise ConfigError(
                f"Profile {self.name} has no table for {model.__name__}; add it to selectors/{self.name}.toml."
            )
        return found

    def has(self, model: type[BaseModel]) -> bool:
        """Whether it has this table."""
        return self._section(model) is not None

    def _section(self, model: type[S]) -> S | None:
        values = (getattr(self, name) for name in type(self).model_fields)
        return next((value for value in values if isinstance(value, model)), None)
