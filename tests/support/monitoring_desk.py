"""Shops whose ledger is filled by hand, at a wall clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine

from flows.orders.reasons import Reason
from rpa.config import Config
from rpa.ledger.actions import Intent, LookAt, Seen
from rpa.ledger.ledger import Ledger
from rpa.ledger.open_items import Finding
from rpa.ledger.plans import Plan, PlannedRun, PlanState
from rpa.ledger.runs import RunState
from rpa.monitoring.backlog import ShopBacklog, backlogs_of
from rpa.monitoring.reasons import ReasonCatalog
from rpa.monitoring.shops import ShopState, shop_states
from rpa.monitoring.tasks import Line, PersonTask, folded, tasks
from rpa.plugins import load_config

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 10, 9, 15, tzinfo=SHANGHAI)
REPORT = "Orders"
"""The family of the reports about orders."""


def an_order(number: int, reason: Reason, *, hours: float | None = None, at: datetime = MORNING) -> Finding:
    """An order that ended for this reason, with so many hours left at that moment."""
    deadline = None if hours is None else at + timedelta(hours=hours)
    return Finding(subject=f"260310-{number:015d}", outcome=reason.outcome, reason=reason.value, deadline=deadline)


@dataclass(slots=True, kw_only=True)
class OverviewDesk:
    """The ledger, and what people are told of it."""

    config: Config
    ledger: Ledger
    clock: time_machine.Traveller

    def now(self) -> datetime:
        return self.config.clock.now()

    def move(self, **hours: float) -> None:
        self.clock.shift(timedelta(**hours))

    def ran(
        self, shop: str, *findings: Finding, flow: str = "ship", state: RunState = RunState.FINISHED, whole: bool = True
    ) -> str:
        """A run that left these findings; its id."""
        run = self.ledger.runs.start(shop, flow=flow)
        self.ledger.open_items.replace(shop, report=REPORT, flow=flow, run_id=run.id, rows=findings, whole=whole)
        self.ledger.runs.finish(run, state=state, counts={"waiting": len(findings)})
        return run.id

    def shipped(self, shop: str, count: int) -> None:
        """So many orders were shipped now."""
        run = self.ledger.runs.start(shop, flow="ship")
        intents = [Intent(subject=f"{run.id}-{number}", payload={}) for number in range(count)]
        actions = self.ledger.actions.begin(run, kind="ship", intents=intents)
        self.ledger.actions.settle_many(run, [LookAt(action=each, seen=Seen.OURS, settled=True) for each in actions])
        self.ledger.runs.finish(run, state=RunState.FINISHED, counts={"done": count})

    def planned(
        self, shop: str, *, hours: float = 0, state: PlanState = PlanState.PLANNED, reason: str = "", flow: str = "ship"
    ) -> PlannedRun:
        """A planned run, so many hours from now."""
        at = self.now() + timedelta(hours=hours)
        wanted = Plan(entry=flow, flow=flow, shop=shop, planned_at=at, due_at=at, state=state, reason=reason)
        [planned] = self.ledger.plans.add([wanted])
        return planned

    def backlogs(self) -> dict[str, ShopBacklog]:
        return backlogs_of(self.ledger, shops=self.config.known.keys(), words=ReasonCatalog.of_flows())

    def tasks(self) -> list[PersonTask]:
        return tasks(
            self.ledger,
            shops={*self.config.known, ""},
            broken=self.config.broken.values(),
            backlogs=self.backlogs(),
            words=ReasonCatalog.of_flows(),
            now=self.now(),
        )

    def to_do(self) -> list[Line]:
        return folded(self.tasks())

    def states(self) -> dict[str, ShopState]:
        """By shop, worst first."""
        shops = self.config.meant(())
        found = shop_states(
            self.config,
            self.ledger,
            shops=shops,
            backlogs=self.backlogs(),
            words=ReasonCatalog.of_flows(),
            now=self.now(),
        )
        return {state.name: state for state in found}


@contextmanager
def overview_desk(folder: Path, *, shops: Iterable[str] = ("demo", "south"), more: str = "") -> Iterator[OverviewDesk]:
    """Live shops at 2026-03-10 09:15 in Shanghai; `more`: further lines of rpa.toml, before the shops."""
    tables = [f'[shops.{name}]\nplatform = "pinduoduo"\nmall_id = "{name}"\nlive = true\n' for name in shops]
    path = folder / "rpa.toml"
    path.write_text("\n".join(['language = "en"', more, *tables]), encoding="utf-8")
    config = load_config(path)
    with (
        time_machine.travel(MORNING, tick=False) as clock,
        Ledger.open(folder / "ledger.sqlite3", clock=config.clock) as ledger,
    ):
        yield OverviewDesk(config=config, ledger=ledger, clock=clock)
