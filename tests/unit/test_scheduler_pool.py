"""How long starts wait for a worn browser to be replaced."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rpa.clock import Clock
from rpa.errors import ShopBusy
from rpa.plugins import load_config
from rpa.scheduler.browser_host import FIRST_S, RESTS_S, RecyclingWait
from rpa.scheduler.pool import Pool
from tests.support.pool_program import task


class Time:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_starts_wait_for_minutes_then_not_for_half_an_hour_and_then_twice_as_long() -> None:
    time = Time()
    patience = RecyclingWait(time)
    assert (patience.is_over(), patience.holds()) == (False, True)
    time.now_s += FIRST_S - 1
    assert (patience.holds(), patience.is_over()) == (True, False), "counted from the first that was held"
    time.now_s += 1
    assert (patience.is_over(), patience.is_over(), patience.holds()) == (True, False, False)
    time.now_s += RESTS_S
    assert patience.holds()
    assert patience.ends_at == time.now_s + 2 * FIRST_S
    patience.anew()
    assert patience.holds()
    assert patience.ends_at == time.now_s + FIRST_S


@dataclass(slots=True)
class WornBrowser:
    """A browser that had its runs. It takes no shop, which tells that a run was to begin in it."""

    runs: int = 9999
    alive: bool = True
    asked: list[str] = field(default_factory=list)

    def memory_mb(self) -> float:
        return 0.0

    def take(self, shop: str) -> None:
        self.asked.append(shop)
        raise ShopBusy(shop)

    def close(self) -> None:
        self.alive = False


@dataclass(frozen=True, slots=True)
class StillClock(Clock):
    """A monotonic clock that a test moves."""

    time: Time = field(default_factory=Time)

    def monotonic(self) -> float:
        return self.time()


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, StillClock]]:
    """A pool with a long run in a worn browser."""
    (tmp_path / "rpa.toml").write_text('[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n', encoding="utf-8")
    config, clock = load_config(tmp_path / "rpa.toml"), StillClock()
    monkeypatch.setattr(type(config), "clock", clock)
    with Pool(replace(config)) as opened:
        made: Any = opened
        long_run = SimpleNamespace(
            shop="demo", task=task("ship", "demo", 9), next_bound=math.inf, keep_time=lambda: None
        )
        made._host, made._working = WornBrowser(), {"demo": long_run}
        yield made, clock
        made._working.clear()


def test_a_run_that_takes_long_holds_back_others_for_minutes_only(pool: tuple[Any, StillClock]) -> None:
    working, clock = pool
    working.start(task("ship", "second", 9))
    clock.time.now_s += FIRST_S - 1
    assert (working.ended(), working._host.asked) == ([], [])
    clock.time.now_s += 1
    assert [(each.planned.shop, each.how) for each in working.ended()] == [("second", "busy")]
    working.start(task("ship", "third", 9))
    assert working._host.asked == ["second", "third"], "not held back again at once"


@pytest.mark.skipif(os.name != "posix", reason="the browser that hangs is a shell script")
def test_a_browser_that_hangs_at_its_start_keeps_no_scheduler_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = tmp_path / "hangs.sh"
    hangs.write_text("#!/bin/sh\nexec sleep 300\n", encoding="utf-8")
    hangs.chmod(0o755)
    monkeypatch.setenv("RPA_BROWSER", str(hangs))
    (tmp_path / "rpa.toml").write_text('[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n', encoding="utf-8")
    asked = iter([False])
    with Pool(load_config(tmp_path / "rpa.toml"), stopping=lambda: next(asked, True)) as pool:
        for shop in ("demo", "second"):
            pool.start(task("ship", shop, 9))
        assert [(each.planned.shop, each.how) for each in pool.ended()] == [("demo", "busy"), ("second", "busy")]
