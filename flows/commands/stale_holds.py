"""`rpa holds lift --stale`: holds whose audit is over by every sign, though no result notice came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from flows.commands.answered import agree_with_answers, release
from flows.commands.held import Held, held_in
from flows.commands.subjects import Named
from rpa.cli.console import agreed, console, person_named
from rpa.cli.ledger_report import opened_ledger, reason_given
from rpa.clock import minute
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.ledger.ledger import Ledger

_NONE = Text(
    en="No hold in {shop} is stale: none shows every sign clear on two looks at least 30 minutes apart.",
    zh="{shop} 没有可解除的拦截：需间隔至少 30 分钟的两次读取中，审核标记都已消失。",
)
_HEAD = Text(
    en="These orders of {shop} are held by a notice, but every sign of the audit was gone at both looks:",
    zh="{shop} 的以下订单被站内信拦截，但两次读取时审核标记均已消失：",
)
_TITLES = (
    Text(en="Order", zh="订单"),
    Text(en="Held since", zh="拦截时间"),
    Text(en="Clear at", zh="两次读取"),
    Text(en="Evidence", zh="截图"),
)
_QUESTION = Text(en="Lift all {count}?", zh="全部解除（{count} 个）？")
_SAID_NO = Text(en="Nothing was lifted.", zh="未解除。")
_LIFTED = Text(en="Lifted in {shop}: {count} ({by}: {reason}).", zh="{shop} 已解除 {count} 个（{by}：{reason}）。")
_NOT_ANY_MORE = Text(en="Left held, not stale any more: {orders}.", zh="情况有变，未解除：{orders}。")


def lift_stale_holds(
    config_path: Path | None, shop: str, *, named: Named, cause: str | None, reason: str, by: str | None, yes: bool
) -> None:
    """Show all stale holds of the shop with what was seen of each, ask once, and lift them.

    Raises ConfigError when something is named beside `--stale`, or without a reason or a name.
    """
    config = load_config(config_path)
    config.shop(shop)
    if not named.empty or cause is not None:
        raise ConfigError("--stale lifts all stale holds of the shop; name no order, goods, spec or cause beside it.")
    language = config.language
    with opened_ledger(config) as ledger:
        found = _stale(ledger, shop)
        if not found:
            console().print(_NONE.of(language, shop=shop))
            return
        who, why = person_named(by), reason_given(reason, language=language)
        console().print(_HEAD.of(language, shop=shop), style="bold")
        console().print(_table(found, language=language, now=config.clock.now()))
        if not yes and not _agrees(len(found), language=language):
            console().print(_SAID_NO.of(language), style="yellow")
            return
        still = {held.hold.subject for held in _stale(ledger, shop)}
        lifted = [held.hold for held in found if held.hold.subject in still]
        release(ledger, shop, holds=lifted, by=who, reason=why)
        agree_with_answers(ledger, shop)
    console().print(_LIFTED.of(language, shop=shop, count=len(lifted), by=who, reason=why), soft_wrap=True)
    changed = [held.hold.subject for held in found if held.hold.subject not in still]
    if changed:
        console().print(_NOT_ANY_MORE.of(language, orders=", ".join(changed)), style="yellow")


def _stale(ledger: Ledger, shop: str) -> list[Held]:
    return [held for held in held_in(ledger, shop) if held.stale]


def _agrees(count: int, *, language: Language) -> bool:
    words = {"count": count}
    return agreed(_QUESTION.with_words(**words), language=language)


def _table(found: Sequence[Held], *, language: Language, now: datetime) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _TITLES:
        table.add_column(title.of(language), overflow="fold")
    for held in found:
        left = held.time_left(language)
        order = Styled("\n").join(
            [Styled(held.hold.subject, style="bold"), *([Styled(left, style="yellow")] * bool(left))]
        )
        table.add_row(order, minute(held.since, like=now), _looks(held, now=now), held.evidence)
    return table


def _looks(held: Held, *, now: datetime) -> str:
    looks = (held.clear.first_at, held.clear.last_at) if held.clear else ()
    return "\n".join(minute(look, like=now) for look in looks)
