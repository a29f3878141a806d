"""Rows of an inbox that came to nothing stay in a person's sight: no later run reports them again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from flows.gate.rules import KIND
from flows.orders.reasons import Reason
from rpa.ledger.actions import State

if TYPE_CHECKING:
    from flows.inbox.folder import InboxFolder
    from flows.inbox.joining import Arrived
    from rpa.ledger.inbox_rows import ArrivalRow
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.open_items import Finding

REPORT = "Inbox"
"""The family of these findings: a run of the shop replaces those of an earlier one."""

_NOTHING_TO_DO = frozenset({Reason.DUPLICATE_ROW})
_WHATEVER_THE_ORDER = frozenset({Reason.ORDER_CLOSED})
"""The parcel is on its way though its order is over."""


def keep_in_sight(arrived: Arrived, *, stopped: Sequence[str]) -> None:
    """Have each such row among what is outstanding, until a later row or the site settles its order, or for days."""
    with arrived.ledger() as ledger:
        for shop in arrived.live.intersection(arrived.folders).difference(stopped):
            folder = arrived.folders[shop]
            rows = ledger.failed_rows(folder.key, since=arrived.config.clock.now() - folder.keep)
            mine = [row for row in rows if row.shop == shop and row.reason not in _NOTHING_TO_DO]
            done = _done(folder, {row.subject for row in mine}, ledger=ledger)
            left = [row for row in mine if row.subject not in done and not _is_over(row, arrived)]
            ledger.stand(
                shop, report=REPORT, flow="ship", run_id=arrived.run_ids.get(shop, ""), whole=True,
                rows=_findings(left, arrived),
            )  # fmt: skip


def _done(folder: InboxFolder, subjects: Collection[str], *, ledger: Ledger) -> set[str]:
    """The orders that were shipped by the program after all."""
    live = [ledger.live(shop, kind=KIND, subjects=subjects) for shop in folder.names]
    return {action.subject for found in live for action in found.values() if action.state is State.DONE}


def _is_over(row: ArrivalRow, arrived: Arrived) -> bool:
    """Whether the shop had the order when its row ended, and does not list it any more."""
    had = row.shop not in row.looked and row.subject and row.reason not in _WHATEVER_THE_ORDER
    return bool(had) and row.subject not in arrived.reported.get(row.shop, {})


def _findings(rows: Sequence[ArrivalRow], arrived: Arrived) -> Iterator[Finding]:
    from rpa.ledger.open_items import Finding

    for row in rows:
        deadline = arrived.reported.get(row.shop, {}).get(row.subject)
        facts = {"sheet_row": row.place, "tracking_number": row.content["tracking_number"]}
        yield Finding(
            subject=row.subject, outcome=row.outcome, reason=row.reason, message=row.message, deadline=deadline,
            facts=facts,
        )  # fmt: skip
