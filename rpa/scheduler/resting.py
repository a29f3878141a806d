"""Shops that rest: their login needs a person, and asking the site again and again would only make it worse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.errors import ChallengeShown, KickedOut, LoginNeeded
from rpa.kicks import logged_in_since

if TYPE_CHECKING:
    from rpa.ledger.incidents import Incident

LOGIN_TROUBLE: Final = frozenset({LoginNeeded.code, ChallengeShown.code, KickedOut.code})
RESTS_FOR, RESTS_AT_MOST = timedelta(hours=1), timedelta(hours=12)
"""After this one run tries whether it works again; each time it does not, the rest is twice as long, up to the other.
A password that is wrong must not be typed so often that the site locks the account."""


def resting(incidents: Iterable[Incident], *, secrets: Path, now: datetime) -> dict[str, str]:
    """By shop, what keeps it from being run; `secrets`: the folder of the encrypted store.

    A shop rests from the last run that found its login in trouble, until somebody logs in, or the rest has passed. One
    that has only lost its session, and has a password to log in with, does not: the next run does so by itself.
    A moment that is long to come is one of a clock that went wrong, and keeps no shop.
    One whose account was logged in elsewhere rests until somebody logs in, or resumes it, however long that takes.
    """
    return {
        each.shop: each.message
        for each in incidents
        if each.cause in LOGIN_TROUBLE
        and (each.cause == KickedOut.code or _has_just_tried(each, secrets=secrets, now=now))
        and not logged_in_since(each.last_seen_at, shop=each.shop, secrets=secrets)
    }


def _has_just_tried(incident: Incident, *, secrets: Path, now: datetime) -> bool:
    return abs(now.astimezone(UTC) - incident.last_seen_at.astimezone(UTC)) < _rest(incident, secrets=secrets)


def _rest(incident: Incident, *, secrets: Path) -> timedelta:
    times = incident.times_seen
    if incident.cause == LoginNeeded.code and (secrets / f"{incident.shop}.password").exists():
        times -= 1
    return min(RESTS_FOR * 2 ** min(times - 1, 8), RESTS_AT_MOST) if times else timedelta(0)
