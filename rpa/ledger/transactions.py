"""Transactions on the ledger's database: a connection that writes, one that reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from rpa.errors import ConfigError
from rpa.ledger.database import writing
from rpa.ledger.identity import Mark, count, mark_of
from rpa.ledger.journal import begin_noting
from rpa.ledger.verification import LedgerInDoubt, which

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.ledger.journal import Entry
    from rpa.ledger.verification import Opened


class Transactions:
    """The open database. Use it in one thread; other processes may have it open too."""

    def __init__(self, opened: Opened, *, what_stands: Callable[[Connection], Iterable[Entry]]) -> None:
        """`what_stands`: the lines with which a journal begins."""
        self.engine = opened.engine
        self._what_stands = what_stands
        self._witness, self._journal, self._doubt = opened.witness, opened.journal, opened.doubt
        self._file, self._which = opened.file, opened.file and which(opened.file)
        with ExitStack() as stack:
            stack.callback(opened.engine.dispose)
            self._writer = stack.enter_context(writing(opened.engine))
            self._reader = stack.enter_context(opened.engine.connect())
            self._opened = stack.pop_all()

    def catch_up(self) -> None:
        """Tell the witnesses what a killed process did not; begin the journal where there is none."""
        if self._witness is not None:
            self._witness.keep(self.mark)
        if self._journal is not None and self._journal.is_due:
            # where it cannot be written, as on a full disk, the ledger can still be read
            with suppress(ConfigError), self._writer.begin():
                self._journal.begin_anew(self._what_stands(self._writer))

    @property
    def mark(self) -> Mark:
        """Which ledger this is, and how far it has come."""
        with self.reading() as connection:
            mark = mark_of(connection)
        return mark or Mark(identity="", writes=0)

    def close(self) -> None:
        """Give the connections back; they are of no use afterwards."""
        self._opened.close()

    def _check(self) -> None:
        """Raise LedgerInDoubt where it must not be written to, or what is written would be gone with the old file."""
        if self._doubt is not None:
            raise self._doubt
        if self._file is not None and which(self._file) != self._which:
            raise LedgerInDoubt("replaced", file=self._file, found=None, seen=self.mark, witness=self._file.parent)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: it takes the write lock at once, and journal and witnesses learn of it."""
        self._check()
        noted = begin_noting(self._writer)
        with self._writer.begin():
            yield self._writer
            mark = count(self._writer)
            if self._journal is not None:
                if not self._journal.is_there:
                    self._journal.begin_anew(self._what_stands(self._writer))
                self._journal.add(noted.binding, lasting=noted.lasting)
        if self._journal is not None:
            self._journal.add(noted.freeing, lasting=False)
        if self._witness is not None:
            self._witness.keep(mark)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads, all of it at one moment."""
        with self._reader.begin():
            yield self._reader
