"""`rpa holds list`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from flows.commands.held import Held, cause_words, held_in
from rpa.cli.console import console
from rpa.cli.ledger_report import readable_ledger
from rpa.clock import minute
from rpa.language import Language, Text
from rpa.plugins import load_config
from rpa.printable import json_text

_NONE = Text(en="Nothing is held.", zh="没有被拦截的订单。")
_TITLES = (
    Text(en="Shop", zh="店铺"),
    Text(en="Held", zh="拦截"),
    Text(en="Since", zh="时间"),
    Text(en="Why", zh="原因"),
)
_RELEASES = Text(en="Released by", zh="解除条件")
_UNTIL = Text(en="until {until}", zh="至 {until}")
_STALE = Text(en="stale: every sign of the audit is gone", zh="审核标记已全部消失")
_COUNT = Text(
    en="{held} held, {stale} of them stale: look at those on the site, then `rpa holds lift SHOP --stale`.",
    zh="共拦截 {held} 项，其中 {stale} 项审核标记已消失：请在后台核对后运行 rpa holds lift 店铺 --stale。",
)


def list_holds(config_path: Path | None, *, shops: Sequence[str], as_json: bool) -> None:
    """Print the active holds of these shops and "@group"s (none named: of all): a table, or one JSON list.

    Raises ConfigError for an unknown shop.
    """
    config = load_config(config_path)
    names = [shop.name for shop in config.meant(shops)]
    with readable_ledger(config) as ledger:
        found = [held for name in names for held in held_in(ledger, name)]
    now = config.clock.now()
    if as_json:
        sys.stdout.write(json_text([held.to_json() for held in found]) + "\n")
        return
    if not found:
        console().print(_NONE.of(config.language))
        return
    console().print(holds_table(found, language=config.language, now=now))
    stale = sum(held.stale for held in found)
    if stale:
        console().print(_COUNT.of(config.language, held=len(found), stale=stale))


def holds_table(found: Sequence[Held], *, language: Language, now: datetime) -> Table:
    """One row a hold, few columns with several lines each, so that a narrow terminal can show it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_lines=False)
    table.add_column(_TITLES[0].of(language), overflow="fold")
    for title in _TITLES[1:]:
        table.add_column(title.of(language), overflow="fold", ratio=3 if title is _TITLES[-1] else None)
    for held in found:
        table.add_row(
            held.shop,
            _what(held, language=language),
            _since(held, language=language, now=now),
            _why(held, language=language),
            end_section=True,
        )
    return table


def _what(held: Held, *, language: Language) -> Styled:
    left = held.time_left(language)
    lines = [Styled(held.what(language), style="bold"), Styled(left, style="yellow" if left else "")]
    return Styled("\n").join(line for line in lines if line.plain)


def _since(held: Held, *, language: Language, now: datetime) -> Styled:
    hold = held.hold
    until = _UNTIL.of(language, until=minute(hold.until, like=now)) if hold.until else ""
    return Styled("\n".join(filter(None, (minute(held.since, like=now), hold.held_by, until))))


def _why(held: Held, *, language: Language) -> Styled:
    cause = Styled(cause_words(held.hold.cause, language=language), style="yellow")
    if held.stale:
        cause = Styled(_STALE.of(language), style="bold red")
    release = Styled.assemble((f"{_RELEASES.of(language)}: ", "dim"), held.released_by(language))
    return Styled("\n").join([cause, Styled(held.hold.reason), release])
