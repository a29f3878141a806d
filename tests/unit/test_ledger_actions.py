"""Intents, looks and answers on one subject."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from rpa.errors import AlreadyDone, ConfigError, FenceLost
from rpa.ledger.actions import LIVE, Action, IllegalStep, Intent, Seen, State
from rpa.ledger.ledger import Ledger
from rpa.ledger.runs import RunRecord
from tests.support.ledger_clock import HandClock


@pytest.fixture
def run(ledger: Ledger) -> RunRecord:
    return ledger.runs.start("demo", flow="ship")


def begin(ledger: Ledger, run: RunRecord, *subjects: str, part: str = "") -> list[Action]:
    intents = [
        Intent(subject=each, part=part, payload={"courier": "中通", "tracking_number": f"7{each}"}) for each in subjects
    ]
    return ledger.actions.begin(run, kind="ship", intents=intents)


def test_an_intent_is_kept_as_it_was_given(ledger: Ledger, run: RunRecord, clock: HandClock) -> None:
    facts = {"goods": "茶叶 250g", "quantity": 2, "amount_fen": 12990, "items": [{"spec": "红"}]}
    [action] = ledger.actions.begin(
        run, kind="ship", intents=[Intent(subject="A", payload={"courier": "中通"}, facts=facts)]
    )
    [read] = ledger.actions.search("demo")
    assert read == action
    assert (read.payload, read.facts, read.state) == ({"courier": "中通"}, facts, State.SUBMITTING)
    assert (read.run_id, read.fence, read.created_at) == (run.id, run.fence, clock.now())


def test_intents_come_back_in_the_order_given(ledger: Ledger, run: RunRecord) -> None:
    subjects = [f"S{n * 7 % 50}" for n in range(50)]
    assert [each.subject for each in begin(ledger, run, *subjects)] == subjects


def test_all_intents_are_written_or_none(ledger: Ledger, run: RunRecord) -> None:
    begin(ledger, run, "B")
    with pytest.raises(AlreadyDone, match=f"ship B is submitting since run {run.id}"):
        begin(ledger, run, "A", "B", "C")
    assert [each.subject for each in ledger.actions.search("demo")] == ["B"]


def test_the_same_subject_twice_in_one_call_is_refused_whole(ledger: Ledger, run: RunRecord) -> None:
    with pytest.raises(ValueError, match="A"):
        begin(ledger, run, "A", "B", "A")
    assert ledger.actions.search("demo") == []


@pytest.mark.parametrize("seen", [Seen.OURS, Seen.OTHER, Seen.UNREADABLE, Seen.NOTHING])
def test_a_subject_that_was_or_may_have_been_acted_on_takes_no_second_action(
    ledger: Ledger, run: RunRecord, seen: Seen
) -> None:
    [action] = begin(ledger, run, "A")
    state = ledger.actions.settle(run, action, seen=seen, settled=False).state
    with pytest.raises(AlreadyDone, match=f"ship A is {state}"):
        begin(ledger, run, "A")


def test_a_refused_subject_may_be_tried_again_and_its_history_stays(ledger: Ledger, run: RunRecord) -> None:
    [first] = begin(ledger, run, "A")
    ledger.actions.settle(run, first, seen=Seen.REFUSED, settled=False, detail="快递单号格式错误")
    [second] = begin(ledger, run, "A")
    assert [(each.id, each.state, each.detail) for each in ledger.actions.search("demo")] == [
        (second.id, State.SUBMITTING, ""),
        (first.id, State.REFUSED, "快递单号格式错误"),
    ]


def test_parts_kinds_and_shops_do_not_stand_in_each_others_way(ledger: Ledger, run: RunRecord) -> None:
    begin(ledger, run, "A")
    begin(ledger, run, "A", part="parcel-2")
    ledger.actions.begin(run, kind="correct", intents=[Intent(subject="A", payload={})])
    begin(ledger, ledger.runs.start("other", flow="ship"), "A")
    assert len(ledger.actions.search()) == 4
    assert list(ledger.actions.live("demo", kind="ship")) == [("A", ""), ("A", "parcel-2")]


def test_actions_that_share_something_are_found_by_it_while_they_live(ledger: Ledger, run: RunRecord) -> None:
    intents = [
        Intent(subject=each, payload={}, bundle=of) for each, of in (("A", "1"), ("B", "1"), ("C", "2"), ("D", ""))
    ]
    first, second, third, _ = ledger.actions.begin(run, kind="ship", intents=intents)
    ledger.actions.settle(run, second, seen=Seen.REFUSED, settled=False)
    ledger.actions.begin(ledger.runs.start("other", flow="ship"), kind="ship", intents=intents[:1])
    assert ledger.actions.bundled("demo", kind="ship", bundles=["1", "2", ""]) == [first, third]
    assert first.to_json()["bundle"] == "1"


def test_an_overtaken_run_writes_nothing(ledger: Ledger, run: RunRecord) -> None:
    [action] = begin(ledger, run, "A")
    newer = ledger.runs.start("demo", flow="ship")
    with pytest.raises(FenceLost, match=rf"{run.id} \(fence 1\) was overtaken by a newer run \(fence 2\)"):
        begin(ledger, run, "B")
    with pytest.raises(FenceLost):
        ledger.actions.settle(run, action, seen=Seen.OURS, settled=True)
    assert ledger.actions.search("demo") == [action]
    assert ledger.actions.settle(newer, action, seen=Seen.OURS, settled=True).run_id == run.id


def test_a_run_that_was_ended_from_outside_writes_nothing(ledger: Ledger, run: RunRecord) -> None:
    ledger.runs.finish(run, state="crashed")
    with pytest.raises(FenceLost, match="was ended as crashed"):
        begin(ledger, run, "A")


def test_looks_are_counted_over_runs_until_the_action_counts_as_not_done(
    ledger: Ledger, run: RunRecord, clock: HandClock
) -> None:
    [action] = begin(ledger, run, "A")
    ledger.actions.settle(run, action, seen=Seen.NOTHING, settled=False)
    later = ledger.runs.start("demo", flow="ship")
    clock.move(60)
    [left] = ledger.actions.submitting("demo", kind="ship")
    ended = ledger.actions.settle(later, left, seen=Seen.NOTHING, settled=True)
    assert (ended.state, ended.looks, ended.updated_at) == (State.NOT_DONE, 2, clock.now())
    assert ledger.actions.live("demo", kind="ship") == {}
    assert ledger.actions.latest("demo", kind="ship", subjects=["A", "Z"]) == {("A", ""): ended}


def test_a_look_is_judged_by_what_the_ledger_has_not_by_what_the_caller_holds(ledger: Ledger, run: RunRecord) -> None:
    [held] = begin(ledger, run, "A")
    ledger.actions.settle(run, held, seen=Seen.OURS, settled=False)
    with pytest.raises(IllegalStep, match="done"):
        ledger.actions.settle(run, held, seen=Seen.NOTHING, settled=True)
    assert ledger.actions.live("demo", kind="ship")["A", ""].state is State.DONE


def test_facts_learned_later_join_those_of_the_intent(ledger: Ledger, run: RunRecord) -> None:
    [action] = ledger.actions.begin(run, kind="ship", intents=[Intent(subject="A", payload={}, facts={"quantity": 2})])
    ledger.actions.settle(run, action, seen=Seen.OURS, settled=True, facts={"shipped_at": "2026-03-10T09:16:00+08:00"})
    assert ledger.actions.search()[0].facts == {"quantity": 2, "shipped_at": "2026-03-10T09:16:00+08:00"}


def test_a_look_without_words_keeps_the_earlier_ones(ledger: Ledger, run: RunRecord) -> None:
    [action] = begin(ledger, run, "A")
    ledger.actions.settle(run, action, seen=Seen.NOTHING, settled=False, detail="操作太过频繁")
    assert ledger.actions.settle(run, action, seen=Seen.OURS, settled=False).detail == "操作太过频繁"


def test_open_actions_are_the_oldest_first_of_any_run(ledger: Ledger, run: RunRecord) -> None:
    old = begin(ledger, run, "B", "A")
    new = begin(ledger, ledger.runs.start("demo", flow="ship"), "C")
    assert ledger.actions.submitting("demo", kind="ship") == old + new


def test_what_is_live_can_be_asked_for_more_subjects_than_one_statement_takes(ledger: Ledger, run: RunRecord) -> None:
    subjects = [f"S{n}" for n in range(2500)]
    begin(ledger, run, *subjects)
    assert {subject for subject, _ in ledger.actions.live("demo", kind="ship", subjects=[*subjects, "none"])} == set(
        subjects
    )


def test_a_cap_counts_what_may_have_reached_the_site_since_then(
    ledger: Ledger, run: RunRecord, clock: HandClock
) -> None:
    begin(ledger, run, "yesterday")
    clock.move(86400)
    midnight = clock.now().replace(hour=0, minute=0)
    looks = {"A": Seen.OURS, "B": Seen.UNREADABLE, "C": Seen.REFUSED, "D": Seen.NOTHING, "E": Seen.OTHER}
    for action in begin(ledger, run, *looks):
        ledger.actions.settle(run, action, seen=looks[action.subject], settled=False)
    assert ledger.actions.count_since("demo", kind="ship", since=midnight) == 3
    assert ledger.actions.count_since("demo", kind="ship", since=midnight.astimezone(UTC)) == 3
    assert ledger.actions.count_since("demo", kind="other", since=midnight) == 0


def test_show_filters_by_shop_state_and_time_newest_first(ledger: Ledger, run: RunRecord, clock: HandClock) -> None:
    first, second = begin(ledger, run, "A", "B")
    clock.move(3600)
    changed = ledger.actions.settle(run, first, seen=Seen.OURS, settled=True)
    begin(ledger, ledger.runs.start("other", flow="ship"), "C")
    assert [each.subject for each in ledger.actions.search()] == ["C", "B", "A"]
    assert ledger.actions.search("demo", limit=1) == [second]
    assert ledger.actions.search("demo", state=State.DONE) == [changed]
    assert ledger.actions.search("demo", since=clock.now() - timedelta(minutes=1)) == [changed]


def test_times_are_the_same_moment_in_every_zone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path, clock=HandClock()) as ledger:
        begin(ledger, ledger.runs.start("demo", flow="ship"), "A")
    with Ledger.open(path, clock=HandClock(zone=ZoneInfo("Europe/Berlin"))) as ledger:
        [action] = ledger.actions.search()
    assert action.to_json()["created_at"] == "2026-03-10T02:15:00.000+01:00"
    assert action.created_at == datetime(2026, 3, 10, 1, 15, tzinfo=UTC)


def test_the_json_of_an_action_has_the_keys_that_scripts_rely_on(ledger: Ledger, run: RunRecord) -> None:
    [action] = begin(ledger, run, "A")
    relied_on = {"shop", "kind", "subject", "payload", "state", "run_id", "fence", "created_at", "updated_at", "detail"}
    shown = json.loads(json.dumps(action.to_json()))
    assert relied_on <= set(shown)
    assert (shown["state"], shown["created_at"]) == ("submitting", "2026-03-10T09:15:00.000+08:00")


def test_an_action_costs_one_commit_before_and_one_after_the_click(ledger: Ledger, run: RunRecord) -> None:
    commits: list[object] = []
    event.listen(ledger._database.engine, "commit", commits.append)
    actions = begin(ledger, run, *map(str, range(30)))
    assert len(commits) == 1
    for action in actions:
        ledger.actions.settle(run, action, seen=Seen.OURS, settled=True)
    assert len(commits) == 31


@pytest.mark.parametrize("seen", [Seen.UNREADABLE, Seen.OTHER, Seen.NOTHING])
def test_a_persons_answer_ends_a_doubt_and_is_recorded(ledger: Ledger, run: RunRecord, seen: Seen) -> None:
    [action] = begin(ledger, run, "A")
    ledger.actions.settle(run, action, seen=seen, settled=False, detail="页面无法读取")
    answered = ledger.actions.resolve(
        "demo", kind="ship", subject="A", state=State.DONE, by="小王", reason="后台已发货"
    )
    assert ledger.actions.live("demo", kind="ship") == {("A", ""): answered}
    assert (answered.state, answered.answered_by) == (State.DONE, "小王")
    assert answered.detail == "页面无法读取; 后台已发货"


def test_an_answer_that_nothing_was_done_frees_the_subject(ledger: Ledger, run: RunRecord) -> None:
    [action] = begin(ledger, run, "A")
    ledger.actions.settle(run, action, seen=Seen.UNREADABLE, settled=False)
    ledger.actions.resolve("demo", kind="ship", subject="A", state=State.NOT_DONE, by="me", reason="looked")
    assert begin(ledger, run, "A")[0].id != action.id


@pytest.mark.parametrize(
    ("subject", "state", "message"),
    [
        ("Z", State.DONE, "no ship action to answer for Z in demo"),
        ("A", State.UNKNOWN, "ship A in demo: .*possible: done, handed_over, not_done, refused"),
    ],
)
def test_an_answer_to_nothing_or_that_does_not_fit_changes_nothing(
    ledger: Ledger, run: RunRecord, subject: str, state: State, message: str
) -> None:
    [action] = begin(ledger, run, "A")
    with pytest.raises(ConfigError, match=message):
        ledger.actions.resolve("demo", kind="ship", subject=subject, state=state, by="me", reason="r")
    assert ledger.actions.search() == [action]


STEPS = st.lists(
    st.one_of(
        st.just("begin"),
        st.just("restart"),
        st.tuples(st.sampled_from(Seen), st.booleans()),
        st.sampled_from(State),
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_happens_a_subject_has_at_most_one_live_action(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str | State | tuple[Seen, bool]]
) -> None:
    with Ledger.open(tmp_path_factory.mktemp("l") / "ledger.sqlite3", clock=HandClock()) as ledger:
        run = ledger.runs.start("demo", flow="ship")
        for step in steps:
            before = ledger.actions.live("demo", kind="ship").get(("A", ""))
            match step:
                case "begin" if before:
                    with pytest.raises(AlreadyDone):
                        begin(ledger, run, "A")
                case "begin":
                    begin(ledger, run, "A")
                case "restart":
                    run = ledger.runs.start("demo", flow="ship")
                case State() if before:
                    with suppress(ConfigError):
                        ledger.actions.resolve("demo", kind="ship", subject="A", state=step, by="me", reason="")
                case (Seen() as seen, bool() as settled) if before:
                    with suppress(IllegalStep):
                        ledger.actions.settle(run, before, seen=seen, settled=settled)
            assert sum(each.state in LIVE for each in ledger.actions.search()) <= 1


def test_what_was_superseded_was_done_and_counts_against_a_cap(ledger: Ledger) -> None:
    run = ledger.runs.start("demo", flow="add-remark")
    for remark in ("好", "坏", "好"):
        intent = Intent(subject="A", payload={"remark": remark})
        [action] = ledger.actions.begin(run, kind="remark", intents=[intent], supersede=True)
        ledger.actions.settle(run, action, seen=Seen.OURS, settled=False)
    assert ledger.actions.count_since("demo", kind="remark", since=run.started_at) == 3
