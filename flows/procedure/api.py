"""What the procedure asks of a platform, and what its levels tell each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from flows.orders.api import Said
from flows.orders.reasons import Coded
from rpa.ledger.once import Settled

Values: TypeAlias = Mapping[str, Any]
"""What a row, a form or an answer says, by the profile's names."""


class Decided(Protocol):
    """What was decided on one subject, a frozen dataclass. `reason` None: it is to be acted on."""

    @property
    def subject(self) -> str:
        """The subject's name on the site, an order's number for one."""

    @property
    def reason(self) -> Coded | None:
        """Why it is not to be acted on."""

    @property
    def message(self) -> str:
        """More about that reason."""


D = TypeVar("D", bound=Decided)
D_co = TypeVar("D_co", bound=Decided, covariant=True)
D_contra = TypeVar("D_contra", bound=Decided, contravariant=True)
S_co = TypeVar("S_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Generic[D]):
    """A subject that was not acted on, or not any further."""

    decision: D
    reason: Coded | None = None
    """None: that of the decision."""
    message: str = ""
    part: str = ""
    """At which part it ended."""
    goes_on: bool = False
    """Only this part: the site shows it already, and those after it are still to be done."""
    evidence: Path | None = None


Result: TypeAlias = Left[D] | Settled
"""How a subject, or one part of it, has ended."""


class Route(Protocol[D]):
    """The way on which a batch's subjects go to the site: one by one, or many at once."""

    def act(self, decisions: Sequence[D]) -> Iterator[Result[D]]:
        """Act on these. What was clicked and has no result here is open: the site has still to show it."""


class SiteReads(Protocol[S_co]):
    """How a site shows subjects."""

    def now(self) -> datetime:
        """The site's clock, which its deadlines are judged by; ours before anything was read."""

    def find(self, subjects: Sequence[str], /) -> Mapping[str, S_co]:
        """Subjects in any state by name, read afresh; those that the shop does not have are missing."""


class SiteForm(Protocol[D_contra]):
    """A form, open for one subject. It names the subject, or reading it raises InDoubt."""

    @property
    def told(self) -> Values:
        """The second source: what the page was answered when the form was opened."""

    def read(self) -> Values:
        """Its fields, once they are drawn."""

    def put(self, decision: D_contra, shown: Values) -> Values:
        """Fill in what is wanted; its fields, read back. Raises Refused when the form does not take it."""

    def blocked(self) -> str | None:
        """Why it cannot be sent as it is, in the site's words; None: it can."""

    def take_picture(self) -> None:
        """Keep a picture of it as it is sent."""

    @property
    def evidence(self) -> Path | None:
        """That picture; None: none was taken, or none is kept."""

    def send(self) -> Said:
        """The one click that cannot be undone, and those that the site asks for after it; what it said to this one."""

    def leave(self) -> None:
        """Close it without sending."""


class SiteActs(Protocol[D_contra]):
    """How a site does one step of an action. When, and what must hold before, `flows.procedure.on_page` says."""

    def check_allowed(self) -> None:
        """Raise NotApproved when the step could not be done later, so that nothing is begun."""

    def bring_row(self, decision: D_contra) -> Values:
        """Have the subject's row on the page, once its list is at rest; what the row shows, read afresh.

        Raises Refused when the subject may not be acted on any more, InDoubt when its row is not there exactly once.
        """

    def open(self, decision: D_contra) -> SiteForm[D_contra]:
        """Open the form from the row."""

    def pictured(self, subject: str) -> AbstractContextManager[None]:
        """What refuses in this block, or is in doubt, has a picture of the page."""
