"""One order from what the page shows and what its own request was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.orders.model import Mark, Order
from flows.orders.web_check import order_on_page, orders_of, with_list_compared
from rpa.elements.values import UNREADABLE
from tests.support.made_orders import an_order

AT = datetime(2026, 3, 10, 9, 15, tzinfo=ZoneInfo("Asia/Shanghai"))


def values(order_sn: Any = "A", **told: Any) -> dict[str, Any]:
    """One order as either source gives it."""
    ordinary = {
        "order_sn": order_sn,
        "status": "pending",
        "goods_ids": ("900", "101"),
        "goods": ("会员", "茶叶"),
        "specs": ("月卡", "250g"),
        "quantities": ("1", "2"),
        "kinds": ("virtual", "physical"),
        "amount": 1990,
        "ship_by": AT,
        "presale_until": None,
        "audit": "clear",
        "after_sale": "clear",
        "remark": "",
        "flag": "",
        "receiver": "张*",
        "region": "浙江省 杭州市",
        "address": "文*路",
        "courier": "",
        "tracking_number": "",
        "shipped_at": None,
    }
    return ordinary | told


def one(shown: Mapping[str, Any], answered: Mapping[str, Any]) -> Order:
    [order] = orders_of([shown], [answered])
    return order


def test_two_sources_that_agree_make_an_order_without_doubt() -> None:
    order = one(values(), values())
    assert (order.doubt, order.status, order.amount_fen, order.ship_by) == (None, "pending", 1990, AT)
    assert (order.audit, order.after_sale, order.presale_until) == (Mark.CLEAR, Mark.CLEAR, None)
    read = [(item.goods_id, item.goods, item.spec, item.quantity, item.physical) for item in order.items]
    assert read == [("900", "会员", "月卡", 1, False), ("101", "茶叶", "250g", 2, True)]


def test_when_the_group_formed_is_taken_from_the_data_and_may_be_missing() -> None:
    assert one(values(), values(grouped_at=AT)).grouped_at == AT
    assert one(values(), values(grouped_at=None)).grouped_at is None
    assert one(values(), values(grouped_at=UNREADABLE)).grouped_at is None
    [shown_only] = orders_of([values()], [])
    assert shown_only.grouped_at is None


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("status", "shipped"),
        ("goods_ids", ("900", "102")),
        ("specs", ("年卡", "250g")),
        ("quantities", ("1", "3")),
        ("kinds", ("virtual", "virtual")),
        ("amount", 1991),
        ("ship_by", None),
        ("audit", "set"),
        ("after_sale", "set"),
        ("tracking_number", "SF1"),
        ("status", UNREADABLE),
    ],
)
def test_a_difference_is_a_doubt_that_names_it(name: str, other: Any) -> None:
    for order in (one(values(**{name: other}), values()), one(values(), values(**{name: other}))):
        assert order.doubt is not None
        assert order.doubt.startswith(f"{name}: page ")


def test_an_empty_text_and_none_are_the_same_nothing() -> None:
    assert one(values(tracking_number="", ship_by=None), values(tracking_number=None, ship_by="")).doubt is None


@pytest.mark.parametrize("name", ["status", "amount", "order_sn"])
def test_what_neither_source_can_read_is_a_doubt(name: str) -> None:
    order = one(values(**{name: UNREADABLE}), values(**{name: UNREADABLE}))
    assert order.doubt == f"not readable: {name}"


@pytest.mark.parametrize(
    ("shown", "answered", "mark"),
    [
        ("clear", "clear", Mark.CLEAR),
        ("set", "clear", Mark.SET),
        ("clear", "set", Mark.SET),
        ("set", UNREADABLE, Mark.SET),
        ("clear", UNREADABLE, Mark.UNREADABLE),
        (UNREADABLE, "clear", Mark.UNREADABLE),
        ("a new word", "clear", Mark.UNREADABLE),
    ],
)
def test_a_mark_is_as_bad_as_its_worse_source(shown: Any, answered: Any, mark: Mark) -> None:
    assert one(values(audit=shown), values(audit=answered)).audit is mark
    assert one(values(after_sale=shown), values(after_sale=answered)).after_sale is mark


@pytest.mark.parametrize("name", ["address_change", "serial_number"])
def test_a_sign_that_either_source_tells_counts_and_both_must_agree(name: str) -> None:
    assert name not in one(values(), values()).signs
    for shown, told in (({name: "set"}, {}), ({}, {name: "set"})):
        order = one(values(**shown), values(**told))
        assert (order.doubt, order.signs[name]) == (None, Mark.SET)
    both = one(values(**{name: "clear"}), values(**{name: "set"}))
    assert both.doubt == f"{name}: page 'clear', data 'set'"


def test_a_sign_that_the_platform_always_tells_is_unreadable_where_nothing_tells_it() -> None:
    needed = ("audit", "after_sale", "serial_number")
    [order] = orders_of([values()], [values()], needed=needed)
    assert order.signs["serial_number"] is Mark.UNREADABLE
    shown, goods = {"order_sn": "A", "status": "pending"}, [{"goods_id": "1", "quantity": "1"}]
    page = order_on_page(shown, goods=goods, parcels=(), needed=needed, absent=("audit",))
    assert page.signs == {"audit": Mark.CLEAR, "after_sale": Mark.UNREADABLE, "serial_number": Mark.UNREADABLE}


def test_a_remark_or_flag_of_either_source_counts() -> None:
    assert one(values(remark="先别发"), values()).remark == "先别发"
    assert one(values(), values(remark="先别发")).remark == "先别发"
    assert one(values(), values(flag="RED")).flag == "RED"


def test_orders_that_only_one_source_has_are_in_doubt_and_not_lost() -> None:
    orders = {order.order_sn: order.doubt for order in orders_of([values("B")], [values("A")])}
    assert orders == {
        "A": "the page's data have it, the page does not show it",
        "B": "the page shows it, the page's data do not",
    }


def test_an_order_that_the_page_shows_twice_is_in_doubt() -> None:
    [order] = orders_of([values("A"), values("A")], [values("A")])
    assert order.doubt == "the page shows it twice"


def test_an_order_that_the_data_have_twice_is_in_doubt() -> None:
    by_number = {order.order_sn: order for order in orders_of([values("A")], [values("A"), values("A")])}
    assert by_number["A"].doubt is not None


def test_orders_come_in_the_order_of_the_data() -> None:
    orders = orders_of([values("A"), values("B"), values("C")], [values("C"), values("A"), values("B")])
    assert [order.order_sn for order in orders] == ["C", "A", "B"]


@pytest.mark.parametrize("name", ["goods_ids", "goods", "specs", "quantities", "kinds"])
def test_goods_whose_columns_do_not_line_up_are_a_doubt_and_no_shorter_order(name: str) -> None:
    short = {name: values()[name][:1]}
    order = one(values(**short), values(**short))
    assert order.doubt == "not readable: goods"


@pytest.mark.parametrize("name", ["goods_ids", "specs", "quantities"])
def test_goods_that_neither_source_can_read_are_a_doubt(name: str) -> None:
    for unread in (UNREADABLE, ("1", UNREADABLE)):
        order = one(values(**{name: unread}), values(**{name: unread}))
        assert order.doubt == "not readable: goods"


def test_a_kind_that_cannot_be_read_is_neither_physical_nor_virtual() -> None:
    kinds = {"kinds": (UNREADABLE, "physical")}
    assert [item.physical for item in one(values(**kinds), values(**kinds)).items] == [None, True]


def test_an_order_whose_row_in_the_list_says_otherwise_than_its_page_is_in_doubt() -> None:
    page = replace(an_order("A"), amount_fen=1990)
    assert with_list_compared(page, {"amount": 1990}) == page
    assert with_list_compared(page, {"amount": 1991}).doubt == "amount: list 1991, page 1990"


def test_a_sign_that_only_the_list_has_counts() -> None:
    page = an_order("A")
    assert with_list_compared(page, {"audit": "set", "after_sale": "clear"}).audit is Mark.SET
    assert with_list_compared(page, {"audit": "clear", "after_sale": UNREADABLE}).after_sale is Mark.UNREADABLE
    assert with_list_compared(page, {"refund": "set"}).signs == {**page.signs, "refund": Mark.SET}
    assert with_list_compared(page, {}) == page
