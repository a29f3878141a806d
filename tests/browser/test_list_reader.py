"""A list is read whole, or the shop stops: no fault of a list on several pages may lose a row in silence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rpa.browser.list_reader import ListReader, _plain
from rpa.errors import ListIncomplete
from tests.support.list_site import Changes, Drawn, ListSite, Next, Tells, shown
from tests.support.tiny_site import LONG_S, SOON_S, TinySite, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Reading:
    """The list as a reader has it."""

    def __init__(self, page: Page, site: TinySite, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._told: tuple[Any, ...] = (page, site)
        self._folder = folder
        self._monkeypatch = monkeypatch

    def of(
        self, listed: ListSite, *, reverse: bool = False, patience_s: float = LONG_S, bar_s: float = 2.0
    ) -> set[str]:
        """The rows that are read, however slow the machine is."""
        page, site = self._told
        self._monkeypatch.setattr("rpa.browser.list_reader._BAR_S", bar_s)
        with shown(page, site, listed, folder=self._folder, patience_s=patience_s, reverse=reverse) as view:
            reader = ListReader(view, "things", answer="things")
            return {key for one in reader.whole("things") for key in one.read.keys}

    def in_a_hurry(self, listed: ListSite, *, reverse: bool = False, bar_s: float = 0.1) -> set[str]:
        """The same, where it is not to come to an end: nothing is waited for long."""
        wait_for(SOON_S, monkeypatch=self._monkeypatch)
        self._monkeypatch.setattr("rpa.browser.list_reader._EMPTY_S", 0.4)
        return self.of(listed, reverse=reverse, patience_s=2 * SOON_S, bar_s=bar_s)


@pytest.fixture
def reading(page: Page, site: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    return Reading(page, site, tmp_path, monkeypatch)


def ids(count: int) -> list[str]:
    return [f"id-{number}" for number in range(count)]


@pytest.mark.parametrize("drawn", Drawn)
@pytest.mark.parametrize("count", [0, 1, 7, 8, 20])
def test_every_row_is_read(reading: Reading, drawn: Drawn, count: int) -> None:
    listed = ListSite(ids=ids(count), drawn=drawn)
    assert reading.of(listed) == set(listed.ids)


def test_a_page_on_which_something_is_done_stays_until_the_next_is_wanted(
    page: Page, site: TinySite, tmp_path: Path
) -> None:
    listed = ListSite(ids=ids(20), drawn=Drawn.TOLD)
    with shown(page, site, listed, folder=tmp_path, patience_s=LONG_S) as view:
        pages = ListReader(view, "things", answer="things").pages("things", ahead=False)
        assert [view.page.evaluate("wanted.page") for _ in pages] == [1, 2, 3]


@pytest.mark.parametrize("drawn", Drawn)
@pytest.mark.parametrize("following", [Next.SKIPS, Next.DEAD, Next.REPEATS, Next.BACK])
def test_a_next_that_leads_elsewhere_stops_the_shop(reading: Reading, drawn: Drawn, following: Next) -> None:
    with pytest.raises(ListIncomplete, match=r"(7|13|14) of 20 rows"):
        reading.in_a_hurry(ListSite(ids=ids(20), drawn=drawn, next=following))


def test_a_next_that_is_not_found_is_named_where_rows_are_missing(reading: Reading) -> None:
    for tells in (Tells.TOTAL, Tells.PAGES):
        with pytest.raises(ListIncomplete, match=r"\w\.next was not found on a page that is not the last"):
            reading.in_a_hurry(ListSite(ids=ids(20), tells=tells, next=Next.DEAD))
    for other in ({"next": Next.REPEATS}, {"tells": Tells.NOTHING, "next": Next.DEAD}):
        with pytest.raises(ListIncomplete) as stopped:
            reading.in_a_hurry(ListSite(ids=ids(20), **other))
        assert "not found" not in str(stopped.value)


@pytest.mark.parametrize("drawn", Drawn)
def test_a_next_that_is_never_disabled_is_no_trouble(reading: Reading, drawn: Drawn) -> None:
    assert len(reading.of(ListSite(ids=ids(20), drawn=drawn, next=Next.NEVER_DISABLED))) == 20


@pytest.mark.parametrize("drawn", Drawn)
def test_a_total_that_is_only_about_right_proves_nothing(reading: Reading, drawn: Drawn) -> None:
    with pytest.raises(ListIncomplete, match="neither how many rows"):
        reading.in_a_hurry(ListSite(ids=ids(20), drawn=drawn, tells=Tells.ABOUT))


@pytest.mark.parametrize("drawn", [Drawn.BY_SERVER, Drawn.BY_SCRIPT])
def test_pages_that_are_counted_prove_it_as_far_as_they_can(
    reading: Reading, drawn: Drawn, capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(reading.of(ListSite(ids=ids(20), drawn=drawn, tells=Tells.PAGES))) == 20
    with pytest.raises(ListIncomplete, match="page"):
        reading.in_a_hurry(ListSite(ids=ids(20), drawn=drawn, tells=Tells.PAGES, next=Next.DEAD))
    with pytest.raises(ListIncomplete, match="page"):
        reading.in_a_hurry(ListSite(ids=ids(20), drawn=drawn, tells=Tells.PAGES, next=Next.REPEATS))


@pytest.mark.parametrize("drawn", [Drawn.BY_SERVER, Drawn.BY_SCRIPT])
def test_without_any_count_the_list_is_read_in_both_directions(reading: Reading, drawn: Drawn) -> None:
    listed = ListSite(ids=ids(20), drawn=drawn, tells=Tells.NOTHING)
    assert reading.of(listed, reverse=True) == set(listed.ids)
    with pytest.raises(ListIncomplete, match="neither how many rows"):
        reading.in_a_hurry(listed)
    with pytest.raises(ListIncomplete, match="neither how many rows"):
        reading.in_a_hurry(ListSite(ids=ids(20), drawn=drawn, tells=Tells.NOTHING, next=Next.SKIPS), reverse=True)


@pytest.mark.parametrize("drawn", [Drawn.BY_SERVER, Drawn.BY_SCRIPT])
@pytest.mark.parametrize("changes", [Changes.GROWS_ABOVE, Changes.GROWS_BELOW])
def test_a_row_that_comes_at_an_end_while_it_is_read_backwards_is_read(
    reading: Reading, drawn: Drawn, changes: Changes
) -> None:
    listed = ListSite(ids=ids(20), drawn=drawn, tells=Tells.NOTHING, changes=changes, changes_left=4)
    assert reading.of(listed, reverse=True) == set(listed.ids)
    assert len(listed.ids) == 24


@pytest.mark.parametrize("drawn", [Drawn.BY_SERVER, Drawn.BY_SCRIPT])
def test_a_filter_that_the_account_has_saved_is_cleared_or_stops_the_shop(reading: Reading, drawn: Drawn) -> None:
    assert len(reading.of(ListSite(ids=ids(20), drawn=drawn, filtered_to=1))) == 20
    with pytest.raises(ListIncomplete, match="filtered"):
        reading.in_a_hurry(ListSite(ids=ids(20), drawn=drawn, filtered_to=1, can_clear=False))


def test_a_page_that_drops_what_was_asked_for_stops_the_shop(reading: Reading) -> None:
    with pytest.raises(ListIncomplete, match="show is nothing, not all"):
        reading.in_a_hurry(ListSite(ids=ids(20), drops_filter=True))


@pytest.mark.parametrize("drawn", [Drawn.BY_SCRIPT, Drawn.TOLD])
def test_a_list_that_says_it_has_no_rows_until_they_come_is_read_whole(
    reading: Reading, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rpa.browser.list_reader._EMPTY_S", LONG_S)
    assert len(reading.of(ListSite(ids=ids(10), drawn=drawn, says_none_ms=150))) == 10


def test_a_list_that_tells_its_total_above_and_below_is_read_whole(reading: Reading) -> None:
    assert len(reading.of(ListSite(ids=ids(10), bars=2))) == 10


def test_a_row_that_says_that_there_are_none_is_none(reading: Reading) -> None:
    assert reading.of(ListSite(ids=[], none_is_a_row=True, tells=Tells.PAGES)) == set()


def test_several_filters_stop_the_shop_as_one_does(reading: Reading) -> None:
    with pytest.raises(ListIncomplete, match="filtered, filtered"):
        reading.in_a_hurry(ListSite(ids=ids(20), filtered_to=1, can_clear=False, chips=2))


def test_a_filter_that_shows_late_is_cleared_or_stops_the_shop(reading: Reading) -> None:
    late: dict[str, Any] = {"ids": ids(20), "drawn": Drawn.BY_SCRIPT, "filtered_to": 8, "filter_ms": 300}
    assert len(reading.in_a_hurry(ListSite(**late), bar_s=1.0)) == 20
    with pytest.raises(ListIncomplete, match="filtered"):
        reading.in_a_hurry(ListSite(**late, can_clear=False), bar_s=1.0)


def test_a_row_whose_number_cannot_be_read_stops_the_shop(reading: Reading) -> None:
    with pytest.raises(ListIncomplete, match="a row whose id cannot be read"):
        reading.in_a_hurry(ListSite(ids=ids(3), keyless=2, tells=Tells.PAGES))


@pytest.mark.parametrize(
    ("asked", "wish"), [(3, "3"), (True, "true"), (["a"], '["a"]'), ({"b": None}, '{"b": null}'), ([], ""), (None, "")]
)
def test_what_was_asked_for_is_compared_as_the_request_has_it(asked: Any, wish: str) -> None:
    assert _plain(asked) == wish


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_list_ends_as_read_with_fewer_rows_than_the_site_has(reading: Reading, data: st.DataObject) -> None:
    listed = ListSite(
        ids=ids(data.draw(st.integers(0, 23), label="rows")),
        size=data.draw(st.integers(4, 8), label="size"),
        drawn=data.draw(st.sampled_from(Drawn)),
        next=data.draw(st.sampled_from(Next)),
        tells=data.draw(st.sampled_from(Tells)),
        changes=data.draw(st.sampled_from(Changes)),
        filtered_to=data.draw(st.none() | st.integers(1, 5), label="filter"),
        can_clear=data.draw(st.booleans(), label="clear"),
    )
    if listed.drawn is Drawn.TOLD:
        listed.filtered_to = None
    # Where it tells nothing of itself, nothing shows that the same page is left out from both ends.
    assume(listed.tells in {Tells.TOTAL, Tells.PAGES} or listed.next is not Next.SKIPS)
    try:
        read = reading.in_a_hurry(listed, reverse=data.draw(st.booleans(), label="reverse"))
    except ListIncomplete:
        return
    assert read >= set(listed.ids)
