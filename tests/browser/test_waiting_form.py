"""A form that waited for a person's answer: what it was filled in for may have changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.ship import SHIP, Options
from rpa.clock import Clock
from rpa.config import Config
from rpa.plugins import load_config
from rpa.runner.job import Job
from rpa.runner.runner import run
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class MovableClock(Clock):
    """A clock whose hand moves forward while the steady one stands still: the computer sleeps."""

    moved_s: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return Clock.now(self) + timedelta(seconds=sum(self.moved_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class MovableConfig(Config):
    """A configuration with such a clock."""

    movable: MovableClock

    @property
    def clock(self) -> Clock:
        return self.movable


class NoMeter:
    """Nobody looks at the progress."""

    def add(self, count: int) -> None: ...

    def advance(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowPerson:
    """Says yes after a while, in which the platform begins to audit the order."""

    shop: SmallShop
    clock: MovableClock
    after_s: float

    def agrees(self, question: str) -> bool:
        self.shop.mock.patch(question.partition(" ")[0], audit=True)
        self.clock.moved_s.append(self.after_s)
        return True


def test_a_form_that_waited_is_read_again_before_it_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_shop(tmp_path, parcels=2, virtual=0, held=()) as shop:
        monkeypatch.setenv("RPA_KEY", shop.folder.key)
        read = load_config(tmp_path / "rpa.toml")
        clock = MovableClock(read.zone)
        config = MovableConfig(**{each.name: getattr(read, each.name) for each in fields(read)}, movable=clock)
        job = Job(
            flow=SHIP,
            config=config,
            shops=tuple(config.shops.values()),
            options=Options(),
            meter=lambda _shop: NoMeter(),
            person=SlowPerson(shop=shop, clock=clock, after_s=10.1),
        )
        [result] = run(job)

        assert {row["order_sn"]: row["reason"] for row in shop.folder.rows()} == dict.fromkeys(
            shop.parcels, "under_audit"
        )
        assert result.exit_code == 0
        assert shop.writes() == []
        assert shop.folder.ledger() == []
