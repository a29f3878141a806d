"""A file over which a run came to its end is not read by the next one, and a person is told which it is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from flows.orders.reasons import Reason
from rpa.documents.quarantine import Fatal, Quarantine
from tests.support.inbox_desk import A, ArrivalDesk, B, aged, parcel
from tests.support.inbox_program import DEAD
from tests.unit.test_inbox_killed import end, start

CONTENT = hashlib.sha256(b"a file").hexdigest()


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    made = ArrivalDesk(tmp_path, shops=("one", "two"))
    (tmp_path / "settings").write_text(made.settings)
    return made


@pytest.mark.slow
def test_a_file_over_which_runs_die_is_set_aside_and_the_others_are_worked_on(desk: ArrivalDesk) -> None:
    aged(desk.drop("bad.csv", parcel(A)), by_s=7200)
    desk.drop("today.csv", parcel(B))
    for _ in range(2):
        assert end(start(desk, event="os.remove", of="reading")) == DEAD
    desk.run(finds={"one": {B: Reason.SHIPPED}})
    assert sorted(desk.reported) == [("one", B, "shipped"), ("two", "", "bad_row")]
    [told] = [message for message in desk.messages if "set aside" in message]
    with desk.ledger() as ledger:
        assert [each.message for each in ledger.outstanding()] == [told]
    desk.run()
    desk.drop("again.csv", parcel(A))
    desk.run(finds={"one": {A: Reason.SHIPPED}})
    assert ("one", A, "shipped") not in desk.reported, "it came under another name and was read"


@pytest.mark.slow
def test_a_person_may_have_it_read_again(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A))
    for _ in range(2):
        assert end(start(desk, event="os.remove", of="reading")) == DEAD
    desk.run()
    [note] = (desk.config.var / "reading").iterdir()
    assert str(note) in "".join(desk.messages)
    note.unlink()
    desk.drop("today.csv", parcel(A))
    desk.run(finds={"one": {A: Reason.SHIPPED}})
    assert desk.reasons() == {A: "shipped"}
    assert list((desk.config.var / "reading").iterdir()) == []


def test_one_end_while_a_file_is_read_is_no_reason_to_set_it_aside(tmp_path: Path) -> None:
    for _ in range(3):
        (tmp_path / f"{CONTENT}.{os.getpid()}").write_text("somebody pulled the plug")
        with Quarantine(tmp_path).reading(CONTENT, name="a"):
            pass
        assert list(tmp_path.iterdir()) == []


def test_a_process_of_our_own_number_that_is_gone_counts_as_gone(tmp_path: Path) -> None:
    (tmp_path / f"{CONTENT}.once").write_text("a run before")
    (tmp_path / f"{CONTENT}.{os.getpid()}").write_text("as in a container, where every run is process 1")
    with pytest.raises(Fatal), Quarantine(tmp_path).reading(CONTENT, name="a"):
        pass


def test_what_two_runs_read_at_once_ends_neither(tmp_path: Path) -> None:
    (tmp_path / f"{CONTENT}.{os.getppid()}").write_text("a run that goes on")
    files = Quarantine(tmp_path)
    with files.reading(CONTENT, name="a"), files.reading(CONTENT, name="a"):
        pass
    assert [path.suffix for path in tmp_path.iterdir()] == [f".{os.getppid()}"]


def test_a_file_that_was_refused_is_not_one_that_ended_a_run(tmp_path: Path) -> None:
    files = Quarantine(tmp_path)
    with pytest.raises(ValueError, match="no table"), files.reading(CONTENT, name="a"):
        raise ValueError("no table")
    with files.reading(CONTENT, name="a"):
        pass
    assert list(tmp_path.iterdir()) == []
