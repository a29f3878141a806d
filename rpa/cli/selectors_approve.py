"""`rpa selectors approve` and `diff`: a person sees what a profile says, and confirms what may be clicked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text as Styled

from rpa.address import origin_of
from rpa.cli.console import agreed, console, person_named
from rpa.elements.approvals import PROFILE, Approvals
from rpa.elements.profile import Risk
from rpa.elements.registry import load_profile
from rpa.language import Language, Text
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.elements.facts import Change
    from rpa.elements.profile import Element, Locator, Profile

_MOCK = Text(
    en="{origin} is a mock (mock = true), where nothing needs to be confirmed. Nothing was recorded.",
    zh="{origin} 是模拟后台（mock = true），无需确认。未做任何记录。",
)
_NONE = Text(en="Profile {profile} has no destructive element.", zh="页面描述 {profile} 中没有需要确认的元素。")
_HEAD = Text(
    en="These elements do what cannot be undone on {origin}. Compare each with the site before you say yes.",
    zh="以下元素在 {origin} 上的操作无法撤销。请逐个对照后台页面，确认无误后再回答 y。",
)
_OWN = Text(
    en="The profile {name} is one of your own. It differs from what came with the program in {count} place(s):",
    zh="页面描述 {name} 是您自己的文件，与程序自带的有 {count} 处不同：",
)
_SINCE = Text(
    en="Since {by} last confirmed something of the profile {name} on {origin} ({date}), it changed in {count} places:",
    zh="自 {by} 上次在 {origin} 上确认页面描述 {name}（{date}）以来，有 {count} 处改动：",
)
_TOO_OLD = Text(
    en="What {by} confirmed on {date} counts for the button alone, as in the releases before; a confirmation is of the "
    "whole profile now and is asked once more.",
    zh="{by} 于 {date} 的确认只针对按钮本身（旧版本）；现在的确认针对整个页面描述，请重新确认一次。",
)
_UNCHANGED = Text(
    en="The profile {name} is the one that came with the program.", zh="页面描述 {name} 是程序自带的，没有改动。"
)
_ALL_RIGHT = Text(
    en="Did you read these changes, and do they describe {origin} rightly? Whatever runs there goes by them.",
    zh="您是否已逐条看过，并确认它们与 {origin} 的页面相符？在该网站上的所有操作都以此为准。",
)
_NOT_SEEN = Text(
    en="Not confirmed. Runs of this shop touch nothing until it is.",
    zh="未确认；在确认之前，程序不会操作该店铺的后台。",
)
_HARMLESS = Text(
    en="{name} is not destructive (risk: {risk}); it needs no confirmation.",
    zh="{name} 不属于不可撤销操作（{risk}），无需确认。",
)
_PLACE = Text(en="where", zh="位置")
_FOUND_BY = Text(en="found by", zh="定位")
_READS = Text(en="must read", zh="必须显示")
_NEVER = Text(en="never with", zh="不得包含")
_SOURCE = Text(en="source", zh="来源")
_VERIFIED = Text(en="verified", zh="核对")
_ALREADY = Text(en="confirmed already by {by} on {date}", zh="{by} 已于 {date} 确认")
_QUESTION = Text(
    en="Is {name} described rightly, and may it be clicked unattended on {origin}?",
    zh="{name} 描述正确，允许在 {origin} 上自动点击吗？",
)
_DONE = Text(en="Confirmed now by {by}: {names}.", zh="{by} 本次确认：{names}。")
_NOT_DONE = Text(
    en="Not confirmed: {names}. Runs will stop before they click these, except with --headed --step.",
    zh="未确认：{names}。程序在点击这些元素前会停止（--headed --step 除外）。",
)


def approve(config_path: Path | None, shop: str, *, names: Sequence[str], by: str | None, yes: bool) -> None:
    """Show what the profile says otherwise than before, and the destructive elements (or those named); ask each.

    What is confirmed is recorded for the shop's origin and those that its profile lists. Raises ConfigError for an
    unknown element ("did you mean"), and when nobody is named.
    """
    config = load_config(config_path)
    chosen, language = config.shop(shop), config.language
    profile = load_profile(chosen.platform, folder=config.selectors)
    elements = _wanted(profile, names=names)
    origins = tuple(dict.fromkeys(map(origin_of, (chosen.base_url or profile.base_url, *profile.origins))))
    if chosen.mock:
        console().print(_MOCK.of(language, origin=origins[0]))
        return
    destructive = list(_destructive(elements, language=language))
    asking = _Asking(config=config, profile=profile, origins=origins, by=person_named(by), yes=yes)
    if not asking.sees_changes():
        console().print(_NOT_SEEN.of(language), style="yellow")
    elif destructive:
        console().print(_HEAD.of(language, origin=asking.everywhere), style="bold")
        _tell({element.name: asking.confirms(element) for element in destructive}, by=asking.by, language=language)
    elif not names:
        console().print(_NONE.of(language, profile=profile.name))


def differences(config_path: Path | None, shop: str) -> None:
    """Print all that the shop's profile says otherwise than the one that came with the program."""
    config = load_config(config_path)
    profile = load_profile(config.shop(shop).platform, folder=config.selectors)
    if profile.own:
        _list(_OWN.with_words(name=profile.name, count=len(profile.own)), profile.own, language=config.language)
    else:
        console().print(_UNCHANGED.of(config.language, name=profile.name))


