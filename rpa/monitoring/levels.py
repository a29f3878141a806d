"""The levels of the alarms before a subject is late, as causes of incidents."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

NEAR_DEADLINE: Final = "ship_by_"
"""How they begin."""
_LEVEL: Final = re.compile(rf"{NEAR_DEADLINE}(\d+)h")


def cause_of(hours: int) -> str:
    """The cause of the alarm that a subject has no more than so many hours left."""
    return f"{NEAR_DEADLINE}{hours}h"


def at_the_latest(hours: int) -> timedelta:
    """How long a further subject that came within so many hours may wait until somebody hears of it: half of them."""
    return timedelta(hours=hours) / 2


def told_within(cause: str) -> timedelta | None:
    """The same of an incident's cause; None: it is no such alarm."""
    found = _LEVEL.fullmatch(cause)
    return at_the_latest(int(found[1])) if found else None
