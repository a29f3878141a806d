"""`rpa ledger resolve`: a person's answer to a doubt, given at once or after looking at what there is to be seen."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from rpa.cli.console import agreed, asked, console, person_named
from rpa.cli.ledger_report import STATE_WORDS, opened_ledger, reason_given
from rpa.discovery import delivery_kinds, words_of
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.actions import LIVE, UNSETTLED, State
from rpa.ledger.details import in_words
from rpa.outcome import Outcome
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.actions import Action
    from rpa.ledger.ledger import Ledger

_ANSWERED = "answered"
"""The reason of a line that a person has answered; flows have the sentence."""
_ANSWERS = {"done": State.DONE, "not_done": State.NOT_DONE}
_RESOLVED = Text(
    en="Recorded: {subject} in {shop} is now “{state}” (answered by {by}: {reason}).",
    zh="已记录：{shop} 的{noun} {subject} 现为“{state}”（{by} 答复：{reason}）。",
)
_MAY_GO_AGAIN = Text(en="The next run may send it again.", zh="下次运行会重新处理该{noun}。")
_RELEASED = Text(
    en="Recorded: {subject} in {shop} may be {done} as it is now (accepted by {by}: {reason}).",
    zh="已记录：{shop} 的{noun} {subject} 可按现在的内容{does}（{by} 确认：{reason}）。",
)
_ABOUT = (
    Text(en="{Noun}", zh="{noun}"),
    Text(en="Stands as", zh="当前状态"),
    Text(en="What was sent", zh="提交内容"),
    Text(en="When", zh="提交时间"),
    Text(en="Run", zh="运行编号"),
    Text(en="Details", zh="说明"),
    Text(en="Pictures", zh="截图"),
    Text(en="Look at it here", zh="请在此查看"),
)
_NO_PICTURES = Text(en="none", zh="无")
_CHOICES = (
    Text(en="1  The site shows it as sent, as above.", zh="1  后台显示{done}，且与上面提交的内容一致。"),
    Text(
        en="2  The site does not show it as sent. (The next run may send it again.)",
        zh="2  后台显示{not_done}。（下次运行会重新处理该{noun}）",
    ),
    Text(
        en="3  I cannot tell, or it shows something else: leave it open.", zh="3  无法判断，或显示其他内容：暂不处理。"
    ),
)
_ONE_ANSWER = Text(
    en="Give exactly one answer: --done, --not-done or --changed-ok.",
    zh="请给出一个答复（只能一个）：--done、--not-done 或 --changed-ok。",
)
_LOOKED_AT = Text(
    en="A run has looked at {subject} in {shop} meanwhile; nothing was recorded. Look again.",
    zh="{shop} 的{noun} {subject} 在此期间已被运行核对过，未做任何记录；请重新查看。",
)
_SEVERAL = Text(
    en="{subject} in {shop} has several actions to answer for ({which}); say which with --kind, and --part where there "
    "are parts.",
    zh="{shop} 的 {subject} 有多项待答复（{which}）；请用 --kind 指明，分步骤的再加 --part。",
)
_NOT_KNOWN = Text(
    en="There is nothing to answer for on {subject} in {shop}: the ledger has nothing on it. "
    "`rpa ledger show --shop {shop}` lists what there is.",
    zh="{shop} 没有{noun} {subject} 的记录，无需答复。可用 rpa ledger show --shop {shop} 查看全部记录。",
)
_NOT_OPEN = Text(
    en="There is nothing to answer for on {subject} in {shop}: the ledger has it as {state}. "
    "`rpa ledger show --shop {shop}` lists what there is.",
    zh="{shop} 的{noun} {subject} 记录为“{word}”，无需答复。可用 rpa ledger show --shop {shop} 查看全部记录。",
)
_PROVEN = {
    State.DONE: Text(
        en="{at}: the site showed {subject} in {shop} as it was sent ({sent}), run {run}.{details}",
        zh="{at}：后台已显示 {shop} 的{noun} {subject} 与提交的一致（{sent}），运行 {run}。{details}",
    ),
    State.CONFLICT: Text(
        en="{at}: the site showed {subject} in {shop} as done otherwise than it was sent ({sent}), run {run}.{details}",
        zh="{at}：后台显示 {shop} 的{noun} {subject} 已处理，但与提交的（{sent}）不一致，运行 {run}。{details}",
    ),
}
"""What the site has shown of an action in one of these states; a person who says otherwise must be sure."""
_ANSWERED_BY = Text(
    en="{at}: {by} answered that the site shows {subject} in {shop} as it was sent ({sent}), run {run}.{details}",
    zh="{at}：{by} 答复后台显示 {shop} 的{noun} {subject} 与提交的一致（{sent}），运行 {run}。{details}",
)
_DETAILS = Text(en=" {detail}.", zh=" {detail}。")
_NEEDS_YES = Text(
    en="{shown} With --not-done the next run may send it again. Look at it on the site; if it is really "
    "{undone}, add --yes. Nothing was recorded.",
    zh="{shown}以 --not-done 答复后，下次运行可能会重新提交。请先在后台查看；确实{undone}时，请加 --yes。"
    "未做任何记录。",
)
_REALLY = Text(
    en="{shown} Is it really {undone}, so that the next run may send it again?",
    zh="{shown}确实{undone}，允许下次运行重新提交吗？",
)
_QUESTION = Text(en="What does the site show? 1, 2 or 3", zh="后台显示的是哪一种？请输入 1、2 或 3")
_NAME = Text(en="Your name", zh="您的姓名")
_LEFT = Text(en="Left open; nothing was recorded.", zh="未做处理，未记录任何内容。")
_BY_NUMBER = {"1": "done", "2": "not_done", "3": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which action a person answers for, as far as it is said."""

    subject: str
    kind: str | None = None
    """None: whichever there is."""
    part: str | None = None

    def means(self, action: Action) -> bool:
        """Whether this one, of that subject, is meant."""
        return self.kind in {None, action.kind} and self.part in {None, action.part}


