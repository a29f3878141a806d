"""Health of the whole: for people, and for whoever watches the watchman (cron, a service manager)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.plans import PlanState
from rpa.monitoring.shop_words import named

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.heartbeats import Heartbeat
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.plans import PlannedRun
    from rpa.monitoring.shops import ShopState

SCHEDULER: Final = "scheduler"
"""The name of its sign of life."""
ONCE: Final = "scheduler once"
"""The name of what each `rpa schedule --once` leaves at its beginning and, with the detail `OVER`, at its end."""
OVER: Final = "over"
SILENT_AFTER: Final = timedelta(minutes=3)
LATE_AFTER: Final = timedelta(minutes=10)
LATE_BETWEEN_CALLS: Final = timedelta(hours=1)
"""Who calls `rpa schedule --once` from cron starts nothing between two calls; they may be so far apart."""
_NAMED: Final = 10
_ALLOWED: Final = re.compile(r"(\d{1,6})|(\d{1,3}(?:\.\d+)?)%")
_NO_SHARE = Text(
    en='--max-shops-down is a number or a share of the shops, like 3 or 1%, not "{text}".',
    zh="--max-shops-down 应为数字或比例，如 3 或 1%，不能是“{text}”。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerHealth:
    """How `rpa schedule` is doing."""

    wanted: bool
    """Whether rpa.toml plans anything."""
    heartbeat: Heartbeat | None
    age: timedelta | None
    """Since its last sign of life; None: it never gave one."""
    between_calls: bool
    """Whether it was a `rpa schedule --once` that came to its end: until the next call nobody has to live."""
    late: tuple[PlannedRun, ...]
    """What should have been started ten minutes ago (an hour, where it is called with `--once`), though nothing else
    runs in its shop."""

    @property
    def alive(self) -> bool:
        """Whether it gave a sign of life within three minutes; a clock that was set back is no death."""
        return self.age is not None and abs(self.age) <= SILENT_AFTER


def scheduler_of(config: Config, ledger: Ledger, *, now: datetime) -> SchedulerHealth:
    """How the scheduler of this project is doing."""
    signs = ledger.heartbeats.newest()
    beat, call = signs.get(SCHEDULER), newest_call(signs)
    due_by = now - (LATE_BETWEEN_CALLS if call else LATE_AFTER)
    return SchedulerHealth(
        wanted=bool(config.schedule),
        heartbeat=beat,
        age=now - beat.beat_at if beat else None,
        between_calls=call is not None and call.detail == OVER,
        late=tuple(_late(ledger, entries={entry.name for entry in config.schedule}, due_by=due_by)),
    )


def newest_call(signs: Mapping[str, Heartbeat]) -> Heartbeat | None:
    """The newest sign of `rpa schedule --once`; None: the newest scheduler was there to stay. `signs`: by name."""
    beat, call = signs.get(SCHEDULER), signs.get(ONCE)
    return call if beat and call and (beat.host, beat.pid) == (call.host, call.pid) else None


def _late(ledger: Ledger, *, entries: Collection[str], due_by: datetime) -> list[PlannedRun]:
    due = [each for each in ledger.plans.due(due_by) if each.entry in entries]
    busy = {each.shop for each in ledger.plans.search(state=PlanState.STARTED)} if due else set()
    return [each for each in due if each.shop not in busy]


def allowed_down(text: str, *, shops: int) -> int:
    """How many of so many shops may be down: "3", or "1%" of them, rounded down. Raises ConfigError."""
    found = _ALLOWED.fullmatch(text.strip())
    if found is None:
        raise ConfigError(_NO_SHARE.with_words(text=text))
    return int(found[1]) if found[1] else int(shops * float(found[2]) / 100)


def complaint(scheduler: SchedulerHealth, states: Sequence[ShopState], *, allowed: int) -> Text | None:
    """Why somebody should look now, in one sentence; None: all is well enough."""
    if scheduler.wanted and not scheduler.alive and not scheduler.between_calls:
        return _silent(scheduler)
    if scheduler.late:
        return _late_words(scheduler.late)
    down = [state.name for state in states if state.down]
    return _down_words(down, shops=len(states)) if len(down) > allowed else None


def _silent(scheduler: SchedulerHealth) -> Text:
    if scheduler.heartbeat is None:
        return Text(
            en="The scheduler has never run here: start `rpa schedule`.",
            zh="调度程序从未运行：请启动 rpa schedule。",
        )
    since = f"{scheduler.heartbeat.beat_at:%Y-%m-%d %H:%M}"
    return Text(
        en=f"The scheduler has given no sign of life since {since}: start `rpa schedule`.",
        zh=f"调度程序自 {since} 起没有响应：请启动 rpa schedule。",
    )


def _late_words(late: Sequence[PlannedRun]) -> Text:
    first, count = late[0], len(late)
    since = f"{first.due_at:%m-%d %H:%M}"
    return Text(
        en=f"Planned runs are overdue: {count}, the first {first.flow} in {first.shop} since {since}.",
        zh=f"有 {count} 个计划任务逾期未启动，最早：{first.shop} {first.flow}，应于 {since} 启动。",
    )


def _down_words(down: Sequence[str], *, shops: int) -> Text:
    english, chinese = (named(down, language=language, most=_NAMED) for language in (Language.EN, Language.ZH))
    return Text(
        en=f"{len(down)} of {shops} shops are down: {english}. See `rpa todo`.",
        zh=f"{shops} 家店铺中有 {len(down)} 家停摆：{chinese}。详见 rpa todo。",
    )
