"""Step of shipping in the dialog that the order's row opens: what must hold of row, data and dialog. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.orders.model import Decision
from flows.orders.web_check import texts_of, with_quotes_checked
from flows.procedure.kind import Step
from flows.shipping.presubmit import (
    refuse_changed,
    refuse_held,
    refuse_held_data,
    refuse_other_fields,
    refuse_other_goods,
)

if TYPE_CHECKING:
    from flows.procedure.api import Values


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
