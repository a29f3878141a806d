"""Background jobs beside the runs, in threads of their own: a slow message must not delay a start."""

from __future__ import annotations

import os
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, Self, cast
from urllib.error import HTTPError

from rpa import discovery
from rpa.address import leads_away
from rpa.credentials import Vault, find_key
from rpa.errors import ConfigError
from rpa.files import FULL_GB, LOW_GB, free_gb
from rpa.language import Text
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from rpa.log import speak
from rpa.monitoring.alarms import raise_due
from rpa.notify.channels import Notifier
from rpa.notify.digest import send_if_due
from rpa.notify.incident_messages import note_channels, tell
from rpa.scheduler.cleanup import Cleanup
from rpa.scheduler.failures import Failures
from rpa.scheduler.loop import Pulse
from rpa.scheduler.periodic import PeriodicTasks

if TYPE_CHECKING:
    from types import TracebackType

    from rpa.config import Config
    from rpa.discovery import Part


LOW: Final = "disk_low"
FULL: Final = "disk_full"
"""The causes of the incidents. A disk that is full is told by itself, also to who was told that it was nearly so."""

_LOW = Text(
    en="Only {free:.1f} GB are left on the disk of {folder}: make room. "
    "With less than {full} GB nothing is written to any site.",
    zh="{folder} 所在磁盘仅剩 {free:.1f} GB，请清理。不足 {full} GB 时不再操作后台。",
)
_FULL = Text(
    en="Only {free:.2f} GB are left on the disk of {folder}: nothing is written to any site until there is room again.",
    zh="{folder} 所在磁盘仅剩 {free:.2f} GB，已停止操作后台，请立即清理磁盘。",
)


def watch_room(config: Config, ledger: Ledger) -> None:
    """Have an incident open while there is little room, and a critical one while there is too little to go on."""
    free = free_gb(config.var)
    for cause, words, least_gb, severity in (
        (LOW, _LOW, LOW_GB, Severity.WARNING),
        (FULL, _FULL, FULL_GB, Severity.CRITICAL),
    ):
        if free >= least_gb:
            ledger.incidents.close("", cause=cause)
        else:
            message = words.of(config.language, free=free, full=FULL_GB, folder=config.var)
            ledger.incidents.report("", cause=cause, message=message, severity=severity)


_PING_EVERY_S, _PING_TIMEOUT_S = 30.0, 10.0
_LOOK_S = 1.0
_ROUND_S = 1800.0
"""A round of jobs that takes longer hangs, or fails each time."""
_ENDS_WITHIN_S = 5.0
_AGAIN_AFTER_S = 60.0

_FAILED = Text(
    en="The chores failed, and begin anew in a minute: {error}",
    zh="后台任务（通知、日报等）出错，一分钟后重新开始：{error}",
)
_UNHEARD = Text(
    en="The sign of life did not reach the address of the watch: {problem}.", zh="心跳未能送达外部监控地址：{problem}。"
)
_NO_VAULT = Text(
    en="Channels whose address is in the encrypted store get no messages: {error}",
    zh="地址保存在加密存储中的通知渠道收不到消息：{error}",
)

