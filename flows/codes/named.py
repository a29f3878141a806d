"""The stock and the goods that a person names on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.codes.stocks import owner_of_shared, owner_of_shop, pool_of
from flows.orders.cells import clean, identifier
from rpa.errors import ConfigError
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import Config

_GOODS_ID: Final = re.compile(r"\d{1,19}", re.ASCII)
_NAME: Final = re.compile(r"[\w-]{1,50}")
_WHICH = Text(
    en="There are several shops; say whose stock it is with --shop, or name a shared one with --stock.",
    zh="有多个店铺；请用 --shop 指定店铺，或用 --stock 指定共享库存。",
)
_BOTH = Text(en="--shop and --stock exclude one another.", zh="--shop 与 --stock 不能同时使用。")
_NO_NAME = Text(
    en='"{name}" is no name for a stock: letters, digits, - and _, at most 50.',
    zh="“{name}”不能作为库存名称：只能用文字、数字、- 和 _，最多 50 个字符。",
)
_NOT_GOODS = Text(en='"{text}" is not a goods id; one has digits only.', zh="“{text}”不是商品 ID；商品 ID 只有数字。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A stock, and goods in it, as they were typed."""

    shop: str | None
    stock: str | None
    goods: str
    spec: str

    def owner(self, config: Config) -> str:
        """As `owner_named`."""
        return owner_named(config, shop=self.shop, stock=self.stock)

    @property
    def goods_id(self) -> str:
        """Raises ConfigError for what is none."""
        found = identifier(clean(self.goods))
        if not _GOODS_ID.fullmatch(found):
            raise ConfigError(_NOT_GOODS.with_words(text=self.goods))
        return found

    @property
    def pool(self) -> str:
        """The pool of these goods. Raises ConfigError."""
        return pool_of(self.goods_id, self.spec)


def owner_named(config: Config, *, shop: str | None, stock: str | None) -> str:
    """The owner of this stock; none named: of the only shop's. Raises ConfigError."""
    if shop is not None and stock is not None:
        raise ConfigError(_BOTH)
    if stock is not None:
        if not _NAME.fullmatch(stock):
            raise ConfigError(_NO_NAME.with_words(name=stock))
        return owner_of_shared(stock)
    if shop is None and len(config.shops) != 1:
        raise ConfigError(_WHICH)
    return owner_of_shop(config.shop(shop if shop is not None else next(iter(config.shops))).name)
