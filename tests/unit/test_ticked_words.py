"""What a task's reasons for failures mean, by the profile of the site."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from flows.gate.may_ship import refused_for
from flows.orders.reasons import Reason
from flows.ticked.words import TickedWords
from rpa.elements.registry import load_profile

PROFILE = load_profile("douyin")
WORDS = PROFILE.section(TickedWords)


@pytest.mark.parametrize(
    ("words", "reason", "lasting"),
    [
        ("物流公司不存在", Reason.UNKNOWN_COURIER, True),
        ("物流单号格式不正确", Reason.NOT_A_TRACKING_NUMBER, True),
        ("订单号为空或者格式错误", Reason.NOT_AN_ORDER_SN, True),
        ("操作频繁，请稍后再试", Reason.REFUSED_FOR_NOW, False),
        ("订单状态已变更，不可发货", None, False),
        ("订单重复提交", None, False),
    ],
)
def test_a_reason_stands_for_one_of_ours_and_may_last(words: str, reason: Reason | None, *, lasting: bool) -> None:
    assert WORDS.meaning(words) is reason
    assert WORDS.is_lasting(words) is lasting
    assert WORDS.is_repeatable(words) is (reason is Reason.REFUSED_FOR_NOW)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("订单风控审核中，暂不可发货", Reason.UNDER_AUDIT),
        ("订单存在售后，请先处理售后", Reason.AFTER_SALE),
        ("买家申请修改地址，请先处理", Reason.ADDRESS_CHANGE),
    ],
)
def test_what_is_a_sign_of_the_order_is_told_by_the_words_for_signs(words: str, reason: Reason) -> None:
    assert WORDS.meaning(words) is None
    assert refused_for(words, words=PROFILE.words) is reason


def test_a_reason_that_there_is_none_of_is_a_mistake_in_the_profile() -> None:
    with pytest.raises(ValidationError, match="unknown reason no_such"):
        TickedWords(most_rows=1, means={"no_such": ("x",)})
