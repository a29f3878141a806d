"""Choosing a file in a page's file field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.browser.view import View
from rpa.errors import NotApproved, PageChanged
from tests.support.tiny_site import SHOP, TinySite, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIELD = '<input type="file" hidden onchange="took = [...this.files].map((file) => [file.name, file.size])">'


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    path = tmp_path / "茶叶 1.xlsx"
    path.write_bytes(b"12345")
    return path


def took(view: View) -> object:
    return view.page.evaluate("window.took ?? null")


def test_a_file_is_chosen_in_a_field_that_the_page_hides(view: View, parcels: Path) -> None:
    view.page.set_content(SHOP + FIELD)
    view.choose_file("orders.file", parcels)
    assert took(view) == [["茶叶 1.xlsx", 5]]


def test_a_field_that_is_drawn_later_is_waited_for(view: View, parcels: Path) -> None:
    field = FIELD.replace("'", "\\'")
    view.page.set_content(f"{SHOP}<script>setTimeout(() => document.body.innerHTML += '{field}', 100)</script>")
    view.choose_file("orders.file", parcels)
    assert took(view) == [["茶叶 1.xlsx", 5]]


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (FIELD * 2, "2 times"),
        ('<button class="upload">Upload</button>', "takes no file"),
        ('<input type="text" data-testid="upload">', "takes no file"),
    ],
)
def test_a_page_without_the_one_field_is_refused(view: View, parcels: Path, shown: str, why: str) -> None:
    view.page.set_content(SHOP + shown)
    with pytest.raises(PageChanged, match=why):
        view.choose_file("orders.file", parcels)
    assert took(view) is None


def test_a_page_without_a_field_is_refused(hasty_view: View, parcels: Path) -> None:
    hasty_view.page.set_content(SHOP)
    with pytest.raises(PageChanged, match="is not on the page"):
        hasty_view.choose_file("orders.file", parcels)


def test_a_field_that_sends_at_once_is_used_only_where_a_person_has_confirmed_it(
    page: Page, site: TinySite, parcels: Path, tmp_path: Path
) -> None:
    with viewed(page, url=site.url, folder=tmp_path, mock=False) as view:
        view.page.set_content(SHOP + FIELD)
        with pytest.raises(NotApproved):
            view.choose_file("orders.file_of_no_return", parcels)
        assert took(view) is None