def resolve(
    config_path: Path | None,
    shop: str,
    *,
    subject: str,
    answers: Sequence[str],
    kind: str | None,
    part: str | None = None,
    by: str | None,
    reason: str,
    yes: bool,
) -> None:
    """Record a person's one answer (`done`, `not_done` or `changed`) for a subject, and print what is recorded now.

    Without an answer, a person at a terminal is shown what there is to be seen, and asked. That what the site has shown
    is not so is asked once more there; `yes`: it is not.

    Raises ConfigError unless there is exactly one answer, which fits, a reason and a name, and no run of the shop.
    """
    config = load_config(config_path)
    config.shop(shop)
    which = Which(subject=subject, kind=kind, part=part)
    if not answers and sys.stdin.isatty():
        _ask(config, shop, which=which, by=by, reason=reason, yes=yes)
        return
    if len(answers) != 1:
        raise ConfigError(_ONE_ANSWER)
    who = person_named(by)
    why = reason_given(reason, language=config.language)
    if answers[0] != "changed":
        with opened_ledger(config) as ledger:
            action = _live_action(ledger, shop, which=which)
        _answer(config, action, answer=answers[0], by=who, reason=why, yes=yes)
        return
    with _shop_to_itself(config, shop) as ledger:
        ledger.fingerprints.release(shop, subject=subject, by=who, reason=why)
        _keep_open(ledger, shop, subject=subject, kinds=delivery_kinds())
    said = _RELEASED.of(
        config.language, **words_of(delivery_kinds()).gaps(), subject=subject, shop=shop, by=who, reason=why
    )
    console().print(said, soft_wrap=True)


def _answer(config: Config, action: Action, *, answer: str, by: str, reason: str, yes: bool) -> None:
    """Record the answer, unless it takes back what was proven and nobody is sure of that, or a run has looked again."""
    state, language, words = _ANSWERS[answer], config.language, _words(action)
    if state is State.NOT_DONE and action.state in _PROVEN and not yes:
        shown = _shown(action)
        if not sys.stdin.isatty():
            raise ConfigError(_NEEDS_YES.with_words(**words, shown=shown))
        question = _REALLY.with_words(**words, shown=shown)
        if not agreed(question, language=language):
            console().print(_LEFT.of(language))
            return
    with _shop_to_itself(config, action.shop) as ledger:
        which = Which(subject=action.subject, kind=action.kind, part=action.part)
        if _live_action(ledger, action.shop, which=which) != action:
            raise ConfigError(_LOOKED_AT.with_words(**words, subject=action.subject, shop=action.shop))
        _record(ledger, action, state=state, by=by, reason=reason, language=language)


def _shown(action: Action) -> Text:
    """What the site has shown of the action, and when."""
    by_person = action.answered_by and action.state is State.DONE
    return (_ANSWERED_BY if by_person else _PROVEN[action.state]).with_words(
        **_words(action),
        subject=action.subject,
        shop=action.shop,
        run=action.run_id,
        by=action.answered_by,
        sent=" ".join(filter(None, action.payload.values())),
        at=action.updated_at.strftime("%Y-%m-%d %H:%M"),
        details=_DETAILS.with_words(detail=in_words(action.detail)) if action.detail else "",
    )


def _ask(config: Config, shop: str, *, which: Which, by: str | None, reason: str, yes: bool) -> None:
    """Show the action and have it answered. The shop is free meanwhile; an answer to what has changed is refused."""
    language = config.language
    with opened_ledger(config) as ledger:
        action = _live_action(ledger, shop, which=which)
    _show(action, config=config)
    console().print(*("", *(choice.of(language, **_words(action)) for choice in _CHOICES)), sep="\n", soft_wrap=True)
    answer = ""
    while answer not in _BY_NUMBER:
        answer = asked(_QUESTION, language=language)
    if not _BY_NUMBER[answer]:
        console().print(_LEFT.of(language))
        return
    why = reason_given(reason, language=language)
    who = person_named(by or asked(_NAME, language=language, default=person_named(by)))
    _answer(config, action, answer=_BY_NUMBER[answer], by=who, reason=why, yes=yes)


