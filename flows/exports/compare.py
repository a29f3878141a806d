"""Comparison of an export with the order list and the ledger: what agrees, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from flows.orders.model import How, Mark, Order, Shipment
from flows.orders.reasons import Reason
from rpa.ledger.actions import Action, State

if TYPE_CHECKING:
    from flows.exports.api import ExportedOrder

_SLACK = timedelta(minutes=5)
"""Between the moment up to which an export has orders and that at which it was asked for, clocks and all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one order."""

    order_sn: str
    reason: Reason
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Every order of the export and of the list, each in exactly one place."""

    findings: tuple[Finding, ...]
    """All orders of the list, and all others that differ. `listed`: nothing differs."""
    agreeing: int
    """Orders of the export that are not pending, of which nothing differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is compared."""

    exported: Mapping[str, ExportedOrder]
    listed: Mapping[str, Order]
    """The pending orders, read after the export was asked for."""
    asked_at: datetime
    since: datetime
    """The export has orders from then on."""
    actions: Mapping[str, Action] = field(default_factory=dict)
    """order_sn → what the ledger has of shipping it."""
    found: Mapping[str, Order] = field(default_factory=dict)
    """Orders looked for once more, as the site shows them now; see `strangers`."""


def strangers(exported: Mapping[str, ExportedOrder], listed: Mapping[str, Order]) -> list[str]:
    """Orders that are pending in the export and not in the list, so that the site must be looked at again."""
    return [sn for sn, order in exported.items() if order.status == "pending" and sn not in listed]


def compare(sources: Sources) -> Compared:
    """What agrees and what differs."""
    findings = list(chain(_listed(sources), _others(sources)))
    named = {finding.order_sn for finding in findings}
    return Compared(findings=tuple(findings), agreeing=sum(sn not in named for sn in sources.exported))


def audits_in(exported: Iterable[ExportedOrder], listed: Mapping[str, Order]) -> list[str]:
    """Orders that only the export shows under audit: the list has them as free, or does not have them."""
    return [
        each.order_sn
        for each in exported
        if each.audit is Mark.SET and _may_ship_still(each) and _list_mark(each, listed) is not Mark.SET
    ]


def cleared_in(exported: Iterable[ExportedOrder], listed: Mapping[str, Order]) -> list[str]:
    """Orders that neither the export nor the list shows under audit."""
    return [
        each.order_sn
        for each in exported
        if each.audit is Mark.CLEAR and not each.doubt and _list_mark(each, listed) in {Mark.CLEAR, None}
    ]


def _may_ship_still(exported: ExportedOrder) -> bool:
    return exported.status not in {"shipped", "closed"}


def _list_mark(exported: ExportedOrder, listed: Mapping[str, Order]) -> Mark | None:
    order = listed.get(exported.order_sn)
    return order.audit if order is not None else None


def _listed(sources: Sources) -> Iterator[Finding]:
    """A finding for each order of the list."""
    for sn, order in sources.listed.items():
        exported = sources.exported.get(sn)
        found = _missing(order, sources=sources) if exported is None else _both(order, exported, sources=sources)
        reason, message = found
        yield Finding(order_sn=sn, reason=reason, message=message)


def _missing(order: Order, *, sources: Sources) -> tuple[Reason, str]:
    """Why an order of the list is not in the export."""
    newest = sources.asked_at - _SLACK
    day = f"{newest:%y%m%d}"
    if order.order_sn[:6] >= day if order.grouped_at is None else order.grouped_at >= newest:
        return Reason.NOT_IN_EXPORT_YET, ""
    if order.order_sn[:6] < f"{sources.since:%y%m%d}":
        return Reason.LISTED, f"older than the export, which begins {sources.since:%Y-%m-%d}"
    return Reason.NOT_IN_EXPORT, ""


