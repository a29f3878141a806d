"""A folder in which sheets arrive: whose it is, what in it is a sheet, and where sheets are put away."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from flows.settings import OrderSettings
from flows.sheets.arrival import LOCK_PREFIXES, state
from rpa.errors import ConfigError
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import BrokenShop, Config, Shop

DONE = "done"
"""The folder inside an inbox into which sheets are put away."""

RESULT = ".result.xlsx"
"""What is added to a sheet's name to name its result."""

_UNFINISHED = frozenset({".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload"})
"""Suffixes that browsers and file-transfer programs give a file until all of it is there."""
_NEVER_SHEETS = frozenset({"thumbs.db", "desktop.ini"})
_LONGEST_NAME = 200
"""Bytes of a name, which gets a time before it and more behind it; file systems end at 255."""
_LOCKED_S = 120.0
_NOT_ALIKE = Text(
    en="The shops {one} and {other} share the inbox {inbox}, but not {what}; give each an inbox of its own.",
    zh="店铺 {one} 与 {other} 共用收件夹 {inbox}，但{what}不同；请分别设置收件夹。",
)
_COLUMNS, _PLATFORM = Text(en="`columns`", zh=" columns "), Text(en="the platform", zh="平台")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFolder:
    """One inbox, with all the configured shops that share it."""

    path: Path
    key: str
    """What the ledger calls it: the path as seen from rpa.toml, so that a project can be moved."""
    root: Path
    """Where rpa.toml lies."""
    locks: Path
    shops: tuple[Shop, ...]
    """All that share it and can be used, in the order of the configuration."""
    broken: frozenset[str] = frozenset()
    """The shops that share it, or may do so, and look into it once their file is put right."""

    @property
    def names(self) -> frozenset[str]:
        """The names of the shops that share it."""
        return self.broken.union(shop.name for shop in self.shops)

    @property
    def keep(self) -> timedelta:
        """How long a row is tried: the longest time that a shop gives."""
        return timedelta(days=max(shop.settings(OrderSettings).inbox_keep_days for shop in self.shops))

    @property
    def lock(self) -> FileLock:
        """Who holds it may take in and put away files; another waits shortly. Raises filelock.Timeout."""
        self.locks.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(self.key.encode()).hexdigest()[:16]
        return FileLock(self.locks / f"inbox-{name}.lock", timeout=_LOCKED_S)

    def sheets(self) -> list[Path]:
        """The files that lie in it, oldest first. Raises OSError when it cannot be looked into."""
        found = [(state(path), path) for path in self.path.iterdir() if _may_be_sheet(path)]
        still = [(seen[1], path) for seen, path in found if seen is not None]
        return [path for _, path in sorted(still, key=lambda each: (each[0], each[1].name))]

    def holds(self, path: Path) -> bool:
        """Whether a file lies in it, or was put away in it."""
        return path.resolve().is_relative_to(self.path)

    def put_away_as(self, name: str, *, at: datetime, taken: Collection[str] = ()) -> Path:
        """Where a file of this name is put away: in done/, the time first; free, and none of those that are `taken`."""
        stamped = self.path / DONE / f"{at:%Y%m%d-%H%M%S}-{_short(name)}"
        return next(path for path in _numbered(stamped) if self._is_free(path) and self.inside(path) not in taken)

    def _is_free(self, path: Path) -> bool:
        return not path.exists() and not result_of(path).exists()

    def inside(self, path: Path) -> str:
        """A path as the ledger keeps it: from rpa.toml on, where it can be said so."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def outside(self, kept: str) -> Path:
        """The path that the ledger keeps so."""
        return self.root / kept


def result_of(sheet: Path) -> Path:
    """Where the result of a sheet that was put away lies."""
    return sheet.with_name(sheet.name + RESULT)


def folders_of(config: Config) -> list[InboxFolder]:
    """All inboxes of the configuration that a shop can look into."""
    by_path: dict[Path, list[Shop]] = {}
    for shop in config.shops.values():
        written = shop.settings(OrderSettings).inbox
        if written is not None:
            by_path.setdefault((config.folder / written).resolve(), []).append(shop)
    return [_folder(path, tuple(shops), config=config) for path, shops in by_path.items()]


def _may_share(path: Path, shop: BrokenShop, *, config: Config) -> bool:
    written = shop.table.get("inbox")
    if isinstance(written, str):
        return (config.folder / written).resolve() == path
    return not shop.whole


def _folder(path: Path, shops: tuple[Shop, ...], *, config: Config) -> InboxFolder:
    broken = frozenset(shop.name for shop in config.broken.values() if _may_share(path, shop, config=config))
    root = config.folder.resolve()
    key = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    return InboxFolder(path=path, key=key, root=root, locks=config.var / "locks", shops=shops, broken=broken)


def check_shared(folder: InboxFolder) -> None:
    """Raise ConfigError when the shops that share an inbox would not read its sheets alike."""
    first, *others = folder.shops
    for other in others:
        same = first.settings(OrderSettings).columns == other.settings(OrderSettings).columns
        if first.platform != other.platform or not same:
            what = _COLUMNS if first.platform == other.platform else _PLATFORM
            shops = {"one": first.name, "other": other.name, "inbox": folder.key}
            told = Text(en=_NOT_ALIKE.en.format(**shops, what=what.en), zh=_NOT_ALIKE.zh.format(**shops, what=what.zh))
            raise ConfigError(told)


def _may_be_sheet(path: Path) -> bool:
    name = path.name
    hidden = name.startswith((".", *LOCK_PREFIXES)) or name.lower() in {*_NEVER_SHEETS, DONE}
    return not hidden and path.suffix.lower() not in _UNFINISHED and path.is_file()


def _short(name: str) -> str:
    """The name, its stem cut so that a file system takes it with what is put before and behind."""
    stem, suffix = Path(name).stem, Path(name).suffix[:20]
    while len(os.fsencode(f"{stem}{suffix}")) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{suffix}"


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for number in range(2, 10_000):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
