"""Export, list and ledger side by side: every order ends in one place, and what differs is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.exports.api import ExportedOrder
from flows.exports.compare import Sources, audits_in, cleared_in, compare, strangers
from flows.orders.model import Mark, Order
from flows.orders.reasons import Reason
from rpa.ledger.actions import Action, State
from tests.support.made_orders import an_order

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SN, OTHER = "260308-111111111111111", "260308-222222222222222"


def exported(order_sn: str = SN, **told: Any) -> ExportedOrder:
    """A pending order as the export has it, with nothing against it."""
    ordinary: dict[str, Any] = {
        "status": "pending",
        "status_text": "待发货",
        "audit": Mark.CLEAR,
        "audit_text": "",
        "after_sale": Mark.CLEAR,
        "after_sale_text": "",
        "courier": "",
        "tracking_number": "",
        "number_damaged": False,
        "items": (),
        "ship_by": None,
        "shipped_at": None,
    }
    return ExportedOrder(order_sn=order_sn, **(ordinary | told))


def shipped(order_sn: str = SN, **told: Any) -> ExportedOrder:
    """The same, on its way."""
    ordinary = {"status": "shipped", "status_text": "已发货", "courier": "中通快递", "tracking_number": "7A"}
    return exported(order_sn, **(ordinary | told))


def sent(order_sn: str = SN, *, state: State = State.DONE, **payload: str) -> Action:
    """What the ledger has of a shipment of ours."""
    ordinary = {"how": "dialog", "courier": "中通快递", "tracking_number": "7A"}
    return Action(
        id=1,
        shop="demo",
        kind="ship",
        subject=order_sn,
        part="",
        bundle="",
        payload=ordinary | payload,
        state=state,
        run_id="r-1",
        fence=1,
        created_at=NOW,
        updated_at=NOW,
        facts={},
        looks=0,
        detail="",
        answered_by="",
    )


def found(
    *, orders: tuple[ExportedOrder, ...] = (), listed: tuple[Order, ...] = (), **more: Any
) -> dict[str, tuple[Reason, str]]:
    """What was found of each order that is told of."""
    sources = Sources(
        exported={order.order_sn: order for order in orders},
        listed={order.order_sn: order for order in listed},
        asked_at=NOW,
        since=NOW - timedelta(days=90),
        **more,
    )
    return {finding.order_sn: (finding.reason, finding.message) for finding in compare(sources).findings}


def test_a_pending_order_that_both_have_alike_is_simply_listed() -> None:
    assert found(orders=(exported(),), listed=(an_order(SN),)) == {SN: (Reason.LISTED, "")}


@pytest.mark.parametrize(
    ("in_list", "in_export", "reason", "message"),
    [
        (Mark.CLEAR, Mark.SET, Reason.AUDIT_IN_EXPORT, "export: 订单审核中, list: clear"),
        (Mark.UNREADABLE, Mark.SET, Reason.AUDIT_IN_EXPORT, "export: 订单审核中, list: unreadable"),
        (Mark.SET, Mark.SET, Reason.UNDER_AUDIT, ""),
        (Mark.SET, Mark.CLEAR, Reason.UNDER_AUDIT, "export: clear, list: set"),
        (Mark.CLEAR, Mark.UNREADABLE, Reason.UNREADABLE, "not readable in the export: audit '?'"),
    ],
)
def test_an_audit_is_told_whichever_of_the_two_shows_it(
    in_list: Mark, in_export: Mark, reason: Reason, message: str
) -> None:
    text = {Mark.SET: "订单审核中", Mark.UNREADABLE: "?"}.get(in_export, "")
    told = found(orders=(exported(audit=in_export, audit_text=text),), listed=(an_order(SN, audit=in_list),))
    assert told == {SN: (reason, message)}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"status": "", "status_text": "?"}, Reason.UNREADABLE),
        ({"status": "shipped", "status_text": "已发货"}, Reason.SOURCES_DISAGREE),
        ({"status": "closed", "status_text": "已取消"}, Reason.SOURCES_DISAGREE),
        ({"after_sale": Mark.SET, "after_sale_text": "退款中"}, Reason.AFTER_SALE),
        ({"after_sale": Mark.UNREADABLE}, Reason.UNREADABLE),
        ({"doubt": "status: 1, 2"}, Reason.UNREADABLE),
    ],
)
def test_what_the_export_says_otherwise_of_a_pending_order_is_told(told: dict[str, Any], reason: Reason) -> None:
    [(said, message)] = found(orders=(exported(**told),), listed=(an_order(SN),)).values()
    assert (said, bool(message)) == (reason, True)


def test_an_order_that_is_pending_everywhere_though_we_shipped_it_needs_a_person() -> None:
    told = found(orders=(exported(),), listed=(an_order(SN),), actions={SN: sent()})
    assert told[SN][0] is Reason.UNKNOWN
    assert found(orders=(exported(),), listed=(an_order(SN),), actions={SN: sent(state=State.UNKNOWN)})[SN][0] is (
        Reason.LISTED
    )


@pytest.mark.parametrize(
    ("order_sn", "grouped_at", "reason"),
    [
        (SN, None, Reason.NOT_IN_EXPORT),
        (SN, NOW - timedelta(hours=1), Reason.NOT_IN_EXPORT),
        (SN, NOW - timedelta(minutes=4), Reason.NOT_IN_EXPORT_YET),
        ("260310-111111111111111", None, Reason.NOT_IN_EXPORT_YET),
        ("260310-111111111111111", NOW - timedelta(hours=1), Reason.NOT_IN_EXPORT),
        ("251201-111111111111111", None, Reason.LISTED),
    ],
)
def test_a_pending_order_the_export_lacks_needs_a_person_unless_too_new_or_too_old(
    order_sn: str, grouped_at: datetime | None, reason: Reason
) -> None:
    assert found(listed=(an_order(order_sn, grouped_at=grouped_at),))[order_sn][0] is reason


def test_an_order_that_only_the_export_has_as_pending_is_looked_for_once_more() -> None:
    orders = {SN: exported(), OTHER: shipped(OTHER)}
    assert strangers(orders, {}) == [SN]
    assert strangers(orders, {SN: an_order(SN)}) == []
    assert found(orders=(exported(),))[SN][0] is Reason.UNKNOWN_TO_US
    assert found(orders=(exported(),), found={SN: an_order(SN)})[SN][0] is Reason.UNKNOWN_TO_US
    assert found(orders=(exported(),), found={SN: an_order(SN, doubt="?")})[SN][0] is Reason.SOURCES_DISAGREE
    assert found(orders=(exported(),), found={SN: an_order(SN, status="shipped")}) == {}
    assert found(orders=(exported(),), found={SN: an_order(SN, status="closed")}) == {}


def test_a_shipped_order_is_ours_with_our_number_and_otherwise_told() -> None:
    assert found(orders=(shipped(),), actions={SN: sent()}) == {}
    assert found(orders=(shipped(),)) == {SN: (Reason.SHIPPED_ELSEWHERE, "中通快递 7A")}
    other = found(orders=(shipped(),), actions={SN: sent(tracking_number="7B")})
    assert other == {SN: (Reason.SHIPPED_WITH_OTHER_NUMBER, "export: 中通快递 7A")}
    damaged = found(orders=(shipped(number_damaged=True),), actions={SN: sent()})
    assert damaged[SN][0] is Reason.UNREADABLE
    without = sent(how="no_logistics", courier="", tracking_number="")
    assert found(orders=(shipped(courier="", tracking_number=""),), actions={SN: without}) == {}


def test_a_shipped_order_that_the_export_has_under_audit_says_so() -> None:
    told = found(orders=(shipped(audit=Mark.SET, audit_text="订单审核中"),))
    assert told[SN][1] == "中通快递 7A (export: 订单审核中)"


def test_closed_and_unpaid_orders_agree_and_an_unheard_of_status_does_not() -> None:
    assert found(orders=(exported(status="closed"), exported(OTHER, status="other"))) == {}
    assert found(orders=(exported(status="", status_text="?"),))[SN][0] is Reason.UNREADABLE


def test_only_what_the_export_alone_shows_under_audit_is_to_be_held() -> None:
    def held(order: ExportedOrder, *listed: Order) -> list[str]:
        return audits_in([order], {each.order_sn: each for each in listed})

    audited = exported(audit=Mark.SET)
    assert held(audited) == [SN]
    assert held(audited, an_order(SN)) == [SN]
    assert held(audited, an_order(SN, audit=Mark.SET)) == []
    assert held(replace(audited, status="shipped")) == []
    assert held(exported(audit=Mark.UNREADABLE)) == []


def test_only_what_neither_shows_under_audit_is_to_be_released() -> None:
    def released(order: ExportedOrder, *listed: Order) -> list[str]:
        return cleared_in([order], {each.order_sn: each for each in listed})

    assert released(exported()) == [SN]
    assert released(exported(), an_order(SN)) == [SN]
    assert released(exported(), an_order(SN, audit=Mark.SET)) == []
    assert released(exported(), an_order(SN, audit=Mark.UNREADABLE)) == []
    assert released(exported(audit=Mark.UNREADABLE)) == []
    assert released(exported(audit=Mark.SET)) == []
    assert released(exported(doubt="rows differ")) == []


_NUMBERS = [f"260308-{n:015d}" for n in range(4)]
_MARKS = st.sampled_from(Mark)
_EXPORTED = st.builds(
    exported,
    st.sampled_from(_NUMBERS),
    status=st.sampled_from(["pending", "shipped", "closed", "other", ""]),
    audit=_MARKS,
    after_sale=_MARKS,
)
_LISTED = st.builds(an_order, st.sampled_from(_NUMBERS), audit=_MARKS, after_sale=_MARKS)


@settings(max_examples=200, deadline=None)
@given(st.lists(_EXPORTED), st.lists(_LISTED))
def test_each_pending_order_is_told_once_and_with_a_sign_of_audit_never_as_listed(
    orders: list[ExportedOrder], listed: list[Order]
) -> None:
    sources = Sources(
        exported={order.order_sn: order for order in orders},
        listed={order.order_sn: order for order in listed},
        asked_at=NOW,
        since=NOW - timedelta(days=90),
    )
    compared = compare(sources)
    named = [finding.order_sn for finding in compared.findings]
    assert len(named) == len(set(named))
    assert set(named) >= set(sources.listed)
    assert compared.agreeing == len(set(sources.exported) - set(named))
    for finding in compared.findings:
        both = (sources.listed.get(finding.order_sn), sources.exported.get(finding.order_sn))
        if finding.reason is Reason.LISTED:
            assert {order.audit for order in both if order is not None} <= {Mark.CLEAR, Mark.UNREADABLE}
            assert both[1] is None or both[1].audit is Mark.CLEAR
