"""The reason codes of notices, and the profile's words for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from flows.notices.api import NoticeKind
from flows.notices.reasons import NoticeReason
from flows.notices.words import NoticeWords
from flows.orders.reasons import Reason
from rpa import errors
from rpa.elements.registry import load_profile

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module", name="words")
def _words() -> NoticeWords:
    return load_profile("pinduoduo").section(NoticeWords)


def stops(kind: type[errors.RpaError]) -> Iterator[type[errors.RpaError]]:
    """What stops a shop in any flow; one of a flow's own has its reason there."""
    if kind.__module__ == errors.__name__:
        yield kind
    for further in kind.__subclasses__():
        yield from stops(further)


def test_a_shop_that_stops_ends_its_notices_with_code_and_exit_code_of_its_orders() -> None:
    others: list[type[errors.RpaError]] = [errors.TryAgain, errors.FenceLost, errors.Stopped, errors.RpaError]
    for kind in [*stops(errors.NeedsPerson), *others]:
        reason = NoticeReason.of(kind.code)
        assert (reason.value, reason.outcome) == (kind.code, Reason.of(kind.code).outcome)


def test_each_reason_speaks_both_languages_in_whole_sentences() -> None:
    for reason in NoticeReason:
        assert re.fullmatch(r"[A-Z].+\.", reason.sentence("en")), reason
        assert not CHINESE.search(reason.sentence("en")), reason
        assert CHINESE.search(reason.sentence("zh")), reason
        assert reason.sentence("zh").endswith("。"), reason


def test_commands_are_named_in_both_languages_or_in_none() -> None:
    for reason in NoticeReason:
        named = [
            set(re.findall(r"rpa [a-z]+(?: [a-z]+)?|--[a-z-]+", text)) for text in (reason.text.en, reason.text.zh)
        ]
        assert named[0] == named[1], reason


def test_no_two_reasons_share_a_code_or_a_sentence() -> None:
    members = NoticeReason.__members__.values()
    assert len({reason.value for reason in members}) == len(members)
    assert len({reason.text.en for reason in members}) == len({reason.text.zh for reason in members}) == len(members)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("订单禁止发货通知", NoticeKind.PROHIBITION),
        ("《订单 禁止发货通知》（2026-03-10）", NoticeKind.PROHIBITION),
        ("订单审核结果通知", NoticeKind.RESULT),
        ("关于订单审核的说明", NoticeKind.WATCHED),
        ("订单禁止发货通知与订单审核结果通知", NoticeKind.WATCHED),
        ("春季活动报名", NoticeKind.OTHER),
    ],
)
def test_a_title_tells_what_a_notice_is(title: str, kind: NoticeKind, words: NoticeWords) -> None:
    assert words.kind_of(title) is kind


def test_words_that_cannot_be_meant_are_refused(words: NoticeWords) -> None:
    with pytest.raises(ValueError, match="mean yes and no: y"):
        NoticeWords.model_validate({**words.model_dump(), "yes": ("Y",), "no": ("ｙ",)})
    with pytest.raises(ValueError, match="after the last"):
        NoticeWords.model_validate({**words.model_dump(), "slot_hours": (22, 6)})
