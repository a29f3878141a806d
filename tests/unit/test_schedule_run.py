"""What a person at the terminal of `rpa schedule` reads."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from rpa.cli.schedule_run import Teller
from rpa.language import Text
from rpa.ledger.ledger import Ledger
from rpa.ledger.plans import Plan, PlanState
from rpa.plugins import load_config
from rpa.scheduler.planner import Why
from tests.support.ledger_clock import HandClock


def test_a_run_skipped_for_the_same_reason_again_and_again_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "rpa.toml").write_text('language = "en"\n[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n')
    clock, said = HandClock(), io.StringIO()
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=clock) as ledger:
        teller = Teller(load_config(tmp_path / "rpa.toml"), ledger=ledger, console=Console(file=said, width=200))
        resting = PlanState.SKIPPED, Why.NEEDS_PERSON
        ends = [resting, resting, resting, (PlanState.FINISHED, ""), resting, (PlanState.SKIPPED, Why.PAUSED)]
        for number, (state, reason) in enumerate(ends):
            at = clock.now() + timedelta(minutes=number)
            [run] = ledger.plan([Plan(entry="ship", flow="ship", shop="demo", planned_at=at, due_at=at)])
            code = 0 if state is PlanState.FINISHED else None
            teller.ended(ledger.end_planned(run, state=state, reason=reason, exit_code=code))
    lines = said.getvalue().splitlines()
    assert ["Skipped" in line for line in lines] == [True, False, True, True], lines
    assert teller.exit_code == 3, "what is not told again counts all the same"


def test_what_a_page_said_in_a_runs_end_is_no_line_of_ours(tmp_path: Path) -> None:
    (tmp_path / "rpa.toml").write_text('language = "en"\n[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n')
    said = io.StringIO()
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        teller = Teller(load_config(tmp_path / "rpa.toml"), ledger=ledger, console=Console(file=said, width=200))
        teller.say(Text(en="{detail}", zh="{detail}"), detail="The page asked: x\n09:30  demo  ship: nothing to do")
    assert [line for line in said.getvalue().splitlines() if line.startswith("09:30")] == []
