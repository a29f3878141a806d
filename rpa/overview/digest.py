"""The digest: once a day, what was done and what was not, to the channels that want it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from rpa.language import Text
from rpa.overview.day import day_of, span_of
from rpa.overview.vocabulary import Vocabulary
from rpa.overview.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Collection

    from rpa.config import Config
    from rpa.ledger.ledger import Ledger
    from rpa.notify.channels import Notifier

SENT: Final = "digest"
"""The sign of life that says when the last one was sent."""
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
    told = day_of(config, ledger, span=span, shops=names, words=Vocabulary.of_flows(), now=now)
    return in_words(told, language=config.language)


def send_if_due(config: Config, ledger: Ledger, notifier: Notifier) -> bool:
    """Send the digest when its hour has come and it was not sent yet, late if nobody was there then; whether it was.

    Of several that were missed only the newest is sent. The first hour that counts is the one after the first call.
    """
    at, now = config.digest.at, config.clock.now()
    if at is None:
        return False
    due, last = newest_due(at, now=now), ledger.heartbeats().get(SENT)
    if last is not None and (last.beat_at < due or last.beat_at - now > _WRONG_CLOCK):
        _send(config, ledger, notifier, day=due.date())
    elif last is not None:
        return False
    ledger.beat(SENT, next_due_at=_on(due.date() + timedelta(days=1), at=at, like=now))
    return last is not None


def newest_due(at: time, *, now: datetime) -> datetime:
    """The newest moment of this hour that has come."""
    today = _on(now.date(), at=at, like=now)
    return today if today <= now else _on(now.date() - timedelta(days=1), at=at, like=now)


def _on(day: date, *, at: time, like: datetime) -> datetime:
    return datetime.combine(day, at, tzinfo=like.tzinfo)


def _send(config: Config, ledger: Ledger, notifier: Notifier, *, day: date) -> None:
    from rpa.notify.channels import Message

    for channel, shops in notifier.digest_shops().items():
        title = _TITLE.of(config.language).format(day=day)
        notifier.deliver(channel, message=Message(title=title, body=text(config, ledger, day=day, shops=shops)))
