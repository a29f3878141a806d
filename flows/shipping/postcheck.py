"""Postcheck: which orders gained an audit, an after-sale or another address while they went with others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from flows.gate.rules import in_no_sequence, looks_of
from flows.orders.api import ReadsOrders
from flows.orders.model import Mark, Order
from flows.orders.signs import SIGNS
from rpa.language import Language, Text

if TYPE_CHECKING:
    from rpa.run import Run

_GAINED = Text(
    en="Shipped with others, but not as they were any more when they were looked at again at {at:%Y-%m-%d %H:%M:%S}; "
    "see to them on the site: {orders}",
    zh="已批量发货，但 {at:%Y-%m-%d %H:%M:%S} 再次查看时状态已变，请到后台处理：{orders}",
)
_MARKED = Text(
    en="read back at {at:%Y-%m-%d %H:%M:%S}, after it was sent, it is {marks}; look at it",
    zh="提交后于 {at:%Y-%m-%d %H:%M:%S} 读回时显示{marks}，请人工核对",
)
_CHANGED = Text(en="{names} changed", zh="{names}已变更")
_NAMES = {
    "goods": Text(en="goods", zh="商品"),
    "receiver": Text(en="receiver", zh="收件人"),
    "region": Text(en="region", zh="地区"),
    "address": Text(en="address", zh="地址"),
}
_AND = Text(en=", ", zh="、")


def tell_what_changed(run: Run, sent: Mapping[str, Order]) -> None:
    """Look once more at the orders that were accepted, as they were read before; note those that are different now."""
    if not sent:
        return
    reading = run.office(ReadsOrders)
    found = reading.find(list(sent))
    gained = {sn: "; ".join(_gained(sent[sn], found[sn], language=run.language)) for sn in sent if sn in found}
    orders = ", ".join(f"{sn} ({words})" for sn, words in gained.items() if words)
    if orders:
        run.note("changed_at_import", _GAINED.of(run.language, at=reading.now(), orders=orders))


def marked_at_last(order: Order, *, at: datetime, language: Language) -> str:
    """What came up against a shipped order between the last reading of its marks and the click, or after."""
    marks = "; ".join(_marks(order, language=language))
    return _MARKED.of(language, at=at, marks=marks) if marks else ""


def _marks(order: Order, *, language: Language) -> Iterator[str]:
    yield from (sign.words.of(language) for name, sign in SIGNS.items() if order.signs.get(name) is Mark.SET)


def _gained(before: Order, now: Order, *, language: Language) -> Iterator[str]:
    yield from _marks(now, language=language)
    old, new = in_no_sequence(looks_of(before)), in_no_sequence(looks_of(now))
    names = [_NAMES[name].of(language) for name, value in new.items() if value != old[name]]
    if names and now.audit is not Mark.SET:
        yield _CHANGED.of(language, names=_AND.of(language).join(names))
