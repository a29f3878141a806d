"""What a task says of each of our orders counts only where it says it of just these, each once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ticked.api import TaskResult
from flows.ticked.reconcile import ToldOrder, told_orders

OURS = ("A", "B", "C")
WHOLE = TaskResult(task_id="1", total=3, shipped=("A", "B"), refused=(("C", "操作频繁"),))


def accepted(result: TaskResult | None) -> dict[str, bool | None]:
    return {sn: order.accepted for sn, order in told_orders(OURS, result).items()}


def test_a_task_that_names_each_of_ours_once_says_how_each_ended() -> None:
    assert accepted(WHOLE) == {"A": True, "B": True, "C": False}
    assert told_orders(OURS, WHOLE)["C"] == ToldOrder(accepted=False, words="操作频繁")


def test_what_a_task_does_not_name_is_not_certain_the_others_are() -> None:
    assert accepted(replace(WHOLE, shipped=("A",), refused=())) == {"A": True, "B": None, "C": None}


@pytest.mark.parametrize(
    "result",
    [
        None,
        replace(WHOLE, going=True),
        replace(WHOLE, total=None),
        replace(WHOLE, total=4),
        replace(WHOLE, total=2),
        replace(WHOLE, shipped=("A", "X")),
        replace(WHOLE, refused=(("X", "操作频繁"),)),
    ],
)
def test_of_a_task_that_is_lost_goes_on_or_is_another_one_nothing_counts(result: TaskResult | None) -> None:
    told = told_orders(OURS, result)
    assert {order.accepted for order in told.values()} == {None}
    assert all(order.words for order in told.values())


@pytest.mark.parametrize(
    "result",
    [
        replace(WHOLE, shipped=("A", "A", "B")),
        replace(WHOLE, shipped=("A", "B"), refused=(("A", "操作频繁"),)),
        replace(WHOLE, shipped=("B",), refused=(("A", "操作频繁"), ("A", "订单重复提交"))),
    ],
)
def test_what_a_task_names_twice_is_not_certain(result: TaskResult) -> None:
    assert (accepted(result)["A"], accepted(result)["B"]) == (None, True)


@given(st.lists(st.sampled_from("ABCX")), st.lists(st.sampled_from("ABCX")), st.integers(0, 5))
def test_whatever_a_task_says_each_of_ours_is_told_and_no_other(shipped: list[str], bad: list[str], total: int) -> None:
    result = TaskResult(task_id="1", total=total, shipped=tuple(shipped), refused=tuple((sn, "x") for sn in bad))
    told = told_orders(OURS, result)
    assert told.keys() == set(OURS)
    for sn, order in told.items():
        named = [True for each in shipped if each == sn] + [False for each in bad if each == sn]
        assert order.accepted is None or [order.accepted] == named
