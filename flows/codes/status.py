"""`rpa codes status`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from flows.codes.levels import Level, levels
from flows.codes.named import owner_named
from flows.codes.stocks import goods_of, owner_words, pool_words
from rpa.cli.console import console
from rpa.cli.ledger_report import readable_ledger
from rpa.language import Language, Text
from rpa.plugins import load_config
from rpa.printable import json_text

_EMPTY = Text(
    en="There are no codes yet: rpa codes import FILE --goods GOODS_ID",
    zh="还没有卡密：rpa codes import 文件 --goods 商品ID",
)
_TITLES = (
    Text(en="Stock", zh="库存"),
    Text(en="For", zh="商品"),
    Text(en="Free", zh="可用"),
    Text(en="Reserved", zh="已预留"),
    Text(en="Sent", zh="已发"),
    Text(en="Void", zh="作废"),
    Text(en="A day", zh="每天发出"),
    Text(en="Days left", zh="可用天数"),
)
_WORDS = 2
"""So many columns are words; the others are numbers."""


def show_status(config_path: Path | None, *, shop: str | None, stock: str | None, goods: str, as_json: bool) -> None:
    """Print the levels of this stock (none named: of all), of all goods or of these: a table, or one JSON list.

    Raises ConfigError for an unknown shop.
    """
    config = load_config(config_path)
    named = shop is not None or stock is not None
    owner = owner_named(config, shop=shop, stock=stock) if named else None
    with readable_ledger(config) as ledger:
        found = levels(ledger, owner, now=config.clock.now())
    found = [level for level in found if goods in {"", goods_of(level.pool)[0]}]
    if as_json:
        sys.stdout.write(json_text([level.to_json() for level in found]) + "\n")
    elif found:
        console().print(_table(found, language=config.language))
    else:
        console().print(_EMPTY.of(config.language), soft_wrap=True)


def _table(found: Sequence[Level], *, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, title in enumerate(_TITLES):
        table.add_column(title.of(language), overflow="fold", justify="left" if number < _WORDS else "right")
    for level in found:
        left = "" if level.days_left is None else f"{level.days_left:.1f}"
        numbers = (level.free, level.reserved, level.sent, level.void)
        table.add_row(
            owner_words(level.owner).of(language),
            pool_words(level.pool).of(language),
            *map(str, numbers),
            f"{level.per_day:.1f}" if level.per_day else "",
            left,
            style="" if level.free else "yellow",
        )
    return table
