"""The mock's 批量发货: reads what people upload, ships row by row, refuses with reasons, and remembers."""

from __future__ import annotations

import http.client
import io
import urllib.error
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from openpyxl import load_workbook

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.script import PageScript
from fixtures.sheets.formats import write_csv, write_html, write_xls, write_xlsx

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)
UPLOAD = "/express_base/shop/orders/batch/upload"
HEAD = (["订单号", "快递公司", "快递单号"], ["order_sn", "shipping_name", "shipping_sn"])
NO_PARCEL_HEAD = (["订单号"], ["order_sn"])
Line = Sequence[object]


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(orders=600, import_rows=300, import_mb=0.1) as shop:
        yield shop


@pytest.fixture
def script(mock: MockShop) -> Iterator[PageScript]:
    script = PageScript(mock.url)
    script.log_in()
    yield script
    mock.clear_faults()


@pytest.fixture
def free(mock: MockShop) -> list[str]:
    """Pending orders without marks, which nothing has shipped yet."""
    signs = ("audit", "after_sale", "virtual", "shipments")
    orders = mock.truth()["orders"].items()
    return [sn for sn, order in orders if order["status"] == "pending" and not any(order[sign] for sign in signs)]


def _file(lines: Sequence[Line]) -> bytes:
    return "\r\n".join(",".join(map(str, line)) for line in lines).encode("utf-8-sig")


def _parcels(sns: Sequence[str], *, start: int = 1) -> list[Line]:
    return [*HEAD, *([sn, "圆通快递", f"YT{n:013d}"] for n, sn in enumerate(sns, start))]


def _upload(script: PageScript, content: bytes, *, name: str = "parcels.csv", kind: int = 3) -> dict[str, Any]:
    return script.post_file(UPLOAD, name, content, functionType=kind, overWrite=1)


def _task(script: PageScript, task_id: str) -> dict[str, Any]:
    task: dict[str, Any] = script.post("/express_base/shop/orders/batch/progress", {"taskId": task_id})["result"]
    return task


def _ended(script: PageScript, task_id: str) -> dict[str, Any]:
    while (task := _task(script, task_id))["status"] < 2:
        pass
    return task


def _rows(script: PageScript, task_id: str, **asked: Any) -> list[dict[str, Any]]:
    body = {"taskId": task_id, "pageNumber": 1, "pageSize": 100} | asked
    rows: list[dict[str, Any]] = script.post("/express_base/shop/orders/batch/result", body)["result"]["list"]
    return rows


def _codes(script: PageScript, lines: Sequence[Line], *, kind: int = 3) -> list[int]:
    task_id = _upload(script, _file(lines), kind=kind)["result"]["taskId"]
    _ended(script, task_id)
    return [row["shippingResultCode"] for row in _rows(script, task_id)]


def _failures(script: PageScript, task_id: str) -> list[list[str]]:
    _, content = script.fetch(f"/express_base/shop/orders/batch/failures?taskId={task_id}")
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    return [[str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]


def _numbers(mock: MockShop, sn: str) -> list[str]:
    return [shipment["tracking_number"] for shipment in mock.order(sn)["shipments"]]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "utf8.csv", "gbk.csv"])
def test_the_template_filled_in_ships_in_each_format(
    mock: MockShop, script: PageScript, free: list[str], tmp_path: Path, name: str
) -> None:
    path, lines = tmp_path / name, _parcels(free[:2])
    if path.suffix == ".csv":
        write_csv(path, lines, encoding="gb18030" if name == "gbk.csv" else "utf-8-sig")
    else:
        _ = write_xlsx(path, lines) if path.suffix == ".xlsx" else write_xls(path, lines)
    task = _upload(script, path.read_bytes(), name=name)["result"]
    assert task["total"] == 2
    assert _ended(script, task["taskId"])["statusDesc"] == "已完成"
    assert [row["rowNo"] for row in _rows(script, task["taskId"])] == [3, 4]
    assert _numbers(mock, free[1]) == ["YT0000000000002"]
    [shipment] = mock.order(free[0])["shipments"]
    assert (shipment["courier"], shipment["entry"], shipment["overwrote"]) == ("圆通快递", "import", "")


