"""The list of what a person has to do: one line a cause, nearest deadline first. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rpa.report.columns import WORST_FIRST

if TYPE_CHECKING:
    from rpa.language import Text
    from rpa.monitoring.tasks import Task

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
        """How many orders, runs or shops it is about."""
        return len(self.subjects) or len(self.shops)


def each_by_itself(tasks: Iterable[Task]) -> list[Line]:
    """A line for each task."""
    return sorted((_line([task]) for task in tasks), key=_urgency)


def folded(tasks: Iterable[Task]) -> list[Line]:
    """A line for each cause and shop; one for all shops where more than ten have the cause."""
    by_code: dict[str, dict[str, list[Task]]] = defaultdict(lambda: defaultdict(list))
    for task in tasks:
        by_code[task.code][task.shop].append(task)
    lines: list[Line] = []
    for by_shop in by_code.values():
        many = len(by_shop) > SHOPS_BY_NAME
        groups = [[task for found in by_shop.values() for task in found]] if many else list(by_shop.values())
        lines += [_line(group) for group in groups]
    return sorted(lines, key=_urgency)


def _line(group: Sequence[Task]) -> Line:
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
