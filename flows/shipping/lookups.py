"""Lookups of orders that are not pending: so many searches a run, and what earlier ones showed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from flows.gate.decide import decide_found
from flows.inbox.rows import says
from flows.orders.model import KIND, Decision, How, Order, SheetRow, Shipment
from flows.orders.reasons import Reason
from flows.orders.report import OrderRow
from flows.shipping.intents import row_of
from rpa.errors import RateLimited
from rpa.ledger.actions import State
from rpa.ledger.details import told

if TYPE_CHECKING:
    from flows.orders.api import ReadsOrders
    from rpa.ledger.actions import Action
    from rpa.ledger.observations import Observation
    from rpa.run import Run

MOST_SEARCHES: Final = 30
"""So many orders at most are searched for one by one in a run: a site that is asked for hundreds asks for fewer calls.
What its lists show, many orders at a time, counts for nothing."""

_LOOKED_FOR = "looked_for"
"""The mark of an order that was looked for because of a sheet row; its facts: the row, and what that ended with."""
_NOT_AGAIN_FOR: Final = timedelta(days=1)
"""An order that was not there may have come and gone since. One that is pending is found without a search."""


class LookUps:
    """The orders of these rows, looked for in one shop."""

    def __init__(self, run: Run, rows: Sequence[SheetRow]) -> None:
        """What is known of other rows of the same orders is none of these rows'."""
        self._run = run
        self.rows: dict[str, list[SheetRow]] = {}
        """By order; it has just one, as a rule."""
        for row in rows:
            self.rows.setdefault(row.order_sn, []).append(row)
        known = run.ledger.observations.of_mark(run.shop.name, mark=_LOOKED_FOR, subjects=self.rows)
        self._known = {sn: look for sn, look in known.items() if look.last_facts["row"] == _content(self.rows[sn][0])}
        live = run.ledger.actions.live(run.shop.name, kind=KIND, subjects=self.rows)
        self._proven = {sn: action for (sn, _), action in live.items() if action.state is State.DONE}
        self.wanted = sorted((sn for sn in self.rows if not self._is_known_missing(sn)), key=self._turn)
        """Those to be looked for, longest ago first, never first of all; what we have shipped ourselves comes last."""

    def _turn(self, order_sn: str) -> tuple[bool, float]:
        look = self._known.get(order_sn)
        return order_sn in self._proven, look.last_at.timestamp() if look else float("-inf")

    def _is_known_missing(self, order_sn: str) -> bool:
        look = self._known.get(order_sn)
        return look is not None and not look.last_facts["reason"] and abs(self._now - look.last_at) < _NOT_AGAIN_FOR

    @property
    def _now(self) -> datetime:
        return self._run.clock.now()

    def found(self, reading: ReadsOrders) -> Iterator[tuple[str, Order | None]]:
        """What the site shows of those wanted, as far as this run looks; None: the shop does not have it.

        A site that asks for fewer calls is left alone.
        """
        try:
            for some in reading.look_up(self.wanted, most_searches=MOST_SEARCHES):
                self._remember({sn: order for sn, order in some.items() if order is None or order.status != "pending"})
                yield from some.items()
        except RateLimited as error:
            self._run.note(error.code, error.in_words(self._run.language))

    def _remember(self, looks: dict[str, Order | None]) -> None:
        seen = {}
        for sn, order in looks.items():
            row = self.rows[sn][0]
            ended = decide_found(order, row) if order is not None else None
            reason, message = (ended.reason, ended.message) if ended else (None, "")
            seen[sn] = {"row": _content(row), "reason": reason or "", "message": message}
        self._run.ledger.observations.record(self._run.shop.name, mark=_LOOKED_FOR, seen=seen, gone=seen, at=self._now)

    def known(self, rows: Sequence[SheetRow]) -> Iterator[tuple[SheetRow, OrderRow]]:
        """How those of these rows end that were not looked for now: as the ledger, or an earlier look, has it."""
        for row in rows:
            action, look = self._proven.get(row.order_sn), self._known.get(row.order_sn)
            if action is not None and _sends(row, action):
                ended = row_of(told(action, language=self._run.language), reason=Reason.SAME_SHIPMENT)
                yield row, replace(ended, sheet=str(row.place.sheet), sheet_row=row.place.row)
            elif look is not None and look.last_facts["reason"] and look.last_facts["row"] == _content(row):
                yield row, OrderRow.of(_as_before(row, look))


def _content(row: SheetRow) -> list[str]:
    """What the row says, wherever it stands."""
    return list(says(row) or ())


def _sends(row: SheetRow, action: Action) -> bool:
    """Whether it is this row that was sent."""
    sent = Shipment(order_sn=row.order_sn, how=How.DIALOG, courier=row.courier, tracking_number=row.tracking_number)
    return sent.same_as(courier=action.payload["courier"], tracking_number=action.payload["tracking_number"])


def _as_before(row: SheetRow, look: Observation) -> Decision:
    reason, message = Reason.of(str(look.last_facts["reason"])), str(look.last_facts["message"])
    return Decision(order_sn=row.order_sn, order=None, row=row, shipment=None, reason=reason, message=message)
