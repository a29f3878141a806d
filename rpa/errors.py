"""What went wrong, sorted by what the runner must do next. A class's first docstring line is its default message."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import ClassVar


class RpaError(Exception):
    """Something went wrong."""

    exit_code: ClassVar[int] = 4
    code: ClassVar[str] = "crashed"
    """The reason code for rows that this error ends."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or "").partition("\n")[0])


class ConfigError(RpaError):
    """The configuration or the command line is not usable; nothing was started."""

    exit_code = 2
    code = "bad_config"


class ShopBusy(ConfigError):
    """Another process is running this shop; nothing was started."""

    code = "shop_busy"


class TryAgain(RpaError):
    """The page did not answer; nothing was changed, trying again may help."""

    exit_code = 3
    code = "page_unreachable"


class Refused(RpaError):
    """This subject cannot be acted on; the run goes on with the others."""

    exit_code = 1
    evidence: Path | None = None
    """A picture of the page at that moment."""

    def __init__(self, message: str | None = None, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class InDoubt(RpaError):
    """What happened to this subject, or what the page says of it, is not certain; the run goes on with the others."""

    exit_code = 3
    evidence: Path | None = None
    """A picture of the page at that moment."""

    def __init__(self, message: str | None = None, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class AlreadyDone(RpaError):
    """This action is in the ledger as done, or is still open; it is not repeated."""

    exit_code = 0
    code = "already_done"


class FenceLost(RpaError):
    """A newer run of this shop has started; this one woke up too late and must not act any more."""

    exit_code = 4
    code = "overtaken"


class NeedsPerson(RpaError):
    """This shop stops here until a person has looked."""

    exit_code = 3
    evidence: Path | None = None
    """A picture of the page at that moment."""
    code = "needs_person"


class LoginNeeded(NeedsPerson):
    """The shop is not logged in."""

    code = "login_needed"


class ChallengeShown(NeedsPerson):
    """The site asks for a challenge that only a person may answer."""

    code = "challenge"


class KickedOut(NeedsPerson):
    """The account was logged in elsewhere."""

    code = "logged_in_elsewhere"


class WrongShop(NeedsPerson):
    """The page belongs to another shop than the one configured."""

    code = "wrong_shop"


class PageChanged(NeedsPerson):
    """The page is not as its profile describes it."""

    code = "page_changed"


class UnknownOverlay(NeedsPerson):
    """Something that is not on the allow-list covers the page."""

    code = "unknown_overlay"


class UnexpectedDialog(NeedsPerson):
    """The page asked a question that this step does not expect; it was answered with cancel."""

    code = "unexpected_dialog"


class RateLimited(NeedsPerson):
    """The site asks for fewer calls; waiting did not help."""

    code = "rate_limited"


class RightMissing(NeedsPerson):
    """This account has no right to a page; the message names the right to ask for."""

    code = "right_missing"


class NotApproved(NeedsPerson):
    """A destructive element has not been confirmed by a person on this host."""

    code = "not_approved"


class TooManyDoubts(NeedsPerson):
    """Three subjects in a row ended in doubt."""

    code = "too_many_doubts"


class Stopped(RpaError):
    """The run was asked to stop; what it had not begun is left for the next one."""

    exit_code = 3
    code = "stopped"
