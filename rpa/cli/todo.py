"""`rpa todo` and `rpa digest`: what they print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.cli.console import console
from rpa.cli.ledger_report import readable_ledger
from rpa.config import BrokenShop
from rpa.language import Language, Text
from rpa.monitoring.backlog import backlogs_of
from rpa.monitoring.reasons import ReasonCatalog
from rpa.monitoring.shop_words import addressed, named
from rpa.monitoring.tasks import each_by_itself, folded, tasks
from rpa.monitoring.wording import moment
from rpa.plugins import load_config
from rpa.printable import json_text

if TYPE_CHECKING:
    from rpa.monitoring.tasks import Line

SCHEMA_VERSION = 1
_TITLES = (
    Text(en="By", zh="最晚"),
    Text(en="Shop", zh="店铺"),
    Text(en="What", zh="内容"),
    Text(en="What to do", zh="处理办法"),
)
_NOTHING = Text(en="Nothing needs you.", zh="没有需要您处理的事项。")
_SHOPS = Text(en="{count} shops", zh="{count} 家店铺")
_COUNT = Text(en="{count}:", zh="{count} 项：")
_SHOP_ITSELF = Text(en="the shop", zh="整个店铺")
_PROGRAM = Text(en="the program", zh="程序")
_EACH = Text(en="`rpa todo --all` has each on a line of its own.", zh="rpa todo --all 逐项列出。")
_EXAMPLES, _SHOP_EXAMPLES = 3, 5
_LATE, _SOON = timedelta(0), timedelta(hours=2)


def show_todo(config_path: Path | None, names: Sequence[str], *, as_json: bool, every: bool) -> None:
    """Print what needs a person in these shops (none named: in all, and in the program itself), nearest deadline first.

    `every`: each subject on its own line. Raises ConfigError for an unknown shop or group.
    """
    config = load_config(config_path)
    meant = config.meant(names)
    shops, broken = [shop.name for shop in meant], [shop for shop in meant if isinstance(shop, BrokenShop)]
    now, words = config.clock.now(), ReasonCatalog.of_flows()
    with readable_ledger(config) as ledger:
        backlogs = backlogs_of(ledger, shops=shops, words=words)
        wanted = shops if names else [*shops, ""]
        found = tasks(ledger, shops=set(wanted), broken=broken, backlogs=backlogs, words=words, now=now)
    lines = each_by_itself(found) if every else folded(found)
    if as_json:
        document = {"schema_version": SCHEMA_VERSION, "at": now.isoformat()}
        _write({**document, "tasks": [_json(line, language=config.language) for line in lines]})
    elif lines:
        console().print(_table(lines, language=config.language, now=now))
        if any(line.count > _EXAMPLES for line in lines):
            console().print(_EACH.of(config.language))
    else:
        console().print(_NOTHING.of(config.language))


def _write(document: object) -> None:
    sys.stdout.write(json_text(document) + "\n")


def _json(line: Line, *, language: Language) -> dict[str, object]:
    return {
        "shops": list(line.shops),
        "code": line.code,
        "count": line.count,
        "subjects": list(line.subjects),
        "outcome": line.outcome or None,
        "deadline": line.deadline.isoformat() if line.deadline else None,
        "since": line.since.isoformat(),
        "detail": line.detail,
        "what_to_do": addressed(line.words, shops=line.shops, language=language),
    }


def _table(lines: Sequence[Line], *, language: Language, now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    by, shop, what, to_do = (title.of(language) for title in _TITLES)
    table.add_column(by, no_wrap=True)
    table.add_column(shop, overflow="fold", max_width=24)
    table.add_column(what, overflow="fold", max_width=32)
    table.add_column(to_do, overflow="fold", ratio=1)
    for line in lines:
        table.add_row(
            _deadline(line.deadline, now=now),
            Styled(_shops(line, language=language), style="bold"),
            Styled(_what(line, language=language)),
            _to_do(line, language=language),
        )
    return table


def _deadline(deadline: datetime | None, *, now: datetime) -> Styled:
    if deadline is None:
        return Styled("–", style="dim")
    left = deadline - now
    return Styled(moment(deadline), style="bold red" if left <= _LATE else "red" if left <= _SOON else "yellow")


def _shops(line: Line, *, language: Language) -> str:
    if len(line.shops) == 1:
        return line.shops[0] or _PROGRAM.of(language)
    count = _SHOPS.of(language, count=len(line.shops))
    return f"{count}\n{named(line.shops, language=language, most=_SHOP_EXAMPLES)}"


def _what(line: Line, *, language: Language) -> str:
    """The subjects, few of them by name; lines that concern a whole shop say so."""
    if not line.subjects:
        return "" if line.shops == ("",) else _SHOP_ITSELF.of(language)
    head = [_COUNT.of(language, count=line.count)] if line.count > 1 else []
    rest = ["…"] if line.count > _EXAMPLES else []
    return "\n".join([*head, *line.subjects[:_EXAMPLES], *rest])


def _to_do(line: Line, *, language: Language) -> Styled:
    """The sentence, and below it what else is known of what the line is about."""
    words = addressed(line.words, shops=line.shops, language=language)
    told = {line.words.of(language), *line.subjects}
    detail = f"\n{line.detail}" if line.detail and line.subjects and line.detail not in told else ""
    return Styled.assemble(words, (detail, "dim"))


def show_digest(config_path: Path | None) -> None:
    """Print the digest of the hours since the last one was due."""
    from rpa.notify.digest import newest_due, text

    config = load_config(config_path)
    at, now = config.digest.at, config.clock.now()
    day = now.date() if at is None else newest_due(at, now=now).date() + timedelta(days=1)
    with readable_ledger(config) as ledger:
        console().print(text(config, ledger, day=day), soft_wrap=True)
