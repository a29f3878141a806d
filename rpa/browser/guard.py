"""The guard: the right shop, nothing unknown over the page, destructive elements that a person confirmed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rpa.browser.playwright_errors import looked
from rpa.browser.popups import ClosedPopup, close_popup
from rpa.browser.resolve import script
from rpa.elements.profile import Risk
from rpa.elements.site import is_answered
from rpa.elements.unapproved import unconfirmed, unseen, unused
from rpa.errors import (
    ChallengeShown,
    KickedOut,
    LoginNeeded,
    NotApproved,
    OtherLanguage,
    Refused,
    UnexpectedDialog,
    UnknownOverlay,
    WrongShop,
)
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from rpa.browser.shop_page import ShopPage
    from rpa.elements.approvals import Approvals
    from rpa.elements.profile import Element, Profile

_CONFIRMED = Text(
    en="{name} is confirmed on {host} by {by}: it did what it should.",
    zh="{by} 已确认 {host} 上的 {name}：操作结果符合预期。",
)

_LOGIN_PAGE = Text(
    en="The site shows its login page. Run `rpa login {shop}`.", zh="后台显示登录页面，请运行 rpa login {shop}。"
)
_KICKED = Text(
    en="The site says “{words}”. The session is not taken back; run `rpa login {shop}` when the other place is done.",
    zh="后台提示“{words}”，账户在别处登录；程序不会抢回登录，对方用完后请运行 rpa login {shop}。",
)
_CHALLENGE = Text(
    en="The site asks for a challenge: “{words}”. Run `rpa login {shop} --headed`.",
    zh="后台要求安全验证（{words}），请运行 rpa login {shop} --headed。",
)
_LOCKED = Text(en="The site says: “{words}”", zh="后台提示：“{words}”")
_OTHER_SHOP = Text(
    en="The page belongs to {key} {shown!r}, but shop {shop} is configured with {wanted!r}. Nothing was clicked; log "
    "in to the right shop with `rpa login {shop}`.",
    zh="当前页面属于另一家店铺（{key} {shown!r}），而 {shop} 配置的是 {wanted!r}，未做任何点击；"
    "请运行 rpa login {shop} 登录正确的店铺。",
)
_OTHER_LANGUAGE = Text(
    en="The site shows itself in the language “{shown}”, and the program reads it in “{wanted}”. Nothing was read. Set "
    "the language of the account of shop {shop} to {wanted} on the site, then run again.",
    zh="后台显示的语言是“{shown}”，而程序按“{wanted}”读取；未读取任何内容。"
    "请在后台把店铺 {shop} 的账号语言改为 {wanted}，然后重新运行。",
)
_LOOK = "(told) => ({look})(JSON.parse(told))"
"""What is told as one text takes Playwright a fraction of the time that it takes for a table, value by value."""
_MOST_POPUPS = 8
_PASSING_S = 5.0
"""What covers a page for longer does not go by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The checks of one shop's page."""

    shop: str
    mall_id: str | None
    mall_name: str | None
    approvals: Approvals
    watched: bool
    """A person confirms each write (`--headed --step`), so unconfirmed elements may be used."""
    login_name: str | None = None
    """Who must be logged in, as the page says it; None: it is not asked for."""
    language: str | None = None
    """What the page must say of its language; None: it is not asked for."""
    site: str = ""
    """The origin of the shop's address, where a profile of the user's own must have been seen by a person."""
    mock: bool = False
    """The shop is a mock, where nothing needs to be confirmed; another origin that the profile lists is none."""
    refused_dialogs: list[str] = field(default_factory=list)
    closed: list[ClosedPopup] = field(default_factory=list)
    """Each popup that was closed, in this order."""
    _to_confirm: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """By subject, the unconfirmed elements that were clicked for it because a person watched, each with its origin."""

    def allow(self, element: Element, *, profile: Profile, origin: str, about: str = "") -> None:
        """Raise NotApproved for a destructive element that nobody has confirmed on this origin and nobody watches.

        And for one that may have just any text, and for any of a profile that nobody has seen as it is. Also
        UnexpectedDialog for a destructive one, when the page has asked something. `origin`: of the document that has
        it; `about`: the subject that the click is for; see `confirm`.
        """
        self.check_profile(profile)
        if element.risk is Risk.DESTRUCTIVE:
            self.refuse_asked()
            self._refuse_unused(element)
        if self.is_confirmed(element, profile=profile, origin=origin):
            return
        self.check_allowed(element, profile=profile, origin=origin)
        self._to_confirm.setdefault(about, set()).add((origin, element.name))

    def _refuse_unused(self, element: Element) -> None:
        """Raise NotApproved for one that no class says that it uses, and of which the profile names no text either."""
        if not any(element.expect):
            raise NotApproved(unused(element))

    def check_allowed(self, element: Element, *, profile: Profile, origin: str) -> None:
        """The same before anything was begun, without a click."""
        if not self.watched and not self.is_confirmed(element, profile=profile, origin=origin):
            raise NotApproved(
                unconfirmed(element, profile=profile, approvals=self.approvals, origin=origin, shop=self.shop)
            )

    def check_profile(self, profile: Profile) -> None:
        """Raise NotApproved for a profile of the user's own of which nobody has seen what it says otherwise.

        Even when a person watches: they are asked of writes only.
        """
        if not self.mock and not self.approvals.accepts(self.site, profile):
            raise NotApproved(unseen(profile, approvals=self.approvals, origin=self.site, shop=self.shop))

    def is_confirmed(self, element: Element, *, profile: Profile, origin: str) -> bool:
        """Whether this element may be clicked unattended: not destructive, or confirmed by a person on this origin."""
        if element.risk is not Risk.DESTRUCTIVE or (self.mock and origin == self.site):
            return True
        return self.approvals.allows(origin, element.name, profile)

    def confirm(self, about: str, *, profile: Profile, by: str, now: datetime) -> None:
        """This subject ended as it should, watched by a person: what was clicked for it is confirmed from now on."""
        for origin, name in sorted(self._to_confirm.pop(about, ())):
            self.approvals.approve(origin, profile, name, by=by, now=now)
            speak("INFO", _CONFIRMED, name=name, host=origin, by=by)

    def refuse_dialog(self, dialog: Dialog) -> None:
        """Answer a question of the browser's own (alert, confirm, prompt) with cancel; the next check stops us.

        Only “leave this page?” is answered with yes: who goes is the program, which leaves no page before it is done.
        """
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self.refused_dialogs.append(dialog.message)
        dialog.dismiss()

    def refuse_asked(self) -> None:
        """Raise UnexpectedDialog when the page has asked something that no step expected."""
        if self.refused_dialogs:
            raise UnexpectedDialog(f"The page asked “{self.refused_dialogs[0][:60]}”; it was answered with cancel.")

    def clear(self, shop_page: ShopPage, *, expected: Sequence[str] = ()) -> None:
        """Check the shop, close popups of the allow-list, refuse what else lies over the page.

        A page that does not say yet whose it is, is given time to.
        """
        shown: Mapping[str, str | None] = {}
        for _ in shop_page.moments():
            seen = self.uncover(shop_page, expected=expected)
            if urlsplit(seen["url"]).path.startswith(shop_page.profile.session.login_path):
                shop_page.refuse_kicked()
                raise LoginNeeded(_LOGIN_PAGE.with_words(shop=self.shop))
            shown = seen["identity"]
            if self.is_told(shown):
                break
        self.check_shop(shown)

    def uncover(self, shop_page: ShopPage, *, expected: Sequence[str] = ()) -> Mapping[str, Any]:
        """Close popups of the allow-list one by one, refuse any other that stays; what the page shows then."""
        self.refuse_asked()
        for _ in range(_MOST_POPUPS):
            seen = self._settled(shop_page, expected=expected)
            if not seen["overlays"]:
                return seen
            self._close(shop_page, seen["overlays"][0])
        raise UnknownOverlay(f"More than {_MOST_POPUPS} popups in a row; look with --headed.")

    def _settled(self, shop_page: ShopPage, *, expected: Sequence[str]) -> Mapping[str, Any]:
        """What the page shows; what is unknown over it, such as the veil of a page that loads, is given time to go."""
        seen: Mapping[str, Any] = {}
        for _ in shop_page.moments(most_s=_PASSING_S):
            seen = self.look(shop_page, expected=expected)
            self.refuse_words(seen["overlays"])
            if not seen["overlays"] or seen["overlays"][0]["popup"] is not None:
                break
        return seen

    def look(self, shop_page: ShopPage, *, expected: Sequence[str] = ()) -> Mapping[str, Any]:
        """What the page shows, nothing touched: `url`, `identity` and `overlays`.

        `identity` has what is told of the page (`Profile.told_of_page`; None: not found); an overlay has `popup`,
        `text` and `means`.
        """
        profile = shop_page.profile
        identity = profile.told_of_page
        argument = {
            "identity": {key: [path for path in paths if not is_answered(path)] for key, paths in identity.items()},
            "candidates": list(profile.overlays.candidates),
            "popups": {
                name: {"container": one.container, "text": list(one.text)} for name, one in profile.popups.items()
            },
            "expected": list(expected),
            "known": [
                one.model_dump(include={"container", "text", "means"}) for one in profile.overlays.known.values()
            ],
        }
        text = looked(
            shop_page.page,
            lambda: shop_page.page.evaluate(_LOOK.format(look=script("look_around")), json.dumps(argument)),
            doing="looking around on the page",
        )
        seen: Mapping[str, Any] = json.loads(text)
        shop_page.border.check_origin(seen["url"])
        told = {key: shop_page.told.newest(paths) for key, paths in identity.items()}
        return {**seen, "identity": {key: told[key] or seen["identity"][key] for key in identity}}

    def is_told(self, shown: Mapping[str, str | None]) -> bool:
        """Whether the page says all by which the shop is known, and its language where that is asked for."""
        keys = [key for key, _ in self._of_shop()] + ["language"] * (self.language is not None)
        return all(shown[key] is not None for key in keys)

    def check_shop(self, shown: Mapping[str, str | None]) -> None:
        """Raise WrongShop unless the page names the configured shop, OtherLanguage unless it is in the right one."""
        for key, wanted in self._of_shop():
            if shown[key] != wanted:
                raise WrongShop(_OTHER_SHOP.with_words(key=key, shown=shown[key], shop=self.shop, wanted=wanted))
        if self.language is not None and not _is_in(shown["language"], self.language):
            words = {"shown": shown["language"] or "?", "wanted": self.language, "shop": self.shop}
            raise OtherLanguage(_OTHER_LANGUAGE.with_words(**words))

    def is_answered(self, shop_page: ShopPage) -> bool:
        """Whether the newest answers name the shop, whatever is shown. Raises WrongShop when they name another."""
        paths = shop_page.profile.told_of_page
        told = {key: shop_page.told.newest(paths[key]) for key, _ in self._of_shop()}
        self.check_shop({key: told[key] or wanted for key, wanted in self._of_shop()} | {"language": self.language})
        return any(told.values())

    def _of_shop(self) -> list[tuple[str, str]]:
        """What the page must name of the shop."""
        told = (("mall_id", self.mall_id), ("mall_name", self.mall_name), ("login_name", self.login_name))
        return [(key, wanted) for key, wanted in told if wanted is not None]

    def refuse_words(self, overlays: Sequence[Mapping[str, Any]]) -> None:
        """Raise KickedOut or ChallengeShown when what `look` found says so; Refused for what somebody else works on."""
        for overlay in overlays:
            if overlay["means"] == "kicked":
                raise KickedOut(_KICKED.with_words(words=overlay["text"][:40], shop=self.shop))
            if overlay["means"] == "challenge":
                raise ChallengeShown(_CHALLENGE.with_words(words=overlay["text"][:40], shop=self.shop))
            if overlay["means"] == "locked":
                raise Refused(_LOCKED.with_words(words=overlay["text"][:80]), reason="locked")

    def _close(self, shop_page: ShopPage, overlay: Mapping[str, Any]) -> None:
        """Close it; one that has gone by itself meanwhile is no trouble."""
        name = overlay["popup"]
        if name is None:
            raise UnknownOverlay(f"“{overlay['text'][:60]}” covers the page and is not on the allow-list.")
        self.check_profile(shop_page.profile)
        closed = close_popup(shop_page.page, shop_page.profile.popups[name], name=name, text=overlay["text"])
        if closed is not None:
            self.closed.append(closed)


def _is_in(shown: str | None, wanted: str) -> bool:
    """Whether the language that is shown is the one wanted, or one of its kinds: zh-CN is zh."""
    told = (shown or "").casefold().replace("_", "-")
    return f"{told}-".startswith(f"{wanted.casefold().replace('_', '-')}-")
