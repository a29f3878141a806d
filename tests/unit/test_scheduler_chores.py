"""The chores beside the runs, and the sign of life that goes to whoever watches from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from loguru import logger

from rpa.scheduler.chores import Ping


@contextmanager
def listening(status: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers with this status; its address, and the paths that were called."""
    called: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ping/secret-id", called
        server.shutdown()


def test_the_watch_is_called_while_the_scheduler_does_its_work_and_not_else() -> None:
    with listening(200) as (url, called):
        Ping(url, alive=lambda: True)()
        assert called == ["/ping/secret-id"]
        Ping(url, alive=lambda: False)()
        assert called == ["/ping/secret-id"]


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9/secret-id", "file:///secret-id", "http://[secret-id/"])
def test_a_call_that_fails_is_one_line_without_the_address(address: str) -> None:
    said: list[str] = []
    sink = logger.add(said.append, level="WARNING")
    with listening(500) as (url, _):
        ping = Ping(address or url, alive=lambda: True)
        ping()
        ping()
    logger.remove(sink)
    assert len(said) == 1
    assert "secret-id" not in said[0]
