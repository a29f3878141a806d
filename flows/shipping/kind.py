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
from flows.orders.web_check import texts_of, with_quotes_checked
from flows.procedure.kind import Kind, Step
from flows.shipping.api import ShipsOrders
from flows.shipping.intents import intent_of, look_at, row_of
from flows.shipping.presubmit import (
    refuse_changed,
    refuse_held,
    refuse_held_data,
    refuse_other_fields,
    refuse_other_goods,
)
from rpa.ledger.details import told

if TYPE_CHECKING:
    from pathlib import Path

    from flows.orders.reasons import Coded
    from flows.procedure.api import Values
    from rpa.flow import Row
    from rpa.ledger.actions import Action, Intent, Key
    from rpa.ledger.once import Look


class ShipStep(Step[Decision]):
    """The click that ships: no mark in any place, the goods and fields that were decided on in each."""

    def check_row(self, decision: Decision, row: Values) -> None:
        """No mark, nothing changed, still pending."""
        order, _ = decision.to_ship
        listed = with_quotes_checked(row, texts_of(order))
        refuse_held(listed, where="list")
        refuse_changed(order, listed)

    def check_told(self, decision: Decision, told: Values) -> None:
        """The same of the data, in which an order under audit has no address."""
        refuse_held_data(decision.to_ship[0], told)

    def check_form(self, decision: Decision, shown: Values, *, told: Values) -> None:
        """No mark; the goods that were decided on."""
        opened = with_quotes_checked(shown, told)
        refuse_held(opened, where="dialog")
        refuse_other_goods(decision.to_ship[0], opened, data=told)

    def check_filled(self, decision: Decision, shown: Values, *, told: Values) -> None:
        """No mark still; the fields read what is to be sent."""
        refuse_held(with_quotes_checked(shown, told), where="dialog")
        refuse_other_fields(decision.to_ship[1], shown)


class Shipping(Kind[Decision]):
    """Shipping, in one run."""

    name = KIND
    at_work = Reason.IMPORT_GOING.value

    def steps(self) -> Sequence[ShipStep]:
        """One click."""
        return [ShipStep(self.run.office(ShipsOrders))]

    def question(self, decision: Decision) -> str:
        """Order, goods and parcel."""
        return in_words(decision, language=self.run.language)

    def held_meanwhile(self, decision: Decision) -> Decision | None:
        """A hold, or a notice that came since."""
        wait = held_meanwhile(self.run, decision.to_ship[0], now=self.now())
        return None if wait is None else replace(decision, since=wait.since, reason=wait.reason, message=wait.message)

    def intent(self, decision: Decision, *, part: str, evidence: Path | None) -> Intent:
        """The parcel, and what the accountant asks for later."""
        return replace(intent_of(decision, evidence=evidence), part=part)

    def looks(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """The newest shipped orders with one page load, the others one by one."""
        if not actions:
            return {}
        seen = self.run.office(ShipsOrders).read_back([action.subject for action in actions])
        return {action.key: look_at(action, seen.get(action.subject)) for action in actions}

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
