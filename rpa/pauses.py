"""Pauses: while one holds, nothing is written to a shop's site. Files, so that anybody can set one at any time.

A pause of one shop or of all is a small file in var/pauses. A file named as in `STOP_FILES` beside rpa.toml pauses all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rpa.errors import ConfigError, RpaError, Stopped
from rpa.files import once_free, write_atomically
from rpa.language import Text
from rpa.printable import json_text

STOP_FILES = Text(en="STOP", zh="停止")
"""A file of one of these names, in whatever capitals, with ".txt" or not, as often as Windows adds it."""

_ALL = "@all"
_STOP_NAMES = {STOP_FILES.en.casefold(), STOP_FILES.zh}
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why nothing is written to a shop's site."""

    shop: str | None
    """None: no shop's."""
    by: str
    reason: str
    since: datetime
    stop_file: Path | None = None
    """The file beside rpa.toml that is the pause; it ends when a person removes that."""

    @property
    def in_words(self) -> Text:
        """`paused since … by …: why`, without naming the shop."""
        if self.stop_file is not None:
            name = self.stop_file.name
            return Text(en=f"paused by the file {name} beside rpa.toml", zh=f"已被 rpa.toml 旁的文件 {name} 暂停")
        since = f"{self.since:%Y-%m-%d %H:%M}"
        why_en, why_zh = (f": {self.reason}", f"：{self.reason}") if self.reason else ("", "")
        return Text(en=f"paused since {since} by {self.by}{why_en}", zh=f"已被 {self.by} 暂停（{since} 起）{why_zh}")

    @property
    def way_out(self) -> Text:
        """How a person ends it."""
        if self.stop_file is not None:
            return Text(en=f"Remove {self.stop_file}.", zh=f"请删除 {self.stop_file}。")
        command = " ".join(["rpa", "resume", *([self.shop] if self.shop else [])])
        return Text(en=f"`{command}` ends it.", zh=f"恢复请运行 {command}。")


class Pauses:
    """The pauses of one configuration. Asked before every write, so that a pause holds from the next one on."""

    def __init__(self, config_folder: Path, var: Path) -> None:
        self._config_folder = config_folder
        self._folder = var / "pauses"

    def pause(self, shop: str | None, *, by: str, reason: str, at: datetime) -> None:
        """Pause this shop; None: all shops, with one pause. A pause that holds already gets this name and reason."""
        told = {"shop": shop, "by": by, "reason": reason, "since": at.isoformat()}
        write_atomically(self._path(shop), json_text(told).encode())

    def resume(self, shop: str | None) -> bool:
        """End the pause of this shop, or the one of all; False: there was none. A stop file stays: a person put it."""
        try:
            once_free(self._path(shop).unlink)
        except FileNotFoundError:
            return False
        return True

    def of(self, shop: str) -> Pause | None:
        """The pause that holds for this shop: a stop file's, that of all shops, or its own."""
        return self.holding([shop]).get(shop)

    def holding(self, shops: Iterable[str]) -> dict[str, Pause]:
        """Those of these shops for which a pause holds, each with it."""
        of_all = self._stop_file() or self._read(None)
        found = ((shop, of_all or self._read(shop)) for shop in shops)
        return {shop: pause for shop, pause in found if pause is not None}

    def all(self) -> list[Pause]:
        """Every pause that is set: those of all shops first, then by name."""
        found = [self._stop_file(), self._read(None)]
        names = {path.stem for path in self._folder.glob("*.json")} - {_ALL}
        return [pause for pause in (*found, *map(self._read, sorted(names))) if pause is not None]

    def _path(self, shop: str | None) -> Path:
        return self._folder / f"{_ALL if shop is None else shop}.json"

    def _read(self, shop: str | None) -> Pause | None:
        path = self._path(shop)
        try:
            told = json.loads(once_free(path.read_bytes))
            return Pause(
                shop=shop, by=str(told["by"]), reason=str(told["reason"]), since=datetime.fromisoformat(told["since"])
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            # Somebody wanted a pause; that the file is broken is no reason to write to the site.
            return Pause(shop=shop, by=_UNKNOWN, reason=f"{path} cannot be read ({error})", since=_changed(path))

    def _stop_file(self) -> Pause | None:
        """Any entry counts whose name is one of those, be it a folder: who made it wanted a stop."""
        try:
            found = next((path for path in self._config_folder.iterdir() if _means_stop(path.name)), None)
        except OSError as error:
            reason = f"{self._config_folder} cannot be read ({error.strerror}), so nobody knows whether to stop"
            return Pause(shop=None, by=_UNKNOWN, reason=reason, since=_changed(self._config_folder))
        if found is None:
            return None
        return Pause(shop=None, by="a stop file", reason=found.name, since=_changed(found), stop_file=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRight:
    """The right of one run to write to one shop's site, which a pause takes away at once."""

    pauses: Pauses
    shop: str
    wanted: bool
    """False: the run only reads, or is a rehearsal; no pause matters to it."""

    @property
    def taken(self) -> Pause | None:
        """The pause that holds now; None: there is none, or it does not matter."""
        return self.pauses.of(self.shop) if self.wanted else None

    def check(self) -> None:
        """Raise Stopped when a pause holds now."""
        pause = self.taken
        if pause is not None:
            raise Stopped(self._told(pause))

    def check_before(self) -> None:
        """Raise ConfigError when a pause holds before the run has started."""
        pause = self.taken
        if pause is not None:
            told = self._told(pause)
            raise ConfigError(
                Text(en=f"{told.en} A --dry-run is possible meanwhile.", zh=f"{told.zh}期间可用 --dry-run 预演。")
            )

    def explained(self, error: RpaError) -> RpaError:
        """What to tell of an error that ended the run: who was asked to stop does not know of a pause."""
        pause = self.taken if isinstance(error, Stopped) else None
        return error if pause is None else Stopped(self._told(pause))

    def _told(self, pause: Pause) -> Text:
        words, way_out = pause.in_words, pause.way_out
        return Text(en=f"{self.shop} is {words.en}. {way_out.en}", zh=f"{self.shop} {words.zh}。{way_out.zh}")


def _means_stop(name: str) -> bool:
    stem, *endings = name.casefold().split(".")
    return stem in _STOP_NAMES and set(endings) <= {"txt"}


def _changed(path: Path) -> datetime:
    """When it was last changed, in this machine's zone; the beginning of time where even that cannot be asked."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except OSError:
        return datetime.fromtimestamp(0).astimezone()
