"""What may be touched: the right shop, nothing unknown over the page, nothing destructive unconfirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa.browser.view import View
from rpa.elements.approvals import PROFILE as WHOLE
from rpa.elements.approvals import Approvals
from rpa.elements.profile import Risk
from rpa.elements.site import Identity
from rpa.errors import (
    ChallengeShown,
    ConfigError,
    KickedOut,
    LoginNeeded,
    NotApproved,
    OtherLanguage,
    PageChanged,
    RpaError,
    UnexpectedDialog,
    UnknownOverlay,
    WrongShop,
)
from tests.support.ledger_clock import HandClock
from tests.support.tiny_site import CLICKS, PROFILE, SHOP, SOON_S, TinySite, clicked, viewed

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHIP = """<div class="dialog"><b class="sn">A-1</b><input><button class="confirm" id="confirm">Confirm</button></div>"""


def popup(text: str, *, name: str = "ok", close: str = "this.parentNode.remove()") -> str:
    return f"""<div class="popup">{text}<button id="{name}" onclick="{close}">Got it</button></div>"""


def stops(view: View, error: type[RpaError], match: str | None = None) -> None:
    """Whatever is to be done next on this page is not."""
    with pytest.raises(error, match=match):
        view.clear()
    assert clicked(view) == []


def test_a_free_page_of_the_right_shop_is_clear(view: View) -> None:
    view.page.set_content(SHOP + CLICKS)
    view.clear()
    assert clicked(view) == []


@pytest.mark.parametrize(
    ("shown", "named"), [("{id: '2', name: 'Tea'}", "mall_id '2'"), ("{name: 'Tea'}", "mall_id None")]
)
def test_another_shop_or_none_is_refused(hasty_view: View, shown: str, named: str) -> None:
    hasty_view.page.set_content(f"{CLICKS}<script>shop = {shown}</script>")
    stops(hasty_view, WrongShop, named)


def test_the_shops_name_is_checked_where_it_is_configured(page: Page, site: TinySite, tmp_path: Path) -> None:
    with viewed(page, url=site.url, folder=tmp_path, mall_name="Coffee") as view:
        view.page.set_content(SHOP + CLICKS)
        stops(view, WrongShop, "Coffee")


def test_popups_of_the_allow_list_are_closed_one_by_one(view: View) -> None:
    view.page.set_content(SHOP + CLICKS + popup("News", name="one") + popup("Welcome back", name="two"))
    view.clear()
    assert clicked(view) == ["one", "two"]


def test_several_popups_of_one_kind_are_closed(view: View) -> None:
    chick = '<div id="chick"><i class="x" id="x{0}" onclick="this.parentNode.remove()">×</i></div>'
    view.page.set_content(SHOP + CLICKS + chick.format(1) + chick.format(2))
    view.clear()
    assert clicked(view) == ["x1", "x2"]


def test_an_unknown_overlay_is_not_touched(hasty_view: View) -> None:
    hasty_view.page.set_content(SHOP + CLICKS + popup("Delete all orders?"))
    stops(hasty_view, UnknownOverlay, "Delete all orders")


def test_what_closes_a_known_popup_is_not_pressed_in_an_unknown_one(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "shop_page", replace(view.shop_page, patience_s=0.5))
    view.page.set_content(SHOP + CLICKS + popup("Delete all orders?", name="deletes") + popup("News", name="news"))
    with pytest.raises(UnknownOverlay, match="Delete all orders"):
        view.clear()
    assert clicked(view) == ["news"]


def test_a_popup_that_does_not_close_stops_the_shop(hasty_view: View) -> None:
    hasty_view.page.set_content(SHOP + CLICKS + popup("News", close=""))
    with pytest.raises(RpaError, match="closing the popup news"):
        hasty_view.clear()


def test_a_layer_over_the_whole_page_is_seen_without_being_described(hasty_view: View) -> None:
    hasty_view.page.set_content(f'{SHOP}{CLICKS}<div style="position: fixed; inset: 0">Our new app!</div>')
    stops(hasty_view, UnknownOverlay, "Our new app!")


def test_a_dialog_that_a_step_expects_may_be_open_and_no_other(hasty_view: View) -> None:
    hasty_view.page.set_content(SHOP + CLICKS + f'<div role="dialog">{SHIP}</div>')
    hasty_view.clear(expected=["ship"])
    stops(hasty_view, UnknownOverlay)


@pytest.mark.parametrize(
    ("html", "error"),
    [
        (popup("Your account was logged in elsewhere"), KickedOut),
        ('<div role="dialog"><b id="puzzle">prove it</b></div>', ChallengeShown),
    ],
)
def test_what_the_overlay_says_decides_who_is_asked(view: View, html: str, error: type[RpaError]) -> None:
    view.page.set_content(SHOP + CLICKS + html)
    stops(view, error)


def test_the_login_page_is_recognised(view: View, site: TinySite) -> None:
    site.pages["/login"] = SHOP + CLICKS
    view.page.goto(site.url + "/login")
    stops(view, LoginNeeded)


@pytest.mark.parametrize("question", ["alert('ship it again?')", "said = confirm('ship it again?')"])
def test_a_question_of_the_browsers_own_is_answered_with_cancel_and_stops_the_shop(view: View, question: str) -> None:
    view.page.set_content(f"{SHOP}{CLICKS}<script>said = false</script>")
    view.page.evaluate(question)
    assert view.page.evaluate("said") is False
    stops(view, UnexpectedDialog, "ship it again")


def test_after_a_question_nothing_destructive_is_clicked(view: View) -> None:
    view.page.set_content(SHOP + CLICKS + SHIP)
    dialog = view.dialog("ship", "A-1")
    view.page.evaluate("alert('changed meanwhile')")
    with pytest.raises(UnexpectedDialog, match="changed meanwhile"):
        dialog.click("ship.confirm")
    assert clicked(view) == []


def confirm(view: View) -> None:
    """The destructive click."""
    view.page.set_content(SHOP + CLICKS + SHIP)
    view.dialog("ship", "A-1").commit("ship.confirm")


def test_on_a_mock_a_destructive_element_is_clicked(view: View) -> None:
    confirm(view)
    assert clicked(view) == ["confirm"]


def test_a_mock_lifts_nothing_in_a_document_of_another_origin(page: Page, site: TinySite, tmp_path: Path) -> None:
    with viewed(page, url=site.url, folder=tmp_path, site="http://127.0.0.1:1") as view:
        with pytest.raises(NotApproved, match="never confirmed"):
            confirm(view)
        assert clicked(view) == []


def test_on_a_real_site_even_a_local_one_a_destructive_element_waits_for_a_person(
    page: Page, site: TinySite, tmp_path: Path
) -> None:
    with viewed(page, url=site.url, folder=tmp_path, mock=False) as view:
        with pytest.raises(NotApproved, match="rpa selectors approve tea"):
            confirm(view)
        assert clicked(view) == []
        with pytest.raises(NotApproved):
            view.check_allowed("ship.confirm")
        view.check_allowed("orders.search")


@pytest.mark.parametrize(
    ("port", "element", "allowed"),
    [
        ("", "ship.confirm", True),
        ("1", "ship.confirm", False),
        ("", "orders.open", False),
    ],
)
def test_an_approval_counts_for_its_origin_and_its_element(
    page: Page, site: TinySite, tmp_path: Path, port: str, element: str, *, allowed: bool
) -> None:
    approvals = Approvals(tmp_path / "approvals.json")
    approvals.approve(site.url + port, PROFILE, element, by="owner", now=HandClock().now())
    with viewed(page, url=site.url, folder=tmp_path, mock=False, approvals=approvals) as view:
        if allowed:
            confirm(view)
        else:
            with pytest.raises(NotApproved):
                confirm(view)
        assert clicked(view) == ["confirm"] * allowed


def test_while_a_person_watches_it_is_clicked_and_confirmed_only_once_it_ended_well(
    page: Page, site: TinySite, tmp_path: Path
) -> None:
    seen = Approvals(tmp_path / "approvals.json")
    seen.approve(site.url, PROFILE, WHOLE, by="owner", now=HandClock().now())
    with viewed(page, url=site.url, folder=tmp_path, mock=False, approvals=seen, watched=True) as view:
        confirm(view)
        element = PROFILE.element("ship.confirm")
        assert not view.guard.is_confirmed(element, profile=PROFILE, origin=site.url)
        view.guard.confirm("another order", profile=PROFILE, by="owner", now=HandClock().now())
        assert not view.guard.is_confirmed(element, profile=PROFILE, origin=site.url)
        view.guard.confirm("A-1", profile=PROFILE, by="owner", now=HandClock().now())
        assert view.guard.is_confirmed(element, profile=PROFILE, origin=site.url)


def test_each_closed_popup_is_told(view: View) -> None:
    view.page.set_content(SHOP + CLICKS + popup("News of today") + popup("Welcome back"))
    view.clear()
    told = [(one.popup, one.text, one.by) for one in view.guard.closed]
    assert told == [("news", "News of todayGot it", "Got it"), ("news", "Welcome backGot it", "Got it")]


@pytest.mark.parametrize(
    "shown",
    [
        '<button id="enter">确认发货</button>',
        '<button id="enter">发 货</button>',
        '<button>确认发货<i id="enter" style="padding: 9px"></i></button>',
        '<button aria-label="删除"><i id="enter" style="padding: 9px"></i></button>',
        '<input type="submit" id="enter" value="退款">',
        '<a id="enter" title="同意">&gt;</a>',
        '<div id="enter"><button aria-label="删除">&gt;</button></div>',
        '<label id="enter">&gt;<input type="submit" value="提交" hidden></label>',
    ],
)
def test_what_stands_on_something_for_good_is_not_clicked_as_something_harmless(view: View, shown: str) -> None:
    view.page.set_content(SHOP + CLICKS + shown)
    with pytest.raises(PageChanged, match="stands on what cannot be undone"):
        view.click("login.enter")
    with pytest.raises(PageChanged, match="stands on what cannot be undone"):
        view.type_and_enter("login.enter", "SF1")
    assert clicked(view) == []


def test_nothing_is_done_for_good_with_what_no_code_names_so(view: View) -> None:
    note = PROFILE.element("ship.confirm").used(Risk.WRITE)
    profile = PROFILE.model_copy(update={"elements": {**PROFILE.elements, "ship.confirm": note}})
    view.shop_page = replace(view.shop_page, profile=profile)
    view.page.set_content(SHOP + CLICKS + SHIP)
    with pytest.raises(ConfigError, match="does not say so"):
        view.dialog("ship", "A-1").commit("ship.confirm")
    assert clicked(view) == []


@pytest.mark.parametrize("raised", [False, True])
def test_what_nobody_uses_waits_for_a_person_as_what_was_raised_does(
    page: Page, site: TinySite, tmp_path: Path, *, raised: bool
) -> None:
    search = PROFILE.element("orders.search")
    other = search.model_copy(update={"irreversible": True}) if raised else search.used(None)
    bare = other.model_copy(update={"expect": ()})
    for element, watched, told in ((other, False, "never confirmed"), (bare, True, "does not say what it must read")):
        profile = PROFILE.model_copy(update={"elements": {**PROFILE.elements, "orders.search": element}})
        seen = Approvals(tmp_path / "approvals.json")
        seen.approve(site.url, profile, WHOLE, by="owner", now=HandClock().now())
        guard: dict[str, Any] = {"mock": False, "watched": watched, "approvals": seen}
        with viewed(page, url=site.url, folder=tmp_path, profile=profile, **guard) as view:
            view.page.set_content(SHOP + CLICKS + '<button data-testid="search">Search</button>')
            with pytest.raises(NotApproved, match=told):
                view.click("orders.search")
            assert clicked(view) == []


@pytest.mark.parametrize("watched", [False, True])
def test_nothing_is_touched_with_a_profile_of_ones_own_that_nobody_has_seen(
    page: Page, site: TinySite, tmp_path: Path, *, watched: bool
) -> None:
    fields = '<button data-testid="search">Search</button><div class="dialog"><b class="sn">A-1</b><input></div>'
    with viewed(page, url=site.url, folder=tmp_path, mock=False, watched=watched) as view:
        view.page.set_content(SHOP + CLICKS + fields + '<input type="file">' + popup("News"))
        dialog = view.dialog("ship", "A-1")
        touches: list[Callable[[], object]] = [
            lambda: view.click("orders.search"),
            lambda: view.choose_file("orders.file", tmp_path),
            view.clear,
            lambda: dialog.fill("ship.note", "x"),
            lambda: dialog.type_and_enter("ship.note", "x"),
        ]
        for touch in touches:
            with pytest.raises(NotApproved, match="one of your own"):
                touch()
        assert (clicked(view), view.present("orders.search")) == ([], True)


@contextmanager
def in_language(page: Page, site: TinySite, folder: Path, **told: Any) -> Iterator[View]:
    """A site whose profile is written for Chinese."""
    session = PROFILE.session.model_copy(update={"language": "zh", **told})
    profile = PROFILE.model_copy(update={"session": session})
    with viewed(page, url=site.url, folder=folder, patience_s=SOON_S, profile=profile, language="zh") as view:
        yield view


@pytest.mark.parametrize("shown", ["zh", "zh-CN", "ZH_hans"])
def test_a_page_in_the_language_of_the_profile_is_clear(page: Page, site: TinySite, tmp_path: Path, shown: str) -> None:
    with in_language(page, site, tmp_path) as view:
        view.page.set_content(f'<html lang="{shown}">{SHOP}')
        view.clear()


@pytest.mark.parametrize("shown", ['lang="en"', 'lang="zhx"', ""])
def test_another_language_or_none_stops_the_shop(page: Page, site: TinySite, tmp_path: Path, shown: str) -> None:
    with in_language(page, site, tmp_path) as view:
        view.page.set_content(f"<html {shown}>{SHOP}{CLICKS}")
        stops(view, OtherLanguage, "Set the language of the account of shop tea to zh")


def test_the_language_is_read_where_the_profile_says(page: Page, site: TinySite, tmp_path: Path) -> None:
    with in_language(page, site, tmp_path, language_by=("css:#of",)) as view:
        view.page.set_content(f'<html lang="en">{SHOP}{CLICKS}<b id="of">zh</b>')
        view.clear()
        view.page.set_content(f'<html lang="zh">{SHOP}{CLICKS}<b id="of">en</b>')
        stops(view, OtherLanguage, "“en”")


def test_a_site_of_one_shop_without_an_id_is_known_by_who_is_logged_in(
    page: Page, site: TinySite, tmp_path: Path
) -> None:
    identity = Identity(single_shop=True, login_name=("css:#who",))
    profile = PROFILE.model_copy(update={"identity": identity})
    told: dict[str, Any] = {"profile": profile, "mall_id": None, "login_name": "clerk-1", "patience_s": SOON_S}
    with viewed(page, url=site.url, folder=tmp_path, **told) as view:
        view.page.set_content(f"{CLICKS}<b id=who>clerk-1</b>")
        view.clear()
        for other in ("<b id=who>clerk-12</b>", ""):
            view.page.set_content(f"{CLICKS}{other}")
            stops(view, WrongShop, "login_name")
