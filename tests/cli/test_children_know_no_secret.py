"""What is started beside the program is told what it needs; all that is made is for this user's eyes alone."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import psutil
import pytest

from fixtures.mockshop.harness import MockShop
from rpa.environment import VARIABLE
from tests.support.mock_shop import ShopFolder

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and other processes' environments are POSIX's")


@posix
def test_the_driver_and_the_browser_know_no_key_and_nothing_that_they_do_not_need(tmp_path: Path) -> None:
    secrets = {"BOSS_ADDRESS": "a secret address", "ERP_TOKEN": "a token"}
    with MockShop(orders=3) as mock:
        shop = ShopFolder(tmp_path / "owner", url=mock.url)
        last = mock.last_event()
        process = shop.start("run", "pending-orders", env={**secrets, "LC_TIME": "C"})
        try:
            mock.wait_for("request", endpoint="/orders/list", after=last)
            told = [child.environ() for child in psutil.Process(process.pid).children(recursive=True)]
        finally:
            process.kill()
            process.communicate()
    assert len(told) > 2
    shown = "\0".join(f"{name}={value}" for each in told for name, value in each.items())
    assert [word for word in (VARIABLE, shop.key, *secrets, *secrets.values()) if word in shown] == []
    assert "LC_TIME=C" in shown, "what is needed is missing, or no environment could be read"


@posix
def test_all_that_a_run_makes_is_closed_to_others_and_what_stood_open_is_closed(tmp_path: Path) -> None:
    with MockShop(orders=3) as mock:
        shop = ShopFolder(tmp_path / "owner", url=mock.url)
        (shop.var / "locks").mkdir()
        for folder in (shop.var, shop.var / "locks"):
            folder.chmod(0o755)
        before = os.umask(0o022)
        try:
            assert shop.run("run", "pending-orders").exit_code == 0
        finally:
            os.umask(before)
    kept = [shop.var, *shop.var.rglob("*")]
    assert len(kept) > 15
    assert {path.relative_to(shop.path) for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077} == set()
