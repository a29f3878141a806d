"""What the sentences of notices mean. An unknown or doubtful wording never releases an order."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from flows.notices.api import NoticeKind, Says
from flows.notices.contents import read_text
from flows.notices.reasons import NoticeReason
from flows.notices.wording import Wording, together, verdict
from flows.notices.words import NoticeWords
from flows.orders.words import SheetProfile, read_sheet_profile
from rpa.elements.registry import load_profile, selectors_folder

A, B = "260310-000000000000001", "260310-000000000000002"
WIDE_B = B.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789-"})
SHIP, CLOSED, PROHIBITED, UNCLEAR = Says.SHIP, Says.CLOSED, Says.PROHIBITED, Says.UNCLEAR


@pytest.fixture(scope="module", name="wording")
def _wording() -> Wording:
    return Wording.of(load_profile("pinduoduo").section(NoticeWords))


@pytest.fixture(scope="module", name="sheets")
def _sheets() -> SheetProfile:
    return read_sheet_profile(selectors_folder() / "pinduoduo.toml")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("以下订单审核通过，需要发货", {SHIP}),
        ("以 下 订 单 需 要 发 货", {SHIP}),
        ("以下订单\u200b需要\u200b发货", {SHIP}),
        ("解除禁止发货", {SHIP}),
        ("不需要发货", {CLOSED}),
        ("以下订单审核不通过，平台已关闭并退款，不需要发货", {CLOSED}),
        ("请勿发货", {PROHIBITED}),
        ("不可以发货", {PROHIBITED}),
        ("目前无法正常可发货", {PROHIBITED}),
        ("并非需要发货", {PROHIBITED}),
        ("以下订单无问题，需要发货", {SHIP}),
        ("以下订单需要发货。以下订单已关闭", {SHIP, CLOSED}),
        ("订单审核中，本审核提示消失后，可正常发货", set()),
        ("审核通过后需要发货", set()),
        ("订单审核中；请勿发货", {PROHIBITED}),
        ("以下订单已处理", set()),
        ("", set()),
    ],
)
def test_sentences_mean(text: str, means: set[Says], wording: Wording) -> None:
    assert wording.said(text) == means


@pytest.mark.parametrize(
    ("cell", "means"),
    [
        ("是", {SHIP}),
        (" ＹＥＳ ", {SHIP}),
        ("否", {CLOSED}),
        ("需要发货（加急）", {SHIP}),
        ("平台已关闭", {CLOSED}),
        ("待定", {UNCLEAR}),
        ("", set()),
    ],
)
def test_answers_mean(cell: str, means: set[Says], wording: Wording) -> None:
    assert wording.answered(cell) == means


@pytest.mark.parametrize(
    ("kind", "means", "says"),
    [
        (NoticeKind.PROHIBITION, set(), PROHIBITED),
        (NoticeKind.PROHIBITION, {PROHIBITED}, PROHIBITED),
        (NoticeKind.PROHIBITION, {UNCLEAR}, PROHIBITED),
        (NoticeKind.PROHIBITION, {PROHIBITED, SHIP}, UNCLEAR),
        (NoticeKind.PROHIBITION, {CLOSED}, UNCLEAR),
        (NoticeKind.RESULT, {SHIP}, SHIP),
        (NoticeKind.RESULT, {CLOSED}, CLOSED),
        (NoticeKind.RESULT, {CLOSED, PROHIBITED}, CLOSED),
        (NoticeKind.RESULT, {SHIP, PROHIBITED}, UNCLEAR),
        (NoticeKind.RESULT, {SHIP, CLOSED}, UNCLEAR),
        (NoticeKind.RESULT, {SHIP, UNCLEAR}, UNCLEAR),
        (NoticeKind.RESULT, {CLOSED, UNCLEAR}, UNCLEAR),
        (NoticeKind.RESULT, {PROHIBITED}, UNCLEAR),
        (NoticeKind.RESULT, set(), UNCLEAR),
        (NoticeKind.WATCHED, {SHIP}, UNCLEAR),
    ],
)
def test_a_notice_says_what_its_kind_and_its_words_agree_on(kind: NoticeKind, means: set[Says], says: Says) -> None:
    assert verdict(kind, frozenset(means)) is says


def test_two_places_that_differ_are_unclear() -> None:
    assert together(SHIP, None) is SHIP
    assert together(SHIP, SHIP) is SHIP
    assert together(SHIP, CLOSED) is UNCLEAR


# --- a notice's own words


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("prohibition", f"订单{A}、{B}请勿发货", {A: PROHIBITED, B: PROHIBITED}),
        ("prohibition", f"订单{A}可以发货", {A: UNCLEAR}),
        ("result", f"以下订单需要发货：\n{A}\n{WIDE_B}", {A: SHIP, B: SHIP}),
        ("result", f"订单 {A} 已关闭", {A: CLOSED}),
        ("result", f"订单{A}需要发货，订单{B}已关闭", {A: UNCLEAR, B: UNCLEAR}),
        ("watched", f"订单{A}需要发货", {A: UNCLEAR}),
        ("other", f"订单{A}违规", {}),
        ("result", "审核结果见附件，首行标明是否需要发货", {}),
        ("prohibition", f"ID{A}，{B}-1", {A: PROHIBITED, B: PROHIBITED}),
        ("prohibition", "0260310-0000000000000010", {}),
    ],
)
def test_a_notices_own_words_count_by_the_same_rules(
    kind: str, text: str, says: Mapping[str, Says], wording: Wording, sheets: SheetProfile
) -> None:
    reading = read_text(text, kind=NoticeKind(kind), words=wording.words, sheets=sheets)
    assert reading.says == says
    assert (reading.problem is not None and reading.problem.reason is NoticeReason.UNCLEAR) == (
        UNCLEAR in says.values()
    )
