"""Check of a row that is to be ticked: what row and data say of the order directly before. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.orders.web_check import with_quotes_checked
from flows.shipping.presubmit import refuse_changed, refuse_held, refuse_held_data, refuse_other_goods

if TYPE_CHECKING:
    from flows.orders.model import Order
    from flows.procedure.api import Values


def refuse_row(order: Order, shown: Values, told: Values) -> None:
    """Raise Refused for an order that is marked or another by now, InDoubt where row and data do not tell."""
    listed = with_quotes_checked(shown, told)
    refuse_held(listed, where="list")
    refuse_held_data(order, told)
    refuse_changed(order, listed)
    refuse_changed(order, {name: told[name] for name in ("receiver", "region", "address") if name in told})
    refuse_other_goods(order, listed, data=told)
