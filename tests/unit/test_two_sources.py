"""What the page shows and what its data say: paired by key, and every difference said in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rpa.browser.two_sources import differences, paired, same_or_unreadable, same_value
from rpa.elements.values import UNREADABLE

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KEYS = st.lists(st.sampled_from("abcdef"), max_size=6)


@given(shown=KEYS, told=st.lists(st.sampled_from("abcdef"), max_size=6, unique=True))
def test_each_key_of_either_source_is_in_exactly_one_pair(shown: list[str], told: list[str]) -> None:
    pairs = list(paired([{"k": key} for key in shown], [{"k": key} for key in told], key="k"))
    assert sorted((pair.told or pair.shown or {})["k"] for pair in pairs) == sorted({*shown, *told})
    assert [pair.told["k"] for pair in pairs if pair.told] == told


@given(shown=KEYS, told=st.lists(st.sampled_from("abcdef"), max_size=6, unique=True))
def test_only_what_both_sources_have_once_is_without_doubt(shown: list[str], told: list[str]) -> None:
    pairs = paired([{"k": key} for key in shown], [{"k": key} for key in told], key="k")
    sure = {pair.told["k"] for pair in pairs if pair.told and pair.doubt(["k"]) is None}
    assert sure == {key for key in told if shown.count(key) == 1}


def test_a_difference_is_said_with_both_values() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}, fields=["a", "b", "c"]) == [
        "b: page '2', data '3'"
    ]


def test_times_are_the_same_to_the_second_which_is_what_pages_show() -> None:
    assert same_value(NOON, NOON + timedelta(milliseconds=900))
    assert not same_value(NOON, NOON + timedelta(seconds=1))


def test_nothing_and_an_empty_text_are_the_same() -> None:
    assert same_value("", None)
    assert not same_value("", "x")


def test_what_cannot_be_read_agrees_with_no_value() -> None:
    assert not same_value(UNREADABLE, UNREADABLE)
    assert not same_value(UNREADABLE, "")
    assert not same_or_unreadable(UNREADABLE, "x")
    assert same_or_unreadable(UNREADABLE, UNREADABLE)
