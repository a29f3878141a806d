"""The gate's verdict: whether an order may ship, by every mark, every hold, every notice. Pure.

An order passes only when each sign of it was read and is clear, nothing holds it, and nothing is missing that might.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows.orders.hold_causes import CLOSED, EXPORT, PERSON, PROHIBITED, UNCLEAR, held_since, holds_of, is_stale
from flows.orders.model import Mark
from flows.orders.reasons import Reason
from flows.orders.signs import NEEDED, SIGNS

if TYPE_CHECKING:
    from flows.notices.coverage import LostSpan
    from flows.orders.model import Order
    from rpa.ledger.holds import Hold
    from rpa.ledger.observations import Observation

Marks = Mapping[str, Mark]
"""One sign by the places where it stands: list, data, dialog, address …"""

REASONS: Mapping[str, Reason] = {
    CLOSED: Reason.AUDIT_CLOSED,
    UNCLEAR: Reason.NOTICE_UNCLEAR,
    PROHIBITED: Reason.AUDIT_NOTICE,
    EXPORT: Reason.AUDIT_IN_EXPORT,
    PERSON: Reason.ON_HOLD,
}
"""By a hold's cause, the one that is told first before the others; a hold of another cause is a person's."""

_GROUPING = timedelta(days=2)
"""A group forms on the day of the order's number, or on the next."""
_AUDITED_WITHIN = timedelta(hours=24)
"""So long after its group formed may an order's audit begin, and so its notice come (the platform's help)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Why an order must not be shipped now."""

    reason: Reason
    message: str = ""
    since: datetime | None = None
    """Since when; None: not known."""
    evidence: str = ""
    """Where the pictures lie that it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a shop's configuration, its ledger and its notices say that may keep an order from being shipped."""

    now: datetime
    """By the site's clock."""
    stop_words: tuple[str, ...] = ()
    stop_flags: frozenset[str] = frozenset()
    holds: Mapping[str, tuple[Hold, ...]] = field(default_factory=dict)
    """By what they hold: an order, goods, or one spec of goods (`flows.orders.hold_causes`)."""
    clear_looks: Mapping[str, Observation] = field(default_factory=dict)
    """order_sn → the looks at it that found every sign of an audit gone, though a notice holds it."""
    audited: Mapping[str, Observation] = field(default_factory=dict)
    """order_sn → when it was seen under audit."""
    changed: Mapping[str, str] = field(default_factory=dict)
    """order_sn → what changed since it was first seen."""
    unresolved: Mapping[str, str] = field(default_factory=dict)
    """order_sn → what an earlier run left undecided about it."""
    handed_over: Mapping[str, str] = field(default_factory=dict)
    """order_sn → the same, of those that stand in a file for a person's own upload."""
    unreadable_notices: tuple[str, ...] = ()
    """Audit notices that cannot be read: any order may be in them."""
    lost: tuple[LostSpan, ...] = ()
    """Spans of time whose notices are lost."""


def reason_to_wait(order: Order, *, known: Known) -> Wait | None:
    """Why this order must not be shipped now, whatever a sheet says; None when nothing speaks against it."""
    sn = order.order_sn
    unfit = _not_as_needed(order)
    if unfit is not None:
        return unfit
    marked = marks_against({name: {"list": mark} for name, mark in order.signs.items()})
    if marked is not None:
        seen = known.audited.get(sn) if marked.reason is Reason.UNDER_AUDIT else None
        return Wait(reason=marked.reason, message=marked.message, since=seen.first_at if seen else None)
    if sn in known.handed_over:
        return Wait(reason=Reason.HANDED_OVER, message=known.handed_over[sn])
    if sn in known.unresolved:
        return Wait(reason=Reason.UNKNOWN, message=known.unresolved[sn])
    held = held_by_ledger(order, known=known)
    if held is not None:
        return held
    if sn in known.changed:
        return Wait(reason=Reason.ORDER_CHANGED, message=known.changed[sn])
    word = next((word for word in known.stop_words if word in order.remark), None)
    if word is not None or order.flag in known.stop_flags:
        return Wait(reason=Reason.SELLER_REMARK, message=order.remark or order.flag)
    if order.presale_until is not None and known.now < order.presale_until:
        return Wait(reason=Reason.PRESALE_NOT_DUE, message=f"{order.presale_until:%Y-%m-%d %H:%M}")
    return None


