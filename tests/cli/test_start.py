"""What a run costs before it does anything: it imports what it uses, and nothing of what other commands do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.mockshop.harness import MockShop
from rpa.elements.registry import profiles
from tests.support.mock_shop import ShopFolder

PROGRAM = """
import atexit, gc, json, pathlib, sys
read, looks = [], []

def on(event, args):
    if event == "open" and str(args[0]).endswith(".toml"):
        read.append(pathlib.Path(str(args[0])).name)

def tell():
    left = len(gc.get_objects())
    facts = {"imported": [*sys.modules], "read": read, "looks": looks, "left": left}
    pathlib.Path("start.json").write_text(json.dumps(facts))

sys.addaudithook(on)
gc.callbacks.append(lambda *_: looks.append("rpa.browser.driver" in sys.modules and not gc.get_freeze_count()))
atexit.register(tell)
from rpa.cli import main
main()
"""
OF_OTHER_COMMANDS = {"rpa.scheduler", "rpa.doctor", "rpa.notify", "rpa.monitoring", "rpa.service"}
LIBRARIES = {
    "alembic",
    "apprise",
    "keyring",
    "numpy",
    "openpyxl",
    "pandas",
    "playwright.async_api",
    "psutil",
    "python_calamine",
    "requests",
    "schedule",
    "sqlalchemy.dialects.postgresql",
    "starlette",
    "tomlkit",
    "uvicorn",
    "xlrd",
}
PROFILES = {f"{name}.toml" for name in profiles()}
OF_OTHER_FLOWS = {"flows.inbox.inbox", "flows.shipping.batch", "flows.entries.routes", "flows.exports.export"}


@pytest.fixture(scope="module")
def mock_shop() -> Iterator[MockShop]:
    with MockShop(orders=15) as running:
        yield running


@pytest.fixture
def shop(mock_shop: MockShop, tmp_path: Path) -> ShopFolder:
    return ShopFolder(tmp_path / "owner", url=mock_shop.url)


DRIVER = "from rpa.browser.driver import Driver; Driver().stop()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a process of its own has told of itself at its end."""

    imported: list[str]
    """Modules, in that order."""
    read: list[str]
    """Names of TOML files, one each time."""
    looks: list[bool]
    """For each look for garbage whether it was while the run's parts were imported."""
    left: int
    """Objects among which garbage is looked for at the end."""


def started(shop: ShopFolder, *arguments: str) -> Start:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    subprocess.run(command, check=True, cwd=shop.path, env=shop.environment(), timeout=300)
    return Start(**json.loads((shop.path / "start.json").read_text(encoding="utf-8")))


def test_a_run_that_reads_imports_nothing_that_it_does_not_use(shop: ShopFolder) -> None:
    start = started(shop, "run", "pending-orders")
    names = start.imported
    assert (OF_OTHER_COMMANDS | LIBRARIES | OF_OTHER_FLOWS) & set(names) == set()
    assert names.index("xlsxwriter") > names.index("rpa.ledger.ledger"), "it is for the report, not for the start"
    assert [name for name in start.read if name in PROFILES] == ["pinduoduo.toml"]
    assert True not in start.looks, "what is imported stays"


def test_a_rehearsal_imports_nothing_that_it_does_not_use(shop: ShopFolder) -> None:
    start = started(shop, "run", "ship", "--dry-run")
    assert (OF_OTHER_COMMANDS | LIBRARIES | {"flows.exports.export"}) & set(start.imported) == set()


def test_a_program_that_ends_looks_for_no_garbage_in_what_it_has_imported(shop: ShopFolder) -> None:
    start = started(shop, "flows")
    assert start.left < len(start.imported)


def driver_kept(folder: Path, **also: str) -> list[Path]:
    """What the driver has kept below this folder, in which all that is compiled goes, after it was started once."""
    chosen = {"PYTHONDONTWRITEBYTECODE", "NODE_COMPILE_CACHE"}
    environment = {name: value for name, value in os.environ.items() if name not in chosen}
    environment |= {"PYTHONPYCACHEPREFIX": str(folder / "python"), **also}
    subprocess.run([sys.executable, "-c", DRIVER], check=True, env=environment, timeout=300)
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]


def test_the_driver_keeps_what_it_has_compiled_as_python_does(tmp_path: Path) -> None:
    kept = driver_kept(tmp_path)
    assert kept
    assert all("playwright" in path.parts for path in kept)
    assert driver_kept(tmp_path / "none", PYTHONDONTWRITEBYTECODE="1") == []


def test_a_folder_that_is_named_for_what_the_driver_compiles_is_taken(tmp_path: Path) -> None:
    kept = driver_kept(tmp_path, NODE_COMPILE_CACHE=str(tmp_path / "own"))
    assert kept
    assert all(path.is_relative_to(tmp_path / "own") for path in kept)
