"""The chores beside the runs, and the sign of life that goes to whoever watches from outside."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest
from loguru import logger

from rpa.config import Config
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.notify.sending import LONGEST_S
from rpa.plugins import load_config
from rpa.scheduler.background import BackgroundJobs, Ping
from tests.support.mock_shop import PATIENCE_S
from tests.support.postbox import postbox

CHANNEL = """
[shops.demo]
platform = "pinduoduo"
mall_id = "1"
[[notify]]
name = "boss"
url_env = "BOSS"
"""


@contextmanager
def listening(status: int, *, goes_to: str = "") -> Iterator[tuple[str, SimpleQueue[str]]]:
    """A server that answers with this status, and sends on; its address, and the paths that were called."""
    called = SimpleQueue[str]()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.put(self.path)
            self.send_response(status)
            self.send_header("Location", goes_to)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ping/secret-id", called
        server.shutdown()


def test_the_watch_is_called_while_the_scheduler_does_its_work_and_not_else() -> None:
    with listening(200) as (url, called):
        Ping(url, alive=lambda: True)()
        Ping(url, alive=lambda: False)()
        assert [called.get(), called.empty()] == ["/ping/secret-id", True]


def test_a_watch_that_sends_to_another_host_is_not_followed_there() -> None:
    with listening(200) as (theirs, called):
        with listening(302, goes_to=theirs.replace("127.0.0.1", "localhost")) as (url, _):
            Ping(url, alive=lambda: True)()
        assert called.empty()
        with listening(302, goes_to=theirs) as (url, _):
            Ping(url, alive=lambda: True)()
        assert called.get() == "/ping/secret-id"


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


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A project with a channel, and something to tell."""
    (tmp_path / "rpa.toml").write_text(CHANNEL, encoding="utf-8")
    loaded = load_config(tmp_path / "rpa.toml")
    with Ledger.open(loaded.var / "ledger.sqlite3", clock=loaded.clock) as ledger:
        ledger.incident("demo", cause="login_needed", message="Log in.", severity=Severity.CRITICAL)
    return loaded


def test_channels_that_are_silent_do_not_delay_the_call_of_the_watch(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postbox() as box, listening(200) as (url, called):
        box.speaks.clear()
        monkeypatch.setenv("BOSS", box.url)
        monkeypatch.setenv("RPA_PING_URL", url)
        with BackgroundJobs(config, alive=lambda: True):
            assert called.get(timeout=LONGEST_S) == "/ping/secret-id"
            with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
                assert [each.cause for each in ledger.open_incidents()] == ["login_needed"], "the channel is waited for"
            box.speaks.set()


def test_chores_that_hang_end_the_calls_of_the_watch_until_they_go_on(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    chores, steady = BackgroundJobs(config, alive=lambda: True), time.monotonic
    assert chores.alive()
    monkeypatch.setattr(time, "monotonic", lambda: steady() + 3600)
    assert not chores.alive()
    with listening(200) as (url, called):
        monkeypatch.setenv("BOSS", url.replace("http", "json"))
        with chores:
            assert called.get(timeout=LONGEST_S) == "/ping/secret-id"
            assert chores.alive()
    assert not BackgroundJobs(config, alive=lambda: False).alive()


def test_what_ends_a_program_ends_no_thread_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rpa.toml").write_text(CHANNEL, encoding="utf-8")
    monkeypatch.setenv("RPA_PING_URL", "http://127.0.0.1:9")
    said = SimpleQueue[str]()
    sink = logger.add(said.put, level="ERROR", format="{message}")
    with BackgroundJobs(load_config(tmp_path / "rpa.toml"), alive=lambda: sys.exit("drawn")):
        assert "begin anew in a minute: drawn" in said.get(timeout=PATIENCE_S)
    logger.remove(sink)
