"""What the nightly chore removes, and what it never does. The ledger's own part of it: test_ledger_ageing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.orders.reasons import Reason
from rpa.errors import ConfigError
from rpa.language import Language
from rpa.ledger.actions import Intent, LookAt, Seen
from rpa.ledger.open_items import Finding
from rpa.ledger.plans import PlanState
from rpa.plugins import load_config
from rpa.report.finishing import unfinished
from rpa.report.open_reports import mark_open
from rpa.scheduler.background import do_all
from rpa.scheduler.cleanup import Cleanup
from rpa.scheduler.failures import Failures
from tests.support.monitoring_desk import OverviewDesk, an_order, overview_desk
from tests.support.small_report import small_report, small_row

BOTH = "[scheduler]\nevidence_keep_days = 60\nreports_keep_days = 60\nkeep_days = 7\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path, more=BOTH) as opened:
        yield opened


def tidy(desk: OverviewDesk, *, days: float = 0, hours: float = 0) -> None:
    desk.move(hours=days * 24 + hours)
    Cleanup(desk.config, ledger=desk.ledger)()


def pictured(desk: OverviewDesk, subject: str) -> Path:
    """A folder with a picture of this order, as old as the moment."""
    picture = desk.config.var / "evidence" / "demo" / subject / "before.jpg"
    picture.parent.mkdir(parents=True)
    picture.touch()
    return aged(desk, picture.parent)


def aged(desk: OverviewDesk, folder: Path) -> Path:
    os.utime(folder, times=(desk.now().timestamp(),) * 2)
    return folder


def acted(desk: OverviewDesk, subject: str, seen: Seen) -> None:
    run = desk.ledger.start_run("demo", flow="ship")
    actions = desk.ledger.begin(run, kind="ship", intents=[Intent(subject=subject, payload={})])
    desk.ledger.settle_many(run, [LookAt(action=each, seen=seen, settled=True) for each in actions])
    desk.ledger.finish_run(run, state="finished")


def reported(desk: OverviewDesk, run_id: str, *outcomes: str) -> Path:
    with small_report(desk.config.var, run_id=run_id) as report:
        for number, outcome in enumerate(outcomes):
            report.add(small_row(number, outcome=outcome))
    return aged(desk, report.folder)


def left(*folders: Path) -> list[str]:
    assert all(any(folder.iterdir()) for folder in folders if folder.exists())
    return [folder.name for folder in folders if folder.exists()]


def test_records_are_forgotten_once_a_night_and_what_was_told_stays_thirty_days(desk: OverviewDesk) -> None:
    for hours in (0, 12, 200):
        desk.planned("demo", hours=hours, state=PlanState.SKIPPED)
    desk.ledger.told(desk.ledger.incident("demo", cause="over", message="m"))
    desk.ledger.close_incident("demo", cause="over")
    kept = {}
    for hours in (161, 8, 12, 6, 22 * 24, 24):
        tidy(desk, hours=hours)
        kept[f"{desk.now():%m-%d %H}"] = (len(desk.ledger.planned_runs()), len(desk.ledger.closed_and_told()))
    assert kept == {
        "03-17 02": (3, 1),
        "03-17 10": (2, 1),
        "03-17 22": (2, 1),
        "03-18 04": (1, 1),
        "04-09 04": (1, 1),
        "04-10 04": (1, 0),
    }


def test_a_night_on_which_the_clock_was_far_ahead_puts_off_no_later_one(desk: OverviewDesk) -> None:
    tidy(desk, days=400)
    desk.move(hours=-400 * 24)
    for hours in (0, 8 * 24):
        desk.planned("demo", hours=hours, state=PlanState.SKIPPED)
    tidy(desk, days=8)
    assert len(desk.ledger.planned_runs()) == 1


def test_pictures_go_when_their_order_is_long_shipped_and_nothing_else_known_of_it(
    desk: OverviewDesk,
) -> None:
    subjects = {
        name: an_order(number, Reason.UNKNOWN).subject
        for number, name in enumerate(["shipped", "conflict", "open", "held", "never", "lately"], start=1)
    }
    folders = [pictured(desk, subject) for subject in (*subjects.values(), "_page")]
    for name in ("shipped", "open", "held"):
        acted(desk, subjects[name], Seen.OURS)
    acted(desk, subjects["conflict"], Seen.OTHER)
    desk.ran("demo", an_order(3, Reason.UNKNOWN))
    desk.ledger.hold("demo", subject=subjects["held"], cause="manual", reason="r", by="Anna")
    tidy(desk, days=59)
    acted(desk, subjects["lately"], Seen.OURS)
    assert left(*folders) == [*subjects.values(), "_page"]
    tidy(desk, days=2)
    assert left(*folders) == [*list(subjects.values())[1:], "_page"]
    assert list(folders[0].parent.glob(".*")) == []


def test_reports_go_but_where_a_person_is_still_needed_or_the_run_has_no_end(desk: OverviewDesk) -> None:
    waited = small_row(0)["order_sn"]
    folders = [
        reported(desk, "good", "done"),
        reported(desk, "needed", "needs_person"),
        reported(desk, "other", "waiting"),
        reported(desk, "open", "done"),
        reported(desk, "killed", "done"),
    ]
    assert list(unfinished(desk.config.var, shop="demo")) == []
    mark_open(folders[3], shop="demo")
    (folders[4] / "summary.json").unlink()
    aged(desk, folders[4])
    history = desk.config.var / "reports" / "history-2025-03-01"
    history.mkdir()
    (aged(desk, history) / "history.csv").touch()
    aged(desk, history)
    finding = an_order(1, Reason.UNKNOWN)
    desk.ledger.stand("demo", report="Orders", flow="ship", run_id="r", rows=[_as(finding, str(waited))], whole=True)
    tidy(desk, days=59)
    assert len(left(*folders)) == 5
    tidy(desk, days=2)
    assert left(*folders, history) == ["needed", "open", "killed", "history-2025-03-01"]
    desk.ledger.settled("demo", subject=str(waited))
    tidy(desk, days=1)
    assert left(*folders) == ["open", "killed"]


def _as(finding: Finding, subject: str) -> Finding:
    return replace(finding, subject=subject)


def test_no_file_of_a_shop_goes_while_it_is_being_run(desk: OverviewDesk) -> None:
    folder = reported(desk, "good", "done")
    desk.move(hours=61 * 24)
    run = desk.ledger.start_run("demo", flow="ship")
    tidying = Cleanup(desk.config, ledger=desk.ledger)
    tidying()
    assert folder.exists()
    desk.ledger.finish_run(run, state="finished")
    tidying()
    assert not folder.exists()


def test_without_the_settings_no_file_ever_goes(tmp_path: Path) -> None:
    with overview_desk(tmp_path) as desk:
        acted(desk, "1", Seen.OURS)
        folders = [pictured(desk, "1"), reported(desk, "good", "done")]
        tidy(desk, days=3000)
        assert left(*folders) == ["1", "good"]


@pytest.mark.parametrize("days", ['"of"', "0", "29", "true"])
def test_files_are_kept_for_a_month_at_least(tmp_path: Path, days: str) -> None:
    (tmp_path / "rpa.toml").write_text(f"[shops]\n[scheduler]\nevidence_keep_days = {days}\n")
    with pytest.raises(ConfigError, match='must be days from 30 to 3650, or "off"'):
        load_config(tmp_path / "rpa.toml")


def test_the_scheduler_tidies_and_looks_at_the_disk_among_its_chores(
    desk: OverviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = reported(desk, "good", "done")
    desk.move(hours=61 * 24)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1e9))
    do_all(
        desk.config, ledger=desk.ledger, trouble=Failures(desk.ledger, clock=desk.config.clock, language=Language.EN)
    )
    assert not folder.exists()
    assert [incident.cause for incident in desk.ledger.open_incidents()] == ["disk_low"]
