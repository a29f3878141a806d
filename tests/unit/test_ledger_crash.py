"""What the ledger is for: processes that are killed, frozen, or two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa.clock import Clock
from rpa.errors import ConfigError
from rpa.ledger.actions import Seen, State
from rpa.ledger.documents import DocumentState
from rpa.ledger.ledger import Ledger
from rpa.ledger.runs import RunState
from rpa.ledger.shop_lock import RunLock
from tests.support.ledger_program import MENTIONS

if TYPE_CHECKING:
    Start = Callable[[], "Process"]

ROOT = Path(__file__).parents[2]


class Process:
    """The ledger program as a real process."""

    def __init__(self, ledger: Path) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, Path(__file__).parents[1] / "support" / "ledger_program.py", ledger],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.pid = self._popen.pid
        assert self.answer() == "ready"

    def tell(self, line: str) -> None:
        assert self._popen.stdin
        self._popen.stdin.write(f"{line}\n")
        self._popen.stdin.flush()

    def answer(self) -> str:
        assert self._popen.stdout
        return self._popen.stdout.readline().strip()

    def ask(self, line: str) -> str:
        self.tell(line)
        return self.answer()

    def kill(self) -> list[str]:
        """Kill -9; gives the answers that were not read yet."""
        self._popen.kill()
        assert self._popen.stdout
        assert self._popen.stdin
        rest = self._popen.stdout.read().splitlines()
        self._popen.wait()
        self._popen.stdin.close()
        self._popen.stdout.close()
        return rest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "ledger.sqlite3"


@pytest.fixture
def start(path: Path) -> Iterator[Start]:
    processes: list[Process] = []

    def started() -> Process:
        processes.append(Process(path))
        return processes[-1]

    yield started
    for each in processes:
        if not each._popen.stdout or not each._popen.stdout.closed:
            each.kill()


def test_a_process_killed_between_intent_and_result_leaves_its_intent(path: Path, start: Start) -> None:
    victim = start()
    run_id = victim.ask("start")
    assert victim.ask("begin A B") == "begun"
    victim.kill()
    with Ledger.open(path, clock=Clock()) as ledger:
        [crashed] = ledger.runs.unfinished("demo")
        assert (crashed.id, crashed.pid) == (run_id, victim.pid)
        ledger.runs.finish(crashed, state=RunState.CRASHED)
        run = ledger.runs.start("demo", flow="ship")
        left = ledger.actions.submitting("demo", kind="ship")
        assert [(each.subject, each.run_id, each.payload) for each in left] == [
            ("A", run_id, {"number": "NA"}),
            ("B", run_id, {"number": "NB"}),
        ]
        assert ledger.actions.settle(run, left[0], seen=Seen.OURS, settled=True).state is State.DONE
        assert [each.subject for each in ledger.actions.submitting("demo", kind="ship")] == ["B"]


def test_what_was_acknowledged_before_a_kill_is_there_after_it(path: Path, start: Start) -> None:
    victim = start()
    victim.ask("start")
    victim.tell("cycle")
    said = [victim.answer() for _ in range(37)] + victim.kill()
    words = [line.split() for line in said if len(line.split()) == 2]
    begun = {n for word, n in words if word == "begun"}
    done = {n for word, n in words if word == "done"}
    with Ledger.open(path, clock=Clock()) as ledger:
        state = {subject: each.state for (subject, _), each in ledger.actions.live("demo", kind="ship").items()}
    assert begun <= set(state)
    assert all(state[n] is State.DONE for n in done)
    assert len(set(state) - done) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("answers", [1, 2, 3, 7])
def test_many_rows_are_begun_settled_and_handed_over_all_or_none(path: Path, start: Start, answers: int) -> None:
    victim = start()
    victim.ask("start")
    victim.tell("many 300")
    said = [victim.answer() for _ in range(answers)] + victim.kill()
    with Ledger.open(path, clock=Clock()) as ledger:
        rows = Counter((each.subject.partition("-")[0], each.state) for each in ledger.actions.search("demo"))
        turns = Counter((each.subject.rpartition("-")[0], each.state) for each in ledger.actions.search("demo"))
    assert set(turns.values()) == {300}
    finished = sum(line.startswith("settled") for line in said)
    assert sum(state is State.DONE for _, state in turns) in (finished, finished + 1)
    assert rows["handed", State.HANDED_OVER] // 300 in (n := sum(line.startswith("handed") for line in said), n + 1)


def test_a_process_killed_in_the_middle_of_a_conclusion_leaves_none_of_it(path: Path, start: Start) -> None:
    victim = start()
    assert victim.ask("conclude before") == "read"
    assert victim.ask("half cut") == "half"
    victim.kill()
    assert whole(path) == {"before": True, "cut": False}
    assert start().ask("conclude cut") == "read"
    assert whole(path) == {"before": True, "cut": True}


def test_documents_concluded_before_a_kill_are_whole_after_it(path: Path, start: Start) -> None:
    victim = start()
    victim.tell("papers")
    said = [victim.answer() for _ in range(9)] + victim.kill()
    concluded = {line.split()[1] for line in said if len(line.split()) == 2}
    found = whole(path)
    assert concluded <= {name for name, is_whole in found.items() if is_whole}
    assert len(set(found) - concluded) <= 1


def whole(path: Path) -> dict[str, bool]:
    """Whether all of each document was kept; what was kept in part fails."""
    with Ledger.open(path, clock=Clock()) as ledger:
        found = [(each, ledger.claims.of_document(each)) for each in ledger.documents.search("demo")]
        held = ledger.holds.active("demo")
    for document, said in found:
        expected = [f"{document.name}-{n}" for n in range(MENTIONS)] if document.state is DocumentState.READ else []
        assert [each.subject for each in said] == expected
        assert [each for each in held if each.rpartition("-")[0] == document.name] == expected
    return {document.name: bool(said) for document, said in found}


@pytest.mark.skipif(os.name != "posix", reason="needs SIGSTOP to freeze a process")
def test_a_frozen_process_that_wakes_up_late_can_write_nothing(path: Path, start: Start) -> None:
    frozen = start()
    frozen.ask("start")
    frozen.ask("begin A")
    os.kill(frozen.pid, signal.SIGSTOP)
    with Ledger.open(path, clock=Clock()) as ledger:
        ledger.runs.start("demo", flow="ship")
        os.kill(frozen.pid, signal.SIGCONT)
        assert frozen.ask("begin B").startswith("FenceLost")
        assert frozen.ask("settle").startswith("FenceLost")
        assert {key: each.state for key, each in ledger.actions.live("demo", kind="ship").items()} == {
            ("A", ""): State.SUBMITTING
        }


@pytest.mark.slow
def test_of_two_processes_that_begin_the_same_subject_one_wins(path: Path, start: Start) -> None:
    one, other = start(), start()
    assert one.ask("start") == other.ask("join")
    one.tell("race 25")
    other.tell("race 25")
    won = one.answer().split(), other.answer().split()
    assert sorted(map(int, won[0] + won[1])) == list(range(25))
    assert one.ask("begin 3").startswith("AlreadyDone: Nothing was begun in demo: ship 3 is submitting")


@pytest.mark.slow
def test_processes_that_open_a_new_ledger_at_once_all_get_it(path: Path) -> None:
    program = (
        "import sys; from rpa.clock import Clock; from rpa.ledger.ledger import Ledger; sys.stdin.readline();"
        "Ledger.open(sys.argv[1], clock=Clock()).runs.start('demo', flow='ship')"
    )
    arguments = [sys.executable, "-c", program, str(path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    crowd = [subprocess.Popen(arguments, stdin=subprocess.PIPE, text=True, env=env) for _ in range(4)]
    for each in crowd:
        each.communicate("go\n")
    assert [each.returncode for each in crowd] == [0, 0, 0, 0]
    with Ledger.open(path, clock=Clock()) as ledger:
        assert [run.fence for run in ledger.runs.unfinished("demo")] == [1, 2, 3, 4]


def test_a_second_run_of_a_shop_is_told_who_holds_it(tmp_path: Path, start: Start) -> None:
    holder = start()
    assert holder.ask(f"lock {tmp_path}") == "locked"
    with pytest.raises(ConfigError, match=rf"Another run of shop demo .*pid {holder.pid} .*since 20") as refused:
        RunLock(tmp_path, shop="demo", clock=Clock()).__enter__()
    assert refused.value.exit_code == 2


def test_a_killed_process_holds_no_lock(tmp_path: Path, start: Start) -> None:
    holder = start()
    holder.ask(f"lock {tmp_path}")
    holder.kill()
    with RunLock(tmp_path, shop="demo", clock=Clock()):
        assert f'"pid": {os.getpid()}' in (tmp_path / "demo.owner").read_text(encoding="utf-8")


def test_shops_do_not_lock_each_other_and_a_lock_ends_with_its_block(tmp_path: Path) -> None:
    one, two = (RunLock(tmp_path, shop=shop, clock=Clock()) for shop in ("one", "two"))
    with one, two, pytest.raises(ConfigError):
        RunLock(tmp_path, shop="one", clock=Clock()).__enter__()
    with RunLock(tmp_path, shop="one", clock=Clock()):
        assert (tmp_path / "one.owner").exists()
        assert not (tmp_path / "two.owner").exists()


def test_a_lock_whose_owner_has_not_said_its_name_yet_is_a_lock_too(tmp_path: Path) -> None:
    with RunLock(tmp_path, shop="one", clock=Clock()):
        (tmp_path / "one.owner").unlink()
        with pytest.raises(ConfigError, match="it has just started"):
            RunLock(tmp_path, shop="one", clock=Clock()).__enter__()


def test_a_lock_that_cannot_be_made_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(ConfigError, match="shop one cannot be locked"):
        RunLock(tmp_path / "locks", shop="one", clock=Clock()).__enter__()
