"""One run of a shop at a time, held by the operating system: it ends with the process, however that ends."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from rpa.errors import ConfigError

if TYPE_CHECKING:
    from types import TracebackType

    from rpa.clock import Clock


class RunLock:
    """The right to run a shop, from `with` to its end; `folder` is var/locks."""

    def __init__(self, folder: Path, *, shop: str, clock: Clock) -> None:
        name = re.sub(r"[^\w-]", "_", shop)
        self._shop = shop
        self._clock = clock
        self._lock = FileLock(folder / f"{name}.lock")
        # beside the lock: its own file is emptied by whoever tries, and cannot be read on Windows
        self._owner = folder / f"{name}.owner"

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            ConfigError: another process has it (the message names its pid and since when), or no file can be made.

        """
        try:
            self._owner.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ConfigError(
                f"Another run of shop {self._shop} is going on ({self._holder()}); wait for it to end, or end it"
            ) from error
        except OSError as error:
            raise ConfigError(f"The run of shop {self._shop} cannot be locked: {error}") from error
        since = self._clock.now().isoformat(timespec="seconds")
        owner = {"pid": os.getpid(), "since": since, "host": socket.gethostname()}
        self._owner.write_text(json.dumps(owner), encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owner.unlink(missing_ok=True)
        self._lock.release()

    def _holder(self) -> str:
        try:
            owner = json.loads(self._owner.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "it has just started"
        return f"pid {owner['pid']} on {owner['host']} since {owner['since']}"
