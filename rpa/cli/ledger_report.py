"""`rpa report` and `rpa ledger show`: the report over many runs, and the ledger."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.cli.console import asked, console
from rpa.discovery import words_of
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.actions import State
from rpa.ledger.details import in_words
from rpa.ledger.ledger import Ledger
from rpa.plugins import load_config
from rpa.printable import json_text
from rpa.toml.document import meant_instead

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.actions import Action
    from rpa.ledger.verification import LedgerInDoubt
    from rpa.report.columns import Layout
    from rpa.report.history import Span

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ALL_RUNS = Text(en="All runs", zh="全部运行")
_NO_ROWS = Text(en="No run has a row ({span}). Nothing was written.", zh="没有任何记录（{span}），未生成文件。")
_REPORT = Text(en="Report", zh="报告")
_ROWS = Text(en="Rows: {rows}", zh="共 {rows} 行")
_EVER = Text(en="any day", zh="全部时间")
_NO_ACTIONS = Text(en="The ledger has no such action.", zh="记录中没有符合条件的操作。")
_TITLES = (
    Text(en="Shop", zh="店铺"),
    Text(en="Kind", zh="类型"),
    Text(en="{Noun}", zh="{noun}"),
    Text(en="State", zh="状态"),
    Text(en="What was sent", zh="提交内容"),
    Text(en="Changed", zh="更新时间"),
    Text(en="Run", zh="运行编号"),
    Text(en="Details", zh="说明"),
)
STATE_WORDS = {
    State.SUBMITTING: (Text(en="being sent", zh="提交中"), "yellow"),
    State.DONE: (Text(en="done", zh="已完成"), "green"),
    State.REFUSED: (Text(en="refused by the site", zh="后台拒绝"), "dark_orange"),
    State.NOT_DONE: (Text(en="not done", zh="未完成"), "dim"),
    State.CONFLICT: (Text(en="conflict", zh="与后台不一致"), "bold red"),
    State.UNKNOWN: (Text(en="unknown", zh="结果不明"), "bold red"),
    State.HANDED_OVER: (Text(en="handed over", zh="已移交"), "cyan"),
    State.SUPERSEDED: (Text(en="superseded", zh="已被替换"), "dim"),
}
"""How people read each state, and in which style."""
_WHY = Text(en="What did you see on the site?", zh="您在后台看到了什么？")

_BACKWARDS = Text(
    en="--from {since} is after --to {until}; give the earlier day first.",
    zh="--from {since} 晚于 --to {until}；请把较早的日期写在前面。",
)
_NO_DAY = Text(
    en="{option} {text} is not a day; write it as year-month-day, for example 2026-03-09.",
    zh="{option} {text} 不是日期；请写成 年-月-日，例如 2026-03-09。",
)
_NO_REASON = Text(
    en="An answer needs its reason: add --reason with what you saw on the site. Nothing was recorded.",
    zh="答复需要写明理由：请用 --reason 说明您在后台看到的情况。未做任何记录。",
)


def write_report(config_path: Path | None, *, since: str | None, until: str | None, shops: Sequence[str]) -> None:
    """Write the rows of many runs into one CSV and XLSX in var/reports/history-…, and print totals and where they lie.

    Raises ConfigError for a day that is none, or an unknown shop.
    """
    from rpa.report.finishing import ReportStyle
    from rpa.report.history import Span, collect, write_history
    from rpa.report.terminal import totals_table

    config = load_config(config_path)
    chosen = frozenset(shop.name for shop in config.meant(shops)) if shops else None
    span = Span(since=_day("--from", since), until=_day("--to", until), shops=chosen)
    if span.since and span.until and span.since > span.until:
        raise ConfigError(_BACKWARDS.with_words(since=since, until=until))
    if next(collect(config.var, span=span), None) is None:
        console().print(_NO_ROWS.of(config.language, span=_said(span, shops=shops, language=config.language)))
        return
    layout = _layout_of_all_flows().in_currencies(*_currencies(config, chosen))
    style = ReportStyle(layout=layout, name=_ALL_RUNS, language=config.language, zone=config.zone, folder=config.folder)
    history = write_history(
        config.var, into=config.var / "reports" / _folder(span, shops=shops), span=span, style=style
    )
    console().print(totals_table(history.totals, language=config.language))
    console().print(_ROWS.of(config.language, rows=sum(history.totals.values())))
    for path in (history.xlsx, history.csv):
        console().print(f"{_REPORT.of(config.language)}: {path}", soft_wrap=True)


def _currencies(config: Config, shops: frozenset[str] | None) -> Iterator[str]:
    """Those of these shops, all if None; a shop whose profile cannot be read has none."""
    from rpa.elements.registry import load_profile

    meant = config.shops.values() if shops is None else [config.shop(name) for name in shops]
    for platform in sorted({shop.platform for shop in meant}):
        with suppress(ConfigError):
            yield load_profile(platform, folder=config.selectors).currency


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise ConfigError(_NO_DAY.with_words(option=option, text=text)) from None


def _said(span: Span, *, shops: Sequence[str], language: Language) -> str:
    days = f"{span.since or '…'} – {span.until or '…'}" if span.since or span.until else _EVER.of(language)
    return ", ".join([days, *sorted(set(shops))])


def _folder(span: Span, *, shops: Sequence[str]) -> str:
    """By the shops and groups as they were named: a group's shops may be hundreds."""
    return "-".join(["history", str(span.since or "start"), str(span.until or "end"), *sorted(set(shops))])


