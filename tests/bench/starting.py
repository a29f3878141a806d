"""How long whole programs take: `--help`, and from the start of the process to the first list read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fixtures.mockshop.harness import MockShop
from rpa.browser.driver import find_browser
from rpa.browser.session import QUIET, sandbox
from tests.bench import anchors
from tests.bench.shop import bare_page, configured, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_HELLO = """
import typer
app = typer.Typer()
@app.command()
def main(name: str) -> None:
    print(f"Hello {name}")
app()
"""
_RPA = [sys.executable, "-m", "rpa.cli"]


def help_pair() -> tuple[float, float]:
    """Seconds of `rpa --help`, and of a typer hello-world's `--help`."""
    return _whole([*_RPA, "--help"]), _whole([sys.executable, "-c", _HELLO, "--help"])


def _whole(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def first_list_pairs(browser: Browser, repetitions: int) -> list[tuple[float, float]]:
    """Seconds from the start of the process until the site has answered the first list: ours, and the bare script."""
    with started(orders=60) as mock, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configured(folder, url=mock.url)
        state = _bare_state(browser, mock.url, folder)
        ours = [*_RPA, "--config", str(folder / "rpa.toml"), "run", "pending-orders"]
        args = [*QUIET, *sandbox()]
        bare = [sys.executable, "-c", anchors.FIRST_LIST, mock.url, str(state), str(find_browser()), *args]
        _until_first_list(mock, ours)  # logs in, and keeps the login
        return [(_until_first_list(mock, ours), _until_first_list(mock, bare)) for _ in range(repetitions)]


def _bare_state(browser: Browser, url: str, folder: Path) -> Path:
    path = folder / "bare.json"
    with bare_page(browser, url=url) as page:
        path.write_text(json.dumps(page.context.storage_state()), encoding="utf-8")
    return path


def _until_first_list(mock: MockShop, command: list[str]) -> float:
    last = mock.last_event()
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ) as process:
        mock.wait_for("answer", endpoint=anchors.LIST, after=last, timeout_s=60)
        seconds = time.perf_counter() - begin
        process.wait()
    return seconds
