"""Accounts: shops that share a login share what is kept of it, and are never worked in by two runs at once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa.accounts import accounts_of
from rpa.clock import Clock
from rpa.credentials import Vault, key_from, make_key
from rpa.errors import ShopBusy
from rpa.ledger.shop_lock import AccountLock
from rpa.plugins import load_config
from rpa.runner.shop_session import premises_of
from rpa.scheduler.planner import Why
from tests.support.shops_site import shops_profile
from tests.support.simulated import Fate
from tests.support.simulated_desk import BEGIN, HOUR, MINUTE, NOTICES, SHIP, come_of, simulations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rpa.config import Config
    from rpa.scheduler.worker_tasks import WorkerTask
    from tests.support.simulated_desk import Make

_TAKE = """
import sys
from pathlib import Path
from rpa.clock import Clock
from rpa.errors import ShopBusy
from rpa.ledger.shop_lock import AccountLock
try:
    AccountLock(Path(sys.argv[1]), shop=sys.argv[2], clock=Clock()).__enter__()
except ShopBusy as busy:
    sys.exit(str(busy))
"""


def _config(folder: Path, **shops: dict[str, Any]) -> Config:
    """A configuration with these shops, on a platform where a login has several shops."""
    own = folder / "selectors"
    own.mkdir(parents=True)
    shops_profile(own)
    lines = []
    for number, (name, told) in enumerate(shops.items()):
        values = {"platform": "shops", "mall_id": str(number), "login": "clerk"} | told
        lines += [f"[shops.{name}]", *(f'{key} = "{value}"' for key, value in values.items())]
    (folder / "rpa.toml").write_text("\n".join(lines), encoding="utf-8")
    return load_config(folder / "rpa.toml")


def test_an_account_is_a_login_at_a_site(tmp_path: Path) -> None:
    other_site = {"base_url": "http://127.0.0.1:9999"}
    config = _config(
        tmp_path,
        a={},
        b={},
        other={"login": "boss"},
        nobody={"login": ""},
        there=other_site,
        pdd={"platform": "pinduoduo"},
    )
    accounts = accounts_of(config)
    assert accounts["a"] == accounts["b"]
    assert (accounts["nobody"], accounts["pdd"]) == ("nobody", "pdd")
    assert len({accounts["a"], accounts["other"], accounts["there"]}) == 3
    assert "." in accounts["a"], "no shop is called so"


def test_a_password_given_for_one_shop_is_that_of_the_others(tmp_path: Path) -> None:
    config = _config(tmp_path, a={}, b={}, other={"login": "boss"})
    vault = Vault(tmp_path / "secrets", key_from(make_key()))
    a, b, other = (premises_of(config.shop(name), config=config, vault=vault) for name in ("a", "b", "other"))
    vault.save_password(a.account, "clerk", "secret-1", a.site)
    assert b.secrets == ("secret-1",)
    assert other.secrets == ()


def _taken_elsewhere(folder: Path) -> str:
    """What another process is told that wants the account; empty: it gets it."""
    done = subprocess.run(
        [sys.executable, "-c", _TAKE, str(folder), "account.x"], capture_output=True, text=True, check=False
    )
    return done.stderr.strip()


def test_one_run_works_in_several_shops_of_an_account_and_no_other_run_meanwhile(tmp_path: Path) -> None:
    def lock() -> AccountLock:
        return AccountLock(tmp_path, shop="account.x", clock=Clock())

    with lock():
        with lock():
            assert f"pid {os.getpid()}" in _taken_elsewhere(tmp_path)
        assert f"pid {os.getpid()}" in _taken_elsewhere(tmp_path), "one shop is done, the run goes on"
    assert _taken_elsewhere(tmp_path) == ""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    (tmp_path / "selectors").mkdir()
    shops_profile(tmp_path / "selectors")
    yield from simulations(tmp_path)


def test_planned_runs_of_one_account_never_meet(make: Make) -> None:
    each = {"platform": "shops", "login": "clerk"}
    simulation = make(SHIP, NOTICES, shops=3, each_shop=each, workers=5, fate=lambda _task: Fate(takes=2 * MINUTE))
    simulation.live(BEGIN + HOUR)
    starts = sorted(start.at for start in simulation.starts)
    assert len(starts) > 20
    assert all(later - earlier >= 2 * MINUTE for earlier, later in pairwise(starts))
    assert len({start.run.shop for start in simulation.starts}) == 3


def test_a_login_that_fails_in_one_shop_lets_the_others_of_the_account_rest(make: Make) -> None:
    def fate(task: WorkerTask) -> Fate:
        return Fate(takes=timedelta(seconds=5), needs_login=task.planned.shop == "s0")

    simulation = make(SHIP, shops=2, each_shop={"platform": "shops", "login": "clerk"}, fate=fate)
    simulation.live(BEGIN + 25 * MINUTE)
    assert Why.NEEDS_PERSON in {run.reason for run in come_of(simulation, "s1")}


def test_an_account_in_use_is_told_as_busy(tmp_path: Path) -> None:
    from filelock import FileLock

    held = FileLock(tmp_path / "account_x.account.lock")
    with held, pytest.raises(ShopBusy, match="account"):
        AccountLock(tmp_path, shop="account.x", clock=Clock()).__enter__()
