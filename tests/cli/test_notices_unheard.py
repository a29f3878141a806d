"""Programs whose output nobody reads any more: `rpa schedule | tee` without its tee, a connection that was dropped."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rpa.cli.console import console
from rpa.cli.progress import Terminal
from rpa.language import Language, Text
from rpa.log import speak, to_terminal
from tests.support.mock_shop import PATIENCE_S, ZONE
from tests.support.project import NEEDED, PROGRAM, ROOT, Project

pytestmark = pytest.mark.slow

SAID = Text(en="Nobody hears this.", zh="Nobody hears this.")


def pipe() -> int:
    """The writing end of a pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def terminal() -> int:
    """A terminal whose window is gone."""
    window, line = os.openpty()
    os.close(window)
    return line


@pytest.fixture
def output(request: pytest.FixtureRequest) -> Iterator[int]:
    number: int = request.param()
    yield number
    with suppress(OSError):
        os.close(number)


gone = pytest.mark.parametrize(
    "output",
    [pipe, pytest.param(terminal, marks=pytest.mark.skipif(sys.platform == "win32", reason="there is no openpty"))],
    indirect=True,
)


@gone
def test_a_schedule_goes_on_to_its_end(project: Project, output: int) -> None:
    at = f"{datetime.now(ZONE) + timedelta(hours=12):%H:%M}"
    text = (project.folder / "rpa.toml").read_text(encoding="utf-8")
    project.write(text + f'[[schedule]]\nflow = "pending-orders"\nat = ["{at}"]\n')
    known = {name: os.environ[name] for name in NEEDED if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, "schedule", "--once"],
        cwd=project.folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        check=False,
        encoding="utf-8",
        timeout=PATIENCE_S,
        env={**known, "PYTHONPATH": str(ROOT), "RPA_KEY": project.key},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    log = (project.folder / "var" / "log" / "schedule.log").read_text(encoding="utf-8")
    assert "pending-orders" in log.splitlines()[-1], "what comes next is said last"


@gone
def test_what_a_run_says_is_kept_in_the_log_whoever_hears_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: int
) -> None:
    with open(output, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        people = Terminal.of(language=Language.EN, as_json=False)
        with to_terminal(people.console, folder=tmp_path, language=Language.EN), people.progress():
            for _ in range(2):
                speak("WARNING", SAID)
    assert (tmp_path / "rpa.log").read_text(encoding="utf-8").count(SAID.en) == 2


@gone
def test_a_run_whose_table_nobody_reads_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch, output: int) -> None:
    with open(output, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        Terminal.of(language=Language.EN, as_json=False).tell([], reasons={})


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe always waits there")
def test_what_is_said_is_heard_again_once_there_is_room_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with os.fdopen(reader, "rb") as heard, os.fdopen(writer, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        in_the_way = 0
        with suppress(BlockingIOError):
            while True:
                in_the_way += os.write(writer, b"." * 512)
        people = console()
        people.print("lost")
        heard.read(in_the_way)
        people.print("heard")
        assert heard.readline() == b"heard\n"
