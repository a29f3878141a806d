"""A service that takes messages, on this machine: a real HTTP server, as apprise's json:// and robots call one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Postbox:
    """What was posted, in order. `status` and `answer` are what it answers; `silent` until it is set: nothing."""

    port: int = 0
    status: int = 200
    answer: bytes = b"{}"
    goes_to: str = ""
    """Where its answer sends whoever asks; empty: nowhere."""
    posted: list[dict[str, Any]] = field(default_factory=list)
    speaks: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address as apprise takes it, with a secret in it."""
        return f"json://127.0.0.1:{self.port}/hook/s3cr3t-T0ken"

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.posted]


@contextmanager
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    box.speaks.set()

    class Clerk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.speaks.wait()
            box.posted.append(json.loads(body))
            self.send_response(box.status)
            if box.goes_to:
                self.send_header("Location", box.goes_to)
            self.end_headers()
            self.wfile.write(box.answer)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Clerk)
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield box
    finally:
        box.speaks.set()
        server.shutdown()
        server.server_close()
        thread.join()
