"""The answers to the page's own requests."""

from __future__ import annotations

import json
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from rpa.errors import (
    ChallengeShown,
    KickedOut,
    LoginNeeded,
    PageChanged,
    RateLimited,
    RightMissing,
    RpaError,
    TryAgain,
)
from tests.support.tiny_site import ASKS, LONG_S, SHOP, TinySite, good

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from rpa.browser.view import View

pytestmark = pytest.mark.slow


def ask(view: View, order_sn: str = "A-1") -> Any:
    return view.page.evaluate("sn => void ask(sn)", order_sn)


def answer(view: View) -> Any:
    """The answer to what the page asks when it is made to."""
    return view.asking("list", lambda: ask(view))


def test_an_answer_is_opened_by_its_description(view: View, site: TinySite) -> None:
    view.open("orders")
    site.answers = [good("A-1", "A-2")]
    read = answer(view)
    assert (read.ok, read.total, read.rows[0]) == (True, 2, {"order_sn": "A-1", "amount": 1990})
    assert read.keys("order_sn") == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"errorCode": 43001, "errorMsg": "over"}, LoginNeeded),
        ({"error_code": 43001, "errorMsg": "over", "result": {"kicked": True}}, KickedOut),
        ({"errorCode": 70031, "errorMsg": "prove it"}, ChallengeShown),
        ({"errorCode": 20005, "errorMsg": "no right"}, RightMissing),
        ({"errorCode": 1, "errorMsg": "no"}, TryAgain),
        ({"errorCode": 0, "result": {}}, PageChanged),
        ({"result": {"rows": []}}, TryAgain),
        ("<html>busy</html>", PageChanged),
        ("[]", PageChanged),
        (502, TryAgain),
        (None, TryAgain),
    ],
)
def test_what_the_site_answers_decides_who_is_asked(
    view: View, site: TinySite, said: Any, error: type[RpaError]
) -> None:
    view.open("orders")
    site.answers = [said]
    with pytest.raises(error):
        answer(view)
    assert len(site.asked) == 1


def test_a_plain_no_to_a_write_is_an_answer(view: View, site: TinySite) -> None:
    view.open("orders")
    site.answers = [{"errorCode": 1, "errorMsg": "no"}]
    read = view.answered("list", lambda: ask(view))
    assert read is not None
    assert (read.ok, read.code, read.message) == (False, 1, "no")


@pytest.mark.parametrize("said", [None, 502])
def test_no_answer_to_a_write_is_none_and_the_write_is_not_repeated(view: View, site: TinySite, said: Any) -> None:
    view.open("orders")
    site.answers = [said]
    assert view.answered("list", lambda: ask(view)) is None
    assert len(site.asked) == 1


TOO_MANY = {"errorCode": 54001, "errorMsg": "slower"}


def test_a_reading_waits_when_the_site_asks_for_fewer_calls(view: View, site: TinySite) -> None:
    view.open("orders")
    site.answers = [TOO_MANY, TOO_MANY, good("A-1")]
    began = view.clock.now()
    assert answer(view).keys("order_sn") == ["A-1"]
    assert (view.clock.now() - began).total_seconds() == 5 + 15
    assert len(site.asked) == 3


def test_a_site_that_goes_on_asking_for_fewer_calls_is_left_alone(view: View, site: TinySite) -> None:
    view.open("orders")
    site.answers = [TOO_MANY]
    with pytest.raises(RateLimited, match="slower"):
        answer(view)
    assert len(site.asked) == 4


def test_what_can_wait_for_another_run_gives_way_at_once(view: View, site: TinySite) -> None:
    view.open("orders")
    site.answers = [TOO_MANY, TOO_MANY, good("A-1")]
    began = view.clock.now()
    with view.giving_way(), pytest.raises(RateLimited, match="slower"):
        answer(view)
    assert len(site.asked) == 1
    assert view.clock.now() == began
    assert answer(view).keys("order_sn") == ["A-1"], "the rest of the run waits as ever"


def test_only_the_answer_about_this_key_counts(view: View, site: TinySite) -> None:
    view.open("orders")
    site.answers = [good("B-2"), good("A-1")]

    def both() -> None:
        view.page.evaluate("async () => { await ask('B-2'); ask('A-1') }")

    read = view.answered("list", both, about="A-1")
    assert read is not None
    assert read.keys("order_sn") == ["A-1"]


def test_a_request_made_before_the_action_does_not_count(hasty_view: View, site: TinySite) -> None:
    hasty_view.open("orders")
    ask(hasty_view)
    assert hasty_view.answered("list", lambda: None) is None


ASKS_WHEN_LEFT = "<script>addEventListener('beforeunload', () => void fetch('/api/list'))</script>"


