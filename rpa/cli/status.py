"""What `rpa status` prints: a line a shop, those that are fine in one line where there are many."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.cli.records import opened_ledger
from rpa.cli.speech import console
from rpa.config import load
from rpa.language import Language, Text
from rpa.ledger.runs import RunState
from rpa.outcome import Outcome
from rpa.overview.health import allowed_down, complaint, scheduler_of
from rpa.overview.naming import named
from rpa.overview.orders import orders_of
from rpa.overview.shops import IN_A_ROW, Condition, shop_states
from rpa.overview.statement import document
from rpa.overview.vocabulary import Vocabulary
from rpa.overview.wording import forecast_words, moment

if TYPE_CHECKING:
    from rpa.ledger.incidents import Incident
    from rpa.ledger.plans import PlannedRun
    from rpa.overview.health import Scheduler
    from rpa.overview.shops import LastRun, ShopState

_EXIT_BAD = 3
_EACH = 30
"""So many shops of a condition have a line of their own; with more shops in all, those that are fine have one."""
_TROUBLES = 20

_TITLES = (
    Text(en="Shop", zh="店铺"),
    Text(en="State", zh="状态"),
    Text(en="Last run", zh="上次运行"),
    Text(en="Next", zh="下次"),
    Text(en="Ship", zh="待发"),
    Text(en="Held", zh="拦截"),
    Text(en="24 h", zh="24时内"),
    Text(en="Login", zh="登录"),
)
_NUMBERS = frozenset(_TITLES[4:7])
_CONDITIONS = {
    Condition.DOWN: (Text(en="down", zh="停摆"), "bold red"),
    Condition.TROUBLED: (Text(en="trouble", zh="有问题"), "yellow"),
    Condition.PAUSED: (Text(en="paused", zh="已暂停"), "cyan"),
    Condition.FINE: (Text(en="fine", zh="正常"), "green"),
}
_PREVIEW = Text(en="preview", zh="预演")
_MANY = Text(en="{count} shops", zh="{count} 家店铺")
_NOT_ENDED = {
    RunState.RUNNING: (Text(en="running", zh="进行中"), "cyan"),
    RunState.STOPPED: (Text(en="stopped", zh="被停止"), "red"),
    RunState.CRASHED: (Text(en="crashed", zh="崩溃"), "red"),
}
_COUNTS = (
    (Outcome.NEEDS_PERSON, Text(en="{count} for you", zh="{count} 需人工"), "red"),
    (Outcome.REFUSED, Text(en="{count} refused", zh="{count} 未处理"), "dark_orange"),
    (Outcome.DONE, Text(en="{count} done", zh="{count} 完成"), "green"),
    (Outcome.PLANNED, Text(en="{count} planned", zh="{count} 预演"), "cyan"),
    (Outcome.WAITING, Text(en="{count} waiting", zh="{count} 等待"), ""),
)
"""What a run that came to its end is told by: the first of these that it has."""
_NO_ROWS = Text(en="nothing to do", zh="无事可做")
_LOGIN_NEEDED = frozenset({"login_needed", "challenge", "logged_in_elsewhere", "wrong_shop"})
_NEEDED = Text(en="needed", zh="需登录")
_ENDS = Text(en="ends {when}", zh="{when} 到期")
_KEPT = Text(en="kept {when}", zh="{when} 保存")

_ALIVE = Text(en="Scheduler: working (sign of life {age} s ago).", zh="调度程序：运行中（{age} 秒前有响应）。")
_NONE = Text(en="Scheduler: rpa.toml plans nothing.", zh="调度程序：rpa.toml 中没有计划任务。")
_LOST = Text(en="never started or cut off today: {runs}", zh="今天未启动或中断：{runs}")
_FAILED = Text(en="the last {count} runs did not come to their end", zh="最近 {count} 次运行均未完成")
_WELL = Text(en="All is well.", zh="一切正常。")
_MORE = Text(en="… and {count} more; `rpa todo` tells.", zh="…… 另有 {count} 项，见 rpa todo。")
_PROGRAM = Text(en="The program", zh="程序")
_OF = Text(en="{shop}: {sentence}", zh="{shop}：{sentence}")


def show_status(
    config_path: Path | None, names: Sequence[str], *, as_json: bool, check: bool, max_down: str
) -> None:  # fmt: skip
    """Print how these shops are doing (none named: all), worst first; `check`: one line, and exit code 3 if not well.

    `max_down`: how many shops may be down, as a number or a share ("1%"). Raises ConfigError.
    """
    config = load(config_path)
    shops = config.chosen(names)
    allowed, now, words = allowed_down(max_down, shops=len(shops)), config.clock.now(), Vocabulary.of_flows()
    with opened_ledger(config) as ledger:
        orders = orders_of(ledger, shops=[shop.name for shop in shops], words=words)
        states = shop_states(config, ledger, shops=shops, orders=orders, words=words, now=now)
        scheduler = scheduler_of(config, ledger, now=now)
        program = [each for each in ledger.open_incidents("") if not names]
    wrong = complaint(scheduler, states, allowed=allowed)
    said = wrong or _WELL
    if as_json:
        made = document(
            states, scheduler=scheduler, program=program, complaint=wrong, language=config.language, now=now
        )  # fmt: skip
        sys.stdout.write(json.dumps(made, ensure_ascii=False, indent=2) + "\n")
    elif check:
        console().print(said.of(config.language), soft_wrap=True)
    else:
        _Page(language=config.language, now=now).show(states, scheduler=scheduler, program=program, words=words)
    if check and wrong:
        sys.exit(_EXIT_BAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What people read."""

    language: Language
    now: datetime

    def show(
        self, states: Sequence[ShopState], *, scheduler: Scheduler, program: Sequence[Incident], words: Vocabulary
    ) -> None:  # fmt: skip
        """Print the table, then what is wrong, then how the scheduler is doing."""
        paper = console()
        paper.print(self._table(states))
        wrong = [
            *self._of_program(program, words=words),
            *(line for state in states for line in self._wrong(state, words)),
        ]
        for line in wrong[:_TROUBLES]:
            paper.print(line, soft_wrap=True)
        if len(wrong) > _TROUBLES:
            paper.print(_MORE.of(self.language).format(count=len(wrong) - _TROUBLES))
        paper.print(self._scheduler(scheduler), soft_wrap=True)

    def _table(self, states: Sequence[ShopState]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for title in _TITLES:
            numbers = title in _NUMBERS
            table.add_column(title.of(self.language), overflow="fold", justify="right" if numbers else "left")
        for condition, group in groupby(states, key=lambda state: state.condition):
            found = list(group)
            quiet = condition in {Condition.FINE, Condition.PAUSED} and len(states) > _EACH
            alone = 0 if quiet and len(found) > 1 else _EACH
            for state in found[:alone]:
                table.add_row(*self._row(state))
            if found[alone:]:
                table.add_row(*self._together(condition, found[alone:]))
        return table

    def _row(self, state: ShopState) -> tuple[str | Styled, ...]:
        word, style = _CONDITIONS[state.condition]
        if state.condition is Condition.FINE and state.preview:
            word, style = _PREVIEW, "cyan"
        orders = state.orders
        return (
            Styled(state.name, style="bold"), Styled(word.of(self.language), style=style),
            self._last(state.last), self._planned(state.next),
            *(str(count or "") for count in (len(orders.pending), len(orders.held), state.near)), self._login(state),
        )  # fmt: skip

    def _together(self, condition: Condition, states: Sequence[ShopState]) -> tuple[str | Styled, ...]:
        """One line for many shops, with their orders added up."""
        word, style = _CONDITIONS[condition]
        counts = ((len(state.orders.pending), len(state.orders.held), state.near) for state in states)
        sums = (str(sum(column) or "") for column in zip(*counts, strict=True))
        many = _MANY.of(self.language).format(count=len(states))
        return Styled(many, style="bold"), Styled(word.of(self.language), style=style), "", "", *sums, ""

    def _last(self, run: LastRun | None) -> Styled:
        if run is None:
            return Styled("–", style="dim")
        word, style = self._ending(run)
        return Styled.assemble(f"{self._when(run.started_at)} {run.flow} ", (word, style))

    def _ending(self, run: LastRun) -> tuple[str, str]:
        if run.state is not RunState.FINISHED:
            word, style = _NOT_ENDED[run.state]
            return word.of(self.language), style
        for outcome, words, style in _COUNTS:
            if run.counts.get(outcome):
                return words.of(self.language).format(count=run.counts[outcome]), style
        return _NO_ROWS.of(self.language), "dim"

    def _planned(self, planned: PlannedRun | None) -> str:
        return f"{self._when(planned.due_at)} {planned.flow}" if planned else "–"

    def _login(self, state: ShopState) -> Styled:
        if any(each.cause in _LOGIN_NEEDED for each in state.incidents):
            return Styled(_NEEDED.of(self.language), style="bold red")
        if state.login is None:
            return Styled("–", style="dim")
        if state.login.ends_at is not None and state.login_ends_soon(self.now):
            return Styled(_ENDS.of(self.language).format(when=self._when(state.login.ends_at)), style="yellow")
        return Styled(_KEPT.of(self.language).format(when=self._when(state.login.kept_at)), style="dim")

    def _when(self, at: datetime) -> str:
        return f"{at:%H:%M}" if at.date() == self.now.date() else moment(at)

    def _of_program(self, incidents: Sequence[Incident], *, words: Vocabulary) -> Iterator[Styled]:
        for each in incidents:
            yield self._line(_PROGRAM.of(self.language), self._incident(each, words))

    def _wrong(self, state: ShopState, words: Vocabulary) -> Iterator[Styled]:
        """What is wrong in a shop, a sentence each."""
        for each in state.incidents:
            yield self._line(state.name, self._incident(each, words))
        if state.failed_in_a_row >= IN_A_ROW and not state.incidents:
            yield self._line(state.name, _FAILED.of(self.language).format(count=state.failed_in_a_row))
        if state.lost:
            runs = [f"{each.flow} {self._when(each.planned_at)}" for each in state.lost]
            lost = named(runs, language=self.language, most=3)
            yield self._line(state.name, _LOST.of(self.language).format(runs=lost))
        if state.forecast:
            yield Styled(forecast_words(state, language=self.language), style="yellow")
        if state.pause:
            yield self._line(state.name, state.pause.in_words.of(self.language))

    def _incident(self, incident: Incident, words: Vocabulary) -> str:
        known = words.sentence(incident.cause.partition(":")[0])
        return known.of(self.language) if known else incident.message

    def _line(self, shop: str, sentence: str) -> Styled:
        return Styled(_OF.of(self.language).format(shop=shop, sentence=sentence), style="yellow")

    def _scheduler(self, scheduler: Scheduler) -> Styled:
        wrong = complaint(scheduler, (), allowed=0)
        if wrong:
            return Styled(wrong.of(self.language), style="bold red")
        if scheduler.age is not None and scheduler.alive:
            return Styled(_ALIVE.of(self.language).format(age=round(scheduler.age.total_seconds())), style="green")
        return Styled(_NONE.of(self.language), style="dim")
