"""Settings while the scheduler runs: what a person changes in rpa.toml and shop files counts without a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rpa.config import config_file
from rpa.errors import ConfigError
from rpa.plugins import load_config

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.config import Config

_MOST_LOOKS = 30
"""Files that look different at each of so many looks are read all the same."""


class LiveConfig:
    """The configuration that counts, and who goes by it."""

    def __init__(self, path: Path | None) -> None:
        """Read this file as `load` does. Raises ConfigError when it has a mistake."""
        # Before it is read: what is saved meanwhile is another file than that one.
        self._read = self._seen = tuple(_signs(config_file(path)))
        self.current = load_config(path)
        """As it was last read without a mistake."""
        self._heed: list[Callable[[Config], object]] = []
        self._looks = 0
        self._unheard = False
        self._problem: ConfigError | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether the files have a mistake, or were changed and are not read yet: a run would read them, too."""
        return self._problem is not None or self._seen != self._read

    def heeded_by(self, *parts: Callable[[Config], object]) -> None:
        """Have these called with each new configuration, in this order."""
        self._heed += parts

    def keep_up(self) -> None:
        """Read the files anew if they have changed, and were not changed again since the last look.

        Raises ConfigError as long as they have a mistake; the configuration before counts on. What a part raises is
        raised, and the parts are told again the next time.
        """
        if self._changed():
            self._looks, self._read, self._problem = 0, self._seen, None
            try:
                self.current, self._unheard = load_config(self.current.path), True
            except ConfigError as error:
                self._problem = error
        if self._problem is not None:
            raise self._problem
        if self._unheard:
            for heed in self._heed:
                heed(self.current)
            self._unheard = False

    def _changed(self) -> bool:
        """Whether they are others than those that were read, and nobody is writing them any more."""
        before, self._seen = self._seen, tuple(_signs(self.current.path))
        self._looks = self._looks + 1 if self._seen != before else 0
        return self._seen != self._read and (self._seen == before or self._looks >= _MOST_LOOKS)


def _signs(rpa_toml: Path) -> Iterator[Sequence[object]]:
    for path in (rpa_toml, *sorted((rpa_toml.parent / "shops").glob("*.toml"))):
        try:
            found = path.stat()
        except OSError:  # it is being replaced, or gone, which reading will tell
            yield (path.name,)
        else:
            yield path.name, found.st_mtime_ns, found.st_size, found.st_ino
