"""The inbox of a run: what sheets brought for its shops, each row taken once by its order's shop, or left over."""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loguru import logger

from flows.inbox.folder import STORE
from flows.inbox.joining import Arrived
from flows.inbox.row_tracker import RowTracker, leave_over
from flows.orders.model import BadRow, Decision, GoodOrBad, Place
from flows.orders.reasons import Reason
from flows.orders.settings import OrderSettings
from flows.orders.words import Couriers, Identifiers, SheetProfile, Sheets
from flows.sheets import sandboxed_reading
from flows.sheets.contents import LeftAlone, SheetContents, read_files, reading_of
from flows.sheets.headers import HeaderWords
from flows.sheets.pasted import pasted_sheet
from flows.sheets.quarantine import FOLDER
from flows.sheets.stability import LOCK_FILE, readable
from rpa.documents.quarantine import Quarantine
from rpa.elements.registry import load_profile
from rpa.errors import ConfigError
from rpa.language import Language, Text

if TYPE_CHECKING:
    from rpa.config import BrokenShop, Config, Shop
    from rpa.flow import Preparation


_UNENDED_S: Final = 60.0
_BOOKS: Final = frozenset({".xlsx", ".xls", ".xlsm", ".html", ".htm"})
"""What a file's name says is no matter, but for how soon it is read."""
_NO_SHEET = Text(en="There is no sheet {sheets}; check --sheet.", zh="找不到表格 {sheets}；请检查 --sheet。")
_BAD_ROWS = Text(
    en="Sheet rows that cannot be used: {rows}. The others are worked on.",
    zh="表格中有 {rows} 行无法处理，其余行照常处理。",
)
_ODD_ROWS = Text(
    en="Sheet rows with a warning: {rows}. It stands with each of them in the reports.",
    zh="表格中有 {rows} 行带有提示，提示见报表中的各行。",
)
_WARNING = Text(en="Warnings:", zh="提示：")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """What a shop's own platform says of rows that were read for all platforms."""

    order_sn: re.Pattern[str]
    couriers: Mapping[str, str]
    """Its names of couriers, by those that rows have."""

    @classmethod
    def of(cls, shop: Shop, config: Config) -> _Own:
        own, joined = _sheet_profile(shop, config), _joined_profile(shop, config).couriers.table
        names = {known.name: each.name for each in own.couriers.known if (known := joined.named(each.name)) is not None}
        return cls(order_sn=own.order_sn, couriers=names)

    def may_have(self, row: GoodOrBad) -> bool:
        """Whether the order may be one of its platform's; a row that cannot be used may be any shop's."""
        return isinstance(row, BadRow) or self.order_sn.fullmatch(row.order_sn) is not None

    def named(self, row: GoodOrBad) -> GoodOrBad:
        """The row with its courier as the platform calls it."""
        return row if isinstance(row, BadRow) else replace(row, courier=self.couriers.get(row.courier, row.courier))


