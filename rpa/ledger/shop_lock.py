"""Shop lock: one run of a shop at a time, held by the operating system; it ends with the process.

The right to run a shop has two halves, as a page outlives the process that drove it where several share a browser:
SHOP.lock is held by the process in whose browser the shop's page is, SHOP.work.lock by the one that drives it. A run
with a browser of its own holds both.
"""

from __future__ import annotations

import json
import os
import re
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from filelock import FileLock, Timeout

from rpa.errors import ConfigError, ShopBusy
from rpa.files import private_folder
from rpa.language import Text

if TYPE_CHECKING:
    from types import TracebackType

    from rpa.clock import Clock

_NO_LOCK = Text(en="The run of shop {shop} cannot be locked: {error}", zh="无法锁定店铺 {shop} 的运行：{error}")
_TAKEN = Text(
    en="Another run of shop {shop} is going on ({holder}); wait for it to end, or end it",
    zh="店铺 {shop} 已有运行正在进行（{holder}）；请等它结束，或先结束它",
)

_ACCOUNT_TAKEN = Text(
    en="Another run works in this shop's account, which has several shops ({holder}); wait for it to end, or end it",
    zh="该账号下有多家店铺，已有运行正在使用该账号（{holder}）；请等它结束，或先结束它",
)


class PageLock:
    """One half: the right to have this shop's page in one's browser. `folder` is var/locks."""

    _half: ClassVar[str] = ""
    _taken: ClassVar[Text] = _TAKEN
    _once_a_process: ClassVar[bool] = True
    """Whether it can be taken once only in one process, too."""

    def __init__(self, folder: Path, *, shop: str, clock: Clock, pid: int | None = None) -> None:
        """`pid`: of the process that a person is told to wait for or to end; None: this one."""
        name = re.sub(r"[^\w-]", "_", shop) + self._half
        self._shop = shop
        self._clock = clock
        self._pid = pid or os.getpid()
        self._lock = FileLock(folder / f"{name}.lock", is_singleton=not self._once_a_process)
        # beside the lock: its own file is emptied by whoever tries, and cannot be read on Windows
        self._owner = folder / f"{name}.owner"

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            ShopBusy: another process has it; the message names its pid and since when.
            ConfigError: no file can be made.

        """
        try:
            private_folder(self._owner.parent)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ShopBusy(self._taken.with_words(shop=self._shop, holder=self._holder())) from error
        except OSError as error:
            raise ConfigError(_NO_LOCK.with_words(shop=self._shop, error=error)) from error
        since = self._clock.now().isoformat(timespec="seconds")
        owner = {"pid": self._pid, "since": since, "host": socket.gethostname()}
        self._owner.write_text(json.dumps(owner), encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock.lock_counter == 1:
            with suppress(OSError):  # on Windows, while another reads it; without the lock it means nothing
                self._owner.unlink(missing_ok=True)
        self._lock.release()

    def _holder(self) -> str:
        try:
            owner = json.loads(self._owner.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "it has just started"
        return f"pid {owner['pid']} on {owner['host']} since {owner['since']}"


class WorkLock(PageLock):
    """The other half: the right to drive this shop's page."""

    _half = ".work"


class AccountLock(PageLock):
    """The right to work in an account that several shops share: one run at a time, which may work in all of them."""

    _half = ".account"
    _taken = _ACCOUNT_TAKEN
    _once_a_process = False


class RunLock:
    """The whole right to run a shop, from `with` to its end; `folder` is var/locks."""

    def __init__(self, folder: Path, *, shop: str, clock: Clock) -> None:
        self._halves = (PageLock(folder, shop=shop, clock=clock), WorkLock(folder, shop=shop, clock=clock))
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Take both halves, or none. Raises as `PageLock` does."""
        with ExitStack() as held:
            for half in self._halves:
                held.enter_context(half)
            self._held = held.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()
