"""`rpa ledger accept`: a person takes the ledger as it is, and is told what came back."""

from __future__ import annotations

from pathlib import Path

from rpa.cli.console import console, person_named
from rpa.cli.ledger_report import reason_given
from rpa.discovery import after_acceptance, delivery_kinds, words_of
from rpa.language import Text
from rpa.ledger.acceptance import accept
from rpa.ledger.shop_lock import RunLock
from rpa.plugins import load_config
from rpa.scheduler.instance_lock import InstanceLock

_ACCEPTED = Text(
    en="Accepted by {by}: {reason}. Back from {journal}: {holds} holds, {actions} actions.",
    zh="已确认（{by}：{reason}）。从 {journal} 恢复：拦截 {holds} 项，操作 {actions} 项。",
)
_NO_JOURNAL = Text(
    en="{journal} was not there: nothing could be brought back. Hold again what must not be {done} (rpa holds add), "
    "and wait for the end of all that was handed over to the site, before the next live run.",
    zh="没有找到 {journal}，无法恢复任何内容。正式运行之前，请重新拦截不能{does}的{noun}（rpa holds add），"
    "并等待已移交后台的操作全部结束。",
)
_ITEMS = Text(
    en="{count} items of encrypted stocks are given away again, as they were before.",
    zh="加密库存中有 {count} 项恢复为已给出的状态。",
)
_UNREADABLE = Text(
    en="{count} lines of it cannot be read; compare `rpa holds list` with what you know.",
    zh="其中 {count} 行无法读取；请用 rpa holds list 核对。",
)
_NEXT = Text(en="What is open is looked at on the site first.", zh="未完结的操作会先到后台核实。")


def accept_ledger(config_path: Path | None, *, by: str | None, reason: str) -> None:
    """Accept the ledger, and print what is back.

    Raises ConfigError without a doubt about it, a name or a reason, or while a run or a scheduler is there.
    """
    config = load_config(config_path)
    language, file = config.language, config.var / "ledger.sqlite3"
    who, why = person_named(by), reason_given(reason, language=language)
    journal = config.var / "journal-ledger.jsonl"
    was_there = journal.exists()
    with InstanceLock(config):
        for shop in config.known:  # one by one: no new run begins while there is a doubt
            with RunLock(config.var / "locks", shop=shop, clock=config.clock):
                pass
        accepted = accept(file, by=who, reason=why, clock=config.clock)
    said = [
        _ACCEPTED.of(language, by=who, reason=why, journal=journal.name, holds=accepted.holds, actions=accepted.actions)
    ]
    if accepted.items:
        said.append(_ITEMS.of(language, count=accepted.items))
    if accepted.unreadable:
        said.append(_UNREADABLE.of(language, count=accepted.unreadable))
    next_steps = (
        [_NEXT, *after_acceptance()]
        if was_there
        else [_NO_JOURNAL.with_words(**words_of(delivery_kinds()).gaps(), journal=journal.name)]
    )
    said += [step.of(language) for step in next_steps]
    console().print(*said, sep="\n", soft_wrap=True)
