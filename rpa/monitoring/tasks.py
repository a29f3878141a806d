"""Tasks for people: one for each subject, incident and run that needs somebody; one line a cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from rpa.language import Text
from rpa.ledger.incidents import Severity
from rpa.ledger.plans import PlanState
from rpa.ledger.runs import RunState
from rpa.monitoring.levels import NEAR_DEADLINE
from rpa.monitoring.reasons import why
from rpa.monitoring.shop_words import CAUSE as BROKEN
from rpa.monitoring.shop_words import PUT_RIGHT
from rpa.report.columns import WORST_FIRST
from rpa.report.to_do import needs_somebody

if TYPE_CHECKING:
    from rpa.config import BrokenShop
    from rpa.ledger.incidents import Incident
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.open_items import OpenItem
    from rpa.ledger.plans import PlannedRun
    from rpa.monitoring.backlog import ShopBacklog
    from rpa.monitoring.reasons import ReasonCatalog


_LOOKS_BACK: Final = timedelta(hours=24)
_RUNS: Final = {
    PlanState.NEVER_STARTED: Text(
        en="Planned runs never started{why}, and none has made up for them. Run the flow, and see `rpa status`.",
        zh="计划任务未启动{why}，之后也没有补跑。请手动运行，并查看 rpa status。",
    ),
    PlanState.INTERRUPTED: Text(
        en="A run was cut off{why}. The next run finds out what happened; start one if none is planned.",
        zh="运行中途中断{why}。下次运行会先核实；如无计划任务，请手动运行一次。",
    ),
}
_WHY = Text(en=" ({why})", zh="（{why}）")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTask:
    """One thing that needs a person."""

    shop: str
    """Empty: the whole program."""
    subject: str
    """The subject; for a row without one, what is wrong with it; for a planned run, its flow and moment; empty:
    the shop itself."""
    code: str
    """Why, as a code."""
    words: Text
    """What is wrong and what to do."""
    detail: str
    """What else is known of this one, as the run wrote it."""
    outcome: str
    """How the row ended; empty: it is no row."""
    deadline: datetime | None
    since: datetime


def tasks(
    ledger: Ledger,
    *,
    shops: Collection[str],
    broken: Collection[BrokenShop],
    backlogs: Mapping[str, ShopBacklog],
    words: ReasonCatalog,
    now: datetime,
) -> list[PersonTask]:
    """All tasks in these shops, and those of the program itself if it is one of them (an empty name), in no order.

    `broken`: which of the shops cannot be used; `backlogs`: what is outstanding in the shops; `now`: by our clock,
    deadlines are judged by those of the sites.
    """
    found: list[PersonTask] = []
    incidents = [each for each in ledger.incidents.still_open() if each.shop in shops]
    down = {each.shop for each in incidents if each.severity is Severity.CRITICAL} | {each.name for each in broken}
    at_sites = ledger.site_clocks.now_in([name for name, of_shop in backlogs.items() if of_shop.lines])
    for name, of_shop in backlogs.items():
        lines = [line for line in of_shop.lines if name not in down or line.reason not in words.unseen(line.flow)]
        found += [_of_line(line, words=words) for line in lines if _asks(line, words=words, now=at_sites[name])]
    found += [
        _of_incident(each, backlogs=backlogs, words=words)
        for each in incidents
        if not each.cause.startswith(NEAR_DEADLINE)  # their subjects are tasks of their own
        and each.cause != BROKEN
    ]
    since = {each.shop: each.opened_at for each in incidents if each.cause == BROKEN}
    found += [_of_broken(each, backlog=backlogs[each.name], since=since.get(each.name, now)) for each in broken]
    return [*found, *(_of_run(each, now=now) for each in lost_runs(ledger, shops=shops, now=now))]


def _asks(line: OpenItem, *, words: ReasonCatalog, now: datetime) -> bool:
    return needs_somebody(
        outcome=line.outcome, reason=line.reason, deadline=line.deadline, asks=words.asks(line.flow), now=now
    )


def _of_line(line: OpenItem, *, words: ReasonCatalog) -> PersonTask:
    return PersonTask(
        shop=line.shop,
        subject=line.subject or line.message or line.reason,
        code=line.reason,
        words=words.sentence(line.reason, flow=line.flow) or Text(en=line.reason, zh=line.reason),
        detail=line.message,
        outcome=line.outcome,
        deadline=line.deadline,
        since=line.seen_at,
    )


def _of_incident(incident: Incident, *, backlogs: Mapping[str, ShopBacklog], words: ReasonCatalog) -> PersonTask:
    """A shop in which nothing goes on is due when its next subject is."""
    code = incident.cause.partition(":")[0]
    stands_still = incident.severity is Severity.CRITICAL and incident.shop in backlogs
    known = words.sentence(code)
    return PersonTask(
        shop=incident.shop,
        subject="",
        code=code,
        words=known or Text(en=incident.message, zh=incident.message),
        detail=incident.message if known else "",
        outcome="",
        deadline=backlogs[incident.shop].first_deadline if stands_still else None,
        since=incident.opened_at,
    )


def _of_broken(shop: BrokenShop, *, backlog: ShopBacklog, since: datetime) -> PersonTask:
    return PersonTask(
        shop=shop.name,
        subject=shop.place,
        code=BROKEN,
        words=PUT_RIGHT,
        detail=shop.summary,
        outcome="",
        deadline=backlog.first_deadline,
        since=since,
    )


def _of_run(planned: PlannedRun, *, now: datetime) -> PersonTask:
    """Its moment has its day, unless that is today."""
    at = planned.planned_at
    moment = f"{at:%H:%M}" if at.date() == now.date() else f"{at:%m-%d %H:%M}"
    return PersonTask(
        shop=planned.shop,
        subject=f"{planned.flow} {moment}",
        code=":".join(filter(None, (planned.state.value, planned.reason))),
        words=_run_words(planned),
        detail=planned.detail,
        outcome="",
        deadline=None,
        since=planned.planned_at,
    )


def _run_words(planned: PlannedRun) -> Text:
    words, reason = _RUNS[planned.state], why(planned)
    return words.with_words(why="" if reason is None else _WHY.with_words(why=reason))


def lost_runs(ledger: Ledger, *, shops: Collection[str], now: datetime) -> Iterator[PlannedRun]:
    """Planned runs that never started or were cut off, and that no later run of the flow has made up for.

    Those of the last 24 hours, oldest first: what was lost late in the evening is found in the morning. Moments to come
    are only given up by a clock that is ahead.
    """
    since = now - _LOOKS_BACK
    found = (each for state in _RUNS for each in ledger.plans.search(state=state, since=since, until=now))
    lost = [each for each in found if each.shop in shops]
    made_up = _newest_good_runs(ledger, shops={each.shop for each in lost}, since=since)
    for each in sorted(lost, key=lambda each: each.planned_at):
        done = made_up.get((each.shop, each.flow))
        if done is None or done < (each.started_at or each.planned_at):
            yield each


def _newest_good_runs(ledger: Ledger, *, shops: Iterable[str], since: datetime) -> dict[tuple[str, str], datetime]:
    """By shop and flow: when the newest run began that came to its end."""
    found: dict[tuple[str, str], datetime] = {}
    for shop in shops:
        for run in ledger.runs.search(shop, since=since):
            if run.state is RunState.FINISHED:
                found.setdefault((shop, run.flow), run.started_at)
    return found


SHOPS_BY_NAME: Final = 10
"""A cause that more shops have in common is one line for all of them."""
_NO_DEADLINE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is to be done for one cause: in one shop, or in all that have it."""

    shops: tuple[str, ...]
    code: str
    words: Text
    subjects: tuple[str, ...]
    """Nearest deadline first; empty: it is about the shop itself."""
    detail: str
    """What else is known, where all that it is about have this in common."""
    outcome: str
    deadline: datetime | None
    """The nearest one."""
    since: datetime

    @property
    def count(self) -> int:
        """How many subjects, runs or shops it is about."""
        return len(self.subjects) or len(self.shops)


