"""A site of a few lines: pages that a test writes, answers that it queues, and what the browser asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from rpa.browser.evidence import Evidence
from rpa.browser.guard import Guard
from rpa.browser.view import View
from rpa.elements.approvals import Approvals
from rpa.elements.registry import load_profile
from rpa.elements.roles import used
from rpa.elements.uses import Uses
from tests.support.ledger_clock import HandClock

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Page

    from rpa.elements.profile import Profile

USES = Uses(
    writes=("orders.search", "orders.open", "orders.file", "ship.note"),
    commits=("ship.confirm", "orders.file_of_no_return"),
)
"""What the tests' own steps do with its elements."""
PROFILE = used(load_profile("tiny", folder=Path(__file__).parent), USES)
SOON_S, LONG_S = 0.5, 60.0
"""How long the product waits: where nothing comes, and where something does, however busy the machine is."""
_WAITS = {
    "rpa.browser.requests._BEGINS_WITHIN_S": 1.0,
    "rpa.browser.popups._CLOSING_MS": 1000,
    "rpa.browser.guard._PASSING_S": 1.0,
    "rpa.browser.lists._DRAWING_MS": 1000,
    "rpa.browser.area._COVERED_MS": 1000,
}
"""What it waits beside a view's own patience, and how many of its units a second has."""
SHOP = '<script>shop = {id: "1", name: "Tea"}</script><h1 id="title">Orders</h1>'
CLICKS = (
    """<script>clicked = []; document.addEventListener("click", (event) => clicked.push(event.target.id))</script>"""
)
ASKS = """<script>const ask = (order_sn) =>
  fetch("/api/list", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({order_sn})})
</script>"""


def good(*order_sns: str) -> dict[str, Any]:
    """An answer with these orders."""
    rows = [{"order_sn": sn, "amount": 1990} for sn in order_sns]
    return {"errorCode": 0, "result": {"rows": rows, "total": len(rows)}}


@dataclass(slots=True)
class TinySite:
    """What is served, and what was asked for."""

    url: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    """HTML by path; what is not here is an empty page."""
    files: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    """What serves a path that is no page; `POST /path` for what is sent there."""
    answers: list[dict[str, Any] | str | int | None] = field(default_factory=list)
    """For `/api/list`, one after the other, the last again and again: JSON, a text, a status; None: dropped."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """Of everything that was asked for."""

    def next_answer(self) -> dict[str, Any] | str | int | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def tiny_site() -> Iterator[TinySite]:
    """The site, on a port of its own."""
    site = TinySite()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.paths.append(self.path)
            if self.path in site.files:
                site.files[self.path](self)
            else:
                self._say(200, site.pages.get(self.path, ""), kind="text/html; charset=utf-8")

        def do_POST(self) -> None:
            site.paths.append(self.path)
            if f"POST {self.path}" in site.files:
                site.files[f"POST {self.path}"](self)
                return
            site.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = site.next_answer()
            if answer is None:
                self.close_connection = True
            elif isinstance(answer, int):
                self._say(answer, "{}")
            else:
                self._say(200, answer if isinstance(answer, str) else json.dumps(answer))

        def _say(self, status: int, text: str, *, kind: str = "application/json") -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield site
        server.shutdown()


def wait_for(seconds: float, *, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the product wait so long wherever a view's patience is not what it goes by."""
    for name, units in _WAITS.items():
        monkeypatch.setattr(name, seconds * units)


@contextmanager
def viewed(
    page: Page,
    *,
    url: str,
    folder: Path,
    enter: Callable[[View], None] | None = None,
    change_shop: Callable[[View], None] | None = None,
    patience_s: float = LONG_S,
    profile: Profile = PROFILE,
    **guard: Any,
) -> Iterator[View]:
    """The site through a View; `guard`: what differs from the shop's own guard."""
    told: dict[str, Any] = {"shop": "tea", "mall_id": "1", "mall_name": None, "mock": True, "watched": False}
    told |= {"site": url, "approvals": Approvals(folder / "approvals.json")} | guard
    clock = HandClock()
    evidence = Evidence(folder=folder / "evidence", clock=clock, masks=PROFILE.evidence.mask)
    with suppress(Error):  # a site that is gone
        page.goto(f"{url}/empty")
    view = View(
        page,
        profile=profile,
        base_url=url,
        guard=Guard(**told),
        evidence=evidence,
        clock=clock,
        enter=enter,
        change_shop=change_shop,
        patience_s=patience_s,
    )
    yield view
    page.remove_listener("dialog", view._refuse_dialog)


def clicked(view: View) -> list[str]:
    """The ids of what was clicked on the page, by whatever hand."""
    ids: list[str] = view.page.evaluate("clicked")
    return ids
