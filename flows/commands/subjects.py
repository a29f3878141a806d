"""What a hold can be on, as a person names it on the command line or in a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flows.orders.cells import clean, identifier
from flows.orders.hold_causes import goods_subject, sku_subject
from flows.orders.words import Identifiers
from rpa.elements.registry import load_profile
from rpa.errors import ConfigError
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import Config

_GOODS_ID = re.compile(r"\d{1,19}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_AN_ORDER = Text(
    en='"{text}" is not an order number; one looks like {example}.', zh="“{text}”不是订单号；正确的格式如 {example}。"
)
_NOT_GOODS = Text(en='"{text}" is not a goods id; one has digits only.', zh="“{text}”不是商品 ID；商品 ID 只有数字。")
_NOT_A_SKU = Text(
    en='"{text}" is not GOODS_ID:SPEC; one looks like 688880020015:100g.',
    zh="“{text}”不是“商品ID:规格”；正确的格式如 688880020015:100g。",
)
_NOT_A_DAY = Text(
    en='"{text}" is not a day; write it as year-month-day, for example {example}-03-09.',
    zh="“{text}”不是日期；请写成年-月-日，如 {example}-03-09。",
)
_OVER = Text(en='"{text}" is over already.', zh="“{text}”已经过去。")
_NOTHING_RECORDED = Text(en="Nothing was recorded.", zh="未做任何记录。")


class Unusable(ValueError):
    """What a person wrote cannot be used as it is."""

    def __init__(self, text: Text, /, **words: str) -> None:
        self.text = text.with_words(**words)
        super().__init__(self.text.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Orders, goods and specs as they were typed."""

    orders: Sequence[str] = ()
    goods: Sequence[str] = ()
    skus: Sequence[str] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was named."""
        return not (self.orders or self.goods or self.skus)

    def subjects(self, reader: SubjectReader) -> list[str]:
        """The ledger's subjects, each once. Raises ConfigError naming everything that is not one."""
        found: dict[str, None] = {}
        mistakes: list[Text] = []
        for read, texts in ((reader.order, self.orders), (reader.goods, self.goods), (reader.sku, self.skus)):
            for text in texts:
                try:
                    found[read(text)] = None
                except Unusable as error:
                    mistakes.append(error.text)
        if mistakes:
            every = (*mistakes, _NOTHING_RECORDED)
            raise ConfigError(Text(en=" ".join(one.en for one in every), zh="".join(one.zh for one in every)))
        return list(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReader:
    """Reads what may be held in a shop of one platform. Each method raises Unusable."""

    order_sn: re.Pattern[str]
    example: str

    @classmethod
    def of(cls, config: Config, shop: str) -> SubjectReader:
        """For this shop. Raises ConfigError for an unknown shop."""
        profile = load_profile(config.shop(shop).platform, folder=config.selectors)
        numbers = profile.section(Identifiers)
        return cls(order_sn=numbers.order_sn, example=numbers.order_sn_example)

    def order(self, text: str) -> str:
        """An order number."""
        found = identifier(clean(text))
        if not self.order_sn.fullmatch(found):
            raise Unusable(_NOT_AN_ORDER, text=text, example=self.example)
        return found

    def goods(self, text: str) -> str:
        """All orders with these goods."""
        return goods_subject(_goods_id(text))

    def sku(self, text: str) -> str:
        """All orders with this spec of these goods: `GOODS_ID:SPEC`, the spec as the site shows it."""
        goods_id, _, spec = text.partition(":")
        if not spec.strip():
            raise Unusable(_NOT_A_SKU, text=text)
        return self.spec(goods_id, spec=spec)

    def spec(self, goods_id: str, *, spec: str) -> str:
        """The same, in two parts."""
        return sku_subject(_goods_id(goods_id), spec.strip())


def _goods_id(text: str) -> str:
    found = identifier(clean(text))
    if not _GOODS_ID.fullmatch(found):
        raise Unusable(_NOT_GOODS, text=text)
    return found


def end_of(text: str, *, now: datetime) -> datetime:
    """When a hold is over: the midnight that ends a day, or a moment (without offset: of `now`'s zone).

    Raises Unusable for text that is neither, or lies in the past.
    """
    written = text.strip().replace("/", "-")
    try:
        moment = _midnight_after(written, now=now) if _DAY.fullmatch(written) else datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        raise Unusable(_NOT_A_DAY, text=text, example=f"{now:%Y}") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
    if aware <= now:
        raise Unusable(_OVER, text=text)
    return aware


def _midnight_after(day: str, *, now: datetime) -> datetime:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), tzinfo=now.tzinfo)
