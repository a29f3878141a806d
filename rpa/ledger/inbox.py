"""The inbox in the ledger: arrived files, each content once, and their rows until they have ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from rpa.ledger.inbox_rows import Arrival, ArrivalRow, ArrivalState, NewRow, RowNote, RowState
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import arrival_rows, arrivals
from rpa.ledger.transactions import Transactions
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, Connection, RowMapping

    from rpa.clock import Clock


_SUCCESS: Final = frozenset({Outcome.DONE, Outcome.ALREADY_DONE})


_TOLD: Final = ("state", "outcome", "reason", "message")


_CHANGING: Final = (*_TOLD, "shop", "run_id", "looked", "updated_at")


_LONGEST_SUBJECT: Final = 200


def arrive(
    connection: Connection,
    *,
    folder: str,
    name: str,
    sha256: str,
    path: str,
    rows: Sequence[NewRow],
    facts: Mapping[str, object],
    instead_of: Arrival | None,
    clock: Clock,
) -> Arrival:
    """The file with all its rows open; without rows it has ended already. The unique index rejects a known content."""
    now = clock.now()
    values = {
        "folder": folder,
        "name": name,
        "sha256": sha256,
        "state": ArrivalState.ACCEPTED.value,
        "path": path,
        "result": "",
        "arrived_at": now,
        "ended_at": None if rows else now,
        "facts": dict(facts),
    }
    if instead_of is None:
        made = connection.execute(insert(arrivals).values(values).returning(arrivals)).mappings().one()
    else:
        connection.execute(delete(arrival_rows).where(arrival_rows.c.arrival_id == instead_of.id))
        again = update(arrivals).where(arrivals.c.id == instead_of.id).values(values).returning(arrivals)
        made = connection.execute(again).mappings().one()
    new = [{"arrival_id": made["id"], "updated_at": now, **as_open(row)} for row in rows]
    if new:
        connection.execute(insert(arrival_rows), new)
    return arrival_of(made, clock=clock)


def as_open(row: NewRow) -> dict[str, object]:
    """The columns of a row that no run has come to."""
    subject = row.subject[:_LONGEST_SUBJECT]
    content = dict(row.content)
    return {"place": row.place, "subject": subject, "content": content, "state": RowState.OPEN.value, "looked": {}}


def change(connection: Connection, arrival: Arrival, *, values: Mapping[str, object], clock: Clock) -> Arrival:
    """The arrival with these columns changed."""
    changed = update(arrivals).where(arrivals.c.id == arrival.id).values(**values).returning(arrivals)
    return arrival_of(connection.execute(changed).mappings().one(), clock=clock)


def known(connection: Connection, *, folder: str, sha256: str, clock: Clock) -> Arrival | None:
    """The arrival of this content; None: it never came."""
    wanted = select(arrivals).where(arrivals.c.folder == folder, arrivals.c.sha256 == sha256)
    found = connection.execute(wanted).mappings().one_or_none()
    return None if found is None else arrival_of(found, clock=clock)


def unfinished(connection: Connection, *, folder: str, clock: Clock) -> list[Arrival]:
    """Arrivals whose file is to be put away or whose result is to be written, oldest first."""
    wanted = (
        select(arrivals)
        .where(arrivals.c.folder == folder)
        .where(or_(arrivals.c.state == ArrivalState.ACCEPTED.value, arrivals.c.result == ""))
        .order_by(arrivals.c.id)
    )
    return [arrival_of(row, clock=clock) for row in connection.execute(wanted).mappings()]


def newest(connection: Connection, *, folder: str, clock: Clock) -> datetime | None:
    """When the last new content arrived; None: never."""
    found = connection.execute(select(func.max(arrivals.c.arrived_at)).where(arrivals.c.folder == folder)).scalar()
    return None if found is None else found.astimezone(clock.zone)


def rows_of(connection: Connection, *, arrival_id: int, clock: Clock) -> list[ArrivalRow]:
    """All rows of an arrival, in the order of the file."""
    wanted = select(arrival_rows).where(arrival_rows.c.arrival_id == arrival_id).order_by(arrival_rows.c.id)
    return [_row(row, clock=clock) for row in connection.execute(wanted).mappings()]


def tell_the_same(rows: Sequence[ArrivalRow], others: Sequence[ArrivalRow]) -> bool:
    """Whether a result reads the same, whichever of these it is made of."""
    one, other = ([(row.id, *(getattr(row, name) for name in _TOLD)) for row in each] for each in (rows, others))
    return one == other


def open_rows(connection: Connection, *, folder: str, clock: Clock) -> list[tuple[Arrival, ArrivalRow]]:
    """The rows of a folder's files that have not ended, each with its file, in the order in which they came."""
    of = select(arrivals).where(arrivals.c.folder == folder, arrivals.c.ended_at.is_(None))
    files = {row["id"]: arrival_of(row, clock=clock) for row in connection.execute(of).mappings()}
    rows: list[ArrivalRow] = []
    for some in chunks(files):
        wanted = select(arrival_rows).where(
            arrival_rows.c.state == RowState.OPEN.value, arrival_rows.c.arrival_id.in_(some)
        )
        rows += [_row(row, clock=clock) for row in connection.execute(wanted).mappings()]
    return [(files[row.arrival_id], row) for row in sorted(rows, key=lambda row: row.id)]


