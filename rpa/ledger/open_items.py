"""Open items: the subjects that the newest runs did not end as done, and whom somebody was warned of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, update

from rpa.ledger import heartbeats, incidents
from rpa.ledger.heartbeats import Heartbeat, Login
from rpa.ledger.incidents import Incident, Severity
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import alarms, outstanding
from rpa.ledger.schema.columns import stored
from rpa.ledger.transactions import Transactions
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from rpa.clock import Clock


Alarm = tuple[str, int, datetime]
"""(subject, hours before the deadline, the deadline)."""

_OVER: Final = frozenset({Outcome.DONE, Outcome.ALREADY_DONE})


_WAITED: Final = frozenset({Outcome.WAITING, Outcome.PLANNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a run left one subject."""

    subject: str
    outcome: str
    reason: str = ""
    message: str = ""
    deadline: datetime | None = None
    """By when it must be done; None: not known, or there is none."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else the report's row says; JSON values."""
    looked: bool = True
    """False: the run did not come to look at it; what is known of it from earlier stays instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem(Finding):
    """A subject that is not done, as the newest run which looked at it left it."""

    shop: str
    report: str
    """The family of reports: a newer one of the same family takes its place."""
    flow: str
    run_id: str
    seen_at: datetime


_STANDING = [column for column in outstanding.c if column.name != "id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One run's look at the subjects of a shop, and how much it can say about them."""

    shop: str
    report: str
    flow: str
    run_id: str
    whole: bool
    """It has looked at everything: what it does not name is over. Else the lines of other subjects stay."""
    reads_only: bool = False
    """Its flow changes nothing on the site, and knows less than one that does: lines of other flows stay in place of
    its own, but for those that merely waited and are not to be seen any more."""


def replace_findings(connection: Connection, look: Look, *, rows: Iterable[Finding], clock: Clock) -> None:
    """Have what this look found, in place of what was found of the same subjects before, or of all.

    What ended as done takes its subject's lines away and leaves none.
    """
    found = list(rows)
    there = _lines_of(connection, look)
    looked = {each.subject: False for each in found} | {each.subject: True for each in found if each.looked}
    over = {line.id for line in there if _is_over(line, look, looked=looked)}
    for some in chunks(over):
        connection.execute(delete(outstanding).where(outstanding.c.id.in_(some)))
    taken = {line.subject for line in there if line.id not in over}
    of = {"shop": look.shop, "report": look.report, "flow": look.flow, "run_id": look.run_id, "seen_at": clock.now()}
    lines = [{**of, **_values(each)} for each in found if each.outcome not in _OVER and each.subject not in taken]
    if lines:
        connection.execute(insert(outstanding), lines)


def _lines_of(connection: Connection, look: Look) -> list[Row[tuple[int, str, str, str]]]:
    columns = (outstanding.c.id, outstanding.c.flow, outstanding.c.subject, outstanding.c.outcome)
    query = select(*columns).where(outstanding.c.shop == look.shop, outstanding.c.report == look.report)
    return list(connection.execute(query))


def _is_over(line: Row[tuple[int, str, str, str]], look: Look, *, looked: Mapping[str, bool]) -> bool:
    """Whether this look ends what an earlier one left; `looked`: by subject that it names, whether it came to look."""
    if line.subject in looked and not looked[line.subject]:
        return False
    if look.reads_only and line.flow != look.flow:
        return look.whole and line.outcome in _WAITED and line.subject not in looked
    return look.whole or line.subject in looked


def _values(finding: Finding) -> dict[str, object]:
    return {
        "subject": finding.subject,
        "outcome": str(finding.outcome),
        "reason": str(finding.reason),
        "message": finding.message,
        "deadline": finding.deadline,
        "facts": dict(finding.facts),
    }


def still_outstanding(connection: Connection, *, shop: str | None, clock: Clock) -> list[OpenItem]:
    """The lines of a shop, or of all, as the reports had them."""
    query = select(*_STANDING).order_by(outstanding.c.id)
    if shop is not None:
        query = query.where(outstanding.c.shop == shop)
    return [OpenItem(**fields(row, zone=clock.zone)) for row in connection.execute(query).mappings()]


def remove(connection: Connection, *, shop: str, subject: str) -> None:
    """Take the subject's lines away, of whichever report."""
    connection.execute(delete(outstanding).where(outstanding.c.shop == shop, outstanding.c.subject == subject))


