"""Transactions on the ledger's database: a connection that writes, one that reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rpa.clock import Clock
from rpa.ledger.database import open_database, writing

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import Connection, Engine


class Transactions:
    """The open database. Use it in one thread; other processes may have it open too."""

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        with ExitStack() as opened:
            opened.callback(engine.dispose)
            self._writer = opened.enter_context(writing(engine))
            self._reader = opened.enter_context(engine.connect())
            self._opened = opened.pop_all()

    @classmethod
    def open(cls, path_or_url: Path | str, *, clock: Clock) -> Self:
        """The ledger in this SQLite file, made if need be, or at this database URL.

        Raises:
            ConfigError: it cannot be opened, is no ledger, or is newer than this program.

        """
        return cls(open_database(path_or_url), clock=clock)

    def close(self) -> None:
        """Give the connections back; the ledger is of no use afterwards."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._writer.begin():
            yield self._writer

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._reader.begin():
            yield self._reader
