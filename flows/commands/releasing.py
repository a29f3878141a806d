"""How a person's word ends holds, and stays in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.notices.api import Says
from flows.notices.verdicts import standing
from flows.orders.hold_causes import NOTICE_CAUSES, last_said
from rpa.ledger.claims import Mention

if TYPE_CHECKING:
    from rpa.ledger.holds import Hold
    from rpa.ledger.ledger import Ledger

_JUST_AFTER = timedelta(milliseconds=1)


def release(ledger: Ledger, shop: str, *, holds: Sequence[Hold], by: str, reason: str) -> None:
    """Lift these holds: those by notices through a person's word that the order may be shipped, the others directly.

    That word ends what was said when these holds were looked at. It says nothing of a notice that came after that.
    """
    by_notice = {hold.subject: hold for hold in holds if hold.cause in NOTICE_CAUSES}
    if by_notice:
        words = list(_words(by_notice, by=by, reason=reason))
        ledger.mention(shop, mentions=words, judge=standing, causes=NOTICE_CAUSES, by=by)
    for hold in holds:
        if hold.cause not in NOTICE_CAUSES:
            ledger.lift(shop, subject=hold.subject, cause=hold.cause, by=by, reason=reason)


def _words(holds: Mapping[str, Hold], *, by: str, reason: str) -> Iterator[Mention]:
    for subject, hold in holds.items():
        # by the site's clock: ours would also end what a notice says that is on its way
        yield Mention(subject=subject, says=Says.RELEASED, at=last_said(hold) + _JUST_AFTER, source=reason, by=by)
