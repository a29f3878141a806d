"""`rpa notices list`: is every notice saved, and which need somebody."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from flows.commands.notice_files import STATES, Noticed, fact, notices_of
from flows.notices.api import DOCUMENT_KIND
from flows.notices.coverage import Answer, Covered, answer
from flows.notices.gaps import gaps_of
from flows.notices.words import slot_hours_of
from rpa.cli.console import console
from rpa.cli.ledger_report import readable_ledger
from rpa.clock import minute
from rpa.elements.registry import load_profile
from rpa.language import Language, Text
from rpa.plugins import load_config
from rpa.printable import json_text

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

_ANSWERS = {
    Answer.YES: (Text(en="yes", zh="是"), "green"),
    Answer.NO: (Text(en="no", zh="否"), "bold red"),
    Answer.UNKNOWN: (Text(en="unknown", zh="不确定"), "bold yellow"),
}
_COVERAGE_TITLES = (
    Text(en="Shop", zh="店铺"),
    Text(en="Account", zh="账号"),
    Text(en="All saved?", zh="全部保存？"),
    Text(en="Known from", zh="起"),
    Text(en="until", zh="止"),
)
_NOTICE_TITLES = (
    Text(en="Notice", zh="站内信"),
    Text(en="State", zh="状态"),
    Text(en="What to do", zh="处理办法"),
)
_WORRY = Text(en="{shop}: {gap}", zh="{shop}：{gap}")
_NONE = Text(en="No notice needs you.", zh="没有需要您处理的站内信。")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """One line of the coverage table."""

    shop: str
    account: str
    covered: Covered


def list_notices(config_path: Path | None, *, shops: Sequence[str], every: bool, as_json: bool) -> None:
    """Print coverage and the notices that need somebody (`every`: all notices), of these shops (none named: of all).

    Raises ConfigError for an unknown shop.
    """
    config = load_config(config_path)
    names = [shop.name for shop in (config.chosen(shops) if shops else config.shops.values())]
    now = config.clock.now()
    with readable_ledger(config) as ledger:
        known = {name: notices_of(ledger, name) for name in names}
        accounts = [each for name in names for each in _accounts(ledger, config, name, known[name])]
    chosen = [each for found in known.values() for each in found if every or each.needs_person]
    if as_json:
        document = {
            "coverage": [_coverage_json(each) for each in accounts],
            "notices": [_json(each) for each in chosen],
        }
        sys.stdout.write(json_text(document) + "\n")
        return
    _tell(accounts, chosen, language=config.language, now=now)


def _accounts(ledger: Ledger, config: Config, shop: str, known: Sequence[Noticed]) -> Iterator[_Account]:
    """The shop's accounts that were ever asked for notices; one without a name where there is none."""
    hours = slot_hours_of(load_profile(config.shop(shop).platform, folder=config.selectors))
    coverages = ledger.coverage(shop, kind=DOCUMENT_KIND)
    documents = [document for each in known for document in each.all]
    names = {each.account for each in coverages} | {fact(each.notice, "account") for each in known}
    for account in sorted(names) or [""]:
        yield _Account(
            shop=shop,
            account=account,
            covered=answer(
                [each for each in coverages if each.account == account],
                [each for each in documents if fact(each, "account") == account],
                ledger.site_now(shop),
                hours=hours,
            ),
        )


def _tell(accounts: Sequence[_Account], chosen: Sequence[Noticed], *, language: Language, now: datetime) -> None:
    console().print(_coverage_table(accounts, language=language, now=now))
    for each in accounts:
        for line in _gaps(each, language=language, now=now):
            console().print(Styled(line, style="yellow"), soft_wrap=True)
    if chosen:
        console().print(_notice_table(chosen, language=language, now=now))
    else:
        console().print(_NONE.of(language))


def _coverage_table(accounts: Sequence[_Account], *, language: Language, now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _COVERAGE_TITLES:
        table.add_column(title.of(language), overflow="fold")
    for each in accounts:
        word, style = _ANSWERS[each.covered.answer]
        span = (each.covered.since, each.covered.until)
        times = ["–" if moment is None else minute(moment, like=now) for moment in span]
        table.add_row(each.shop, each.account or "–", Styled(word.of(language), style=style), *times)
    return table


def _gaps(each: _Account, *, language: Language, now: datetime) -> Iterator[str]:
    read = f"rpa run audit-notices {each.shop}"
    for gap in gaps_of(each.covered, shop=each.shop, read=read, now=now):
        yield _WORRY.of(language, shop=each.shop, gap=gap.of(language))


def _notice_table(chosen: Sequence[Noticed], *, language: Language, now: datetime) -> Table:
    """Few columns with several lines each, so that a narrow terminal can show it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _NOTICE_TITLES:
        table.add_column(title.of(language), overflow="fold", ratio=2 if title is _NOTICE_TITLES[-1] else None)
    for each in chosen:
        word, style = STATES[each.worst.state]
        head = Styled("\n").join(
            [
                Styled.assemble((each.notice.name, "bold"), f" {each.notice.shop}"),
                Styled(each.title),
                Styled(minute(each.sent_at, like=now), style="dim"),
            ]
        )
        what = each.explanation(language)
        table.add_row(head, Styled(word.of(language), style=style), what, end_section=True)
    return table


def _coverage_json(each: _Account) -> dict[str, object]:
    covered = each.covered
    return {
        "shop": each.shop,
        "account": each.account,
        "answer": covered.answer.value,
        "since": _iso(covered.since),
        "until": _iso(covered.until),
        "doubt": covered.doubt,
        "lost": [
            {"since": _iso(span.since), "until": _iso(span.until), "notices": list(span.notices)}
            for span in covered.lost
        ],
        "unsaved": list(covered.unsaved),
        "expiring": list(covered.expiring),
        "overdue": covered.overdue,
    }


def _json(each: Noticed) -> dict[str, object]:
    notice = each.notice
    return {
        "shop": notice.shop,
        "notice": notice.name,
        "title": each.title,
        "kind": fact(notice, "kind"),
        "account": fact(notice, "account"),
        "state": notice.state.value,
        "sent_at": _iso(each.sent_at),
        "expires_at": _iso(notice.expires_at),
        "reason": fact(each.worst, "reason"),
        "message": fact(each.worst, "message"),
        "files": [
            {
                "name": fact(file, "name"),
                "state": file.state.value,
                "path": file.path,
                "size_bytes": file.size_bytes,
                "sha256": file.sha256,
            }
            for file in each.files
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
