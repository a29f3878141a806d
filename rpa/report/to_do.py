"""The rows of a report that need somebody, on a sheet of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rpa.language import Text
from rpa.outcome import Outcome
from rpa.report.columns import OUTCOME_COLUMN, WORST_FIRST, Row, Sheet

if TYPE_CHECKING:
    from rpa.report.columns import Layout


TO_DO = Text(en="To do today", zh="今天要处理")
"""The sheet's name."""

NEAR = timedelta(hours=24)
"""What waits with less time than this until its deadline is a person's matter too."""

_ALWAYS = (OUTCOME_COLUMN.key, "reason", "message")
_FOR_A_PERSON = frozenset({Outcome.NEEDS_PERSON.value, Outcome.REFUSED.value})
_NO_DEADLINE = datetime.max.replace(tzinfo=UTC)


def needs_somebody(
    *, outcome: str, reason: str, deadline: datetime | None, asks: Collection[str], now: datetime
) -> bool:
    """Whether what ended so is on a person's list: a doubt, a refusal, or what waits for an answer or is near its end.

    `asks`: the reasons that wait for an answer. Of what waits for other things, only what has a deadline that is near,
    or over, counts.
    """
    if outcome in _FOR_A_PERSON:
        return True
    near = deadline is not None and deadline - now <= NEAR
    return outcome == Outcome.WAITING and (reason in asks or near)


def to_do_sheet(rows: Iterable[Row], *, layout: Layout, now: datetime) -> Sheet:
    """The sheet of a report's rows that need somebody, with the columns that say something about them.

    Its rows are kept in memory, as they are sorted.
    """
    wanted = _sorted(rows, layout=layout, now=now)
    front = dict.fromkeys(filter(None, (layout.subject, layout.deadline, *_ALWAYS)))
    filled = [key for key in layout.first if any(row.get(key) for row in wanted)]
    by_key = {column.key: column for column in layout.columns}
    columns = tuple(by_key[key] for key in dict.fromkeys((*front, *filled)) if key in by_key)
    return Sheet(name=TO_DO, layout=replace(layout, columns=columns, first=()), rows=wanted)


def _sorted(rows: Iterable[Row], *, layout: Layout, now: datetime) -> list[Row]:
    wanted = [
        row
        for row in rows
        if needs_somebody(
            outcome=row.get("outcome", ""),
            reason=row.get("reason", ""),
            deadline=layout.moment(row),
            asks=layout.asks,
            now=now,
        )
    ]
    return sorted(wanted, key=lambda row: (layout.moment(row) or _NO_DEADLINE, WORST_FIRST.index(row["outcome"])))