def failed_rows(connection: Connection, *, folder: str, since: datetime, clock: Clock) -> list[ArrivalRow]:
    """Rows of a folder that ended since then without success, and whose subject no later row names."""
    rows, files = arrival_rows.c, arrivals.c
    recent = and_(files.folder == folder, or_(files.ended_at.is_(None), files.ended_at >= since))
    here = select(files.id).where(recent)
    first = select(func.min(files.arrived_at)).where(recent).scalar_subquery()
    since_then = select(files.id).where(files.folder == folder, files.arrived_at >= first)
    newest = select(func.max(rows.id)).where(rows.arrival_id.in_(since_then), rows.subject != "").group_by(rows.subject)
    wanted = (
        select(arrival_rows)
        .where(rows.state == RowState.ENDED.value, rows.outcome.not_in(_SUCCESS), rows.updated_at >= since)
        .where(rows.arrival_id.in_(here), or_(rows.subject == "", rows.id.in_(newest)))
        .order_by(rows.id)
    )
    return [_row(row, clock=clock) for row in connection.execute(wanted).mappings()]


def note(connection: Connection, notes: Sequence[RowNote], *, clock: Clock) -> None:
    """What a run made of rows. An end stays, unless a later look proves that the row was done after all.

    A file whose rows read differently now is marked for a new result; one without an open row has ended.
    """
    now = clock.now()
    there = _by_id(connection, [each.row_id for each in notes], clock=clock)
    changed: dict[int, dict[str, object]] = {}
    touched: set[int] = set()
    for each in notes:
        row = there.get(each.row_id)
        if row is None or (row.state is RowState.ENDED and not _is_proof(each, of=row)):
            continue
        after = _after(row, each, now=now)
        changed[row.id] = {"of": row.id} | {f"to_{name}": value for name, value in after.items()}
        if any(after[name] != getattr(row, name) for name in _TOLD):
            touched.add(row.arrival_id)
    if changed:
        values: dict[str, BindParameter[object]] = {name: bindparam(f"to_{name}") for name in _CHANGING}
        statement = update(arrival_rows).where(arrival_rows.c.id == bindparam("of")).values(values)
        connection.execute(statement, list(changed.values()))
    _mark(connection, touched, now=now)


def _is_proof(note: RowNote, *, of: ArrivalRow) -> bool:
    return note.outcome in _SUCCESS and of.outcome not in _SUCCESS


def _after(row: ArrivalRow, note: RowNote, *, now: datetime) -> dict[str, object]:
    """The columns that a note may change, as they are after it."""
    looked = {**row.looked, **dict.fromkeys(note.looked, now.isoformat())}
    if not note.outcome:
        return {name: getattr(row, name) for name in _CHANGING} | {"state": row.state.value, "looked": looked}
    return {
        "state": (RowState.ENDED if note.ends else RowState.OPEN).value,
        "outcome": str(note.outcome),
        "reason": str(note.reason),
        "message": note.message,
        "shop": note.shop,
        "run_id": note.run_id,
        "looked": looked,
        "updated_at": now,
    }


