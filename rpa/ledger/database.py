"""The ledger's database: opened durably, readable by its owner only, at the newest schema."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock
from sqlalchemy import Connection, Engine, String, create_engine, event, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from rpa.errors import ConfigError, LedgerBusy, LedgerFails
from rpa.files import private_folder
from rpa.language import Text
from rpa.ledger.identity import begin, mark_of
from rpa.ledger.schema import REVISION, VERSION_TABLE, metadata, version
from rpa.printable import json_text

if TYPE_CHECKING:
    from sqlalchemy import URL, Dialect
    from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_S: Final = 30.0
"""How long a writer waits for another process's transaction, or its set-up of a new file."""
_LARGEST_WAL_BYTES = 16 << 20
"""To so much is cut back what large transactions, or readers that took long, made of the file of what is new."""

_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_BROKEN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LOW_BYTE: Final = 0xFF
"""The others of a SQLite error's code say more of the same."""

_NOT_OPENED = Text(en="The ledger {url} cannot be opened: {problem}", zh="无法打开记录 {url}：{problem}")
_DAMAGED = Text(
    en="{problem}. Put back the newest copy that is whole. If there is none, move this file away, then: rpa ledger "
    "accept --by NAME --reason TEXT",
    zh="{problem}。请放回最新的完好副本；如没有，请移走此文件，再运行 rpa ledger accept --by 姓名 --reason 原因",
)
_NEWER = Text(
    en="The ledger was written by a newer version (schema {found}); update this program",
    zh="记录由更新的版本写入（格式 {found}）；请升级本程序",
)


def open_database(path_or_url: Path | str, *, vouch: Callable[[Engine], None] = lambda _: None) -> Engine:
    """An engine whose database has the newest schema; a SQLite file gets mode 0600 and WAL.

    `vouch` looks at the database before anything is changed in it; what it raises is raised.

    Raises:
        ConfigError: the file or URL cannot be opened, is no ledger, or is newer than this program.

    """
    url = _url(path_or_url)
    with ExitStack() as opened:
        try:
            engine = _engine(url)
            opened.callback(engine.dispose)
            vouch(engine)
            if revision_of(engine) != REVISION:
                _set_up(engine)
        except (OSError, LedgerFails, NoSuchModuleError, ModuleNotFoundError) as error:
            if isinstance(error, LedgerBusy):
                raise
            raise ConfigError(_not_opened(url, error.__cause__ or error)) from error
        opened.pop_all()
    return engine


def _not_opened(url: URL, error: BaseException) -> Text:
    problem = str(error).partition("\n")[0]
    broken = getattr(error, "sqlite_errorcode", 0) & _LOW_BYTE in _BROKEN
    return _NOT_OPENED.with_words(url=repr(url), problem=_DAMAGED.with_words(problem=problem) if broken else problem)


def writing(engine: Engine) -> Connection:
    """A connection whose transactions take the write lock at once, before they read anything."""
    return engine.connect().execution_options(writes=True)


def _url(path_or_url: Path | str) -> URL:
    if isinstance(path_or_url, Path) or "://" not in path_or_url:
        return make_url("sqlite://").set(database=str(Path(path_or_url).absolute()))
    try:
        return make_url(path_or_url)
    except ArgumentError as error:
        raise ConfigError(f"The ledger's address is not a database URL: {error}") from error


def _engine(url: URL) -> Engine:
    readable = partial(json_text, indent=None)
    if url.get_backend_name() != "sqlite":
        return _speaking(create_engine(url, json_serializer=readable))
    if not url.database or url.database == ":memory:":
        raise ConfigError("The ledger must be a file: what is kept in memory is lost when the program is killed")
    _make_private(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, json_serializer=readable)
    engine.dialect.colspecs = {**engine.dialect.colspecs, String: _WholeText}
    event.listen(engine, "connect", _make_durable)
    event.listen(engine, "begin", _begin)
    return _speaking(engine)


class _WholeText(String):
    """Text with a sign for half a character, which pages cut off and no database takes."""

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002 - its signature
        """What makes it whole."""
        return lambda text: text if text is None or text.isascii() else text.encode(errors="replace").decode()


def _speaking(engine: Engine) -> Engine:
    """The engine, whose errors are ours: a ledger that is locked, or whose disk fails, is no mistake of the program."""
    event.listen(engine, "handle_error", _in_our_words)
    return engine


def _in_our_words(context: ExceptionContext) -> LedgerFails | None:
    error = context.sqlalchemy_exception
    ours = isinstance(error, OperationalError) or type(error) is DatabaseError
    return _failure(context.original_exception) if ours else None


def _failure(error: BaseException) -> LedgerFails:
    if getattr(error, "sqlite_errorcode", 0) & _LOW_BYTE in _LOCKED:
        return LedgerBusy()
    return LedgerFails(LedgerFails.meaning.followed_by(str(error)))


def _make_private(file: Path) -> None:
    """Create the file before SQLite does: its -wal and -shm files take over the mode."""
    private_folder(file.parent)
    file.touch(mode=0o600)
    if os.name == "posix" and file.stat().st_mode & 0o077:
        file.chmod(0o600)


def _make_durable(dbapi_connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    for pragma in ("synchronous = FULL", "foreign_keys = ON", f"journal_size_limit = {_LARGEST_WAL_BYTES}"):
        dbapi_connection.cursor().execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def file_of(path_or_url: Path | str) -> Path | None:
    """The SQLite file that this names; None: another database."""
    url = _url(path_or_url)
    is_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(url.database).absolute() if is_file and url.database else None


def revision_of(engine: Engine) -> str | None:
    """The schema's revision; None: the database has no ledger yet."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(version.c.version_num)).scalar_one_or_none()


def _set_up(engine: Engine) -> None:
    """Create or migrate the tables; the lock is for the step to WAL, which ignores the busy timeout."""
    if engine.dialect.name != "sqlite":
        _bring_up_to_date(engine)
        return
    with FileLock(f"{engine.url.database}.setup", timeout=BUSY_TIMEOUT_S):
        with closing(engine.raw_connection()) as raw:
            try:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error as error:
                raise _failure(error) from error
        _bring_up_to_date(engine)


def _bring_up_to_date(engine: Engine) -> None:
    with writing(engine) as connection, connection.begin():
        found = _revision(connection)
        if found is None:
            metadata.create_all(connection)
            connection.execute(insert(version).values(version_num=REVISION))
        elif found < REVISION:
            migrate(connection)
        elif found > REVISION:
            raise ConfigError(_NEWER.with_words(found=found))
        if mark_of(connection) is None:
            begin(connection)


def migrate(connection: Connection, *, revision: str = "head") -> None:
    """Bring an older ledger to a revision, inside the caller's transaction.

    Raises:
        ConfigError: no migration of this program starts at the ledger's revision.

    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        found = _revision(connection)
        raise ConfigError(f"The ledger has schema {found}, from which this program knows no way: {error}") from error
