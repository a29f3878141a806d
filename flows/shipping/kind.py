"""The kind "ship": an order is told to have left, once, with the parcel that left for it or without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.gate.may_ship import refused_for
from flows.gate.rules import held_meanwhile
from flows.orders.model import KIND, Decision
from flows.orders.reasons import Reason
from flows.orders.report import OrderRow, in_words
from flows.procedure.kind import Kind
from flows.shipping.api import ShipsOrders
from flows.shipping.intents import GOES_ON, intent_of, row_of
from rpa.ledger.details import told

if TYPE_CHECKING:
    from pathlib import Path

    from flows.orders.reasons import Coded
    from flows.procedure.kind import Step
    from rpa.flow import Row
    from rpa.ledger.actions import Action, Intent, Key
    from rpa.ledger.once import Look


class Shipping(Kind[Decision]):
    """Shipping, in one run."""

    name = KIND
    there = Reason.SAME_SHIPMENT.value
    one_row = True
    at_work = Reason.IMPORT_GOING.value

    def steps(self) -> Sequence[Step[Decision]]:
        """Those of the site."""
        return self.run.office(ShipsOrders).steps()

    def question(self, decision: Decision) -> str:
        """Order, goods and parcel."""
        return in_words(decision, language=self.run.language)

    def held_meanwhile(self, decision: Decision) -> Decision | None:
        """A hold, or a notice that came since."""
        wait = held_meanwhile(self.run, decision.to_ship[0], now=self.now())
        return None if wait is None else replace(decision, since=wait.since, reason=wait.reason, message=wait.message)

    def intent(self, decision: Decision, *, part: str, evidence: Path | None) -> Intent:
        """The parcel, and what the accountant asks for later."""
        intent = replace(intent_of(decision, evidence=evidence), part=part)
        last = part == self.steps()[-1].part
        return intent if last else replace(intent, facts={**intent.facts, GOES_ON: True})

    def looks(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """The newest shipped orders with one page load, the others one by one."""
        if not actions:
            return {}
        office = self.run.office(ShipsOrders)
        seen = office.read_back(list(dict.fromkeys(action.subject for action in actions)))
        return {action.key: office.look_at(action, seen.get(action.subject)) for action in actions}

    def meaning(self, words: str) -> Coded | None:
        """Words of the profile for audits and after-sale."""
        return refused_for(words, words=self.run.profile.words)

    def reason(self, code: str) -> Reason:
        """The reasons of orders."""
        return Reason.of(code)

    def row(
        self, decision: Decision, reason: Coded, *, message: str = "", part: str = "", evidence: Path | None = None
    ) -> Row:
        """The row of an order or of a sheet row."""
        del part
        folder = evidence.parent if evidence else None
        return OrderRow.of(decision, reason=Reason.of(reason.value), message=message, evidence=folder).cells()

    def row_of(self, action: Action, *, reason: Coded | None = None, message: str = "") -> Row:
        """The row of a shipment."""
        known = Reason.of(reason.value) if reason is not None else None
        return row_of(told(action, language=self.run.language), reason=known, message=message).cells()
