"""Kills between journal, ledger and witnesses: never a refusal of the ledger itself, never a hold too few."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from rpa.clock import Clock
from rpa.errors import ConfigError
from rpa.ledger.acceptance import accept
from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.identity import Mark
from rpa.ledger.journal import Journal
from rpa.ledger.ledger import Ledger
from rpa.ledger.verification import LedgerInDoubt
from rpa.ledger.witness import Witness

ROOT = Path(__file__).parents[2]


def program(path: Path, what: str, *, kill: int) -> list[str]:
    """What it said it had done, before it was killed."""
    ended = subprocess.run(
        [sys.executable, Path(__file__).parents[1] / "support" / "witness_program.py", path, what, str(kill)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(ended.returncode) == bool(kill), ended.stderr
    return ended.stdout.splitlines()


def put_back(path: Path, backup: Path | None) -> None:
    for file in path.parent.glob("ledger.sqlite3*"):
        file.unlink()
    if backup is not None:
        shutil.copy(backup, path)


def check_killed(path: Path, *, kill: int, kill_again: int) -> None:
    """Killed at work, put back as it was before, killed while a person accepts it, and accepted."""
    with Ledger.open(path, clock=Clock()) as ledger:
        ledger.holds.put("demo", subject="first", reason="r", by="me")
    backup = path.with_name("backup")
    shutil.copy(path, backup)
    said = [line.split() for line in program(path, "work", kill=kill)]
    seen = [mark.writes for mark in Witness(path).seen().marks.values()]
    with Ledger.open(path, clock=Clock()) as ledger:
        assert max(seen) <= ledger.mark.writes
    check_told(path, said)
    put_back(path, backup)
    with pytest.raises(LedgerInDoubt):
        Ledger.open(path, clock=Clock())
    program(path, "accept", kill=kill_again)
    try:
        accept(path, by="me", reason="again", clock=Clock())
    except ConfigError as error:
        assert "nothing to accept" in str(error)  # noqa: PT017 - it was accepted before it was killed
    check_told(path, said)


def check_told(path: Path, said: list[list[str]]) -> None:
    """All that was said to be done is so; of the one thing in hand nobody was told."""
    with Ledger.open(path, clock=Clock()) as ledger:
        held = set(ledger.holds.active("demo"))
        states = {subject: action.state for (subject, _), action in ledger.actions.live("demo", kind="ship").items()}
    told = {word: {subject for each, subject in said if each == word} for word in ("held", "lifted", "begun", "done")}
    being_lifted = {f"goes-{subject}" for subject in told["begun"]} - told["lifted"]
    assert {"first", *told["held"]} - told["lifted"] - being_lifted <= held
    assert not told["lifted"] & held
    assert told["begun"] <= states.keys()
    assert all(states[subject] is State.DONE for subject in told["done"])


def test_a_witness_is_never_ahead_of_what_the_disk_has(tmp_path: Path) -> None:
    lines = [line.split() for line in program(tmp_path / "ledger.sqlite3", "watch", kill=0)]
    told = [(int(line[1]), int(line[3])) for line in lines if line[0] == "committed"]
    assert len(told) > 30
    assert all(witness <= committed for committed, witness in told)
    assert told[-1][1] > 20


@pytest.mark.slow
@pytest.mark.parametrize(("kill", "kill_again"), [(7, 1), (20, 4), (36, 5), (52, 6)])
def test_a_kill_between_journal_ledger_and_witness_costs_nothing(tmp_path: Path, kill: int, kill_again: int) -> None:
    check_killed(tmp_path / "ledger.sqlite3", kill=kill, kill_again=kill_again)


@pytest.mark.long
@pytest.mark.parametrize("kill", range(5, 90))
def test_a_kill_at_each_moment_costs_nothing(tmp_path: Path, kill: int) -> None:
    check_killed(tmp_path / "ledger.sqlite3", kill=kill, kill_again=kill % 6 + 1)


class Life(RuleBasedStateMachine):
    """Any order of work, kills, backups, restorations and losses, against what a person was told."""

    names = st.sampled_from("ABC")

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.path = Path(self._folder.name) / "var" / "ledger.sqlite3"
        self.held: set[str] = set()
        self.shipped: set[str] = set()
        self.backups: list[tuple[Path, Mark]] = []
        self.hold("A")

    def teardown(self) -> None:
        self._folder.cleanup()

    def open(self) -> Ledger:
        return Ledger.open(self.path, clock=Clock())

    @rule(name=names)
    def hold(self, name: str) -> None:
        with self.open() as ledger:
            ledger.holds.put("demo", subject=name, reason="r", by="me")
        self.held.add(name)

    @rule(name=names)
    def lift(self, name: str) -> None:
        with self.open() as ledger:
            ledger.holds.lift("demo", subject=name, by="me")
        self.held.discard(name)

    @rule(name=names, settled=st.booleans())
    def run(self, name: str, settled: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        with self.open() as ledger:
            run = ledger.runs.start("demo", flow="ship")
            if (name, "") not in ledger.actions.live("demo", kind="ship"):
                [action] = ledger.actions.begin(run, kind="ship", intents=[Intent(subject=name, payload={})])
                if settled:
                    ledger.actions.settle(run, action, seen=Seen.OURS, settled=True)
        self.shipped.add(name)

    @rule(name=names)
    def be_killed_before_the_witness_is_told(self, name: str) -> None:
        before = {file: file.read_bytes() for file in self.path.parent.glob("witness-*")}
        self.hold(name)
        for file, content in before.items():
            file.write_bytes(content)

    @rule(size=st.integers(1, 200))
    def lose_power(self, size: int) -> None:
        """The witness is cut off, and a line that was being added to the journal."""
        for file in self.path.parent.glob("witness-*"):
            file.write_bytes(file.read_bytes()[:size])
        with Journal(self.path).file.open("ab") as journal:
            journal.write(b'{"sum": "12345678", "at": "2026"'[:size])
        self.open().close()

    @rule()
    def back_up(self) -> None:
        with self.open() as ledger:
            mark = ledger.mark
        copy = self.path.parent.parent / f"backup-{len(self.backups)}"
        shutil.copy(self.path, copy)
        self.backups.append((copy, mark))

    @precondition(lambda self: self.backups)
    @rule(data=st.data())
    def be_put_back(self, data: st.DataObject) -> None:
        copy, mark = data.draw(st.sampled_from(self.backups))
        with self.open() as ledger:
            newest = ledger.mark
        put_back(self.path, copy)
        if mark == newest:
            self.open().close()
        else:
            self.accept()

    @rule(empty=st.booleans())
    def be_lost(self, empty: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        put_back(self.path, None)
        if empty:
            self.path.touch()
        self.accept()

    def accept(self) -> None:
        with pytest.raises(LedgerInDoubt):
            self.open()
        accept(self.path, by="me", reason="r", clock=Clock())

    @invariant()
    def nothing_is_forgotten(self) -> None:
        with self.open() as ledger:
            assert set(ledger.holds.active("demo")) == self.held
            assert {subject for subject, _ in ledger.actions.live("demo", kind="ship")} == self.shipped


@pytest.mark.slow
def test_no_order_of_work_kills_and_restorations_forgets_a_hold_or_an_action() -> None:
    few = settings(max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Life, settings=few)


@pytest.mark.long
def test_no_long_order_of_work_kills_and_restorations_forgets_a_hold_or_an_action() -> None:
    many = settings(max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Life, settings=many)