def _list(head: Text, changes: Sequence[Change], *, language: Language) -> None:
    console().print(head.of(language), style="bold")
    for change in changes:
        console().print(Styled("  " + change.said.of(language), overflow="fold"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """Shows a profile to a person and records what they confirm."""

    config: Config
    profile: Profile
    origins: tuple[str, ...]
    """The shop's own, then those that the profile lists: a document of any of them may have the element."""
    by: str
    yes: bool

    @property
    def origin(self) -> str:
        """The shop's own, where the profile as such is confirmed."""
        return self.origins[0]

    @property
    def everywhere(self) -> str:
        """All origins, for people."""
        return ", ".join(self.origins)

    def sees_changes(self) -> bool:
        """Whether the person has seen what the profile says otherwise than before, if it does, and agrees."""
        approvals, profile, language = Approvals.of(self.config.var), self.profile, self.config.language
        earlier = approvals.earlier(self.origin, profile)
        if earlier is not None and earlier.signature == profile.digest:
            return True
        since = approvals.changes_since(earlier, profile) if earlier is not None else None
        if earlier is not None:
            told = {"by": earlier.by, "date": earlier.date[:10]}
            if since is None:
                console().print(_TOO_OLD.of(language, **told), style="bold")
            else:
                head = _SINCE.with_words(**told, name=profile.name, origin=self.origin, count=len(since))
                _list(head, since, language=language)
        if profile.own and since is None:
            _list(_OWN.with_words(name=profile.name, count=len(profile.own)), profile.own, language=language)
        if not (profile.own or since):
            return True
        if not (self.yes or agreed(_ALL_RIGHT.with_words(origin=self.origin), language=language)):
            return False
        approvals.approve(self.origin, profile, PROFILE, by=self.by, now=self.config.clock.now())
        return True

    def confirms(self, element: Element) -> bool | None:
        """Whether the person confirms it now; None: it is confirmed already."""
        language, approvals = self.config.language, Approvals.of(self.config.var)
        console().print(*_described(element, language=language), sep="\n")
        earlier = approvals.earlier(self.origin, self.profile, element=element.name)
        if earlier is not None and all(approvals.allows(each, element.name, self.profile) for each in self.origins):
            console().print("  " + _ALREADY.of(language, by=earlier.by, date=earlier.date[:10]), style="green")
            return None
        confirmed = self.yes or agreed(
            _QUESTION.with_words(name=element.name, origin=self.everywhere), language=language
        )
        for origin in self.origins if confirmed else ():
            approvals.approve(origin, self.profile, element.name, by=self.by, now=self.config.clock.now())
        return confirmed


def _tell(answers: Mapping[str, bool | None], *, by: str, language: Language) -> None:
    for words, wanted, style in ((_DONE, True, "green"), (_NOT_DONE, False, "yellow")):
        names = [name for name, answer in answers.items() if answer is wanted]
        if names:
            console().print(words.of(language, by=by, names=", ".join(names)), style=style)


def _destructive(elements: Sequence[Element], *, language: Language) -> Iterator[Element]:
    """Those that need a confirmation; of the others it is said that they need none."""
    for element in elements:
        if element.risk is Risk.DESTRUCTIVE:
            yield element
        else:
            console().print(_HARMLESS.of(language, name=element.name, risk=element.risk.value))


def _wanted(profile: Profile, *, names: Sequence[str]) -> list[Element]:
    if names:
        return [profile.element(name) for name in dict.fromkeys(names)]
    return [element for element in profile.elements.values() if element.needs_person]


def _described(element: Element, *, language: Language) -> Iterator[Styled]:
    yield Styled(f"\n{element.name}", style="bold")
    rows = (
        (_PLACE, " · ".join(filter(None, (", ".join(element.pages), element.within)))),
        (_FOUND_BY, " | ".join(map(_locator_words, element.locators))),
        (_READS, " | ".join(f"“{text}”" for text in element.expect)),
        (_NEVER, " ".join(f"“{word}”" for word in element.forbid)),
        (_SOURCE, element.source),
        (_VERIFIED, element.verified),
    )
    for title, value in rows:
        if value:
            yield Styled.assemble(("  " + title.of(language) + ": ", "dim"), value, overflow="fold")


def _locator_words(locator: Locator) -> str:
    return " ".join(filter(None, (locator.kind, locator.value, f"“{locator.name}”" if locator.name else "")))
