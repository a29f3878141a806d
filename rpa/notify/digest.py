"""The digest: once a day, what was done and what was not, to the channels that want it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from rpa.language import Text
from rpa.monitoring.day import day_of, span_of
from rpa.monitoring.reasons import ReasonCatalog
from rpa.monitoring.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Collection

    from rpa.config import Config
    from rpa.ledger.heartbeats import Heartbeat
    from rpa.ledger.ledger import Ledger
    from rpa.notify.channels import Notifier, Outlet

_TAKEN: Final = "digest:"
"""What the names of the signs of life begin with that say when each channel took its last one."""
_WRONG_CLOCK: Final = timedelta(hours=1)
"""A sign of life from so much later than now was left by a clock that was wrong: it says nothing of what was sent."""
_TITLE = Text(en="[rpa] Digest {day:%Y-%m-%d}", zh="[rpa] 日报 {day:%Y-%m-%d}")


def text(config: Config, ledger: Ledger, *, day: date, shops: Collection[str] = ()) -> str:
    """The digest of this day for these shops (none named: all), in the configured language.

    It tells of the 24 hours before its set hour; without one, of the day itself. What is to come is left out.
    """
    now = config.clock.now()
    span = span_of(day, at=config.digest.at, config=config, now=now)
    names = shops or config.known.keys()
    words = ReasonCatalog.of_flows()
    told = day_of(config, ledger, span=span, shops=names, words=words, now=now)
    return in_words(told, words=words.delivery, language=config.language)


def send_if_due(config: Config, ledger: Ledger, notifier: Notifier) -> bool:
    """Send the digest, once its hour has come, to the channels that did not take it yet; whether one took it now.

    A channel that refuses it gets it later, as one does where nobody was there at the hour: of several that it missed
    only the newest. The first hour that counts is the one after the first call.
    """
    at, now = config.digest.at, config.clock.now()
    if at is None:
        return False
    due, signs, taken = newest_due(at, now=now), ledger.heartbeats.newest(), False
    following = _on(due.date() + timedelta(days=1), at=at, like=now)
    for outlet in notifier.outlets_of_digest:
        last = signs.get(f"{_TAKEN}{outlet.name}")
        if last is not None and (not _is_missing(last, due=due, now=now) or outlet.rests):
            continue
        if last is None or _took(outlet, config, ledger, day=due.date()):
            ledger.heartbeats.beat(f"{_TAKEN}{outlet.name}", next_due_at=following)
            taken = taken or last is not None
    return taken


def newest_due(at: time, *, now: datetime) -> datetime:
    """The newest moment of this hour that has come."""
    today = _on(now.date(), at=at, like=now)
    return today if today <= now else _on(now.date() - timedelta(days=1), at=at, like=now)


def _on(day: date, *, at: time, like: datetime) -> datetime:
    return datetime.combine(day, at, tzinfo=like.tzinfo)


def _is_missing(last: Heartbeat, *, due: datetime, now: datetime) -> bool:
    return last.beat_at < due or last.beat_at - now > _WRONG_CLOCK


def _took(outlet: Outlet, config: Config, ledger: Ledger, *, day: date) -> bool:
    from rpa.notify.channels import Message

    title, body = _TITLE.of(config.language, day=day), text(config, ledger, day=day, shops=outlet.shops)
    return outlet.deliver(Message(title=title, body=body)) is None
