"""Instance lock: the one scheduler of a project; others can see that it lives."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from rpa.errors import ConfigError
from rpa.files import private_folder, write_atomically
from rpa.language import Text
from rpa.log import speak
from rpa.monitoring.health import ONCE, OVER, SCHEDULER

if TYPE_CHECKING:
    from types import TracebackType

    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

_ONE_IS_ENOUGH = Text(
    en="A scheduler of {folder} runs already ({holder}); one is enough. `rpa service status` says "
    "whether it is a service.",
    zh="{folder} 的调度程序已在运行（{holder}），无需再启动；它是否为系统服务，见 rpa service status。",
)
_NO_LOCK = Text(en="The scheduler's place cannot be locked: {error}", zh="无法锁定调度程序的位置：{error}")
_NO_FILE = Text(
    en="{file} cannot be written ({problem}); programs that read it see no sign of life.",
    zh="无法写入 {file}（{problem}）；读取该文件的程序看不到心跳。",
)


class AnotherIsThere(ConfigError):
    """A process is this folder's scheduler already."""


class InstanceLock:
    """Being the scheduler of this configuration's folder, from `with` to its end."""

    def __init__(self, config: Config) -> None:
        self._clock = config.clock
        self._file = config.var / "heartbeat.json"
        self._file_works = True
        folder = config.var / "locks"
        # @ is in no shop's name, so that no shop's lock has this name
        self._lock = FileLock(folder / "@scheduler.lock")
        # beside the lock: its own file is emptied by whoever tries, and cannot be read on Windows
        self._owner = folder / "@scheduler.owner"

    def __enter__(self) -> Self:
        """Take the place.

        Raises:
            AnotherIsThere: another process has it; the message names its pid and since when.
            ConfigError: no file can be made.

        """
        try:
            private_folder(self._owner.parent)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise AnotherIsThere(
                _ONE_IS_ENOUGH.with_words(folder=self._file.parent.parent, holder=self._holder())
            ) from error
        except OSError as error:
            raise ConfigError(_NO_LOCK.with_words(error=error)) from error
        since = self._clock.now().isoformat(timespec="seconds")
        owner = {"pid": os.getpid(), "since": since, "host": socket.gethostname()}
        write_atomically(self._owner, json.dumps(owner).encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # on Windows, while another reads it; without the lock it means nothing
            self._owner.unlink(missing_ok=True)
        self._lock.release()

    def beat(self, ledger: Ledger, *, next_due_at: datetime | None, running: Sequence[str]) -> None:
        """A sign of life: for ours in the ledger, for programs that can read a file in var/heartbeat.json.

        `running`: the shops that are being run. That the file cannot be written is told once: on Windows nothing can
        replace it while somebody reads it.
        """
        now = self._clock.now()
        upcoming = None if next_due_at is None else next_due_at.astimezone(now.tzinfo)
        sign = {
            "at": now.isoformat(timespec="seconds"),
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "next_due_at": None if upcoming is None else upcoming.isoformat(timespec="seconds"),
            "running": list(running),
        }
        ledger.beat(SCHEDULER, next_due_at=upcoming, detail=", ".join(running))
        self._write(json.dumps(sign, ensure_ascii=False).encode())

    def call(self, ledger: Ledger) -> None:
        """Say that this is one call of `rpa schedule --once`: that no process follows it is no death."""
        ledger.beat(ONCE)

    def call_over(self, ledger: Ledger) -> None:
        """Say that this call came to its end."""
        ledger.beat(ONCE, detail=OVER)

    def _write(self, sign: bytes) -> None:
        try:
            write_atomically(self._file, sign)
        except OSError as error:
            if self._file_works:
                speak("WARNING", _NO_FILE, file=self._file, problem=error.strerror or error)
            self._file_works = False
        else:
            self._file_works = True

    def _holder(self) -> str:
        try:
            owner = json.loads(self._owner.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "it has just started"
        return f"pid {owner['pid']} on {owner['host']} since {owner['since']}"
