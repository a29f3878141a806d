"""The mock's notices look and behave as the profile says the site's do."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import Download, Locator, expect

from rpa.elements.values import answer_values, follow
from tests.support.clerk_by_hand import Clerk

pytestmark = pytest.mark.slow


@pytest.fixture
def messages(clerk: Clerk) -> Locator:
    """The notices of the list, opened."""
    clerk.goto("notices")
    rows = clerk.page.locator(clerk.profile.lists["notices"].rows)
    rows.first.wait_for()
    return rows


def put(clerk: Clerk, *files: tuple[str, bytes], title: str = "订单审核结果通知") -> dict[str, str]:
    """A new notice, opened; its attachments as the truth has them, by name."""
    notice = clerk.shop.notice(title, attachments=files)
    clerk.goto("notice", notice_id=notice["notice_id"], category="5")
    clerk.element("notice.title").wait_for()
    return {file["name"]: file["sha256"] for file in notice["attachments"]}


def download(clerk: Clerk, name: str = "") -> Download:
    """What the link beside this file brings."""
    with clerk.page.expect_download() as begun:
        link_of(clerk, name).click()
    return begun.value


def link_of(clerk: Clerk, name: str = "") -> Locator:
    files = clerk.page.locator(clerk.profile.lists["notice_files"].rows)
    return files.filter(has_text=name).locator('[class*="mail-detail_download"]')


def test_the_list_and_its_answer_tell_the_same_of_every_notice(clerk: Clerk) -> None:
    described = clerk.profile.answers["notice_list"]
    with clerk.page.expect_response(lambda answer: described.url in answer.url) as answered:
        clerk.goto("notices")
    told = follow(answered.value.json(), described.rows or "")
    rows = clerk.page.locator(clerk.profile.lists["notices"].rows)
    expect(rows).to_have_count(20)
    for sign in clerk.profile.pages["notices"].signature:
        expect(clerk.element(sign)).to_be_visible()
    spec = clerk.profile.lists["notices"]
    shown = clerk.read_rows_of("notices")
    assert set(shown[0]) == set(spec.fields)
    zone = shown[0]["sent_at"].tzinfo
    values = [answer_values(row, described.fields, zone=zone) for row in told]
    assert shown == [{name: row[name] for name in spec.fields} for row in values]
    assert "unreadable" not in repr(shown)


def test_a_category_shows_its_own_and_all_are_there_on_the_last_page(clerk: Clerk, messages: Locator) -> None:
    total = len(clerk.shop.notices())
    important = [notice for notice in clerk.shop.notices() if notice["category"] == 5]
    clerk.page.get_by_role("tab", name="重要通知").click()
    expect(messages).to_have_count(min(20, len(important)))
    expect(clerk.page).to_have_url(re.compile(r"type=5"))
    clerk.page.get_by_role("tab", name="全部").click()
    clerk.element("notices.page_size").click()
    clerk.element("notices.page_size_option", value="100").click()
    expect(messages).to_have_count(total)
    expect(clerk.page.get_by_text(f"共 {total} 条")).to_be_visible()


def test_an_unread_notice_is_marked_until_it_was_opened(clerk: Clerk) -> None:
    clerk.shop.notice("订单禁止发货通知")
    clerk.goto("home")
    link = clerk.page.get_by_role("link", name=re.compile("^站内信"))
    unread = int(link.inner_text().removeprefix("站内信"))
    link.click()
    first = clerk.page.locator(clerk.profile.lists["notices"].rows).first
    expect(first.locator('[class*="mail-row_unread"]')).to_be_visible()
    first.get_by_role("link").click()
    clerk.element("notice.title").wait_for()
    clerk.page.go_back()
    expect(first.locator('[class*="mail-row_title"]')).to_be_visible()
    expect(first.locator('[class*="mail-row_unread"]')).to_have_count(0)
    expect(clerk.page.get_by_role("tab", name="全部")).to_contain_text(str(unread - 1))


def test_the_browser_saves_the_very_bytes_under_the_name_shown(clerk: Clerk) -> None:
    files = put(clerk, ("结果 一.xlsx", b"one" * 9000), ("结果 二.csv", b"two"))
    for sign in clerk.profile.pages["notice"].signature:
        expect(clerk.element(sign)).to_be_visible()
    for name, sha256 in files.items():
        saved = download(clerk, name)
        assert saved.suggested_filename == name
        assert hashlib.sha256(saved.path().read_bytes()).hexdigest() == sha256
    expect(clerk.element("notice.title")).to_have_text("订单审核结果通知")


def test_an_expired_attachment_has_no_link(clerk: Clerk) -> None:
    put(clerk, ("结果.xlsx", b"old"))
    expect(link_of(clerk)).to_be_visible()
    clerk.shop.advance(7 * 24 * 3600 + 1)
    clerk.page.reload()
    expect(clerk.page.locator('[class*="mail-detail_expired"]')).to_have_text("已过期")
    expect(link_of(clerk)).to_have_count(0)


def test_a_cut_download_fails_and_can_be_had_again(clerk: Clerk) -> None:
    put(clerk, ("结果.xlsx", b"x" * 200_000))
    clerk.shop.fault("truncated-download")
    assert download(clerk).failure()
    clerk.shop.fault("truncated-download", mode="short")
    assert download(clerk).path().stat().st_size == 100_000
    assert download(clerk).path().stat().st_size == 200_000


def test_a_page_in_place_of_the_file_is_shown_in_the_same_tab(clerk: Clerk) -> None:
    put(clerk, ("结果.xlsx", b"x"))
    clerk.shop.fault("error-download", shown="page")
    link_of(clerk).click()
    expect(clerk.page.get_by_text("系统繁忙，请稍后再试")).to_be_visible()
    put(clerk, ("结果.xlsx", b"x"))
    clerk.shop.fault("error-download")
    assert download(clerk).path().read_bytes().startswith(b"<!doctype html>")


def test_what_a_notice_says_is_text_and_no_markup(clerk: Clerk) -> None:
    name = "<img src=x onerror=alert(1)>.xlsx"
    put(clerk, (name, b"x"), title="<b>订单审核结果通知</b>")
    expect(clerk.element("notice.title")).to_have_text("<b>订单审核结果通知</b>")
    expect(clerk.page.locator('[class*="mail-detail_name"]')).to_have_text(name)


@pytest.mark.parametrize(("name", "sign"), [("notices", "notices.no_right"), ("notice", "notice.no_right")])
def test_an_account_without_the_right_is_told_so(clerk: Clerk, name: str, sign: str) -> None:
    clerk.shop.mail_right("clerk-1", "none")
    clerk.goto(name, notice_id="123456789012", category="5")
    expect(clerk.element(sign)).to_have_text("暂无权限，请联系主账号开通“消息中心”权限")
    expect(clerk.page.locator('[class*="mail-list_container"], [class*="mail-detail_title"]')).to_have_count(0)
    clerk.shop.mail_right("clerk-1", "all")
