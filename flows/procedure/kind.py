"""Kinds of action: what one of them says of itself, so that the procedure need not know it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic

from flows.orders.api import ReadsOrders
from flows.procedure.api import D, SiteActs, Values
from rpa.ledger.actions import Action, Intent, Key

if TYPE_CHECKING:
    from pathlib import Path

    from flows.orders.reasons import Coded
    from rpa.flow import Row
    from rpa.ledger.once import Look
    from rpa.run import Run


class AlreadyThere(Exception):
    """The site shows already what the step would bring about; nothing was clicked."""


class Step(ABC, Generic[D]):
    """One click of an action that cannot be undone, and what must hold before it.

    Each check raises Refused when the subject may not be acted on now, InDoubt when a sign or field is not as it must
    be.
    """

    def __init__(self, site: SiteActs[D], *, part: str = "") -> None:
        """`part`: which part of the subject it does; empty: the whole."""
        self.site = site
        self.part = part

    @abstractmethod
    def check_row(self, decision: D, row: Values) -> None:
        """The subject's row, read directly before. Raises AlreadyThere when the step's trace is there."""

    @abstractmethod
    def check_told(self, decision: D, told: Values) -> None:
        """What the page was answered when the form was opened."""

    @abstractmethod
    def check_form(self, decision: D, shown: Values, *, told: Values) -> None:
        """The form as it opened."""

    @abstractmethod
    def check_filled(self, decision: D, shown: Values, *, told: Values) -> None:
        """The form, filled in and read back."""


class Kind(ABC, Generic[D]):
    """One kind of action, in one run.

    An event kind (ship, assign, send a code) happens once per subject and part. A value kind (a remark, a setting)
    `supersedes`: what is wanted takes the place of what is done, and what the site shows already is not done again.
    """

    name: ClassVar[str]
    """The ledger's name for it."""
    supersedes: ClassVar[bool] = False
    there: ClassVar[str] = "already_there"
    """The code of the reason of what the site shows already."""
    one_row: ClassVar[bool] = False
    """A subject has one row in the report, however many steps it takes: that of the step at which it ended."""
    at_work: ClassVar[str] = "unknown"
    """The code of the reason of what the site still works through when a run ends (`Once.rest`)."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def now(self) -> datetime:
        """The site's clock."""
        return self.run.office(ReadsOrders).now()

    # Acting

    @abstractmethod
    def steps(self) -> Sequence[Step[D]]:
        """Its steps, in their order; each is taken when the site shows the one before as done."""

    @abstractmethod
    def question(self, decision: D) -> str:
        """What is to be sent, in one line, for the person who is asked whether it may be."""

    @abstractmethod
    def held_meanwhile(self, decision: D) -> D | None:
        """The decision with what was put against its subject since, asked directly before the click; None: nothing."""

    @abstractmethod
    def intent(self, decision: D, *, part: str, evidence: Path | None) -> Intent:
        """What the ledger keeps before the click."""

    # Reading back

    @abstractmethod
    def looks(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """How the site shows these actions, read afresh."""

    def meaning(self, words: str) -> Coded | None:
        """The reason that the site's words for its refusal stand for; None: no other than that it refused."""
        del words
        return None

    # Reporting

    @abstractmethod
    def reason(self, code: str) -> Coded:
        """The reason of this code, in this kind's words. Raises KeyError."""

    @abstractmethod
    def row(
        self, decision: D, reason: Coded, *, message: str = "", part: str = "", evidence: Path | None = None
    ) -> Row:
        """The report's row of a subject that ends without an action; `evidence` lies in the folder that it names."""

    @abstractmethod
    def row_of(self, action: Action, *, reason: Coded | None = None, message: str = "") -> Row:
        """The report's row of an action: how it ended, or the reason given while it has not."""
