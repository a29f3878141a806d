"""The mock's import tasks: they come late, end half-way, lie, lose their answers, outlive the server and stay quick."""

from __future__ import annotations

import http.client
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from fixtures.mockshop.harness import MockShop
from tests.support.batch_script import UPLOAD, BatchScript, batch_script, file_of, numbers, parcels

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(orders=600, import_rows=300, import_mb=0.1) as shop:
        yield shop


def test_a_lost_answer_leaves_a_task_that_is_done(mock: MockShop, batch: BatchScript, free: list[str]) -> None:
    mock.fault("import-answer-lost")
    with pytest.raises(CUT):
        batch.upload(file_of(parcels(free[:3])))
    task = mock.imports()[-1]
    assert batch.ended(task["task_id"])["success"] == 3
    assert {write["outcome"] for write in mock.truth()["writes"][-3:]} == {"import-answer-lost"}


def test_a_late_task_ships_nothing_before_its_time(mock: MockShop, batch: BatchScript, free: list[str]) -> None:
    mock.fault("import-late", s=600)
    task_id = batch.upload(file_of(parcels(free[:1])))["result"]["taskId"]
    assert batch.task(task_id)["status"] == 0
    assert numbers(mock, free[0]) == []
    mock.advance(600)
    assert batch.ended(task_id)["success"] == 1


@pytest.mark.parametrize("answer", ["error", "task"])
def test_a_task_may_fail_in_the_middle(mock: MockShop, batch: BatchScript, free: list[str], answer: str) -> None:
    mock.fault("import-part", n=2, answer=answer)
    if answer == "error":
        with pytest.raises(urllib.error.HTTPError, match="500") as broken:
            batch.upload(file_of(parcels(free[:5])))
        broken.value.close()
    else:
        batch.upload(file_of(parcels(free[:5])))
    task = batch.ended(mock.imports()[-1]["task_id"])
    assert (task["status"], task["done"], task["success"]) == (3, 2, 2)
    assert [len(numbers(mock, sn)) for sn in free[:5]] == [1, 1, 0, 0, 0]


def test_some_rows_may_be_throttled_or_all(mock: MockShop, batch: BatchScript, free: list[str]) -> None:
    mock.fault("import-throttle", k=2)
    assert batch.codes(parcels(free[:5])) == [100, 206, 100, 206, 100]
    mock.fault("toast-lies")
    told = batch.upload(file_of(parcels(free[5:7])))
    assert told["_toast"] == "发货成功"
    assert batch.ended(told["result"]["taskId"])["fail"] == 2
    assert numbers(mock, free[5]) == []


@pytest.mark.parametrize(("lie", "shown"), [("accepted", 100), ("refused", 206)])
def test_the_table_may_lie_about_a_row_where_the_failure_file_does_not(
    mock: MockShop, batch: BatchScript, free: list[str], lie: str, shown: int
) -> None:
    shipped = int(lie == "refused")
    mock.fault("import-result-lies", lie=lie, k=2)
    task_id = batch.upload(file_of(parcels(free[:2])))["result"]["taskId"]
    batch.ended(task_id)
    assert [row["shippingResultCode"] for row in batch.rows(task_id)] == [100, shown]
    assert len(numbers(mock, free[1])) == shipped
    assert len(batch.failures(task_id)[2:]) == 1 - shipped


@pytest.mark.parametrize(("effect", "shipped"), [("none", 0), ("all", 1)])
def test_a_lost_task_was_taken_and_is_on_no_list(
    mock: MockShop, batch: BatchScript, free: list[str], effect: str, shipped: int
) -> None:
    mock.fault("task-lost", effect=effect)
    task_id = batch.upload(file_of(parcels(free[:1])))["result"]["taskId"]
    assert batch.pages.post("/express_base/shop/orders/batch/progress", {"taskId": task_id})["errorCode"] == 60004
    listed = batch.pages.post("/express_base/shop/orders/batch/records", {})["result"]["list"]
    assert task_id not in {task["taskId"] for task in listed}
    assert len(numbers(mock, free[0])) == shipped
    assert mock.imports()[-1] | {"task_id": task_id, "listed": False} == mock.imports()[-1]


@pytest.mark.parametrize(("mode", "left"), [("drop", ["b"]), ("empty", [])])
def test_the_failure_file_may_lack_rows(mock: MockShop, batch: BatchScript, mode: str, left: list[str]) -> None:
    task_id = batch.upload(file_of(parcels(["a", "b"])))["result"]["taskId"]
    batch.ended(task_id)
    mock.fault("import-failure-file", mode=mode)
    assert [line[0] for line in batch.failures(task_id)[2:]] == left
    assert [line[0] for line in batch.failures(task_id)[2:]] == ["a", "b"]


def test_the_failure_file_may_be_a_page(mock: MockShop, batch: BatchScript) -> None:
    task_id = batch.upload(file_of(parcels(["a"])))["result"]["taskId"]
    batch.ended(task_id)
    mock.fault("import-failure-file", mode="html")
    named, content = batch.pages.fetch(f"/express_base/shop/orders/batch/failures?taskId={task_id}")
    assert named.endswith(".xlsx")
    assert b"<html>" in content


def test_each_effect_of_a_small_file_is_an_event(mock: MockShop, batch: BatchScript, free: list[str]) -> None:
    before = mock.last_event()
    batch.codes(parcels(free[:3]))
    events = [event for event in mock.events(after=before) if event["endpoint"] == UPLOAD]
    assert [event["order_sn"] for event in events if event["kind"] == "effect"] == free[:3]
    assert [event["kind"] for event in events if event["kind"] != "effect"] == ["request", "answer"]


@pytest.mark.slow
def test_tasks_outlive_the_server_and_an_order_is_shipped_while_others_wait(tmp_path: Path) -> None:
    options: dict[str, Any] = {"orders": 60, "state": tmp_path / "shop.json"}
    with MockShop(**options, import_rows_per_s=0.01) as slow, batch_script(slow) as batch:
        sns = list(batch.pages.listed())[:4]
        task_id = batch.upload(file_of(parcels(sns)))["result"]["taskId"]
        slow.advance(100)
        slow.wait_for("effect", endpoint=UPLOAD, order_sn=sns[0])
        running = batch.task(task_id)
        assert (running["statusDesc"], running["done"]) == ("处理中", 1)
    with MockShop(**options) as again, batch_script(again) as batch:
        assert batch.task(task_id)["success"] == 4
        assert [row["orderSn"] for row in batch.rows(task_id)] == sns


def _cpu_s(mock: MockShop) -> float:
    used = psutil.Process(mock.pid).cpu_times()
    return float(used.user + used.system)


@pytest.mark.slow
def test_thousands_of_rows_are_shipped_in_seconds() -> None:
    with MockShop(orders=5000, import_rows=5000) as big, batch_script(big) as batch:
        lines = parcels(list(big.truth()["orders"]))
        before = _cpu_s(big)
        told = batch.upload(file_of(lines))["result"]
        ended = batch.ended(told["taskId"])
        assert _cpu_s(big) - before < 2
        assert ended["done"] == told["total"] == len(lines) - 2
        assert ended["success"] > 3500
