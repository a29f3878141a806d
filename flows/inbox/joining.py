"""Joining arrived rows to a run: taken in before it, joined to its sheets, and left over after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flows.inbox.folder import InboxFolder, check_shared, folders_of
from flows.inbox.intake import InboxIntake
from flows.inbox.rows import OpenRow, says, sheet_row
from flows.inbox.whole_files import found_in
from flows.orders.model import BadRow, Decision, Place, SheetRow
from flows.orders.reasons import Reason
from flows.sheets.contents import FilesRead, SheetContents, rows_in
from flows.sheets.stability import LeftAlone, readable
from rpa.ledger.inbox_rows import ArrivalState

if TYPE_CHECKING:
    from pathlib import Path

    from flows.sheets.tables import ReadingRules
    from rpa.config import Config
    from rpa.flow import Preparation
    from rpa.ledger.inbox_rows import Arrival, ArrivalRow
    from rpa.ledger.ledger import Ledger

GoodOrBad = SheetRow | BadRow

_NO_SHOPS = frozenset({Reason.NO_ORDER_YET, Reason.NOT_LOOKED_UP})
"""What is said of a row whose order no shop is known to have."""


@dataclass(slots=True, kw_only=True)
class Arrived:
    """What has arrived for the shops of a run, and has not ended."""

    config: Config
    live: frozenset[str]
    """The shops of the run that may write; of what the others find, nothing is kept."""
    folders: Mapping[str, InboxFolder]
    """By shop of the run; shops without an inbox are not in it."""
    rows: dict[str, list[OpenRow]] = field(default_factory=dict)
    """By the folder's key, in the order in which they came."""
    by_place: dict[Place, tuple[InboxFolder, OpenRow]] = field(default_factory=dict)
    unrecorded: dict[str, FilesRead] = field(default_factory=dict)
    """By the folder's key: files that a dry run reads where they lie, and those that nobody could read."""
    twins: dict[Place, list[OpenRow]] = field(default_factory=dict)
    """By the place of a row: the rows of other files that say the very same, and end with it."""
    noted: set[int] = field(default_factory=set)
    """The rows of which this run has said something."""
    reported: dict[str, dict[str, datetime | None]] = field(default_factory=dict)
    """By shop whose report was followed: the orders in it, each with its ship-by."""
    run_ids: dict[str, str] = field(default_factory=dict)
    """By shop: the run in which its rows are worked on."""

    @classmethod
    def of(cls, plan: Preparation) -> Arrived:
        """The inboxes of the shops of a run. Raises ConfigError for shops that cannot share theirs."""
        folders = {
            shop: folder
            for folder in folders_of(plan.config)
            for shop in folder.names.intersection(each.name for each in plan.shops)
        }
        for folder in folders.values():
            check_shared(folder)
        return cls(config=plan.config, live=plan.live, folders=folders)

    def waiting(self) -> list[Path]:
        """The files that lie in the inboxes."""
        found: list[Path] = []
        for folder in {folder.path: folder for folder in self.folders.values()}.values():
            with suppress(OSError):  # whoever takes them in says why it cannot
                found += folder.sheets()[0]
        return found

    def read(self, shop: str, *, reading: ReadingRules) -> None:
        """Take in what lies in this shop's inbox, or read it where it lies when no shop of the run may write."""
        folder = self.folders.get(shop)
        if folder is None or folder.key in self.rows:
            return
        with self.ledger() as ledger:
            if folder.names & self.live:
                accepting = InboxIntake(folder, config=self.config, reading=reading, ledger=ledger)
                self.unrecorded[folder.key] = FilesRead(rows=(), left_alone=tuple(accepting.accept()))
            else:
                self.unrecorded[folder.key] = _read_in_place(folder, self.config, reading=reading, ledger=ledger)
            overdue_from = self.config.clock.now() - folder.keep
            self.rows[folder.key] = [
                _open_row(arrival, row, folder=folder, overdue=arrival.arrived_at <= overdue_from)
                for arrival, row in ledger.open_rows(folder.key)
            ]
        self.by_place |= {each.row.place: (folder, each) for each in self.rows[folder.key]}

    def ledger(self) -> Ledger:
        """The ledger, opened anew: close it again."""
        from rpa.ledger.ledger import Ledger

        return Ledger.open(self.config.var / "ledger.sqlite3", clock=self.config.clock)

    def join(self, files: FilesRead, *, shop: str) -> SheetContents:
        """The rows of sheets and of arrived files, checked against one another; a row that stood before is a twin."""
        folder = self.folders.get(shop)
        if folder is None:
            return files.judged(language=self.config.language)
        more = self.unrecorded[folder.key]
        rows = (*files.rows, *more.rows)
        first: dict[object, Place] = {same: row.place for row in reversed(rows) if (same := says(row))}
        beside: list[GoodOrBad] = []
        for each in self.rows[folder.key]:
            known = first.setdefault(each.says, each.row.place) if each.says else each.row.place
            if known.sheet == each.row.place.sheet:
                beside.append(each.row)
            elif each not in self.twins.setdefault(known, []):
                self.twins[known].append(each)
        left_alone = (*files.left_alone, *more.left_alone)
        return FilesRead(rows=rows, left_alone=left_alone).judged(language=self.config.language, beside=beside)

    def why_left(self, place: Place, *, stopped: Sequence[str]) -> tuple[Reason, str] | None:
        """Why no shop took this row, which can be read; None: it came in no inbox."""
        if place not in self.by_place:
            in_place = any(row.place == place for files in self.unrecorded.values() for row in files.rows)
            return (Reason.NO_ORDER_YET, "") if in_place else None
        folder, each = self.by_place[place]
        missing = ", ".join(sorted(folder.names - each.looked - self.looking(place, stopped=stopped)))
        if not each.overdue:
            return Reason.NO_ORDER_YET, missing
        return (Reason.EXPIRED, missing) if missing else (Reason.NOT_IN_SHOP, "")

    def looking(self, place: Place, *, stopped: Sequence[str]) -> frozenset[str]:
        """The shops of this run that have looked for the order of this row, and keep what they find."""
        folder, _ = self.by_place[place]
        return (folder.names & self.live).difference(stopped)

    def ending_with(self, place: Place) -> list[OpenRow]:
        """The rows of arrived files that end as the row here does: itself, and its twins."""
        own = [self.by_place[place][1]] if place in self.by_place else []
        return [*own, *self.twins.get(place, ())]

    def elsewhere(self) -> set[Place]:
        """The rows that another run has ended meanwhile, or that have their order in a shop outside this run."""
        with self.ledger() as ledger:
            now = {row.id: row for key in self.rows for _, row in ledger.open_rows(key)}
        return {
            place
            for place, (_, each) in self.by_place.items()
            if each.id not in self.noted and self._is_elsewhere(now.get(each.id))
        }

    def _is_elsewhere(self, row: ArrivalRow | None) -> bool:
        known = row is not None and row.shop and row.reason not in _NO_SHOPS
        return row is None or bool(known and row.shop not in self.folders)

    def twins_left(self) -> Iterator[tuple[str, Decision]]:
        """A decision for each row that ends with another one: (the last shop that reads it, the decision)."""
        last = {folder.key: shop for shop, folder in self.folders.items()}
        for first, twins in self.twins.items():
            for twin in twins:
                folder, _ = self.by_place[twin.row.place]
                yield last[folder.key], _same_row(twin, first=first)


