"""Whoever deletes a step of safety from the procedure finds a test that fails, for each kind of action.

Each mutant is a copy of `flows/` in which one step is gone; the tests named beside it are run against it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.paper_shop import KINDS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
ONE, PAGE = "flows/procedure/one_by_one.py", "flows/procedure/on_page.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """The procedure without one step."""

    step: str
    file: str
    line: str
    """What stands there, once."""
    instead: str
    test: str
    """The test that is to fail, in `test_procedure_steps.py`."""
    kinds: tuple[str, ...] = KINDS
    """For these kinds."""

    def __str__(self) -> str:
        return self.step.replace(" ", "-")


PLACE = "place_that_says_something_else"
MUTANTS = (
    Mutant(step="stop", file=ONE, line="if self._run.stopping():", instead="if False:", test="asked_to_stop"),
    Mutant(
        step="bound", file=ONE, line="yield from self._with_room()", instead="yield from ()", test="no_more_are_open"
    ),
    Mutant(step="pace", file=ONE, line="self._pace.wait()", instead="pass", test="waits_until_the_site"),
    Mutant(step="may be clicked", file=PAGE, line="site.check_allowed()", instead="pass", test="could_not_be_clicked"),
    Mutant(
        step="row read again",
        file=PAGE,
        line="step.check_row(decision, site.bring_row(decision))",
        instead="site.bring_row(decision)",
        test=f"{PLACE}_ends_the_order_before_the_click and row",
    ),
    Mutant(
        step="told again",
        file=PAGE,
        line="step.check_told(decision, form.told)",
        instead="pass",
        test=f"{PLACE}_ends_the_order_before_the_click and told",
    ),
    Mutant(
        step="form read",
        file=PAGE,
        line="step.check_form(decision, shown, told=form.told)",
        instead="pass",
        test=f"{PLACE}_ends_the_order_before_the_click and form",
    ),
    Mutant(
        step="fields read back",
        file=PAGE,
        line="step.check_filled(decision, form.put(decision, shown), told=form.told)",
        instead="form.put(decision, shown)",
        test=f"{PLACE}_ends_the_order_before_the_click and filled",
    ),
    Mutant(
        step="form takes it", file=PAGE, line="_refuse_blocked(form)\n", instead="pass\n", test="form_does_not_take"
    ),
    Mutant(step="picture", file=PAGE, line="form.take_picture()", instead="pass", test="picture_is_taken"),
    Mutant(step="form closed", file=PAGE, line="form.leave()", instead="pass", test="form_does_not_take"),
    Mutant(
        step="person asked",
        file=ONE,
        line="if not self._run.person.agrees(self._kind.question(decision)):",
        instead="if False:",
        test="person_who_says_no",
    ),
    Mutant(
        step="form not stale",
        file=ONE,
        line="if asked.age_s(self._run.clock) > FORM_STALE_S:",
        instead="if False:",
        test="waited_long_for_an_answer",
    ),
    Mutant(
        step="held meanwhile",
        file=ONE,
        line="held = self._kind.held_meanwhile(decision)",
        instead="held = None",
        test="held_since_it_was_decided",
        kinds=("ship", "two-writes"),
    ),
    Mutant(
        step="intent before the click",
        file=ONE,
        line="reply = self._once.act(intent, click)",
        instead="reply = click()",
        test="without_its_intent",
    ),
    Mutant(
        step="begun elsewhere",
        file=ONE,
        line="reply = self._once.act(intent, click)",
        instead="reply = click()",
        test="another_run_has_begun",
    ),
    Mutant(
        step="right at the click",
        file=ONE,
        line="reply = self._once.act(intent, click)",
        instead="reply = click()",
        test="right_that_was_taken_away",
    ),
    Mutant(
        step="answer weighed",
        file=ONE,
        line="return Reply(accepted=said.accepted, words=said.words, repeatable=said.repeatable)",
        instead="return Reply(accepted=None)",
        test="yes_that_the_site_never_shows",
    ),
    Mutant(
        step="three doubts",
        file=ONE,
        line="if self._doubts >= MOST_DOUBTS:",
        instead="if False:",
        test="three_doubts_in_a_row",
    ),
    Mutant(
        step="read back between steps",
        file=ONE,
        line="        return done\n\n    def _ended",
        instead="        return True\n\n    def _ended",
        test="not_taken_while_the_first",
        kinds=("two-writes",),
    ),
)


@pytest.mark.parametrize(
    "mutant", [pytest.param(each, marks=[pytest.mark.long] if n % 3 else []) for n, each in enumerate(MUTANTS)], ids=str
)
def test_a_step_of_safety_that_is_deleted_is_missed(mutant: Mutant, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    source = (tmp_path / mutant.file).read_text(encoding="utf-8")
    assert source.count(mutant.line) == 1, "the table is older than the procedure"
    (tmp_path / mutant.file).write_text(source.replace(mutant.line, mutant.instead), encoding="utf-8")
    failed = _failing(tmp_path, test=mutant.test)
    missing = {kind for kind in mutant.kinds if not any(f"[{kind}" in name for name in failed)}
    assert not missing, f"without this step, no test of {missing} fails"


def _failing(tree: Path, *, test: str) -> list[str]:
    """The tests of this name that fail with the flows of this tree."""
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", f"pythonpath={tree}", "--rootdir", str(ROOT)]
    command = [sys.executable, "-m", "pytest", *words, "-k", test, str(ROOT / "tests/unit/test_procedure_steps.py")]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=own, timeout=300)
    assert "no tests ran" not in told.stdout, told.stdout + told.stderr
    assert "error" not in told.stdout.splitlines()[-1], told.stdout
    return re.findall(r"^FAILED \S+::(\S+)", told.stdout, re.MULTILINE)


def test_without_a_deletion_none_of_them_fails(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    assert _failing(tmp_path, test="asked_to_stop") == []
    source = tmp_path / "flows/procedure/one_by_one.py"
    source.write_text("raise RuntimeError", encoding="utf-8")
    with pytest.raises(AssertionError):
        _failing(tmp_path, test="asked_to_stop")
