"""Inbox folder: whose it is, what in it is a sheet, and where sheets are put away."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from flows.orders.settings import OrderSettings
from flows.sheets.stability import LOCK_PREFIXES
from rpa.documents.names import numbered, safe_name
from rpa.errors import ConfigError
from rpa.files import private_folder
from rpa.language import Text
from rpa.untrusted_folder import UntrustedFolder, refuse_links_of_others

if TYPE_CHECKING:
    from rpa.config import BrokenShop, Config, Shop

DONE = "done"
"""The folder inside an inbox in which people find copies of the sheets that were taken in, and their results."""

STORE = "inbox"
"""The folder of var/ in which sheets are put away, a folder an inbox: nobody else can put anything in its way."""

RESULT = ".result.xlsx"
"""What is added to a sheet's name to name its result."""

_UNFINISHED = frozenset({".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload"})
"""Suffixes that browsers and file-transfer programs give a file until all of it is there."""
_NEVER_SHEETS = frozenset({"thumbs.db", "desktop.ini"})
_HARMLESS = frozenset(
    {
        "",
        ".csv",
        ".txt",
        ".tsv",
        ".xlsx",
        ".xlsm",
        ".xls",
        ".xlsb",
        ".et",
        ".ods",
        ".htm",
        ".html",
        ".xml",
        ".json",
        ".pdf",
        ".doc",
        ".docx",
        ".zip",
        ".rar",
        ".jpg",
        ".jpeg",
        ".png",
        ".gif",
        ".webp",
        ".heic",
    }
)
"""Endings that files keep when they are put away; no program takes one of these for its own code or settings."""
_LOCKED_S = 120.0
_NOT_ALIKE = Text(
    en="The shops {one} and {other} share the inbox {inbox}, but not `columns`; give each an inbox of its own.",
    zh="店铺 {one} 与 {other} 共用收件夹 {inbox}，但 columns 不同；请分别设置收件夹。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFolder:
    """One inbox, with all the configured shops that share it."""

    path: Path
    key: str
    """What the ledger calls it: the path as seen from rpa.toml, so that a project can be moved."""
    root: Path
    """Where rpa.toml lies."""
    locks: Path
    store: Path
    """Where its sheets are put away, in var/."""
    written: Path
    """Where the configuration says that it is; there may be links on the way."""
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
        private_folder(self.locks)
        return FileLock(self.locks / f"inbox-{_short(self.key)}.lock", timeout=_LOCKED_S)

    @contextmanager
    def opened(self) -> Iterator[UntrustedFolder]:
        """The inbox itself. Raises OSError when it cannot be looked into, FolderRefused when a link may lead to it."""
        refuse_links_of_others(self.written)
        with UntrustedFolder.opened(self.path) as folder:
            yield folder

    @contextmanager
    def stored(self) -> Iterator[UntrustedFolder]:
        """Where its sheets are put away, made if need be."""
        private_folder(self.store.parent)
        with UntrustedFolder.opened(private_folder(self.store)) as folder:
            yield folder

    def sheets(self) -> tuple[list[Path], list[Path]]:
        """The files that lie in it, oldest first, and what looks like one and is a link, a pipe or a device.

        Raises OSError when it cannot be looked into.
        """
        with self.opened() as folder:
            found = {name: folder.state(name) for name in folder.names() if _may_be_sheet(name)}
            files = sorted((seen[1], name) for name, seen in found.items() if seen is not None)
            others = sorted(name for name, seen in found.items() if seen is None and folder.leads_away(name))
        return [self.path / name for _, name in files], [self.path / name for name in others]

    def put_away_as(self, name: str, *, at: datetime, taken: Collection[str] = ()) -> Path:
        """Where a file of this name is put away: in `store`, the time first; free, and none of those that are `taken`.

        Its name is one that is fit for a file everywhere, and that no program takes for its own.
        """
        plain = safe_name(name, fallback="sheet")
        plain = plain if Path(plain).suffix.lower() in _HARMLESS else f"{plain}.txt"
        names = (self.store / f"{at:%Y%m%d-%H%M%S}-{each}" for each in numbered(plain))
        return next(path for path in names if self._is_free(path) and self.inside(path) not in taken)

    def shown(self, path: Path) -> Path:
        """Where people find a copy of what was put away here, and its result beside it."""
        return self.path / DONE / path.name

    def _is_free(self, path: Path) -> bool:
        places = (path, self.shown(path))
        return not any(os.path.lexists(each) for place in places for each in (place, result_of(place)))

    def inside(self, path: Path) -> str:
        """A path as the ledger keeps it: from rpa.toml on, where it can be said so."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def outside(self, kept: str) -> Path:
        """The path that the ledger keeps so."""
        return self.root / kept


def result_of(sheet: Path) -> Path:
    """Where the result of a sheet lies, beside it."""
    return sheet.with_name(sheet.name + RESULT)


def folders_of(config: Config) -> list[InboxFolder]:
    """All inboxes of the configuration that a shop can look into."""
    by_path: dict[Path, list[Shop]] = {}
    written: dict[Path, Path] = {}
    for shop in config.shops.values():
        inbox = shop.settings(OrderSettings).inbox
        if inbox is not None:
            path = (config.folder / inbox).resolve()
            written.setdefault(path, (config.folder / inbox).absolute())
            by_path.setdefault(path, []).append(shop)
    return [_folder(path, tuple(shops), written=written[path], config=config) for path, shops in by_path.items()]


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _may_share(path: Path, shop: BrokenShop, *, config: Config) -> bool:
    written = shop.table.get("inbox")
    if isinstance(written, str):
        return (config.folder / written).resolve() == path
    return not shop.whole


def _folder(path: Path, shops: tuple[Shop, ...], *, written: Path, config: Config) -> InboxFolder:
    broken = frozenset(shop.name for shop in config.broken.values() if _may_share(path, shop, config=config))
    root = config.folder.resolve()
    key = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    store = root / "var" / STORE / f"{safe_name(path.name, fallback=STORE)}-{_short(key)}"
    return InboxFolder(
        path=path,
        key=key,
        root=root,
        locks=config.var / "locks",
        store=store,
        written=written,
        shops=shops,
        broken=broken,
    )


def check_shared(folder: InboxFolder) -> None:
    """Raise ConfigError when the shops that share an inbox would not read its sheets alike."""
    first, *others = folder.shops
    for other in others:
        if first.settings(OrderSettings).columns != other.settings(OrderSettings).columns:
            shops = {"one": first.name, "other": other.name, "inbox": folder.key}
            raise ConfigError(_NOT_ALIKE.with_words(**shops))


def _may_be_sheet(name: str) -> bool:
    hidden = name.startswith((".", *LOCK_PREFIXES)) or name.lower() in {*_NEVER_SHEETS, DONE}
    return not hidden and Path(name).suffix.lower() not in _UNFINISHED
