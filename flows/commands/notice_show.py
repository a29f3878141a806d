"""`rpa notices show`: one notice with its text, its files as they lie on disk now, and what it says of each order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from flows.commands.held import cause_words
from flows.commands.notice_files import STATES, Noticed, fact, notice_of
from flows.notices.api import Says
from rpa.cli.console import console
from rpa.cli.ledger_report import readable_ledger
from rpa.clock import minute
from rpa.documents.store import DocumentStore
from rpa.language import Language, Text
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.claims import Claim
    from rpa.ledger.documents import Document
    from rpa.ledger.ledger import Ledger

_SENT = Text(
    en="Notice {notice} of {shop}, sent {sent}, files until {expires} ({account})",
    zh="{shop} 的站内信 {notice}，发送于 {sent}，附件保留至 {expires}（{account}）",
)
_ANSWERED = Text(en="{by} answered: {reason}", zh="{by} 已处理：{reason}")
_FILE_TITLES = (
    Text(en="File", zh="文件"),
    Text(en="State", zh="状态"),
    Text(en="On disk", zh="磁盘"),
    Text(en="Where", zh="位置"),
)
_ORDER_TITLES = (
    Text(en="Order", zh="订单"),
    Text(en="The notice says", zh="站内信要求"),
    Text(en="Held now", zh="当前拦截"),
)
_WHOLE = Text(en="whole", zh="完好")
_DAMAGED = Text(en="damaged", zh="已损坏")
_MISSING = Text(en="missing", zh="已丢失")
_NO_TEXT = Text(en="Its text is not saved.", zh="正文尚未保存。")
_NO_ORDERS = Text(en="It names no order that the program knows.", zh="未识别到任何订单号。")
_FREE = Text(en="no", zh="否")
_BY = Text(en="{says} (said by {by})", zh="{says}（{by} 说明）")
SAYS = {
    Says.PROHIBITED: Text(en="do not ship", zh="禁止发货"),
    Says.SHIP: Text(en="ship", zh="可以发货"),
    Says.CLOSED: Text(en="closed, do not ship", zh="已关闭，不发货"),
    Says.UNCLEAR: Text(en="not understood", zh="无法识别"),
    Says.RELEASED: Text(en="released by a person", zh="人工放行"),
    Says.NOTHING: Text(en="nothing", zh="与此订单无关"),
}
"""What a notice says of an order, in words."""


def show_notice(config_path: Path | None, shop: str, *, notice_id: str) -> None:
    """Print the notice. Each file is read and compared with its hash now.

    Raises ConfigError for a shop or a notice that there is not.
    """
    config = load_config(config_path)
    config.shop(shop)
    language, now = config.language, config.clock.now()
    with readable_ledger(config) as ledger:
        found = notice_of(ledger, shop, notice_id=notice_id)
        orders = _order_table(ledger, found, language=language)
    for line in _head(found, language=language, now=now):
        console().print(line, soft_wrap=True)
    console().print(_text(found, config=config) or _NO_TEXT.of(language), soft_wrap=True)
    if found.files:
        console().print(_file_table(found, config=config))
    console().print(orders if orders.row_count else _NO_ORDERS.of(language))


def _head(found: Noticed, *, language: Language, now: datetime) -> Iterator[Styled]:
    notice = found.notice
    word, style = STATES[found.worst.state]
    yield Styled.assemble((found.title, "bold"), "  ", (word.of(language), style))
    expires = minute(notice.expires_at, like=now) if notice.expires_at else "–"
    words = {"notice": notice.name, "shop": notice.shop, "sent": minute(found.sent_at, like=now), "expires": expires}
    yield Styled(_SENT.of(language, **words, account=fact(notice, "account") or "–"), style="dim")
    explanation = found.explanation(language)
    if explanation:
        yield Styled(explanation, style="yellow")
    if fact(notice, "resolved_by"):
        words = {"by": fact(notice, "resolved_by"), "reason": fact(notice, "resolved_because")}
        yield Styled(_ANSWERED.of(language, **words), style="green")


def _text(found: Noticed, *, config: Config) -> str:
    """The notice's own words, as saved; empty where they are not on disk."""
    for file in found.files:
        if file.name.endswith("/0") and file.path:
            try:
                return f"\n{_place(file, config=config).read_text(encoding='utf-8', errors='replace').strip()}\n"
            except OSError:
                return ""
    return ""


def _file_table(found: Noticed, *, config: Config) -> Table:
    language = config.language
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _FILE_TITLES:
        table.add_column(title.of(language), overflow="fold")
    for file in found.files:
        word, style = STATES[file.state]
        size = "" if file.size_bytes is None else f" {file.size_bytes:,} B"
        on_disk = Styled.assemble(_on_disk(file, config=config), size) if file.path else Styled("–")
        place = str(_place(file, config=config)) if file.path else ""
        name = fact(file, "name") or file.name
        table.add_row(name, Styled(word.of(language), style=style), on_disk, place)
    return table


def _on_disk(file: Document, *, config: Config) -> tuple[str, str]:
    path = _place(file, config=config)
    if not path.is_file():
        return _MISSING.of(config.language), "bold red"
    if DocumentStore(_root(config, file.shop)).is_whole(path, sha256=file.sha256):
        return _WHOLE.of(config.language), "green"
    return _DAMAGED.of(config.language), "bold red"


def _place(file: Document, *, config: Config) -> Path:
    return _root(config, file.shop) / file.path


def _root(config: Config, shop: str) -> Path:
    return config.var / "documents" / shop


def _order_table(ledger: Ledger, found: Noticed, *, language: Language) -> Table:
    said = {mention.subject: mention for each in found.all for mention in ledger.mentions_of(each)}
    holds = ledger.holds(found.notice.shop)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _ORDER_TITLES:
        table.add_column(title.of(language), overflow="fold")
    for order_sn, mention in sorted(said.items()):
        now = "; ".join(cause_words(hold.cause, language=language) for hold in holds.get(order_sn, ()))
        table.add_row(order_sn, _said(mention, language=language), now or _FREE.of(language))
    return table


def _said(mention: Claim, *, language: Language) -> str:
    words = {each.value: text.of(language) for each, text in SAYS.items()}
    says = words.get(mention.says, mention.says)
    return _BY.of(language, says=says, by=mention.by) if mention.by else says
