"""Whenever the program is killed while it takes sheets in, and however many do so at once: each row is there once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.orders.reasons import Reason
from tests.support.inbox_desk import A, ArrivalDesk, B, parcel
from tests.support.inbox_program import DEAD
from tests.support.mock_shop import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = {
    "the ledger knows": ("open", "today.csv", ""),
    "it is moved": ("os.rename", "today.csv", ""),
    "the ledger knows that it was moved": ("os.rename", "today.csv", "done"),
    "its result is written": ("open", ".part", ""),
    "the ledger knows of its result": ("os.rename", ".part", "done"),
}
"""Before what the program dies: the call of the operating system, a part of the file's name, after or before it."""


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    made = ArrivalDesk(tmp_path, shops=("one", "two"))
    (tmp_path / "settings").write_text(made.settings)
    return made


def start(desk: ArrivalDesk, *, event: str = "", of: str = "", done: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.inbox_program", str(desk.folder), event, of, done]
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stderr=pipe, text=True)


def end(process: subprocess.Popen[str]) -> int:
    _, told = process.communicate("go\n", timeout=PATIENCE_S)
    assert process.returncode in {0, DEAD}, told
    return process.returncode


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_before(desk: ArrivalDesk, moment: str) -> None:
    desk.drop("today.csv", parcel(A), parcel(B))
    event, of, done = MOMENTS[moment]
    assert end(start(desk, event=event, of=of, done=done)) == DEAD
    desk.run(finds={"one": {A: Reason.SHIPPED}, "two": {B: Reason.SHIPPED}})
    assert sorted(desk.reported) == [("one", A, "shipped"), ("two", B, "shipped")]
    assert desk.put_away() == ["today.csv"]
    assert [path.name for path in desk.inbox.iterdir()] == ["done"]
    assert [line["Outcome"] for line in desk.result("today.csv")] == ["Done", "Done"]
    assert len(list(desk.done.iterdir())) == 2


@pytest.mark.slow
def test_killed_while_a_copy_is_put_away(desk: ArrivalDesk) -> None:
    desk.drop("first.csv", parcel(A))
    desk.run(finds={"one": {A: Reason.SHIPPED}})
    desk.drop("today.csv", parcel(A))
    assert end(start(desk, event="os.rename", of="today.csv", done="done")) == DEAD
    assert desk.run() == []
    assert desk.put_away() == ["first.csv", "today.csv"]
    assert "same content" in desk.result("today.csv")[0]["Details"]


@pytest.mark.slow
def test_several_programs_that_look_into_one_inbox_at_once_take_each_sheet_once(desk: ArrivalDesk) -> None:
    orders = [f"260310-{n:015d}" for n in range(30)]
    for n, sn in enumerate(orders):
        desk.drop(f"{n}.csv", parcel(sn))
    programs = [start(desk) for _ in range(3)]
    for program in programs:
        assert program.stdin is not None
        print("go", file=program.stdin, flush=True)
    assert [end(program) for program in programs] == [0, 0, 0]
    assert sorted(desk.open()) == orders
    assert len(desk.put_away()) == len(orders)
    assert len(list(desk.done.glob("*.result.xlsx"))) == len(orders)
