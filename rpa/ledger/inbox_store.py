"""The inbox in the ledger: arrived files, each content of a folder once, and their rows until they have ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from rpa.ledger.inbox import Arrival, ArrivalRow, ArrivalState, NewRow, RowNote, RowState
from rpa.ledger.rows import chunks
from rpa.ledger.schema import arrival_rows, arrivals
from rpa.ledger.store import Store
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Connection, Select

_SUCCESS: Final = frozenset({Outcome.DONE, Outcome.ALREADY_DONE})
_TOLD: Final = ("state", "outcome", "reason", "message")
_CHANGING: Final = (*_TOLD, "shop", "run_id", "looked", "updated_at")
_LONGEST_SUBJECT: Final = 200


class InboxStore(Store):
    """Arrived files and their rows."""

    def add(
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
        its rows give way. Without rows it has ended already. Hold the folder's lock: a content that is known is
        rejected by the database.
        """
        with self._database.writing() as connection:
            now = self._clock.now()
            values = {
                "folder": folder,
                "name": name,
                "sha256": sha256,
                "state": ArrivalState.ACCEPTED.value,
                "path": path,
                "result": "",
                "arrived_at": now,
                "ended_at": None if rows else now,
                "facts": dict(facts or {}),
            }
            if instead_of is None:
                row = connection.execute(insert(arrivals).values(values).returning(arrivals)).mappings().one()
                arrival = _arrival(self._fields(row))
            else:
                connection.execute(delete(arrival_rows).where(arrival_rows.c.arrival_id == instead_of.id))
                arrival = self._update(connection, instead_of, values)
            _insert(connection, arrival, rows, now=now)
            return arrival

    def update(self, arrival: Arrival, *, sha256: str, rows: Sequence[NewRow], facts: Mapping[str, object]) -> Arrival:
        """The arrival after its file, where it was put away, got another content: all of it, or nothing.

        Rows that read as before stay as they are, with what became of them. Hold the folder's lock: a content that is
        known is rejected by the database.
        """
        with self._database.writing() as connection:
            now = self._clock.now()
            before = {_reads(row): row.id for row in self._found_rows(connection, _rows_of(arrival))}
            stay = {before[reads] for row in rows if (reads := _reads(row)) in before}
            # before the others go: a number that a row had is never another's, whose run may yet note something of it
            _insert(connection, arrival, [row for row in rows if _reads(row) not in before], now=now)
            for some in chunks(set(before.values()) - stay):
                connection.execute(delete(arrival_rows).where(arrival_rows.c.id.in_(some)))
            left = select(arrival_rows.c.id).where(
                arrival_rows.c.arrival_id == arrival.id, arrival_rows.c.state == RowState.OPEN.value
            )
            is_open = connection.execute(left.limit(1)).first() is not None
            values = {"sha256": sha256, "facts": dict(facts), "result": "", "ended_at": None if is_open else now}
            return self._update(connection, arrival, values)

    def archive(self, arrival: Arrival) -> Arrival:
        """The arrival as archived: its file was put away."""
        return self._change(arrival, {"state": ArrivalState.ARCHIVED.value})

    def move(self, arrival: Arrival, *, path: str) -> Arrival:
        """The arrival with another place to put it away."""
        return self._change(arrival, {"path": path})

    def set_facts(self, arrival: Arrival, *, facts: Mapping[str, object]) -> Arrival:
        """The arrival with these facts in place of its own; its result is to be written again."""
        return self._change(arrival, {"facts": dict(facts), "result": ""})

    def set_result(
        self, arrival: Arrival, *, result: str, rows: Sequence[ArrivalRow], facts: Mapping[str, object]
    ) -> Arrival:
        """The arrival with the file that tells what became of its rows.

        `rows`: those that the file tells; when another run has noted one of them since, it is to be written again.
        """
        with self._database.writing() as connection:
            now = self._found_rows(connection, _rows_of(arrival))
            values = {"result": result if _tell_the_same(now, rows) else "", "facts": dict(facts)}
            return self._update(connection, arrival, values)

    def find(self, folder: str, *, sha256: str) -> Arrival | None:
        """The arrival of this content in this folder; None: it never came."""
        found = self._read(select(arrivals).where(arrivals.c.folder == folder, arrivals.c.sha256 == sha256))
        return _arrival(found[0]) if found else None

    def archived(self, folder: str, *, since: datetime) -> list[Arrival]:
        """Arrivals since then whose file was put away, oldest first."""
        is_archived = arrivals.c.state == ArrivalState.ARCHIVED.value
        return self._arrivals(folder, is_archived, arrivals.c.arrived_at >= since)

    def copied(self, folder: str) -> list[Arrival]:
        """Arrivals of which copies came, as their fact `copied` tells, oldest first."""
        return self._arrivals(folder, arrivals.c.facts["copied"].as_string().is_not(None))

    def unfinished(self, folder: str) -> list[Arrival]:
        """Arrivals whose file is to be put away, or whose result is to be written, oldest first."""
        return self._arrivals(folder, or_(arrivals.c.state == ArrivalState.ACCEPTED.value, arrivals.c.result == ""))

    def _arrivals(self, folder: str, *which: ColumnElement[bool]) -> list[Arrival]:
        wanted = select(arrivals).where(arrivals.c.folder == folder, *which).order_by(arrivals.c.id)
        return [_arrival(row) for row in self._read(wanted)]

    def newest(self, folder: str) -> datetime | None:
        """When new content came last; None: never."""
        last = select(func.max(arrivals.c.arrived_at)).where(arrivals.c.folder == folder)
        with self._database.reading() as connection:
            found = connection.execute(last).scalar()
        return None if found is None else found.astimezone(self._clock.zone)

    def rows(self, arrival: Arrival) -> list[ArrivalRow]:
        """All rows of a file, in its order."""
        return [_row(row) for row in self._read(_rows_of(arrival))]

    def open_rows(self, folder: str) -> list[tuple[Arrival, ArrivalRow]]:
        """The rows of a folder's files that have not ended, each with its file, in the order in which they came."""
        of = select(arrivals).where(arrivals.c.folder == folder, arrivals.c.ended_at.is_(None))
        is_open = select(arrival_rows).where(arrival_rows.c.state == RowState.OPEN.value)
        with self._database.reading() as connection:
            files = {row["id"]: _arrival(row) for row in self._rows(connection, of)}
            rows = [
                row
                for some in chunks(files)
                for row in self._found_rows(connection, is_open.where(arrival_rows.c.arrival_id.in_(some)))
            ]
        return [(files[row.arrival_id], row) for row in sorted(rows, key=lambda row: row.id)]

    def failed_rows(self, folder: str, *, since: datetime) -> list[ArrivalRow]:
        """Rows that ended since then without success, oldest first; a later row of the same subject takes its place."""
        rows, files = arrival_rows.c, arrivals.c
        recent = and_(files.folder == folder, or_(files.ended_at.is_(None), files.ended_at >= since))
        here = select(files.id).where(recent)
        first = select(func.min(files.arrived_at)).where(recent).scalar_subquery()
        since_then = select(files.id).where(files.folder == folder, files.arrived_at >= first)
        of_subject = select(func.max(rows.id)).where(rows.arrival_id.in_(since_then), rows.subject != "")
        newest = of_subject.group_by(rows.subject)
        wanted = (
            select(arrival_rows)
            .where(rows.state == RowState.ENDED.value, rows.outcome.not_in(_SUCCESS), rows.updated_at >= since)
            .where(rows.arrival_id.in_(here), or_(rows.subject == "", rows.id.in_(newest)))
            .order_by(rows.id)
        )
        return [_row(row) for row in self._read(wanted)]

    def update_rows(self, notes: Sequence[RowNote]) -> None:
        """What a run made of rows: all of it, or nothing.

        An end stays, whatever comes later, unless it is a proof that the row was done after all. A file whose rows
        read differently now is marked for a new result; one without an open row has ended.
        """
        with self._database.writing() as connection:
            now = self._clock.now()
            there = self._by_id(connection, [each.row_id for each in notes])
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

    def _change(self, arrival: Arrival, values: Mapping[str, object]) -> Arrival:
        with self._database.writing() as connection:
            return self._update(connection, arrival, values)

    def _update(self, connection: Connection, arrival: Arrival, values: Mapping[str, object]) -> Arrival:
        changed = update(arrivals).where(arrivals.c.id == arrival.id).values(**values).returning(arrivals)
        return _arrival(self._fields(connection.execute(changed).mappings().one()))

    def _by_id(self, connection: Connection, ids: Iterable[int]) -> dict[int, ArrivalRow]:
        query = select(arrival_rows).with_for_update()
        return {
            row.id: row
            for some in chunks(ids)
            for row in self._found_rows(connection, query.where(arrival_rows.c.id.in_(some)))
        }

    def _found_rows(self, connection: Connection, query: Select[Any]) -> list[ArrivalRow]:
        return [_row(row) for row in self._rows(connection, query)]


