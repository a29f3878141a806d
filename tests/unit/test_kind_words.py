"""The words of several kinds of actions together: what all of them say, else what is true of each."""

from __future__ import annotations

from dataclasses import replace

from flows.shipping.texts import SHIP
from rpa.discovery import words_of
from rpa.kind_words import GENERAL, shared
from rpa.language import Language, Text


def test_one_kind_speaks_in_its_own_words() -> None:
    assert words_of(["ship"]) == SHIP


def test_a_kind_that_nobody_has_words_for_is_told_in_general_ones() -> None:
    assert words_of(["gone"]) == GENERAL
    assert words_of([]) == GENERAL


def test_kinds_share_what_both_say_and_speak_in_general_of_the_rest() -> None:
    remark = replace(SHIP, done=Text(en="saved", zh="已保存"))
    both = shared([SHIP, remark])
    assert (both.noun, both.done) == (SHIP.noun, GENERAL.done)


def test_gaps_can_begin_a_sentence() -> None:
    text = Text(en="{Not_done}: {count} {nouns}", zh="{not_done} {count} {nouns}")
    assert text.of(Language.EN, **SHIP.gaps(), count=2) == "Not shipped: 2 orders"
    assert text.of(Language.ZH, **SHIP.gaps(), count=2) == "未发货 2 单"
