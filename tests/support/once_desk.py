"""One run's irreversible steps, against a site that a test speaks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rpa.ledger.actions import Action, Intent, Key, Seen, State
from rpa.ledger.ledger import Ledger
from rpa.ledger.once import Look, Once, Reply, Settled
from rpa.ledger.runs import RunRecord
from tests.support.ledger_clock import HandClock

SETTLE_S = 60.0
YES, NO, NOTHING_SAID = Reply(accepted=True), Reply(accepted=False, words="not today"), Reply(accepted=None)


@dataclass(slots=True)
class Site:
    """What a site shows of each subject, how often it was asked, and what was sent to it."""

    shows: dict[str, Look] = field(default_factory=dict)
    looks: int = 0
    sent: list[str] = field(default_factory=list)

    def look(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        self.looks += 1
        return {each.key: self.shows.get(each.subject, Look(seen=Seen.NOTHING)) for each in actions}


class Desk:
    """One run's once, with a site and a clock."""

    def __init__(self, ledger: Ledger, clock: HandClock, *, bound: int = 2, site: Site | None = None) -> None:
        self.ledger, self.clock, self.site = ledger, clock, site or Site()
        self.run: RunRecord = ledger.runs.start("demo", flow="ship")
        self.once = Once(
            ledger, self.run, kind="ship", clock=clock, settle_s=SETTLE_S, bound=bound, look=self.site.look
        )

    def send(self, subject: str, *, said: Reply = NOTHING_SAID, shown: Seen | None = None, takes_s: float = 0) -> None:
        def act() -> Reply:
            self.site.sent.append(subject)
            self.clock.move(takes_s)
            if shown is not None:
                self.site.shows[subject] = Look(seen=shown)
            return said

        self.once.act(Intent(subject=subject, payload={"tracking_number": f"7{subject}"}), act)

    def state(self, subject: str = "A") -> State:
        return self.ledger.actions.latest("demo", kind="ship", subjects=[subject])[subject, ""].state


def ends(settled: Iterable[Settled]) -> dict[str, State]:
    return {each.action.subject: each.action.state for each in settled}
