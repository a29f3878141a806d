"""A day in all shops: what was done, and what was not. Read from the ledger, written down by `digest`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, cast

from loguru import logger

from rpa.config import BrokenShop
from rpa.discovery import alerts
from rpa.errors import RpaError
from rpa.language import Text
from rpa.ledger.plans import PlanState
from rpa.monitoring.backlog import backlogs_of
from rpa.monitoring.shops import delivered_in, shop_states
from rpa.monitoring.tasks import folded, tasks

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.plans import PlannedRun
    from rpa.monitoring.reasons import ReasonCatalog
    from rpa.monitoring.shops import ShopState
    from rpa.monitoring.tasks import Line

Alert = Callable[["Config", "Ledger", str], Iterable[Text]]
"""What `Capability.alerts` names: given a shop's name, what did not happen in it, in sentences that
do not name the shop."""

_ALERT_FAILED = Text(
    en="A plug-in that looks for what did not happen fails ({error}); see the log.",
    zh="检查遗漏事项的插件出错（{error}），详见日志。",
)
_NOT_RUN = (PlanState.NEVER_STARTED, PlanState.INTERRUPTED, PlanState.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when to when a digest tells."""

    since: datetime
    """Not included."""
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopDay:
    """One shop's day."""

    state: ShopState
    delivered: int
    alerts: tuple[Text, ...]

    @property
    def name(self) -> str:
        """As in rpa.toml."""
        return self.state.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a digest tells."""

    span: Span
    shops: tuple[ShopDay, ...]
    """Worst first."""
    not_run: tuple[PlannedRun, ...]
    """The planned runs of the span that never started, were cut off or skipped, oldest first."""
    to_do: tuple[Line, ...]


def span_of(day: date, *, at: time | None, config: Config, now: datetime) -> Span:
    """What the digest of this day tells of: the 24 hours before its set hour (without one: the day), until now."""
    begins = datetime.combine(day - timedelta(days=1) if at else day, at or time.min, tzinfo=config.zone)
    ends = datetime.combine(day if at else day + timedelta(days=1), at or time.min, tzinfo=config.zone)
    return Span(since=begins, until=min(ends, now))


def day_of(
    config: Config, ledger: Ledger, *, span: Span, shops: Collection[str], words: ReasonCatalog, now: datetime
) -> Day:
    """The day of these shops; what is pending, held or wrong is told as it is now."""
    chosen = [shop for name, shop in config.known.items() if name in shops]
    names = [shop.name for shop in chosen]
    backlogs = backlogs_of(ledger, shops=names, words=words)
    states = shop_states(config, ledger, shops=chosen, backlogs=backlogs, words=words, now=now)
    delivered = delivered_in(ledger, names, since=span.since, until=span.until, words=words)
    told = [cast("Alert", part.load()) for part in alerts()]
    broken = [shop for shop in chosen if isinstance(shop, BrokenShop)]
    return Day(
        span=span,
        shops=tuple(_shop_day(config, ledger, state, delivered=delivered[state.name], alerts=told) for state in states),
        not_run=tuple(sorted(_not_run(ledger, shops=names, span=span), key=lambda each: each.planned_at)),
        to_do=tuple(folded(tasks(ledger, shops=names, broken=broken, backlogs=backlogs, words=words, now=now))),
    )


def _shop_day(config: Config, ledger: Ledger, state: ShopState, *, delivered: int, alerts: Sequence[Alert]) -> ShopDay:
    return ShopDay(
        state=state,
        delivered=delivered,
        alerts=(state.problem,)
        if state.problem
        else tuple(text for alert in alerts for text in _told_by(alert, config, ledger, state.name)),
    )


def _told_by(alert: Alert, config: Config, ledger: Ledger, shop: str) -> list[Text]:
    try:
        return list(alert(config, ledger, shop))
    except RpaError as error:
        return [Text(en=str(error), zh=str(error))]
    except Exception as error:  # noqa: BLE001 - a plug-in's mistake must not take the day of all shops along
        logger.opt(exception=error).debug("A alert of {} failed", shop)
        return [_ALERT_FAILED.with_words(error=f"{type(error).__name__}: {error}")]


def _not_run(ledger: Ledger, *, shops: Collection[str], span: Span) -> Iterable[PlannedRun]:
    for state in _NOT_RUN:
        for each in ledger.plans.search(state=state, since=span.since, until=span.until):
            if each.shop in shops:
                yield each
