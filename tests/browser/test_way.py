"""A page whose address nobody can know is reached by clicks, and is proven to be there as any other is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.browser.view import View
from rpa.elements.profile import PageSpec
from rpa.errors import InDoubt, LoginNeeded, PageChanged
from tests.support.tiny_site import CLICKS, LONG_S, SHOP, SOON_S, TinySite, clicked, viewed
from tests.support.token_site import ORDERS, TokenSite, described, page_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opening = Callable[..., AbstractContextManager[View]]


@pytest.fixture
def opening(page: Page, site: TinySite, tmp_path: Path) -> Opening:
    @contextmanager
    def opened(*, patience_s: float = LONG_S, **pages: PageSpec) -> Iterator[View]:
        with viewed(page, url=site.url, folder=tmp_path, patience_s=patience_s, profile=described(**pages)) as view:
            yield view

    return opened


@pytest.mark.parametrize("slow_ms", [0, 700])
def test_it_is_reached_from_wherever_the_program_is_by_a_fresh_address(
    opening: Opening, site: TinySite, slow_ms: int
) -> None:
    TokenSite(site, slow_ms=slow_ms)
    with opening() as view:
        for number, sn in enumerate(ORDERS):
            view.open("things")
            assert view.page.url == f"{site.url}/t{2 * number + 1}/things"
            assert [row["id"] for row in view.rows("things").values] == [*ORDERS]
            view.open("thing", id=sn)
            assert (view.text("thing.title"), view.page.url) == (sn, f"{site.url}/t{2 * number + 2}/thing/{sn}")


def test_what_it_asks_for_is_the_answer_to_the_last_click(opening: Opening, site: TinySite) -> None:
    TokenSite(site)
    with opening() as view:
        assert view.open_for("things", answer="list").keys("order_sn") == ["A-1"]
        assert len(site.asked) == 1


def test_a_page_that_a_script_draws_in_place_is_reached_too(opening: Opening, site: TinySite) -> None:
    draws = "setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<h2 id=thing>drawn</h2>'), 300)"
    site.pages["/orders"] = f'{SHOP}<a id=more onclick="{draws}">More</a>'
    with opening(thing=page_of("thing", via=("menu.more",), signature=("thing.title",))) as view:
        view.open("thing")
        assert view.text("thing.title") == "drawn"


def test_a_click_that_leads_nowhere_is_not_taken_for_the_page_it_came_from(opening: Opening, site: TinySite) -> None:
    site.pages["/orders"] = f"{SHOP}<a id=more>More</a>"
    with (
        opening(patience_s=SOON_S, things=page_of("things", via=("menu.more",))) as view,
        pytest.raises(PageChanged, match=r"menu\.more led nowhere"),
    ):
        view.open("things")


def test_a_page_that_takes_no_clicks_at_first_is_clicked_again(opening: Opening, site: TinySite) -> None:
    wakes = "if (event.timeStamp > 1500) location = '/far'"
    site.pages |= {"/orders": f'{SHOP}<a id=more onclick="{wakes}">More</a>', "/far": f"{SHOP}<h2 id=thing>far</h2>"}
    way = page_of("thing", via=("menu.more",), signature=("thing.title",))
    with opening(patience_s=2.0, thing=way) as view:
        view.open("thing")
        assert view.text("thing.title") == "far"


def test_a_row_that_is_not_on_the_page_is_a_doubt_and_no_other_is_clicked(opening: Opening, site: TinySite) -> None:
    site.pages["/orders"] = f"{SHOP}{CLICKS}<ul><li><b>A-12</b><a class=open id=other>Open</a></li></ul>"
    way = page_of("thing", via=("things.open",), signature=("thing.title",))
    with opening(patience_s=SOON_S, thing=way) as view:
        with pytest.raises(InDoubt, match="A-1 0 times"):
            view.open("thing", id="A-1")
        assert clicked(view) == []


def test_the_page_before_is_checked_before_anything_on_it_is_clicked(opening: Opening, site: TinySite) -> None:
    site.pages["/orders"] = f"{SHOP.replace('title', 'other')}{CLICKS}<a id=more>More</a>"
    with opening(patience_s=SOON_S, things=page_of("things", via=("menu.more",))) as view:
        with pytest.raises(PageChanged, match=r"orders\.title"):
            view.open("things")
        assert clicked(view) == []


def test_a_session_that_ends_on_the_way_is_told_as_that(opening: Opening, site: TinySite) -> None:
    site.pages["/orders"] = f'{SHOP}<a id=more href="/login">More</a>'
    way = page_of("things", via=("menu.more",))
    with opening(patience_s=SOON_S, things=way) as view, pytest.raises(LoginNeeded):
        view.open("things")