def _same_row(twin: OpenRow, *, first: Place) -> Decision:
    return Decision(
        order_sn=twin.row.order_sn,
        order=None,
        row=twin.row,
        shipment=None,
        reason=Reason.SAME_ROW_BEFORE,
        message=str(first),
    )


def _open_row(arrival: Arrival, row: ArrivalRow, *, folder: InboxFolder, overdue: bool) -> OpenRow:
    return OpenRow(
        id=row.id, row=sheet_row(row, sheet=_lies_at(arrival, folder)), overdue=overdue, looked=frozenset(row.looked)
    )


def _lies_at(arrival: Arrival, folder: InboxFolder) -> Path:
    archived = arrival.state is ArrivalState.ARCHIVED
    return folder.outside(arrival.path) if archived else folder.path / arrival.name


def _read_in_place(folder: InboxFolder, config: Config, *, reading: ReadingRules, ledger: Ledger) -> FilesRead:
    """The files of an inbox whose content the ledger does not have; nothing is moved, nothing is kept.

    What is only looked at need not be whole for good, as what is to be shipped.
    """
    rows: list[GoodOrBad] = []
    left: list[LeftAlone] = []
    for each in found_in(folder, config=config, quiet_s=0):
        if isinstance(each, LeftAlone):
            left.append(each)
        elif ledger.known_arrival(folder.key, sha256=each.sha256) is None:
            rows += rows_in(each.data, path=readable(each.path), reading=reading)
    return FilesRead(rows=tuple(rows), left_alone=tuple(left))
