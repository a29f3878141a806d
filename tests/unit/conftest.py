"""A ledger, a mock shop, sheets and a scheduler in simulated time, for the tests that need no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from flows.orders.words import SheetProfile
from flows.sheets.contents import SheetContents, read_sheets
from rpa.clock import Clock
from rpa.credentials import Vault, key_from, make_key
from rpa.ledger.ledger import Ledger
from tests.support.batch_script import BatchScript, batch_script, logged_in, unshipped
from tests.support.ledger_clock import HandClock
from tests.support.shown import PROFILE, Read
from tests.support.simulated_desk import Make, simulations


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: HandClock) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=clock) as opened:
        yield opened


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "secrets", key_from(make_key()))


@pytest.fixture(scope="module")
def mock() -> Iterator[MockShop]:
    with MockShop(orders=60) as shop:
        yield shop


@pytest.fixture
def fresh() -> Iterator[MockShop]:
    """A shop of its own for a test that moves the clock."""
    with MockShop(orders=60) as shop:
        yield shop


@pytest.fixture
def script(mock: MockShop) -> Iterator[PageScript]:
    """Logged in; the shop's faults are cleared at the end."""
    yield logged_in(mock)
    mock.clear_faults()


@pytest.fixture
def batch(mock: MockShop) -> Iterator[BatchScript]:
    with batch_script(mock) as batch:
        yield batch


@pytest.fixture
def free(mock: MockShop) -> list[str]:
    """Orders that a file may ship."""
    return unshipped(mock)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes a started simulation."""
    yield from simulations(tmp_path)


@pytest.fixture(scope="session")
def words() -> SheetProfile:
    """What the profile says of sheets."""
    return PROFILE


@pytest.fixture
def read(words: SheetProfile) -> Read:
    """Reads sheets, be they ever so new."""

    def read(*paths: Path, **options: Any) -> SheetContents:
        return read_sheets(paths, **{"words": words, "clock": Clock(), "stable_s": 0.0, **options})

    return read
