"""Each step of safety before, at and after a click that cannot be undone, for each kind of action.

`tests/unit/test_procedure_mutants.py` deletes each of these steps in turn: then one of these tests fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flows.orders.api import Said
from flows.procedure.api import Left
from rpa.errors import NotApproved, Refused, Stopped, TooManyDoubts
from rpa.ledger.actions import Intent, State
from rpa.ledger.ledger import Ledger
from rpa.ledger.once import Settled
from tests.support.paper_shop import KINDS, Agreeing, PaperDesk

Open = Callable[..., PaperDesk]
NO = Said(accepted=False, words="today not")
SILENCE = Said(accepted=None)
OTHER: dict[str, dict[str, Any]] = {
    "row": {"remark": "别", "flag": "BLUE", "receiver": "李*"},
    "told": {"text": "别", "flag": "BLUE", "audit": "set"},
    "form": {"text": "别", "flag": "BLUE", "goods_ids": ("999",)},
    "filled": {"text": "坏", "flag": "GREEN", "tracking_number": "8"},
}
"""By place, what must not stand there before a click, whatever the kind."""


EACH: dict[str, dict[str, dict[str, Any]]] = {
    "ship": {
        "row": {
            "audit": "set",
            "after_sale": "set",
            "status": "closed",
            "receiver": "李*",
            "address": "另*路",
            "remark": "勿发",
        },
        "told": {"audit": "set", "after_sale": "set", "status": "shipped", "address": "", "goods_ids": ("999",)},
        "form": {"audit": "set", "after_sale": "set", "goods_ids": ("999",), "specs": ("500g",), "quantities": ("2",)},
        "filled": {"audit": "set", "how": "no_logistics", "courier": "圆通快递", "tracking_number": "8"},
    },
    "remark": {
        "row": {"remark": "别", "flag": "BLUE"},
        "told": {"text": "别", "flag": "BLUE"},
        "form": {"text": "别", "flag": "BLUE"},
        "filled": {"text": "坏", "flag": "GREEN"},
    },
}
EACH["two-writes"] = EACH["setting"] = EACH["remark"]
"""By kind and place, each single field that must keep an order from being clicked."""
SINGLE = [(kind, place, name) for kind, places in EACH.items() for place, told in places.items() for name in told]


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens a run of each kind in turn."""
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=PaperDesk.clock()) as ledger:
        yield lambda **told: PaperDesk(tmp_path, kind=request.param, ledger=ledger, **told)


def states(desk: PaperDesk) -> list[State]:
    return [action.state for action in desk.run.ledger.actions.search("demo")]


def codes(results: list[Any]) -> list[str]:
    """Why each was left."""
    return [str((each.reason or each.decision.reason).value) for each in results if isinstance(each, Left)]


def nothing_began(desk: PaperDesk) -> None:
    assert (desk.sent, states(desk)) == ([], [])


def test_all_that_is_well_is_done_and_proven(desk: Open) -> None:
    opened = desk()
    opened.act("A", "B")
    list(opened.once.settle())
    assert opened.sent == [sn for sn in "AB" for _ in range(opened.clicks)]
    assert set(states(opened)) == {State.DONE}


def test_a_run_that_was_asked_to_stop_begins_nothing_more(desk: Open) -> None:
    opened = desk(stopping=lambda: True)
    with pytest.raises(Stopped):
        opened.act("A")
    nothing_began(opened)


def test_what_could_not_be_clicked_is_not_begun(desk: Open) -> None:
    opened = desk()

    def never() -> None:
        raise NotApproved("the button")

    opened.shop.allowed = never
    with pytest.raises(NotApproved):
        opened.act("A")
    assert opened.shop.log == ["allowed?"]
    nothing_began(opened)


