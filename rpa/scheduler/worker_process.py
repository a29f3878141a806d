"""Worker process, as the scheduler sees it: its run, its bounds in time, what it said."""

from __future__ import annotations

import math
import secrets
from typing import TYPE_CHECKING

from rpa.environment import given_key, without_key
from rpa.errors import TryAgain
from rpa.files import kept_in
from rpa.language import Text
from rpa.log import speak
from rpa.scheduler.processes import Child, Message, end, family
from rpa.scheduler.worker_tasks import Ended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psutil

    from rpa.config import Config
    from rpa.scheduler.browser_host import BrowserProcess
    from rpa.scheduler.worker_tasks import WorkerTask

_LEAVES_IN_S = 5.0
_OPENS_IN_S = 300.0
"""Until its window is open, a worker loads the program, reads the sheets and starts a driver: seconds, and a minute or
two on a machine that is busy with many at once. What takes longer hangs, and has nothing in hand that it could end."""
_LATE = Text(
    en="{shop}: the run takes longer than {limit}; it is asked to stop.",
    zh="{shop}：运行超过时间限制 {limit}，已要求停止。",
)
_NOT_STOPPED = Text(
    en="{shop}: the run did not stop within {seconds} s; it is killed.",
    zh="{shop}：运行在 {seconds} 秒内没有停止，已强行结束。",
)
_NOT_OPENED = Text(
    en="{shop}: the run did not come to open its window within {seconds:.0f} s; it is killed.",
    zh="{shop}：运行在 {seconds:.0f} 秒内没有打开窗口，已强行结束。",
)
_DID_NOT_OPEN = Text(
    en="It did not come to open its window within {seconds:.0f} s.", zh="{seconds:.0f} 秒内没有打开窗口。"
)
_TOOK_LONGER = Text(en="It took longer than {limit}.", zh="超过时间限制 {limit}。")


class WorkerRun:
    """A run in the making; its shop is locked and stays so until `host` is told to free it."""

    def __init__(
        self,
        task: WorkerTask,
        *,
        config: Config,
        host: BrowserProcess,
        folder: Path,
        hear: Callable[[WorkerRun, Message | None], None],
    ) -> None:
        """Start the process. `hear` is called in another thread, see `Child`."""
        self.task = task
        self.shop = task.planned.shop
        self.host = host
        self._token = secrets.token_hex(16)
        self._clock = config.clock
        self._language = config.language
        self._stop_within_s = config.scheduler.stop_within_s
        self._stop_at = self._clock.monotonic() + task.time_limit.total_seconds()
        self._open_by = self._clock.monotonic() + _OPENS_IN_S
        self._kill_at = math.inf
        self._late = self._killed = self._unopened = False
        self._said: Message = {}
        self._kin: list[psutil.Process] = []
        self._child = Child(
            "rpa.scheduler.worker",
            mark=folder.name,
            folder=config.folder,
            env={**without_key(), **kept_in(folder)},
            hear=lambda message: hear(self, message),
        )
        self._child.tell(self._request(config))

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._child.pid

    @property
    def next_bound(self) -> float:
        """The monotonic second at which `keep_time` has something to do."""
        return min(self._open_by, self._stop_at, self._kill_at)

    def hear(self, message: Message) -> None:
        """Take note of what it said; once its page is known to the browser's owner, it may go on."""
        self._open_by = math.inf
        if "window" not in message:
            self._said = message
            # Its work is over: what hangs at its very end must not keep the shop.
            self._stop_at, self._kill_at = math.inf, min(self._kill_at, self._clock.monotonic() + _LEAVES_IN_S)
            return
        # Listed now: a driver whose process is killed is nobody's child any more.
        self._kin = family(self._child.pid)
        try:
            self.host.find(self.shop, token=self._token)
        except TryAgain as error:
            # Not asked to stop, which nobody need look at: that it had no browser is what its run tells.
            self._child.tell({"gone": str(error)})
        else:
            self._child.tell({"go": True})

    def ask_to_stop(self) -> None:
        """Ask it to stop after the action in hand; asked once, it is killed when it takes too long."""
        if self._kill_at == math.inf:
            self._child.tell({"stop": True})
            self._kill_at = self._clock.monotonic() + self._stop_within_s
        self._stop_at = math.inf

    def keep_time(self) -> None:
        """Ask it to stop at its time limit; kill it when it has been asked and does not stop, or opens no window."""
        now = self._clock.monotonic()
        if now >= self._open_by:
            self._unopened = True
            speak("ERROR", _NOT_OPENED, shop=self.shop, seconds=_OPENS_IN_S)
            self.kill()
            return
        if now >= self._stop_at:
            self._late = True
            speak("WARNING", _LATE, shop=self.shop, limit=self.task.time_limit)
            self.ask_to_stop()
        if now >= self._kill_at:
            if not self._said:
                speak("ERROR", _NOT_STOPPED, shop=self.shop, seconds=self._stop_within_s)
            self.kill()

    def kill(self) -> None:
        """End it at once, with all that it started."""
        self._killed = True
        self._open_by = self._stop_at = self._kill_at = math.inf
        self._child.kill()

    def ended(self) -> Ended:
        """How it ended, once nothing of it is left; waits a moment for a process that says no more."""
        self._child.ended_within(_LEAVES_IN_S)
        self._child.kill()
        end(self._kin)
        planned = self.task.planned
        if "busy" in self._said:
            return Ended(planned=planned, how="busy", detail=self._said["busy"])
        late = f"{_TOOK_LONGER.of(self._language, limit=self.task.time_limit)} " if self._late else ""
        if "result" in self._said:
            result = self._said["result"]
            return Ended(
                planned=planned,
                how="finished",
                exit_code=result["exit_code"],
                run_id=result["run_id"],
                detail=late + result["detail"],
            )
        if self._unopened:
            words = _DID_NOT_OPEN.of(self._language, seconds=_OPENS_IN_S)
            return Ended(planned=planned, how="died", detail=f"{words} {self._child.last_words}".strip())
        words = f"{late}{self._child.last_words}".strip()
        return Ended(planned=planned, how="killed" if self._killed else "died", detail=words)

    def _request(self, config: Config) -> Message:
        task = self.task
        return {
            "config": str(config.path),
            "flow": task.planned.flow,
            "shop": self.shop,
            "live": task.live,
            "options": dict(task.options),
            "endpoint": self.host.endpoint,
            "token": self._token,
            "stop_within_s": self._stop_within_s,
            "key": given_key(),
        }
