"""The shop of `tests/backoffices/oscar` as a separate process, and what is true of it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock

from rpa.clock import Clock

_ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = _ROOT / "tests" / "backoffices" / "oscar" / "shop.py"
_END_S = 60
_READY = "Starting development server at "


class OscarError(Exception):
    """The shop did not start, or has no such order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order."""

    upc: str
    title: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingEvent:
    """What was sent off, once."""

    kind: str
    """The code of its type."""
    reference: str
    quantities: Mapping[str, int]
    """Pieces by UPC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is true of one order."""

    status: str
    placed_at: datetime
    total: str
    """With tax, as the database has it: `69.40`."""
    address: str
    lines: tuple[Line, ...]
    events: tuple[ShippingEvent, ...]
    """Oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What was posted to the shop, and what happened to it on its way."""

    path: str
    fields: Mapping[str, list[str]]
    """Without the password and the CSRF token."""
    fault: str


class OscarShop:
    """A running shop with so many orders, all Pending; ends with the `with` block, and also if this process dies.

    Everything that it keeps lies in `folder`. `kept` is where the tables and orders that are made once are copied
    from; any number of processes may share it.
    """

    login_name = "admin@example.test"
    password = "admin-pass-1"
    name = "Oscar shop"
    """As its pages say it."""

    def __init__(self, *, orders: int = 60, folder: Path, kept: Path) -> None:
        self._orders = orders
        self._folder = folder.resolve()
        self._kept = kept
        self._process: subprocess.Popen[str] | None = None
        self._port = 0
        self.url = ""
        """Without a slash at the end; empty until started."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id; OscarError if it is not running."""
        if self._process is None:
            raise OscarError("The shop is not running.")
        return self._process.pid

    def start(self) -> Self:
        """Start it; again after `stop`, with what it had then and at the same address."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._database.exists():
            shutil.copyfile(_made_once(self._kept, orders=self._orders), self._database)
        address = f"127.0.0.1:{self._port}"
        with self._complaints.open("a", encoding="utf-8") as complaints:
            self._process = subprocess.Popen(
                [*_command("runserver", "--noreload", address), "--while-stdin-open"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                encoding="utf-8",
                env=_environment(self._folder),
            )
        lines = self._process.stdout or ()
        self.url = next((line.removeprefix(_READY).strip("/\n") for line in lines if line.startswith(_READY)), "")
        if not self.url:
            self.stop()
            raise OscarError(f"The shop did not start. {self._complaints.read_text(encoding='utf-8')}")
        self._port = int(self.url.rpartition(":")[2])
        return self

    def stop(self) -> None:
        """End it, and any request that it is at."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(timeout=_END_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def truth(self) -> dict[str, Order]:
        """What is true of all orders, by number, in the order in which they were placed."""
        with self._read() as database:
            found = database.execute(
                """SELECT o.id, o.number, o.status, o.date_placed, o.total_incl_tax, a.search_text
                   FROM order_order o LEFT JOIN order_shippingaddress a ON a.id = o.shipping_address_id
                   ORDER BY o.id"""
            ).fetchall()
            return {
                number: Order(
                    status=status,
                    placed_at=datetime.fromisoformat(placed).replace(tzinfo=UTC),
                    total=f"{total:.2f}",
                    address=address,
                    lines=_lines(database, order),
                    events=_events(database, order),
                )
                for order, number, status, placed, total, address in found
            }

    def order(self, number: str) -> Order:
        """What is true of one order."""
        try:
            return self.truth()[number]
        except KeyError:
            raise OscarError(f"There is no order {number}.") from None

    def posts(self, path: str = "") -> list[Post]:
        """What was posted to paths that contain this, in the order in which the shop was done with it."""
        if not self._posts.exists():
            return []
        whole, _, _ = self._posts.read_text(encoding="utf-8").rpartition("\n")
        told = [Post(**json.loads(line)) for line in whole.splitlines()]
        return [post for post in told if path in post.path]

    def wait_for_post(self, path: str, *, timeout_s: float = 120.0) -> Post:
        """The first one to such a path that the shop is done with, waited for."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            for post in self.posts(path):
                return post
            Clock().wait(0.05)
        raise OscarError(f"Nothing was posted to {path} within {timeout_s} s.")

    def set_status(self, number: str, status: str) -> None:
        """Another hand gives the order this status."""
        with self._write(number) as (database, order):
            database.execute(
                """INSERT INTO order_orderstatuschange (order_id, old_status, new_status, date_created)
                   SELECT id, status, ?, ? FROM order_order WHERE id = ?""",
                (status, _now(), order),
            )
            database.execute("UPDATE order_order SET status = ? WHERE id = ?", (status, order))

    def add_event(self, number: str, reference: str, *, quantities: Mapping[str, int] | None = None) -> None:
        """Another hand ships the order under this reference: all of it, or so many pieces by UPC."""
        with self._write(number) as (database, order):
            event = database.execute(
                """INSERT INTO order_shippingevent (order_id, event_type_id, notes, date_created)
                   SELECT ?, id, ?, ? FROM order_shippingeventtype WHERE code = 'shipped'""",
                (order, reference, _now()),
            ).lastrowid
            lines = database.execute("SELECT id, upc, quantity FROM order_line WHERE order_id = ?", (order,)).fetchall()
            wanted = {upc: quantity for _, upc, quantity in lines} if quantities is None else quantities
            database.executemany(
                "INSERT INTO order_shippingeventquantity (event_id, line_id, quantity) VALUES (?, ?, ?)",
                [(event, line, wanted[upc]) for line, upc, _ in lines if upc in wanted],
            )

    def set_quantity(self, number: str, upc: str, quantity: int) -> None:
        """Another hand changes how many pieces of this were ordered."""
        with self._write(number) as (database, order):
            database.execute(
                "UPDATE order_line SET quantity = ? WHERE order_id = ? AND upc = ?", (quantity, order, upc)
            )

    def end_sessions(self) -> None:
        """Nobody is logged in any more."""
        with self._database_for_writing() as database:
            database.execute("DELETE FROM django_session")

    def fault(self, kind: str, *, path: str = "", body: str = "", method: str = "POST", at: int = 1) -> Path:
        """Have this happen, once, to the `at`-th request from now on of this kind: see `Trouble` in `trouble.py`.

        Gives the file that is gone when it has happened; delete it to call it off.
        """
        faults = self._folder / "faults"
        faults.mkdir(exist_ok=True)
        wanted = faults / f"{time.time_ns()}.json"
        part = wanted.with_suffix(".part")
        part.write_text(json.dumps({"kind": kind, "path": path, "body": body, "method": method, "at": at}))
        return part.replace(wanted)

    @property
    def _database(self) -> Path:
        return self._folder / "shop.sqlite3"

    @property
    def _posts(self) -> Path:
        return self._folder / "posts.jsonl"

    @property
    def _complaints(self) -> Path:
        return self._folder / "complaints.txt"

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True, timeout=_END_S)) as database:
            database.execute("BEGIN")  # one look at everything
            yield database

    @contextmanager
    def _database_for_writing(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._database, timeout=_END_S)) as database, database:
            yield database

    @contextmanager
    def _write(self, number: str) -> Iterator[tuple[sqlite3.Connection, int]]:
        with self._database_for_writing() as database:
            found = database.execute("SELECT id FROM order_order WHERE number = ?", (number,)).fetchone()
            if found is None:
                raise OscarError(f"There is no order {number}.")
            yield database, int(found[0])


def _lines(database: sqlite3.Connection, order: int) -> tuple[Line, ...]:
    found = database.execute("SELECT upc, title, quantity FROM order_line WHERE order_id = ? ORDER BY id", (order,))
    return tuple(Line(upc=upc, title=title, quantity=quantity) for upc, title, quantity in found)


def _events(database: sqlite3.Connection, order: int) -> tuple[ShippingEvent, ...]:
    found = database.execute(
        """SELECT e.id, t.code, e.notes FROM order_shippingevent e JOIN order_shippingeventtype t
           ON t.id = e.event_type_id WHERE e.order_id = ? ORDER BY e.id""",
        (order,),
    ).fetchall()
    pieces = """SELECT l.upc, q.quantity FROM order_shippingeventquantity q JOIN order_line l ON l.id = q.line_id
                WHERE q.event_id = ? ORDER BY l.id"""
    return tuple(
        ShippingEvent(kind=code, reference=notes, quantities=dict(database.execute(pieces, (event,)).fetchall()))
        for event, code, notes in found
    )


def _made_once(kept: Path, *, orders: int) -> Path:
    """The database of a shop with so many orders that nobody has touched; made by whoever comes first."""
    made = kept / f"oscar-{orders}.sqlite3"
    kept.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{made}.lock"):
        if not made.exists():
            folder = kept / f"oscar-{orders}"
            folder.mkdir(exist_ok=True)
            _run("migrate", "--verbosity=0", folder=folder)
            _run("seed", str(orders), folder=folder)
            (folder / "shop.sqlite3").replace(made)
    return made


def _run(*words: str, folder: Path) -> None:
    done = subprocess.run(
        _command(*words), env=_environment(folder), capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise OscarError(f"{' '.join(words)} failed. {done.stderr}")


def _command(*words: str) -> list[str]:
    return [sys.executable, "-u", str(_SCRIPT), *words]


def _environment(folder: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "OSCAR_SHOP_FOLDER": str(folder), "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def _now() -> str:
    """As Django writes it down."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
