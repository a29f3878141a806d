"""What holds for a whole site: how it names its shop, ends a session, logs in, and where personal data stands."""

from __future__ import annotations

from pydantic import Field, ValidationInfo, field_validator

from rpa.elements.fields import AnswerField, Codes, Sourced, Spec


class Identity(Sourced):
    """Where a page says which shop it belongs to; the first that has a value.

    Each is a path from `window`, or `css:` with what finds the element that reads so.
    """

    mall_id: tuple[str, ...] = Field(min_length=1)
    mall_name: tuple[str, ...] = ()


class LoginSteps(Spec):
    """The log-in page's elements."""

    page: str
    account_tab: str | None = None
    username: str
    password: str
    submit: str
    error: str | None = None
    """What the page says of a wrong password; None: nothing that is known, so a refused login ends by its time."""
    challenge: str | None = None
    """What is shown when the site wants more than a password; None: it never does."""
    kicked: str | None = None
    """What the page says to one whose account was logged in elsewhere; None: it does not say so."""


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
    login_cookies: tuple[str, ...] = ()
    """Names of the cookies that keep somebody logged in; the login ends with the first of them that ends."""
    login: LoginSteps

    @field_validator("ok_codes")
    @classmethod
    def _some_where_codes_are(cls, codes: Codes, info: ValidationInfo) -> Codes:
        if info.data.get("error_code") and not codes:
            raise ValueError("must not be empty")
        return codes


class EvidenceSpec(Sourced):
    """What is covered in saved pictures: css of personal data."""

    mask: tuple[str, ...] = ()
