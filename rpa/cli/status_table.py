"""The table of `rpa status`: a line a shop, and one for all that are fine where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.language import Language, Text
from rpa.ledger.runs import RunState
from rpa.monitoring.shops import EXPIRING, Condition
from rpa.monitoring.wording import moment
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from rpa.kind_words import KindWords
    from rpa.ledger.plans import PlannedRun
    from rpa.monitoring.shops import LastRun, ShopState

Words = tuple[Text, str]
"""A word and its style."""

_EACH = 30
"""So many shops that are alike have a line of their own. Of more shops in all, those with nothing wrong have one."""
_TITLES = (
    Text(en="Shop", zh="店铺"),
    Text(en="State", zh="状态"),
    Text(en="Last run", zh="上次运行"),
    Text(en="Next", zh="下次"),
    Text(en="{Due}", zh="{Due}"),
    Text(en="Held", zh="拦截"),
    Text(en="24 h", zh="24时内"),
    Text(en="Login", zh="登录"),
)
_NUMBERS = frozenset(_TITLES[4:7])
_PREVIEW: Words = (Text(en="preview", zh="预演"), "cyan")
_CONDITIONS: dict[Condition, Words] = {
    Condition.DOWN: (Text(en="down", zh="停摆"), "bold red"),
    Condition.TROUBLED: (Text(en="trouble", zh="有问题"), "yellow"),
    Condition.PAUSED: (Text(en="paused", zh="已暂停"), "cyan"),
    Condition.FINE: (Text(en="fine", zh="正常"), "green"),
}
_MANY = Text(en="{count} shops", zh="{count} 家店铺")
_NOT_ENDED: dict[RunState, Words] = {
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


def shop_table(states: Sequence[ShopState], *, words: KindWords, language: Language, now: datetime) -> Table:
    """The shops in the order given, those that are alike together; `words`: of what they deliver."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _TITLES:
        table.add_column(
            title.of(language, **words.gaps()), overflow="fold", justify="right" if title in _NUMBERS else "left"
        )
    maker = _RowMaker(language, now)
    groups: dict[Words, list[ShopState]] = {}
    for state in states:
        groups.setdefault(_condition(state), []).append(state)
    for word, group in groups.items():
        folds = group[0].condition >= Condition.PAUSED and len(states) > _EACH and len(group) > 1
        alone = 0 if folds else _EACH
        for state in group[:alone]:
            table.add_row(*maker.row(state))
        if group[alone:]:
            table.add_row(*maker.row_of_many(group[alone:], word=word))
    return table


def _condition(state: ShopState) -> Words:
    return _PREVIEW if state.condition is Condition.FINE and state.preview else _CONDITIONS[state.condition]


def when(at: datetime, *, now: datetime) -> str:
    """A moment as people read it: with its day, unless that is today."""
    return f"{at:%H:%M}" if at.date() == now.date() else moment(at)


@dataclass(frozen=True, slots=True)
class _RowMaker:
    language: Language
    now: datetime

    def row(self, state: ShopState) -> tuple[Styled, ...]:
        """One shop's."""
        return (
            Styled(state.name, style="bold"),
            self._condition(state),
            self._last(state.last),
            self._planned(state.next),
            *self._numbers([state]),
            self._login(state),
        )

    def row_of_many(self, states: Sequence[ShopState], *, word: Words) -> tuple[Styled, ...]:
        """One for all these shops, with their numbers added up."""
        name = Styled(_MANY.of(self.language, count=len(states)), style="bold")
        return name, self._word(word), Styled(), Styled(), *self._numbers(states), Styled()

    def _condition(self, state: ShopState) -> Styled:
        """How it is; beside what is wrong, that it writes nothing anyway."""
        word = self._word(_condition(state))
        adds_preview = state.preview and state.condition is not Condition.FINE
        return Styled.assemble(word, " · ", self._word(_PREVIEW)) if adds_preview else word

    def _word(self, word: Words) -> Styled:
        return Styled(word[0].of(self.language), style=word[1])

    def _numbers(self, states: Sequence[ShopState]) -> list[Styled]:
        counts = [(len(state.backlog.pending), len(state.backlog.held), state.near) for state in states]
        return [Styled(str(sum(column) or "")) for column in zip(*counts, strict=True)]

    def _when(self, at: datetime) -> str:
        return when(at, now=self.now)

    def _last(self, run: LastRun | None) -> Styled:
        if run is None:
            return Styled("–", style="dim")
        return Styled.assemble(f"{self._when(run.started_at)} {run.flow} ", self._ending(run))

    def _ending(self, run: LastRun) -> tuple[str, str]:
        if run.state is not RunState.FINISHED:
            word, style = _NOT_ENDED[run.state]
            return word.of(self.language), style
        for outcome, words, style in _COUNTS:
            if run.counts.get(outcome):
                return words.of(self.language, count=run.counts[outcome]), style
        return _NO_ROWS.of(self.language), "dim"

    def _planned(self, planned: PlannedRun | None) -> Styled:
        return Styled(f"{self._when(planned.due_at)} {planned.flow}") if planned else Styled("–", style="dim")

    def _login(self, state: ShopState) -> Styled:
        if state.kick or any(each.cause in _LOGIN_NEEDED for each in state.incidents):
            return Styled(_NEEDED.of(self.language), style="bold red")
        if state.login is None:
            return Styled("–", style="dim")
        if state.login_end is not None and state.login_end - self.now <= EXPIRING:
            return Styled(_ENDS.of(self.language, when=self._when(state.login_end)), style="yellow")
        return Styled(_KEPT.of(self.language, when=self._when(state.login.kept_at)), style="dim")
