"""Shops that rest: their login needs a person, and asking the site again and again would only make it worse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.errors import ChallengeShown, KickedOut, LoginNeeded

if TYPE_CHECKING:
    from rpa.ledger.incidents import Incident

LOGIN_TROUBLE: Final = frozenset({LoginNeeded.code, ChallengeShown.code, KickedOut.code})
RESTS_FOR = timedelta(hours=1)
"""After this one run tries whether it works again."""


def resting(incidents: Iterable[Incident], *, secrets: Path, now: datetime) -> dict[str, str]:
    """By shop, what keeps it from being run; `secrets`: the folder of the encrypted store.

    A shop rests from the last run that found its login in trouble, until somebody logs in, or `RESTS_FOR` has passed.
    """
    return {
        each.shop: each.message
        for each in incidents
        if each.cause in LOGIN_TROUBLE
        and now.astimezone(UTC) - each.last_seen_at.astimezone(UTC) < RESTS_FOR
        and not _changed_since(each.last_seen_at, shop=each.shop, secrets=secrets)
    }


def _changed_since(moment: datetime, *, shop: str, secrets: Path) -> bool:
    """Whether a login state or a password was saved since. That a state was forgotten changes nothing."""
    return any(
        _saved_at(path) > moment.timestamp() for path in (secrets / f"{shop}.state", secrets / f"{shop}.password")
    )


def _saved_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