@pytest.mark.parametrize(("kind", "head"), [(3, HEAD), (6, NO_PARCEL_HEAD)])
def test_the_template_has_two_header_rows(script: PageScript, kind: int, head: Sequence[Line]) -> None:
    named, content = script.fetch(f"/express_base/shop/orders/batch/template?functionType={kind}")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [list(line) for line in sheet.iter_rows(values_only=True)] == list(head)
    assert named.endswith(".xlsx")


@pytest.mark.parametrize("head", HEAD)
def test_one_header_row_of_either_sort_is_enough(script: PageScript, free: list[str], head: Line) -> None:
    assert _codes(script, [head, [free[0], "圆通快递", "YT0000000000001"]]) == [100]


def test_each_row_gets_its_own_result_and_each_failure_its_reason(
    mock: MockShop, script: PageScript, free: list[str]
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
    task_id = _upload(script, _file([*HEAD, *lines]))["result"]["taskId"]
    ended = _ended(script, task_id)
    assert (ended["total"], ended["done"], ended["success"], ended["fail"]) == (7, 7, 2, 5)
    rows = _rows(script, task_id)
    assert [row["shippingResultCode"] for row in rows] == [100, 201, 207, 202, 203, 100, 208]
    failed = [row for row in rows if row["shippingResultCode"] != 100]
    assert _rows(script, task_id, onlyFail=True) == failed
    assert _failures(script, task_id)[2:] == [
        [row["orderSn"], row["shippingName"], row["trackingNumber"], row["shippingResultMsg"]] for row in failed
    ]
    assert _numbers(mock, twice) == ["73100000000005"]
    writes = mock.truth()["writes"][-7:]
    assert [write["effect"] for write in writes] == [True, False, False, False, False, True, False]
    assert writes[1]["outcome"] == "refused 201"


def test_held_orders_are_shipped_unless_the_site_enforces_its_holds(
    mock: MockShop, script: PageScript, free: list[str]
) -> None:
    audited, returned, shipped = free[:3]
    mock.patch(audited, audit=True)
    mock.patch(returned, after_sale=True)
    script.ship(shipped, tracking_number="YT9999999999999")
    mock.fault("enforce-holds")
    assert _codes(script, _parcels(free[:3])) == [204, 205, 201]
    assert _numbers(mock, shipped) == ["YT9999999999999"]
    mock.clear_faults()
    assert _codes(script, _parcels(free[:3])) == [100, 100, 100]
    assert mock.order(audited)["shipments"][0]["held_at_accept"]


def test_the_same_file_again_is_processed_again_and_overwrites(
    mock: MockShop, script: PageScript, free: list[str]
) -> None:
    script.ship(free[0], tracking_number="YT9999999999999")
    content = _file(_parcels(free[:2]))
    for _ in range(2):
        _ended(script, _upload(script, content)["result"]["taskId"])
    shipments = mock.order(free[0])["shipments"]
    assert [each["overwrote"] for each in shipments] == ["", "YT9999999999999", "YT0000000000001"]
    first, second = mock.imports()[-2:]
    assert first["sha256"] == second["sha256"]
    assert first["task_id"] != second["task_id"]
    assert (second["rows"], second["success"], second["fail"], second["state"]) == (2, 2, 0, "finished")
    assert mock.truth()["counts"]["overwritten"] >= 2


def test_orders_without_a_parcel_need_their_number_only(mock: MockShop, script: PageScript, free: list[str]) -> None:
    assert _codes(script, [*NO_PARCEL_HEAD, [free[0]], ["nobody"]], kind=6) == [100, 207]
    [shipment] = mock.order(free[0])["shipments"]
    assert (shipment["courier"], shipment["tracking_number"], shipment["entry"]) == ("", "", "import")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "仅支持 xlsx、xls、csv"),
        ("a.xlsx", b"PK\x03\x04 no book", "已损坏"),
        ("a.csv", _file(HEAD), "没有数据"),
        ("a.csv", _file([["订单号", "快递公司"], ["1", "2"]]), "缺少列：快递单号"),
        ("a.csv", _file([["1", "2", "3"]]), "缺少表头"),
        ("a.csv", _file(_parcels(["x"] * 301)), "单次最多导入 300 条，当前 301 条"),
        ("a.csv", b" " * 200_000, "不能超过 0.1 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(
    mock: MockShop, script: PageScript, name: str, content: bytes, words: str
) -> None:
    before = len(mock.imports())
    refused = _upload(script, content, name=name)
    assert not refused["success"]
    assert words in refused["errorMsg"]
    assert len(mock.imports()) == before


