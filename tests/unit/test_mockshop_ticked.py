"""The mock's 批量发货 of ticked orders: taken at once, shipped by a task, refused by reason, and remembered."""

from __future__ import annotations

import http.client
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.mockshop.harness import MockShop
from tests.support.ticked_script import SHIP, TickedScript, ticked_script

CUT = (ConnectionError, http.client.HTTPException, urllib.error.URLError)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(platform="douyin", shops=2, orders=300) as shop:
        yield shop


@pytest.fixture
def ticked(mock: MockShop) -> Iterator[TickedScript]:
    yield ticked_script(mock, shop="123456789")
    mock.clear_faults()


@pytest.fixture
def free(mock: MockShop, ticked: TickedScript) -> list[str]:
    """Orders of 发货中心 that nothing speaks against."""
    orders = mock.truth()["orders"]
    signs = ("audit", "after_sale", "partly_shipped", "address_change", "needs_serial", "presale_until")
    return [sn for sn in ticked.listed() if not any(orders[sn][sign] for sign in signs)]


def _numbers(mock: MockShop, sn: str) -> list[str]:
    return [each["tracking_number"] for each in mock.order(sn)["shipments"]]


def test_ticked_orders_are_taken_at_once_and_shipped_by_a_task(
    mock: MockShop, ticked: TickedScript, free: list[str]
) -> None:
    seen, written = mock.last_event(), len(mock.truth()["writes"])
    told = ticked.ship(free[:2])
    assert (told["data"]["total"], told["shop_id"]) == (2, "123456789")
    task = ticked.ended(told["data"]["taskId"])
    assert (len(task["taskId"]), task["statusText"]) == (19, "已完成")
    assert (task["successList"], task["sendFailList"], task["failedNum"]) == (free[:2], [], 0)
    assert _numbers(mock, free[1]) == ["YT0000000000002"]
    [shipment] = mock.order(free[0])["shipments"]
    assert (shipment["courier"], shipment["entry"], shipment["held_at_accept"]) == ("圆通快递", "ticked", False)
    assert [write["outcome"] for write in mock.truth()["writes"][written:]] == ["accepted"] * 2
    kinds = [event["kind"] for event in mock.events(after=seen) if event["endpoint"] == SHIP]
    assert sorted(kinds) == ["answer", "effect", "effect", "request"]
    assert not ticked.listed(order_ids=",".join(free[:2]))


def test_failures_are_told_by_reason_and_the_others_are_shipped(
    mock: MockShop, ticked: TickedScript, free: list[str]
) -> None:
    good, bad, strange, twice, closed = free[:5]
    mock.patch(closed, status="closed")
    rows = [
        {"order_id": sn, "company_code": courier, "logistics_code": number}
        for sn, courier, number in (
            (good, "shunfeng", "SF0000000000001"),
            (bad, "shunfeng", "SF 1"),
            (strange, "feige", "SF0000000000002"),
            (twice, "shunfeng", "SF0000000000003"),
            (twice, "shunfeng", "SF0000000000004"),
            (closed, "shunfeng", "SF0000000000005"),
            ("", "shunfeng", "SF0000000000006"),
        )
    ]
    task = ticked.ended(ticked.pages.post(SHIP, orders=rows)["data"]["taskId"])
    assert (task["total"], task["successNum"], task["failedNum"]) == (7, 2, 5)
    assert {group["reason"]: group["orderIdList"] for group in task["sendFailList"]} == {
        "物流单号格式不正确": [bad],
        "物流公司不存在": [strange],
        "订单重复提交": [twice],
        "订单状态已变更，不可发货": [closed],
        "订单号为空或者格式错误": [""],
    }
    assert task["successList"] == [good, twice]
    assert task["failedList"] == [bad, strange, twice, closed, ""]
    assert _numbers(mock, twice) == ["SF0000000000003"]


SIGNS = {
    "audit": "订单风控审核中，暂不可发货",
    "after_sale": "订单存在售后，请先处理售后",
    "address_change": "买家申请修改地址，请先处理",
    "partly_shipped": "订单状态已变更，不可发货",
}


