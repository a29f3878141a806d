"""Open items in the ledger: lines that a run leaves, and that a later run or a person takes away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, update

from rpa.ledger.open_items import Finding, OpenItem
from rpa.ledger.rows import chunks
from rpa.ledger.schema import outstanding
from rpa.ledger.store import Store
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_OVER: Final = frozenset({Outcome.DONE, Outcome.ALREADY_DONE})
_WAITED: Final = frozenset({Outcome.WAITING, Outcome.PLANNED})
_OPEN_ITEM = [column for column in outstanding.c if column.name != "id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One run's look at the subjects of a shop, and how much it can say about them."""

    shop: str
    report: str
    flow: str
    whole: bool
    reads_only: bool
    """It knows less than a flow that writes: lines of other flows stay in place of its own, but for those that merely
    waited and are not to be seen any more."""


class OpenItemStore(Store):
    """What is not done, as the newest reports of each family had it."""

    def replace(
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
        """How a run left its subjects, in place of what was found before; those that are done leave no line.

        `whole`: the run has looked at everything, what it does not name is over. Else the lines of other subjects stay.
        `reads_only`: the flow only reads, and lines that other flows of the same report left count more than its own.
        """
        look = _Look(shop=shop, report=report, flow=flow, whole=whole, reads_only=reads_only)
        found = list(rows)
        looked = {each.subject: False for each in found} | {each.subject: True for each in found if each.looked}
        with self._database.writing() as connection:
            there = _lines_of(connection, look)
            over = {line.id for line in there if _is_over(line, look, looked=looked)}
            for some in chunks(over):
                connection.execute(delete(outstanding).where(outstanding.c.id.in_(some)))
            taken = {line.subject for line in there if line.id not in over}
            of = {"shop": shop, "report": report, "flow": flow, "run_id": run_id, "seen_at": self._clock.now()}
            left = [each for each in found if each.outcome not in _OVER and each.subject not in taken]
            if left:
                connection.execute(insert(outstanding), [{**of, **_values(each)} for each in left])

    def search(self, shop: str | None = None) -> list[OpenItem]:
        """What is not done in a shop (None: in all), oldest first."""
        query = select(*_OPEN_ITEM).order_by(outstanding.c.id)
        if shop is not None:
            query = query.where(outstanding.c.shop == shop)
        return [OpenItem(**row) for row in self._read(query)]

    def remove(self, shop: str, *, subject: str, reports: Collection[str] | None = None) -> None:
        """A person has dealt with this subject: its lines go, until a run finds it open again.

        `reports`: the lines of these alone; None: of whichever report.
        """
        of = outstanding.c
        gone = delete(outstanding).where(of.shop == shop, of.subject == subject)
        if reports is not None:
            gone = gone.where(of.report.in_(list(reports)))
        with self._database.writing() as connection:
            connection.execute(gone)

    def update(self, items: Iterable[OpenItem], *, outcome: str, reason: str) -> None:
        """A person's answer changed why these wait: the lines say this, and no details, until a run looks again.

        A line that a run has changed since stays as it is.
        """
        of, now = outstanding.c, {"outcome": str(outcome), "reason": reason, "message": ""}
        with self._database.writing() as connection:
            for item in items:
                same = (of.shop == item.shop, of.report == item.report, of.subject == item.subject)
                connection.execute(update(outstanding).where(*same, of.reason == item.reason).values(now))


def _lines_of(connection: Connection, look: _Look) -> list[Row[tuple[int, str, str, str]]]:
    columns = (outstanding.c.id, outstanding.c.flow, outstanding.c.subject, outstanding.c.outcome)
    query = select(*columns).where(outstanding.c.shop == look.shop, outstanding.c.report == look.report)
    return list(connection.execute(query))


def _is_over(line: Row[tuple[int, str, str, str]], look: _Look, *, looked: Mapping[str, bool]) -> bool:
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