@dataclass(slots=True, kw_only=True)
class Inbox:
    """Sheet rows by shop, and which of them are taken."""

    contents: dict[str, SheetContents]
    """By shop; several shops may share one."""
    other_shops: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    """Configured shops that read a sheet too, or may do so, but are not in this run."""
    arrived: Arrived | None = None
    """What came in the inboxes of the shops; None: no shop has one."""
    accept_unusual: bool = False
    """Numbers ship though they do not look like those of their courier."""
    own: Mapping[str, _Own] = field(default_factory=dict)
    """By shop."""
    _taken: set[Place] = field(default_factory=set)
    _left: dict[str, set[str]] = field(default_factory=dict)
    """By shop that has come to look for the orders of what was left: those that it has not looked for."""

    @classmethod
    def read(
        cls, plan: Preparation, *, given: Sequence[Path], hidden_rows: bool, accept_unusual: bool = False
    ) -> Inbox:
        """Read the sheets of all shops of the run: those given, else each shop's own.

        Raises ConfigError for one that is not there.
        """
        absent = [str(path) for path in given if not path.is_file()]
        if absent:
            raise ConfigError(_NO_SHEET.with_words(sheets=", ".join(absent)))
        config, arrived = plan.config, Arrived.of(plan)
        sheets = {shop.name: list(given) or sheets_of(shop, config) for shop in plan.shops}
        _make_ready_for(chain(*sheets.values(), arrived.waiting()))
        read: dict[tuple[tuple[Path, ...], object, object], SheetContents] = {}
        contents = {}
        for shop in plan.shops:
            paths = sheets[shop.name]
            settings = shop.settings(OrderSettings)
            key = (tuple(paths), tuple(sorted(settings.columns.items())), settings.inbox)
            if key not in read:
                reading = reading_of(
                    _joined_profile(shop, config),
                    columns=settings.columns,
                    hidden_rows=hidden_rows,
                    language=config.language,
                    fatal=Quarantine(config.var / FOLDER),
                )
                arrived.read(shop.name, reading=reading)
                unended_s = 0.0 if given else _UNENDED_S
                files = read_files(paths, reading=reading, clock=config.clock, unended_s=unended_s, links=bool(given))
                read[key] = arrived.join(files, shop=shop.name)
                _tell(read[key], language=config.language)
            contents[shop.name] = read[key]
        others = {} if given else _not_in_run(plan, read={path for paths, *_ in read for path in paths})
        return cls(
            contents=contents,
            other_shops=others,
            arrived=arrived if arrived.folders else None,
            accept_unusual=accept_unusual,
            own={shop.name: _Own.of(shop, config) for shop in plan.shops},
        )

    def rows(self, shop: str) -> list[GoodOrBad]:
        """The rows that no shop has taken yet, of the sheets that this shop reads; no order of another platform's.

        Couriers go by the names of the shop's own platform.
        """
        rows, own = self._untaken(shop), self.own.get(shop)
        return rows if own is None else [own.named(row) for row in rows if own.may_have(row)]

    def _untaken(self, shop: str) -> list[GoodOrBad]:
        return [row for row in self._all(shop) if row.place not in self._taken]

    def left_alone(self, shop: str) -> list[LeftAlone]:
        """The files of this shop that were not read, or had no row; an office program's lock files are none."""
        return [file for file in self.contents[shop].left_alone if file.why is not LOCK_FILE]

    def take(self, row: GoodOrBad | None) -> None:
        """This row has its line in a report."""
        if row is not None:
            self._taken.add(row.place)

    def look_for(self, shop: str, order_sns: Iterable[str]) -> set[str]:
        """This shop begins to look for the orders of rows that no shop has taken; take out what was looked for."""
        self._left[shop] = set(order_sns)
        return self._left[shop]

    def keeper(self, shop: str, *, run_id: str) -> RowTracker | None:
        """Who notes what becomes of this shop's rows that came in its inbox; None: it has none, or runs dry."""
        arrived = self.arrived
        if arrived is None or shop not in arrived.folders or shop not in arrived.live:
            return None
        arrived.run_ids[shop] = run_id
        return RowTracker(arrived, self.contents[shop], shop=shop)

    def leftovers(self, stopped: Sequence[str]) -> Iterator[tuple[str, Decision]]:
        """What no shop has taken: (the last shop that reads the sheet, the decision)."""
        if self.arrived is None:
            yield from self._not_taken(stopped)
        else:
            yield from leave_over(self.arrived, self._not_taken(stopped), contents=self.contents, stopped=stopped)

    def _not_taken(self, stopped: Sequence[str]) -> Iterator[tuple[str, Decision]]:
        for shop in reversed(list(self.contents)):
            for row in self._untaken(shop):
                self.take(row)
                reason, message = self._why_left(row, stopped=[name for name in stopped if self._reads(name, row)])
                yield (
                    shop,
                    Decision(order_sn=row.order_sn, order=None, row=row, shipment=None, reason=reason, message=message),
                )

    def _why_left(self, row: GoodOrBad, *, stopped: Sequence[str]) -> tuple[Reason, str]:
        if isinstance(row, BadRow):
            return row.reason, row.message
        unread = [name for name in stopped if name not in self._left]
        if unread:
            return Reason.SHOP_NOT_READ, ", ".join(unread)
        not_looked = [name for name, left in self._left.items() if row.order_sn in left]
        if not_looked:
            return Reason.NOT_LOOKED_UP, ", ".join(not_looked)
        came = self.arrived.why_left(row.place, stopped=stopped) if self.arrived else None
        if came is not None:
            return came
        others = self.other_shops.get(row.place.sheet, ())
        return (Reason.OTHER_SHOP_NOT_RUN, ", ".join(others)) if others else (Reason.NOT_IN_SHOP, "")

    def _reads(self, shop: str, row: GoodOrBad) -> bool:
        return any(row.place == other.place for other in self._all(shop))

    def _all(self, shop: str) -> list[GoodOrBad]:
        contents = self.contents[shop]
        return [*contents.good, *contents.bad]


def _make_ready_for(paths: Iterable[Path]) -> None:
    """Have what reads workbooks start beside all that comes before they are read."""
    if any(path.suffix.lower() in _BOOKS for path in paths):
        sandboxed_reading.get_ready()


def _tell(contents: SheetContents, *, language: Language) -> None:
    """Say once, before a browser starts, which rows cannot be used, and which are odd: a line a reason and file."""
    refused = [(row.place, row.reason.sentence(language)) for row in contents.bad]
    odd = [(row.place, _WARNING.of(language)) for row in contents.good if row.warning]
    for rows, words in ((refused, _BAD_ROWS), (odd, _ODD_ROWS)):
        if rows:
            logger.warning("{}", "\n".join([words.of(language, rows=len(rows)), *_by_file(rows)]))


