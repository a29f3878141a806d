"""From an element's name to exactly one place on the page, or a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rpa.browser.resolve import Found, find, resolve
from rpa.errors import PageChanged
from tests.support.tiny_site import PROFILE

if TYPE_CHECKING:
    from playwright.sync_api import Page

SEARCH = PROFILE.element("orders.search")
BY_ROLE = "<button>Search</button>"
BY_TEST_ID = '<a data-testid="search">Search orders</a>'


def found(page: Page, html: str) -> Found | None:
    page.set_content(html)
    return find(page, SEARCH)


def refusal(page: Page, html: str) -> str:
    with pytest.raises(PageChanged) as refused:
        found(page, html)
    return str(refused.value)


def test_the_first_locator_that_finds_something_visible_counts(page: Page) -> None:
    one = found(page, BY_ROLE + BY_TEST_ID)
    assert one is not None
    assert (one.name, one.locator.evaluate("node => node.tagName")) == ("Search orders", "A")


def test_a_locator_that_finds_nothing_leaves_it_to_the_next(page: Page) -> None:
    one = found(page, '<p class="search">Search</p>')
    assert one is not None
    assert one.locator.evaluate("node => node.tagName") == "P"


DRAWN_WHEN_LOOKED_AT = """<p class="search">Search</p><script>
    const look = document.querySelectorAll;
    document.querySelectorAll = (css) => {
        if (css === ".search" && !document.querySelector("a"))
            document.body.insertAdjacentHTML("afterbegin", '<a data-testid="search">Search orders</a>');
        return look.call(document, css);
    };</script>"""


def test_what_is_drawn_while_later_locators_are_tried_is_still_the_first(fresh_page: Page) -> None:
    one = found(fresh_page, DRAWN_WHEN_LOOKED_AT)
    assert one is not None
    assert one.locator.evaluate("node => node.tagName") == "A"


@pytest.mark.parametrize("hidden", ["display: none", "visibility: hidden"])
def test_what_cannot_be_seen_is_not_there(page: Page, hidden: str) -> None:
    one = found(page, f'<a data-testid="search" style="{hidden}">Search</a>{BY_ROLE}')
    assert one is not None
    assert one.locator.evaluate("node => node.tagName") == "BUTTON"
    assert found(page, f'<div style="{hidden}">{BY_ROLE}</div>') is None


def test_a_hidden_twin_does_not_make_it_ambiguous(page: Page) -> None:
    one = found(page, f'<a data-testid="search" hidden>Search</a>{BY_TEST_ID}')
    assert one is not None
    assert one.name == "Search orders"


def test_two_that_can_be_seen_are_refused_and_no_other_locator_decides(page: Page) -> None:
    assert "on the page 2 times" in refusal(page, BY_TEST_ID * 2 + BY_ROLE)


def test_a_name_that_nobody_expected_is_refused(page: Page) -> None:
    assert "expected Search or Search orders" in refusal(page, '<a data-testid="search">Search all shops</a>' + BY_ROLE)


def test_a_forbidden_word_is_refused_by_name(page: Page) -> None:
    assert "forbidden word “Delete”" in refusal(page, '<a data-testid="search">Delete search</a>')


def test_white_space_in_a_name_is_folded(page: Page) -> None:
    one = found(page, '<a data-testid="search"> Search\n  <b> orders</b></a>')
    assert one is not None
    assert one.name == "Search orders"


@pytest.mark.parametrize(
    ("html", "disabled"),
    [
        ("<button>Search</button>", False),
        ("<button disabled>Search</button>", True),
        ('<button aria-disabled="true">Search</button>', True),
    ],
)
def test_it_is_told_whether_it_can_be_used(page: Page, html: str, disabled: bool) -> None:  # noqa: FBT001
    one = found(page, html)
    assert one is not None
    assert one.disabled is disabled


def test_what_comes_late_is_waited_for(page: Page) -> None:
    page.set_content("<script>setTimeout(() => document.body.append('…'), 50)</script><main></main>")
    page.evaluate("""setTimeout(() => document.querySelector("main").innerHTML = "<button>Search</button>", 100)""")
    assert resolve(page, SEARCH, timeout_ms=60_000).name == "Search"


def test_what_comes_late_under_two_names_is_refused(page: Page) -> None:
    page.set_content("<main></main>")
    page.evaluate(f"setTimeout(() => document.querySelector('main').innerHTML = '{BY_ROLE * 2}', 100)")
    with pytest.raises(PageChanged, match="2 times"):
        resolve(page, SEARCH, timeout_ms=60_000)


def test_what_does_not_come_is_named_with_what_to_do(page: Page) -> None:
    page.set_content("<main></main>")
    with pytest.raises(PageChanged, match=r"orders\.search is not on the page \(3 locators tried\).*selectors check"):
        resolve(page, SEARCH, timeout_ms=100)


def test_in_a_row_only_that_row_is_searched(page: Page) -> None:
    page.set_content(f"<ul><li>{BY_ROLE}</li><li id='wanted'>{BY_ROLE}</li></ul>")
    one = find(page.locator("#wanted"), SEARCH)
    assert one is not None
    assert one.locator.evaluate("node => node.parentElement.id") == "wanted"
