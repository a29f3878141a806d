"""A shop's address that leads away: a server before the mock, and beside it one of another origin that looks alike."""

from __future__ import annotations

import json
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

Answer = tuple[int, Sequence[tuple[str, str]], bytes]
"""Status, headers, content."""
_KEPT = {"content-type", "set-cookie", "content-disposition", "date", "location"}
_OURS = {"host", "connection", "accept-encoding", "content-length"}
_MOVES = '<script>new EventSource("/moves").onmessage = (move) => { location.href = JSON.parse(move.data) }</script>'
_TOUCHED = "/touched?"
_TOUCHES = """<script>for (const kind of ["focusin", "input"]) addEventListener(kind, ({ target }) => {
  if (!target.matches("input:not([type=file]), textarea")) return
  const ask = new XMLHttpRequest()
  ask.open("GET", "/touched?" + encodeURIComponent(`${kind} ${target.type} ${target.id || target.placeholder}`), false)
  ask.send()
  if (ask.responseText) location.href = ask.responseText
}, true)</script>"""
"""A page tells what is done to its fields, and waits for what it is told."""
_HELD_S = 60
_NO_STEPS = ("/static", "/favicon", "/thumb", "/moves")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


@dataclass(kw_only=True)
class Detour:
    """The two servers."""

    mock: str
    url: str = ""
    """The shop's address."""
    other: str = ""
    """The other origin: whatever is asked for there is the same shop, in which the browser is logged in as well."""
    at: int | str = 0
    """The step at which the page is led to the other origin: its number, from 1, or a part of it; 0: never."""
    led: bool = False
    """Whether it was."""
    held: bool = False
    """Whether the step was a request of a page, which may have been left already when it is told to go."""
    steps: list[str] = field(default_factory=list)
    """What was asked for at the shop's address, but for scripts and pictures, and what was done to a page's fields."""
    strays: list[str] = field(default_factory=list)
    """What was asked for at the other one."""
    when_led: Callable[[], None] = lambda: None
    """Called at that step, before the page goes; whatever the step itself does is done by then."""
    _open: list[queue.SimpleQueue[str]] = field(default_factory=list)

    def restart(self, *, at: int | str) -> None:
        """Count from here again."""
        self.at, self.led, self.held = at, False, False
        self.steps.clear()

    def goes(self, step: str) -> bool:
        """Keep this step; whether it is the one at which the page is led away, which happens once."""
        self.steps.append(step)
        now = len(self.steps) == self.at if isinstance(self.at, int) else self.at in step
        self.led = self.led or now
        self.at = 0 if now else self.at
        return now

    def lead_away(self, path: str) -> None:
        """Have every page that is open go to the other origin."""
        for stream in self._open:
            stream.put(self.other + path)

    def stream(self) -> queue.SimpleQueue[str]:
        """Where a page hears that it is to go."""
        self._open.append(queue.SimpleQueue())
        return self._open[-1]


class _Desk(BaseHTTPRequestHandler):
    """Hands on to the mock what the browser asks for."""

    server: _Server

    def do_GET(self) -> None:
        road = self.server.road
        if self.server.server_port != int(road.url.rpartition(":")[2]):
            road.strays.append(self.path)
        elif self.path == "/moves":
            self._stream()
            return
        elif self.path.startswith(_TOUCHED):
            self._touched(unquote(self.path.removeprefix(_TOUCHED)))
            return
        elif not self.path.startswith(_NO_STEPS) and road.goes(f"{self.command} {self.path}"):
            self._away()
            return
        self._pass(*self._asked())

    do_POST = do_GET  # noqa: N815 - the server's name for it

    def _away(self) -> None:
        """A page is redirected, once its form has had its effect.

        A request of a page has its effect, and is held until the page has gone.
        """
        if "text/html" in self.headers.get("Accept", ""):
            if self.command == "POST":
                self._asked()
            self.server.road.when_led()
            self.send_response(302)
            self.send_header("Location", self.server.road.other + self.path)
            self.end_headers()
            return
        answer = self._asked()
        self.server.road.held = True
        self.server.road.when_led()
        self.server.road.lead_away("/orders/list")
        self.connection.settimeout(_HELD_S)
        if self.connection.recv(1):
            self._pass(*answer)

    def _touched(self, field: str) -> None:
        """The page that asks goes by itself."""
        road, goes = self.server.road, b""
        if road.goes(f"touch {field}"):
            road.when_led()
            goes = f"{road.other}/orders/list".encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(goes)))
        self.end_headers()
        self.wfile.write(goes)

    def _stream(self) -> None:
        moves = self.server.road.stream()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: " + json.dumps(moves.get()).encode() + b"\n\n")

    def _asked(self) -> Answer:
        size = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(size) if self.command == "POST" else None
        url = self.server.road.mock + self.path
        request = urllib.request.Request(url, data=data, method=self.command)
        for name, value in self.headers.items():
            if name.lower() not in _OURS:
                request.add_header(name, value)
        try:
            with _DIRECT.open(request) as answer:
                return answer.status, answer.headers.items(), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.items(), error.read()

    def _pass(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        kept = [(name, value) for name, value in headers if name.lower() in _KEPT]
        if any("text/html" in value for _, value in kept):
            body = body.replace(b"</head>", f"{_MOVES}{_TOUCHES}</head>".encode(), 1)
        self.send_response_only(status)
        for name, value in kept:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """One whose clients may leave at any time."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, road: Detour) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.road = road
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Say nothing of it."""


@contextmanager
def detour(mock: str) -> Iterator[Detour]:
    """Both servers, on ports of their own."""
    road = Detour(mock=mock)
    with _Server(road) as own, _Server(road) as other:
        road.url, road.other = own.url, other.url
        for each in (own, other):
            threading.Thread(target=each.serve_forever, daemon=True).start()
        yield road
        for each in (own, other):
            each.shutdown()
