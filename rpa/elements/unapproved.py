"""Unapproved profiles: what a person is told of one that they have not confirmed as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rpa.language import Text

if TYPE_CHECKING:
    from rpa.elements.approvals import Approval, Approvals
    from rpa.elements.facts import Change
    from rpa.elements.profile import Element, Profile

_OWN_PROFILE = Text(
    en="The profile {name} is one of your own; it differs from what came with the program in {count} place(s): "
    "{places}. `rpa selectors diff SHOP` shows all.",
    zh="正在使用您自己的页面描述 {name}，与程序自带的有 {count} 处不同：{places}。"
    "rpa selectors diff 店铺名 可查看全部。",
)

_NEVER = Text(
    en="{name} was never confirmed by a person on {origin}, so it is not clicked unattended.",
    zh="{name} 在 {origin} 上从未经人工确认，因此不会自动点击。",
)
_BEFORE = Text(
    en="{name} was confirmed on {origin} by {by} on {date}, and the profile has changed since: {changes}.",
    zh="{by} 于 {date} 确认过 {origin} 上的 {name}，但此后页面描述有改动：{changes}。",
)
_OLD = Text(
    en="{name} was confirmed on {origin} by {by} on {date}, but for the button alone: a confirmation counts for the "
    "whole profile now, so it is asked once more.",
    zh="{by} 于 {date} 确认过 {origin} 上的 {name}，但当时只针对按钮本身；现在的确认针对整个页面描述，请重新确认一次。",
)
_OWN = Text(
    en="The profile {name} is one of your own, and nobody has confirmed on {origin} what it says otherwise than "
    "what came with the program: {changes}. Nothing is touched with it.",
    zh="页面描述 {name} 是您自己的文件，它与程序自带的不同之处尚未在 {origin} 上确认：{changes}。"
    "在此之前不会操作后台。",
)
_UNUSED = Text(
    en="No code says what it does with {name}, and the profile does not say what it must read (expect), so it is not "
    "clicked.",
    zh="没有代码声明 {name} 的用途，页面描述也没有写明它必须显示的文字（expect），因此不会点击。",
)
_RUN = Text(en="Run `rpa selectors approve {shop}`.", zh="请运行 rpa selectors approve {shop}。")
_OR_WATCH = Text(
    en="Run `rpa selectors approve {shop}`, or once with --headed --step.",
    zh="请运行 rpa selectors approve {shop}，或用 --headed --step 运行一次。",
)
_MORE = Text(en="{first} … ({count} in all)", zh="{first} …（共 {count} 处）")
_FEW = 3
_LONGEST = 300


def unconfirmed(element: Element, *, profile: Profile, approvals: Approvals, origin: str, shop: str) -> Text:
    """Why this destructive element may not be clicked unattended."""
    earlier = approvals.earlier(origin, profile, element=element.name)
    if earlier is None:
        return _told(_NEVER.with_words(name=element.name, origin=origin), _OR_WATCH.with_words(shop=shop))
    return _told(_since(earlier, element.name, approvals, profile), _OR_WATCH.with_words(shop=shop))


def unused(element: Element) -> Text:
    """Why an element that no class uses is not clicked, even when a person watches."""
    return _UNUSED.with_words(name=element.name)


def unseen(profile: Profile, *, approvals: Approvals, origin: str, shop: str) -> Text:
    """Why nothing is touched with this profile of the user's own."""
    earlier, advice = approvals.earlier(origin, profile), _RUN.with_words(shop=shop)
    if earlier is None or approvals.changes_since(earlier, profile) is None:
        return _told(_OWN.with_words(name=profile.name, origin=origin, changes=few(profile.own)), advice)
    return _told(_since(earlier, profile.name, approvals, profile), advice)


def own_profile(profile: Profile) -> Text:
    """That this profile is one of the user's own, and where it differs."""
    names = list(dict.fromkeys(one.place for one in profile.own))
    places = ", ".join(names[:_FEW]) + (" …" if len(names) > _FEW else "")
    return _OWN_PROFILE.with_words(name=profile.name, count=len(profile.own), places=places)


def few(found: Sequence[Change]) -> Text:
    """The first of these changes, and how many there are."""
    told = [one.said for one in found[:_FEW]]
    first = Text(en="; ".join(_cut(said.en) for said in told), zh="；".join(_cut(said.zh) for said in told))
    return first if len(found) <= _FEW else _MORE.with_words(first=first, count=len(found))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _since(earlier: Approval, name: str, approvals: Approvals, profile: Profile) -> Text:
    since = approvals.changes_since(earlier, profile)
    told = {"name": name, "origin": earlier.origin, "by": earlier.by, "date": earlier.date[:10]}
    return _OLD.with_words(**told) if since is None else _BEFORE.with_words(**told, changes=few(since))


def _told(said: Text, advice: Text) -> Text:
    return Text(en=f"{said.en} {advice.en}", zh=f"{said.zh}{advice.zh}")