def _mark(connection: Connection, arrival_ids: Iterable[int], *, now: datetime) -> None:
    for some in chunks(arrival_ids):
        connection.execute(update(arrivals).where(arrivals.c.id.in_(some)).values(result=""))
        still = select(arrival_rows.c.arrival_id).where(
            arrival_rows.c.state == RowState.OPEN.value, arrival_rows.c.arrival_id.in_(some)
        )
        ended = update(arrivals).where(arrivals.c.id.in_(some), arrivals.c.id.not_in(still))
        connection.execute(ended.where(arrivals.c.ended_at.is_(None)).values(ended_at=now))


def _by_id(connection: Connection, ids: Iterable[int], *, clock: Clock) -> dict[int, ArrivalRow]:
    query = select(arrival_rows).with_for_update()
    found = (
        _row(row, clock=clock)
        for some in chunks(ids)
        for row in connection.execute(query.where(arrival_rows.c.id.in_(some))).mappings()
    )
    return {row.id: row for row in found}


def arrival_of(row: RowMapping, *, clock: Clock) -> Arrival:
    """The arrival in this row of the table."""
    return Arrival(**{**fields(row, zone=clock.zone), "state": ArrivalState(row["state"])})


def _row(row: RowMapping, *, clock: Clock) -> ArrivalRow:
    return ArrivalRow(**{**fields(row, zone=clock.zone), "state": RowState(row["state"])})


def archived(connection: Connection, *, folder: str, since: datetime, clock: Clock) -> list[Arrival]:
    """Arrivals since then whose file was put away, oldest first."""
    wanted = (
        select(arrivals)
        .where(arrivals.c.folder == folder, arrivals.c.state == ArrivalState.ARCHIVED.value)
        .where(arrivals.c.arrived_at >= since)
        .order_by(arrivals.c.id)
    )
    return [arrival_of(row, clock=clock) for row in connection.execute(wanted).mappings()]


def copied(connection: Connection, *, folder: str, clock: Clock) -> list[Arrival]:
    """Arrivals with the fact `copied`, oldest first."""
    copies = arrivals.c.facts["copied"].as_string()
    wanted = select(arrivals).where(arrivals.c.folder == folder, copies.is_not(None)).order_by(arrivals.c.id)
    return [arrival_of(row, clock=clock) for row in connection.execute(wanted).mappings()]


def anew(
    connection: Connection,
    arrival: Arrival,
    *,
    sha256: str,
    rows: Sequence[NewRow],
    facts: Mapping[str, object],
    clock: Clock,
) -> Arrival:
    """The arrival with these rows: those that read as before stay as they are, with what became of them."""
    now = clock.now()
    before = {_reads(row): row.id for row in rows_of(connection, arrival_id=arrival.id, clock=clock)}
    stay = {before[reads] for row in rows if (reads := _reads(row)) in before}
    new = [{"arrival_id": arrival.id, "updated_at": now, **as_open(row)} for row in rows if _reads(row) not in before]
    if new:  # before the others go: a number that a row had is never another's, whose run may yet note something of it
        connection.execute(insert(arrival_rows), new)
    for some in chunks(set(before.values()) - stay):
        connection.execute(delete(arrival_rows).where(arrival_rows.c.id.in_(some)))
    left = select(arrival_rows.c.id).where(
        arrival_rows.c.arrival_id == arrival.id, arrival_rows.c.state == RowState.OPEN.value
    )
    is_open = connection.execute(left.limit(1)).first() is not None
    values = {"sha256": sha256, "facts": dict(facts), "result": "", "ended_at": None if is_open else now}
    changed = update(arrivals).where(arrivals.c.id == arrival.id).values(values).returning(arrivals)
    return arrival_of(connection.execute(changed).mappings().one(), clock=clock)


def _reads(row: NewRow) -> tuple[str, str]:
    """What equal rows have in common."""
    return row.place, json.dumps(dict(row.content), sort_keys=True)


