"""Arrived files in the ledger: each content of a folder once, each row until it has ended."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from rpa.ledger.inbox_rows import Arrival, ArrivalRow, ArrivalState, NewRow, RowNote, RowState
from rpa.ledger.ledger import Ledger
from tests.support.ledger_clock import HandClock

FOLDER = "inbox"


def arrive(ledger: Ledger, *subjects: str, sha256: str = "a" * 64, instead_of: Arrival | None = None) -> Arrival:
    rows = [NewRow(place=str(n), subject=subject, content={"row": n}) for n, subject in enumerate(subjects, start=2)]
    return ledger.arrive(
        FOLDER, name="today.csv", sha256=sha256, path=f"{FOLDER}/done/today.csv", rows=rows, instead_of=instead_of
    )


def note(row: ArrivalRow, outcome: str, *, ends: bool, reason: str = "", looked: tuple[str, ...] = ()) -> RowNote:
    return RowNote(row_id=row.id, outcome=outcome, reason=reason, shop="demo", run_id="r1", ends=ends, looked=looked)


def rows(ledger: Ledger) -> dict[str, ArrivalRow]:
    return {row.subject: row for _, row in ledger.open_rows(FOLDER)}


def test_a_content_arrives_once_in_a_folder(ledger: Ledger) -> None:
    arrive(ledger, "1")
    with pytest.raises(IntegrityError):
        arrive(ledger, "2")
    assert list(rows(ledger)) == ["1"]


def test_the_rows_of_a_file_are_there_with_it_or_not_at_all(ledger: Ledger) -> None:
    bad = NewRow(place="2", subject="1", content={"row": object()})
    with pytest.raises(Exception, match="JSON serializable"):
        ledger.arrive(FOLDER, name="x", sha256="b" * 64, path="x", rows=[bad])
    assert ledger.known_arrival(FOLDER, sha256="b" * 64) is None


def test_rows_come_back_until_they_have_ended_oldest_first(ledger: Ledger) -> None:
    arrive(ledger, "1", "2")
    arrive(ledger, "3", sha256="b" * 64)
    ledger.note_rows([note(rows(ledger)["1"], "done", ends=True), note(rows(ledger)["2"], "waiting", ends=False)])
    assert [(arrival.sha256[0], row.subject, row.outcome) for arrival, row in ledger.open_rows(FOLDER)] == [
        ("a", "2", "waiting"),
        ("b", "3", ""),
    ]


def test_a_file_has_ended_with_its_last_row(ledger: Ledger, clock: HandClock) -> None:
    arrive(ledger, "1", "2")
    for subject, open_rows in (("1", rows(ledger)), ("2", rows(ledger))):
        clock.move(60)
        ledger.note_rows([note(open_rows[subject], "done", ends=True)])
        known = ledger.known_arrival(FOLDER, sha256="a" * 64)
        assert known is not None
        assert known.ended_at == (clock.now() if subject == "2" else None)


def test_a_file_without_rows_has_ended_when_it_comes(ledger: Ledger, clock: HandClock) -> None:
    assert arrive(ledger).ended_at == clock.now()


def test_an_end_stays_but_for_the_proof_that_it_was_done(ledger: Ledger) -> None:
    arrival = arrive(ledger, "1")
    row = rows(ledger)["1"]
    told = []
    for outcome in ("refused", "waiting", "done", "refused"):
        ledger.note_rows([note(row, outcome, ends=outcome != "waiting")])
        told += [(each.outcome, each.state) for each in ledger.rows_of_arrival(arrival)]
    ended = RowState.ENDED
    assert told == [("refused", ended), ("refused", ended), ("done", ended), ("done", ended)]


def test_a_result_is_to_be_written_when_its_rows_read_differently_and_only_then(ledger: Ledger) -> None:
    arrival = ledger.put_away(arrive(ledger, "1"))
    row = rows(ledger)["1"]
    unwritten = []
    for outcome in ("waiting", "waiting", "done"):
        ledger.note_rows([note(row, outcome, ends=outcome == "done")])
        unwritten.append([each.id for each in ledger.unfinished_arrivals(FOLDER)])
        arrival = ledger.keep_result(arrival, result="there", rows=ledger.rows_of_arrival(arrival), facts={})
    assert unwritten == [[arrival.id], [], [arrival.id]]


def test_a_result_of_which_a_row_was_noted_meanwhile_is_to_be_written_again(ledger: Ledger) -> None:
    arrival = ledger.put_away(arrive(ledger, "1"))
    written = ledger.rows_of_arrival(arrival)
    ledger.note_rows([note(written[0], "done", ends=True)])
    arrival = ledger.keep_result(arrival, result="there", rows=written, facts={})
    assert [each.id for each in ledger.unfinished_arrivals(FOLDER)] == [arrival.id]


def test_who_has_looked_adds_up_and_a_look_alone_changes_nothing_else(ledger: Ledger) -> None:
    arrive(ledger, "1")
    row = rows(ledger)["1"]
    ledger.note_rows([note(row, "waiting", reason="under_audit", ends=False, looked=("one",))])
    ledger.note_rows([RowNote(row_id=row.id, looked=("two",))])
    found = rows(ledger)["1"]
    assert (set(found.looked), found.outcome, found.reason, found.shop) == (
        {"one", "two"},
        "waiting",
        "under_audit",
        "demo",
    )


def test_a_file_that_could_not_be_read_comes_again_in_its_own_place(ledger: Ledger) -> None:
    first = ledger.put_away(arrive(ledger, ""))
    again = arrive(ledger, "1", "2", instead_of=first)
    assert (again.id, again.state) == (first.id, ArrivalState.ACCEPTED)
    assert list(rows(ledger)) == ["1", "2"]


def test_rows_of_a_file_that_grew_stay_and_a_note_on_one_that_went_is_of_no_other(
    ledger: Ledger,
) -> None:
    arrival = ledger.put_away(arrive(ledger, "1", "2"))
    of = rows(ledger)
    ledger.note_rows([note(of["1"], "done", ends=True), note(of["2"], "done", ends=True)])
    new = [NewRow(place=each.place, subject=each.subject, content=each.content) for each in (of["1"], of["2"])]
    new[1] = NewRow(place="3", subject="2b", content={"row": 3, "whole": True})
    grown = ledger.arrive_anew(arrival, sha256="b" * 64, rows=new, facts={"a": 1})
    assert (grown.id, grown.sha256, grown.result, grown.ended_at) == (arrival.id, "b" * 64, "", None)
    ledger.note_rows([note(of["2"], "done", ends=True)])
    assert [(row.subject, row.outcome) for row in ledger.rows_of_arrival(grown)] == [("1", "done"), ("2b", "")]


def test_what_is_not_put_away_is_found_again(ledger: Ledger) -> None:
    arrival = arrive(ledger, "1")
    ledger.keep_result(arrival, result="there", rows=ledger.rows_of_arrival(arrival), facts={})
    assert [each.id for each in ledger.unfinished_arrivals(FOLDER)] == [arrival.id]
    ledger.put_away(arrival)
    assert ledger.unfinished_arrivals(FOLDER) == []


def test_the_ledger_knows_when_something_new_came_last(ledger: Ledger, clock: HandClock) -> None:
    assert ledger.newest_arrival(FOLDER) is None
    arrive(ledger, "1")
    came = clock.now()
    clock.move(3600)
    assert ledger.newest_arrival(FOLDER) == came


def test_an_order_number_that_is_none_is_cut_to_what_a_database_takes(ledger: Ledger) -> None:
    arrive(ledger, "x" * 5000)
    assert [len(subject) for subject in rows(ledger)] == [200]


def test_thousands_of_rows_are_noted_at_once(ledger: Ledger) -> None:
    arrive(ledger, *map(str, range(2_500)))
    ledger.note_rows([note(row, "done", ends=True) for row in rows(ledger).values()])
    assert rows(ledger) == {}


def test_what_failed_lately_is_told_unless_a_later_file_has_its_row_be_it_long_ended(
    ledger: Ledger, clock: HandClock
) -> None:
    arrive(ledger, "old", sha256="o" * 64)
    [row] = ledger.rows_of_arrival(arrive(ledger, "again", sha256="b" * 64))
    ledger.note_rows([note(rows(ledger)["old"], "refused", ends=True)])
    clock.move(3600)
    [later] = ledger.rows_of_arrival(arrive(ledger, "again", sha256="c" * 64))
    ledger.note_rows([note(later, "done", ends=True)])
    arrive(ledger, "1", "2", "open")
    clock.move(9 * 24 * 3600)
    since = clock.now()
    ledger.note_rows([note(rows(ledger)["1"], "refused", ends=True), note(row, "refused", ends=True)])
    ledger.note_rows([note(rows(ledger)["2"], "done", ends=True)])
    assert [each.subject for each in ledger.failed_rows(FOLDER, since=since)] == ["1"]
    assert ledger.failed_rows("other", since=since) == []