def _both(order: Order, exported: ExportedOrder, *, sources: Sources) -> tuple[Reason, str]:
    """What is to be said of a pending order that both have."""
    if Mark.SET in {order.audit, exported.audit}:
        only = exported.audit is Mark.SET and order.audit is not Mark.SET
        return (Reason.AUDIT_IN_EXPORT if only else Reason.UNDER_AUDIT), _told_by(order, exported)
    doubt = order.doubt or _doubt(exported)
    if doubt:
        return Reason.SOURCES_DISAGREE if order.doubt else Reason.UNREADABLE, doubt
    if exported.status != "pending":
        return Reason.SOURCES_DISAGREE, f"export: {exported.status_text}, list: pending"
    action = sources.actions.get(order.order_sn)
    if action is not None and action.state is State.DONE:
        return Reason.UNKNOWN, f"shipped by run {action.run_id}, but pending in list and export"
    if exported.after_sale is Mark.SET:
        return Reason.AFTER_SALE, f"export: {exported.after_sale_text}"
    return Reason.LISTED, ""


def _told_by(order: Order, exported: ExportedOrder) -> str:
    """Which of the two shows the audit, where only one does."""
    if order.audit is exported.audit:
        return ""
    shown = exported.audit_text if exported.audit is Mark.SET else ""
    return f"export: {shown or exported.audit.value}, list: {order.audit.value}"


def _doubt(exported: ExportedOrder) -> str:
    if exported.doubt:
        return f"rows of the export: {exported.doubt}"
    unread = [
        f"{name} {text!r}"
        for name, text, read in (
            ("status", exported.status_text, bool(exported.status)),
            ("audit", exported.audit_text, exported.audit is not Mark.UNREADABLE),
            ("after-sale", exported.after_sale_text, exported.after_sale is not Mark.UNREADABLE),
        )
        if not read
    ]
    return f"not readable in the export: {', '.join(unread)}" if unread else ""


def _others(sources: Sources) -> Iterator[Finding]:
    """Findings of orders that are not in the list, where something differs."""
    for sn, exported in sources.exported.items():
        if sn in sources.listed:
            continue
        found = _other(exported, sources=sources)
        if found is not None:
            reason, message = found
            yield Finding(order_sn=sn, reason=reason, message=message)


def _other(exported: ExportedOrder, *, sources: Sources) -> tuple[Reason, str] | None:
    doubt = _doubt(exported) if exported.status in {"", "pending"} or exported.doubt else ""
    if doubt:
        return Reason.UNREADABLE, doubt
    if exported.status == "pending":
        return _stranger(sources.found.get(exported.order_sn))
    if exported.status == "shipped":
        return _shipped(exported, sources.actions.get(exported.order_sn))
    return None


def _stranger(found: Order | None) -> tuple[Reason, str] | None:
    """Pending in the export, not in the list: shipped or closed since then, or a list that cannot be trusted."""
    if found is None:
        return Reason.UNKNOWN_TO_US, ""
    if found.doubt is not None:
        return Reason.SOURCES_DISAGREE, found.doubt
    if found.status == "pending":
        return Reason.UNKNOWN_TO_US, "found by its number, but missing in the list"
    return None


def _shipped(exported: ExportedOrder, action: Action | None) -> tuple[Reason, str] | None:
    shown = f"{exported.courier} {exported.tracking_number}".strip()
    audited = f" (export: {exported.audit_text})" if exported.audit is Mark.SET else ""
    if action is None:
        return Reason.SHIPPED_ELSEWHERE, f"{shown}{audited}"
    if exported.number_damaged:
        return Reason.UNREADABLE, f"the export's tracking number is damaged: {exported.tracking_number}"
    sent = Shipment(
        order_sn=exported.order_sn,
        how=How(action.payload["how"]),
        courier=action.payload["courier"],
        tracking_number=action.payload["tracking_number"],
    )
    if sent.same_as(courier=exported.courier, tracking_number=exported.tracking_number):
        return None
    return Reason.SHIPPED_WITH_OTHER_NUMBER, f"export: {shown or 'no parcel'}{audited}"
