"""What a run costs before it does anything: it imports what it uses, and nothing of what other commands do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.mockshop.harness import MockShop
from tests.support.mock_shop import ShopFolder

PROGRAM = """
import atexit, pathlib, sys
atexit.register(lambda: pathlib.Path("imported.txt").write_text(" ".join(sys.modules)))
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
OF_OTHER_FLOWS = {"flows.inbox.inbox", "flows.shipping.batch", "flows.entries.routes", "flows.exports.export"}


@pytest.fixture(scope="module")
def mock_shop() -> Iterator[MockShop]:
    with MockShop(orders=15) as running:
        yield running


@pytest.fixture
def shop(mock_shop: MockShop, tmp_path: Path) -> ShopFolder:
    return ShopFolder(tmp_path / "owner", url=mock_shop.url)


def imported(shop: ShopFolder, *arguments: str) -> list[str]:
    """What a process of its own has imported at its end, in that order."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    subprocess.run(command, check=True, cwd=shop.path, env=shop.environment(), timeout=300)
    return (shop.path / "imported.txt").read_text(encoding="utf-8").split()


def test_a_run_that_reads_imports_nothing_that_it_does_not_use(shop: ShopFolder) -> None:
    names = imported(shop, "run", "pending-orders")
    assert (OF_OTHER_COMMANDS | LIBRARIES | OF_OTHER_FLOWS) & set(names) == set()
    assert names.index("xlsxwriter") > names.index("rpa.ledger.ledger"), "it is for the report, not for the start"


def test_a_rehearsal_imports_nothing_that_it_does_not_use(shop: ShopFolder) -> None:
    names = imported(shop, "run", "ship", "--dry-run")
    assert (OF_OTHER_COMMANDS | LIBRARIES | {"flows.exports.export"}) & set(names) == set()
