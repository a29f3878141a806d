"""What the ledger keeps for the people who do not watch: what stands open, what went wrong, and signs of life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rpa.ledger import heartbeats, incidents, logins, open_items
from rpa.ledger.heartbeats import Heartbeat
from rpa.ledger.incidents import Incident, Severity
from rpa.ledger.logins import Login
from rpa.ledger.open_items import Alarm, Finding, Look, Standing
from rpa.ledger.transactions import Transactions


class Oversight(Transactions):
    """What a person asks for after a night: what is not done, whom to help, whether the program still works."""

    def stand(
        self,
        shop: str,
        *,
        report: str,
        flow: str,
        run_id: str,
        rows: Iterable[Finding],
        whole: bool,
        reads_only: bool = False,
    ) -> None:
        """How a run left its subjects; those that are done leave no line.

        `whole`: the run has looked at everything, what it does not name is over. Else the lines of other subjects stay.
        `reads_only`: the flow only reads, and lines that other flows of the same report left count more than its own.
        """
        look = Look(shop=shop, report=report, flow=flow, run_id=run_id, whole=whole, reads_only=reads_only)
        with self._writing() as connection:
            open_items.replace_findings(connection, look, rows=rows, clock=self._clock)

    def outstanding(self, shop: str | None = None) -> list[Standing]:
        """What is not done in a shop (None: in all), as the newest reports of each family had it."""
        with self._reading() as connection:
            return open_items.still_outstanding(connection, shop=shop, clock=self._clock)

    def settled(self, shop: str, *, subject: str) -> None:
        """A person has dealt with this subject: its lines go, until a run finds it open again."""
        with self._writing() as connection:
            open_items.remove(connection, shop=shop, subject=subject)

    def retell(self, lines: Iterable[Standing], *, outcome: str, reason: str) -> None:
        """A person's answer changed why these wait: the lines say this, and no details, until a run looks again."""
        with self._writing() as connection:
            for line in lines:
                open_items.retell(connection, line, outcome=outcome, reason=reason)

    def raise_alarms(self, shop: str, *, wanted: Sequence[Alarm]) -> list[Alarm]:
        """Keep these (subject, hours, deadline); gives those that were never raised before."""
        with self._writing() as connection:
            return open_items.raise_new(connection, shop=shop, wanted=wanted, clock=self._clock)

    def was_alarmed(
        self, shop: str, *, hours: int, subjects: Iterable[str], after: datetime, until: datetime
    ) -> bool:  # fmt: skip
        """Whether one of these subjects came within so many hours of its deadline in this time."""
        with self._reading() as connection:
            return open_items.was_raised(
                connection, shop=shop, hours=hours, subjects=subjects, after=after, until=until
            )  # fmt: skip

    def keep_login(self, shop: str, *, ends_at: datetime | None, detail: str = "") -> Login:
        """The shop's login state was saved now, and lasts until then (None: it does not tell)."""
        with self._writing() as connection:
            return logins.keep(connection, shop=shop, ends_at=ends_at, detail=detail, clock=self._clock)

    def forget_login(self, shop: str) -> None:
        """The shop has no login state any more."""
        with self._writing() as connection:
            logins.forget(connection, shop=shop)

    def logins(self) -> dict[str, Login]:
        """The saved login states by shop."""
        with self._reading() as connection:
            return logins.known(connection, clock=self._clock)

    def incident(self, shop: str, *, cause: str, message: str, severity: Severity = Severity.WARNING) -> Incident:
        """Open an incident, or count the open one of this cause again; `times_seen == 1`: it is new, tell somebody."""
        with self._writing() as connection:
            return incidents.seen(
                connection, shop=shop, cause=cause, message=message, severity=severity, clock=self._clock
            )

    def close_incident(self, shop: str, *, cause: str) -> Incident | None:
        """Close the open incident of this cause; None: there was none."""
        with self._writing() as connection:
            return incidents.close(connection, shop=shop, cause=cause, clock=self._clock)

    def open_incidents(self, shop: str | None = None) -> list[Incident]:
        """Open incidents of a shop (None: of all), oldest first."""
        with self._reading() as connection:
            return incidents.still_open(connection, shop=shop, clock=self._clock)

    def told(self, incident: Incident) -> Incident:
        """The incident after somebody was told of it, now."""
        with self._writing() as connection:
            return incidents.told(connection, incident, clock=self._clock)

    def tell_anew(self, incident: Incident) -> Incident:
        """The incident as one that somebody is to be told of now: what it tells is news."""
        with self._writing() as connection:
            return incidents.tell_anew(connection, incident, clock=self._clock)

    def closed_and_told(self) -> list[Incident]:
        """Closed ones of which somebody was told, but not yet that they are over; oldest first."""
        with self._reading() as connection:
            return incidents.solved(connection, clock=self._clock)

    def told_closed(self, incident: Incident) -> Incident:
        """The closed incident after somebody was told that it is over, now."""
        with self._writing() as connection:
            return incidents.told_closed(connection, incident, clock=self._clock)

    def told_since(self, moment: datetime) -> list[Incident]:
        """Incidents, open or closed, of which or of whose end somebody was told at this moment or later."""
        with self._reading() as connection:
            return incidents.told_since(connection, moment, clock=self._clock)

    def beat(self, name: str, *, next_due_at: datetime | None = None, detail: str = "") -> Heartbeat:
        """A sign of life of this process under this name, now."""
        with self._writing() as connection:
            return heartbeats.beat(connection, name, next_due_at=next_due_at, detail=detail, clock=self._clock)

    def heartbeats(self) -> dict[str, Heartbeat]:
        """The newest sign of life by name."""
        with self._reading() as connection:
            return heartbeats.newest(connection, clock=self._clock)
