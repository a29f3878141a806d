"""Audits seen on the site: who was seen under one, and who shows no sign of it any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.gate.rules import coverage_of
from flows.notices.api import ReadsNotices
from flows.notices.coverage import Answer
from flows.orders.api import ReadsSigns
from flows.orders.hold_causes import CLEAR, LOOKS_APART, STALE_CAUSES, UNDER_AUDIT, holds_of, last_said
from flows.orders.model import Mark
from rpa.language import Text

if TYPE_CHECKING:
    from flows.orders.model import Order
    from rpa.ledger.holds import Hold
    from rpa.ledger.observations import Observation
    from rpa.run import Run

_MISSING: Mapping[str, Text] = MappingProxyType(
    {
        "never": Text(
            en="The audit notices were never read; run `rpa run audit-notices`.",
            zh="从未读取审核站内信；请运行 rpa run audit-notices。",
        ),
        "overdue": Text(
            en="The audit notices were last read five days ago or more; run `rpa run audit-notices`.",
            zh="已有五天以上未读取审核站内信；请运行 rpa run audit-notices。",
        ),
        "no": Text(
            en="Not every audit notice is saved; see `rpa notices list`.",
            zh="有审核站内信未能保存；请查看 rpa notices list。",
        ),
        "unknown": Text(
            en="It is not known whether every audit notice is saved; see `rpa notices list`.",
            zh="无法确认审核站内信是否全部保存；请查看 rpa notices list。",
        ),
    }
)


def remember_audits(run: Run, orders: Iterable[Order], *, at: datetime) -> None:
    """Note which of these orders the list shows under audit. That it was so once stays known."""
    seen = {order.order_sn: _facts(order) for order in orders if order.audit is Mark.SET}
    if seen:
        run.ledger.observations.record(run.shop.name, mark=UNDER_AUDIT, seen=seen, at=at)
        _forget(run, seen, at=at)


def held_but_clear(orders: Iterable[Order], *, holds: Mapping[str, tuple[Hold, ...]]) -> list[Order]:
    """Those that a notice forbids to ship though the list shows no sign of an audit any more."""
    return [
        order
        for order in orders
        if order.doubt is None and order.audit is Mark.CLEAR and _audit_hold(order, holds) is not None
    ]


def look_for_signs(run: Run, orders: Iterable[Order], *, at: datetime) -> None:
    """Look at every other place of these orders, and remember those that show no sign of an audit anywhere.

    For orders that the list shows. The page of each held one is opened, not more often than such looks must be apart;
    a shop without holds by notices opens none. `at`: the site's clock.
    """
    orders = list(orders)
    holds = run.ledger.holds.active(run.shop.name)
    held = held_but_clear(orders, holds=holds)
    known = run.ledger.observations.of_mark(run.shop.name, mark=CLEAR, subjects=[order.order_sn for order in orders])
    _forget(run, set(known).difference(order.order_sn for order in held), at=at)
    for order in held:
        if run.stopping() or ReadsSigns not in run.offices:
            return
        hold = _audit_hold(order, holds)
        if hold is not None:
            _look(run, _Held(order=order, since=last_said(hold)), known.get(order.order_sn), at=at)


def note_missing_notices(run: Run, *, now: datetime) -> None:
    """One note when it is not certain that every audit notice is known; none where the platform sends no notices."""
    if ReadsNotices not in run.offices:
        return
    covered = coverage_of(run, now=now)
    if covered.answer is not Answer.YES or covered.overdue:
        why = "overdue" if covered.answer is Answer.YES else "never" if covered.until is None else covered.answer.value
        run.note(f"notices_{why}", _MISSING[why].of(run.language))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    order: Order
    since: datetime


def _look(run: Run, held: _Held, known: Observation | None, *, at: datetime) -> None:
    sn = held.order.order_sn
    if known is not None and known.first_at < held.since:
        _forget(run, [sn], at=at)
    elif known is not None and at - known.last_at < LOOKS_APART:
        return
    signs = run.office(ReadsSigns).signs(sn)
    if Mark.SET in signs.audit.values():
        remember_audits(run, [held.order.with_signs(audit=Mark.SET)], at=at)
    elif set(signs.audit.values()) == {Mark.CLEAR}:
        places = ["list", *signs.audit]
        facts = {
            **_facts(held.order),
            "signs": places,
            "evidence": str(signs.evidence.parent if signs.evidence else ""),
        }
        run.ledger.observations.record(run.shop.name, mark=CLEAR, seen={sn: facts}, at=at)


def _forget(run: Run, order_sns: Iterable[str], *, at: datetime) -> None:
    gone = list(order_sns)
    if gone:
        run.ledger.observations.record(run.shop.name, mark=CLEAR, seen={}, gone=gone, at=at)


def _audit_hold(order: Order, holds: Mapping[str, tuple[Hold, ...]]) -> Hold | None:
    """The hold that a notice put on this order, and that may outlive its audit."""
    return next((hold for hold in holds_of(order, holds) if hold.cause in STALE_CAUSES), None)


def _facts(order: Order) -> dict[str, object]:
    return {"ship_by": order.ship_by.isoformat() if order.ship_by else None}
