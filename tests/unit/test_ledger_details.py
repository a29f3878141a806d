"""What is known of an action, as people read it: in their language, also where an old version wrote it down."""

from __future__ import annotations

import pytest

from rpa.language import Language
from rpa.ledger.actions import State
from rpa.ledger.details import in_words, told
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock
from tests.support.once_desk import YES, Desk

KEPT = "the site accepted it but does not show it"
"""As databases of every version have it."""


@pytest.mark.parametrize(
    ("kept", "chinese"),
    [
        (KEPT, "后台已受理，但没有显示"),
        (f"{KEPT}; 后台已发货", "后台已受理，但没有显示; 后台已发货"),
        ("it was not found when it was read back", "读回核对时没有找到"),
        ("快递单号有误; 请核对", "快递单号有误; 请核对"),
        ("", ""),
    ],
)
def test_what_the_ledger_keeps_in_english_is_read_in_chinese(kept: str, chinese: str) -> None:
    assert (in_words(kept).zh, in_words(kept).en) == (chinese, kept)


def test_a_doubt_is_kept_as_ever_and_told_in_the_users_language(ledger: Ledger, clock: HandClock) -> None:
    desk = Desk(ledger, clock)
    desk.send("A", said=YES)
    [settled] = desk.once.settle()
    assert (settled.action.state, settled.action.detail) == (State.UNKNOWN, KEPT)
    assert told(settled.action, language=Language.ZH).detail == "后台已受理，但没有显示"
