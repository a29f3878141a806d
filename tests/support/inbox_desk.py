"""A project with inboxes, and runs in it as the shipping flows make them, but for the site."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook

from flows.inbox.inbox import Inbox
from flows.orders.model import BadRow, Decision, SheetRow
from flows.orders.reasons import Reason
from flows.orders.report import OrderRow
from rpa.config import Config
from rpa.errors import LoginNeeded
from rpa.files import write_atomically
from rpa.flow import Preparation, Row
from rpa.ledger.inbox import ArrivalRow
from rpa.ledger.ledger import Ledger
from rpa.plugins import load_config

A, B, C, D = (f"260310-{letter * 15}" for letter in "1234")
HEADERS = "订单号,快递公司,快递单号"


def parcel(order_sn: str, number: str = "", courier: str = "中通快递") -> str:
    """One line of a sheet."""
    return f"{order_sn},{courier},{number or '78' + order_sn[-12:]}"


def aged(path: Path, *, by_s: float) -> Path:
    """The file as one to which nobody has written for so long."""
    os.utime(path, (time.time() - by_s, time.time() - by_s))
    return path


@dataclass(slots=True)
class ArrivalDesk:
    """A folder with rpa.toml and one inbox for all its shops."""

    folder: Path
    shops: Sequence[str] = ("demo",)
    settings: str = 'inbox = "inbox"\n'
    platforms: Mapping[str, str] = field(default_factory=dict)
    """Of shops that are on another one than Pinduoduo."""
    reported: list[tuple[str, str, str]] = field(default_factory=list)
    """(shop, order number, reason) of the newest run, in the order of its report."""

    messages: list[str] = field(default_factory=list)
    """Of the same rows."""

    def __post_init__(self) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        tables = [
            f'[shops.{name}]\nplatform = "{self.platforms.get(name, "pinduoduo")}"\nmall_id = "{name}"\n{self.settings}'
            for name in self.shops
        ]
        # whole at any moment: other programs may be reading it
        write_atomically(self.folder / "rpa.toml", "\n".join(['language = "en"', *tables]).encode())

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def done(self) -> Path:
        return self.inbox / "done"

    @property
    def config(self) -> Config:
        return load_config(self.folder / "rpa.toml")

    def drop(self, name: str, *lines: str, headers: str = HEADERS) -> Path:
        """Put a sheet into the inbox that has been still for an hour."""
        return self.drop_bytes(name, "\n".join([headers, *lines]).encode("utf-8-sig"))

    def drop_bytes(self, name: str, data: bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return aged(path, by_s=3600)

    def read(self, *shops: str, live: bool = True, given: Sequence[Path] = ()) -> Inbox:
        """What a run of these shops (none: of all) begins with."""
        config = self.config
        chosen = config.chosen(shops)
        names = frozenset(shop.name for shop in chosen) if live else frozenset[str]()
        plan = Preparation(config=config, shops=chosen, options=None, language="en", live=names)
        return Inbox.read(plan, given=given, hidden_rows=False)

    def run(
        self,
        *shops: str,
        finds: Mapping[str, Mapping[str, Reason]] | None = None,
        stops: Sequence[str] = (),
        live: bool = True,
    ) -> list[tuple[str, str, str]]:
        """A whole run: in each shop, the orders that it `finds` end so; the rows of its report are given."""
        return self.work(self.read(*shops, live=live), finds=finds or {}, stops=stops)

    def work(
        self, inbox: Inbox, *, finds: Mapping[str, Mapping[str, Reason]], stops: Sequence[str] = ()
    ) -> list[tuple[str, str, str]]:
        """The same after its beginning; a shop that `stops` says so of its first order."""
        self.reported, self.messages = [], []
        for shop in inbox.contents:
            keeper = inbox.keeper(shop, run_id=f"run-{shop}")
            rows = _report(inbox, shop=shop, finds=finds.get(shop, {}))
            with suppress(LoginNeeded):
                if keeper is None:
                    self._tell(shop, rows)
                elif shop in stops:
                    keeper.cut_off()
                    self._tell(shop, keeper.kept(_stopping(rows)))
                else:
                    self._tell(shop, keeper.kept(rows))
        for shop, decision in inbox.leftovers(stops):
            self._tell(shop, iter([OrderRow.of(decision).cells()]))
        return self.reported

    def _tell(self, shop: str, rows: Iterator[Row]) -> None:
        for row in rows:
            self.reported.append((shop, str(row["order_sn"]), str(row["reason"])))
            self.messages.append(str(row["message"]))

    def reasons(self) -> dict[str, str]:
        """Reason by order number of the newest run. Fails when an order has two rows."""
        assert len({sn for _, sn, _ in self.reported}) == len(self.reported), self.reported
        return {sn: reason for _, sn, reason in self.reported}

    def put_away(self) -> list[str]:
        """The names of the sheets in done/, as they arrived, without their times."""
        found = self.done.iterdir() if self.done.is_dir() else ()
        return sorted(path.name[16:] for path in found if not path.name.endswith(".result.xlsx"))

    def result(self, name: str) -> list[dict[str, str]]:
        """The lines of the newest result of a sheet, by title."""
        path = max(self.done.glob(f"*-{name}.result.xlsx"))
        book = load_workbook(path)
        titles, *lines = book.worksheets[0].iter_rows(values_only=True)
        cells = [[str(value or "") for value in line] for line in lines]
        book.close()
        return [dict(zip(map(str, titles), line, strict=True)) for line in cells]

    def rows(self) -> list[ArrivalRow]:
        """All rows that ever came, in their order."""
        with self.ledger() as ledger:
            files = {arrival.id: arrival for arrival, _ in ledger.inbox.open_rows("inbox")}
            found = [row for arrival in files.values() for row in ledger.inbox.rows(arrival)]
        return sorted(found, key=lambda row: row.id)

    def open(self) -> list[str]:
        """The order numbers of the rows that have not ended."""
        with self.ledger() as ledger:
            return [row.subject for _, row in ledger.inbox.open_rows("inbox")]

    def ledger(self) -> Ledger:
        config = self.config
        return Ledger.open(config.var / "ledger.sqlite3", clock=config.clock)


def _report(inbox: Inbox, *, shop: str, finds: Mapping[str, Reason]) -> Iterator[Row]:
    """What a shop's report says of the rows whose orders it has."""
    seen: set[str] = set()
    for row in inbox.rows(shop):
        if row.order_sn not in finds:
            continue
        reason = finds[row.order_sn] if row.order_sn not in seen else Reason.SEVERAL_PARCELS
        if isinstance(row, BadRow) and reason.outcome != "waiting":
            reason = row.reason
        seen.add(row.order_sn)
        inbox.take(row)
        yield _decided(row, reason)


def _stopping(rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        reason = Reason.LOGIN_NEEDED
        yield {**row, "outcome": reason.outcome, "reason": reason}
    raise LoginNeeded


def _decided(row: SheetRow | BadRow, reason: Reason) -> Row:
    return OrderRow.of(
        Decision(order_sn=row.order_sn, order=None, row=row, shipment=None, reason=reason, message="")
    ).cells()
