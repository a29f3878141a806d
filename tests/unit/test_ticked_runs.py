"""A run by ticked rows: what it sends with which, and what it makes of what task and list say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.procedure.in_bulk import TaskSaid
from flows.shipping.together import StillGoing
from tests.support.ticked_site import TickedDesk, ticked_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TickedDesk]:
    with ticked_desk(tmp_path) as opened:
        yield opened


def test_orders_go_together_and_are_shipped_as_task_and_list_say(desk: TickedDesk) -> None:
    assert desk.ship() == dict.fromkeys(("S0", "S1", "S2"), "shipped")
    assert desk.ticks.tasks == [["S0", "S1", "S2"]]
    [told] = [words for cause, words in desk.notes if cause == "ticked"]
    assert "shipped 3, refused 0" in told


def test_not_more_than_the_shop_wants_go_at_once(tmp_path: Path) -> None:
    with ticked_desk(tmp_path, settings="import_chunk = 2") as desk:
        assert set(desk.ship().values()) == {"shipped"}
        assert desk.ticks.tasks == [["S0", "S1"], ["S2"]]


def test_not_more_than_the_site_takes_go_at_once(tmp_path: Path) -> None:
    with ticked_desk(tmp_path, orders=101) as desk:
        assert set(desk.ship().values()) == {"shipped"}
        assert [len(task) for task in desk.ticks.tasks] == [100, 1]


def test_what_the_page_does_not_take_has_its_reason_and_the_others_go(desk: TickedDesk) -> None:
    desk.ticks.not_taken["S1"] = "under_audit", "seen in: list"
    assert desk.ship() == {"S0": "shipped", "S1": "under_audit", "S2": "shipped"}
    assert desk.ticks.tasks == [["S0", "S2"]]


def test_where_the_page_takes_none_nothing_is_sent(desk: TickedDesk) -> None:
    desk.ticks.not_taken |= dict.fromkeys(("S0", "S1", "S2"), ("site_refused", "its row cannot be ticked"))
    assert set(desk.ship().values()) == {"site_refused"}
    assert desk.ticks.tasks == []


def test_a_refusal_that_lasts_has_its_reason_and_is_not_sent_again(desk: TickedDesk) -> None:
    desk.ticks.refused["S1"] = "物流公司不存在"
    assert desk.ship()["S1"] == "unknown_courier"
    assert desk.ship()["S1"] == "unknown_courier"
    assert desk.ticks.tasks == [["S0", "S1", "S2"]]


def test_a_refusal_for_a_passing_reason_is_tried_once_more(desk: TickedDesk) -> None:
    desk.ticks.refused["S1"] = "操作频繁，请稍后再试"
    assert desk.ship()["S1"] == "refused_for_now"
    assert desk.ticks.tasks == [["S0", "S1", "S2"], ["S1"]]


def test_a_sign_of_the_order_is_told_as_such(desk: TickedDesk) -> None:
    desk.ticks.refused["S1"] = "订单风控审核中，暂不可发货"
    assert desk.ship()["S1"] == "under_audit"


def test_what_the_task_refuses_and_the_list_shows_as_shipped_is_shipped(desk: TickedDesk) -> None:
    desk.ticks.refused["S1"] = "物流公司不存在"
    desk.ticks.site.at["read_back"] = lambda: desk.ticks.ship("S1", desk.rows[1].tracking_number)
    assert desk.ship()["S1"] == "shipped"


def test_what_the_task_calls_shipped_and_the_list_does_not_is_not_known(desk: TickedDesk) -> None:
    desk.ticks.unshipped.add("S1")
    assert desk.ship() == {"S0": "shipped", "S1": "unknown", "S2": "shipped"}
    assert desk.ship()["S1"] == "unknown"
    assert len(desk.ticks.tasks) == 1


def test_of_a_task_that_is_lost_the_list_alone_tells(desk: TickedDesk) -> None:
    desk.ticks.recorded = False
    desk.ticks.unshipped.add("S1")
    told = desk.ship()
    assert (told["S0"], told["S2"]) == ("shipped", "shipped")
    assert told["S1"] in {"not_done", "shipped"}


def test_while_a_task_goes_on_nothing_is_free_and_then_it_is_read_back(desk: TickedDesk) -> None:
    desk.ticks.going = True
    with pytest.raises(StillGoing):
        desk.ship()
    with pytest.raises(StillGoing):
        desk.ship()
    assert len(desk.ticks.tasks) == 1
    desk.ticks.going = False
    for row in desk.rows:
        desk.ticks.ship(row.order_sn, row.tracking_number)
    assert set(desk.ship().values()) == {"recovered"}
    assert len(desk.ticks.tasks) == 1


@pytest.mark.parametrize("look", [1, 2, 3])
def test_a_task_that_nobody_told_may_end_between_two_looks(desk: TickedDesk, look: int) -> None:
    looks: list[int] = []
    desk.ticks.says = TaskSaid(accepted=None)
    desk.ticks.unshipped |= {"S0", "S1", "S2"}

    def end() -> None:
        looks.append(1)
        for row in desk.rows if len(looks) == look else ():
            desk.ticks.ship(row.order_sn, row.tracking_number)

    desk.ticks.at["at_work"] = end
    assert set(desk.ship().values()) == {"shipped"}
    assert len(desk.ticks.tasks) == 1
