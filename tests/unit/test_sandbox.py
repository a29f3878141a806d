"""A process that may be lost: whatever it is asked, whoever asks goes on and asks the next thing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import psutil
import pytest

from rpa.errors import TryAgain
from rpa.sandbox import Died, Limits, Sandbox

LIMITS = Limits(memory_bytes=400 << 20, cpu_s=1, wall_s=20, answer_bytes=1 << 20)
PROGRAM = "tests.support.sandbox_program"


@pytest.fixture(name="confined")
def _confined(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("RPA_KEY", "a key that no other program may have")
    confined = Sandbox(PROGRAM, limits=LIMITS)
    yield confined
    confined.close()


@pytest.mark.slow
@pytest.mark.parametrize("question", ["keep 1000", "spin", "break", "chatter 1048577"])
def test_what_takes_too_much_ends_its_process_and_not_the_next_question(confined: Sandbox, question: str) -> None:
    first = confined.ask(b"who")
    with pytest.raises(Died):
        confined.ask(question.encode())
    assert confined.ask(b"who") != first


def test_what_only_waits_is_ended_when_its_time_is_over(confined: Sandbox) -> None:
    who = int(confined.ask(b"who"))
    confined._limits = dataclasses.replace(LIMITS, wall_s=1)
    with pytest.raises(Died):
        confined.ask(b"hang")
    assert not psutil.pid_exists(who)


def test_one_process_answers_question_after_question(confined: Sandbox) -> None:
    assert confined.ask(b"who") == confined.ask(b"who")


def test_a_question_is_not_blamed_for_what_earlier_ones_have_used_up(confined: Sandbox) -> None:
    first = confined.ask(b"keep 200")
    assert confined.ask(b"keep 200") != first


def test_a_process_that_was_ended_from_outside_is_started_anew(confined: Sandbox) -> None:
    psutil.Process(int(confined.ask(b"who"))).kill()
    assert confined.ask(b"who")


def test_it_is_given_no_key(confined: Sandbox) -> None:
    names = set(json.loads(confined.ask(b"environment")))
    assert "PYTHONPATH" in names
    assert not {name for name in names if name.startswith("RPA")}


def test_a_process_that_cannot_start_is_no_fault_of_the_question() -> None:
    with pytest.raises(TryAgain, match="did not start"):
        Sandbox("tests.unit.no_such_program", limits=LIMITS).ask(b"who")


def test_memory_is_looked_at_from_outside_too(confined: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    who = int(confined.ask(b"who"))
    monkeypatch.setattr("rpa.sandbox._memory_of", lambda _pid: LIMITS.memory_bytes + 1)
    with pytest.raises((Died, TryAgain)):
        confined.ask(b"hang")
    assert not psutil.pid_exists(who)
