"""Alarms before subjects are late: at set hours before the deadline, each subject and level once, on quiet days too.

Of subjects that come within the hours while an earlier one still is, somebody hears too, of many at once: one that
cannot be done for days must not keep the alarms of all others silent. What is held itself is no such news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rpa.language import Language, Text
from rpa.ledger.incidents import Severity
from rpa.monitoring.backlog import backlogs_of
from rpa.monitoring.levels import NEAR_DEADLINE, at_the_latest, cause_of
from rpa.monitoring.reasons import ReasonCatalog
from rpa.monitoring.shop_words import named

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.kind_words import KindWords
    from rpa.ledger.incidents import Incident
    from rpa.ledger.ledger import Ledger
    from rpa.monitoring.backlog import ShopBacklog

_NAMED = 5
_DUE = Text(
    en="{Nouns} to be {done} within {hours} h that are not: {count}, the first by {first}{notes}: {named}. "
    "See `rpa todo {shop}`.",
    zh="{count} 个{noun}须在 {hours} 小时内{does}但尚未{does}，最早 {first}{notes}：{named}。详见 rpa todo {shop}。",
)
_LATE = Text(en="; late already: {count}", zh="；已超时 {count} 个")
_HELD = Text(en="; held: {count}", zh="；已拦截 {count} 个")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A subject whose deadline is near."""

    subject: str
    deadline: datetime
    left: timedelta
    """Until then; negative: it is late."""
    held: bool

    def level(self, levels: Sequence[int]) -> int:
        """The tightest of these hours that it is within."""
        return min(hours for hours in levels if self.within(hours))

    def within(self, hours: int) -> bool:
        """Whether no more than so many hours are left."""
        return self.left <= timedelta(hours=hours)


def raise_due(config: Config, ledger: Ledger) -> None:
    """Open an incident for each shop and level in which a subject came within those hours; close what is over.

    One that is seen for the first time is told of at its tightest level alone. An incident stays while any subject is
    within its hours.
    """
    if not config.watch.ship_by_alarms_h:
        return
    words = ReasonCatalog.of_flows()
    opened = {
        (each.shop, each.cause): each for each in ledger.incidents.still_open() if each.cause.startswith(NEAR_DEADLINE)
    }
    at_sites = ledger.site_clocks.now_in(config.known.keys())
    for name, backlog in backlogs_of(ledger, shops=config.known.keys(), words=words).items():
        due = _due(backlog, now=at_sites[name])
        of_shop = {each.cause: each for (of, _), each in opened.items() if of == name}
        _raise(config, ledger, name, due=due, opened=of_shop, words=words.delivery)


def _due(backlog: ShopBacklog, *, now: datetime) -> list[Due]:
    """Nearest deadline first."""
    return sorted(
        (
            Due(
                subject=line.subject,
                deadline=line.deadline,
                left=line.deadline - now,
                held=line.subject in backlog.held,
            )
            for line in backlog.pending
            if line.deadline is not None
        ),
        key=lambda each: each.deadline,
    )


def _raise(
    config: Config,
    ledger: Ledger,
    shop: str,
    *,
    due: Sequence[Due],
    opened: Mapping[str, Incident],
    words: KindWords,
) -> None:
    levels = config.watch.ship_by_alarms_h
    near = [each for each in due if each.within(max(levels))]
    wanted = [(each.subject, each.level(levels), each.deadline) for each in near]
    new = {hours for _, hours, _ in (ledger.alarms.add(shop, wanted=wanted) if wanted else ())}
    for hours in levels:
        cause = cause_of(hours)
        within = [each for each in near if each.within(hours)]
        message = _message(shop, due=within, hours=hours, words=words, language=config.language) if within else ""
        if cause in opened and not within:
            ledger.incidents.close(shop, cause=cause)
        elif hours in new or (cause in opened and opened[cause].message != message):
            severity = Severity.CRITICAL if hours == min(levels) else Severity.WARNING
            ledger.incidents.report(shop, cause=cause, message=message, severity=severity)
        if cause in opened and within:
            subjects = [each.subject for each in within if not each.held]
            _tell_anew(ledger, opened[cause], hours=hours, subjects=subjects, now=config.clock.now())


def _tell_anew(ledger: Ledger, told: Incident, *, hours: int, subjects: Sequence[str], now: datetime) -> None:
    """Have somebody hear of it again, where one came within these hours after they were told last."""
    if told.told_at is None or abs(now - told.told_at) < at_the_latest(hours):
        return
    if ledger.alarms.was_raised(told.shop, hours=hours, subjects=subjects, after=told.told_at, until=now):
        ledger.incidents.remind(told)


def _message(shop: str, *, due: Sequence[Due], hours: int, words: KindWords, language: Language) -> str:
    """Without the time that is left: the same subjects make the same message."""
    counts = ((_LATE, sum(each.left < timedelta(0) for each in due)), (_HELD, sum(each.held for each in due)))
    return _DUE.of(
        language,
        **words.gaps(),
        shop=shop,
        hours=hours,
        count=len(due),
        first=f"{due[0].deadline:%m-%d %H:%M}",
        notes="".join(note.of(language, count=count) for note, count in counts if count),
        named=named([each.subject for each in due], language=language, most=_NAMED),
    )
