"""What is told of a run that could leave no word itself: it was killed, died, or never began. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rpa.errors import ConfigError, RpaError
from rpa.language import Text
from rpa.ledger.incidents import Severity
from rpa.scheduler.planner import Why

if TYPE_CHECKING:
    from rpa.scheduler.jobs import Ended

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
class BadEnd:
    """An incident to open."""

    code: str
    """Its cause, without the flow."""
    severity: Severity
    words: Text


def trouble_of(ended: Ended) -> BadEnd | None:
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
    return BadEnd(code=code, severity=severity, words=said)
