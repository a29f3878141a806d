"""批量发货 as a clerk sees it: template, file, progress, results, failures, earlier tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

from fixtures.sheets.formats import write_xlsx
from tests.support.clerk_by_hand import Clerk

pytestmark = pytest.mark.slow

PAGE = "/orders/batch_ship"
HEAD = (["订单号", "快递公司", "快递单号"], ["order_sn", "shipping_name", "shipping_sn"])
MakesFile = Callable[[Sequence[str]], Path]


@pytest.fixture
def parcels(tmp_path: Path) -> MakesFile:
    """A filled-in template for these orders."""

    def made(sns: Sequence[str]) -> Path:
        lines = [[sn, "圆通快递", f"YT{n:013d}"] for n, sn in enumerate(sns, 1)]
        return write_xlsx(tmp_path / "parcels.xlsx", [*HEAD, *lines])

    return made


def _part(clerk: Clerk, name: str) -> Locator:
    return clerk.page.locator(f'[class*="{name}"]')


def _choose(clerk: Clerk, path: Path) -> None:
    with clerk.page.expect_file_chooser() as chooser:
        clerk.page.get_by_role("button", name="选择文件").click()
    chooser.value.set_files(path)


def _import(clerk: Clerk, path: Path) -> Locator:
    """The rows of the result."""
    _choose(clerk, path)
    clerk.page.locator('button[data-tracking-click-viewid="ele_batch_import_confirm"]').click()
    return _part(clerk, "batch-result_container").locator("tbody tr")


def test_the_menu_leads_to_the_page_and_its_template_can_be_had(clerk: Clerk, tmp_path: Path) -> None:
    clerk.goto("orders_pending")
    clerk.page.get_by_role("link", name="批量发货").click()
    expect(_part(clerk, "batch-ship_hint")).to_have_text("单次最多导入 1000 条，文件不超过 5 MB，支持 xlsx、xls、csv")
    for tab, head in (("无物流单条导入", [["订单号"], ["order_sn"]]), ("批量发货", list(HEAD))):
        clerk.page.get_by_role("tab", name=tab).click()
        with clerk.page.expect_download() as downloaded:
            clerk.page.get_by_role("link", name="下载模板").click()
        downloaded.value.save_as(tmp_path / "template.xlsx")
        sheet = load_workbook(tmp_path / "template.xlsx").worksheets[0]
        assert [list(line) for line in sheet.iter_rows(values_only=True)] == head
        assert downloaded.value.suggested_filename == f"{tab}模板.xlsx"


def test_a_file_is_uploaded_and_each_row_settled_on_the_page(clerk: Clerk, parcels: MakesFile, tmp_path: Path) -> None:
    sn = clerk.an_order()
    clerk.page.goto(PAGE)
    rows = _import(clerk, parcels([sn, "260101-000000000000000"]))
    expect(rows).to_have_count(2)
    expect(rows.nth(0).locator("td")).to_have_text(["3", sn, "圆通快递", "YT0000000000001", "成功", "–"])
    expect(rows.nth(1).locator("td").last).to_have_text("订单不存在")
    expect(_part(clerk, "batch-result_summary")).to_have_text("文件 parcels.xlsx 共 2 条，成功 1 条，失败 1 条")
    clerk.page.get_by_role("button", name="失败", exact=True).click()
    expect(rows).to_have_count(1)
    with clerk.page.expect_download() as downloaded:
        clerk.page.get_by_role("link", name="下载失败明细").click()
    downloaded.value.save_as(tmp_path / "failures.xlsx")
    *_, last = load_workbook(tmp_path / "failures.xlsx").worksheets[0].iter_rows(values_only=True)
    assert last == ("260101-000000000000000", "圆通快递", "YT0000000000002", "订单不存在")
    assert [each["entry"] for each in clerk.shop.order(sn)["shipments"]] == ["import"]


def test_an_order_without_a_parcel_goes_by_the_other_tab(clerk: Clerk, tmp_path: Path) -> None:
    sn = clerk.an_order(virtual=True)
    clerk.page.goto(f"{PAGE}?type=none")
    rows = _import(clerk, write_xlsx(tmp_path / "none.xlsx", [["订单号"], ["order_sn"], [sn]]))
    expect(rows).to_contain_text(["成功"])
    assert clerk.shop.order(sn)["shipments"][0]["tracking_number"] == ""


def test_the_page_refuses_a_file_of_another_type_or_size_by_itself(clerk: Clerk, tmp_path: Path) -> None:
    before = len(clerk.shop.imports())
    clerk.page.goto(PAGE)
    start = clerk.page.get_by_role("button", name="开始导入")
    for name, size, words in (("a.pdf", 1, "仅支持 xlsx、xls、csv"), ("a.csv", 6_000_000, "不能超过 5 MB")):
        (tmp_path / name).write_bytes(b"1" * size)
        _choose(clerk, tmp_path / name)
        expect(clerk.page.get_by_role("alert")).to_contain_text(words)
        expect(start).to_be_disabled()
    assert len(clerk.shop.imports()) == before


def test_what_the_server_refuses_whole_is_said_on_the_page(clerk: Clerk, parcels: MakesFile) -> None:
    clerk.page.goto(PAGE)
    _import(clerk, parcels([]))
    expect(clerk.page.get_by_role("alert")).to_have_text("文件中没有数据")
    expect(clerk.page.get_by_role("button", name="开始导入")).to_be_enabled()


def test_a_task_whose_answer_was_lost_is_found_among_the_records(clerk: Clerk, parcels: MakesFile) -> None:
    sns = [clerk.an_order(), "260101-000000000000000"]
    clerk.shop.fault("import-answer-lost")
    clerk.page.goto(PAGE)
    _import(clerk, parcels(sns))
    expect(clerk.page.get_by_role("alert")).to_have_text("网络异常，请稍后重试")
    clerk.page.get_by_role("button", name="刷新").click()
    newest = _part(clerk, "batch-records_container").locator("tbody tr").first
    told = newest.locator("td")
    expect(told).to_contain_text(["66", "批量发货", "2026-03-10", "parcels.xlsx", "2", "1", "1", "已完成", "查看"])
    newest.get_by_role("button", name="查看").click()
    expect(_part(clerk, "batch-result_container").locator("tbody tr")).to_have_count(2)
    task_id = clerk.shop.imports()[-1]["task_id"]
    expect(_part(clerk, "batch-result_container")).to_have_attribute("data-task-id", task_id)


def test_progress_is_shown_until_a_late_task_has_ended(clerk: Clerk, parcels: MakesFile) -> None:
    clerk.shop.fault("import-late", s=900)
    clerk.page.goto(PAGE)
    rows = _import(clerk, parcels([clerk.an_order()]))
    expect(_part(clerk, "batch-progress_done")).to_have_text("已处理 0/1")
    expect(rows).to_have_count(0)
    clerk.shop.advance(900)
    expect(rows).to_have_count(1)


def test_a_task_that_failed_in_the_middle_says_how_far_it_came(clerk: Clerk, parcels: MakesFile) -> None:
    clerk.shop.fault("import-part", n=1, answer="task")
    clerk.page.goto(PAGE)
    rows = _import(clerk, parcels(["a", "b", "c"]))
    expect(rows).to_have_count(1)
    notice = _part(clerk, "batch-result_container").get_by_test_id("beast-core-noticeBar")
    expect(notice).to_contain_text("异常终止，已处理 1/3 条")


def test_a_second_confirmation_is_asked_before_the_upload(clerk: Clerk, parcels: MakesFile) -> None:
    clerk.shop.fault("second-confirmation")
    clerk.page.goto(PAGE)
    rows = _import(clerk, parcels(["a"]))
    clerk.page.get_by_role("button", name="取消").click()
    expect(clerk.page.get_by_role("dialog")).to_have_count(0)
    clerk.page.get_by_role("button", name="开始导入").click()
    clerk.page.locator('button[data-tracking-click-viewid="makesure"]').click()
    expect(rows).to_have_count(1)


def test_results_come_in_pages_of_a_chosen_size(clerk: Clerk, parcels: MakesFile) -> None:
    clerk.page.goto(PAGE)
    rows = _import(clerk, parcels([f"nobody-{n}" for n in range(60)]))
    expect(rows).to_have_count(20)
    result = _part(clerk, "batch-result_container")
    result.get_by_test_id("beast-core-pagination-next").click()
    expect(rows.first).to_contain_text("nobody-20")
    result.get_by_test_id("beast-core-select-header").click()
    clerk.page.get_by_role("option", name="100").click()
    expect(rows).to_have_count(60)
