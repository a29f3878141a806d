"""A batch of remarks: each that is wanted ends in exactly one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.orders.api import ReadsOrders
from flows.orders.reasons import Reason
from flows.orders.words import Identifiers
from flows.procedure.batch import Batch
from flows.procedure.one_by_one import OneByOne
from flows.procedure.pace import pace_of
from flows.remarks.kind import Remarking
from flows.remarks.model import Remark, RemarkDecision, WantedRemark
from flows.remarks.reasons import RemarkReason
from flows.remarks.wanted import WantedRemarks
from rpa.ledger.actions import Action, State

if TYPE_CHECKING:
    from flows.orders.model import Order
    from flows.orders.reasons import Coded
    from rpa.flow import Row
    from rpa.run import Run


class RemarkBatch(Batch[RemarkDecision]):
    """One run's work."""

    def __init__(self, run: Run) -> None:
        kind = Remarking(run)
        super().__init__(kind, route=lambda once: OneByOne(kind, once, pace=pace_of(run)))
        self._wanted: WantedRemarks = run.shared
        self._reading = run.office(ReadsOrders)
        self._waiting: frozenset[str] = frozenset()
        """The orders that were left out of what was decided on."""

    def decide(self) -> None:
        """Read the orders that are wanted, less those being read back, and decide on each that the shop has."""
        self._waiting = self.once.open_subjects
        self._decide([wanted for wanted in self._wanted.left() if wanted.order_sn not in self._waiting])

    def decide_waiting(self) -> None:
        """The same for those of which an earlier remark was being read back then, and something else is wanted."""
        waiting = self._waiting - self.once.open_subjects
        rows = [wanted for wanted in self._wanted.left() if wanted.order_sn in waiting]
        if rows:
            self._decide(rows)

    def _decide(self, rows: Sequence[WantedRemark]) -> None:
        usable = [row for row in rows if row.reason is None]
        pattern = self.run.profile.section(Identifiers).order_sn
        found = self._reading.find([row.order_sn for row in usable if pattern.fullmatch(row.order_sn)])
        live = self.run.ledger.actions.live(self.run.shop.name, kind=self.kind.name, subjects=found)
        decisions = [
            decide(row, found[row.order_sn], live=live.get((row.order_sn, "")))
            for row in usable
            if row.order_sn in found
        ]
        decisions += [
            _refused(row, RemarkReason.NOT_AN_ORDER_SN) for row in usable if not pattern.fullmatch(row.order_sn)
        ]
        decisions += [_refused(row, row.reason) for row in rows if row.reason is not None]
        for decision in decisions:
            self._wanted.take(decision.wanted)
        self.take(decisions)

    def decide_again(self, again: Mapping[str, RemarkDecision | None]) -> Iterator[Row]:
        """Those that were wanted in this run; what an earlier one wanted and no row does any more ends here.

        So does what was wanted of an order that is not found any more.
        """
        self._decide([decision.wanted for decision in again.values() if decision is not None])
        latest = self.run.ledger.actions.latest(self.run.shop.name, kind=self.kind.name, subjects=again)
        wanted = {row.order_sn for row in self._wanted.left()}
        for order_sn, decision in again.items():
            if decision is not None and order_sn in self._again:
                yield self.ended_again(order_sn, self.kind.row(decision, Reason.UNREADABLE))
            elif decision is None and order_sn not in wanted:
                yield self.ended_again(order_sn, self.kind.row_of(latest[order_sn, ""]))
        self._decide([row for row in self._wanted.left() if row.order_sn in again])

    def report_again(self, again: Mapping[str, RemarkDecision | None], *, code: str) -> Iterator[Row]:
        """Each as it was wanted."""
        for order_sn, decision in again.items():
            told = decision or RemarkDecision(wanted=WantedRemark(order_sn=order_sn))
            yield self.counted(self.kind.row(told, self.kind.reason(code)))

    def ended_elsewhere(self, action: Action) -> None:
        """What wants the same ends with it."""
        for row in self._wanted.left():
            before = Remark(text=action.payload["remark"], flag=action.payload["flag"])
            if row.order_sn == action.subject and row.reason is None and row.over(before) == before:
                self._wanted.take(row)


def decide(wanted: WantedRemark, order: Order, *, live: Action | None) -> RemarkDecision:
    """What is to happen to this order's remark; `live`: what the ledger has of it."""
    decision = RemarkDecision(wanted=wanted, order=order)
    before, after = decision.change
    if order.doubt is not None:
        return replace(decision, reason=Reason.SOURCES_DISAGREE, message=order.doubt)
    if live is not None and live.state is not State.DONE:
        return replace(decision, reason=RemarkReason.UNKNOWN, message=f"{live.state.value}, run {live.run_id}")
    if before == after:
        return replace(decision, reason=RemarkReason.ALREADY_THERE)
    if live is not None and live.payload == after.payload:
        return replace(decision, reason=RemarkReason.CHANGED_BY_ANOTHER)
    return decision


def _refused(row: WantedRemark, reason: Coded) -> RemarkDecision:
    return RemarkDecision(wanted=row, reason=reason, message=row.message)
