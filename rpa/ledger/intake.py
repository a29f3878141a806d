"""What the ledger knows of files that people and programs put into folders for the program to work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rpa.ledger import inbox
from rpa.ledger.inbox_rows import Arrival, ArrivalRow, ArrivalState, NewRow, RowNote
from rpa.ledger.storage import regrowth
from rpa.ledger.transactions import Transactions


class Intake(Transactions):
    """Arrived files, each content of a folder once, and their rows until they have ended."""

    def arrive(
        self, folder: str, *, name: str, sha256: str, path: str, rows: Sequence[NewRow],
        facts: Mapping[str, object] | None = None, instead_of: Arrival | None = None,
    ) -> Arrival:  # fmt: skip
        """A new file with all its rows, durable when this returns: all of it, or nothing.

        `path`: where it will be put away. `instead_of`: the same content, which could not be read when it came before;
        its rows give way. Hold the folder's lock: a content that is known is rejected by the database.
        """
        with self._writing() as connection:
            return inbox.arrive(
                connection, folder=folder, name=name, sha256=sha256, path=path, rows=rows, facts=facts or {},
                instead_of=instead_of, clock=self._clock,
            )  # fmt: skip

    def arrive_anew(
        self, arrival: Arrival, *, sha256: str, rows: Sequence[NewRow], facts: Mapping[str, object]
    ) -> Arrival:
        """The arrival after its file, where it was put away, got another content: all of it, or nothing.

        Rows that read as before stay as they are, with what became of them. Hold the folder's lock: a content that is
        known is rejected by the database.
        """
        with self._writing() as connection:
            return regrowth.anew(connection, arrival, sha256=sha256, rows=rows, facts=facts, clock=self._clock)

    def archived_arrivals(self, folder: str, *, since: datetime) -> list[Arrival]:
        """Arrivals since then whose file was put away, oldest first."""
        with self._reading() as connection:
            return regrowth.archived(connection, folder=folder, since=since, clock=self._clock)

    def copied_arrivals(self, folder: str) -> list[Arrival]:
        """Arrivals of which copies came, as their fact `copied` tells, oldest first."""
        with self._reading() as connection:
            return regrowth.copied(connection, folder=folder, clock=self._clock)

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
            now = inbox.rows_of(connection, arrival_id=arrival.id, clock=self._clock)
            values = {"result": result if inbox.tell_the_same(now, rows) else "", "facts": dict(facts)}
            return inbox.change(connection, arrival, values=values, clock=self._clock)

    def _changed(self, arrival: Arrival, values: Mapping[str, object]) -> Arrival:
        with self._writing() as connection:
            return inbox.change(connection, arrival, values=values, clock=self._clock)

    def known_arrival(self, folder: str, *, sha256: str) -> Arrival | None:
        """The arrival of this content in this folder; None: it never came."""
        with self._reading() as connection:
            return inbox.known(connection, folder=folder, sha256=sha256, clock=self._clock)

    def unfinished_arrivals(self, folder: str) -> list[Arrival]:
        """Arrivals whose file is to be put away, or whose result is to be written, oldest first."""
        with self._reading() as connection:
            return inbox.unfinished(connection, folder=folder, clock=self._clock)

    def newest_arrival(self, folder: str) -> datetime | None:
        """When new content came last; None: never."""
        with self._reading() as connection:
            return inbox.newest(connection, folder=folder, clock=self._clock)

    def rows_of_arrival(self, arrival: Arrival) -> list[ArrivalRow]:
        """All rows of a file, in its order."""
        with self._reading() as connection:
            return inbox.rows_of(connection, arrival_id=arrival.id, clock=self._clock)

    def open_rows(self, folder: str) -> list[tuple[Arrival, ArrivalRow]]:
        """The rows of a folder's files that have not ended, each with its file, in the order in which they came."""
        with self._reading() as connection:
            return inbox.open_rows(connection, folder=folder, clock=self._clock)

    def failed_rows(self, folder: str, *, since: datetime) -> list[ArrivalRow]:
        """Rows that ended since then without success, oldest first; a later row of the same subject takes its place."""
        with self._reading() as connection:
            return inbox.failed_rows(connection, folder=folder, since=since, clock=self._clock)

    def note_rows(self, notes: Sequence[RowNote]) -> None:
        """What a run made of rows: all of it, or nothing.

        An end stays, whatever comes later, unless it is a proof that the row was done after all. A file whose rows
        read differently now is marked for a new result.
        """
        with self._writing() as connection:
            inbox.note(connection, notes, clock=self._clock)
