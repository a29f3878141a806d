"""`rpa status`: the table of the shops, what is wrong in them, whether the scheduler is alive."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text as Styled

from rpa.cli.console import console
from rpa.cli.ledger_report import readable_ledger
from rpa.cli.status_table import shop_table, when
from rpa.config import BrokenShop
from rpa.errors import KickedOut
from rpa.language import Language, Text
from rpa.monitoring.backlog import backlogs_of
from rpa.monitoring.health import allowed_down, complaint, scheduler_of
from rpa.monitoring.reasons import ReasonCatalog
from rpa.monitoring.shop_words import addressed, named
from rpa.monitoring.shops import IN_A_ROW, shop_states
from rpa.monitoring.status_json import document
from rpa.monitoring.tasks import folded, tasks
from rpa.monitoring.wording import forecasts
from rpa.plugins import load_config
from rpa.printable import json_text

if TYPE_CHECKING:
    from rpa.ledger.incidents import Incident
    from rpa.monitoring.health import SchedulerHealth
    from rpa.monitoring.shops import ShopState

_EXIT_BAD = 3
_LINES, _NAMED, _RUNS_NAMED = 20, 5, 3

_WELL = Text(en="All is well.", zh="一切正常。")
_ALIVE = Text(en="Scheduler: working (sign of life {age} s ago).", zh="调度程序：运行中（{age} 秒前有响应）。")
_BETWEEN = Text(
    en="Scheduler: called with --once, the last time at {at}; nothing is overdue.",
    zh="调度程序：由 --once 定时调用，上次 {at}；没有逾期的计划。",
)
_NONE = Text(en="Scheduler: rpa.toml plans nothing.", zh="调度程序：rpa.toml 中没有计划任务。")
_LOST = Text(en="never started or cut off today: {runs}", zh="今天未启动或中断：{runs}")
_FAILED = Text(en="the last {count} runs did not come to their end", zh="最近 {count} 次运行均未完成")
_MORE = Text(en="… and {count} more; `rpa todo` tells.", zh="…… 另有 {count} 项，见 rpa todo。")
_TO_DO = Text(en="For you: {count}; `rpa todo` lists them.", zh="需要您处理：{count} 项，见 rpa todo。")
_PROGRAM = Text(en="The program", zh="程序")
_OF = Text(en="{shops}: {sentence}", zh="{shops}：{sentence}")


def show_status(config_path: Path | None, names: Sequence[str], *, as_json: bool, check: bool, max_down: str) -> None:
    """Print how these shops are doing (none named: all), worst first; `check`: one line, and exit code 3 if not well.

    `max_down`: how many shops may be down, as a number or a share ("1%"). Raises ConfigError.
    """
    config = load_config(config_path)
    shops, language, now = config.meant(names), config.language, config.clock.now()
    allowed, words = allowed_down(max_down, shops=len(shops)), ReasonCatalog.of_flows()
    with readable_ledger(config) as ledger:
        backlogs = backlogs_of(ledger, shops=[shop.name for shop in shops], words=words)
        states = shop_states(config, ledger, shops=shops, backlogs=backlogs, words=words, now=now)
        scheduler = scheduler_of(config, ledger, now=now)
        program = [] if names else ledger.incidents.still_open("")
        wanted = {shop.name for shop in shops} | (set() if names else {""})
        broken = [shop for shop in shops if isinstance(shop, BrokenShop)]
        to_do = folded(tasks(ledger, shops=wanted, broken=broken, backlogs=backlogs, words=words, now=now))
    wrong = complaint(scheduler, states, allowed=allowed)
    if as_json:
        made = document(states, scheduler=scheduler, program=program, complaint=wrong, language=language, now=now)
        sys.stdout.write(json_text(made) + "\n")
    elif check:
        console().print((wrong or _WELL).of(language), soft_wrap=True)
    else:
        console().print(shop_table(states, words=words.delivery, language=language, now=now))
        _tell(list(_troubles(states, program=program, words=words, language=language, now=now)), language=language)
        if to_do:
            console().print(Styled(_TO_DO.of(language, count=len(to_do)), style="bold"))
        console().print(_scheduler(scheduler, language=language, now=now), soft_wrap=True)
    if check and wrong:
        sys.exit(_EXIT_BAD)


def _tell(lines: Sequence[str], *, language: Language) -> None:
    for line in lines[:_LINES]:
        console().print(Styled(line, style="yellow"), soft_wrap=True)
    if len(lines) > _LINES:
        console().print(_MORE.of(language, count=len(lines) - _LINES))


def _troubles(
    states: Sequence[ShopState], *, program: Sequence[Incident], words: ReasonCatalog, language: Language, now: datetime
) -> Iterator[str]:
    """What is wrong, a sentence each, with all the shops that have it in common."""
    shops: dict[str | Text, list[str]] = defaultdict(list)
    for incident in program:
        shops[_sentence(incident, words=words)].append(_PROGRAM.of(language))
    for state in states:
        for sentence in _wrong(state, words=words, language=language, now=now):
            shops[sentence].append(state.name)
    for sentence, names in shops.items():
        said = addressed(sentence, shops=names, language=language) if isinstance(sentence, Text) else sentence
        yield _OF.of(language, shops=named(names, language=language, most=_NAMED), sentence=said)
    yield from forecasts(states, words=words.delivery, language=language)


def _wrong(state: ShopState, *, words: ReasonCatalog, language: Language, now: datetime) -> Iterator[str | Text]:
    if state.problem:
        yield state.problem
    yield from (_sentence(each, words=words) for each in state.incidents)
    if state.kick and all(each.cause != KickedOut.code for each in state.incidents):
        yield KickedOut.meaning
    if state.failed_in_a_row >= IN_A_ROW and not state.incidents:
        yield _FAILED.of(language, count=state.failed_in_a_row)
    if state.lost:
        runs = [f"{each.flow} {when(each.planned_at, now=now)}" for each in state.lost]
        yield _LOST.of(language, runs=named(runs, language=language, most=_RUNS_NAMED))
    if state.pause:
        yield state.pause.in_words


def _sentence(incident: Incident, *, words: ReasonCatalog) -> str | Text:
    return words.sentence(incident.cause.partition(":")[0]) or incident.message


def _scheduler(scheduler: SchedulerHealth, *, language: Language, now: datetime) -> Styled:
    wrong = complaint(scheduler, (), allowed=0)
    if wrong:
        return Styled(wrong.of(language), style="bold red")
    if scheduler.heartbeat is not None and scheduler.between_calls and scheduler.wanted:
        at = when(scheduler.heartbeat.beat_at, now=now)
        return Styled(_BETWEEN.of(language, at=at), style="green")
    if scheduler.age is not None and scheduler.alive:
        return Styled(_ALIVE.of(language, age=round(scheduler.age.total_seconds())), style="green")
    return Styled(_NONE.of(language), style="dim")
