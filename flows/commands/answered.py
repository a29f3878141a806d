"""Answers of a person, applied to the list of what is to be done before a run sees it: nobody is asked twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from flows.commands.notice_files import notices_of
from flows.gate.may_ship import REASONS, reason_of_cause
from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND, Says
from flows.notices.verdicts import verdict
from flows.orders.hold_causes import NOTICE_CAUSES, PROHIBITED, goods_subject, last_said, sku_subject
from flows.orders.reasons import Reason
from rpa.ledger.claims import Claim
from rpa.ledger.documents import DocumentState

if TYPE_CHECKING:
    from rpa.ledger.holds import Hold
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.open_items import OpenItem


_OF_HOLDS: Final[Mapping[str, str]] = MappingProxyType(
    {reason.value: cause for cause, reason in REASONS.items()} | {Reason.HOLD_STALE.value: PROHIBITED}
)
"""By a line's reason, the cause of the hold that it tells of."""
_OF_NOTICES: Final = {
    Reason.NOTICE_UNREADABLE.value: DocumentState.UNREADABLE,
    Reason.NOTICES_LOST.value: DocumentState.LOST,
}
"""By a line's reason, the state of notices, whichever, that it tells of."""
_JOINED = "; "


def agree_with_answers(ledger: Ledger, shop: str) -> None:
    """Have the lines about this shop's orders tell of the holds and notices that are left, and of no other.

    An order that nothing holds any more is told as released. Its line stays: it is still to be shipped, and its
    ship-by alarms go by it.
    """
    holds = ledger.holds.active(shop)
    open_states = {
        each.state for kind in (DOCUMENT_KIND, ATTACHMENT_KIND) for each in ledger.documents.search(shop, kind=kind)
    }
    changed: dict[Reason, list[OpenItem]] = defaultdict(list)
    for line in ledger.open_items.search(shop):
        causes = {hold.cause for subject in _subjects(line) for hold in holds.get(subject, ())}
        if _is_answered(line.reason, causes=causes, states=open_states):
            changed[_reason_left(causes)].append(line)
    for reason, lines in changed.items():
        ledger.open_items.update(lines, outcome=reason.outcome, reason=reason.value)


def forget_answered_notices(ledger: Ledger, shop: str, *, notices: Iterable[str]) -> None:
    """Take the lines about those of these notices away that need nobody any more."""
    open_ones = {each.notice.name for each in notices_of(ledger, shop) if each.needs_person}
    for name in dict.fromkeys(notices):
        if name not in open_ones:
            ledger.open_items.remove(shop, subject=name)


def _is_answered(reason: str, *, causes: Collection[str], states: Collection[DocumentState]) -> bool:
    """Whether what this reason tells of is gone: the hold of its cause, or all notices in its state."""
    if reason in _OF_NOTICES:
        return _OF_NOTICES[reason] not in states
    return reason in _OF_HOLDS and _OF_HOLDS[reason] not in causes


def _reason_left(causes: Iterable[str]) -> Reason:
    return min((reason_of_cause(cause) for cause in causes), key=list(REASONS.values()).index, default=Reason.RELEASED)


def _subjects(line: OpenItem) -> Iterator[str]:
    """What a hold may be on to hold this line's order; of several goods and specs, each with each."""
    yield line.subject
    specs = str(line.facts.get("spec", "")).split(_JOINED)
    for goods_id in filter(None, str(line.facts.get("goods_id", "")).split(_JOINED)):
        yield goods_subject(goods_id)
        yield from (sku_subject(goods_id, spec) for spec in specs)


_JUST_AFTER = timedelta(milliseconds=1)


def release(ledger: Ledger, shop: str, *, holds: Sequence[Hold], by: str, reason: str) -> None:
    """Lift these holds: those by notices through a person's word that the order may be shipped, the others directly.

    That word ends what was said when these holds were looked at. It says nothing of a notice that came after that.
    """
    by_notice = {hold.subject: hold for hold in holds if hold.cause in NOTICE_CAUSES}
    if by_notice:
        words = list(_words(by_notice, by=by, reason=reason))
        ledger.claims.add(shop, claims=words, judge=verdict, causes=NOTICE_CAUSES, by=by)
    for hold in holds:
        if hold.cause not in NOTICE_CAUSES:
            ledger.holds.lift(shop, subject=hold.subject, cause=hold.cause, by=by, reason=reason)


def _words(holds: Mapping[str, Hold], *, by: str, reason: str) -> Iterator[Claim]:
    for subject, hold in holds.items():
        # by the site's clock: ours would also end what a notice says that is on its way
        yield Claim(subject=subject, says=Says.RELEASED, at=last_said(hold) + _JUST_AFTER, source=reason, by=by)
