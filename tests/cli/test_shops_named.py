"""Shops are named alike wherever they are: by name, by "@group", by several."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from flows.orders.report import ORDER_REPORT
from rpa.ledger.actions import Intent
from rpa.ledger.holds import Wanted
from rpa.report.finishing import ReportStyle, RunIdentity
from rpa.report.run_report import RunReport
from tests.support.in_process import rpa
from tests.support.notice_desk import opened
from tests.support.project import Project

NAMES = ("demo", "real", "north")


@pytest.fixture
def three(project: Project) -> Project:
    """`demo` and `real` are the south; in each of three shops something is held, done and reported."""
    text = (project.folder / "rpa.toml").read_text(encoding="utf-8")
    south = text.replace('platform = "pinduoduo"', 'platform = "pinduoduo"\ngroups = ["south"]')
    project.write(south + '[shops.north]\nplatform = "pinduoduo"\nmall_id = "6"\n')
    config = project.config
    style = ReportStyle(layout=ORDER_REPORT.layout, name=ORDER_REPORT.name, language=config.language, zone=config.zone)
    with opened(project) as ledger:
        for name in NAMES:
            ledger.hold_all(name, wanted=[Wanted(subject="1", cause="person", reason="sold out", until=None)], by="me")
            ledger.begin(ledger.start_run(name, flow="ship"), kind="ship", intents=[Intent(subject="1", payload={})])
            started_at = datetime(2026, 3, 9, 23, 30, tzinfo=config.zone)
            run = RunIdentity(run_id=name, shop=name, platform="pinduoduo", flow="ship", started_at=started_at)
            with RunReport(config.var, run=run, style=style, clock=config.clock) as report:
                report.add({"order_sn": "1", "outcome": "done", "reason": "shipped", "amount_fen": 1})
    return project


@pytest.mark.slow
@pytest.mark.parametrize("command", ["ledger show", "holds list", "notices list"])
@pytest.mark.parametrize(
    ("named", "found"),
    [
        (("--shop=@south",), {"demo", "real"}),
        (("--shop=@south", "--shop=north"), set(NAMES)),
        (("--shop", "real"), {"real"}),
        ((), set(NAMES)),
    ],
)
def test_a_list_takes_names_and_groups(three: Project, command: str, named: tuple[str, ...], found: set[str]) -> None:
    run = rpa(three, *command.split(), *named, "--json")
    assert run.returncode == 0, run.stderr
    listed = json.loads(run.stdout)
    assert {each["shop"] for each in (listed["coverage"] if command == "notices list" else listed)} == found


def test_of_several_shops_the_newest_actions_are_listed_first_and_only_so_many(three: Project) -> None:
    run = rpa(three, "ledger", "show", "--shop=@south", "--shop=north", "--limit=2", "--json")
    assert [each["shop"] for each in json.loads(run.stdout)] == ["north", "real"]


def test_a_report_of_a_group_has_its_shops_and_a_folder_of_its_own(three: Project) -> None:
    assert "Rows: 2" in rpa(three, "report", "--shop", "@south").stdout
    assert (three.config.var / "reports" / "history-start-end-@south").is_dir()


def test_a_group_that_nobody_is_in_is_named(three: Project) -> None:
    for command in ("ledger show", "holds list", "notices list", "report"):
        run = rpa(three, *command.split(), "--shop=@sout")
        assert (run.returncode, 'did you mean "@south"' in run.stderr) == (2, True), command