def test_held_orders_are_accepted_and_counted_unless_the_server_enforces(
    mock: MockShop, ticked: TickedScript, free: list[str]
) -> None:
    held = dict(zip(SIGNS, free, strict=False))
    mock.patch_many({sn: {sign: True} for sign, sn in held.items()})
    mock.fault("enforce-holds")
    assert ticked.refusals(list(held.values())) == {SIGNS[sign]: [sn] for sign, sn in held.items()}
    mock.clear_faults()
    assert ticked.refusals(list(held.values())) == {}
    assert [mock.order(sn)["shipments"][0]["held_at_accept"] for sn in held.values()] == [True] * 4


def test_only_orders_that_need_a_parcel_are_listed_and_only_the_numbers_asked_for(
    mock: MockShop, ticked: TickedScript
) -> None:
    orders = mock.truth()["orders"]
    listed = ticked.listed()
    assert all(orders[sn]["status"] == "pending" and not orders[sn]["virtual"] for sn in listed)
    due = [row["exp_ship_time"] for row in listed.values()]
    assert due == sorted(due)
    two = list(listed)[:2]
    virtual = next(sn for sn, order in orders.items() if order["virtual"] and order["status"] == "pending")
    ticked.pages.enter("123456790")
    elsewhere = next(iter(ticked.listed()))
    ticked.pages.enter("123456789")
    assert list(ticked.listed(order_ids=",".join([*two, virtual, elsewhere, "1"]))) == two
    second = ticked.pages.get("/api/logistics/deliverylist", page=1, pageSize=10)
    assert [row["shop_order_id"] for row in second["data"]] == list(listed)[10:20]
    assert second["total"] > 100


def test_a_stale_list_shows_what_a_task_has_shipped(mock: MockShop, ticked: TickedScript, free: list[str]) -> None:
    mock.fault("stale-list", s=60)
    ticked.refusals(free[:1])
    assert free[0] in ticked.listed()
    assert free[0] in ticked.listed(order_ids=free[0])
    mock.advance(61)
    assert free[0] not in ticked.listed()


def test_shops_of_one_login_see_no_task_and_ship_no_order_of_another(mock: MockShop, ticked: TickedScript) -> None:
    first = next(iter(ticked.listed()))
    ticked.pages.enter("123456790")
    other = next(iter(ticked.listed()))
    task_id = ticked.ship([first, other])["data"]["taskId"]
    assert ticked.ended(task_id)["sendFailList"] == [{"reason": "订单号为空或者格式错误", "orderIdList": [first]}]
    ticked.pages.enter("123456789")
    assert ticked.task(task_id)["code"] == 40201
    listed = ticked.pages.get("/api/logistics/deliverytask/list", page=0, pageSize=100)["data"]
    assert task_id not in {task["taskId"] for task in listed}
    assert mock.truth()["ship_tasks"][-1]["shop"] == "123456790"


def test_more_than_a_hundred_orders_are_refused_whole(mock: MockShop, ticked: TickedScript) -> None:
    tasks = len(mock.truth()["ship_tasks"])
    told = ticked.ship([f"nobody-{n}" for n in range(101)])
    assert told["msg"] == "单次最多发货 100 单"
    assert {write["outcome"] for write in mock.truth()["writes"][-101:]} == {"refused whole"}
    assert ticked.pages.post(SHIP, orders=[])["code"] == 10001
    assert len(mock.truth()["ship_tasks"]) == tasks


def test_a_slow_task_ships_nothing_before_its_time(mock: MockShop, ticked: TickedScript, free: list[str]) -> None:
    mock.fault("task-slow", s=600)
    task_id = ticked.ship(free[:1])["data"]["taskId"]
    assert ticked.task(task_id)["data"]["statusText"] == "排队中"
    assert _numbers(mock, free[0]) == []
    mock.advance(600)
    assert ticked.ended(task_id)["successNum"] == 1


def test_a_task_may_refuse_some_or_end_early(mock: MockShop, ticked: TickedScript, free: list[str]) -> None:
    mock.fault("task-partial", k=2)
    assert ticked.refusals(free[:4]) == {"操作频繁，请稍后再试": [free[1], free[3]]}
    mock.fault("task-ends-early", n=1)
    task = ticked.ended(ticked.ship(free[4:7])["data"]["taskId"])
    assert (task["status"], task["statusText"], task["total"], task["successNum"]) == (3, "处理失败", 3, 1)
    assert [len(_numbers(mock, sn)) for sn in free[4:7]] == [1, 0, 0]


