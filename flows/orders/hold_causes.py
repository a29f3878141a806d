"""Causes of holds: what holds an order, what ends that, and what was observed of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.orders.cells import name_key
from rpa.language import Text

if TYPE_CHECKING:
    from flows.orders.model import Order
    from rpa.ledger.holds import Hold
    from rpa.ledger.observations import Observation

PERSON = "person"
"""A person put the hold on; only a person, or its end date, takes it off."""
PROHIBITED = "audit_notice"
"""A notice forbids shipping; a later notice that says "ship", or a person, releases it."""
CLOSED = "audit_closed"
"""A notice says that the platform closes the order; a person alone releases it."""
UNCLEAR = "notice_unclear"
"""A notice names the order, and what it says is not understood; a later clear notice, or a person, releases it."""
EXPORT = "audit_in_export"
"""The exported table shows the order under audit; a newer export without that mark, or a person, releases it."""

NOTICE_CAUSES = frozenset({PROHIBITED, CLOSED, UNCLEAR})
"""The causes that `flows.notices.verdicts` decides on: of these an order has one hold at most."""
STALE_CAUSES = frozenset({PROHIBITED})
"""A hold of these may outlive its audit: the result notice never came. What is closed or unclear is not judged so."""

UNDER_AUDIT = "under_audit"
"""The mark of an observation: the site showed the order under audit."""
CLEAR = "audit_clear"
"""The mark of an observation: every sign of an order that a notice holds was clear."""

LOOKS_APART = timedelta(minutes=30)
"""So far apart are the two looks, by the site's clock, after which a hold counts as stale."""

RELEASE_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "audit_end": Text(en="The platform's audit ends", zh="平台审核结束"),
        "result_notice": Text(en="A result notice that says: ship", zh="收到“需要发货”的审核结果通知"),
        "newer_export": Text(en="A newer export without the audit", zh="重新导出后无审核标记"),
        "nothing": Text(en="Nothing: the platform refunds it", zh="不会解除：平台已关闭并退款"),
        "notices_resolve": Text(en="A person: rpa notices resolve", zh="人工处理：rpa notices resolve"),
        "lift_stale": Text(en="A person: rpa holds lift --stale", zh="人工解除：rpa holds lift --stale"),
        "person": Text(en="A person: rpa holds lift", zh="人工解除：rpa holds lift"),
        "ledger_resolve": Text(en="A person: rpa ledger resolve", zh="人工确认：rpa ledger resolve"),
        "after_sale_end": Text(en="The after-sale case ends", zh="售后处理完成"),
        "address_answered": Text(en="You answer the buyer's change of address", zh="处理买家的改地址申请"),
        "remark": Text(en="Another remark or flag", zh="修改商家备注或旗标"),
    }
)
"""What would release a held order, by code."""

RELEASED_BY: Mapping[str, Text] = MappingProxyType(
    {
        PERSON: RELEASE_WORDS["person"],
        PROHIBITED: RELEASE_WORDS["result_notice"],
        CLOSED: RELEASE_WORDS["nothing"],
        UNCLEAR: RELEASE_WORDS["notices_resolve"],
        EXPORT: RELEASE_WORDS["newer_export"],
    }
)
"""What releases a hold of this cause."""


def goods_subject(goods_id: str) -> str:
    """What a hold on all orders with these goods is on."""
    return f"goods:{goods_id}"


def sku_subject(goods_id: str, spec: str) -> str:
    """What a hold on all orders with this spec of these goods is on; however a person's keyboard writes the spec."""
    return f"sku:{goods_id}:{name_key(spec)}"


def holds_of(order: Order, holds: Mapping[str, tuple[Hold, ...]]) -> tuple[Hold, ...]:
    """The active holds on the order itself, on its goods, and on their specs; each once."""
    return tuple(hold for subject in subjects_of(order) for hold in holds.get(subject, ()))


def subjects_of(order: Order) -> tuple[str, ...]:
    """What a hold may be on to hold this order: itself, its goods, and their specs; each once."""
    subjects = [order.order_sn]
    for item in order.items:
        subjects += [goods_subject(item.goods_id), sku_subject(item.goods_id, item.spec)]
    return tuple(dict.fromkeys(subjects))


def held_since(hold: Hold) -> datetime:
    """When what the hold rests on was said, by the site's clock; else when it was put on."""
    since = hold.facts.get("since")
    return datetime.fromisoformat(since) if isinstance(since, str) and since else hold.held_at


def last_said(hold: Hold) -> datetime:
    """When the newest word on what it holds was said: a second notice is younger than the hold itself."""
    last = hold.facts.get("last")
    return datetime.fromisoformat(last) if isinstance(last, str) and last else held_since(hold)


def is_stale(hold: Hold, *, clear: Observation | None) -> bool:
    """Whether two looks, apart and both after the newest notice, found every sign of the audit gone."""
    if clear is None or hold.cause not in STALE_CAUSES or clear.first_at < last_said(hold):
        return False
    return clear.last_at - clear.first_at >= LOOKS_APART
