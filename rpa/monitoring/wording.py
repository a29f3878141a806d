"""Wording of a day, as the digest brings it to people. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rpa.language import Language, Text
from rpa.monitoring.reasons import STATES, why
from rpa.monitoring.shop_words import addressed, named
from rpa.monitoring.shops import EXPIRING
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from rpa.kind_words import KindWords
    from rpa.ledger.plans import PlannedRun, PlanState
    from rpa.monitoring.day import Day, ShopDay
    from rpa.monitoring.shops import ShopState

_NAMED: Final = 5
"""So many shops are named of those that a sentence is about."""
_FEW: Final = 3
"""So many shops have a sentence of their own for what may hold for many."""
_LINES: Final = 15
"""So many tasks, and so many shops, have a line of their own: services for chats take short messages only."""

_SPAN = Text(en="From {since} to {until}", zh="{since} 至 {until}")
_TOTAL = Text(
    en="Shops: {shops} · {done}: {delivered} · still {to_do}: {pending} (held: {held}) · refused: {refused} · "
    "for a person: {persons}",
    zh="店铺 {shops} 家，{done} {delivered}，{to_do} {pending}（已拦截 {held}），未能处理 {refused}，需人工 {persons}",
)
_NOT_DONE = Text(en="What did not happen", zh="没有做到的")
_ALL_DONE = Text(en="Every planned run was started, and nothing was left undone.", zh="计划任务全部启动，没有遗漏。")
_TO_DO = Text(en="To do (`rpa todo`)", zh="需要您处理（rpa todo）")
_SHOPS = Text(en="Shops", zh="各店铺")
_MORE = Text(en="and {count} more", zh="另有 {count} 项")
_MORE_SHOPS = Text(en="and {count} more shops, {done}: {delivered}", zh="另有 {count} 家店铺，共{does} {delivered}")

_RUNS = Text(en="{state}{reason}: {flow} ×{count} in {shops}", zh="{state}{reason}：{flow} {count} 次，{shops}")
_REASON = Text(en=" ({reason})", zh="（{reason}）")
_NEAR = Text(
    en="{Not_done}, and due within 24 hours: {count}, the first by {first}, in {shops}",
    zh="24 小时内须{does}但尚未{does}：{count} {nouns}，最早 {first}，{shops}",
)
_MISSES = Text(
    en="{shop}: at this pace ({delivered} {done} in 24 hours) {missed} of {waiting} {nouns} miss their {deadline}, "
    "the first {first}",
    zh="{shop}：按目前速度（24 小时{does} {delivered} {nouns}），"
    "{waiting} {nouns}中有 {missed} {nouns}赶不上{deadline}，最早 {first}",
)
_MISSES_MANY = Text(
    en="At this pace {missed} {nouns} miss their {deadline}, in {shops}",
    zh="按目前速度，有 {missed} {nouns}赶不上{deadline}：{shops}",
)
_LOGIN = Text(
    en="{shop}: its login ends {ends}; run `rpa login {shop}`",
    zh="{shop}：登录将于 {ends} 失效；请运行 rpa login {shop}",
)
_LOGINS = Text(
    en="Logins that end within 24 hours: {shops}; run `rpa login SHOP` for each",
    zh="24 小时内登录将失效：{shops}；请逐个运行 rpa login 店铺名",
)
_PREVIEW = Text(
    en="{shop}: preview only: 0 {done}, {pending} {to_do} (`live = true` {does})",
    zh="{shop}：预演：0 {does}，{pending} {due}（live = true 后才会{does}）",
)
_PREVIEWS = Text(
    en="In preview, {count} shops: 0 {done}, {pending} {to_do}: {shops}",
    zh="{count} 家店铺预演：0 {does}，{pending} {due}：{shops}",
)
_PROGRAM = Text(en="The program", zh="程序")
_OF_SHOP = Text(en="{shop}: {words}", zh="{shop}：{words}")
_DOWN = Text(en="Down: {shops}", zh="停摆：{shops}")
_TASK = Text(en="{deadline}{shops}{subjects}: {words}", zh="{deadline}{shops}{subjects}：{words}")
_MANY = Text(en="{count} shops", zh="{count} 家店铺")
_COUNT = Text(en=" ({count})", zh=" {count} 项")
_BY = Text(en="by {deadline} · ", zh="{deadline} 前 · ")
_SHOP = Text(
    en="{shop}: {done} {delivered}, {to_do} {pending}, held {held}, refused {refused}, for a person {persons}",
    zh="{shop}：{does} {delivered}，{due} {pending}，拦截 {held}，未能处理 {refused}，需人工 {persons}",
)


def in_words(day: Day, *, words: KindWords, language: Language) -> str:
    """The day: totals, what did not happen, what a person has to do, then the shops.

    `words`: of what the shops deliver.
    """
    told = _Told(day, words, language)
    head = [told.said(_SPAN, since=moment(day.span.since), until=moment(day.span.until)), told.total()]
    not_done = list(told.not_done())
    blocks = [
        head,
        _block(_NOT_DONE, not_done, language=language) if not_done else [_ALL_DONE.of(language)],
        _block(_TO_DO, list(told.tasks()), language=language),
        _block(_SHOPS, list(told.shops()), language=language),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def moment(at: datetime) -> str:
    """A moment as people read it beside others of these days."""
    return f"{at:%m-%d %H:%M}"


def _block(title: Text, lines: Sequence[str], *, language: Language) -> list[str]:
    return [title.of(language), *(f"- {line}" for line in lines)] if lines else []


@dataclass(frozen=True, slots=True)
class _Told:
    """The sentences about one day."""

    day: Day
    words: KindWords
    language: Language

    def said(self, text: Text, /, **parts: object) -> str:
        return text.of(self.language, **{**self.words.gaps(), **parts})

    def named(self, shops: Iterable[str]) -> str:
        return named(list(dict.fromkeys(shops)), language=self.language, most=_NAMED)

    def total(self) -> str:
        shops = self.day.shops
        counts = [_counts(each) for each in shops]
        totals = {name: sum(count[name] for count in counts) for name in counts[0]} if counts else {}
        return self.said(_TOTAL, shops=len(shops), **totals)

    def not_done(self) -> Iterator[str]:
        """What did not happen: runs, deadlines, what flows alert about, logins, shops that write nothing."""
        down = [each.name for each in self.day.shops if each.state.down]
        if down:
            yield self.said(_DOWN, shops=self.named(down))
        yield from self._runs()
        yield from self._deadlines()
        yield from self._alerts()
        yield from self._logins()
        yield from self._not_delivering()

    def _runs(self) -> Iterator[str]:
        groups: dict[tuple[PlanState, Text | None, str], list[PlannedRun]] = defaultdict(list)
        for run in self.day.not_run:
            groups[run.state, why(run), run.flow].append(run)
        for (state, reason, flow), runs in sorted(groups.items(), key=lambda item: list(STATES).index(item[0][0])):
            yield self.said(
                _RUNS,
                state=STATES[state].of(self.language),
                reason=self.said(_REASON, reason=reason.of(self.language)) if reason else "",
                flow=flow,
                count=len(runs),
                shops=self.named(run.shop for run in runs),
            )

    def _deadlines(self) -> Iterator[str]:
        near = [each for each in self.day.shops if each.state.near]
        deadlines = [each.state.backlog.first_deadline for each in near]
        if near:
            first = min(deadline for deadline in deadlines if deadline)
            count = sum(each.state.near for each in near)
            yield self.said(_NEAR, count=count, first=moment(first), shops=self.named(each.name for each in near))
        yield from forecasts((each.state for each in self.day.shops), words=self.words, language=self.language)

    def _alerts(self) -> Iterator[str]:
        """Each alert once, with all the shops that have it."""
        shops: dict[Text, list[str]] = defaultdict(list)
        for each in self.day.shops:
            for alert in each.alerts:
                shops[alert].append(each.name)
        for alert, names in shops.items():
            yield self.said(_OF_SHOP, shop=self.named(names), words=alert.of(self.language))

    def _logins(self) -> Iterator[str]:
        now = self.day.span.until
        ends = {each.name: end for each in self.day.shops if (end := each.state.login_end) and end - now <= EXPIRING}
        if len(ends) > _FEW:
            yield self.said(_LOGINS, shops=self.named(f"{name} {moment(end)}" for name, end in ends.items()))
        else:
            yield from (self.said(_LOGIN, shop=name, ends=moment(end)) for name, end in ends.items())

    def _not_delivering(self) -> Iterator[str]:
        previews = [each.state for each in self.day.shops if each.state.preview]
        if len(previews) > _FEW:
            pending = sum(len(state.backlog.pending) for state in previews)
            names = self.named(state.name for state in previews)
            yield self.said(_PREVIEWS, count=len(previews), pending=pending, shops=names)
        else:
            for state in previews:
                yield self.said(_PREVIEW, shop=state.name, pending=len(state.backlog.pending))
        pauses: dict[Text, list[str]] = defaultdict(list)
        for each in self.day.shops:
            if each.state.pause:
                pauses[each.state.pause.in_words].append(each.name)
        for pause, paused in pauses.items():
            yield self.said(_OF_SHOP, shop=self.named(paused), words=pause.of(self.language))

    def tasks(self) -> Iterator[str]:
        """What a person has to do, most urgent first."""
        for line in self.day.to_do[:_LINES]:
            yield self.said(
                _TASK,
                deadline=self.said(_BY, deadline=moment(line.deadline)) if line.deadline else "",
                shops=self._few(line.shops),
                words=addressed(line.words, shops=line.shops, language=self.language),
                subjects=self.said(_COUNT, count=line.count) if line.subjects else "",
            )
        if len(self.day.to_do) > _LINES:
            yield self.said(_MORE, count=len(self.day.to_do) - _LINES)

    def _few(self, shops: Sequence[str]) -> str:
        """The shops by name, or how many; the program itself has no name."""
        if len(shops) > _FEW:
            return self.said(_MANY, count=len(shops))
        return self.named(filter(None, shops)) or _PROGRAM.of(self.language)

    def shops(self) -> Iterator[str]:
        """The shops in which something was delivered or is to be."""
        busy = [each for each in self.day.shops if each.delivered or each.state.backlog.lines]
        for each in busy[:_LINES]:
            title = f"{each.name} {each.state.shop.mall_name or ''}".strip()
            yield self.said(_SHOP, shop=title, **_counts(each))
        if len(busy) > _LINES:
            delivered = sum(each.delivered for each in busy[_LINES:])
            yield self.said(_MORE_SHOPS, count=len(busy) - _LINES, delivered=delivered)


def forecasts(states: Iterable[ShopState], *, words: KindWords, language: Language) -> list[str]:
    """That some will be late: a sentence a shop, or one for all of them where they are many."""
    late = {state.name: state.forecast for state in states if state.forecast}
    if len(late) > _FEW:
        shops = named(list(late), language=language, most=_NAMED)
        missed = sum(found.missed for found in late.values())
        return [_MISSES_MANY.of(language, **words.gaps(), missed=missed, shops=shops)]
    return [
        _MISSES.of(
            language,
            **words.gaps(),
            shop=name,
            delivered=found.delivered,
            missed=found.missed,
            waiting=found.waiting,
            first=moment(found.first),
        )
        for name, found in late.items()
    ]


def _counts(each: ShopDay) -> dict[str, int]:
    backlog = each.state.backlog
    return {
        "delivered": each.delivered,
        "pending": len(backlog.pending),
        "held": len(backlog.held),
        "refused": backlog.count(Outcome.REFUSED),
        "persons": backlog.count(Outcome.NEEDS_PERSON),
    }
