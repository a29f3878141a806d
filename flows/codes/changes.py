"""`rpa codes move` and `rpa codes void`: what a person does with codes that nobody is to get, or for other goods."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.codes.model import SHOWN
from flows.codes.named import Named, owner_named
from flows.codes.stocks import owner_words, pool_words
from rpa.cli.console import console, person_named
from rpa.cli.ledger_report import opened_ledger
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.ledger.sealed_stock import ItemState
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.sealed_stock import SealedItem

_FEWER = Text(
    en="There are {free} free codes for {pool}, and {wanted} are to be moved; nothing was moved.",
    zh="{pool} 只有 {free} 个可用卡密，要转移 {wanted} 个；未做任何更改。",
)
_MOVED = Text(
    en="Moved: {count} codes from {pool} to {to} ({by}: {reason}).",
    zh="已转移：{count} 个卡密，从 {pool} 到 {to}（{by}：{reason}）。",
)
_SAME = Text(en="Both are the same goods; nothing was moved.", zh="两边是同一商品；未做任何更改。")
_CHOOSE = Text(
    en="Say which codes: their numbers, --batch, or --ending; one of them.",
    zh="请指定卡密：编号、--batch 或 --ending，三选一。",
)
_LONG_ENDING = Text(
    en="Give its last four characters, and never a whole code: others can read command lines. Nothing was voided.",
    zh="请只给出最后四个字符，不要在命令行写完整卡密（其他人可能看到）。未做任何更改。",
)
_NONE = Text(en="{owner} has no such code; nothing was voided.", zh="{owner} 没有这样的卡密；未做任何更改。")
_SEVERAL = Text(
    en="Several codes end so ({numbers}); give the number of the one that is meant. Nothing was voided.",
    zh="有多个卡密以此结尾（编号 {numbers}）；请给出编号。未做任何更改。",
)
_VOIDED = Text(
    en="Voided: {count} codes of {owner} ({by}: {reason}).", zh="已作废：{owner} 的 {count} 个卡密（{by}：{reason}）。"
)
_WITH_ORDERS = Text(
    en="{count} of them belong to orders: {orders}. Look at those: they get no other code by themselves.",
    zh="其中 {count} 个属于订单 {orders}；请处理这些订单，程序不会自动补发。",
)
_NO_REASON = Text(
    en="Say why with --reason, for whoever reads it later. Nothing was changed.",
    zh="请用 --reason 写明原因，方便日后查看。未做任何更改。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Who does it, and why, as they were typed."""

    reason: str
    by: str | None

    def checked(self) -> tuple[str, str]:
        """The name and the reason. Raises ConfigError when there is none."""
        if not self.reason.strip():
            raise ConfigError(_NO_REASON)
        return person_named(self.by), self.reason.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The codes that are meant, as they were typed."""

    ids: tuple[int, ...]
    batch: str | None
    ending: str | None

    def items(self, ledger: Ledger, owner: str) -> list[SealedItem]:
        """Them. Raises ConfigError when it is not clear which, or there is none."""
        if [bool(self.ids), self.batch is not None, bool(self.ending)].count(True) != 1:
            raise ConfigError(_CHOOSE)
        if self.ending and len(self.ending) > SHOWN:
            raise ConfigError(_LONG_ENDING)
        found = self._found(ledger, owner)
        if not found or len(found) < len(set(self.ids)):
            raise ConfigError(_NONE.with_words(owner=owner_words(owner).capitalized()))
        if self.ending and len(found) > 1:
            raise ConfigError(_SEVERAL.with_words(numbers=", ".join(str(each.id) for each in found)))
        return found

    def _found(self, ledger: Ledger, owner: str) -> list[SealedItem]:
        if self.ids:
            return ledger.sealed_stock.by_ids(owner, ids=self.ids)
        return ledger.sealed_stock.search(owner, batch=self.batch, last_four=self.ending)


def move_codes(
    config_path: Path | None, named: Named, *, to: Named, batch: str | None, count: int | None, why: Why
) -> None:
    """Move so many free codes (None: all) to other goods. Raises ConfigError, with nothing moved."""
    config = load_config(config_path)
    owner, pool, target = named.owner(config), named.pool, to.pool
    by, reason = why.checked()
    if pool == target:
        raise ConfigError(_SAME)
    with opened_ledger(config) as ledger:
        items = ledger.sealed_stock.search(owner, pool=pool, batch=batch, state=ItemState.FREE, limit=count)
        if not items or len(items) < (count or 0):
            raise ConfigError(_FEWER.with_words(free=len(items), pool=pool_words(pool), wanted=count or 1))
        moved = ledger.sealed_stock.move(owner, items=items, to=target, by=by, reason=reason)
    words = {"pool": pool_words(pool), "to": pool_words(target), "by": by, "reason": reason}
    console().print(_MOVED.of(config.language, count=moved, **words), soft_wrap=True)


def void_codes(config_path: Path | None, chosen: Chosen, *, shop: str | None, stock: str | None, why: Why) -> None:
    """Void these codes, whomever they belong to. Raises ConfigError, with nothing voided."""
    config = load_config(config_path)
    owner = owner_named(config, shop=shop, stock=stock)
    by, reason = why.checked()
    with opened_ledger(config) as ledger:
        items = chosen.items(ledger, owner)
        count = ledger.sealed_stock.void(owner, items=items, by=by, reason=reason)
    told = _VOIDED.of(config.language, count=count, owner=owner_words(owner), by=by, reason=reason)
    console().print(told, soft_wrap=True)
    with_orders = [each.subject for each in items if each.subject]
    if with_orders:
        orders = ", ".join(dict.fromkeys(with_orders))
        told = _WITH_ORDERS.of(config.language, count=len(with_orders), orders=orders)
        console().print(told, style="yellow", soft_wrap=True)