class Intake(Transactions):
    """Arrived files, each content of a folder once, and their rows until they have ended."""

    def arrive(
        self,
        folder: str,
        *,
        name: str,
        sha256: str,
        path: str,
        rows: Sequence[NewRow],
        facts: Mapping[str, object] | None = None,
        instead_of: Arrival | None = None,
    ) -> Arrival:
        """A new file with all its rows, durable when this returns: all of it, or nothing.

        `path`: where it will be put away. `instead_of`: the same content, which could not be read when it came before;
        its rows give way. Hold the folder's lock: a content that is known is rejected by the database.
        """
        with self._writing() as connection:
            return arrive(
                connection,
                folder=folder,
                name=name,
                sha256=sha256,
                path=path,
                rows=rows,
                facts=facts or {},
                instead_of=instead_of,
                clock=self._clock,
            )

    def arrive_anew(
        self, arrival: Arrival, *, sha256: str, rows: Sequence[NewRow], facts: Mapping[str, object]
    ) -> Arrival:
        """The arrival after its file, where it was put away, got another content: all of it, or nothing.

        Rows that read as before stay as they are, with what became of them. Hold the folder's lock: a content that is
        known is rejected by the database.
        """
        with self._writing() as connection:
            return anew(connection, arrival, sha256=sha256, rows=rows, facts=facts, clock=self._clock)

    def archived_arrivals(self, folder: str, *, since: datetime) -> list[Arrival]:
        """Arrivals since then whose file was put away, oldest first."""
        with self._reading() as connection:
            return archived(connection, folder=folder, since=since, clock=self._clock)

    def copied_arrivals(self, folder: str) -> list[Arrival]:
        """Arrivals of which copies came, as their fact `copied` tells, oldest first."""
        with self._reading() as connection:
            return copied(connection, folder=folder, clock=self._clock)

    def put_away(self, arrival: Arrival) -> Arrival:
        """The arrival as archived."""
        return self._changed(arrival, {"state": ArrivalState.ARCHIVED.value})

    def put_elsewhere(self, arrival: Arrival, *, path: str) -> Arrival:
        """The arrival with another place to put it away."""
        return self._changed(arrival, {"path": path})

    def keep_facts(self, arrival: Arrival, *, facts: Mapping[str, object]) -> Arrival:
        """The arrival with these facts in place of its own; its result is to be written again."""
        return self._changed(arrival, {"facts": dict(facts), "result": ""})

    def keep_result(
        self, arrival: Arrival, *, result: str, rows: Sequence[ArrivalRow], facts: Mapping[str, object]
    ) -> Arrival:
        """The arrival with the file that tells what became of its rows.

        `rows`: those that the file tells; when another run has noted one of them since, it is to be written again.
        """
        with self._writing() as connection:
            now = rows_of(connection, arrival_id=arrival.id, clock=self._clock)
            values = {"result": result if tell_the_same(now, rows) else "", "facts": dict(facts)}
            return change(connection, arrival, values=values, clock=self._clock)

    def _changed(self, arrival: Arrival, values: Mapping[str, object]) -> Arrival:
        with self._writing() as connection:
            return change(connection, arrival, values=values, clock=self._clock)

    def known_arrival(self, folder: str, *, sha256: str) -> Arrival | None:
        """The arrival of this content in this folder; None: it never came."""
        with self._reading() as connection:
            return known(connection, folder=folder, sha256=sha256, clock=self._clock)

    def unfinished_arrivals(self, folder: str) -> list[Arrival]:
        """Arrivals whose file is to be put away, or whose result is to be written, oldest first."""
        with self._reading() as connection:
            return unfinished(connection, folder=folder, clock=self._clock)

    def newest_arrival(self, folder: str) -> datetime | None:
        """When new content came last; None: never."""
        with self._reading() as connection:
            return newest(connection, folder=folder, clock=self._clock)

    def rows_of_arrival(self, arrival: Arrival) -> list[ArrivalRow]:
        """All rows of a file, in its order."""
        with self._reading() as connection:
            return rows_of(connection, arrival_id=arrival.id, clock=self._clock)

    def open_rows(self, folder: str) -> list[tuple[Arrival, ArrivalRow]]:
        """The rows of a folder's files that have not ended, each with its file, in the order in which they came."""
        with self._reading() as connection:
            return open_rows(connection, folder=folder, clock=self._clock)

    def failed_rows(self, folder: str, *, since: datetime) -> list[ArrivalRow]:
        """Rows that ended since then without success, oldest first; a later row of the same subject takes its place."""
        with self._reading() as connection:
            return failed_rows(connection, folder=folder, since=since, clock=self._clock)

    def note_rows(self, notes: Sequence[RowNote]) -> None:
        """What a run made of rows: all of it, or nothing.

        An end stays, whatever comes later, unless it is a proof that the row was done after all. A file whose rows
        read differently now is marked for a new result.
        """
        with self._writing() as connection:
            note(connection, notes, clock=self._clock)
