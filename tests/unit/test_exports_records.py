"""One export record from two sources."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.exports.web import record_of
from rpa.elements.values import UNREADABLE
from rpa.errors import PageChanged

AT = datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
TOLD: dict[str, Any] = {
    "record_id": "880000001",
    "asked_at": AT,
    "state": "ready",
    "since": AT - timedelta(days=90),
    "until": AT,
}
SHOWN = {"record_id": "880000001", "asked_at": AT, "state": "ready"}


def test_a_record_that_page_and_data_agree_on_is_taken_as_it_is() -> None:
    assert record_of(TOLD, shown=SHOWN).state == "ready"


@pytest.mark.parametrize(
    "shown",
    [{}, {**SHOWN, "state": "making"}, {**SHOWN, "asked_at": AT - timedelta(minutes=1)}],
    ids=["not on the page", "another state", "another time"],
)
def test_one_that_they_tell_differently_is_not_used(shown: dict[str, Any]) -> None:
    assert record_of(TOLD, shown=shown).state == "other"


def test_a_state_that_neither_knows_is_not_used() -> None:
    assert record_of({**TOLD, "state": UNREADABLE}, shown={**SHOWN, "state": UNREADABLE}).state == "other"


@pytest.mark.parametrize("name", ["record_id", "asked_at", "since", "until"])
def test_a_record_without_id_or_times_stops_the_shop(name: str) -> None:
    with pytest.raises(PageChanged, match=name):
        record_of({**TOLD, name: UNREADABLE}, shown=SHOWN)
