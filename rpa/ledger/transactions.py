"""Transactions on the ledger's database: a connection that writes, one that reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rpa.clock import Clock
from rpa.errors import ConfigError
from rpa.ledger.database import writing
from rpa.ledger.identity import Mark, count, mark_of
from rpa.ledger.journal import begin_noting
from rpa.ledger.snapshot import what_stands
from rpa.ledger.verification import LedgerInDoubt, opened, which

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import Connection

    from rpa.ledger.verification import Opened


class Transactions:
    """The open database. Use it in one thread; other processes may have it open too."""

    def __init__(self, opened: Opened, *, clock: Clock) -> None:
        self._engine = opened.engine
        self._witness, self._journal, self._doubt = opened.witness, opened.journal, opened.doubt
        self._file, self._which = opened.file, opened.file and which(opened.file)
        self._clock = clock
        with ExitStack() as stack:
            stack.callback(opened.engine.dispose)
            self._writer = stack.enter_context(writing(opened.engine))
            self._reader = stack.enter_context(opened.engine.connect())
            self._opened = stack.pop_all()

    @classmethod
    def open(
        cls, path_or_url: Path | str, *, clock: Clock, doubted: Callable[[LedgerInDoubt], None] | None = None
    ) -> Self:
        """The ledger in this SQLite file, made if need be, or at this database URL.

        `doubted`: told of a ledger that may only be read, as a person has to decide about it; None: that is raised.

        Raises:
            ConfigError: it cannot be opened, is no ledger, or is newer than this program.
            LedgerInDoubt: it is missing, another one, or older than what lies around it.

        """
        with ExitStack() as stack:
            ledger = cls(opened(path_or_url, doubted=doubted), clock=clock)
            stack.callback(ledger.close)
            ledger._catch_up()
            stack.pop_all()
        return ledger

    def _catch_up(self) -> None:
        """Tell the witnesses what a killed process did not; begin the journal where there is none."""
        if self._witness is not None:
            self._witness.keep(self.mark)
        if self._journal is not None and self._journal.is_due:
            # where it cannot be written, as on a full disk, the ledger can still be read
            with suppress(ConfigError), self._writer.begin():
                self._journal.begin_anew(what_stands(self._writer, clock=self._clock))

    @property
    def mark(self) -> Mark:
        """Which ledger this is, and how far it has come."""
        with self._reading() as connection:
            mark = mark_of(connection)
        return mark or Mark(identity="", writes=0)

    def close(self) -> None:
        """Give the connections back; the ledger is of no use afterwards."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self) -> None:
        """Raise LedgerInDoubt where it must not be written to, or what is written would be gone with the old file."""
        if self._doubt is not None:
            raise self._doubt
        if self._file is not None and which(self._file) != self._which:
            raise LedgerInDoubt("replaced", file=self._file, found=None, seen=self.mark, witness=self._file.parent)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._check()
        noted = begin_noting(self._writer)
        with self._writer.begin():
            yield self._writer
            mark = count(self._writer)
            if self._journal is not None:
                if not self._journal.is_there:
                    self._journal.begin_anew(what_stands(self._writer, clock=self._clock))
                self._journal.add(noted.binding, lasting=noted.lasting)
        if self._journal is not None:
            self._journal.add(noted.freeing, lasting=False)
        if self._witness is not None:
            self._witness.keep(mark)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._reader.begin():
            yield self._reader