@pytest.mark.parametrize("place", ["row", "told", "form", "filled"])
def test_a_place_that_says_something_else_ends_the_order_before_the_click(desk: Open, place: str) -> None:
    opened = desk()
    opened.shop.says[place] = OTHER[place]
    if place == "told":  # the form shows what it was told
        opened.shop.says["form"] = {name: OTHER[place][name] for name in ("text", "flag")}
    assert len(codes(opened.act("A"))) == 1
    nothing_began(opened)
    assert ("put" in opened.shop.log) == (place == "filled")
    assert opened.shop.log[-1] == ("row" if place == "row" else "leave")


@pytest.mark.parametrize(("desk", "place", "name"), SINGLE, indirect=["desk"])
def test_a_single_field_that_says_something_else_is_enough(desk: Open, place: str, name: str) -> None:
    opened = desk()
    opened.shop.says[place] = {name: EACH[opened.kind.name][place][name]}
    opened.act("A")
    nothing_began(opened)


@pytest.mark.parametrize("found", ["nowhere", "otherwise"])
def test_what_is_not_found_or_shown_otherwise_is_never_taken_for_undone(desk: Open, found: str) -> None:
    """Two looks at nothing would free it, and it would be sent once more."""
    opened = desk()
    opened.shop.effect = False
    opened.shop.answers = [SILENCE]

    def lose() -> None:
        order = opened.shop.orders.pop("A")
        if found == "otherwise":
            parcel: dict[str, Any] = {"courier": "圆通快递", "tracking_number": "8"}
            opened.shop.orders["A"] = replace(order, status="shipped", remark="别", flag="BLUE", **parcel)

    opened.shop.before_send = lose
    opened.act("A")
    opened.once.settle()
    assert states(opened) == [State.UNKNOWN if found == "nowhere" else State.CONFLICT]


def test_an_order_taken_over_at_the_click_is_read_back_and_the_run_goes_on(desk: Open) -> None:
    def taken() -> None:
        opened.shop.before_send = lambda: None
        raise Refused("Li is editing this order", reason="locked")

    opened = desk()
    opened.shop.before_send = taken
    opened.act("A", "B")
    assert opened.sent[:2] == ["A", "B"]
    list(opened.once.settle())
    of_a = {action.state for action in opened.run.ledger.actions.search("demo") if action.subject == "A"}
    assert of_a == {State.NOT_DONE}


def test_the_person_who_is_asked_reads_which_order_and_what_is_sent(desk: Open) -> None:
    opened = desk()
    question = opened.kind.question(opened.decision("A"))
    assert "A" in question
    assert ("7A" if opened.kind.name == "ship" else "好") in question


def test_what_the_form_does_not_take_is_refused_in_its_words(desk: Open) -> None:
    opened = desk()
    opened.shop.blocked = "余额不足"
    [left] = opened.act("A")
    assert isinstance(left, Left)
    assert (codes([left]), left.message) == (["site_refused"], "余额不足")
    nothing_began(opened)
    assert opened.shop.log[-1] == "leave"


def test_a_picture_is_taken_of_what_is_sent_before_it_is_sent(desk: Open) -> None:
    opened = desk()
    opened.act("A")
    assert opened.shop.log.index("picture") < opened.shop.log.index("send A")


def test_a_person_who_says_no_is_heeded(desk: Open) -> None:
    opened = desk(person=Agreeing(says=False))
    assert codes(opened.act("A")) == ["said_no"]
    nothing_began(opened)
    assert opened.shop.log[-1] == "leave"


def test_a_form_that_waited_long_for_an_answer_is_filled_in_anew(desk: Open) -> None:
    person = Agreeing()
    opened = desk(person=person)
    person.meanwhile = lambda: opened.shop.clock.move(60)
    opened.act("A")
    before = opened.shop.log[: opened.shop.log.index("send A")]
    assert [before.count(step) for step in ("open", "put", "leave")] == [2, 2, 1]


def test_what_was_held_since_it_was_decided_on_is_left(desk: Open) -> None:
    """A remark is no matter for a hold, nor is a setting."""
    person = Agreeing()
    opened = desk(person=person)
    holds = opened.run.ledger.holds
    person.meanwhile = lambda: holds.put("demo", subject="A", reason="call first", by="Li")
    results = opened.act("A")
    if opened.kind.name in {"remark", "setting"}:
        assert opened.sent == ["A"]
    else:
        assert codes(results) == ["on_hold"]
        nothing_began(opened)
        assert opened.shop.log[-1] == "leave"


