"""`rpa status` of many shops, beside a bare script that reads the same files and rows."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows.orders.model import KIND
from flows.orders.reasons import Reason
from rpa.ledger.actions import Intent, LookAt, Seen
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.ledger.open_items import Finding
from rpa.ledger.plans import Plan, PlanState
from rpa.ledger.runs import RunState
from rpa.plugins import load_config
from tests.bench import anchors
from tests.bench.starting import RPA, compiling

if TYPE_CHECKING:
    from rpa.config import Config

SHOPS, _FEW = 300, 3
_RUNS, _LEFT, _SHIPPED, _PLANNED = 4, 30, 3, 48
"""What each shop has: runs, orders left, orders shipped by each run, and planned runs of a day."""


def status_pairs(repetitions: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Processor seconds of `rpa status` and of the bare script; then of `rpa status` of many shops and of a few."""
    with tempfile.TemporaryDirectory() as many, tempfile.TemporaryDirectory() as few:
        for folder, shops in ((many, SHOPS), (few, _FEW)):
            _make(Path(folder), shops=shops)
            _ours(folder)  # Python keeps what it compiles
        bare, growth = [], []
        for _ in range(repetitions):
            ours = _ours(many)
            bare.append((ours, _processor_s([sys.executable, "-c", anchors.STATUS, many])))
            growth.append((ours, _ours(few)))
    return bare, growth


def _ours(folder: str) -> float:
    return _processor_s([*RPA, "--config", f"{folder}/rpa.toml", "status"])


def _processor_s(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=compiling())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _make(folder: Path, *, shops: int) -> None:
    """A project with so many shops that have run, each in a file of its own; a login is missing in one of them."""
    (folder / "rpa.toml").write_text('[[schedule]]\nflow = "ship"\nevery = "30m"\n', encoding="utf-8")
    (folder / "shops").mkdir()
    for number in range(shops):
        text = f'platform = "pinduoduo"\nmall_id = "{number + 1}"\nlive = true\n'
        (folder / "shops" / f"shop-{number:03}.toml").write_text(text, encoding="utf-8")
    config = load_config(folder / "rpa.toml")
    config.var.mkdir()
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        for shop in config.shops:
            for run in range(_RUNS):
                _ship(ledger, shop, first=run * _SHIPPED)
        _plan(ledger, config)
        ledger.incidents.report(shop, cause="login_needed", message="Not logged in", severity=Severity.CRITICAL)
        ledger.heartbeats.beat("scheduler")


def _ship(ledger: Ledger, shop: str, *, first: int) -> None:
    run = ledger.runs.start(shop, flow="ship")
    intents = [Intent(subject=f"260310-{first + n:015d}", payload={}) for n in range(_SHIPPED)]
    begun = ledger.actions.begin(run, kind=KIND, intents=intents)
    ledger.actions.settle_many(run, [LookAt(action=each, seen=Seen.OURS, settled=True) for each in begun])
    deadline, reason = run.started_at + timedelta(hours=20), Reason.NO_TRACKING_YET
    rows = [
        Finding(subject=f"260311-{n:015d}", outcome=reason.outcome, reason=reason.value, deadline=deadline)
        for n in range(_LEFT)
    ]
    ledger.open_items.replace(shop, report="Orders", flow="ship", run_id=run.id, rows=rows, whole=True)
    ledger.site_clocks.keep(shop, ahead=timedelta(0))
    ledger.runs.finish(run, state=RunState.FINISHED, counts={"done": _SHIPPED, "waiting": _LEFT})


def _plan(ledger: Ledger, config: Config) -> None:
    moments = [config.clock.now() - timedelta(minutes=30 * number) for number in range(-1, _PLANNED)]
    now = config.clock.now()
    ledger.plans.add(
        [
            Plan(
                entry="ship",
                flow="ship",
                shop=shop,
                planned_at=at,
                due_at=at,
                state=PlanState.FINISHED if at <= now else PlanState.PLANNED,
            )
            for shop in config.shops
            for at in moments
        ]
    )
