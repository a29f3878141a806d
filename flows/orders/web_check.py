"""Cross-check of an order: what the page shows and what its own request was answered must agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.orders.model import Item, Order, Parcel
from flows.orders.signs import NEEDED, SIGNS, signs_of
from rpa.browser.two_sources import paired, same_or_unreadable
from rpa.elements.risks import always_told
from rpa.elements.uses import Uses
from rpa.elements.values import QUOTED, UNREADABLE

if TYPE_CHECKING:
    from flows.orders.model import Mark
    from rpa.elements.profile import Profile

Values = Mapping[str, Any]
"""What a row or a page says, by the profile's names."""

READ_SIGNS = (*SIGNS, "receiver_audit")
"""Fields of a list, or of its answer, that are read as signs."""
_QUOTABLE = ("buyer", "receiver", "region", "address", "goods", "specs", "remark", "memo")
"""What buyers and sellers write, and a page may show beside the platform's own words."""


def needed_signs(profile: Profile) -> frozenset[str]:
    """The signs that the pages of this profile's platform must tell."""
    return always_told(profile.name) | frozenset(NEEDED)


def signs_used(profile: Profile, *places: str) -> Uses:
    """That one of these lists and answers has what the platform always tells, and none a sign that nothing reads."""
    always = dict.fromkeys(sorted(always_told(profile.name)), places)
    return Uses(told_by=always, flags=dict.fromkeys(places, READ_SIGNS))


