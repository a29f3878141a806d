"""批量导出 as a clerk sees it: the dialog, the records, the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.clerk_by_hand import Clerk

pytestmark = pytest.mark.slow

_RECORDS = "/orders/exportExcel?exportType=0"


def _ask(clerk: Clerk) -> None:
    clerk.goto("orders_pending")
    clerk.rows.first.wait_for()
    clerk.page.get_by_role("button", name="批量导出").click()
    clerk.page.get_by_role("button", name="生成报表").click()


def test_a_report_is_asked_for_then_found_among_the_records_after_a_refresh(clerk: Clerk, tmp_path: Path) -> None:
    clerk.shop.advance(301)
    clerk.shop.fault("export-slow", s=30)
    _ask(clerk)
    clerk.page.get_by_role("link", name="导出记录", exact=True).click()
    newest = clerk.page.get_by_test_id("beast-core-table-body-tr").first
    expect(newest.get_by_text("生成中")).to_be_visible()
    clerk.shop.advance(30)
    expect(newest.get_by_text("生成中")).to_be_visible()
    expect(newest.get_by_role("link", name="下载报表")).to_have_count(0)
    clerk.page.get_by_role("button", name="刷新").click()
    with clerk.page.expect_download() as downloaded:
        newest.get_by_role("link", name="下载报表").click()
    downloaded.value.save_as(tmp_path / "report")
    assert downloaded.value.suggested_filename == clerk.shop.truth()["exports"][-1]["file_name"]
    assert len((tmp_path / "report").read_bytes().decode("utf-8-sig").splitlines()) > 130
    assert clerk.page.url.endswith(_RECORDS)


def test_asking_again_too_soon_is_refused_in_the_dialog(clerk: Clerk) -> None:
    clerk.shop.advance(301)
    _ask(clerk)
    clerk.page.get_by_text("报表生成中，请稍后到").wait_for()
    _ask(clerk)
    expect(clerk.page.get_by_role("alert").filter(has_text="操作太频繁")).to_be_visible()
    expect(clerk.page.get_by_role("button", name="生成报表")).to_be_enabled()
