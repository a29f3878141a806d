"""What holds for a whole site: how it names its shop, ends a session, logs in, and where personal data stands."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from rpa.elements.fields import AnswerField, Codes, Sourced, Spec, regex

ANSWERED: Final = "answer:"
"""What a path of `[identity]` begins with that leads into an answer."""


class Identity(Sourced):
    """Where a page says which shop it belongs to; the first that has a value.

    Each is a path from `window`, `css:` with what finds the element that reads so, or `answer:NAME.FIELD`: what the
    site answered to the newest such request of the document that is shown.
    """

    mall_id: tuple[str, ...] = ()
    mall_name: tuple[str, ...] = ()
    single_shop: bool = False
    """The site has one shop, which has no id and no name: its address and the login's name prove it."""
    login_name: tuple[str, ...] = ()
    """Where each page says who is logged in, which must be the account of rpa.toml; empty: none says so."""

    @model_validator(mode="after")
    def _of_one_kind(self) -> Identity:
        if self.single_shop == bool(self.mall_id):
            raise ValueError('needs "mall_id", or single_shop = true, and not both')
        if self.single_shop and self.mall_name:
            raise ValueError('"mall_name" does not go with "single_shop"')
        return self


def is_answered(path: str) -> bool:
    """Whether an answer tells it, and not the page itself."""
    return path.startswith(ANSWERED)


class LoginForm(Spec):
    """Another form of the log-in page, for logins of another kind: e-mail addresses where the first takes numbers."""

    logins: Annotated[str, AfterValidator(regex)]
    """What such a login reads like, as a whole."""
    account_tab: str | None = None
    username: str


class LoginSteps(Spec):
    """The log-in page's elements."""

    page: str
    account_tab: str | None = None
    username: str
    password: str
    agree: str | None = None
    """A box that must be ticked before; None: there is none."""
    submit: str
    stays: bool = False
    """The address stays the log-in page's after a success: the login's cookies alone tell of it."""
    error: str | None = None
    """What the page says of a wrong password; None: nothing that is known, so a refused login ends by its time."""
    challenge: str | None = None
    """What is shown when the site wants more than a password; None: it never does."""
    kicked: str | None = None
    """What the page says to one whose account was logged in elsewhere; None: it does not say so."""
    forms: tuple[LoginForm, ...] = ()
    """The page's other forms; all but tab and name they have in common with the first."""

    def form_of(self, login: str) -> LoginForm | LoginSteps:
        """The form that takes this login: the first one made for such, otherwise the page's own."""
        return next((form for form in self.forms if re.fullmatch(form.logins, login)), self)


class ShopChoice(Spec):
    """The shops of one login, which is in one of them at a time, and how to get into another."""

    list: str
    """The list of them, which the log-in page shows; its key is the shop's id. What its field `refused` reads, where
    there is one, is why the account cannot enter the shop."""
    enter: str
    """The element of a row that enters its shop."""
    switch: tuple[str, ...] = ()
    """The elements that lead from inside a shop to the list, clicked one after the other."""


class Session(Sourced):
    """How the site says that a session is over, and how to log in."""

    login_path: str = Field(pattern=r"^/")
    error_code: tuple[str, ...] = ()
    """Paths in an answer; the first that has a value. None: this site's pages ask for no data."""
    error_message: tuple[str, ...] = ()
    ok_codes: Codes = Field(default=(), validate_default=True)
    expired_codes: Codes = ()
    rate_limited_codes: Codes = ()
    challenge_codes: Codes = ()
    no_right_codes: Codes = ()
    """The account may not see what it asked for."""
    kicked: AnswerField | None = None
    after_login: str
    language: str | None = None
    """The language of the account for which the profile is written, as pages name it ("zh", which "zh-CN" is, too);
    None: it is not asked for."""
    language_by: tuple[str, ...] = ("document.documentElement.lang",)
    """Where each page says it, as in `Identity`."""
    login_cookies: tuple[str, ...] = ()
    """Names of the cookies that keep somebody logged in; the login ends with the first of them that ends."""
    login: LoginSteps
    shops: ShopChoice | None = None
    """None: a login belongs to one shop."""

    @model_validator(mode="after")
    def _told_by_cookies(self) -> Session:
        if self.login.stays and not self.login_cookies:
            raise ValueError('"stays" needs "login_cookies": nothing else says that a login worked')
        return self

    @field_validator("ok_codes")
    @classmethod
    def _some_where_codes_are(cls, codes: Codes, info: ValidationInfo) -> Codes:
        if info.data.get("error_code") and not codes:
            raise ValueError("must not be empty")
        return codes


class EvidenceSpec(Sourced):
    """What is covered in saved pictures: css of personal data."""

    mask: tuple[str, ...] = ()
