"""The mock's 批量发货: reads what people upload, ships row by row, refuses with reasons, and remembers."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fixtures.mockshop.harness import MockShop
from fixtures.sheets.formats import write_csv, write_html, write_xls, write_xlsx
from tests.support.batch_script import (
    HEAD,
    NO_PARCEL_HEAD,
    BatchScript,
    Line,
    file_of,
    numbers,
    parcels,
)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(orders=600, import_rows=300, import_mb=0.1) as shop:
        yield shop


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "utf8.csv", "gbk.csv"])
def test_the_template_filled_in_ships_in_each_format(
    mock: MockShop, batch: BatchScript, free: list[str], tmp_path: Path, name: str
) -> None:
    path, lines = tmp_path / name, parcels(free[:2])
    if path.suffix == ".csv":
        write_csv(path, lines, encoding="gb18030" if name == "gbk.csv" else "utf-8-sig")
    else:
        _ = write_xlsx(path, lines) if path.suffix == ".xlsx" else write_xls(path, lines)
    task = batch.upload(path.read_bytes(), name=name)["result"]
    assert task["total"] == 2
    assert batch.ended(task["taskId"])["statusDesc"] == "已完成"
    assert [row["rowNo"] for row in batch.rows(task["taskId"])] == [3, 4]
    assert numbers(mock, free[1]) == ["YT0000000000002"]
    [shipment] = mock.order(free[0])["shipments"]
    assert (shipment["courier"], shipment["entry"], shipment["overwrote"]) == ("圆通快递", "import", "")


@pytest.mark.parametrize(("kind", "head"), [(3, HEAD), (6, NO_PARCEL_HEAD)])
def test_the_template_has_two_header_rows(batch: BatchScript, kind: int, head: Sequence[Line]) -> None:
    named, content = batch.pages.fetch(f"/express_base/shop/orders/batch/template?functionType={kind}")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [list(line) for line in sheet.iter_rows(values_only=True)] == list(head)
    assert named.endswith(".xlsx")


@pytest.mark.parametrize("head", HEAD)
def test_one_header_row_of_either_sort_is_enough(batch: BatchScript, free: list[str], head: Line) -> None:
    assert batch.codes([head, [free[0], "圆通快递", "YT0000000000001"]]) == [100]


def test_each_row_gets_its_own_result_and_each_failure_its_reason(
    mock: MockShop, batch: BatchScript, free: list[str]
) -> None:
    closed, good, twice, nameless, bad = free[:5]
    mock.patch(closed, status="closed")
    lines = [
        [good, "中通快递", "73100000000001"],
        [closed, "中通快递", "73100000000002"],
        ["260101-000000000000000", "中通快递", "73100000000003"],
        [nameless, "飞鸽传书", "73100000000004"],
        [bad, "中通快递", "7310 0000"],
        [twice, "中通快递", "73100000000005"],
        [twice, "中通快递", "73100000000006"],
    ]
    task_id = batch.upload(file_of([*HEAD, *lines]))["result"]["taskId"]
    ended = batch.ended(task_id)
    assert (ended["total"], ended["done"], ended["success"], ended["fail"]) == (7, 7, 2, 5)
    rows = batch.rows(task_id)
    assert [row["shippingResultCode"] for row in rows] == [100, 201, 207, 202, 203, 100, 208]
    failed = [row for row in rows if row["shippingResultCode"] != 100]
    assert batch.rows(task_id, onlyFail=True) == failed
    assert batch.failures(task_id)[2:] == [
        [row["orderSn"], row["shippingName"], row["trackingNumber"], row["shippingResultMsg"]] for row in failed
    ]
    assert numbers(mock, twice) == ["73100000000005"]
    writes = mock.truth()["writes"][-7:]
    assert [write["effect"] for write in writes] == [True, False, False, False, False, True, False]
    assert writes[1]["outcome"] == "refused 201"


def test_held_orders_are_shipped_unless_the_site_enforces_its_holds(
    mock: MockShop, batch: BatchScript, free: list[str]
) -> None:
    audited, returned, shipped = free[:3]
    mock.patch(audited, audit=True)
    mock.patch(returned, after_sale=True)
    batch.pages.ship(shipped, tracking_number="YT9999999999999")
    mock.fault("enforce-holds")
    assert batch.codes(parcels(free[:3])) == [204, 205, 201]
    assert numbers(mock, shipped) == ["YT9999999999999"]
    mock.clear_faults()
    assert batch.codes(parcels(free[:3])) == [100, 100, 100]
    assert mock.order(audited)["shipments"][0]["held_at_accept"]


def test_the_same_file_again_is_processed_again_and_overwrites(
    mock: MockShop, batch: BatchScript, free: list[str]
) -> None:
    batch.pages.ship(free[0], tracking_number="YT9999999999999")
    content = file_of(parcels(free[:2]))
    for _ in range(2):
        batch.ended(batch.upload(content)["result"]["taskId"])
    shipments = mock.order(free[0])["shipments"]
    assert [each["overwrote"] for each in shipments] == ["", "YT9999999999999", "YT0000000000001"]
    first, second = mock.imports()[-2:]
    assert first["sha256"] == second["sha256"]
    assert first["task_id"] != second["task_id"]
    assert (second["rows"], second["success"], second["fail"], second["state"]) == (2, 2, 0, "finished")
    assert mock.truth()["counts"]["overwritten"] >= 2


def test_orders_without_a_parcel_need_their_number_only(mock: MockShop, batch: BatchScript, free: list[str]) -> None:
    assert batch.codes([*NO_PARCEL_HEAD, [free[0]], ["nobody"]], kind=6) == [100, 207]
    [shipment] = mock.order(free[0])["shipments"]
    assert (shipment["courier"], shipment["tracking_number"], shipment["entry"]) == ("", "", "import")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "仅支持 xlsx、xls、csv"),
        ("a.xlsx", b"PK\x03\x04 no book", "已损坏"),
        ("a.csv", file_of(HEAD), "没有数据"),
        ("a.csv", file_of([["订单号", "快递公司"], ["1", "2"]]), "缺少列：快递单号"),
        ("a.csv", file_of([["1", "2", "3"]]), "缺少表头"),
        ("a.csv", file_of(parcels(["x"] * 301)), "单次最多导入 300 条，当前 301 条"),
        ("a.csv", b" " * 200_000, "不能超过 0.1 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(
    mock: MockShop, batch: BatchScript, name: str, content: bytes, words: str
) -> None:
    before = len(mock.imports())
    refused = batch.upload(content, name=name)
    assert not refused["success"]
    assert words in refused["errorMsg"]
    assert len(mock.imports()) == before


def test_a_page_that_calls_itself_xls_is_refused(batch: BatchScript, tmp_path: Path) -> None:
    path = write_html(tmp_path / "a.xls", HEAD)
    assert "扩展名不符" in batch.upload(path.read_bytes(), name="a.xls")["errorMsg"]


def test_results_come_in_pages_and_tasks_newest_first(batch: BatchScript, free: list[str]) -> None:
    task_id = batch.upload(file_of(parcels(free[:45])))["result"]["taskId"]
    batch.ended(task_id)
    pages = [batch.rows(task_id, pageNumber=n, pageSize=20) for n in (1, 2, 3)]
    assert [row["rowNo"] for page in pages for row in page] == list(range(3, 48))
    listed = batch.pages.post("/express_base/shop/orders/batch/records", {"pageNumber": 1, "pageSize": 20})["result"]
    newest = listed["list"][0]
    assert (newest["taskId"], newest["fileName"], newest["success"]) == (task_id, "parcels.csv", 45)
