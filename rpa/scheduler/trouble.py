"""Keeps what fails in one place from ending the rest: it is logged, and an incident is open until it works again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loguru import logger

from rpa.ledger.incidents import Severity

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.ledger.ledger import Ledger

AGAIN_AFTER_S = 300.0
"""Trouble that comes every second is noted so often."""
_PREFIX = "scheduler:"


class Trouble:
    """What of the scheduler fails at the moment, by shop and cause."""

    def __init__(self, ledger: Ledger, *, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._noted_at: dict[tuple[str, str], float] = {}
        # an earlier process may have left some open, and this one finds that it works
        self._open = {(each.shop, each.cause) for each in ledger.open_incidents() if each.cause.startswith(_PREFIX)}

    @contextmanager
    def kept(self, cause: str, *, shop: str = "") -> Iterator[None]:
        """Let nothing but the wish to end the program leave this block; `shop` empty: it concerns the whole program."""
        where = (shop, f"{_PREFIX}{cause}")
        try:
            yield
        except Exception as error:  # noqa: BLE001 - one part's failure must not take the others along
            self._note(where, error)
        else:
            if where in self._open:
                self._close(where)

    def _note(self, where: tuple[str, str], error: Exception) -> None:
        now, before = self._clock.monotonic(), self._noted_at.get(where)
        if before is not None and now - before < AGAIN_AFTER_S:
            return
        self._noted_at[where] = now
        self._open.add(where)
        shop, cause = where
        where_it_was = f"{cause.removeprefix(_PREFIX)} of {shop}" if shop else cause.removeprefix(_PREFIX)
        message = f"`rpa schedule` goes on, but this fails: {where_it_was} ({type(error).__name__}: {error})."
        logger.opt(exception=error).error("{}", message)
        try:
            self._ledger.incident(shop, cause=cause, message=message, severity=Severity.CRITICAL)
        except Exception as further:  # noqa: BLE001 - the ledger itself may be what fails
            logger.error("The ledger does not take the incident {}: {}", cause, further)

    def _close(self, where: tuple[str, str]) -> None:
        shop, cause = where
        try:
            self._ledger.close_incident(shop, cause=cause)
        except Exception as error:  # noqa: BLE001 - same; tried again at the next success
            logger.error("The ledger does not close the incident {}: {}", cause, error)
        else:
            self._open.discard(where)
            self._noted_at.pop(where, None)