def test_a_page_that_calls_itself_xls_is_refused(script: PageScript, tmp_path: Path) -> None:
    path = write_html(tmp_path / "a.xls", HEAD)
    assert "扩展名不符" in _upload(script, path.read_bytes(), name="a.xls")["errorMsg"]


def test_results_come_in_pages_and_tasks_newest_first(script: PageScript, free: list[str]) -> None:
    task_id = _upload(script, _file(_parcels(free[:45])))["result"]["taskId"]
    _ended(script, task_id)
    pages = [_rows(script, task_id, pageNumber=n, pageSize=20) for n in (1, 2, 3)]
    assert [row["rowNo"] for page in pages for row in page] == list(range(3, 48))
    listed = script.post("/express_base/shop/orders/batch/records", {"pageNumber": 1, "pageSize": 20})["result"]
    newest = listed["list"][0]
    assert (newest["taskId"], newest["fileName"], newest["success"]) == (task_id, "parcels.csv", 45)


def test_a_lost_answer_leaves_a_task_that_is_done(mock: MockShop, script: PageScript, free: list[str]) -> None:
    mock.fault("import-answer-lost")
    with pytest.raises(CUT):
        _upload(script, _file(_parcels(free[:3])))
    task = mock.imports()[-1]
    assert _ended(script, task["task_id"])["success"] == 3
    assert {write["outcome"] for write in mock.truth()["writes"][-3:]} == {"import-answer-lost"}


def test_a_late_task_ships_nothing_before_its_time(mock: MockShop, script: PageScript, free: list[str]) -> None:
    mock.fault("import-late", s=600)
    task_id = _upload(script, _file(_parcels(free[:1])))["result"]["taskId"]
    assert _task(script, task_id)["status"] == 0
    assert _numbers(mock, free[0]) == []
    mock.advance(600)
    assert _ended(script, task_id)["success"] == 1


@pytest.mark.parametrize("answer", ["error", "task"])
def test_a_task_may_fail_in_the_middle(mock: MockShop, script: PageScript, free: list[str], answer: str) -> None:
    mock.fault("import-part", n=2, answer=answer)
    if answer == "error":
        with pytest.raises(urllib.error.HTTPError, match="500") as broken:
            _upload(script, _file(_parcels(free[:5])))
        broken.value.close()
    else:
        _upload(script, _file(_parcels(free[:5])))
    task = _ended(script, mock.imports()[-1]["task_id"])
    assert (task["status"], task["done"], task["success"]) == (3, 2, 2)
    assert [len(_numbers(mock, sn)) for sn in free[:5]] == [1, 1, 0, 0, 0]


def test_some_rows_may_be_throttled_or_all(mock: MockShop, script: PageScript, free: list[str]) -> None:
    mock.fault("import-throttle", k=2)
    assert _codes(script, _parcels(free[:5])) == [100, 206, 100, 206, 100]
    mock.fault("toast-lies")
    told = _upload(script, _file(_parcels(free[5:7])))
    assert told["_toast"] == "发货成功"
    assert _ended(script, told["result"]["taskId"])["fail"] == 2
    assert _numbers(mock, free[5]) == []