def retell(connection: Connection, line: OpenItem, *, outcome: str, reason: str) -> None:
    """Have the line say this instead, if it still is as it was."""
    at = (outstanding.c.shop == line.shop, outstanding.c.report == line.report, outstanding.c.subject == line.subject)
    now = {"outcome": str(outcome), "reason": reason, "message": ""}
    connection.execute(update(outstanding).where(*at, outstanding.c.reason == line.reason).values(now))


def raise_new(connection: Connection, *, shop: str, wanted: Sequence[Alarm], clock: Clock) -> list[Alarm]:
    """Keep the alarms; gives those that are new, in the order wanted."""
    raised = {_key(alarm) for alarm in _raised(connection, shop=shop, subjects=[subject for subject, _, _ in wanted])}
    new: dict[tuple[str, int, str], Alarm] = {}
    for alarm in wanted:
        if _key(alarm) not in raised:
            new.setdefault(_key(alarm), alarm)
    now = clock.now()
    rows = [
        {"shop": shop, "subject": subject, "hours": hours, "deadline": deadline, "raised_at": now}
        for subject, hours, deadline in new.values()
    ]
    if rows:
        connection.execute(insert(alarms), rows)
    return list(new.values())


def was_raised(
    connection: Connection, *, shop: str, hours: int, subjects: Iterable[str], after: datetime, until: datetime
) -> bool:
    """Whether one of these subjects was raised at this level in this time: after < t <= until."""
    of_level = select(alarms.c.subject).where(alarms.c.shop == shop, alarms.c.hours == hours)
    lately = of_level.where(alarms.c.raised_at > after, alarms.c.raised_at <= until).limit(1)
    return any(connection.execute(lately.where(alarms.c.subject.in_(some))).first() for some in chunks(subjects))


def _raised(connection: Connection, *, shop: str, subjects: Iterable[str]) -> Iterator[Alarm]:
    known = select(alarms.c.subject, alarms.c.hours, alarms.c.deadline).where(alarms.c.shop == shop)
    for some in chunks(subjects):
        for row in connection.execute(known.where(alarms.c.subject.in_(some))):
            yield row.subject, row.hours, row.deadline


def _key(alarm: Alarm) -> tuple[str, int, str]:
    """What makes an alarm the same."""
    subject, hours, deadline = alarm
    return subject, hours, stored(deadline)


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
            replace_findings(connection, look, rows=rows, clock=self._clock)

    def outstanding(self, shop: str | None = None) -> list[OpenItem]:
        """What is not done in a shop (None: in all), as the newest reports of each family had it."""
        with self._reading() as connection:
            return still_outstanding(connection, shop=shop, clock=self._clock)

    def settled(self, shop: str, *, subject: str) -> None:
        """A person has dealt with this subject: its lines go, until a run finds it open again."""
        with self._writing() as connection:
            remove(connection, shop=shop, subject=subject)

    def retell(self, lines: Iterable[OpenItem], *, outcome: str, reason: str) -> None:
        """A person's answer changed why these wait: the lines say this, and no details, until a run looks again."""
        with self._writing() as connection:
            for line in lines:
                retell(connection, line, outcome=outcome, reason=reason)

    def raise_alarms(self, shop: str, *, wanted: Sequence[Alarm]) -> list[Alarm]:
        """Keep these (subject, hours, deadline); gives those that were never raised before."""
        with self._writing() as connection:
            return raise_new(connection, shop=shop, wanted=wanted, clock=self._clock)

    def was_alarmed(self, shop: str, *, hours: int, subjects: Iterable[str], after: datetime, until: datetime) -> bool:
        """Whether one of these subjects came within so many hours of its deadline in this time."""
        with self._reading() as connection:
            return was_raised(connection, shop=shop, hours=hours, subjects=subjects, after=after, until=until)

    def keep_login(self, shop: str, *, ends_at: datetime | None, detail: str = "") -> Login:
        """The shop's login state was saved now, and lasts until then (None: it does not tell)."""
        with self._writing() as connection:
            return heartbeats.keep(connection, shop=shop, ends_at=ends_at, detail=detail, clock=self._clock)

    def forget_login(self, shop: str) -> None:
        """The shop has no login state any more."""
        with self._writing() as connection:
            heartbeats.forget(connection, shop=shop)

    def logins(self) -> dict[str, Login]:
        """The saved login states by shop."""
        with self._reading() as connection:
            return heartbeats.known(connection, clock=self._clock)

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