def _insert(connection: Connection, arrival: Arrival, rows: Iterable[NewRow], *, now: datetime) -> None:
    """Add these rows, to which no run has come."""
    new = [
        {
            "arrival_id": arrival.id,
            "place": row.place,
            "subject": row.subject[:_LONGEST_SUBJECT],
            "content": dict(row.content),
            "state": RowState.OPEN.value,
            "looked": {},
            "updated_at": now,
        }
        for row in rows
    ]
    if new:
        connection.execute(insert(arrival_rows), new)


def _rows_of(arrival: Arrival) -> Select[Any]:
    return select(arrival_rows).where(arrival_rows.c.arrival_id == arrival.id).order_by(arrival_rows.c.id)


def _tell_the_same(rows: Sequence[ArrivalRow], others: Sequence[ArrivalRow]) -> bool:
    """Whether a result reads the same, whichever of these it is made of."""
    one, other = ([(row.id, *(getattr(row, name) for name in _TOLD)) for row in each] for each in (rows, others))
    return one == other


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


def _reads(row: NewRow) -> tuple[str, str]:
    """What equal rows have in common."""
    return row.place, json.dumps(dict(row.content), sort_keys=True)


def _arrival(row: Mapping[str, Any]) -> Arrival:
    return Arrival(**{**row, "state": ArrivalState(row["state"])})


def _row(row: Mapping[str, Any]) -> ArrivalRow:
    return ArrivalRow(**{**row, "state": RowState(row["state"])})
