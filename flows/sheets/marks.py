"""Marks of a result: what was said of a row by itself, for when the result comes back as a sheet.

A row may be refused for what its result does not show: it was hidden, a second number stood beside it. Put back into
the inbox, it would be a row like any other. So a result has a column of marks; a row that says what it said is refused
as it was, and one that somebody has corrected is read anew.
"""

from __future__ import annotations

import hashlib
from typing import Final

from flows.orders.cells import clean, header_key
from flows.orders.reasons import Reason
from rpa.language import Text

HEADER: Final = Text(en="Check mark (leave as it is)", zh="核对标记（请勿改动）")
HEADERS: Final = frozenset(map(header_key, (HEADER.en, HEADER.zh)))


def mark_of(reason: str, *, order_sn: str, courier: str, tracking_number: str) -> str:
    """The mark of a row that was refused by itself for this reason."""
    return f"{reason}:{_digest(order_sn, courier, tracking_number)}"


def said_before(mark: str, *, order_sn: str, courier: str, tracking_number: str) -> Reason | None:
    """Why this very row was refused before; None: it was not, or it has been corrected since."""
    code, _, digest = mark.partition(":")
    if digest != _digest(order_sn, courier, tracking_number):
        return None
    try:
        return Reason.of(code)
    except KeyError:
        return None


def _digest(*cells: str) -> str:
    return hashlib.sha256("\n".join(map(clean, cells)).encode()).hexdigest()[:12]
