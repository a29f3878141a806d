"""`rpa status`, `rpa todo` and `rpa digest`, as a clerk and a watchdog run them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.orders.reasons import Reason
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.ledger.open_items import Finding
from rpa.ledger.plans import Plan, PlanState
from rpa.ledger.runs import RunState
from tests.support.in_process import rpa
from tests.support.project import Project

SCHEDULE = """
[[schedule]]
flow = "ship"
every = "30m"
"""
MANY = 300


@contextmanager
def ledger_of(project: Project) -> Iterator[Ledger]:
    config = project.config
    config.var.mkdir(exist_ok=True)
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        yield ledger


def leave(ledger: Ledger, shop: str, *reasons: Reason, hours: float = 5, state: RunState = RunState.FINISHED) -> None:
    """A run that left an order for each of these reasons."""
    run = ledger.start_run(shop, flow="ship")
    deadline = run.started_at + timedelta(hours=hours)
    rows = [
        Finding(subject=f"260310-{number:015d}", outcome=each.outcome, reason=each.value, deadline=deadline)
        for number, each in enumerate(reasons)
    ]
    ledger.stand(shop, report="Orders", flow="ship", run_id=run.id, rows=rows, whole=True)
    ledger.finish_run(run, state=state, counts={"waiting": len(reasons)})


@pytest.fixture
def troubled(project: Project) -> Project:
    """`demo` waits for a login, `real` has an order in doubt."""
    with ledger_of(project) as ledger:
        leave(ledger, "demo", Reason.NO_TRACKING_YET, state=RunState.STOPPED)
        leave(ledger, "real", Reason.UNKNOWN, Reason.UNKNOWN, hours=2)
        message = "Not logged in: run `rpa login demo`"
        ledger.incident("demo", cause="login_needed", message=message, severity=Severity.CRITICAL)
    return project


def document(project: Project, *arguments: str) -> Any:
    run = rpa(project, *arguments, "--json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.slow
def test_status_names_each_shop_worst_first_and_says_what_is_wrong(troubled: Project) -> None:
    said = troubled.rpa("status").stdout
    assert said.index("demo") < said.index("real")
    assert "down" in said
    assert "demo: Not logged in: run `rpa login demo`." in said
    assert "For you: 3; `rpa todo` lists them." in said
    assert "rpa.toml plans nothing" in said


def test_the_words_are_the_readers_own(troubled: Project) -> None:
    troubled.write((troubled.folder / "rpa.toml").read_text(encoding="utf-8").replace('"en"', '"zh"'))
    assert "停摆" in rpa(troubled, "status").stdout
    assert "需登录" in rpa(troubled, "status").stdout
    assert "无法确定是否已发货" in rpa(troubled, "todo").stdout
    assert "没有做到的" in rpa(troubled, "digest").stdout


def test_todo_is_one_line_a_cause_with_what_to_do(troubled: Project) -> None:
    lines = document(troubled, "todo")["tasks"]
    assert [(line["shops"], line["code"], line["count"]) for line in lines] == [
        (["real"], "unknown", 2),
        (["demo"], "login_needed", 1),
        (["demo"], "no_tracking_yet", 1),
    ]
    assert lines[1]["what_to_do"] == "Not logged in: run `rpa login demo`."
    assert len(document(troubled, "todo", "--all")["tasks"]) == 4
    assert [line["code"] for line in document(troubled, "todo", "real")["tasks"]] == ["unknown"]
    said = rpa(troubled, "todo", "real").stdout
    assert "260310-000000000000001" in said
    assert "demo" not in said


@pytest.mark.parametrize("count", [3, 4])
def test_a_line_that_does_not_name_all_its_orders_says_what_does(project: Project, count: int) -> None:
    with ledger_of(project) as ledger:
        leave(ledger, "real", *[Reason.UNKNOWN] * count)
    assert ("`rpa todo --all`" in rpa(project, "todo").stdout) is (count > 3)


def test_with_nothing_to_do_todo_says_so(project: Project) -> None:
    assert rpa(project, "todo").stdout.strip() == "Nothing needs you."


def test_a_watchdog_gets_one_line_and_an_exit_code(troubled: Project) -> None:
    run = rpa(troubled, "status", "--check")
    assert (run.returncode, run.stdout) == (3, "1 of 2 shops are down: demo. See `rpa todo`.\n")
    run = rpa(troubled, "status", "--check", "--max-shops-down", "50%")
    assert (run.returncode, run.stdout) == (0, "All is well.\n")
    assert rpa(troubled, "status", "--check", "--json").returncode == 3
    assert rpa(troubled, "status", "--check", "--max-shops-down", "some").returncode == 2


def test_a_watchdog_misses_a_scheduler_that_is_wanted(project: Project) -> None:
    project.write(SCHEDULE + (project.folder / "rpa.toml").read_text(encoding="utf-8").replace('language = "en"', ""))
    run = rpa(project, "status", "--check")
    assert (run.returncode, run.stdout) == (3, "The scheduler has never run here: start `rpa schedule`.\n")
    with ledger_of(project) as ledger:
        ledger.beat("scheduler")
    assert rpa(project, "status", "--check").returncode == 0


@pytest.mark.parametrize("command", ["status", "todo"])
def test_an_unknown_shop_is_named(project: Project, command: str) -> None:
    run = rpa(project, command, "dmo")
    assert run.returncode == 2
    assert 'has no shop "dmo"; did you mean "demo"?' in run.stderr


def test_the_digest_is_printed_with_what_did_not_happen(troubled: Project) -> None:
    said = rpa(troubled, "digest").stdout
    assert "- Down: demo" in said
    assert "demo, real: notices were never read" in said


@pytest.fixture
def many(tmp_path: Path) -> Project:
    """Three hundred shops in files of their own, each with orders and a week of runs; two are down."""
    project = Project(tmp_path)
    project.write('language = "en"' + SCHEDULE)
    (tmp_path / "shops").mkdir()
    for number in range(MANY):
        text = f'platform = "pinduoduo"\nmall_id = "{number + 1}"\nlive = true\ngroups = ["g{number % 10}"]\n'
        (tmp_path / "shops" / f"shop-{number:03}.toml").write_text(text, encoding="utf-8")
    with ledger_of(project) as ledger:
        for number, shop in enumerate(project.config.shops):
            leave(ledger, shop, *[Reason.NO_TRACKING_YET] * 30, hours=100)
            if number in {7, 70}:
                ledger.incident(shop, cause="login_needed", message="Not logged in", severity=Severity.CRITICAL)
        now = project.config.clock.now()
        moments = [now - timedelta(minutes=30 * number) for number in range(48)]
        state = PlanState.FINISHED
        ledger.plan(
            [
                Plan(entry="ship", flow="ship", shop=shop, planned_at=at, due_at=at, state=state)
                for shop in project.config.shops
                for at in moments
            ]
        )
        ledger.beat("scheduler")
    return project


@pytest.mark.slow
def test_three_hundred_shops_stay_readable(many: Project) -> None:
    lines = rpa(many, "status").stdout.splitlines()
    assert len(lines) < 12
    assert [line.split()[0] for line in lines if "down" in line] == ["shop-007", "shop-070"]
    assert any("298 shops" in line and "fine" in line and "8940" in line for line in lines)
    assert any("shop-007, shop-070: Not logged in" in line for line in lines)
    assert len(document(many, "status")["shops"]) == MANY
    assert list(document(many, "status", "@g7")["shops"])[:2] == ["shop-007", "shop-017"]
    assert rpa(many, "status", "--check", "--max-shops-down=1%").returncode == 0
    assert len(document(many, "todo")["tasks"]) == 2
