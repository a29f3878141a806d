from __future__ import annotations

import json

import pytest

from rpa.ledger.actions import State
from rpa.ledger.shop_lock import RunLock
from tests.support.doubts import DONE, DOUBT, ledger, state_of
from tests.support.project import Project

REASON = "--reason=the order page shows it"


@pytest.mark.slow
def test_show_prints_for_people_and_the_same_as_json_for_programs(kept: Project) -> None:
    said = kept.rpa("ledger", "show", "--shop", "demo").stdout
    assert "圆通速递" in said
    assert "[looked] once" in said
    listed = json.loads(kept.rpa("ledger", "show", "--json", "--state", "unknown").stdout)
    assert [(one["subject"], one["state"], one["payload"]["courier"]) for one in listed] == [
        (DOUBT, "unknown", "圆通速递")
    ]


@pytest.mark.slow
def test_an_empty_ledger_is_an_empty_list(project: Project) -> None:
    assert json.loads(project.rpa("ledger", "show", "--json").stdout) == []
    assert "no such action" in project.rpa("ledger", "show").stdout


@pytest.mark.slow
@pytest.mark.parametrize(("option", "near"), [("--state=unknwon", '"unknown"'), ("--shop=demoo", '"demo"')])
def test_a_misspelt_filter_names_the_nearest_word(project: Project, option: str, near: str) -> None:
    run = project.rpa("ledger", "show", option)
    assert run.returncode == 2
    assert f"did you mean {near}" in run.stderr


def test_a_doubt_is_answered_by_a_named_person(kept: Project) -> None:
    run = kept.rpa("ledger", "resolve", "demo", DOUBT, "--done", REASON, "--by", "小王")
    assert run.returncode == 0, run.stderr
    assert f"{DOUBT} in demo is now “done”" in run.stdout
    assert state_of(kept, DOUBT) == (State.DONE, "[looked] once; the order page shows it", "小王")


def test_what_was_not_done_may_be_sent_again(kept: Project) -> None:
    run = kept.rpa("ledger", "resolve", "demo", DOUBT, "--not-done", REASON)
    assert "may send it again" in run.stdout
    with ledger(kept) as opened:
        assert opened.actions.live("demo", kind="ship", subjects=[DOUBT]) == {}


@pytest.mark.slow
def test_what_the_site_has_shown_as_done_is_reopened_only_by_a_person_who_is_sure(kept: Project) -> None:
    reopen = ("ledger", "resolve", "demo", DONE, "--not-done", "--reason=the buyer sent it back")
    run = kept.rpa(*reopen)
    assert run.returncode == 2
    for told in (DONE, "圆通速递 YT0000000000001", "the site showed", ", run ", "[looked] once", "--yes"):
        assert told in run.stderr
    assert state_of(kept, DONE) == (State.DONE, "[looked] once", "")
    assert kept.rpa(*reopen, "--yes").returncode == 0
    assert state_of(kept, DONE)[0] is State.NOT_DONE


@pytest.mark.slow
def test_what_a_person_has_answered_as_done_is_no_less_done(kept: Project) -> None:
    assert kept.rpa("ledger", "resolve", "demo", DOUBT, "--done", REASON, "--by", "小王").returncode == 0
    run = kept.rpa("ledger", "resolve", "demo", DOUBT, "--not-done", REASON)
    assert run.returncode == 2
    assert "小王 answered that the site shows" in run.stderr
    assert state_of(kept, DOUBT)[0] is State.DONE


def test_a_changed_order_is_released(kept: Project) -> None:
    run = kept.rpa("ledger", "resolve", "demo", "changed-1", "--changed-ok", REASON)
    assert run.returncode == 0, run.stderr
    with ledger(kept) as opened:
        assert opened.fingerprints.compare("demo", seen=[("changed-1", {"spec": "blue"})]) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((DOUBT, REASON), "exactly one answer"),
        ((DOUBT, "--done", "--not-done", REASON), "exactly one answer"),
        ((DOUBT, "--done"), "needs its reason"),
        ((DOUBT, "--done", REASON, "--by= "), "--by"),
        ((DONE, "--done", REASON), "cannot be answered with done"),
        (("260310-9", "--done", REASON), "the ledger has nothing on it"),
        ((DOUBT, "--done", REASON, "--kind=correct"), "has it as unknown"),
        ((DOUBT, "--changed-ok", REASON), "has not changed"),
    ],
)
def test_an_answer_that_does_not_fit_records_nothing(kept: Project, arguments: tuple[str, ...], words: str) -> None:
    run = kept.rpa("ledger", "resolve", "demo", *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert state_of(kept, DOUBT)[0] is State.UNKNOWN


def test_nothing_is_answered_while_a_run_goes_on(kept: Project) -> None:
    config = kept.config
    with RunLock(config.var / "locks", shop="demo", clock=config.clock):
        run = kept.rpa("ledger", "resolve", "demo", DOUBT, "--done", REASON)
    assert run.returncode == 2
    assert "Another run of shop demo" in run.stderr
    assert state_of(kept, DOUBT)[0] is State.UNKNOWN
