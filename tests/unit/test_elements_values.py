"""From texts and numbers of a site to values."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.elements.fields import AnswerField, FieldSpec
from rpa.elements.values import UNREADABLE, answer_values, follow, is_code, page_values

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 10, 9, 15, tzinfo=ZONE)


def page_value(raw: Any, **spec: Any) -> Any:
    """One value of a page."""
    return page_values({"it": raw}, {"it": FieldSpec(css="b", **spec)}, zone=ZONE)["it"]


def answer_value(row: dict[str, Any], **spec: Any) -> Any:
    """One value of an answer."""
    return answer_values(row, {"it": AnswerField(**spec)}, zone=ZONE)["it"]


def test_white_space_is_folded() -> None:
    assert page_value("  浙江省\n\t杭州市 \xa0") == "浙江省 杭州市"


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("19.90", "yuan", 1990),
        ("1,234.5", "yuan", 123450),
        ("0.07", "yuan", 7),
        (1990, "fen", 1990),
        (int(AT.timestamp()), "unix_s", AT),
        ("2026-03-10 09:15:00", "local_time", AT),
    ],
)
def test_units_make_fen_and_aware_times(raw: Any, unit: Any, value: Any) -> None:
    assert page_value(raw, unit=unit) == value


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9))
def test_yuan_are_exact_to_the_fen(fen: int) -> None:
    assert page_value(f"{fen // 100:,}.{fen % 100:02}", unit="yuan") == fen


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        ("about 20", "yuan"),
        ("19.905", "yuan"),
        ("NaN", "yuan"),
        ("Infinity", "yuan"),
        ("19.9", "fen"),
        ("tomorrow", "local_time"),
        ("2026-13-10 09:15:00", "local_time"),
        (1773105300000, "unix_s"),
        ("soon", "unix_s"),
    ],
)
def test_what_is_no_such_value_is_unreadable_and_not_guessed(raw: Any, unit: Any) -> None:
    assert page_value(raw, unit=unit) is UNREADABLE
    assert page_value(raw, unit=unit, optional=True) is UNREADABLE


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("£1,234.50", 123450),
        ("12.00 kr.", 1200),
        ("Rs.500", 50000),
        ("USD 1,234,567.89", 123456789),
        ("0.00", 0),
        ("-£5.00", -500),
        ("£-5.00", -500),
        ("−5.00", -500),
        ("£\xa05.00", 500),
    ],
)
def test_money_is_read_with_its_sign(raw: str, value: int) -> None:
    assert page_value(raw, unit="money") == value


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "1.234,50 €",
            "1.230 €",
            "1.000",
            "12,50",
            "1 234.50",
            "1,2345",
            "£.50",
            "1.5",
            "1.5k",
            "2 万",
            "(5.00)",
            "5.00-",
        ),
        *("-£-5.00", "– £5.00", "£5.00 £4.00", "£5.00–9.00", "3 × £5.00", "1e5", "12.000,00", "free", "-", "£"),
    ],
)
def test_money_that_may_mean_another_amount_is_unreadable(raw: str) -> None:
    assert page_value(raw, unit="money") is UNREADABLE


def test_an_element_that_is_missing_is_unreadable() -> None:
    assert page_value(None) is UNREADABLE
    assert page_value(None, unit="yuan") is UNREADABLE
    assert page_value("", unit="yuan") is UNREADABLE


def test_what_may_be_missing_is_nothing_instead() -> None:
    assert page_value(None, optional=True) == ""
    assert page_value("", optional=True, unit="local_time") is None
    assert answer_value({"at": 0}, path="at", optional=True, unit="unix_s") is None


def test_a_time_of_zero_is_no_time() -> None:
    assert answer_value({"at": 0}, path="at", unit="unix_s") is UNREADABLE


def test_a_word_that_is_not_in_the_map_is_unreadable() -> None:
    words = {"待发货": "pending", "1": "shipped"}
    assert page_value("待发货", map=words) == "pending"
    assert page_value("待揽收", map=words) is UNREADABLE
    assert answer_value({"state": 1}, path="state", map=words) == "shipped"
    assert answer_value({"state": True}, path="state", map=words) is UNREADABLE


def test_each_match_becomes_a_value_of_its_own() -> None:
    assert page_value(["1", None, " 3 "], all=True) == ("1", UNREADABLE, "3")


def test_a_path_gathers_over_a_list_and_keeps_gaps() -> None:
    row = {"goods": [{"id": 1}, {}, {"id": 3}]}
    assert answer_value(row, path="goods.*.id") == ("1", UNREADABLE, "3")
    assert answer_value({}, path="goods.*.id") is UNREADABLE


def test_joined_parts_leave_out_what_is_missing() -> None:
    assert answer_value({"province": "浙江省", "city": ""}, join=("province", "city", "district")) == "浙江省"


RISK: dict[str, Any] = {"any": ("risk_status", "control"), "map": {"0": "clear", "1": "set", "2": "set"}}


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"risk_status": 0}, "clear"),
        ({"control": 1}, "set"),
        ({"risk_status": None, "control": 0}, "clear"),
        ({"risk_status": 1, "control": 2}, "set"),
        ({"risk_status": 1, "control": 0}, UNREADABLE),
        ({"risk_status": 0, "control": 7}, UNREADABLE),
        ({"risk_status": 0, "control": ""}, UNREADABLE),
        ({}, UNREADABLE),
    ],
)
def test_of_several_names_of_a_field_those_that_are_there_must_agree(row: dict[str, Any], value: Any) -> None:
    assert answer_value(row, **RISK) == value


def test_none_of_several_names_is_a_missing_path() -> None:
    assert answer_value({}, **RISK, optional=True) == ""


@pytest.mark.parametrize("path", ["a.c", "a.b.c", "x", "a.*", "a.*.b"])
def test_a_path_that_leads_nowhere_is_none(path: str) -> None:
    assert follow({"a": {"b": 1}}, path) is None


def test_a_path_leads_through_tables_and_lists() -> None:
    data = {"a": {"b": [{"c": 1}, {"c": 2}]}}
    assert (follow(data, "a.b.*.c"), follow(data, "a.b.*")) == ([1, 2], [{"c": 1}, {"c": 2}])


@pytest.mark.parametrize(("value", "code"), [(0, 0), ("0", 0), (0, "0"), (True, "true"), ("OK", "OK"), ([0, "0"], 0)])
def test_a_code_is_a_number_or_a_text(value: Any, code: int | str) -> None:
    assert is_code(value, (7, code))


@pytest.mark.parametrize(("value", "code"), [(True, 1), ("ok", "OK"), (None, "None"), ([0, 5], 0), ([], 0), (5, 0)])
def test_another_value_is_not_that_code(value: Any, code: int | str) -> None:
    assert not is_code(value, (code,))
