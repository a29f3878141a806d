"""One irreversible step for many subjects at once, and looks at many that come from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from rpa.errors import AlreadyDone, TryAgain
from rpa.ledger.actions import Intent, Key, Seen, State
from rpa.ledger.ledger import Ledger
from rpa.ledger.once import Look, Reply
from tests.support.ledger_clock import HandClock
from tests.support.once_desk import NO, NOTHING_SAID, YES, Desk, ends


@pytest.fixture
def desk(ledger: Ledger, clock: HandClock) -> Desk:
    return Desk(ledger, clock)


def intents(*subjects: str) -> list[Intent]:
    return [Intent(subject=each, payload={"tracking_number": f"7{each}"}) for each in subjects]


def test_all_intents_are_on_disk_before_one_act_for_many(desk: Desk, tmp_path: Path) -> None:
    seen: list[Key] = []

    def act() -> Reply:
        with Ledger.open(tmp_path / "ledger.sqlite3", clock=desk.clock) as beside:
            seen.extend(each.key for each in beside.actions.submitting("demo", kind="ship"))
        return YES

    assert desk.once.act_many(intents("A", "B", "C"), act) is YES
    assert seen == list(desk.once.open) == [("A", ""), ("B", ""), ("C", "")]


def test_nothing_is_begun_nor_done_when_one_of_many_is_taken(desk: Desk) -> None:
    desk.send("B", said=YES, shown=Seen.OURS)
    desk.once.read_back()
    with pytest.raises(AlreadyDone, match="ship B is done"):
        desk.once.act_many(intents("A", "B"), lambda: pytest.fail("it acted"))
    assert desk.ledger.actions.submitting("demo", kind="ship") == []


def test_a_yes_to_many_says_nothing_of_any_of_them(desk: Desk) -> None:
    desk.once.act_many(intents("A", "B"), lambda: YES)
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    assert ends(desk.once.settle()) == {"A": State.DONE, "B": State.NOT_DONE}


def test_a_no_to_many_that_the_site_confirms_refuses_each(desk: Desk) -> None:
    desk.once.act_many(intents("A", "B"), lambda: NO)
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    assert ends(desk.once.read_back()) == {"A": State.DONE}
    assert ends(desk.once.settle()) == {"B": State.REFUSED}


def test_an_earlier_no_is_not_counted_against_a_later_act(desk: Desk) -> None:
    desk.send("A", said=NO)
    list(desk.once.settle())
    desk.once.act_many(intents("A"), lambda: NOTHING_SAID)
    assert ends(desk.once.settle()) == {"A": State.NOT_DONE}


def test_an_act_for_many_that_breaks_off_leaves_all_of_them_open(desk: Desk) -> None:
    def breaks_off() -> Reply:
        raise TryAgain("the window is gone")

    with pytest.raises(TryAgain):
        desk.once.act_many(intents("A", "B"), breaks_off)
    desk.site.shows["A"] = Look(seen=Seen.OURS)
    assert ends(desk.once.settle()) == {"A": State.DONE, "B": State.NOT_DONE}


def test_what_is_known_already_settles_without_a_look_and_the_others_stay_open(desk: Desk) -> None:
    desk.once.act_many(intents("A", "B", "C"), lambda: YES)
    known = {
        ("A", ""): Look(seen=Seen.OURS, detail="said so twice", facts={"row": 3}),
        ("B", ""): Look(seen=Seen.REFUSED, detail="unknown courier"),
        ("Z", ""): Look(seen=Seen.OURS),
    }
    settled = desk.once.settle_with(known)
    assert ends(settled) == {"A": State.DONE, "B": State.REFUSED}
    assert [(each.action.detail, each.action.facts, each.look) for each in settled] == [
        ("said so twice", {"row": 3}, known["A", ""]),
        ("unknown courier", {}, known["B", ""]),
    ]
    assert (list(desk.once.open), desk.site.looks) == ([("C", "")], 0)
    assert desk.state("A") is State.DONE


def test_what_many_rows_cost_grows_no_faster_than_their_number(ledger: Ledger, clock: HandClock) -> None:
    desk = Desk(ledger, clock)

    def statements(first: int, many: int) -> int:
        counted: list[str] = []

        def count(*told: str) -> None:
            counted.append(told[2])

        event.listen(Engine, "before_cursor_execute", count)
        subjects = [str(n) for n in range(first, first + many)]
        desk.once.act_many(intents(*subjects), lambda: YES)
        assert (
            len(desk.once.settle_with(dict.fromkeys(((each, "") for each in subjects), Look(seen=Seen.OURS)))) == many
        )
        event.remove(Engine, "before_cursor_execute", count)
        return len(counted)

    few = statements(0, 1_000)
    assert few < 20
    assert statements(1_000, 4_000) <= 4 * few
