"""A form whose click is answered: which request is the one meant, and what of its answer is a yes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.procedure.form_fields import FormStep
from flows.procedure.web_form import StepForm
from rpa.elements.profile import AnswerSpec, DialogSpec, Element, Profile
from tests.support.tiny_site import LONG_S, PROFILE, SHOP, SOON_S, TinySite, viewed

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from playwright.sync_api import Page

    from flows.orders.api import Said

pytestmark = pytest.mark.slow

DIALOG = '<div class="dialog"><b class="sn">A-1</b><button class="confirm" onclick="{click}">Confirm</button></div>'
SEND = "fetch('/api/ship', {method: 'POST', body: JSON.stringify(%s)})"
SENDING = {"number": "JD1"}


STEP = FormStep(form="ship", answer="ship", confirm="ship.confirm", question="sure", go_on="ship.sure")


def described(answer: dict[str, Any], *, codes: bool = True) -> Profile:
    told: dict[str, Any] = {"page": ("orders",), "source": "test", "verified": "never"}
    sure = {"name": "ship.sure", "within": "dialog:sure", "locators": [{"css": "#sure"}], "expect": ("Sure",)}
    spec = AnswerSpec.model_validate({"name": "ship", "url": "/api/ship", **answer})
    session = PROFILE.session if codes else PROFILE.session.model_copy(update={"error_code": (), "ok_codes": ()})
    return PROFILE.model_copy(
        update={
            "elements": {**PROFILE.elements, "ship.sure": Element.model_validate({**told, **sure})},
            "dialogs": {**PROFILE.dialogs, "sure": DialogSpec(name="sure", container="#ask")},
            "answers": {**PROFILE.answers, "ship": spec},
            "session": session,
        }
    )


def saying(*bodies: Any, status: int = 200, to: str = "") -> Callable[[BaseHTTPRequestHandler], None]:
    """Answers with these texts or JSON, one after the other, or sends on to another address."""
    left = list(bodies)

    def serve(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        body = left.pop(0)
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        handler.send_response(302 if to else status)
        if to:
            handler.send_header("Location", to)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    return serve


@pytest.fixture
def sent(page: Page, site: TinySite, tmp_path: Path) -> Callable[..., Said]:
    """What is said of a click that does this."""

    def send(
        answer: dict[str, Any], click: str, *, body: str = "", patience_s: float = LONG_S, codes: bool = True
    ) -> Said:
        site.pages["/orders"] = SHOP + DIALOG.replace("{click}", click) + body
        profile = described(answer, codes=codes)
        with viewed(page, url=site.url, folder=tmp_path, patience_s=patience_s, profile=profile) as view:
            view.open("orders")
            form: StepForm[Any] = StepForm(view, spec=STEP, subject="A-1", puts=lambda _: ())
            form.sending = SENDING
            return form.send()

    return send


OK, NO = {"errorCode": 0}, {"errorCode": 7, "errorMsg": "no"}


@pytest.mark.parametrize(
    ("test", "others", "ours"),
    [
        ({"path": "sn", "from": "subject"}, "{sn: 'B-2'}", "{sn: 'A-1'}"),
        ({"path": "number", "from": "number"}, "{number: 'UPS9'}", "{number: 'JD1'}"),
        ({"path": "all.*.number", "from": "number"}, "{all: [{number: 2}]}", "{all: [{}, {number: 'JD1'}]}"),
        ({"path": "query", "matches": r"\bship\b"}, "{query: 'mutation note'}", "{query: 'mutation ship'}"),
        ({"path": "body.*.op", "equals": "ship"}, "[{op: 'log'}]", "[{op: 'log'}, {op: 'ship'}]"),
        ({"path": "final", "equals": "true"}, "{final: false}", "{final: true}"),
    ],
)
def test_the_request_meant_is_told_by_what_its_body_says(
    sent: Callable[..., Said], site: TinySite, test: dict[str, str], others: str, ours: str
) -> None:
    site.files["POST /api/ship"] = saying(NO, OK)
    assert sent({"request": [test]}, f"{SEND % others}.then(() => {SEND % ours})").accepted is True


FORMS = {
    "a form": "new URLSearchParams({number: '%s'})",
    "a form of parts": "(() => {const f = new FormData(); f.append('number', '%s'); return f})()",
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_what_a_form_says_is_known_as_that_of_json_is(sent: Callable[..., Said], site: TinySite, body: str) -> None:
    site.files["POST /api/ship"] = saying(NO, OK)
    post = "fetch('/api/ship', {method: 'POST', body: %s})"
    click = f"{post % (body % 'UPS9')}.then(() => {post % (body % 'JD1')})"
    assert sent({"request": [{"path": "number", "from": "number"}]}, click).accepted is True


def test_parameters_of_the_path_and_of_the_address_tell_the_request(sent: Callable[..., Said], site: TinySite) -> None:
    others, ours = ("/api/B-2/ship?op=ship", "/api/A-1/ship?op=log", "/api/ship"), "/api/A-1/ship?op=ship"
    site.files = {f"POST {path}": saying(NO) for path in others} | {f"POST {ours}": saying(OK)}
    click = "(async () => {for (const each of [%s]) await fetch(each, {method: 'POST'})})()"
    tests = [{"path": "sn", "from": "subject"}, {"path": "op", "equals": "ship"}]
    asked = ", ".join(f"'{path}'" for path in (*others, ours))
    assert sent({"url": "/api/{sn}/ship", "request": tests}, click % asked).accepted is True


def test_without_a_request_that_passes_nothing_is_taken_for_the_answer(
    sent: Callable[..., Said], site: TinySite
) -> None:
    site.files["POST /api/ship"] = saying(OK)
    test = {"path": "number", "from": "another thing"}
    assert sent({"request": [test]}, SEND % "{number: 'JD1'}", patience_s=SOON_S).accepted is None


@pytest.mark.parametrize(
    ("said", "status", "accepted"),
    [
        ("stored: ok", 200, True),
        ("stored: not ok", 200, None),
        ('"stored: ok"', 200, True),
        ("stored: ok", 403, False),
        (OK, 409, False),
    ],
)
def test_words_are_a_yes_only_where_the_profile_names_them_and_a_status_never_is(
    sent: Callable[..., Said], site: TinySite, said: Any, status: int, accepted: Any
) -> None:
    site.files["POST /api/ship"] = saying(said, status=status)
    assert sent({"ok_text": ["stored: ok"]}, SEND % "{}").accepted is accepted


@pytest.mark.parametrize(("named", "accepted"), [("A-1", True), ("B-2", None)])
def test_a_row_that_has_no_code_of_its_own_is_a_yes_where_it_names_what_was_sent(
    sent: Callable[..., Said], site: TinySite, named: str, accepted: Any
) -> None:
    site.files["POST /api/ship"] = saying({"errorCode": 0, "data": {"sn": named}})
    assert sent({"row": "data", "key": "sn"}, SEND % "{}").accepted is accepted


FORM = """(() => {const f = Object.assign(document.createElement('form'), {method: 'post', action: '/api/ship'});
f.innerHTML = '<input name=number value=%s>'; document.body.append(f); f.submit()})()"""


@pytest.mark.parametrize(("shows", "accepted"), [("<p>It has left", True), ("<p>Try again", None)])
@pytest.mark.parametrize("to", ["", "/sent"])
def test_a_form_is_answered_by_the_document_that_comes(
    sent: Callable[..., Said], site: TinySite, shows: str, accepted: Any, to: str
) -> None:
    site.files["POST /api/ship"] = saying("" if to else SHOP + shows, to=to)
    site.pages["/sent"] = SHOP + shows
    answer = {"kind": "document", "ok_text": ["It has left"], "request": [{"path": "number", "from": "number"}]}
    assert sent(answer, FORM % "JD1").accepted is accepted


def test_a_document_that_another_form_has_asked_for_is_no_answer(sent: Callable[..., Said], site: TinySite) -> None:
    site.files["POST /api/ship"] = saying("It has left")
    answer = {"kind": "document", "ok_text": ["It has left"], "request": [{"path": "number", "from": "number"}]}
    assert sent(answer, FORM % "UPS9", patience_s=SOON_S).accepted is None


ASK = f'<div id="ask" hidden><button id="sure" onclick="{SEND % "{}"}">Sure</button></div>'


@pytest.mark.parametrize("question", [{"errorCode": 5}, {"errorCode": 0, "state": "sure?"}, "are you sure?"])
def test_an_answer_that_asks_is_neither_yes_nor_no_and_its_dialog_is_answered(
    sent: Callable[..., Said], site: TinySite, question: Any
) -> None:
    site.files["POST /api/ship"] = saying(question, {"errorCode": 0, "state": "done"})
    answer = {"asks": [5, "sure?"], "code": "state", "ok": ["done"], "ok_text": ["never said"]}
    click = f"{SEND % '{}'}.then(() => setTimeout(() => ask.hidden = false, 300))"
    assert sent(answer, click, body=ASK).accepted is True


def test_a_question_that_never_comes_is_a_doubt(sent: Callable[..., Said], site: TinySite) -> None:
    site.files["POST /api/ship"] = saying({"errorCode": 5})
    assert sent({"asks": [5]}, SEND % "{}", patience_s=SOON_S).accepted is None


@pytest.mark.parametrize(
    ("stored", "accepted"),
    [("JD1", True), ("jd1", True), (["JD1", "JD1"], True), ("JD2", None), (["JD1", "JD2"], None), (None, None)],
)
def test_what_the_answer_says_was_stored_must_be_what_was_sent(
    sent: Callable[..., Said], site: TinySite, stored: Any, accepted: Any
) -> None:
    path = "parcels.*.number" if isinstance(stored, list) else "number"
    told = {"parcels": [{"number": each} for each in stored]} if isinstance(stored, list) else {"number": stored}
    site.files["POST /api/ship"] = saying({**OK, "result": {**told, "sn": "A-1"}})
    said = sent({"row": "result", "echo": {"number": path, "subject": "sn"}}, SEND % "{}")
    assert said.accepted is accepted


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        ({}, None),
        ({"code": "order.state", "ok": ["SENT"]}, True),
        ({"code": "order.state", "ok": ["PAID"]}, False),
        ({"echo": {"number": "order.number"}}, True),
    ],
)
def test_where_no_code_of_the_whole_is_known_the_answer_must_say_that_it_was_taken(
    sent: Callable[..., Said], site: TinySite, answer: dict[str, Any], accepted: Any
) -> None:
    site.files["POST /api/ship"] = saying({"order": {"state": "SENT", "number": "JD1"}})
    assert sent(answer, SEND % "{}", codes=False).accepted is accepted


@pytest.mark.parametrize(
    "test", [{"path": "a"}, {"path": "a", "equals": 1, "from": "b"}, {"path": "a", "matches": "("}]
)
def test_a_test_that_says_nothing_or_two_things_is_a_mistake(test: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"exactly one|regular expression"):
        AnswerSpec.model_validate({"name": "ship", "url": "/api/ship", "request": [test]})
