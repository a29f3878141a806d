"""A shop's rules for deciding: its configuration, its profile's words, its ledger and its holds, gathered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from flows.decide import NoLogistics, Rules
from flows.model import Mark, Order
from flows.settings import OrderSettings
from rpa.ledger.actions import State

if TYPE_CHECKING:
    from rpa.ledger.actions import Action
    from rpa.ledger.sightings import Change
    from rpa.run import Run

KIND = "ship"
"""The ledger's kind for telling the site that an order has left, whatever the entry."""


def rules_of(run: Run, *, now: datetime, changed: Mapping[str, Change]) -> Rules:
    """The rules of this shop at this moment of the site's clock."""
    settings = run.shop.settings(OrderSettings)
    words = run.profile.words
    live = run.ledger.live(run.shop.name, kind=KIND)
    return Rules(
        now=now,
        stop_words=settings.stop_words or tuple(words.get("stop", ())),
        stop_flags=frozenset(settings.stop_flags or words.get("stop_flags", ())),
        no_logistics=tuple(
            NoLogistics(goods_id=goods.goods_id, spec=goods.spec, needs_proof=goods.delivered_by == "sheet")
            for goods in settings.no_logistics_goods
        ),
        most_orders_per_number=settings.max_orders_per_number,
        holds={sn: "; ".join(hold.reason for hold in holds) for sn, holds in run.ledger.holds(run.shop.name).items()},
        changed={sn: _difference(change) for sn, change in changed.items()},
        unresolved={sn: _words(action) for sn, action in live.items()},
        shipped_numbers=_shipped_numbers(live),
    )


def sightings(orders: Iterable[Order]) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """What is remembered of each order at first sight; one under audit hides its address, so it is left out."""
    for order in orders:
        if order.audit is Mark.CLEAR and order.doubt is None:
            facts = looks_of(order)
            text = "\n".join(f"{name}={value}" for name, value in facts.items())
            yield order.order_sn, hashlib.sha256(text.encode()).hexdigest()[:32], facts


def looks_of(order: Order) -> dict[str, object]:
    """What must not change between first sight and shipping."""
    items = [f"{item.goods_id} {item.spec} ×{item.quantity}" for item in order.items]
    return {"goods": "; ".join(items), "receiver": order.receiver, "region": order.region, "address": order.address}


def _difference(change: Change) -> str:
    names = [name for name, value in change.last_facts.items() if change.facts.get(name) != value]
    return "; ".join(f"{name}: {change.facts.get(name)} → {change.last_facts[name]}" for name in names)


def _words(action: Action) -> str:
    number = action.payload.get("tracking_number", "")
    when = action.created_at.strftime("%m-%d %H:%M")
    return f"{action.state.value} since {when}, run {action.run_id} {number} {action.detail}".strip()


def _shipped_numbers(live: Mapping[str, Action]) -> dict[str, tuple[str, ...]]:
    """Receivers by tracking number, of what the ledger has as shipped."""
    numbers: dict[str, tuple[str, ...]] = {}
    for action in live.values():
        number = action.payload.get("tracking_number")
        if number and action.state is State.DONE:
            numbers[number] = (*numbers.get(number, ()), str(action.facts.get("receiver", "")))
    return numbers
