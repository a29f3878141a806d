"""`rpa selectors approve`: a person confirms what may be clicked unattended on this shop's site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text as Styled

from rpa.address import origin_of
from rpa.cli.speech import agreed, console, person_named
from rpa.config import load
from rpa.elements.approvals import Approval, Approvals
from rpa.elements.profile import Risk
from rpa.elements.registry import load_profile
from rpa.language import Language, Text

if TYPE_CHECKING:
    from rpa.config import Config
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
    """Show the destructive elements (or those named), ask for each, and record what was confirmed for the shop's site.

    Raises ConfigError for an unknown element ("did you mean"), or when nobody is named.
    """
    config = load(config_path)
    chosen = config.shop(shop)
    profile = load_profile(chosen.platform, folder=config.selectors)
    elements = _wanted(profile, names=names)
    origin, language = origin_of(chosen.base_url or profile.base_url), config.language
    if chosen.mock:
        console().print(_MOCK.of(language).format(origin=origin))
        return
    destructive = list(_destructive(elements, language=language))
    if destructive:
        console().print(_HEAD.of(language).format(origin=origin), style="bold")
        asking = _Asking(config=config, profile=profile, origin=origin, by=person_named(by), yes=yes)
        _tell({element.name: asking.confirms(element) for element in destructive}, by=asking.by, language=language)
    elif not names:
        console().print(_NONE.of(language).format(profile=profile.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """Shows elements to a person and records what they confirm."""

    config: Config
    profile: Profile
    origin: str
    by: str
    yes: bool

    def confirms(self, element: Element) -> bool | None:
        """Whether the person confirms it now; None: it is confirmed already."""
        language, approvals = self.config.language, Approvals.load(self.config.var / "approvals.json")
        console().print(*_described(element, language=language), sep="\n")
        earlier = _earlier(approvals, origin=self.origin, element=element)
        if earlier is not None:
            console().print("  " + _ALREADY.of(language).format(by=earlier.by, date=earlier.date[:10]), style="green")
            return None
        confirmed = self.yes or agreed(_question(element, origin=self.origin), language=language)
        if confirmed:
            approvals.approve(self.origin, self.profile, element.name, by=self.by, now=self.config.clock.now())
        return confirmed


def _tell(answers: Mapping[str, bool | None], *, by: str, language: Language) -> None:
    for words, wanted, style in ((_DONE, True, "green"), (_NOT_DONE, False, "yellow")):
        names = [name for name, answer in answers.items() if answer is wanted]
        if names:
            console().print(words.of(language).format(by=by, names=", ".join(names)), style=style)


def _destructive(elements: Sequence[Element], *, language: Language) -> Iterator[Element]:
    """Those that need a confirmation; of the others it is said that they need none."""
    for element in elements:
        if element.risk is Risk.DESTRUCTIVE:
            yield element
        else:
            console().print(_HARMLESS.of(language).format(name=element.name, risk=element.risk.value))


def _wanted(profile: Profile, *, names: Sequence[str]) -> list[Element]:
    if names:
        return [profile.element(name) for name in dict.fromkeys(names)]
    return [element for element in profile.elements.values() if element.risk is Risk.DESTRUCTIVE]


def _earlier(approvals: Approvals, *, origin: str, element: Element) -> Approval | None:
    wanted = (origin, element.name, element.signature)
    return next((one for one in approvals.all if (one.origin, one.element, one.signature) == wanted), None)


def _question(element: Element, *, origin: str) -> Text:
    words = {"name": element.name, "origin": origin}
    return Text(en=_QUESTION.en.format(**words), zh=_QUESTION.zh.format(**words))


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
