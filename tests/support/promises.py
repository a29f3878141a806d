"""What must hold after any run, whatever went wrong: held against the mock's truth, the reports and the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rpa.ledger.actions import Action, State
from tests.support.mock_shop import Result, Row
from tests.support.small_shop import SmallShop


def at_most_once(shop: SmallShop) -> None:
    """No order has two accepted shipments, none was held when it was accepted, and each is what the owner wanted."""
    for sn, order in shop.truth().items():
        shipments = order["shipments"]
        assert len(shipments) <= 1, f"{sn} was shipped {len(shipments)} times"
        for shipment in shipments:
            assert not shipment["held_at_accept"], f"{sn} was held when it was shipped"
            assert sn in shop.wanted, f"{sn} was not to be shipped"
            sent = shipment["courier"], shipment["tracking_number"], shipment["entry"]
            assert sent == as_wanted(shop, sn), f"{sn} was shipped otherwise than wanted"


def as_wanted(shop: SmallShop, order_sn: str) -> tuple[str, str, str]:
    """Courier, tracking number and entry that the owner wants for this order."""
    if order_sn in shop.virtual:
        return "", "", "no_logistics"
    return (*shop.parcels[order_sn][1:], "dialog")


def one_row_each(shop: SmallShop, result: Result) -> None:
    """Each order that is pending or in the sheet has exactly one row in this run's report."""
    truth, counted = shop.truth(), Counter(row["order_sn"] for row in result.rows)
    gone = {sn for sn in shop.virtual if truth[sn]["status"] == "shipped" and sn not in counted}
    earlier = {action.subject for action in shop.folder.ledger() if action.run_id != result.rows[0]["run_id"]}
    assert gone <= earlier, "an order was shipped in this run, which does not mention it"
    assert counted == Counter(set(shop.everything) - gone)


def reports_agree(rows: Sequence[Row], *, truth: Mapping[str, Any]) -> None:
    """What a report calls done is shipped, as the row says; what it calls waiting is not."""
    for row in rows:
        shipments = truth[row["order_sn"]]["shipments"] if row["order_sn"] in truth else []
        if row["outcome"] in {"done", "already_done"}:
            assert [each["tracking_number"] for each in shipments] == [row["tracking_number"]], row
        if row["outcome"] in {"waiting", "planned"}:
            assert not shipments, row


def ledger_agrees(actions: Sequence[Action], *, truth: Mapping[str, Any]) -> None:
    """What the ledger calls done is shipped with its number; what is shipped has an action that says or doubts it."""
    for action in actions:
        shipments = truth[action.subject]["shipments"]
        if action.state is State.DONE:
            assert [each["tracking_number"] for each in shipments] == [action.payload["tracking_number"]], action
        if action.state in {State.NOT_DONE, State.REFUSED} and shipments:
            later = [each for each in actions if each.subject == action.subject and each.id > action.id]
            assert later, f"{action.subject} is shipped, the ledger has it as {action.state}"
    known = {action.subject for action in actions}
    assert {sn for sn, order in truth.items() if order["shipments"]} <= known


def careful(shop: SmallShop, result: Result) -> None:
    """All of these, after one run that read the list."""
    at_most_once(shop)
    one_row_each(shop, result)
    truth = shop.truth()
    reports_agree(result.rows, truth=truth)
    ledger_agrees(shop.folder.ledger(), truth=truth)
