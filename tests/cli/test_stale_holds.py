from __future__ import annotations

from datetime import timedelta

import pytest

from flows.commands.answered import release
from flows.commands.stale_holds import lift_stale_holds
from flows.commands.subjects import Named
from tests.support.holds import ONE, REASON, SENT, THREE, TWO, forbid, holds, listed, look
from tests.support.in_process import rpa
from tests.support.notice_desk import opened
from tests.support.project import Project


@pytest.fixture
def stale(project: Project) -> Project:
    """ONE: clear twice, half an hour apart. TWO: clear once. THREE: a person's hold, and clear twice."""
    forbid(project, ONE, TWO)
    rpa(project, "holds", "add", "demo", THREE, REASON)
    due = (project.config.clock.now() + timedelta(hours=3, minutes=30)).isoformat()
    look(project, ONE, THREE, after=timedelta(hours=1), ship_by=due)
    look(project, ONE, TWO, THREE, after=timedelta(hours=1, minutes=30), ship_by=due)
    return project


def test_stale_holds_are_shown_with_their_evidence_and_lifted_after_one_yes(stale: Project) -> None:
    assert [one["subject"] for one in listed(stale) if one["stale"]] == [ONE]
    run = rpa(stale, "holds", "lift", "demo", "--stale", "--reason=looked at it", stdin="y\n")
    assert run.returncode == 0, run.stderr
    for word in (ONE, "2026-03-10 09:00", "2026-03-10 10:00", "2026-03-10 10:30", "5400.jpg", "3 h left to ship"):
        assert word in run.stdout
    assert "Lift all 1?" in run.stderr
    assert holds(stale).keys() == {TWO, THREE}


def test_without_a_yes_no_stale_hold_is_lifted(stale: Project) -> None:
    for answer in ("n\n", "\n", ""):
        run = rpa(stale, "holds", "lift", "demo", "--stale", "--reason=looked", stdin=answer)
        assert "Nothing was lifted" in run.stdout
    assert holds(stale).keys() == {ONE, TWO, THREE}
    assert rpa(stale, "holds", "lift", "demo", "--stale", "--reason=looked", "--yes").returncode == 0
    assert holds(stale).keys() == {TWO, THREE}


def test_what_is_held_anew_while_the_question_stands_is_not_lifted(
    stale: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Person:
        def readline(self) -> str:
            forbid(stale, ONE, sent=SENT + timedelta(hours=2), notice="100000000003")
            return "yes\n"

    monkeypatch.setattr("sys.stdin", Person())
    path = stale.folder / "rpa.toml"
    lift_stale_holds(path, "demo", named=Named(), cause=None, reason="looked", by="小王", yes=False)
    assert f"not stale any more: {ONE}" in capsys.readouterr().out
    assert ONE in holds(stale)


def test_looks_from_before_a_newer_notice_do_not_make_its_hold_stale(stale: Project) -> None:
    forbid(stale, ONE, sent=SENT + timedelta(hours=2), notice="100000000003")
    assert "No hold in demo is stale" in rpa(stale, "holds", "lift", "demo", "--stale", REASON, "--yes").stdout
    assert ONE in holds(stale)


def test_a_release_says_nothing_of_a_notice_that_came_after_the_hold_was_looked_at(stale: Project) -> None:
    seen = holds(stale)[ONE]
    forbid(stale, ONE, sent=SENT + timedelta(hours=2), notice="100000000003")
    with opened(stale) as ledger:
        release(ledger, "demo", holds=seen, by="Li", reason="looked")
    assert ONE in holds(stale)


def test_stale_takes_a_reason_and_no_order_beside_it(stale: Project) -> None:
    assert "needs its reason" in rpa(stale, "holds", "lift", "demo", "--stale", "--yes").stderr
    for beside in (TWO, "--cause=person"):
        run = rpa(stale, "holds", "lift", "demo", beside, "--stale", "--yes", REASON)
        assert run.returncode == 2
        assert "name no order" in run.stderr
    assert holds(stale).keys() == {ONE, TWO, THREE}


def test_that_nothing_is_stale_is_said(project: Project) -> None:
    forbid(project, ONE)
    run = rpa(project, "holds", "lift", "demo", "--stale", REASON, "--yes")
    assert run.returncode == 0
    assert holds(project).keys() == {ONE}
    assert "No hold in demo is stale" in run.stdout