def each_by_itself(tasks: Iterable[PersonTask]) -> list[Line]:
    """A line for each task."""
    return sorted((_line([task]) for task in tasks), key=_urgency)


def folded(tasks: Iterable[PersonTask]) -> list[Line]:
    """A line for each cause and shop; one for all shops where more than ten have the cause."""
    by_code: dict[str, dict[str, list[PersonTask]]] = defaultdict(lambda: defaultdict(list))
    for task in tasks:
        by_code[task.code][task.shop].append(task)
    lines: list[Line] = []
    for by_shop in by_code.values():
        many = len(by_shop) > SHOPS_BY_NAME
        groups = [[task for found in by_shop.values() for task in found]] if many else list(by_shop.values())
        lines += [_line(group) for group in groups]
    return sorted(lines, key=_urgency)


def _line(group: Sequence[PersonTask]) -> Line:
    in_order = sorted(group, key=lambda task: task.deadline or _NO_DEADLINE)
    subjects = tuple(dict.fromkeys(task.subject for task in in_order if task.subject))
    details = {task.detail for task in group}
    return Line(
        shops=tuple(dict.fromkeys(task.shop for task in in_order)),
        code=in_order[0].code,
        words=in_order[0].words,
        subjects=subjects,
        detail=details.pop() if len(details) == 1 else "",
        outcome=min((task.outcome for task in group), key=_rank),
        deadline=in_order[0].deadline,
        since=min(task.since for task in group),
    )


def _rank(outcome: str) -> int:
    """What is no row is about a whole shop, and comes before all rows."""
    return WORST_FIRST.index(outcome) if outcome else -1


def _urgency(line: Line) -> tuple[datetime, int, datetime]:
    return line.deadline or _NO_DEADLINE, _rank(line.outcome), line.since