def test_nothing_is_clicked_without_its_intent_on_the_disk(desk: Open, tmp_path: Path) -> None:
    opened = desk()
    seen: list[State] = []

    def look() -> None:
        with Ledger.open(tmp_path / "ledger.sqlite3", clock=opened.shop.clock) as beside:
            seen.extend(action.state for action in beside.actions.search("demo", limit=1))

    opened.shop.before_send = look
    opened.act("A")
    assert seen == [State.SUBMITTING] * opened.clicks


def test_a_right_that_was_taken_away_meanwhile_stops_it_before_the_intent(desk: Open) -> None:
    def taken() -> None:
        raise Stopped

    opened = desk(allowed=taken)
    with pytest.raises(Stopped):
        opened.act("A")
    nothing_began(opened)


def test_what_another_run_has_begun_is_not_begun_again(desk: Open) -> None:
    opened = desk()
    part = opened.kind.steps()[0].part
    intent = Intent(subject="A", part=part, payload={})
    opened.run.ledger.actions.begin(opened.run.record, kind=opened.kind.name, intents=[intent])
    assert codes(opened.act("A")) == ["unknown"]
    assert (opened.sent, states(opened), opened.shop.log[-1]) == ([], [State.SUBMITTING], "leave")


def test_no_more_are_open_than_may_be(desk: Open) -> None:
    opened = desk(settings="confirm_every = 1")
    most: list[int] = []
    opened.shop.before_send = lambda: most.append(len(opened.once.open))
    opened.act("A", "B", "C")
    assert max(most) == 1
    list(opened.once.settle())
    assert set(states(opened)) == {State.DONE}


def test_a_no_frees_nothing_until_two_looks_have_shown_nothing(desk: Open) -> None:
    opened = desk()
    opened.shop.answers = [NO]
    opened.shop.effect = False
    opened.act("A")
    assert opened.sent == ["A"], "the next step was taken after a refusal"
    list(opened.once.settle())
    assert states(opened) == [State.REFUSED]
    assert opened.shop.log.count("find") >= 2


def test_a_no_to_what_the_site_did_is_none(desk: Open) -> None:
    opened = desk()
    opened.shop.answers = [SILENCE]
    opened.act("A")
    list(opened.once.settle())
    assert set(states(opened)) == {State.DONE}


def test_a_yes_that_the_site_never_shows_is_not_sent_again(desk: Open) -> None:
    opened = desk()
    opened.shop.effect = False
    opened.act("A")
    list(opened.once.settle())
    assert (states(opened), opened.sent) == ([State.UNKNOWN], ["A"])


def test_three_doubts_in_a_row_stop_the_shop(desk: Open) -> None:
    opened = desk()
    opened.shop.says["filled"] = OTHER["filled"]
    with pytest.raises(TooManyDoubts):
        opened.act("A", "B", "C", "D")
    assert opened.shop.log.count("put") == 3
    nothing_began(opened)


def test_refusals_are_no_doubts(desk: Open) -> None:
    opened = desk()
    opened.shop.answers = [NO] * 5
    opened.shop.effect = False
    opened.act("A", "B", "C", "D", "E")
    assert opened.sent == list("ABCDE")


def test_what_the_site_shows_already_is_not_done_again(desk: Open) -> None:
    opened = desk()
    if opened.kind.name == "ship":
        opened.shop.says["row"] = {"status": "shipped"}
        assert codes(opened.act("A")) == ["row_mismatch"]
    else:
        decision = opened.decision("A")
        opened.shop.orders["A"] = replace(opened.shop.orders["A"], remark="好", flag="RED")
        results = list(opened.route.act([decision]))
        assert codes(results)[-1] in {"already_there", "changed_meanwhile"}
    nothing_began(opened)