def _by_file(rows: Iterable[tuple[Place, str]]) -> Iterator[str]:
    """A line for what is said of rows of one file, with all row numbers."""
    places: dict[tuple[str, str], list[str]] = {}
    for place, told in rows:
        file = " ".join(filter(None, (place.sheet.name, place.worksheet)))
        places.setdefault((told, file), []).extend([str(place.row)] if place.row else [])
    return (f"{told} {': '.join(filter(None, (file, ', '.join(numbers))))}" for (told, file), numbers in places.items())


def sheets_of(shop: Shop, config: Config) -> list[Path]:
    """The files that a shop's `sheets` globs match, oldest first; what lies in its inbox is taken in from there."""
    settings = shop.settings(OrderSettings)
    matches = (path for glob in settings.sheets for path in _matches(glob, config.folder))
    found = {path: written for path in matches if (written := _written_ns(path)) is not None}
    inboxes = [(config.var / STORE).resolve()]
    if settings.inbox is not None:
        inboxes.append((config.folder / settings.inbox).resolve())
    mine = [path for path in found if not any(path.resolve().is_relative_to(inbox) for inbox in inboxes)]
    return sorted(mine, key=lambda path: (found[path], path.name))


def _written_ns(path: Path) -> int | None:
    """When a file was written, or what is in the place of one, which is not read but named; None: there is none."""
    try:
        with suppress(PermissionError):  # a link that leads to where this user may not look
            if stat.S_ISDIR(path.stat().st_mode):
                return None
        return path.lstat().st_mtime_ns
    except OSError:
        return None


def _matches(glob: str, folder: Path) -> Iterator[Path]:
    """The paths of a glob that is relative to the folder, or begins at a root of its own, like C:/sheets/*.xlsx."""
    if Path(glob).is_absolute():
        folder, glob = Path(Path(glob).anchor), str(Path(glob).relative_to(Path(glob).anchor))
    return iter(folder.glob(glob))


def _not_in_run(plan: Preparation, *, read: Collection[Path]) -> dict[Path, tuple[str, ...]]:
    running = {shop.name for shop in plan.shops}
    others: dict[Path, tuple[str, ...]] = {}
    for shop in plan.config.shops.values():
        if shop.name not in running:
            for path in sheets_of(shop, plan.config):
                others[readable(path)] = (*others.get(readable(path), ()), shop.name)
    for broken in plan.config.broken.values():
        for path in read:
            if _may_read(broken, path, config=plan.config):
                others[readable(path)] = (*others.get(readable(path), ()), broken.name)
    return others


def _may_read(shop: BrokenShop, path: Path, *, config: Config) -> bool:
    """Whether a shop whose file has a mistake will read this sheet, once the file is put right."""
    globs = shop.table.get("sheets")
    if globs is None:
        return not shop.whole
    try:
        return not isinstance(globs, list) or any(path in _matches(str(glob), config.folder) for glob in globs)
    except (ValueError, NotImplementedError):  # what is no glob may be the mistake
        return True


def inbox_of(plan: Preparation) -> Inbox:
    """What the sheets bring to a flow that ships, by its options. Raises ConfigError as `Inbox.read`."""
    options = plan.options
    return Inbox.read(
        plan,
        given=given_sheets(plan),
        hidden_rows=options.hidden_rows or plan.yes,
        accept_unusual=options.accept_unusual,
    )


def given_sheets(plan: Preparation) -> list[Path]:
    """The sheets that a person gave: files, and pasted lines as a file. Raises ConfigError for unclear lines."""
    options = plan.options
    if not options.paste:
        return list(options.sheet)
    shop = plan.shops[0]
    headers = HeaderWords.of(_joined_profile(shop, plan.config).sheets, columns=shop.settings(OrderSettings).columns)
    return [*options.sheet, pasted_sheet(plan.config, headers=headers)]


def _joined_profile(shop: Shop, config: Config) -> SheetProfile:
    """What reads a sheet with orders of all configured platforms; where they do not go together, of the shop's own."""
    own, by_platform = _sheet_profile(shop, config), {each.platform: each for each in config.shops.values()}
    try:
        first, *others = [
            own if platform == shop.platform else _sheet_profile(other, config)
            for platform, other in by_platform.items()
        ]
        return reduce(SheetProfile.joined, others, first)
    except (ValueError, ConfigError):
        return own


def _sheet_profile(shop: Shop, config: Config) -> SheetProfile:
    profile = load_profile(shop.platform, folder=config.selectors)
    return SheetProfile(
        identifiers=profile.section(Identifiers),
        couriers=profile.section(Couriers).with_patterns(shop.settings(OrderSettings).courier_patterns),
        sheets=profile.section(Sheets),
    )
