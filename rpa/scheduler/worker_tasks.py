"""Worker jobs: one flow in one shop each, several at a time, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from rpa.errors import ConfigError, RpaError
from rpa.language import Text
from rpa.ledger.incidents import Severity
from rpa.scheduler.planner import Why

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import timedelta

    from rpa.ledger.plans import PlannedRun


How = Literal["finished", "killed", "died", "busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTask:
    """What one worker is to do."""

    planned: PlannedRun
    options: Mapping[str, Any] = field(default_factory=dict)
    """The flow's options by field name, as rpa.toml has them."""
    live: bool | None = None
    """None: as the shop's `live` says."""
    time_limit: timedelta
    """After this the run is asked to stop; `stop_within_s` later it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a worker ended. Its page is closed and its shop is free when this is told."""

    planned: PlannedRun
    how: How
    """finished: the run came to its end, good or bad. killed: it was still there at the end of its time. died: its
    process ended by itself, in the middle, or was killed as it did not come to open its window. busy: another process
    has the shop; nothing was started."""
    exit_code: int | None = None
    """As of `rpa run`; None where the run did not come to its end."""
    run_id: str = ""
    """The run in the ledger; empty when none was begun."""
    detail: str = ""
    """What stopped it, in words, for the plan's record; for one that died the last lines that it wrote."""


class Workers(Protocol):
    """Runs in the making. A shop has one at most."""

    def start(self, task: WorkerTask) -> None:
        """Begin; never waits for the run. What goes wrong with it comes as `Ended`."""

    def running(self) -> Collection[PlannedRun]:
        """What was started and has not been told as ended."""

    def ended(self) -> list[Ended]:
        """What has ended since this was asked last; never waits."""

    def wait(self, seconds: float) -> None:
        """Wait so long, or until a run has ended or a signal came."""

    def ask_to_stop(self, shop: str | None = None) -> None:
        """Ask the run of this shop, or every run, to stop after the action in hand."""

    def close(self) -> None:
        """Kill what is left."""


_DIED = Text(
    en="A run of {flow} ended in the middle; the next one finds out what happened",
    zh="{flow} 运行中途退出；下次运行会先核实，详见日志",
)
_KILLED = Text(
    en="A run of {flow} did not stop at its time limit, and was killed; the next one finds out what happened",
    zh="{flow} 超过时间限制仍未停止，已被强行结束；下次运行会先核实",
)
_NOT_BEGUN = Text(en="A run of {flow} could not begin; see the log", zh="{flow} 无法启动；详见日志")
_BAD_CONFIG = Text(
    en="A run of {flow} could not begin; put right what is wrong, then run `rpa doctor`",
    zh="{flow} 无法启动；请改正后运行 rpa doctor",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostJob:
    """An incident to open."""

    code: str
    """Its cause, without the flow."""
    severity: Severity
    words: Text


def trouble_of(ended: Ended) -> LostJob | None:
    """What to tell of this end; None: the run has said itself how it went."""
    if ended.how == "died":
        code, severity, words = RpaError.code, Severity.CRITICAL, _DIED
    elif ended.how == "killed":
        code, severity, words = Why.TIME_LIMIT.value, Severity.WARNING, _KILLED
    elif ended.how == "finished" and ended.exit_code and not ended.run_id:
        wrong = ended.exit_code == ConfigError.exit_code
        code, words = (ConfigError.code, _BAD_CONFIG) if wrong else (RpaError.code, _NOT_BEGUN)
        severity = Severity.CRITICAL
    else:
        return None
    said = words.with_words(flow=ended.planned.flow).followed_by(ended.detail)
    return LostJob(code=code, severity=severity, words=said)
