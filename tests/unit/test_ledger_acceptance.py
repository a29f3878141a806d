"""What a person accepts: holds and actions come back, and the ledger is another one from then on."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rpa.credentials import key_from, make_key
from rpa.errors import ConfigError
from rpa.ledger.acceptance import accept
from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.journal import Journal, last_items
from rpa.ledger.ledger import Ledger
from rpa.ledger.sealed_stock import NewItem, SealedItem
from rpa.ledger.sealing import Seal
from tests.support.ledger_clock import HandClock
from tests.support.lost_ledger import CLOCK, backup, held, lose, open_ledger, put_back, refused, take, with_a_backup


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return with_a_backup(tmp_path)


@pytest.mark.parametrize("loss", [put_back, lose])
def test_what_a_person_held_and_released_comes_back(path: Path, loss: object) -> None:
    with open_ledger(path) as ledger:
        ledger.holds.lift("demo", subject="A", by="小李", reason="called")
        ledger.holds.put("demo", subject="C", reason="gone by then", by="me", until=CLOCK.now())
    assert callable(loss)
    loss(path)
    take(path)
    with open_ledger(path) as ledger:
        [(hold,)] = ledger.holds.active("demo").values()
    assert (hold.subject, hold.reason, hold.held_by, hold.cause) == ("B", "sold out", "小王", "person")


def test_an_acceptance_is_kept_and_there_is_none_without_a_doubt(path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to accept"):
        take(path)
    put_back(path)
    take(path)
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT found, accepted_by, reason FROM acceptances").fetchall()
    assert rows == [("older", "小王", "the disk died")]
    assert Journal(path).read().entries[-1]["by"] == "小王"
    with pytest.raises(ConfigError, match="nothing to accept"):
        take(path)


def test_a_ledger_that_was_given_up_is_foreign_when_it_comes_back(path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / "newest")
    put_back(path)
    take(path)
    shutil.copy(tmp_path / "newest", path)
    assert refused(path).fault == "foreign"
    put_back(path)
    assert refused(path).fault == "foreign"
    take(path)
    assert held(path) == {"A", "B"}


def test_an_acceptance_that_was_killed_before_its_witness_counts(path: Path) -> None:
    put_back(path)
    before = {file: file.read_bytes() for file in path.parent.glob("witness-*")}
    take(path)
    for file, content in before.items():
        file.write_bytes(content)
    assert held(path) == {"A", "B"}


def test_what_may_have_reached_the_site_is_looked_at_again_and_not_begun_anew(path: Path) -> None:
    with open_ledger(path) as ledger:
        run = ledger.runs.start("demo", flow="ship")
        intents = [
            Intent(subject=each, payload={"number": f"N{each}"}) for each in ("open", "done", "refused", "doubt")
        ]
        begun = {each.subject: each for each in ledger.actions.begin(run, kind="ship", intents=intents)}
        looks = {"done": Seen.OURS, "refused": Seen.REFUSED, "doubt": Seen.UNREADABLE}
        for subject, seen in looks.items():
            ledger.actions.settle(run, begun[subject], seen=seen, settled=True, facts={"at": subject})
        ledger.actions.hand_over(run, kind="ship", intents=[Intent(subject="handed", payload={}, bundle="9")])
        before = {each.subject: each for each in ledger.actions.search("demo")}
    put_back(path)
    take(path)
    with open_ledger(path) as ledger:
        after = {each.subject: each for each in ledger.actions.search("demo")}
        assert {subject: each.state for subject, each in after.items()} == {
            "open": State.SUBMITTING,
            "done": State.DONE,
            "doubt": State.UNKNOWN,
            "handed": State.HANDED_OVER,
        }
        for subject, each in after.items():
            was = before[subject].to_json()
            assert {**each.to_json(), "id": 0} == {**was, "id": 0}
        [known] = ledger.runs.search()
        assert known.id == run.id
        assert ledger.runs.start("demo", flow="ship").fence > run.fence


def test_a_backup_made_in_the_middle_of_a_click_learns_its_end(path: Path) -> None:
    with open_ledger(path) as ledger:
        run = ledger.runs.start("demo", flow="ship")
        [one, two] = ledger.actions.begin(
            run, kind="ship", intents=[Intent(subject=each, payload={}) for each in ("one", "two")]
        )
    shutil.copy(path, backup(path))
    with open_ledger(path) as ledger:
        ledger.actions.settle(run, one, seen=Seen.OURS, settled=True)
        ledger.actions.settle(run, two, seen=Seen.REFUSED, settled=True)
        CLOCK.move(1)
        ledger.actions.begin(run, kind="ship", intents=[Intent(subject="two", payload={"again": "1"})])
    put_back(path)
    take(path)
    with open_ledger(path) as ledger:
        found = sorted((each.subject, each.state) for each in ledger.actions.search("demo"))
    assert found == [("one", State.DONE), ("two", State.REFUSED), ("two", State.SUBMITTING)]


def test_another_run_has_the_fence_of_a_lost_one_and_both_stay_apart(path: Path) -> None:
    with open_ledger(path) as ledger:
        run = ledger.runs.start("demo", flow="ship")
        ledger.actions.begin(run, kind="ship", intents=[Intent(subject="X", payload={})])
    put_back(path)
    for each in path.parent.glob("witness-*"):
        each.unlink()
    with Ledger.open(path, clock=HandClock(_at=[CLOCK.now().replace(hour=22)])) as ledger:
        other = ledger.runs.start("demo", flow="ship")  # nobody could tell, so that it is used
        assert other.fence == run.fence
    lose(path)
    take(path)
    with open_ledger(path) as ledger:
        assert ledger.actions.live("demo", kind="ship").keys() == {("X", "")}


def test_what_a_killed_process_left_beside_a_lost_file_is_of_no_use_and_no_harm(path: Path) -> None:
    ledger = open_ledger(path)
    ledger.holds.put("demo", subject="C", reason="sold out", by="小王")
    left = {file: file.read_bytes() for file in path.parent.glob("ledger.sqlite3-*")}
    ledger.close()
    path.unlink()
    for file, content in left.items():
        file.write_bytes(content)
    assert refused(path).fault == "missing"
    take(path)
    assert held(path) == {"A", "B", "C"}


def test_an_acceptance_counts_while_somebody_else_reads(path: Path) -> None:
    put_back(path)
    with Ledger.open(path, clock=CLOCK, doubted=lambda _: None) as reader:
        reader.holds.active("demo")
        take(path)
        assert held(path) == {"A", "B"}


def test_a_line_that_a_power_cut_tore_takes_no_other_along(path: Path) -> None:
    file = Journal(path).file
    file.write_bytes(file.read_bytes()[:-20])
    with open_ledger(path) as ledger:
        ledger.holds.put("demo", subject="C", reason="sold out", by="小王")
    text = file.read_bytes()
    file.write_bytes(text + b"[" * 200_000 + b'\n{"sum": "0", "do": "hold", "sub')
    lose(path)
    accepted = accept(path, by="me", reason="r", clock=CLOCK)
    assert (accepted.holds, accepted.unreadable) == (2, 3)
    assert held(path) == {"A", "C"}


def test_a_line_that_was_changed_is_not_believed(path: Path) -> None:
    file = Journal(path).file
    file.write_text(file.read_text(encoding="utf-8").replace('"subject": "B"', '"subject": "Z"'), encoding="utf-8")
    lose(path)
    assert accept(path, by="me", reason="r", clock=CLOCK).unreadable == 1
    assert held(path) == {"A"}


def test_a_hold_that_another_process_put_on_after_a_lifting_stays(path: Path) -> None:
    file = Journal(path).file
    early = file.read_text(encoding="utf-8")
    with open_ledger(path) as ledger:
        ledger.holds.lift("demo", subject="B", by="me")
        lifting = file.read_text(encoding="utf-8").removeprefix(early)
        CLOCK.move(1)
        ledger.holds.put("demo", subject="B", reason="again", by="me")
        holding = file.read_text(encoding="utf-8").removeprefix(early + lifting)
    file.write_text(early + holding + lifting, encoding="utf-8")
    lose(path)
    take(path)
    assert held(path) == {"A", "B"}


def test_the_journal_begins_anew_when_it_is_large_and_forgets_nothing_that_stands(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger(path) as ledger:
        run = ledger.runs.start("demo", flow="ship")
        ledger.actions.begin(run, kind="ship", intents=[Intent(subject="X", payload={})])
        for number in range(20):
            ledger.holds.put("demo", subject="A", reason=f"call back {number}", by="me")
    lines = Journal(path).read().entries
    monkeypatch.setattr("rpa.ledger.journal.LARGE_BYTES", 1000)
    open_ledger(path).close()
    entries = Journal(path).read().entries
    assert [each["do"] for each in entries] == ["begin", "hold", "hold", "action"]
    assert len(entries) < len(lines)
    assert not Journal(path).is_due  # though it is as large as that by itself
    lose(path)
    take(path)
    with open_ledger(path) as ledger:
        assert ledger.holds.active("demo").keys() == {"A", "B"}
        assert ledger.actions.live("demo", kind="ship").keys() == {("X", "")}


def test_a_hold_that_cannot_be_kept_twice_is_not_kept_at_all(path: Path) -> None:
    file = Journal(path).file
    file.unlink()
    with open_ledger(path) as ledger:
        file.unlink()
        file.mkdir()
        with pytest.raises(ConfigError, match="nothing was recorded"):
            ledger.holds.put("demo", subject="C", reason="r", by="me")
    file.rmdir()
    assert held(path) == {"A", "B"}


@pytest.mark.parametrize("began_anew", [False, True])
def test_a_doubt_that_took_the_place_of_what_a_backup_has_as_done_comes_back(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, began_anew: bool
) -> None:
    with open_ledger(path) as ledger:
        run = ledger.runs.start("demo", flow="add-remark")
        [first] = ledger.actions.begin(run, kind="remark", intents=[Intent(subject="A", payload={"remark": "1"})])
        ledger.actions.settle(run, first, seen=Seen.OURS, settled=True)
    shutil.copy(path, backup(path))
    CLOCK.move(1)
    with open_ledger(path) as ledger:
        run = ledger.runs.start("demo", flow="add-remark")
        wanted = [Intent(subject="A", payload={"remark": "2"})]
        [second] = ledger.actions.begin(run, kind="remark", intents=wanted, supersede=True)
        ledger.actions.settle(run, second, seen=Seen.UNREADABLE, settled=True)
    if began_anew:
        monkeypatch.setattr("rpa.ledger.journal.LARGE_BYTES", 100)
        open_ledger(path).close()
    put_back(path)
    take(path)
    with open_ledger(path) as ledger:
        found = {each.payload["remark"]: each.state for each in ledger.actions.search("demo")}
    assert found == {"1": State.SUPERSEDED, "2": State.UNKNOWN}


@pytest.mark.parametrize("loss", [put_back, lose])
def test_no_item_of_a_stock_is_given_a_second_time_by_a_ledger_that_was_put_back(path: Path, loss: object) -> None:
    """Not where the items lie in the backup, and not where the same file is imported anew."""
    seal = Seal(key_from(make_key()), owner="stock")
    items = [
        NewItem(place=each, content=f"SECRET-{each}", identity=str(each), last_four=str(each)) for each in range(6)
    ]

    def reserve(ledger: Ledger, subject: str, count: int) -> list[SealedItem]:
        return ledger.sealed_stock.reserve("stock", pool="P", shop="demo", subject=subject, count=count, by="me")

    with open_ledger(path) as ledger:
        ledger.sealed_stock.add(seal, pool="P", batch="B", items=items, by="me")
    shutil.copy(path, backup(path))
    with open_ledger(path) as ledger:
        freed, *_ = reserve(ledger, "freed", 1)
        ledger.sealed_stock.release("stock", shop="demo", subject="freed", by="me", reason="")
        assert reserve(ledger, "sent", 2)[0].id == freed.id
        sent = ledger.sealed_stock.search("stock", subject="sent")
        ledger.sealed_stock.reveal(seal, items=sent, by="me")
        ledger.sealed_stock.mark_sent("stock", items=sent, by="me")
        reserve(ledger, "reserved", 1)
        shown = reserve(ledger, "shown", 1)
        ledger.sealed_stock.reveal(seal, items=shown, by="me")
        ledger.sealed_stock.void("stock", items=ledger.sealed_stock.search("stock", last_four="5"), by="me", reason="")
        before = ledger.sealed_stock.search("stock")
    assert callable(loss)
    loss(path)
    take(path)
    with open_ledger(path) as ledger:
        ledger.sealed_stock.add(seal, pool="P", batch="again", items=items, by="me", whole=False)
        after = ledger.sealed_stock.search("stock")
        told = sorted((each.last_four, each.state, each.subject, each.position, bool(each.shown_at)) for each in before)
        assert told == sorted(
            (each.last_four, each.state, each.subject, each.position, bool(each.shown_at)) for each in after
        )
        [last] = reserve(ledger, "next", 1)
        assert last.last_four == "4"
    assert b"SECRET" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_of_two_words_on_an_item_the_newer_counts_whichever_was_written_first() -> None:
    """What frees an item is written after the commit, what gives it to the next one before."""
    word = {"do": "item", "owner": "stock", "digest": "d"}
    free, given = ({**word, "state": state, "at": at} for state, at in (("free", "10:00"), ("reserved", "10:01")))
    assert last_items([free, given]) == last_items([given, free]) == [given]
