"""The mock's dialog 备注 does to a remark what the site is known to do, in the list and on the order's own page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from rpa.browser.responses import TooManyCalls
from rpa.browser.view import View
from tests.support.clerk_by_hand import Clerk, viewed_by

pytestmark = pytest.mark.slow

COLOURS = ["红色", "黄色", "绿色", "蓝色", "紫色"]
SAVE = "/noteTag/update"


@pytest.fixture
def sn(clerk: Clerk) -> str:
    """An order without a remark, for which none was saved yet."""
    saved = {save["order_sn"] for save in clerk.shop.truth()["remarks"]}
    return next(sn for sn in clerk.orders(remark="", flag="") if sn not in saved)


@pytest.fixture
def view(clerk: Clerk, tmp_path: Path) -> Iterator[View]:
    with viewed_by(clerk, folder=tmp_path) as opened:
        yield opened


def _link(clerk: Clerk, words: str) -> Locator:
    return clerk.page.get_by_role("link", name=words, exact=True)


def _open(clerk: Clerk, sn: str, *, words: str = "添加备注") -> None:
    """The dialog of this order's row, filled."""
    clerk.search(sn)
    _link(clerk, words).click()
    expect(_field(clerk)).to_be_enabled()


def _field(clerk: Clerk) -> Locator:
    return clerk.remark.locator("textarea.note-textarea")


def _chip(clerk: Clerk, colour: str) -> Locator:
    return clerk.remark.locator('div[data-tracking-click-viewid="el_web_mark_shared"]', has_text=colour)


def _save(clerk: Clerk) -> None:
    clerk.remark.get_by_role("button", name="保存").click()


def _true(clerk: Clerk, sn: str) -> tuple[str, str]:
    order = clerk.shop.order(sn)
    return order["remark"], order["flag"]


def _shown(clerk: Clerk, name: str = "orders") -> tuple[Any, Any]:
    [row] = clerk.read_rows_of(name)
    return row["remark"], row["flag"]


def test_a_remark_is_added_shown_in_its_row_and_changed(clerk: Clerk, sn: str) -> None:
    _open(clerk, sn)
    expect(clerk.remark).to_contain_text(sn)
    expect(_field(clerk)).to_have_attribute("maxlength", "300")
    assert clerk.remark.locator(".input-text").all_inner_texts() == COLOURS
    assert clerk.read_dialog("remark") == {"text": "", "flag": "", "error": ""}
    _field(clerk).fill("周五送")
    _chip(clerk, "绿色").click()
    _save(clerk)
    expect(clerk.page.get_by_text("保存成功")).to_be_visible()
    expect(clerk.remark).to_have_count(0)
    expect(_link(clerk, "修改备注")).to_be_visible()
    assert _shown(clerk) == _true(clerk, sn) == ("周五送", "GREEN")
    _open(clerk, sn, words="修改备注")
    assert clerk.read_dialog("remark") == {"text": "周五送", "flag": "GREEN", "error": ""}
    _chip(clerk, "紫色").click()
    assert clerk.read_dialog("remark")["flag"] == "PURPLE"
    _chip(clerk, "紫色").click()
    assert clerk.read_dialog("remark")["flag"] == ""
    _field(clerk).fill("周六送")
    _save(clerk)
    expect(clerk.remark).to_have_count(0)
    assert _true(clerk, sn) == ("周六送", "")


def test_what_is_not_saved_is_not_kept(clerk: Clerk, sn: str) -> None:
    _open(clerk, sn)
    _field(clerk).fill("周五送")
    clerk.remark.get_by_role("button", name="取消").click()
    expect(clerk.remark).to_have_count(0)
    assert _true(clerk, sn) == ("", "")
    _open(clerk, sn)
    expect(_field(clerk)).to_have_value("")


def test_the_dialog_shows_what_is_saved_now_not_what_the_row_showed(clerk: Clerk, sn: str) -> None:
    clerk.search(sn)
    clerk.shop.patch(sn, remark="同事写的", flag="RED")
    _link(clerk, "添加备注").click()
    expect(_field(clerk)).to_have_value("同事写的")
    assert clerk.read_dialog("remark")["flag"] == "RED"


def test_nothing_can_be_typed_or_saved_before_the_dialog_is_filled(clerk: Clerk, sn: str) -> None:
    clerk.shop.patch(sn, remark="已存")
    clerk.search(sn)
    held = clerk.shop.fault("freeze", endpoint="/noteTag/query")
    _link(clerk, "修改备注").click()
    expect(clerk.remark).to_contain_text(sn)
    expect(_field(clerk)).to_be_disabled()
    expect(clerk.remark.get_by_role("button", name="保存")).to_be_disabled()
    _chip(clerk, "红色").click()
    assert clerk.read_dialog("remark") == {"text": "", "flag": "", "error": ""}
    clerk.shop.let_go(held)
    expect(_field(clerk)).to_have_value("已存")
    expect(_field(clerk)).to_be_enabled()


