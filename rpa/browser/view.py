"""The view: the whole page as named elements. No selector is known above it, no business below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rpa.address import origin_of
from rpa.browser.actions import Until, click, file_field, go_to
from rpa.browser.area import Area
from rpa.browser.downloads import MOST_BYTES, Downloads
from rpa.browser.guard import Guard
from rpa.browser.lists import (
    Rows,
    comes_to_rest,
    dialog_gone,
    open_dialog,
    read_rows,
    rows_of_key,
    the_dialog,
    the_row,
    with_continued,
)
from rpa.browser.origins import SiteBorder
from rpa.browser.playwright_errors import looked, translated
from rpa.browser.polling import moments
from rpa.browser.requests import PageRequests
from rpa.browser.resolve import find
from rpa.browser.responses import SaidNo, TooManyCalls
from rpa.browser.scope import Scope
from rpa.browser.shop_page import ShopPage
from rpa.browser.shop_told import ShopTold
from rpa.browser.way import Way
from rpa.errors import ChallengeShown, LoginNeeded, NothingThere, PageChanged, RightMissing, RpaError, WrongShop
from rpa.language import Text

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Locator, Page

    from rpa.browser.evidence import Evidence
    from rpa.browser.responses import Answer
    from rpa.clock import Clock
    from rpa.elements.fields import FieldSpec
    from rpa.elements.profile import ListSpec, PageSpec, Profile

T = TypeVar("T")

_SAYS = Text(en="The site says: {message}", zh="后台提示：{message}")
_ANSWERS = 3
"""So many times as long as an element an answer may take."""
_DOCUMENT = "() => document.readyState === 'loading' ? null : String(performance.timeOrigin)"


class View(Area):
    """One shop's whole page: the area that opens pages and has rows and dialogs in it."""

    def __init__(
        self,
        page: Page,
        *,
        profile: Profile,
        base_url: str,
        guard: Guard,
        evidence: Evidence,
        clock: Clock,
        enter: Callable[[View], None] | None = None,
        change_shop: Callable[[View], None] | None = None,
        patience_s: float = 10.0,
        download_s: float = 600.0,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`guard` decides what may be touched; `enter` logs in, at most once, before the first page was seen.

        `change_shop` enters the shop from inside another one of its login, likewise; None: a login has one shop.
        `patience_s`: how long an element may take to appear, or a download to begin; an answer three times as long.
        `download_s`: how long a download may take. `stopping`: whether the run was asked to stop.
        """
        border = SiteBorder(page, origins=[origin_of(each) for each in (base_url, *profile.origins)])
        told = ShopTold(border, profile=profile)
        super().__init__(
            ShopPage(border=border, profile=profile, clock=clock, patience_s=patience_s, told=told), guard=guard
        )
        self.base_url = base_url.rstrip("/")
        self.evidence = evidence
        self._enter = enter
        self._change_shop = change_shop
        self._asking = PageRequests(
            self.border, profile=profile, clock=clock, patience_s=_ANSWERS * patience_s, stopping=stopping
        )
        self.giving_way = self._asking.giving_way
        self.refuse_stopping = self._asking.refuse_stopping
        self._downloads = Downloads(
            self.border,
            clock=clock,
            login_path=profile.session.login_path,
            patience_s=patience_s,
            longest_s=download_s,
            stopping=stopping,
        )
        page.on("dialog", self._refuse_dialog)

    def _refuse_dialog(self, dialog: Dialog) -> None:
        self.guard.refuse_dialog(dialog)

    # Pages

    def open(self, name: str, **parameters: str) -> None:
        """Go to a page of the profile and check that it is the one described, of the right shop, and not covered."""

        def go() -> None:
            self._way(name, parameters).go()
            self.set_up(name)
            self.arrive(name)

        self._entering(go)

    def go(self, name: str, **parameters: str) -> None:
        """Go to a page of the profile, logging in where the site wants that at once; the page itself is not checked."""
        self._entering(self._way(name, parameters).go)

    def open_for(self, name: str, *, answer: str, **parameters: str) -> Answer:
        """Go to a page and return the first such answer to a request of its own."""

        def go() -> Answer:
            way = self._way(name, parameters, until="commit")
            way.come_near()
            read = self._asking.asking(answer, way.go)
            for element in self.profile.pages[name].setup:
                read = self._asking.asking(answer, partial(self._set_up, element))
            self.arrive(name)
            return read

        return self._entering(go)

    def set_up(self, name: str) -> None:
        """Click what this page's path alone does not open."""
        for element in self.profile.pages[name].setup:
            self._set_up(element)

    def _set_up(self, element: str) -> None:
        """Click what a page's path alone does not open, once the page is known to be the shop's."""
        self._resolve(self.profile.element(element), unless=self.shop_page.refuse_login_page)
        self.clear()
        self.click(element)

    def open_login(self) -> None:
        """Go to the login page."""
        self._way(self.profile.session.login.page, {}).go()

    def on_login_page(self) -> bool:
        """Whether the site shows its login page now."""
        return self.shop_page.on_login_page()

    def arrive(self, name: str) -> None:
        """Check that this is the page described: not the login page, signature visible, right shop, nothing over it.

        One that says in its place that there were too many calls is loaded again after a while. Raises RightMissing
        when it says that the account may not see it, ChallengeShown when the site asks for one, NothingThere when the
        site has no such thing.
        """
        self._asking.patiently(lambda: self._check_arrived(name), again=lambda: self._load_again(name))

    def _load_again(self, name: str) -> None:
        go_to(self.border, self.page.url, doing=f"opening {name}", clock=self.clock)

    def _check_arrived(self, name: str) -> None:
        spec = self.profile.pages[name]

        def refuse_other() -> None:
            self.shop_page.refuse_login_page()
            self._refuse_words(spec)
            if spec.missing and self.present(spec.missing):
                raise NothingThere(f"{name}: the site says “{self.text(spec.missing)}”.")

        refuse_other()
        try:
            for element in spec.signature:
                self._resolve(self.profile.element(element), unless=refuse_other)
        except PageChanged:
            if spec.no_right and self.present(spec.no_right):
                raise RightMissing(f"{name}: the site says “{self.text(spec.no_right)}”.") from None
            raise
        self.clear()

    def _refuse_words(self, spec: PageSpec) -> None:
        """Raise for what the site says in the page's place: too many calls, or a challenge."""
        words = self.profile.words
        for text in self.texts(spec.refused) if spec.refused else ():
            if any(word in text for word in words.get("challenge", ())):
                raise ChallengeShown(_SAYS.with_words(message=text))
            if any(word in text for word in words.get("rate_limited", ())):
                raise TooManyCalls(_SAYS.with_words(message=text))

    def document(self) -> str | None:
        """Which document the page shows; None while it is loading."""
        page = self.page
        told: str | None = looked(page, lambda: page.evaluate(_DOCUMENT), doing="looking which document is there")
        return told

    def follow(self, action: Callable[[], None], *, unless: Callable[[], bool] = lambda: False) -> bool:
        """Do what leads to another document; whether that came, in the time that an answer may take.

        It is not checked which it is. `unless`: what may come in this document instead, such as a question.
        """
        before = self.document()
        action()
        waits = moments(self.border, clock=self.clock, patience_s=_ANSWERS * self.shop_page.patience_s)
        return any(self.document() not in (None, before) or unless() for _ in waits)

    def clear(self, *, expected: Sequence[str] = ()) -> None:
        """Check the shop, close popups of the allow-list, refuse what else lies over the page."""
        self.guard.clear(self.shop_page, expected=[self.profile.dialogs[name].container for name in expected])

    def _way(self, name: str, parameters: Mapping[str, str], *, until: Until = "domcontentloaded") -> Way:
        return Way(self, name, parameters, until=until)

    def _entering(self, go: Callable[[], T]) -> T:
        """Go; before any page was seen, log in or change the shop once where the site wants that, and go again."""
        enter, self._enter = self._enter, None
        change_shop, self._change_shop = self._change_shop, None
        with self.border.watched():
            try:
                result = go()
                self.shop_page.refuse_login_page()
            except LoginNeeded:
                if enter is None:
                    raise
                enter(self)
                return go()
            except WrongShop:
                if change_shop is None:
                    raise
                change_shop(self)
                return go()
            return result

    # Elements

    def check_allowed(self, name: str) -> None:
        """Raise NotApproved when this element could not be clicked later, so that nothing is begun."""
        self.guard.check_allowed(self.profile.element(name), profile=self.profile, origin=self.border.origin)

    def choose_file(self, name: str, path: Path) -> None:
        """Choose a file in a file field, which may be hidden; what the page makes of it is not waited for."""
        element = self.profile.element(name)
        field, origin = file_field(self.page, element, patience_ms=self.shop_page.patience_ms)
        self.border.check_origin(origin)
        self.guard.allow(element, profile=self.profile, origin=origin)
        with self.border.watched(), translated(f"choosing {path.name} in {name}"):
            field.set_input_files(path)

    def choose(self, name: str, value: str) -> None:
        """Open a select and click its option; the element `<name>_option` describes it, with `{value}` for the text."""
        self.click(name)
        found = self._resolve(self.profile.element(f"{name}_option").with_value(value))
        self._allow(found)
        with self.border.watched():
            click(found, patience_ms=self.shop_page.patience_ms)

    def choose_in(self, scope: Scope, name: str, value: str) -> bool:
        """The same of a select in a scope, whose options stand anywhere on the page; whether it has that option."""
        scope.click(name)
        option = self.profile.element(f"{name}_option").with_value(value)
        found = next((shown for _ in self.moments() if (shown := find(self.page, option)) is not None), None)
        if found is None:
            scope.click(name)
            return False
        self.border.check_origin(found.origin)
        self._allow(found)
        with self.border.watched():
            click(found, patience_ms=self.shop_page.patience_ms)
        return True

    # Answers to the page's own requests

    def answered(
        self,
        name: str,
        action: Callable[[], None],
        *,
        about: str | None = None,
        sending: Mapping[str, str] | None = None,
        unless: str | None = None,
    ) -> Answer | None:
        """Do the one action, return the answer to the request it made; see `PageRequests.answered`."""
        return self._asking.answered(name, action, about=about, sending=sending, unless=unless)

    def asking(self, name: str, action: Callable[[], None], *, about: str | None = None) -> Answer:
        """Do what makes the page read something, return the answer; see `PageRequests.asking`.

        Raises WrongShop when the site has answered for another shop.
        """
        with self.asked(name, action, about=about) as answer:
            return answer()

    @contextmanager
    def asked(
        self, name: str, action: Callable[[], None], *, about: str | None = None
    ) -> Iterator[Callable[[], Answer]]:
        """Like `asking`, in two steps, so that something can be done meanwhile; see `PageRequests.asked`."""
        with self._asking.asked(name, action, about=about) as answer:

            def of_shop() -> Answer:
                try:
                    read = answer()
                except SaidNo:
                    self._refuse_moved()
                    raise
                self.guard.is_answered(self.shop_page)
                return read

            yield of_shop

    def _refuse_moved(self) -> None:
        """Raise WrongShop when the session is in another shop of its login by now.

        There a site may say of what this shop has that there is no such thing. Nothing is clicked, and nothing else is
        raised.
        """
        if self.profile.session.shops is None:
            return
        try:
            self.go(self.profile.session.after_login)
            any(self.guard.is_answered(self.shop_page) for _ in self.moments())
        except WrongShop:
            raise
        except RpaError:
            return

    def site_now(self) -> datetime:
        """The site's clock."""
        return self._asking.site_now()

    @property
    def site_ahead(self) -> timedelta | None:
        """How far the site's clock is ahead of ours; None: it has not told yet."""
        return self._asking.ahead

    def downloaded(self, action: Callable[[], None], *, into: Path, most_bytes: int = MOST_BYTES) -> Path:
        """Do the one action, give the file that it makes the browser download: under a safe name, in this folder.

        Raises Refused: `download_failed` when a page or nothing comes instead (the page is as before then), when it is
        cut off or empty; `too_large`. Stopped when the run is asked to stop; LoginNeeded.
        """
        return self._downloads.taken(action, into=into, most_bytes=most_bytes)

    # Lists and dialogs

    def rows(self, name: str, *, keys: Sequence[str] | None = None, parts: bool = False) -> Rows:
        """The rows a list shows; see `read_rows`."""
        spec, patience_ms = self.profile.lists[name], self.shop_page.patience_ms / 2
        return read_rows(self.border, spec, profile=self.profile, keys=keys, parts=parts, patience_ms=patience_ms)

    def comes_to_rest(self, name: str, *, without: str) -> bool:
        """Wait until the list is drawn and has no row of this key; see `lists.comes_to_rest`."""
        return comes_to_rest(self.page, self.profile.lists[name], profile=self.profile, without=without)

    def shows(self, name: str, key: str) -> bool:
        """Whether the list shows a row of this key now."""
        rows = rows_of_key(self.page, self.profile.lists[name], key=key)
        return looked(self.page, rows.count, doing=f"looking for the row {key}") > 0

    def shows_any(self, name: str) -> bool:
        """Whether the list shows any row now."""
        rows = self.page.locator(self.profile.lists[name].rows).visible
        return looked(self.page, rows.count, doing=f"looking whether {name} has rows") > 0

    def shows_empty(self, name: str) -> bool:
        """Whether the page says that this list has no rows."""
        empty = self.profile.lists[name].empty
        if empty is None:
            return False
        shown = self.page.locator(empty).visible
        return looked(self.page, shown.count, doing=f"looking whether {name} is empty") > 0

    def row(self, name: str, key: str) -> Scope:
        """The one row of this list whose key equals `key`; a list that is being drawn is given a moment.

        Raises InDoubt when the row is not there exactly once.
        """
        return self._row(self.profile.lists[name], the_row(self.page, self.profile.lists[name], key=key), key=key)

    def row_just_read(self, name: str, key: str) -> Scope:
        """The same row where `rows` has just shown it once: it is not looked for again before something is done in it.

        What is done in it raises PageChanged or InDoubt when it is not there exactly once any more.
        """
        spec = self.profile.lists[name]
        root = with_continued(self.page, rows_of_key(self.page, spec, key=key), spec)
        return self._row(spec, root, key=key)

    def _row(self, spec: ListSpec, root: Locator, *, key: str) -> Scope:
        name, key_field = f"list:{spec.name}", spec.fields[spec.key]
        rows = spec.rows if spec.continued is not None else None
        return self._scope(root, name=name, key=key, fields=spec.fields, key_field=key_field, rows=rows)

    def nth_row(self, name: str, number: int, *, key: str) -> Scope:
        """The row of this list that stands at this place, from 1: keys need not differ; reading it checks `key`."""
        spec = self.profile.lists[name]
        root = self.page.locator(spec.rows).visible.nth(number - 1)
        return self._scope(root, name=f"list:{name}", key=key, fields=spec.fields, key_field=spec.fields[spec.key])

    def dialog(self, name: str, key: str) -> Scope:
        """The dialog, open, that is to name `key`; reading it raises InDoubt when it names another."""
        spec = self.profile.dialogs[name]
        root = the_dialog(self.page, spec, key=key, patience_ms=self.shop_page.patience_ms)
        return self._scope(root, name=f"dialog:{name}", key=key, fields=spec.fields, key_field=spec.key)

    def question(self, name: str, *, about: str) -> Scope | None:
        """A dialog, where it is open now, that is to name this key; one that names none is taken to be about it."""
        root = open_dialog(self.page, self.profile.dialogs[name])
        key_field = self.profile.dialogs[name].key
        return self._scope(root, name=f"dialog:{name}", key=about, fields={}, key_field=key_field) if root else None

    def look_into(self, name: str) -> Mapping[str, Any]:
        """The fields of a dialog that is open, or of a form that is part of the page, whatever it is about.

        What names its subject is among them, as `key`. Raises InDoubt when it is not there.
        """
        spec = self.profile.dialogs[name]
        fields = {**spec.fields, **({"key": spec.key} if spec.key is not None else {})}
        root = self.page.locator(spec.container).visible
        return self._scope(root, name=f"dialog:{name}", key="", fields=fields, key_field=None).read().values

    def _scope(
        self,
        root: Locator,
        *,
        name: str,
        key: str,
        fields: Mapping[str, FieldSpec],
        key_field: FieldSpec | None,
        rows: str | None = None,
    ) -> Scope:
        return Scope(
            self.shop_page,
            guard=self.guard,
            root=root,
            name=name,
            key=key,
            fields=fields,
            key_field=key_field,
            rows=rows,
        )

    def dialog_gone(self, name: str) -> None:
        """Wait until this dialog is closed."""
        dialog_gone(self.page, self.profile.dialogs[name], patience_ms=self.shop_page.patience_ms)
