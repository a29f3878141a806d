"""The program's own words of pages, which no profile overrides."""

from __future__ import annotations

import pytest

from rpa.elements.profile import Risk
from rpa.elements.registry import load_profile, profiles
from rpa.elements.uiwords import closing_problem, lasting_word, ui_words


@pytest.mark.parametrize(
    "text",
    [
        "确认发货",
        "发货",
        "发 货",
        "发\u200b货",
        "發貨",
        "批量发货 (3)",
        "同意退款",
        "删除",
        "ＤＥＬＥＴＥ",
        "Confirm shipment",
        "提\u00ad交",
    ],
)
def test_what_stands_on_something_for_good_is_known_however_it_is_written(text: str) -> None:
    assert lasting_word([text]) is not None


@pytest.mark.parametrize("text", ["", "查询", "下一页", "100", "查看", "下载报表", "20条/页", "生成报表", "登录"])
def test_what_does_nothing_lasting_is_let_through(text: str) -> None:
    assert lasting_word([text]) is None


def test_only_the_very_words_that_are_expected_are_let_through() -> None:
    assert lasting_word(["发货"], expected=["发货"]) is None
    assert lasting_word(["发 货"], expected=["发货"]) is None
    assert lasting_word(["确认发货"], expected=["发货"]) == "发货"
    assert lasting_word(["发货", "删除"], expected=["发货"]) == "删除"


@pytest.mark.parametrize(
    "text", ["×", "关闭", "我知道了", "知道了 (5s)", "知道了（3）", "取 消", "Close", "以后再说", "Got it"]
)
def test_what_closes_a_popup_is_known(text: str) -> None:
    assert closing_problem(text, signs=[]) is None


@pytest.mark.parametrize(
    ("text", "others", "signs"),
    [
        ("同意退款", [], []),
        ("确定", [], ["close"]),
        ("去看看", [], ["close"]),
        ("", [], ["icon-agree"]),
        ("", [], []),
        ("×", ["同意"], []),
        ("", ["删除"], ["icon-close"]),
        ("取消订单", [], []),
        ("关闭店铺", [], []),
        ("知道了，发货", [], []),
        ("我知道了", ["立即开通"], []),
    ],
)
def test_what_does_not_only_close_is_not_pressed(text: str, others: list[str], signs: list[str]) -> None:
    assert closing_problem(text, others=others, signs=signs) is not None


def test_a_sign_without_words_closes_if_it_calls_itself_so() -> None:
    assert closing_problem("", signs=["beast-core-icon-close"]) is None


def test_no_word_both_closes_and_lasts() -> None:
    assert [word for word in ui_words().closing if lasting_word([word])] == []


def test_the_shipped_profiles_close_popups_by_words_that_close() -> None:
    popups = [popup for name in profiles() for popup in load_profile(name).popups.values()]
    assert [popup.close for popup in popups if popup.close.name and closing_problem(popup.close.name)] == []


def test_shipped_profiles_expect_of_harmless_elements_only_what_opens_or_shows() -> None:
    """A new one of these is looked at by a person: whether a click on it can be undone."""
    elements = [each for name in profiles() for each in load_profile(name).elements.values()]
    known = {
        "orders.shipped_open",
        "orders.pending_open",
        "orders.sort_ship_by",
        "orders.sorted_by_ship_by",
        "orders.ship",
        "ship.express",
        "ship.no_logistics",
        "import.parcels_open",
        "orders.tab_shipped",  # of 抖店: a tab
        "addresses.title",  # headings
        "ship_rules.title",
        "ticked.open",  # opens the form for the rows that are ticked
    }
    lasting = {each.name for each in elements if each.risk is not Risk.DESTRUCTIVE and lasting_word(each.expect)}
    assert lasting == known