OwnJob = Callable[["Config", Ledger], None]
"""What `Capability.background_jobs` names; it is called every minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundJob:
    """One thing that is done again and again."""

    name: str
    every_s: int
    do: Callable[[], None]


def jobs_of(config: Config, *, ledger: Ledger) -> Iterator[BackgroundJob]:
    """All background jobs but the ping, which is not to wait for them."""
    notifier = Notifier.of(config, _vault(config))
    for name, part in discovery.background_jobs().items():
        yield BackgroundJob(name=f"chore:{name}", every_s=60, do=partial(_further, part, config=config, ledger=ledger))
    yield BackgroundJob(name="alarms", every_s=60, do=partial(_alarms, config, ledger=ledger))
    yield BackgroundJob(name="tell", every_s=30, do=partial(_tell, config, ledger=ledger, notifier=notifier))
    yield BackgroundJob(name="digest", every_s=60, do=partial(_digest, config, ledger=ledger, notifier=notifier))
    yield BackgroundJob(name="room", every_s=300, do=partial(_room, config, ledger=ledger))
    yield BackgroundJob(name="tidy", every_s=600, do=Cleanup(config, ledger=ledger))


def do_all(config: Config, *, ledger: Ledger, trouble: Failures) -> None:
    """The ping and each job once, now."""
    with trouble.kept("ping"):
        ping_of(config, alive=lambda: True)()
    for job in jobs_of(config, ledger=ledger):
        with trouble.kept(job.name):
            job.do()


class BackgroundJobs:
    """The threads that do the jobs and the ping, from `with` to their end. They go on whatever happens in them.

    The ping has its own: channels that are silent delay the jobs by minutes, which would look like a death.
    """

    def __init__(self, config: Config, *, alive: Callable[[], bool]) -> None:
        self._config = config
        self._main_thread_lives = alive
        self._pulse = Pulse(config.clock.monotonic, lives_s=_ROUND_S)
        self._over = threading.Event()
        # a job that hangs does not keep the program from ending
        self._threads = [
            threading.Thread(target=self._serve, args=(work,), name=name, daemon=True)
            for name, work in (("chores", self._go_on), ("ping", self._ping_on))
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=_ENDS_WITHIN_S)

    def take_over(self, config: Config) -> None:
        """Begin anew, with this configuration."""
        self._config = config

    def alive(self) -> bool:
        """Whether the scheduler does its work, and the jobs are done: else nobody calls the watch."""
        return self._main_thread_lives() and self._pulse.alive()

    def _serve(self, work: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                work()
            # Who tells of troubles must not end with the first of its own; by SystemExit a thread ends in silence.
            except BaseException as error:  # noqa: BLE001
                speak("ERROR", _FAILED, traceback=error, error=error)
                self._over.wait(_AGAIN_AFTER_S)

    def _go_on(self) -> None:
        config = self._config
        with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
            rounds = PeriodicTasks(
                clock=config.clock, trouble=Failures(ledger, clock=config.clock, language=config.language)
            )
            for job in jobs_of(config, ledger=ledger):
                rounds.add(job.name, every_s=job.every_s, do=job.do)
            while not self._over.wait(_LOOK_S) and self._config is config:
                self._pulse.felt()
                rounds.run_pending()

    def _ping_on(self) -> None:
        config = self._config
        ping = ping_of(config, alive=self.alive)
        while self._config is config:
            ping()
            if self._over.wait(_PING_EVERY_S):
                return


class Ping:
    """Calls an address that raises an alarm when nobody calls it any more; no address: nobody watches."""

    def __init__(self, url: str, *, alive: Callable[[], bool]) -> None:
        self._url = url
        self._alive = alive
        self._worked = True

    def __call__(self) -> None:
        """Call it, if the scheduler does its work. That it fails is a line in the log: the other side raises alarm."""
        if not self._url or not self._alive():
            return
        try:
            problem = _problem_of_calling(self._url)
        except (OSError, ValueError, HTTPException) as error:
            problem = type(error).__name__
        if problem and self._worked:
            # without the address: whoever knows it can keep the alarm quiet
            speak("WARNING", _UNHEARD, problem=problem)
        self._worked = not problem


def ping_of(config: Config, *, alive: Callable[[], bool]) -> Ping:
    """The ping of this configuration. `alive`: whether the scheduler itself does its work; without it there is none."""
    return Ping(os.environ.get(config.watch.ping_env, "").strip(), alive=alive)


def _problem_of_calling(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return "it is no http address"
    try:
        with urllib.request.build_opener(_Staying).open(url, timeout=_PING_TIMEOUT_S) as answer:
            answer.read(1)
    except HTTPError as refusal:
        with refusal:  # it is an answer too, and open
            return type(refusal).__name__
    return ""


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows no redirect to another host, or out of the encryption: the address is a secret."""

    def redirect_request(self, req: Any, *answer: Any) -> Any:
        """The next request; none for one that leads away, whose answer is then an error."""
        return None if leads_away(req.full_url, to=answer[-1]) else super().redirect_request(req, *answer)


def _further(part: Part, *, config: Config, ledger: Ledger) -> None:
    job = cast("OwnJob", part.load())
    job(config, ledger)


def _alarms(config: Config, *, ledger: Ledger) -> None:
    raise_due(config, ledger)


def _tell(config: Config, *, ledger: Ledger, notifier: Notifier) -> None:
    tell(config, ledger, notifier)


def _digest(config: Config, *, ledger: Ledger, notifier: Notifier) -> None:
    send_if_due(config, ledger, notifier)
    note_channels(ledger, notifier=notifier, language=config.language)


def _room(config: Config, *, ledger: Ledger) -> None:
    watch_room(config, ledger)


def _vault(config: Config) -> Vault | None:
    try:
        return Vault(config.var / "secrets", find_key())
    except ConfigError as error:
        speak("WARNING", _NO_VAULT, error=error)
        return None
