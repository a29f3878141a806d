"""Run: one flow, once, in one shop; what a flow is given to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rpa.ledger.once import Look, Once

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.config import Shop
    from rpa.elements.profile import Profile
    from rpa.language import Language
    from rpa.ledger.actions import Action, Key
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.runs import RunRecord


C = TypeVar("C")


class Meter(Protocol):
    """Shows progress to whoever watches."""

    def add(self, count: int) -> None:
        """So many more subjects are to be ended."""

    def advance(self) -> None:
        """One more has ended."""


class Person(Protocol):
    """Whoever watches a run, or nobody."""

    def agrees(self, question: str) -> bool:
        """Whether this write may happen; always, when nobody asked to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a flow works with. `shared` is what its `prepare` gave."""

    record: RunRecord
    shop: Shop
    profile: Profile
    options: Any
    shared: Any
    dry: bool
    """Plan only: nothing is written to the site."""
    ledger: Ledger
    clock: Clock
    language: Language
    meter: Meter
    person: Person
    watched: bool = False
    """Whether a person is asked about each write."""
    note: Callable[[str, str], None]
    """(cause, message): something a person should know about the whole shop."""
    stopping: Callable[[], bool]
    """Whether the run was asked to stop: begin nothing more, and raise `Stopped`."""
    allowed: Callable[[], None] = lambda: None
    """Raises `Stopped` when nothing may be written to the site any more, from this very moment."""
    documents: Path
    """The folder of the documents saved from this shop's site; the ledger's paths of documents begin there."""
    evidence: Path
    """The folder of what proves what was done in this shop."""
    handover: Path
    """The folder of the files that a person is to carry on with."""
    offices: Mapping[type, Callable[[], Any]] = field(repr=False)

    def office(self, capability: type[C]) -> C:
        """The platform's way of doing what this capability (a protocol) promises; one object a run."""
        office: C = self.offices[capability]()
        return office

    def once(
        self, kind: str, *, look: Callable[[Sequence[Action]], Mapping[Key, Look]], supersedes: bool = False
    ) -> Once:
        """Steps of one kind that cannot be undone; `look` reads many actions back from the site. See `Once`."""
        return Once(
            self.ledger,
            self.record,
            kind=kind,
            clock=self.clock,
            look=look,
            settle_s=self.shop.settle_s,
            bound=self.shop.confirm_every,
            allowed=self.allowed,
            supersedes=supersedes,
        )