@pytest.mark.parametrize("desk", ["two-writes"], indirect=True)
def test_a_second_step_is_not_taken_while_the_first_is_not_proven(desk: Open) -> None:
    opened = desk()
    opened.shop.lags = True
    opened.act("A")
    assert (opened.sent, states(opened)) == (["A"], [State.UNKNOWN])


def test_a_second_step_waits_for_the_proof_of_the_first(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=PaperDesk.clock()) as ledger:
        opened = PaperDesk(tmp_path, kind="two-writes", ledger=ledger)
        opened.act("A")
        log = opened.shop.log
        first, second = (n for n, line in enumerate(log) if line == "send A")
        assert "find" in log[first:second]
        assert [(each.part, each.state) for each in ledger.actions.search("demo")] == [
            ("flag", State.DONE) if "find" in log[second:] else ("flag", State.SUBMITTING),
            ("text", State.DONE),
        ]


def test_a_first_step_that_an_earlier_run_has_done_is_not_taken_again(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=PaperDesk.clock()) as ledger:
        opened = PaperDesk(tmp_path, kind="two-writes", ledger=ledger)
        decision = opened.decision("A")
        opened.shop.answers = [Said(accepted=True), SILENCE]
        stopped = iter([False, True])
        opened.run = replace(opened.run, stopping=lambda: next(stopped, True))
        opened.kind.run = opened.run
        opened.route._run = opened.run
        with pytest.raises(Stopped):
            list(opened.route.act([decision]))
        assert opened.sent == ["A"]
        later = PaperDesk(tmp_path, kind="two-writes", ledger=ledger)
        later.shop.orders = opened.shop.orders
        assert [each.action.part for each in later.once.recover() if isinstance(each, Settled)] in (["text"], [])
        list(later.route.act([decision]))
        assert (later.sent, later.shop.orders["A"].flag) == (["A"], "RED")


def test_a_click_waits_until_the_site_takes_one(desk: Open) -> None:
    opened = desk(per_minute=1)
    at_s: list[float] = []
    opened.shop.before_send = lambda: at_s.append(opened.shop.clock.monotonic())
    opened.act("A", "B")
    assert len(at_s) == 2 * opened.clicks
    assert all(later - earlier >= 60 for earlier, later in pairwise(at_s))


def test_a_site_that_wants_fewer_clicks_is_left_alone_for_a_while(desk: Open) -> None:
    opened = desk()
    opened.shop.answers = [Said(accepted=False, repeatable=True, too_often=True)]
    begun = opened.shop.clock.monotonic()
    opened.act("A", "B")
    assert opened.sent[:2] == ["A", "B"]
    assert opened.shop.clock.monotonic() - begun >= 5


def test_what_earlier_runs_have_done_in_all_its_steps_ends_without_a_click(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=PaperDesk.clock()) as ledger:
        opened = PaperDesk(tmp_path, kind="two-writes", ledger=ledger)
        decision = opened.decision("A")
        opened.act("A")
        list(opened.once.settle())
        later = PaperDesk(tmp_path, kind="two-writes", ledger=ledger)
        assert codes(list(later.route.act([decision]))) == ["already_there"]
        assert later.sent == []


def test_a_value_of_several_steps_that_is_wanted_otherwise_later_is_written_anew(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=PaperDesk.clock()) as ledger:
        desk = PaperDesk(tmp_path, kind="two-writes", ledger=ledger)
        desk.kind.supersedes = True  # type: ignore[misc]
        desk.once = desk.run.once("two-writes", look=desk.kind.looks, supersedes=True)
        desk.route._once = desk.once
        desk.act("A")
        list(desk.once.settle())
        wanted = replace(desk.decision("A").wanted, text="坏", flag="BLUE")
        list(desk.route.act([replace(desk.decision("A"), wanted=wanted)]))
        assert (desk.shop.orders["A"].remark, desk.shop.orders["A"].flag) == ("坏", "BLUE")