@pytest.mark.parametrize(("lie", "shown"), [("accepted", 100), ("refused", 206)])
def test_the_table_may_lie_about_a_row_where_the_failure_file_does_not(
    mock: MockShop, script: PageScript, free: list[str], lie: str, shown: int
) -> None:
    shipped = int(lie == "refused")
    mock.fault("import-result-lies", lie=lie, k=2)
    task_id = _upload(script, _file(_parcels(free[:2])))["result"]["taskId"]
    _ended(script, task_id)
    assert [row["shippingResultCode"] for row in _rows(script, task_id)] == [100, shown]
    assert len(_numbers(mock, free[1])) == shipped
    assert len(_failures(script, task_id)[2:]) == 1 - shipped


@pytest.mark.parametrize(("mode", "left"), [("drop", ["b"]), ("empty", [])])
def test_the_failure_file_may_lack_rows(mock: MockShop, script: PageScript, mode: str, left: list[str]) -> None:
    task_id = _upload(script, _file(_parcels(["a", "b"])))["result"]["taskId"]
    _ended(script, task_id)
    mock.fault("import-failure-file", mode=mode)
    assert [line[0] for line in _failures(script, task_id)[2:]] == left
    assert [line[0] for line in _failures(script, task_id)[2:]] == ["a", "b"]


def test_the_failure_file_may_be_a_page(mock: MockShop, script: PageScript) -> None:
    task_id = _upload(script, _file(_parcels(["a"])))["result"]["taskId"]
    _ended(script, task_id)
    mock.fault("import-failure-file", mode="html")
    named, content = script.fetch(f"/express_base/shop/orders/batch/failures?taskId={task_id}")
    assert named.endswith(".xlsx")
    assert b"<html>" in content


def test_each_effect_of_a_small_file_is_an_event(mock: MockShop, script: PageScript, free: list[str]) -> None:
    before = mock.last_event()
    _codes(script, _parcels(free[:3]))
    events = [event for event in mock.events(after=before) if event["endpoint"] == UPLOAD]
    assert [event["order_sn"] for event in events if event["kind"] == "effect"] == free[:3]
    assert [event["kind"] for event in events if event["kind"] != "effect"] == ["request", "answer"]


def test_tasks_outlive_the_server_and_an_order_is_shipped_while_others_wait(tmp_path: Path) -> None:
    options: dict[str, Any] = {"orders": 60, "state": tmp_path / "shop.json"}
    with MockShop(**options, import_rows_per_s=2) as slow:
        script = PageScript(slow.url)
        script.log_in()
        sns = list(script.listed())[:4]
        task_id = _upload(script, _file(_parcels(sns)))["result"]["taskId"]
        slow.wait_for("effect", endpoint=UPLOAD, order_sn=sns[0])
        running = _task(script, task_id)
        assert (running["statusDesc"], running["done"]) == ("处理中", 1)
    with MockShop(**options) as again:
        script = PageScript(again.url)
        script.log_in()
        assert _task(script, task_id)["success"] == 4
        assert [row["orderSn"] for row in _rows(script, task_id)] == sns


def _cpu_s(mock: MockShop) -> float:
    used = psutil.Process(mock.pid).cpu_times()
    return float(used.user + used.system)


def test_20000_rows_are_shipped_in_seconds() -> None:
    with MockShop(orders=20_000, import_rows=20_000) as big:
        script = PageScript(big.url)
        script.log_in()
        lines = _parcels(list(big.truth()["orders"]))
        before = _cpu_s(big)
        told = _upload(script, _file(lines))["result"]
        ended = _ended(script, told["taskId"])
        assert _cpu_s(big) - before < 6
        assert ended["done"] == told["total"] == len(lines) - 2
        assert ended["success"] > 15_000
