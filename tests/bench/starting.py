"""What whole programs cost: `--help`, and a run from the start of the process to its end."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from fixtures.mockshop.harness import MockShop
from rpa.browser.driver import find_browser
from rpa.browser.session import QUIET, sandbox
from tests.bench import anchors
from tests.bench.shop import bare_page, configured, started
from tests.bench.sites import PINDUODUO

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
RPA = [sys.executable, "-m", "rpa.cli"]
_PR_SET_CHILD_SUBREAPER: Final = 36


def help_pair() -> tuple[float, float]:
    """Seconds of `rpa --help`, and of a typer hello-world's `--help`."""
    return _whole([*RPA, "--help"]), _whole([sys.executable, "-c", _HELLO, "--help"])


def _whole(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=compiling())
    return time.perf_counter() - begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of one run of a whole program."""

    first_list_s: float
    """From the start of the process until the site has answered the first list."""
    processor_s: float
    """Of the process, the driver and all processes of the browser, until the end of the run."""


def one_shot_pairs(browser: Browser, repetitions: int) -> list[tuple[Spent, Spent]]:
    """A run that reads the pending orders: ours, and the bare script, which reads their first page."""
    _adopt_orphans()
    with started(orders=60) as mock, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configured(folder, url=mock.url)
        state = _bare_state(browser, mock.url, folder)
        ours = [*RPA, "--config", str(folder / "rpa.toml"), "run", "pending-orders"]
        args = [*QUIET, *sandbox()]
        bare = [sys.executable, "-c", anchors.FIRST_LIST, mock.url, str(state), str(find_browser()), *args]
        _one_shot(mock, ours)  # logs in, and keeps the login; Python keeps what it compiles
        return [(_one_shot(mock, ours), _one_shot(mock, bare)) for _ in range(repetitions)]


def _bare_state(browser: Browser, url: str, folder: Path) -> Path:
    path = folder / "bare.json"
    with bare_page(browser, url=url) as page:
        path.write_text(json.dumps(page.context.storage_state()), encoding="utf-8")
    return path


def _one_shot(mock: MockShop, command: list[str]) -> Spent:
    last, others, before = mock.last_event(), set(psutil.Process().children()), _processor_s()
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=compiling()) as process:
        mock.wait_for("answer", endpoint=PINDUODUO.list_call, after=last, timeout_s=60)
        first_list_s = time.perf_counter() - begin
    if process.returncode:
        message = f"{command} ended with {process.returncode}; a benchmark of work that was not done is worth nothing."
        raise SystemExit(message)
    for orphan in set(psutil.Process().children()) - others:
        orphan.wait()
    return Spent(first_list_s=first_list_s, processor_s=_processor_s() - before)


def compiling() -> dict[str, str]:
    """An environment in which a program is compiled once, as an installed one is, not at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _adopt_orphans() -> None:
    """Have the browser's processes that outlive it end as children of this one, which is told what they have used."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
