"""The mock's 批量导出: made in its own time, throttled, and looking as the site's exports have looked."""

from __future__ import annotations

import csv
import io
import urllib.error
import zipfile
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from openpyxl import load_workbook

from fixtures.exports.variants import SAME_TABLE, VARIANTS
from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript

_ADD = "/mars/shop/recentOrders/export/task/add"
_LIST = "/mars/shop/recentOrders/export/task/list"
_ALL_TIME = {"groupStartTime": 0, "groupEndTime": 4102444800}


@pytest.fixture
def script(mock: MockShop) -> Iterator[PageScript]:
    mock.advance(301)
    script = PageScript(mock.url)
    script.log_in()
    yield script
    mock.clear_faults()


def _newest(script: PageScript) -> dict[str, Any]:
    task: dict[str, Any] = script.post(_LIST, {})["result"]["list"][0]
    return task


def _exported(mock: MockShop, script: PageScript) -> tuple[str, bytes]:
    assert script.post(_ADD, _ALL_TIME)["success"]
    mock.advance(120)
    return script.fetch(_newest(script)["fileUrl"])


def test_a_report_can_be_had_after_a_while_and_not_before(mock: MockShop, script: PageScript) -> None:
    mock.fault("export-slow", s=90)
    task_id = script.post(_ADD, _ALL_TIME)["result"]["taskId"]
    early = _newest(script)
    assert (early["taskId"], early["statusDesc"], early["fileUrl"]) == (task_id, "生成中", "")
    with pytest.raises(urllib.error.HTTPError, match="404") as missing:
        script.fetch(f"/mars/shop/recentOrders/export/download?taskId={task_id}")
    missing.value.close()
    mock.advance(90)
    assert _newest(script)["statusDesc"] == "已完成"
    named, _ = script.fetch(_newest(script)["fileUrl"])
    assert _newest(script)["fileName"] in named
    [told] = [export for export in mock.truth()["exports"] if export["task_id"] == task_id]
    assert (told["orders"], told["downloads"]) == (60, 1)


def test_a_second_report_within_five_minutes_is_refused(mock: MockShop, script: PageScript) -> None:
    assert script.post(_ADD, _ALL_TIME)["success"]
    mock.advance(290)
    refused = script.post(_ADD, _ALL_TIME)
    assert (refused["success"], refused["errorMsg"]) == (False, "操作太频繁，请5分钟后再试")
    mock.advance(11)
    assert script.post(_ADD, _ALL_TIME)["success"]


def test_a_report_tells_of_the_moment_when_it_was_asked_for(mock: MockShop, script: PageScript) -> None:
    sn = min(script.listed())
    mock.patch(sn, audit=True)
    mock.fault("export-header", variant="2022")
    script.post(_ADD, _ALL_TIME)
    mock.patch(sn, audit=False)
    mock.advance(60)
    _, content = script.fetch(_newest(script)["fileUrl"])
    [row] = [row for row in csv.DictReader(io.StringIO(content.decode("gb18030"))) if row["订单号"] == f'="{sn}"']
    assert row["是否审核中"] == "是"


@pytest.mark.parametrize("variant", SAME_TABLE)
def test_each_variant_tells_of_every_order_and_every_audit(mock: MockShop, script: PageScript, variant: str) -> None:
    mock.fault("export-header", variant=variant)
    look = VARIANTS[variant]
    rows = _rows(_exported(mock, script)[1], encoding=look.encoding, book=look.suffix == ".xlsx")
    headers = {key: header for header, key in look.columns}
    assert list(rows[0]) == [header for header, _ in look.columns]
    audits = {row[headers["order_sn"]].strip('\t="'): row[headers["audit"]] for row in rows}
    orders = mock.truth()["orders"]
    assert audits == {sn: look.audit[order["audit"]] for sn, order in orders.items()}
    assert sorted(row[headers["goods_id"]].strip('\t="') for row in rows) == sorted(
        item["goods_id"] for order in orders.values() for item in order["items"]
    )


def _rows(content: bytes, *, encoding: str, book: bool) -> list[dict[str, str]]:
    if not book:
        return list(csv.DictReader(io.StringIO(content.decode(encoding))))
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    header, *lines = [[str(cell or "") for cell in line] for line in sheet.iter_rows(values_only=True)]
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_a_report_may_come_as_a_zip_of_its_file(mock: MockShop, script: PageScript) -> None:
    mock.fault("export-zip")
    named, content = _exported(mock, script)
    assert named.endswith(".zip")
    [member] = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert member.startswith("orders_export")
    assert member.endswith(".csv")


def test_a_report_may_fail_and_a_variant_that_is_none_is_refused(mock: MockShop, script: PageScript) -> None:
    mock.fault("export-fails")
    script.post(_ADD, _ALL_TIME)
    mock.advance(60)
    assert (_newest(script)["statusDesc"], _newest(script)["fileUrl"]) == ("生成失败", "")
    with pytest.raises(MockError, match="2022"):
        mock.fault("export-header", variant="2023")


@pytest.mark.slow
def test_a_report_of_20000_orders_is_made_in_seconds() -> None:
    with MockShop(orders=20_000) as big:
        script = PageScript(big.url)
        script.log_in()
        big.fault("export-header", variant="2021")
        worker = psutil.Process(big.pid)
        before = worker.cpu_times().user
        _, content = _exported(big, script)
        assert worker.cpu_times().user - before < 15
    assert len(content) > 1_000_000