@pytest.mark.parametrize(("lie", "shipped"), [("accepted", 0), ("refused", 1)])
def test_a_task_may_lie_about_an_order(
    mock: MockShop, ticked: TickedScript, free: list[str], lie: str, shipped: int
) -> None:
    mock.fault("task-lies", lie=lie, k=2)
    task = ticked.ended(ticked.ship(free[:2])["data"]["taskId"])
    assert (free[1] in task["successList"]) is (lie == "accepted")
    assert len(_numbers(mock, free[1])) == shipped


@pytest.mark.parametrize(("effect", "shipped"), [("none", 0), ("all", 1)])
def test_a_lost_task_was_taken_and_is_never_seen_again(
    mock: MockShop, ticked: TickedScript, free: list[str], effect: str, shipped: int
) -> None:
    mock.fault("task-lost", effect=effect)
    told = ticked.ship(free[:1])
    assert told["code"] == 0
    assert ticked.task(told["data"]["taskId"])["msg"] == "任务不存在"
    listed = ticked.pages.get("/api/logistics/deliverytask/list", page=0, pageSize=100)["data"]
    assert told["data"]["taskId"] not in {task["taskId"] for task in listed}
    assert len(_numbers(mock, free[0])) == shipped


def test_faults_of_tasks_leave_the_dialog_alone(mock: MockShop, ticked: TickedScript, free: list[str]) -> None:
    lost = mock.fault("task-lost")
    assert ticked.pages.ship(free[0])["code"] == 0
    [armed] = [fault for fault in mock.faults() if fault["number"] == lost["number"]]
    assert (armed["seen"], armed["fired"]) == (0, 0)


@pytest.mark.parametrize(
    ("fault", "shipped"), [("reset-before", 0), ("reset-after", 1), ("error-before", 0), ("error-after", 1)]
)
def test_faults_of_the_wire_strike_the_request_that_hands_orders_in(
    mock: MockShop, ticked: TickedScript, free: list[str], fault: str, shipped: int
) -> None:
    mock.fault(fault)
    with pytest.raises(CUT) as broken:
        ticked.ship(free[:2])
    if isinstance(broken.value, urllib.error.HTTPError):
        broken.value.close()
    assert [len(_numbers(mock, sn)) for sn in free[:2]] == [shipped] * 2
    assert {write["outcome"] for write in mock.truth()["writes"][-2:]} == {fault}


def test_a_late_effect_comes_by_a_task_after_the_error(mock: MockShop, ticked: TickedScript, free: list[str]) -> None:
    mock.fault("late-effect", s=60)
    with pytest.raises(urllib.error.HTTPError, match="500") as broken:
        ticked.ship(free[:1])
    broken.value.close()
    assert _numbers(mock, free[0]) == []
    mock.advance(60)
    ticked.ended(mock.truth()["ship_tasks"][-1]["task_id"])
    assert len(_numbers(mock, free[0])) == 1


def test_a_lying_toast_and_a_limit_are_told_by_the_task(mock: MockShop, ticked: TickedScript, free: list[str]) -> None:
    mock.fault("toast-lies")
    told = ticked.ship(free[:2])
    assert told["_toast"] == "发货成功"
    assert ticked.ended(told["data"]["taskId"])["failedList"] == free[:2]
    mock.fault("rate-limited", endpoint="batchdelivery", code=206)
    assert ticked.refusals(free[:1]) == {"操作频繁，请稍后再试": free[:1]}
    mock.fault("rate-limited", endpoint="batchdelivery")
    assert ticked.ship(free[:1])["code"] == 10029
    assert _numbers(mock, free[0]) == []


@pytest.mark.slow
def test_tasks_outlive_the_server(tmp_path: Path) -> None:
    state = tmp_path / "shop.json"
    with MockShop(platform="douyin", orders=60, state=state) as mock:
        ticked = ticked_script(mock)
        task = ticked.ended(ticked.ship([*list(ticked.listed())[:2], "1"])["data"]["taskId"])
    with MockShop(platform="douyin", orders=60, state=state) as mock:
        assert ticked_script(mock).task(task["taskId"])["data"] == task
