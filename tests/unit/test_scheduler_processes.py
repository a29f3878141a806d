"""Processes of ours, as the scheduler has them: whatever they say or leave behind, it goes on."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import psutil
import pytest

from rpa.scheduler.processes import Child, Message
from tests.support.mock_shop import ROOT

PATIENCE_S = 120.0


def started(folder: Path, *, to: str, **variables: str) -> tuple[Child, SimpleQueue[Message | None]]:
    heard = SimpleQueue[Message | None]()
    env = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return Child("tests.support.child_program", mark=to, folder=folder, env=env, hear=heard.put), heard


@pytest.mark.skipif(sys.platform == "win32", reason="there a process cannot end itself by SIGKILL")
def test_a_child_is_done_with_though_what_it_left_behind_still_holds_its_output(tmp_path: Path) -> None:
    child, heard = started(tmp_path, to="orphan")
    told = heard.get(timeout=PATIENCE_S)
    assert told is not None
    orphan = psutil.Process(told["orphan"])
    try:
        assert heard.get(timeout=PATIENCE_S) is None
        kills = Thread(target=child.kill, daemon=True)
        kills.start()
        kills.join(PATIENCE_S)
        assert not kills.is_alive()
    finally:
        with suppress(psutil.NoSuchProcess):
            orphan.kill()


def test_garbage_is_no_message_and_of_endless_lines_little_is_kept(tmp_path: Path) -> None:
    child, heard = started(tmp_path, to="shout")
    assert heard.get(timeout=PATIENCE_S) == {"said": True}
    assert heard.get(timeout=PATIENCE_S) is None
    child.kill()
    assert len(child.last_words) < 10_000
    assert child.last_words.startswith("LookupError: The reason.\n")


@pytest.mark.parametrize("encoding", ["cp936", "cp1252"])
def test_a_child_understands_and_is_understood_in_whatever_encoding_a_machine_has(
    tmp_path: Path, encoding: str
) -> None:
    child, heard = started(tmp_path, to="echo", PYTHONIOENCODING=encoding)
    told: Message = {"shop": "示例小店", "sheet": "C:/用户/\udcff.csv"}
    child.tell(told)
    assert heard.get(timeout=PATIENCE_S) == {"heard": told}
    assert heard.get(timeout=PATIENCE_S) is None
    child.kill()
    assert child.last_words.startswith("LookupError: 示例小店\n")


def test_what_lies_in_the_folder_is_no_module_of_a_child(tmp_path: Path) -> None:
    for name in ("json.py", "tests/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit", encoding="utf-8")
    child, heard = started(tmp_path, to="echo")
    child.tell({"shop": ""})
    assert heard.get(timeout=PATIENCE_S) == {"heard": {"shop": ""}}
    child.kill()
