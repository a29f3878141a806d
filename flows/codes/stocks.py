"""Stocks of codes: whose they are, which of them are for which goods, and how people read both."""

from __future__ import annotations

from typing import Final

from flows.orders.hold_causes import goods_subject, sku_subject
from rpa.language import Text

_SHOP: Final = "shop:"
_SHARED: Final = "stock:"
_OF_SHOP = Text(en="shop {name}", zh="店铺 {name}")
_OF_SHARED = Text(en="shared stock {name}", zh="共享库存 {name}")
_GOODS = Text(en="goods {goods_id}", zh="商品 {goods_id}")
_SPEC = Text(en="goods {goods_id}, spec {spec}", zh="商品 {goods_id}，规格 {spec}")


def owner_of_shop(shop: str) -> str:
    """The owner of a shop's own stock."""
    return f"{_SHOP}{shop}"


def owner_of_shared(name: str) -> str:
    """The owner of a stock that several shops may use."""
    return f"{_SHARED}{name}"


def pool_of(goods_id: str, spec: str = "") -> str:
    """The codes for these goods, or for one spec of them, however a person's keyboard writes it."""
    return sku_subject(goods_id, spec) if spec.strip() else goods_subject(goods_id)


def goods_of(pool: str) -> tuple[str, str]:
    """The goods id of a pool, and its spec; empty: for all specs."""
    _, goods_id, *spec = pool.split(":", 2)
    return goods_id, spec[0] if spec else ""


def owner_words(owner: str) -> Text:
    """The stock as people read it."""
    kind = _OF_SHOP if owner.startswith(_SHOP) else _OF_SHARED
    return kind.with_words(name=owner.partition(":")[2])


def pool_words(pool: str) -> Text:
    """The goods as people read them."""
    goods_id, spec = goods_of(pool)
    return (_SPEC if spec else _GOODS).with_words(goods_id=goods_id, spec=spec)