def with_quotes_checked(shown: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows, with no sign for one whose words people have written: a buyer is called so, or lives there.

    They have if every text of theirs is the same in the second source, `told`; else the sign cannot be read.
    """
    theirs = all(shown[name] == told.get(name) for name in _QUOTABLE if name in shown)
    sign = "clear" if theirs else UNREADABLE
    return {name: sign if name in READ_SIGNS and value == QUOTED else value for name, value in shown.items()}


def texts_of(order: Order) -> dict[str, Any]:
    """What people have written of an order, as a second source for a later look at it."""
    return {
        "buyer": order.buyer,
        "receiver": order.receiver,
        "region": order.region,
        "address": order.address,
        "goods": tuple(item.goods for item in order.items),
        "specs": tuple(item.spec for item in order.items),
        "remark": order.remark,
    }


_GOODS = ("goods_ids", "goods", "specs", "quantities", "kinds")
FACTS = (
    *("order_sn", "status", *_GOODS, "amount", "ship_by", "presale_until", "remark", "flag"),
    *("courier", "tracking_number", "shipped_at", "audit", "after_sale", "receiver", "region", "address"),
)
"""What row and data of an order must both tell, where data tell of the list: one that only one has is read from it."""
_COMPARED = (
    "status",
    "goods_ids",
    "specs",
    "quantities",
    "kinds",
    "amount",
    "ship_by",
    "tracking_number",
)


def orders_of(
    shown: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]], *, needed: Iterable[str] = NEEDED
) -> Iterator[Order]:
    """One order for each number that either source has, in the answer's order; disagreement is its `doubt`.

    `needed`: the signs that one of the two must tell at least.
    """
    for pair in paired(shown, answered, key="order_sn"):
        row, told = pair.shown, pair.told
        if row is not None and told is not None:
            row = with_quotes_checked(row, told)
            pair = replace(pair, shown=row)  # noqa: PLW2901 - the pair, its quotes checked
        source = told or row or {}
        compared = (*_COMPARED, *(name for name in SIGNS if name in source))
        doubt = pair.doubt(compared, same=same_or_unreadable)
        yield _order(row or source, source, signs=signs_of(row or {}, source, needed=needed), doubt=doubt)


def _order(row: Values, answer: Values, *, signs: Mapping[str, Mark], doubt: str | None) -> Order:
    unreadable = [name for name in ("order_sn", "status", "amount") if answer[name] is UNREADABLE]
    if not _goods_readable(answer):
        unreadable.append("goods")
    if unreadable and doubt is None:
        doubt = f"not readable: {', '.join(unreadable)}"
    return Order(
        order_sn=_text(answer["order_sn"]),
        status=_text(answer["status"]) or "other",
        items=tuple(_items(answer)),
        amount_fen=answer["amount"] if isinstance(answer["amount"], int) else 0,
        ship_by=_moment(answer["ship_by"]),
        signs=signs,
        remark=_text(row["remark"]) or _text(answer["remark"]),
        flag=_text(row["flag"]) or _text(answer["flag"]),
        receiver=_text(row["receiver"]),
        region=_text(row["region"]),
        address=_text(row["address"]),
        buyer=_text(row.get("buyer")),
        presale_until=_moment(answer["presale_until"]),
        courier=_text(answer["courier"]),
        tracking_number=_text(answer["tracking_number"]),
        shipped_at=_moment(answer["shipped_at"]),
        grouped_at=_moment(answer.get("grouped_at")),
        doubt=doubt,
    )


def order_on_page(
    shown: Values,
    *,
    goods: Sequence[Values],
    parcels: Sequence[Values],
    needed: Iterable[str] = NEEDED,
    absent: Sequence[str] = (),
) -> Order:
    """The order that its own page shows, with its goods and parcels, a row each.

    `absent`: facts that the site does not have. A sign that is `needed` and neither read nor absent is unreadable; so
    is an order without a status or goods, or with goods whose id or quantity cannot be read.
    """
    unreadable = [name for name in ("status", "amount", "remark", "flag") if shown.get(name, "") is UNREADABLE]
    facts = [row[name] for row in goods for name in ("goods_id", "quantity")]
    facts += [row.get("spec", "-") or "-" for row in goods]
    counted = all(str(row["quantity"]).isdecimal() for row in goods)
    if not goods or not counted or any(value is UNREADABLE or value == "" for value in facts):
        unreadable.append("goods")
    sent = [Parcel(courier=_text(row["courier"]), tracking_number=_text(row["tracking_number"])) for row in parcels]
    last = sent[-1] if sent else Parcel(courier="", tracking_number="")
    return Order(
        order_sn=_text(shown["order_sn"]),
        status=_text(shown["status"]) or "other",
        items=tuple(_item(row) for row in goods),
        amount_fen=shown["amount"] if isinstance(shown.get("amount"), int) else 0,
        ship_by=_moment(shown.get("ship_by")),
        signs=signs_of(shown, needed=needed, absent=absent),
        remark=_text(shown.get("remark")),
        flag=_text(shown.get("flag")),
        receiver=_text(shown.get("receiver")),
        region=_text(shown.get("region")),
        address=_text(shown.get("address")),
        buyer=_text(shown.get("buyer")),
        presale_until=_moment(shown.get("presale_until")),
        courier=last.courier,
        tracking_number=last.tracking_number,
        shipped_at=_moment(shown.get("shipped_at")),
        grouped_at=_moment(shown.get("grouped_at")),
        parcels=tuple(sent),
        doubt=f"not readable: {', '.join(unreadable)}" if unreadable else None,
    )


def unread(order_sn: str, *, doubt: str, **signs: Mark) -> Order:
    """An order of which nothing else is known than these signs, and why."""
    return Order(
        order_sn=order_sn,
        status="other",
        items=(),
        amount_fen=0,
        ship_by=None,
        signs={**signs_of(), **signs},
        remark="",
        flag="",
        receiver="",
        region="",
        address="",
        doubt=doubt,
    )


def with_list_compared(order: Order, row: Values) -> Order:
    """The order as its page shows it, in doubt where its row in the list says otherwise of what both show.

    A status may have changed between the two looks; a sign that the row has counts.
    """
    if order.doubt is None and isinstance(row.get("amount"), int) and row["amount"] != order.amount_fen:
        order = replace(order, doubt=f"amount: list {row['amount']}, page {order.amount_fen}")
    return order.with_signs(**signs_of(order.signs, row, needed=()))


def _item(row: Values) -> Item:
    return Item(
        goods_id=_text(row["goods_id"]),
        goods=_text(row.get("goods")),
        spec=_text(row.get("spec")),
        quantity=int(row["quantity"]) if str(row["quantity"]).isdecimal() else 0,
        physical={"physical": True, "virtual": False}.get(str(row.get("kind"))),
    )


def _goods_readable(values: Mapping[str, Any]) -> bool:
    """Whether each line of goods has its id, spec and quantity, and no line is missing in a column."""
    columns = {name: values[name] for name in _GOODS}
    if not all(isinstance(column, tuple) for column in columns.values()):
        return False
    one_length = len({len(column) for column in columns.values()}) == 1
    return one_length and not any(UNREADABLE in columns[name] for name in ("goods_ids", "specs", "quantities"))


def _items(values: Mapping[str, Any]) -> Iterator[Item]:
    columns = [values[name] if isinstance(values[name], tuple) else () for name in _GOODS]
    for goods_id, goods, spec, quantity, kind in zip(*columns, strict=False):
        yield Item(
            goods_id=_text(goods_id),
            goods=_text(goods),
            spec=_text(spec),
            quantity=int(quantity) if str(quantity).isdecimal() else 0,
            physical={"physical": True, "virtual": False}.get(kind),
        )


def _text(value: Any) -> str:
    return "" if value is None or value is UNREADABLE else str(value)


def _moment(value: Any) -> Any:
    return None if value in ("", None) or value is UNREADABLE else value