@pytest.mark.parametrize("held", [{"audit": True}, {"after_sale": True}])
def test_the_page_of_a_held_order_takes_a_remark(clerk: Clerk, sn: str, held: dict[str, bool]) -> None:
    clerk.shop.patch(sn, **held)
    clerk.goto("order_detail", order_sn=sn)
    clerk.element("remark.open_on_detail").click()
    _field(clerk).fill("已联系买家")
    _chip(clerk, "蓝色").click()
    _save(clerk)
    expect(clerk.remark).to_have_count(0)
    expect(_link(clerk, "修改备注")).to_be_visible()
    assert _shown(clerk, "order_detail") == _true(clerk, sn) == ("已联系买家", "BLUE")


def test_a_shipped_order_takes_a_remark_in_the_list(clerk: Clerk, sn: str) -> None:
    clerk.shop.patch(sn, status="shipped", courier="圆通快递", tracking_number="YT1234567890123")
    clerk.goto("orders_shipped")
    clerk.element("orders.search_input").fill(sn)
    clerk.element("orders.search").click()
    expect(clerk.rows).to_have_count(1)
    _link(clerk, "添加备注").click()
    _field(clerk).fill("补发一件")
    _save(clerk)
    expect(_link(clerk, "修改备注")).to_be_visible()
    assert _shown(clerk) == _true(clerk, sn) == ("补发一件", "")


def test_the_second_confirmation_stands_between_click_and_save(clerk: Clerk, sn: str) -> None:
    clerk.shop.fault("second-confirmation")
    _open(clerk, sn)
    _field(clerk).fill("周五送")
    _save(clerk)
    asked = clerk.page.locator(clerk.profile.dialogs["remark_second_confirmation"].container)
    asked.get_by_role("button", name="取消").click()
    expect(asked).to_have_count(0)
    assert _true(clerk, sn) == ("", "")
    _save(clerk)
    asked.get_by_role("button", name="继续保存").click()
    expect(clerk.remark).to_have_count(0)
    assert _true(clerk, sn) == ("周五送", "")


def test_a_lying_toast_closes_the_dialog_without_a_save(clerk: Clerk, sn: str) -> None:
    clerk.shop.fault("toast-lies")
    _open(clerk, sn)
    _field(clerk).fill("周五送")
    _save(clerk)
    expect(clerk.page.get_by_text("保存成功")).to_be_visible()
    expect(clerk.remark).to_have_count(0)
    assert _true(clerk, sn) == ("", "")


@pytest.mark.parametrize(
    ("fault", "args", "words"),
    [
        ("error-before", {}, "网络异常"),
        ("reset-before", {}, "网络异常"),
        ("rate-limited", {}, "操作太过频繁"),
        ("rate-limited", {"code": 429}, "操作太过频繁"),
        ("rate-limited", {"code": 206}, "两次备注间隔时长需大于1秒"),
        ("captcha", {}, "请完成安全验证"),
    ],
)
def test_a_save_that_fails_keeps_the_dialog_and_what_was_typed(
    clerk: Clerk, sn: str, fault: str, args: dict[str, int], words: str
) -> None:
    clerk.shop.fault(fault, endpoint=SAVE, **args)
    _open(clerk, sn)
    _field(clerk).fill("周五送")
    _save(clerk)
    expect(clerk.remark.get_by_role("alert")).to_contain_text(words)
    assert clerk.read_dialog("remark")["text"] == "周五送"
    assert _true(clerk, sn) == ("", "")
    _save(clerk)
    expect(clerk.remark).to_have_count(0)
    assert _true(clerk, sn) == ("周五送", "")


def _opened(view: View, sn: str) -> tuple[Any, Any]:
    """What the answer tells when the dialog of this order's row opens."""
    answer = view.asking("remark", lambda: view.row("orders", sn).click("remark.open"), about=sn)
    return answer.rows[0]["text"], answer.rows[0]["flag"]


def test_the_profile_tells_a_program_how_to_read_change_and_save(clerk: Clerk, view: View, sn: str) -> None:
    clerk.shop.patch(sn, remark="已存", flag="YELLOW")
    clerk.search(sn)
    assert _opened(view, sn) == ("已存", "YELLOW")
    dialog = view.dialog("remark", sn)
    dialog.fill("remark.text", "周五送")
    dialog.click("remark.flag_green")
    assert dialog.read().values == {"text": "周五送", "flag": "GREEN", "error": ""}
    answer = view.answered("remark_save", lambda: dialog.commit("remark.save"), about=sn)
    assert answer is not None
    assert answer.ok
    view.dialog_gone("remark")
    assert _true(clerk, sn) == ("周五送", "GREEN")


def test_a_program_is_told_of_a_limit_by_the_answer(clerk: Clerk, view: View, sn: str) -> None:
    clerk.shop.fault("rate-limited", endpoint=SAVE)
    clerk.search(sn)
    assert _opened(view, sn) == ("", "")
    dialog = view.dialog("remark", sn)
    dialog.fill("remark.text", "周五送")
    with pytest.raises(TooManyCalls):
        view.answered("remark_save", lambda: dialog.commit("remark.save"), about=sn)
    dialog.click("remark.cancel")
    view.dialog_gone("remark")
    assert _true(clerk, sn) == ("", "")
