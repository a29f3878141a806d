"""Shop states: last and next runs, what is pending, the login, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from rpa.config import BrokenShop
from rpa.ledger.incidents import Incident, Severity
from rpa.ledger.plans import PlannedRun, PlanState
from rpa.ledger.runs import RunState
from rpa.monitoring.backlog import PACE_OVER, ShopBacklog
from rpa.monitoring.levels import NEAR_DEADLINE
from rpa.monitoring.shop_words import CAUSE, what_is_wrong
from rpa.monitoring.tasks import lost_runs

if TYPE_CHECKING:
    from rpa.config import Config, Shop
    from rpa.kicks import Kick
    from rpa.language import Text
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.logins import Login
    from rpa.ledger.runs import RunRecord
    from rpa.monitoring.backlog import Forecast
    from rpa.monitoring.reasons import ReasonCatalog
    from rpa.pauses import Pause

IN_A_ROW: Final = 3
"""A shop in which so many runs, one after the other, did not come to their end is down."""
EXPIRING: Final = timedelta(hours=24)
"""A login that ends within this time is told of."""
_NOT_OF_THE_SITE: Final = frozenset({2, 4})
"""Exit codes of planned runs that ended before or outside of any run: nothing could be started, or it crashed."""


class Condition(IntEnum):
    """How a shop is, worst first."""

    DOWN = 0
    """Nothing goes on: a person is needed at once, or no run comes to its end."""
    TROUBLED = 1
    """Something is wrong, and the rest goes on."""
    PAUSED = 2
    FINE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The shop's newest run, planned or by hand."""

    flow: str
    started_at: datetime
    state: RunState
    counts: Mapping[str, object] = field(default_factory=dict)
    """Rows by outcome; empty while it is going on."""

    @property
    def failed(self) -> bool:
        """It did not come to its end."""
        return self.state in {RunState.STOPPED, RunState.CRASHED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopState:
    """One shop."""

    shop: Shop | BrokenShop
    backlog: ShopBacklog
    near: int
    """Pending subjects whose deadline is near, or over."""
    last: LastRun | None
    failed_in_a_row: int
    """How many of its newest three runs failed, counted from the last one."""
    next: PlannedRun | None
    lost: tuple[PlannedRun, ...]
    """Today's planned runs that nothing has made up for."""
    pause: Pause | None
    kick: Kick | None
    """Its account is used by somebody else."""
    login: Login | None
    incidents: tuple[Incident, ...]
    forecast: Forecast | None

    @property
    def name(self) -> str:
        """As in rpa.toml."""
        return self.shop.name

    @property
    def preview(self) -> bool:
        """Whether its runs write nothing, as nobody has made it live."""
        return not self.shop.live

    @property
    def problem(self) -> Text | None:
        """Why it is not run at all, where its file has a mistake."""
        return what_is_wrong(self.shop) if isinstance(self.shop, BrokenShop) else None

    @property
    def down(self) -> bool:
        """Whether nothing goes on in it. A pause is somebody's will, and stops runs that are going on."""
        critical = any(
            each.severity is Severity.CRITICAL and not each.cause.startswith(NEAR_DEADLINE) for each in self.incidents
        )
        return self.problem is not None or critical or (self.failed_in_a_row >= IN_A_ROW and self.pause is None)

    @property
    def condition(self) -> Condition:
        """How it is."""
        if self.down:
            return Condition.DOWN
        failed = self.last is not None and self.last.failed and self.pause is None
        if self.incidents or self.kick or self.lost or self.forecast or failed:
            return Condition.TROUBLED
        return Condition.PAUSED if self.pause else Condition.FINE

    @property
    def login_end(self) -> datetime | None:
        """When its login ends; None: there is none, or it does not tell."""
        return self.login.ends_at if self.login else None


def shop_states(
    config: Config,
    ledger: Ledger,
    *,
    shops: Sequence[Shop | BrokenShop],
    backlogs: Mapping[str, ShopBacklog],
    words: ReasonCatalog,
    now: datetime,
) -> list[ShopState]:
    """How these shops are, worst first, then nearest deadline first. `backlogs`: what is outstanding in them."""
    from rpa.kicks import Kicks
    from rpa.pauses import Pauses

    names = [shop.name for shop in shops]
    pauses, logins = Pauses(config.folder, config.var).holding(names), ledger.logins.by_shop()
    kicks = Kicks(config.var).holding(config.shops.values())
    planned, records = ledger.plans.last_and_next(names), ledger.runs.newest(names, limit=IN_A_ROW)
    at_sites = ledger.site_clocks.now_in([name for name in names if backlogs[name].pending])
    lost = _by_shop(list(lost_runs(ledger, shops=set(names), now=now)))
    incidents: dict[str, list[Incident]] = {}
    for each in ledger.incidents.still_open():
        if each.cause != CAUSE:  # the files tell it, now and without a scheduler
            incidents.setdefault(each.shop, []).append(each)
    forecasts = _forecasts(ledger, shops=shops, backlogs=backlogs, words=words, now=now, at_sites=at_sites)
    states = []
    for shop in shops:
        last_planned, coming = planned[shop.name]
        runs = _newest_runs(ledger, records[shop.name], planned=last_planned)
        of_shop = backlogs[shop.name]
        states.append(
            ShopState(
                shop=shop,
                backlog=of_shop,
                near=len(of_shop.near(at_sites.get(shop.name, now))),
                last=runs[0] if runs else None,
                failed_in_a_row=_failed_in_a_row(runs),
                next=coming,
                lost=tuple(lost.get(shop.name, ())),
                pause=pauses.get(shop.name),
                kick=kicks.get(shop.name),
                login=logins.get(shop.name),
                incidents=tuple(incidents.get(shop.name, ())),
                forecast=forecasts.get(shop.name),
            )
        )
    return sorted(states, key=lambda state: _urgency(state, now=now))


def _urgency(state: ShopState, *, now: datetime) -> tuple[int, float, str]:
    deadline = state.backlog.first_deadline
    return state.condition, (deadline - now).total_seconds() if deadline else float("inf"), state.name


def _by_shop(planned: Sequence[PlannedRun]) -> dict[str, list[PlannedRun]]:
    found: dict[str, list[PlannedRun]] = {}
    for each in planned:
        found.setdefault(each.shop, []).append(each)
    return found


def _forecasts(
    ledger: Ledger,
    *,
    shops: Sequence[Shop | BrokenShop],
    backlogs: Mapping[str, ShopBacklog],
    words: ReasonCatalog,
    now: datetime,
    at_sites: Mapping[str, datetime],
) -> dict[str, Forecast | None]:
    """Deliveries are told by our clock, deadlines by the sites'. None for a shop in preview: it delivers nothing."""
    live = [shop.name for shop in shops if shop.live and shop.name in at_sites]
    doubtful = [name for name in live if backlogs[name].forecast(delivered=0, now=at_sites[name]) is not None]
    delivered = delivered_in(ledger, doubtful, since=now - PACE_OVER, until=now, words=words)
    return {name: backlogs[name].forecast(delivered=delivered[name], now=at_sites[name]) for name in doubtful}


def delivered_in(
    ledger: Ledger, shops: Iterable[str], *, since: datetime, until: datetime, words: ReasonCatalog
) -> dict[str, int]:
    """How many subjects were delivered in each of these shops in this time."""
    return ledger.actions.count_done(shops, kinds=words.delivery_kinds, since=since, until=until)


def _newest_runs(ledger: Ledger, records: Iterable[RunRecord], *, planned: PlannedRun | None) -> list[LastRun]:
    """A shop's newest runs, newest first: those that were recorded, and planned ones that came to no record."""
    found = [_recorded(record) for record in records]
    if planned is not None and _came_to_nothing(planned):
        since, until = planned.planned_at - timedelta(days=1), planned.planned_at
        of_shop = ledger.plans.search(shop=planned.shop, since=since, until=until)
        found += [_failed(each) for each in of_shop[: 10 * IN_A_ROW] if _came_to_nothing(each)]
    return sorted(found, key=lambda run: run.started_at, reverse=True)[:IN_A_ROW]


def _came_to_nothing(planned: PlannedRun) -> bool:
    ended_badly = planned.state is PlanState.FINISHED and planned.exit_code in _NOT_OF_THE_SITE
    return not planned.run_id and (ended_badly or planned.state is PlanState.INTERRUPTED)


def _recorded(record: RunRecord) -> LastRun:
    return LastRun(flow=record.flow, started_at=record.started_at, state=record.state, counts=record.counts)


def _failed(planned: PlannedRun) -> LastRun:
    return LastRun(flow=planned.flow, started_at=planned.started_at or planned.planned_at, state=RunState.CRASHED)


def _failed_in_a_row(runs: Sequence[LastRun]) -> int:
    return next((number for number, run in enumerate(runs) if not run.failed), len(runs))