def _not_as_needed(order: Order) -> Wait | None:
    """That somebody else is at work on it, that it is not known how it is, or that a part of it has left."""
    if order.signs.get("locked") is Mark.SET:
        return Wait(reason=Reason.LOCKED, message=order.doubt or "")
    if order.doubt is not None:
        return Wait(reason=Reason.SOURCES_DISAGREE, message=order.doubt)
    if order.status == "part":
        return Wait(reason=Reason.PARTLY_SHIPPED, message=f"{order.courier} {order.tracking_number}".strip())
    return None


def marks_against(signs: Mapping[str, Marks]) -> Wait | None:
    """What the signs of an order say against shipping it. One that is needed and missing, or cannot be read, says no.

    An audit is told before all else.
    """
    places = [place for place, mark in signs.get("audit", {}).items() if mark is Mark.SET]
    if places:
        return Wait(reason=Reason.UNDER_AUDIT, message="" if places == ["list"] else f"seen in: {', '.join(places)}")
    unread = [
        f"{name.replace('_', '-')} ({place})"
        for name, marks in signs.items()
        for place, mark in marks.items()
        if mark not in {Mark.CLEAR, Mark.SET}
    ]
    if unread or not all(signs.get(name) for name in NEEDED):
        return Wait(reason=Reason.UNREADABLE, message=f"not readable: {', '.join(unread) or 'no mark at all'}")
    found = [sign.reason for name, sign in SIGNS.items() if Mark.SET in signs.get(name, {}).values()]
    return Wait(reason=found[0]) if found else None


def address_mark(address: object, *, listed: str, has_goods: bool) -> Mark:
    """The address as a sign: the platform hides it while an order is under audit.

    `listed`: what the list shows. An order without things to send may have none anywhere; then nothing is hidden.
    """
    if isinstance(address, str) and address:
        return Mark.CLEAR
    return Mark.CLEAR if address == "" and not listed and not has_goods else Mark.UNREADABLE


def held_by_ledger(order: Order, *, known: Known) -> Wait | None:
    """What the ledger has against this order: a hold on it or its goods, or notices lost when its group formed."""
    holds = holds_of(order, known.holds)
    if holds:
        return _held(order, holds, known=known)
    span = next((span for span in known.lost if _may_be_named(order, span)), None)
    if span is not None:
        words = f"{span.since:%m-%d %H:%M} – {span.until:%m-%d %H:%M}: {', '.join(span.notices)}"
        return Wait(reason=Reason.NOTICES_LOST, message=words, since=span.until)
    return None


def notices_against_all(known: Known) -> Wait | None:
    """Why no order at all may be shipped: an audit notice that cannot be read may name any of them."""
    if not known.unreadable_notices:
        return None
    return Wait(reason=Reason.NOTICE_UNREADABLE, message=", ".join(known.unreadable_notices))


def refused_for(refusal: str, *, words: Mapping[str, Iterable[str]]) -> Reason | None:
    """What the site's words for its refusal mean, by the profile's words for the signs of an order; None: no sign."""
    meant = (sign.reason for name, sign in SIGNS.items() if any(word in refusal for word in words.get(name, ())))
    return next(meant, None)


def _held(order: Order, holds: tuple[Hold, ...], *, known: Known) -> Wait:
    ranks = list(REASONS)
    first = min(holds, key=lambda hold: ranks.index(hold.cause) if hold.cause in ranks else len(ranks))
    message = "; ".join(_words(hold) for hold in holds)
    since = held_since(first)
    clear = known.clear_looks.get(order.order_sn)
    if clear is not None and is_stale(first, clear=clear):
        looks = f"all signs clear {clear.first_at:%m-%d %H:%M} and {clear.last_at:%m-%d %H:%M}"
        return Wait(
            reason=Reason.HOLD_STALE,
            message=f"{looks}; {message}",
            since=since,
            evidence=str(clear.last_facts.get("evidence") or ""),
        )
    return Wait(reason=reason_of_cause(first.cause), message=message, since=since)


def reason_of_cause(cause: str) -> Reason:
    """How a hold of this cause is told."""
    return REASONS.get(cause, Reason.ON_HOLD)


def _words(hold: Hold) -> str:
    return f"{hold.reason} (until {hold.until:%m-%d %H:%M})" if hold.until is not None else hold.reason


def _may_be_named(order: Order, span: LostSpan) -> bool:
    """Whether a notice of the span may name the order: its group formed then, or within a day before.

    When that cannot be told, it may.
    """
    since = span.since - _AUDITED_WITHIN
    if order.grouped_at is not None:
        return since < order.grouped_at <= span.until
    try:
        day = datetime.strptime(order.order_sn[:6], "%y%m%d").replace(tzinfo=span.since.tzinfo)
    except ValueError:
        return True
    return day <= span.until and since < day + _GROUPING
