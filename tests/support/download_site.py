"""Files that a site sends, and how a view is made to download them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from rpa.browser.view import View
from rpa.errors import Refused
from tests.support.tiny_site import LONG_S

Serve = Callable[[BaseHTTPRequestHandler], None]
How = Callable[[View, str], Callable[[], None]]

LINKS = """<a href="/file">Here</a><a href="/file" target="_blank">In a tab</a><a href="/other">Other</a>
<button onclick="window.open('/file')">By a window</button>
<button onclick="Object.assign(document.createElement('a'), {href: '/file', download: ''}).click()">By a script</button>
<button onclick="const made = window.URL.createObjectURL(new Blob(['made by the page']));
  Object.assign(document.createElement('a'), {href: made, download: 'made.csv'}).click()">By the page itself</button>
<button>Nothing</button>"""
ORDERS = b"order\n260310-123456789012345\n"


def begin(handler: BaseHTTPRequestHandler, *, length: int | str, name: str = "orders.csv") -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/octet-stream")
    handler.send_header("Content-Disposition", f'attachment; filename="{name}"')
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def attach(
    handler: BaseHTTPRequestHandler, *, content: bytes = ORDERS, name: str = "orders.csv", lost: int = 0
) -> None:
    """A file to download, of which the last bytes are lost on the way."""
    begin(handler, length=len(content), name=name)
    handler.wfile.write(content[: len(content) - lost])
    handler.close_connection = True


def trickle(handler: BaseHTTPRequestHandler, *, ended: threading.Event, length: int = 1 << 20) -> None:
    """A file of which only the first bytes come, until the browser gives up."""
    begin(handler, length=length)
    with suppress(OSError):
        while not ended.wait(0.05):
            handler.wfile.write(b"o")
            handler.wfile.flush()
    ended.set()


def pour(handler: BaseHTTPRequestHandler, *, ended: threading.Event, sent: list[int]) -> None:
    """A file without a length that has no end."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/octet-stream")
    handler.send_header("Content-Disposition", 'attachment; filename="orders.csv"')
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    with suppress(OSError):
        while sum(sent) < 1 << 30:
            sent.append(handler.wfile.write(bytes(1 << 16)))
    ended.set()


def clicking(view: View, text: str) -> Callable[[], None]:
    return lambda: view.page.get_by_text(text, exact=True).click(no_wait_after=True)


def refusal(
    view: View, link: str, *, into: Path, most_bytes: int = 1 << 30, patience_s: float = LONG_S, how: How = clicking
) -> Refused:
    """How a download is refused: nothing is left of it, and the page is as it was."""
    view._downloads._patience_s = patience_s
    with pytest.raises(Refused) as caught:
        view.downloaded(how(view, link), into=into, most_bytes=most_bytes)
    view._downloads._patience_s = LONG_S
    assert list(into.iterdir()) == []
    assert view.page.context.pages == [view.page]
    view.arrive("orders")
    return caught.value
