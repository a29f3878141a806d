from __future__ import annotations

import io
from pathlib import Path

import pytest
from loguru import logger
from rich.console import Console

from rpa.errors import LoginNeeded
from rpa.language import Language, Text
from rpa.log import SCHEDULERS, speak, to_file, to_terminal


def test_a_folder_with_any_name_has_its_log(tmp_path: Path) -> None:
    folder = tmp_path / "店 铺 100% $x [a]{b}{time}" / "log"
    with to_file(folder, shop="demo"):
        logger.debug("said to the file")
    assert [path.name for path in folder.iterdir()] == ["demo.log"]
    assert "said to the file" in (folder / "demo.log").read_text(encoding="utf-8")


def test_a_log_does_not_grow_without_bound_in_a_folder_with_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "店 铺 [a]{b}" / "log"
    folder.mkdir(parents=True)
    for day in range(10, 30):
        (folder / f"demo.2020-01-{day}_08-00-00_000000.log").touch()
    (folder / "other.log").touch()
    with to_file(folder, shop="demo"):
        for _ in range(2):
            logger.debug("x" * 1_900_000)
    kept = [path for path in folder.iterdir() if path.name.startswith("demo")]
    assert len(kept) == 4
    assert max(path.stat().st_size for path in kept) < 2_000_000
    assert (folder / "other.log").exists()


@pytest.mark.parametrize("shop", ["rpa", "Schedule"])
def test_a_shop_has_no_log_of_a_program_that_writes_at_the_same_time(tmp_path: Path, shop: str) -> None:
    with to_file(tmp_path, shop=shop):
        logger.debug("said by a run")
    assert [path.name for path in tmp_path.iterdir()] == [f"shop-{shop}.log"]


def test_the_scheduler_writes_a_log_of_its_own(tmp_path: Path) -> None:
    with to_terminal(Console(file=io.StringIO()), folder=tmp_path, language=Language.EN, name=SCHEDULERS):
        logger.debug("said by the scheduler")
    assert [path.name for path in tmp_path.iterdir()] == ["schedule.log"]


def test_what_is_said_is_shown_letter_for_letter(tmp_path: Path) -> None:
    said = "scheduler:heartbeat: no [room] :1:"
    console = Console(file=io.StringIO(), width=120)
    with to_terminal(console, folder=tmp_path, language=Language.EN):
        logger.warning("{}", said)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == f"{said}\n"


def test_people_read_their_language_and_the_file_has_english(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=120)
    words = Text(en="{error} Trying again in {seconds} s.", zh="{error} {seconds} 秒后重试。")
    with to_terminal(console, folder=tmp_path, language=Language.ZH):
        speak("WARNING", words, error=LoginNeeded(Text(en="Log {in}.", zh="请登录{店铺}。")), seconds=3)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == "请登录{店铺}。 3 秒后重试。\n"
    assert "WARNING Log {in}. Trying again in 3 s." in (tmp_path / "rpa.log").read_text(encoding="utf-8")
