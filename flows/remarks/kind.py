"""The kind "remark": an order's remark and flag are what was wanted last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flows.orders.api import ReadsOrders
from flows.orders.reasons import Reason
from flows.procedure.batch import REFUSED_FOR
from flows.procedure.kind import AlreadyThere, Kind, Step
from flows.procedure.reasons import reason_of
from flows.remarks.api import WritesRemarks
from flows.remarks.model import KIND, Remark, RemarkDecision
from flows.remarks.reasons import RemarkReason
from flows.remarks.report import RemarkRow, in_words
from rpa.errors import InDoubt, Refused
from rpa.ledger.actions import Action, Intent, Key, Seen, State
from rpa.ledger.details import told
from rpa.ledger.once import NOT_FOUND, Look

if TYPE_CHECKING:
    from pathlib import Path

    from flows.orders.model import Order
    from flows.orders.reasons import Coded
    from flows.procedure.api import Values
    from rpa.flow import Row

_ENDS = {
    State.DONE: RemarkReason.REMARKED,
    State.REFUSED: RemarkReason.SITE_REFUSED,
    State.NOT_DONE: RemarkReason.NOT_DONE,
    State.CONFLICT: RemarkReason.CONFLICT,
}


class RemarkStep(Step[RemarkDecision]):
    """The click that saves: the remark is still as it was read, and the form changes nothing else."""

    def check_row(self, decision: RemarkDecision, row: Values) -> None:
        """As it was read, or as it is wanted already."""
        self._refuse_changed(decision, Remark(text=str(row["remark"] or ""), flag=str(row["flag"] or "")))

    def check_told(self, decision: RemarkDecision, told: Values) -> None:
        """The same of what is saved, as the page was answered."""
        self._refuse_changed(decision, _in_form(told))

    def check_form(self, decision: RemarkDecision, shown: Values, *, told: Values) -> None:
        """The form shows what is saved."""
        del decision
        if _in_form(shown) != _in_form(told):
            message = f"the dialog shows {_in_form(shown)}, its data {_in_form(told)}"
            raise InDoubt(message, reason=Reason.SOURCES_DISAGREE)

    def check_filled(self, decision: RemarkDecision, shown: Values, *, told: Values) -> None:
        """The form shows what is wanted, and of what is not wanted otherwise, what is saved."""
        if _in_form(shown) != decision.wanted.over(_in_form(told)):
            message = f"the dialog's fields read {_in_form(shown)} after they were filled in"
            raise InDoubt(message, reason=Reason.ROW_MISMATCH)

    def _refuse_changed(self, decision: RemarkDecision, now: Remark) -> None:
        before, wanted = decision.change
        if now == wanted:
            raise AlreadyThere
        if now != before:
            raise Refused(f"{in_words(before)} → {in_words(now)}", reason=RemarkReason.CHANGED_MEANWHILE)


def _in_form(values: Values) -> Remark:
    return Remark(text=str(values["text"] or ""), flag=str(values["flag"] or ""))


class Remarking(Kind[RemarkDecision]):
    """Writing remarks, in one run. Held orders may be written on, too: it ships nothing, and can be undone."""

    name = KIND
    supersedes = True

    def steps(self) -> Sequence[RemarkStep]:
        """One click."""
        return [RemarkStep(self.run.office(WritesRemarks))]

    def question(self, decision: RemarkDecision) -> str:
        """The order, what its remark is and what it is to be."""
        before, wanted = decision.change
        return f"{decision.subject} · {in_words(before)} → {in_words(wanted)}"

    def held_meanwhile(self, decision: RemarkDecision) -> RemarkDecision | None:
        """Nothing holds a remark."""
        del decision
        return None

    def intent(self, decision: RemarkDecision, *, part: str, evidence: Path | None) -> Intent:
        """What is to be shown, and what was shown before, by which it can be undone."""
        before, wanted = decision.change
        facts: dict[str, object] = {
            "remark_before": before.text,
            "flag_before": before.flag,
            "sheet": decision.wanted.sheet,
            "sheet_row": decision.wanted.sheet_row,
            "evidence": str(evidence.parent) if evidence else "",
        }
        return Intent(subject=decision.subject, part=part, payload=wanted.payload, facts=facts)

    def looks(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """As the list and its data show the orders."""
        if not actions:
            return {}
        found = self.run.office(ReadsOrders).find([action.subject for action in actions])
        return {action.key: _look_at(action, found.get(action.subject)) for action in actions}

    def reason(self, code: str) -> Coded:
        """The reasons of remarks, and of orders where those have none."""
        return reason_of(code, own=RemarkReason)

    def row(
        self,
        decision: RemarkDecision,
        reason: Coded,
        *,
        message: str = "",
        part: str = "",
        evidence: Path | None = None,
    ) -> Row:
        """The row of a remark that was not written."""
        del part
        return RemarkRow.of(decision, reason=reason, message=message, evidence=evidence).cells()

    def row_of(self, action: Action, *, reason: Coded | None = None, message: str = "") -> Row:
        """The row of a remark that was written, or may be."""
        return row_of(told(action, language=self.run.language), reason=reason, message=message).cells()


def row_of(action: Action, *, reason: Coded | None = None, message: str = "") -> RemarkRow:
    """The report's row of an action: how it ended, or the reason given while it has not."""
    ended = reason or _ended(action)
    return RemarkRow.of_action(action, reason=ended, message=message or action.detail)


def _ended(action: Action) -> Coded:
    if action.state is State.REFUSED and action.facts.get(REFUSED_FOR):
        return reason_of(str(action.facts[REFUSED_FOR]), own=RemarkReason)
    return _ENDS.get(action.state, RemarkReason.UNKNOWN)


def _look_at(action: Action, order: Order | None) -> Look:
    if order is None:
        return NOT_FOUND
    if order.doubt is not None:
        return Look(seen=Seen.UNREADABLE, detail=order.doubt)
    now = Remark.of(order)
    if now.payload == action.payload:
        return Look(seen=Seen.OURS)
    if now == Remark(text=str(action.facts.get("remark_before", "")), flag=str(action.facts.get("flag_before", ""))):
        return Look(seen=Seen.NOTHING)
    return Look(seen=Seen.OTHER, detail=f"the site shows {in_words(now)}")
