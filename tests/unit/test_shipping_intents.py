"""From an order that is to be shipped to the ledger's intent, and from what the site shows back to a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.gate.decide import decide
from flows.orders.api import Sighting
from flows.orders.model import Decision, How, Order
from flows.orders.reasons import Reason
from flows.shipping.intents import intent_of, look_at, row_of
from rpa.ledger.actions import Action, Seen, State
from rpa.outcome import Outcome
from tests.support.made_orders import NOW, RULES, SHEET, a_row, an_item, an_order


def decided(order: Order | None = None, **row: str) -> Decision:
    [decision] = decide([order or an_order("A")], [a_row("A", row=7, **row)], rules=RULES)
    return decision


def sent(state: State = State.SUBMITTING, *, how: How = How.DIALOG, number: str = "7A", **facts: object) -> Action:
    courier = "中通快递" if number else ""
    return Action(
        id=1,
        shop="demo",
        kind="ship",
        subject="A",
        part="",
        bundle="",
        facts=facts,
        state=state,
        run_id="r",
        fence=1,
        payload={"how": how.value, "courier": courier, "tracking_number": number},
        created_at=NOW,
        updated_at=NOW,
        looks=1,
        detail="said the site",
        answered_by="",
    )


def seen(action: Action, order: Order | None) -> Seen:
    return look_at(action, Sighting(order=order)).seen


def test_the_intent_says_what_is_told_to_the_site() -> None:
    intent = intent_of(decided(), evidence=None)
    assert intent.subject == "A"
    assert intent.payload == {"how": "dialog", "courier": "中通快递", "tracking_number": "7A"}
    assert intent.bundle == "7A", "orders that share a number are found by it"


def test_the_ledger_keeps_what_the_accountant_asks_for_later() -> None:
    items = (an_item(), an_item(goods_id="102", goods="杯子", spec="白", quantity=2))
    order = an_order("A", items=items, ship_by=NOW + timedelta(days=1))
    facts = intent_of(decided(order), evidence=Path("var/evidence/demo/A/before.jpg")).facts
    assert facts == {
        "goods_id": "101; 102",
        "goods": "茶叶; 杯子",
        "spec": "250g; 白",
        "quantity": 3,
        "amount_fen": 1990,
        "ship_by": "2026-03-11T09:15:00+08:00",
        "receiver": "张*|浙江省 杭州市",
        "sheet": str(SHEET),
        "sheet_row": 7,
        "evidence": str(Path("var/evidence/demo/A")),
    }


def test_what_was_decided_against_has_no_intent() -> None:
    [decision] = decide([an_order("A")], [], rules=RULES)
    with pytest.raises(ValueError, match="no_tracking_yet"):
        intent_of(decision, evidence=None)


def test_our_number_on_the_site_is_ours_in_either_case_of_letters() -> None:
    shipped = an_order("A", status="shipped", courier="中通快递", tracking_number="7a", shipped_at=NOW)
    look = look_at(sent(number="7A"), Sighting(order=shipped))
    assert (look.seen, look.facts) == (Seen.OURS, {"shipped_at": NOW.isoformat()})


@pytest.mark.parametrize("told", [{"tracking_number": "8A"}, {"courier": "圆通速递"}, {"tracking_number": ""}])
def test_another_shipment_on_the_site_is_not_ours(told: dict[str, str]) -> None:
    shown = {"status": "shipped", "courier": "中通快递", "tracking_number": "7A"} | told
    assert seen(sent(), an_order("A", **shown)) is Seen.OTHER


def test_without_logistics_the_site_shows_no_parcel() -> None:
    action = sent(how=How.NO_LOGISTICS, number="")
    assert seen(action, an_order("A", status="shipped")) is Seen.OURS
    assert seen(action, an_order("A", status="shipped", courier="中通快递", tracking_number="7A")) is Seen.OTHER


def test_an_order_still_pending_shows_nothing_of_it() -> None:
    assert seen(sent(), an_order("A", status="pending")) is Seen.NOTHING


def test_an_order_that_was_closed_meanwhile_is_a_conflict() -> None:
    assert seen(sent(), an_order("A", status="closed")) is Seen.OTHER


def test_what_cannot_be_read_with_certainty_proves_nothing() -> None:
    shipped = an_order("A", status="shipped", courier="中通快递", tracking_number="7A")
    assert seen(sent(), replace(shipped, doubt="the page shows it twice")) is Seen.UNREADABLE
    assert seen(sent(), replace(shipped, status="other")) is Seen.UNREADABLE
    assert seen(sent(), None) is Seen.UNREADABLE
    assert look_at(sent(), None).seen is Seen.UNREADABLE


@pytest.mark.parametrize(
    ("state", "reason", "outcome"),
    [
        (State.DONE, Reason.SHIPPED, Outcome.DONE),
        (State.REFUSED, Reason.SITE_REFUSED, Outcome.REFUSED),
        (State.NOT_DONE, Reason.NOT_DONE, Outcome.REFUSED),
        (State.CONFLICT, Reason.CONFLICT, Outcome.NEEDS_PERSON),
        (State.UNKNOWN, Reason.UNKNOWN, Outcome.NEEDS_PERSON),
        (State.SUBMITTING, Reason.UNKNOWN, Outcome.NEEDS_PERSON),
        (State.HANDED_OVER, Reason.HANDED_OVER, Outcome.WAITING),
    ],
)
def test_each_end_of_an_action_is_told_as_what_it_is(state: State, reason: Reason, outcome: Outcome) -> None:
    row = row_of(sent(state))
    assert (row.reason, row.outcome, row.message) == (reason, outcome, "said the site")


def test_the_row_is_told_from_the_ledger_alone() -> None:
    intent = intent_of(decided(an_order("A", ship_by=NOW)), evidence=None)
    action = replace(sent(State.DONE), payload=dict(intent.payload), facts=dict(intent.facts))
    row = row_of(action, reason=Reason.RECOVERED, message="found")
    assert (row.order_sn, row.reason, row.outcome, row.message) == ("A", Reason.RECOVERED, Outcome.DONE, "found")
    assert (row.how, row.courier, row.tracking_number) == ("dialog", "中通快递", "7A")
    assert (row.goods, row.quantity, row.amount_fen, row.ship_by) == ("茶叶", 1, 1990, NOW)
    assert (row.sheet, row.sheet_row) == (str(SHEET), 7)
