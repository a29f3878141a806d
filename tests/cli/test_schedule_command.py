"""`rpa schedule` as a process of its own, with worker processes, a real browser and the mock."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

from rpa.clock import Clock
from rpa.ledger.actions import State
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import Plan, PlannedRun, PlanState
from tests.support.mock_shop import PATIENCE_S, VIRTUAL_GOODS, ZONE, ShopFolder
from tests.support.processes import staying
from tests.support.project import Project
from tests.support.small_shop import SmallShop, log_in, small_shop

pytestmark = pytest.mark.slow

HOURLY = '\n[[schedule]]\nflow = "ship"\nhours = "0-23"\nminute = {minute}\n\n[scheduler]\nstop_within_s = 40\n'


def plan_hourly(folder: ShopFolder, *, shops: Sequence[str]) -> None:
    """The schedule, and a scheduler that was last there hours ago: since then, each shop has missed three moments.

    The newest of them was half an hour ago, so that none comes while the test runs.
    """
    newest = datetime.now(ZONE).replace(second=0, microsecond=0) - timedelta(minutes=30)
    rpa_toml = folder.path / "rpa.toml"
    text = rpa_toml.read_text(encoding="utf-8") + HOURLY.format(minute=newest.minute)
    rpa_toml.write_text(text, encoding="utf-8")
    last = newest - timedelta(hours=3)
    done = [
        Plan(entry="ship", flow="ship", shop=shop, planned_at=last, due_at=last, state=PlanState.FINISHED)
        for shop in shops
    ]
    with Ledger.open(folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
        ledger.plans.add(done)


def planned_runs(folder: ShopFolder, shop: str) -> list[PlannedRun]:
    """What has come of the shop's plan, oldest first; without the moment that is still to come."""
    with Ledger.open(folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
        return [run for run in reversed(ledger.plans.search(shop=shop)) if run.planned_at <= datetime.now(ZONE)]


def assert_truth_is_ledger(shop: SmallShop) -> None:
    """What the ledger calls done is what the shop has accepted, once each; nothing is open."""
    actions = shop.folder.ledger()
    assert {action.state for action in actions} <= {State.DONE}
    assert sorted(action.subject for action in actions if action.shop == "demo") == shop.shipped()
    assert [sn for sn, order in shop.truth().items() if len(order["shipments"]) > 1] == []


def test_once_makes_up_for_what_was_missed_in_every_shop_and_then_finds_nothing_due(tmp_path: Path) -> None:
    with (
        small_shop(tmp_path / "a", parcels=2, virtual=0, held=()) as shop,
        small_shop(tmp_path / "b", parcels=0, virtual=1, held=()) as other,
    ):
        folder = shop.folder
        folder.add_shop("other", url=other.mock.url, sheets=[], no_logistics_goods=VIRTUAL_GOODS)
        log_in(folder, mock=other.mock, shop="other")
        plan_hourly(folder, shops=["demo", "other"])
        (folder.path / "shops").mkdir()
        (folder.path / "shops" / "broken.toml").write_text("platform = \n", encoding="utf-8")
        with Ledger.open(folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
            ledger.incidents.report("shop that left", cause="login_needed", message="m")

        ended = folder.run("schedule", "--once")

        assert ended.exit_code == 0, ended.stderr
        assert (shop.shipped(), other.shipped()) == (sorted(shop.parcels), list(other.virtual))
        never = 0
        for name, count in (("demo", 2), ("other", 1)):
            _, *missed, last = planned_runs(folder, name)
            never += len(missed)
            assert [(run.state, run.reason) for run in missed] == [(PlanState.NEVER_STARTED, "downtime")] * 2
            assert (last.state, last.exit_code, last.stands_for) == (PlanState.FINISHED, 0, 3)
            assert last.run_id in folder.run_ids()
            assert f"{name}  ship (makes up for {last.stands_for}): Done {count}" in ended.stdout
        assert f"never started while no scheduler was here: {never};" in ended.stdout
        with Ledger.open(folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
            assert ledger.incidents.still_open("shop that left") == []
            assert [each.cause for each in ledger.incidents.still_open("broken")] == ["shop_file"]
        logs = {path.name for path in (folder.var / "log").iterdir()}
        assert logs == {"schedule.log", "demo.log", "other.log"}
        assert "other  ship" in (folder.var / "log" / "schedule.log").read_text(encoding="utf-8")

        again = folder.run("schedule", "--once")
        assert again.exit_code == 0, again.stderr
        assert "Nothing was due." in again.stdout
        assert again.rows == []
        with Ledger.open(folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
            assert ledger.incidents.still_open("") == [], "every chore was done"
            assert ledger.heartbeats.newest()["scheduler"].next_due_at is not None


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGTERM on Windows")
def test_after_sigterm_the_order_at_hand_is_finished_the_next_start_does_the_rest(
    tmp_path: Path,
) -> None:
    with small_shop(tmp_path, parcels=4, virtual=0, held=()) as shop:
        folder = shop.folder
        plan_hourly(folder, shops=["demo"])
        shop.arm_for(list(shop.parcels)[1], "freeze", when="after")
        begun_at = shop.mock.last_event()

        scheduler = folder.start("schedule", stderr=subprocess.STDOUT)
        try:
            for _ in range(2):
                begun_at = shop.mock.wait_for("effect", endpoint="orders/shipping", after=begun_at)["n"]
            second, called_by_cron = folder.run("schedule"), folder.run("schedule", "--once")
            family = psutil.Process(scheduler.pid).children(recursive=True)
            scheduler.send_signal(signal.SIGTERM)
            shop.mock.clear_faults("freeze")
            said, _ = scheduler.communicate(timeout=PATIENCE_S)
        finally:
            scheduler.kill()

        assert (second.exit_code, f"pid {scheduler.pid}" in second.stderr) == (2, True)
        assert (called_by_cron.exit_code, f"pid {scheduler.pid}" in called_by_cron.stdout) == (0, True)
        assert scheduler.returncode == 0, said
        assert staying(family) == []
        assert_truth_is_ledger(shop)
        assert 2 <= len(shop.shipped()) < len(shop.parcels)
        last = planned_runs(folder, "demo")[-1]
        assert (last.state, last.reason) == (PlanState.INTERRUPTED, "stopped")

        rest = folder.run("schedule", "--once")
        assert rest.exit_code == 0, rest.stderr
        assert_truth_is_ledger(shop)
        assert shop.shipped() == sorted(shop.parcels)


def test_a_plan_is_shown_without_anything_being_started(project: Project) -> None:
    text = (project.folder / "rpa.toml").read_text(encoding="utf-8")
    project.write(text + '\n[[schedule]]\nflow = "ship"\nevery = "10m"\nshops = ["demo"]\n')
    shown = project.rpa("schedule", "--plan", "--days", "2")
    assert shown.returncode == 0, shown.stderr
    days = [line for line in shown.stdout.splitlines() if "(144 times)" in line]
    assert len(days) in {1, 2}, "one whole day between two parts; two, if the last turn of today is past"
    assert "00:00 00:10 00:20 … 23:50" in days[0]
    assert not set("│┃") & set(shown.stdout), "a table as the other commands print it"
    assert not project.config.var.exists()
    project.write(text)
    refused = project.rpa("schedule")
    assert (refused.returncode, "plans nothing" in refused.stderr) == (2, True)