def _layout_of_all_flows() -> Layout:
    """The columns of every flow's report, each once, as the flows lay them out."""
    from rpa.plugins import flows
    from rpa.report.columns import RUN_COLUMNS, Layout

    in_order = sorted(flows().values(), key=lambda flow: (not flow.writes, flow.name))
    layouts = [flow.report.layout for flow in in_order]
    columns = {column.key: column for layout in layouts for column in layout.columns} or {c.key: c for c in RUN_COLUMNS}
    first = dict.fromkeys(key for layout in layouts for key in layout.first)
    return Layout(
        columns=tuple(columns.values()), first=tuple(first), subject=layouts[0].subject if layouts else "run_id"
    )


def show_ledger(
    config_path: Path | None, *, shops: Sequence[str], state: str | None, limit: int | None, as_json: bool
) -> None:
    """Print the actions in these shops and "@group"s, newest first: a table, or one JSON list.

    No shop named: all actions, also those in shops that have left rpa.toml. Raises ConfigError for an unknown shop or
    state.
    """
    config = load_config(config_path)
    names = [shop.name for shop in config.meant(shops)] if shops else [None]
    wanted = None if state is None else _state(state)
    with readable_ledger(config) as ledger:
        found = [action for name in names for action in ledger.actions.search(name, state=wanted, limit=limit)]
    actions = sorted(found, key=lambda action: action.id, reverse=True)[:limit]
    if as_json:
        sys.stdout.write(json_text([action.to_json() for action in actions]) + "\n")
    elif actions:
        console().print(_table(actions, language=config.language))
    else:
        console().print(_NO_ACTIONS.of(config.language))


def _state(text: str) -> State:
    known = [state.value for state in State]
    if text not in known:
        near, every = meant_instead(text, known), ", ".join(known)
        raise ConfigError(
            Text(
                en=f'There is no state "{text}"{near.en} (all: {every})',
                zh=f"没有“{text}”这个状态{near.zh}（全部：{every}）",
            )
        )
    return State(text)


@contextmanager
def opened_ledger(config: Config) -> Iterator[Ledger]:
    """The project's ledger, made if need be, closed at the end."""
    config.var.mkdir(parents=True, exist_ok=True)
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        yield ledger


@contextmanager
def readable_ledger(config: Config) -> Iterator[Ledger]:
    """The project's ledger, to be read: a doubt about it is a warning, as long as there is something to be read."""

    def warn(doubt: LedgerInDoubt) -> None:
        console(stderr=True).print(doubt.in_words(config.language), style="bold red", soft_wrap=True)

    config.var.mkdir(parents=True, exist_ok=True)
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock, doubted=warn) as ledger:
        yield ledger


def _table(actions: Sequence[Action], *, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    words = words_of({action.kind for action in actions})
    for title in _TITLES:
        table.add_column(title.of(language, **words.gaps()), overflow="fold")
    for action in actions:
        word, style = STATE_WORDS[action.state]
        sent = " ".join(value for value in action.payload.values() if value)
        changed = action.updated_at.strftime("%Y-%m-%d %H:%M")
        state = Styled(word.of(language), style=style)
        table.add_row(
            action.shop,
            action.kind,
            action.subject,
            state,
            sent,
            changed,
            action.run_id,
            _details(action, language=language),
        )
    return table


def _details(action: Action, *, language: Language) -> str:
    return " · ".join(filter(None, (in_words(action.detail).of(language), action.answered_by)))


def reason_given(given: str, *, language: Language) -> str:
    """This reason, else the one that the person at the terminal types. Raises ConfigError when there is none."""
    why = given.strip()
    if not why and sys.stdin.isatty():
        why = asked(_WHY, language=language)
    if not why:
        raise ConfigError(_NO_REASON)
    return why