@pytest.mark.parametrize("old_is_answered", [True, False])
def test_what_the_page_before_asked_is_not_the_new_pages_answer(
    view: View,
    site: TinySite,
    old_is_answered: bool,  # noqa: FBT001
) -> None:
    """As after a login: the site goes on to its list by itself while the list is opened."""
    answered, left = Event(), Event()

    def answer_old(desk: BaseHTTPRequestHandler) -> None:
        if not old_is_answered:
            left.wait(LONG_S)
        _say(desk, json.dumps(good("old")))
        answered.set()

    def show_new(desk: BaseHTTPRequestHandler) -> None:
        if old_is_answered:
            answered.wait(LONG_S)
        _say(desk, f"{SHOP}{ASKS}<script>ask('A-1')</script>")
        left.set()

    site.pages["/before"] = ASKS_WHEN_LEFT
    site.files = {"/api/list": answer_old, "/orders": show_new}
    view.page.goto(f"{site.url}/before")
    assert view.open_for("orders", answer="list").keys("order_sn") == ["A-1"]


LEAVES_IN_TWO_STEPS = """<script>addEventListener("beforeunload", () => setTimeout(() => {
    history.pushState({}, "", "/before?left");
    void fetch("/api/list");
}))</script>"""


def test_an_address_that_the_page_before_writes_is_not_the_new_page(view: View, site: TinySite) -> None:
    """It is on its way still; what the page before asks then is not the new page's."""
    answered = Event()

    def answer_old(desk: BaseHTTPRequestHandler) -> None:
        _say(desk, json.dumps(good("old")))
        answered.set()

    def show_new(desk: BaseHTTPRequestHandler) -> None:
        answered.wait(10)
        _say(desk, f"{SHOP}{ASKS}<script>ask('A-1')</script>")

    site.pages["/before"] = LEAVES_IN_TWO_STEPS
    site.files = {"/api/list": answer_old, "/orders": show_new}
    view.page.goto(f"{site.url}/before")
    assert view.open_for("orders", answer="list").keys("order_sn") == ["A-1"]


def test_an_answer_that_never_ends_is_none(hasty_view: View, site: TinySite) -> None:
    given_up, waited = Event(), []

    def begin(desk: BaseHTTPRequestHandler) -> None:
        desk.send_response(200)
        desk.send_header("Content-Length", "1000")
        desk.end_headers()
        desk.wfile.write(b'{"errorCode":')
        desk.wfile.flush()
        waited.append(given_up.wait(30))

    site.files["/api/list"] = begin
    hasty_view.open("orders")
    try:
        assert hasty_view.answered("list", lambda: hasty_view.page.evaluate("void fetch('/api/list')")) is None
        assert waited == []
    finally:
        given_up.set()


def test_a_failure_that_the_page_does_not_read_is_none_at_once(view: View, site: TinySite) -> None:
    site.answers = [500]
    view.open("orders")
    asks = "async () => void (await fetch('/api/list', {method: 'POST', body: '{}'})).body.getReader()"
    assert view.answered("list", lambda: view.page.evaluate(asks)) is None


def _say(desk: BaseHTTPRequestHandler, text: str) -> None:
    desk.send_response(200)
    desk.send_header("Content-Length", str(len(text)))
    desk.end_headers()
    with suppress(BrokenPipeError, ConnectionResetError):
        desk.wfile.write(text.encode())


@pytest.mark.parametrize("begins_within_s", [1.0, 0.0], ids=["quick", "it stood still for so long"])
def test_an_answer_that_nobody_waits_for_any_more_is_not_taken_for_the_next_one(
    view: View, site: TinySite, monkeypatch: pytest.MonkeyPatch, begins_within_s: float
) -> None:
    monkeypatch.setattr("rpa.browser.requests._BEGINS_WITHIN_S", begins_within_s)
    view.open("orders")
    site.answers = [good("late"), good("A-1")]
    with view.asked("list", lambda: view.page.evaluate("() => void setTimeout(() => ask('late'), 150)")):
        pass
    assert [row["order_sn"] for row in answer(view).rows] == ["A-1"]


def test_a_question_of_the_page_ends_the_waiting_for_an_answer(view: View, site: TinySite) -> None:
    view.open("orders")
    view.page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", '<a class="search">Search</a>')
    began = view.clock.monotonic()
    assert view.answered("list", lambda: None, unless="orders.search") is None
    assert view.clock.monotonic() - began < view._asking._patience_s / 2


def test_the_sites_clock_is_that_of_its_newest_document_or_answer(view: View, site: TinySite) -> None:
    assert view.site_now() == view.clock.now()
    view.open("orders")
    assert view.site_now() != view.clock.now()
    view._asking.ahead = None
    answer(view)
    assert view.site_now() != view.clock.now()
