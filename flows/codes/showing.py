"""`rpa codes show`: the codes of one order, in clear, for a person whose name is kept."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from flows.codes.model import CardCode
from flows.codes.named import owner_named
from flows.codes.stocks import owner_words, pool_words
from rpa.cli.console import console, person_named
from rpa.cli.ledger_report import opened_ledger
from rpa.credentials import find_key
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.sealed_stock import Did, ItemState, Opened
from rpa.ledger.sealing import Seal
from rpa.plugins import load_config
from rpa.printable import json_text

if TYPE_CHECKING:
    from rpa.ledger.sealed_stock import ItemEvent

_NONE = Text(en="Order {order} has no codes{where}.", zh="订单 {order} 没有卡密{where}。")
_IN = Text(en=" in {owner}", zh="（{owner}）")
_TITLES = (
    Text(en="No.", zh="编号"),
    Text(en="Stock and goods", zh="库存和商品"),
    Text(en="Card number", zh="卡号"),
    Text(en="Code", zh="卡密"),
    Text(en="State", zh="状态"),
)
STATES = {
    ItemState.FREE: Text(en="free", zh="可用"),
    ItemState.RESERVED: Text(en="reserved", zh="已预留"),
    ItemState.SENT: Text(en="sent", zh="已发"),
    ItemState.VOID: Text(en="void", zh="作废"),
}
_DID = {
    Did.RESERVED: Text(en="reserved", zh="预留"),
    Did.RELEASED: Text(en="released", zh="释放"),
    Did.SHOWN: Text(en="opened", zh="打开"),
    Did.SENT: Text(en="sent", zh="发出"),
    Did.VOIDED: Text(en="voided", zh="作废"),
    Did.MOVED: Text(en="moved", zh="转移"),
}
_KEPT = Text(
    en="It is kept that {by} looked at these codes now. They stand here in clear: close the window afterwards.",
    zh="已记录：{by} 于此时查看了卡密。以上为明文，看完请关闭窗口。",
)
_EVENT = Text(en="  {at}  {did} ({by}) {detail}", zh="  {at}  {did}（{by}）{detail}")
_THEIRS = frozenset({ItemState.RESERVED, ItemState.SENT, ItemState.VOID})


def show_codes(
    config_path: Path | None,
    order: str,
    *,
    shop: str | None,
    stock: str | None,
    by: str,
    reason: str,
    as_json: bool,
) -> None:
    """Print the codes that this order has in this stock (none named: in any). Raises ConfigError when it has none.

    That they were opened, by whom and when, is in the ledger before anything is printed.
    """
    config = load_config(config_path)
    who, key = person_named(by), find_key()
    named = shop is not None or stock is not None
    owner = owner_named(config, shop=shop, stock=stock) if named else None
    with opened_ledger(config) as ledger:
        items = ledger.sealed_stock.search(owner, subject=order.strip())
        if not items:
            where = _IN.with_words(owner=owner_words(owner)) if owner else ""
            raise ConfigError(_NONE.with_words(order=order, where=where))
        opened: list[Opened] = []
        for each in dict.fromkeys(item.owner for item in items):
            theirs = [item for item in items if item.owner == each]
            seal = Seal(key, owner=each)
            opened += ledger.sealed_stock.reveal(seal, items=theirs, by=who, reason=reason, states=_THEIRS)
        events = ledger.sealed_stock.events(each.item for each in opened)
    if as_json:
        sys.stdout.write(json_text([_to_json(each, events=events) for each in opened]) + "\n")
        return
    console().print(_table(opened, language=config.language))
    for event in _each_once(events):
        console().print(_told(event, language=config.language), soft_wrap=True)
    console(stderr=True).print(_KEPT.of(config.language, by=who), style="yellow", soft_wrap=True)


def _table(opened: Sequence[Opened], *, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _TITLES:
        table.add_column(title.of(language), overflow="fold")
    for each in opened:
        code, item = CardCode.of_content(each.content), each.item
        where = f"{owner_words(item.owner).of(language)}\n{pool_words(item.pool).of(language)}"
        table.add_row(str(item.id), where, code.number, code.secret, STATES[item.state].of(language))
    return table


def _each_once(events: Sequence[ItemEvent]) -> list[ItemEvent]:
    """What was done to several codes at once is told once."""
    return list({(each.did, each.by, each.at, each.detail): each for each in events}.values())


def _told(event: ItemEvent, *, language: Language) -> str:
    at = f"{event.at:%Y-%m-%d %H:%M:%S}"
    return _EVENT.of(language, at=at, did=_DID[event.did], by=event.by, detail=event.detail).rstrip()


def _to_json(opened: Opened, *, events: Sequence[ItemEvent]) -> dict[str, Any]:
    code, item = CardCode.of_content(opened.content), opened.item
    return {
        "number": item.id,
        "stock": item.owner,
        "pool": item.pool,
        "batch": item.batch,
        "row": item.place,
        "shop": item.shop,
        "order": item.subject,
        "position": item.position,
        "state": item.state.value,
        "card_number": code.number,
        "code": code.secret,
        "history": [
            {"did": each.did.value, "by": each.by, "at": each.at.isoformat(), "detail": each.detail}
            for each in events
            if each.item_id == item.id
        ],
    }