def _words(action: Action) -> dict[str, Text]:
    """The gaps of sentences about actions of this kind."""
    return words_of([action.kind]).gaps()


@contextmanager
def _shop_to_itself(config: Config, shop: str) -> Iterator[Ledger]:
    """The ledger, while no run of this shop can be in the middle of a click."""
    from rpa.ledger.shop_lock import RunLock

    with RunLock(config.var / "locks", shop=shop, clock=config.clock), opened_ledger(config) as ledger:
        yield ledger


def _show(action: Action, *, config: Config) -> None:
    """Print what is known of the action; on a screen, its pictures and its page are opened."""
    from rpa.browser.session import has_screen

    language = config.language
    folder = config.var / "evidence" / action.shop / action.subject
    pictures = sorted(path for path in folder.glob("*") if path.is_file())
    addresses = list(_addresses(action, config=config))
    told = (
        " ".join(filter(None, (action.shop, *action.key))),
        STATE_WORDS[action.state][0].of(language),
        " ".join(filter(None, action.payload.values())),
        action.created_at.strftime("%Y-%m-%d %H:%M"),
        action.run_id,
        in_words(action.detail).of(language),
        "\n".join(map(str, pictures)) or _NO_PICTURES.of(language),
        "\n".join(addresses),
    )
    for title, words in zip(_ABOUT, told, strict=True):
        if words:
            console().print(f"{title.of(language, **_words(action))}: {words}", soft_wrap=True)
    if has_screen():
        _open_for_person([*([str(folder)] if pictures else []), *addresses[:1]])


def _addresses(action: Action, *, config: Config) -> Iterator[str]:
    """The addresses of the pages that show the action's subject."""
    from rpa.elements.registry import load_profile
    from rpa.plugins import flows

    shop = config.shop(action.shop)
    profile = load_profile(shop.platform, folder=config.selectors)
    names = {flow.report.layout.subject for flow in flows().values() if action.kind in flow.settled}
    for page in profile.pages.values():
        wanted = set(page.parameters)
        if len(wanted) == 1 and wanted <= names:
            path = page.path.format(**dict.fromkeys(wanted, quote(action.subject)))
            yield (shop.base_url or profile.base_url).rstrip("/") + path


def _open_for_person(places: Sequence[str]) -> None:
    import click

    for place in places:
        click.launch(place)


def _live_action(ledger: Ledger, shop: str, *, which: Which) -> Action:
    """The one action that an answer can be for: of several, the only one that is open."""
    subject = which.subject
    known = ledger.actions.search(shop, subject=subject)
    live = [action for action in known if action.state in LIVE and which.means(action)]
    unsettled = [action for action in live if action.state in UNSETTLED]
    if len(live) == 1 or len(unsettled) == 1:
        return (unsettled or live)[0]
    if live:
        told = ", ".join(sorted(" ".join(filter(None, (action.kind, action.part))) for action in live))
        raise ConfigError(_SEVERAL.with_words(subject=subject, shop=shop, which=told))
    if not known:
        words = words_of(delivery_kinds() if which.kind is None else [which.kind])
        raise ConfigError(_NOT_KNOWN.with_words(**words.gaps(), subject=subject, shop=shop))
    newest = known[0]
    word = STATE_WORDS[newest.state][0].zh
    raise ConfigError(
        _NOT_OPEN.with_words(**_words(newest), subject=subject, shop=shop, state=newest.state.value, word=word)
    )


def _record(ledger: Ledger, action: Action, *, state: State, by: str, reason: str, language: Language) -> None:
    """Keep the answer, and say what is recorded now."""
    shop, subject = action.shop, action.subject
    answered = ledger.actions.resolve(
        shop, kind=action.kind, subject=subject, part=action.part, state=state, by=by, reason=reason
    )
    if answered.state is State.NOT_DONE:
        _keep_open(ledger, shop, subject=subject, kinds=[action.kind])
    else:
        ledger.open_items.remove(shop, subject=subject, reports=_reports_of([action.kind]))
    word = STATE_WORDS[answered.state][0].of(language)
    said = _RESOLVED.of(language, **_words(answered), subject=subject, shop=shop, state=word, by=by, reason=reason)
    console().print(said, soft_wrap=True)
    if answered.state is State.NOT_DONE:
        console().print(_MAY_GO_AGAIN.of(language, **_words(answered)))


def _keep_open(ledger: Ledger, shop: str, *, subject: str, kinds: Collection[str]) -> None:
    """What is not done is still to be done: its lines stay, for the alarms before its deadline, and ask nobody."""
    reports = _reports_of(kinds)
    lines = [line for line in ledger.open_items.search(shop) if line.subject == subject]
    lines = [line for line in lines if reports is None or line.report in reports]
    ledger.open_items.update(lines, outcome=Outcome.WAITING, reason=_ANSWERED)


def _reports_of(kinds: Collection[str]) -> frozenset[str] | None:
    """The reports that tell of actions of these kinds: others say something else of the same subject. None: any may."""
    from rpa.plugins import flows

    telling = (flow.report.name.en for flow in flows().values() if not flow.settled.keys().isdisjoint(kinds))
    return frozenset(telling) or None
