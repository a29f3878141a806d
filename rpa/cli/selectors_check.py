"""`rpa selectors check`: compare a profile with the shop's pages, clicking nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.browser.inspection import ElementSeen, FormSeen, ListSeen, PageSeen, Presence, inspected
from rpa.browser.recording import Recording
from rpa.browser.session import launched
from rpa.cli.console import console
from rpa.cli.setup import shop_to_itself
from rpa.credentials import Vault, find_key
from rpa.errors import LoginNeeded, PageChanged
from rpa.language import Language, Text
from rpa.plugins import load_config
from rpa.runner.shop_session import opened, premises_of

if TYPE_CHECKING:
    from rich.console import Console

    from rpa.browser.view import View
    from rpa.elements.profile import PageSpec
    from rpa.runner.shop_session import ShopSetup

_PRESENCES = {
    Presence.FOUND: (Text(en="found", zh="找到"), "green"),
    Presence.MISSING: (Text(en="missing", zh="缺失"), "bold red"),
    Presence.ABSENT: (Text(en="not there now", zh="目前没有"), "dim"),
    Presence.SEVERAL: (Text(en="several", zh="不唯一"), "bold red"),
    Presence.MISNAMED: (Text(en="other name", zh="名称不符"), "bold red"),
}
_WORDS = {
    Presence.MISSING: Text(en="a run would refuse this page", zh="程序会因此拒绝操作该页面"),
    Presence.ABSENT: Text(en="may be fine: it shows at times only", zh="可能正常：有时才显示"),
    Presence.SEVERAL: Text(en="{count} of them; nothing would be chosen", zh="有 {count} 处；程序不会选择其中之一"),
    Presence.MISNAMED: Text(en="{text}", zh="{text}"),
}
_IN_ROWS = Text(en="in {count} rows", zh="{count} 行中有")
_BY_LOCATOR = Text(en="by its locator {number}", zh="使用第 {number} 种定位方式")
_PART_OF_PAGE = Text(en="signature", zh="页面标志")
_SHOP = Text(en="shop {mall_id} {mall_name}", zh="店铺 {mall_id} {mall_name}")
_SINGLE = Text(
    en="the site has one shop, and no page says who is logged in: its address and the login prove it",
    zh="该网站只有一家店铺，页面不显示登录名：以网址和登录为准",
)
_NO_SHOP = Text(en="the page does not say which shop it is", zh="页面没有显示是哪家店铺")
_POPUP = Text(
    en="over the page: “{text}” (popup {popup}; a run closes it)",
    zh="遮挡页面：“{text}”（已知弹窗 {popup}，运行时会关闭）",
)
_UNKNOWN = Text(
    en="over the page: “{text}” (not on the allow-list; a run stops)", zh="遮挡页面：“{text}”（未知弹窗，运行时会停止）"
)
_AFTER_A_CLICK = Text(
    en="not looked for, as part of a form, dialog or choice: {names}", zh="未检查（属于表单、弹窗或选项）：{names}"
)
_LIST = Text(en="list {name}: {rows} rows", zh="列表 {name}：{rows} 行")
_UNSETTLED = Text(
    en="it shows neither rows nor that there are none, or stays busy", zh="没有显示数据行或“无数据”，或一直在加载"
)
_FORM = Text(en="form {name}", zh="表单 {name}")
_UNREADABLE = Text(en="unreadable: {fields}", zh="无法识别：{fields}")
_READABLE = Text(en="all fields readable", zh="所有字段均可识别")
_NOT_OPENED = Text(
    en="{page}: not opened, because no list shows what it is opened with: {needs}",
    zh="{page}：未打开，列表中没有可用的 {needs}",
)
_NO_RIGHT = Text(en="this account may not see the page: “{text}”", zh="此账号没有该页面的权限：“{text}”")
_LOGGED_IN = Text(en="{page}: not opened, because this shop is logged in", zh="{page}：未打开，店铺已登录")
_LACKING = Text(
    en="The profile lacks {missing}. Flows that need this refuse to start.",
    zh="页面描述中缺少 {missing}；需要它的流程不会启动。",
)
_WELL = Text(
    en="All {pages} opened pages are the ones the profile means; correct what is unreadable above.",
    zh="打开的 {pages} 个页面均可辨认；上面无法识别的字段请更正。",
)
_NOT_WELL = Text(
    en="Not as the profile says: {names}. Runs stop there. Compare selectors/{profile}.toml with the site.",
    zh="与页面描述不一致：{names}。程序会在这些页面停止。请对照后台检查 selectors/{profile}.toml。",
)
_NEVER_READ = Text(
    en="Nowhere to be read: {names}. Compare selectors/{profile}.toml with the site.",
    zh="完全无法识别：{names}。请对照后台检查 selectors/{profile}.toml。",
)
_NEVER_OPENED = Text(
    en="Not opened, so not compared: {names}. Check again when the shop has what they are opened with.",
    zh="未打开，因此未核对：{names}。等店铺有对应的数据后请再次检查。",
)


def check(config_path: Path | None, shop: str, *, headed: bool) -> None:
    """Open each page of the shop's profile and print what is found.

    Exits with 3 when a run would refuse one of them, a field could be read nowhere, or a page could not be opened.
    Nothing is clicked but what a page's `setup` and `via` name, and to log in when the site asks for it. Raises
    ConfigError before a browser starts, and what any run raises that cannot log in, or is in another shop.
    """
    config = load_config(config_path)
    vault = Vault(config.var / "secrets", find_key())
    premises = premises_of(config.shop(shop), config=config, vault=vault)
    _tell_lacking(premises)
    with (
        shop_to_itself(premises),
        launched(headed=headed) as browser,
        opened(premises, browser, watching=Recording(headed=headed)) as view,
    ):
        well = _Checking(premises, view).is_well()
    if not well:
        sys.exit(PageChanged.exit_code)


def _tell_lacking(premises: ShopSetup) -> None:
    """What the profile does not describe of that which the platform can do."""
    platform, profile = premises.platform, premises.profile
    for capability in platform.can:
        missing = ", ".join(platform.lacking(capability, profile=profile))
        if missing:
            console().print(_LACKING.of(premises.config.language, missing=missing), style="yellow")


class _Checking:
    """One look at all pages of a shop, told while it goes on."""

    def __init__(self, premises: ShopSetup, view: View) -> None:
        self._premises = premises
        self._profile = premises.profile
        self._view = view
        self._language = premises.config.language
        self._patience_s = premises.config.browser.timeout_s
        self._out: Console = console()
        self._rows: list[Mapping[str, str]] = []
        self._not_opened: list[str] = []

    def is_well(self) -> bool:
        """Whether a run would accept each page, and could read each field somewhere."""
        seen = []
        for page in self._in_order():
            found = self._look_at(page)
            if found is not None:
                seen.append(found)
                self._rows += [one.example for one in found.lists]
                self._out.print(*page_words(found, premises=self._premises), sep="\n")
                self._refuse_other_shop(found)
        worries = (
            (_NOT_WELL, [page.name for page in seen if not self._accepted(page)]),
            (_NEVER_READ, [*dict.fromkeys(field for page in seen for field in page.unreadable)]),
            (_NEVER_OPENED, self._not_opened),
        )
        for said, names in worries:
            if names:
                words = said.of(self._language, names=", ".join(names), profile=self._profile.name)
                self._out.print(words, style="bold red")
        well = not any(names for _, names in worries)
        if well:
            self._out.print(_WELL.of(self._language, pages=len(seen)), style="green")
        return well

    def _in_order(self) -> list[PageSpec]:
        """The login page, then the pages that need nothing, then those that need a row of a list."""
        login = self._profile.session.login.page
        return sorted(self._profile.pages.values(), key=lambda page: (page.name != login, bool(self._needs(page))))

    def _needs(self, page: PageSpec) -> list[str]:
        """The parameters in this page's path, or the keys of the rows that are clicked on the way to it."""
        places = [(self._profile.element(name).within or "").partition(":") for name in page.via]
        start = self._profile.pages.get(page.start or "")
        before = self._needs(start) if start is not None else []
        keys = [self._profile.lists[name].key for kind, _, name in places if kind == "list"]
        return [*dict.fromkeys((*before, *page.parameters, *keys))]

    def _look_at(self, page: PageSpec) -> PageSeen | None:
        needed = self._needs(page)
        row = next((row for row in [*self._rows, page.example] if row.keys() >= set(needed)), None)
        if row is None:
            words = _NOT_OPENED.of(self._language, page=page.name, needs=", ".join(needed))
            self._out.print(words, style="dim")
            self._not_opened.append(page.name)
            return None
        if page.name == self._profile.session.login.page:
            return self._look_at_login(page)
        with suppress(PageChanged):  # what is not there is told of with the rest
            self._view.go(page.name, **{name: row[name] for name in needed})
            self._view.set_up(page.name)
        found = inspected(self._view, page.name, patience_s=self._patience_s)
        if self._view.on_login_page():
            raise LoginNeeded(f"The site asked for a login at the page {page.name}. Run `rpa login` for this shop.")
        return found

    def _look_at_login(self, page: PageSpec) -> PageSeen | None:
        if self._premises.vault.load_state(self._premises.account, self._premises.site) is not None:
            self._out.print(_LOGGED_IN.of(self._language, page=page.name), style="dim")
            return None
        self._view.open_login()
        return inspected(self._view, page.name, patience_s=self._patience_s)

    def _refuse_other_shop(self, page: PageSeen) -> None:
        if page.identity["mall_id"] is not None or self._view.guard.is_told(page.identity):
            self._view.guard.check_shop(page.identity)

    def _accepted(self, page: PageSeen) -> bool:
        single = self._profile.identity.single_shop
        told = self._view.guard.is_told(page.identity) if single else page.identity["mall_id"] is not None
        says_shop = told or page.name == self._profile.session.login.page
        return says_shop and (page.is_itself or bool(page.no_right))


def page_words(page: PageSeen, *, premises: ShopSetup) -> Iterator[Styled | Table]:
    """What one page showed, for people."""
    language = premises.config.language
    yield Styled.assemble((page.name, "bold"), "  ", (page.url, "dim"), overflow="fold")
    if page.name != premises.profile.session.login.page:
        yield _shop_words(page, premises=premises)
    for over in page.overlays:
        words = (_UNKNOWN if over.popup is None else _POPUP).of(language, text=over.text[:60], popup=over.popup)
        yield Styled("  " + words, style="bold red" if over.popup is None else "yellow")
    if page.no_right:
        yield Styled("  " + _NO_RIGHT.of(language, text=page.no_right), style="yellow")
        return
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=True)
    for one in page.elements:
        if one.presence in _PRESENCES:
            word, style = _PRESENCES[one.presence]
            table.add_row(one.name, Styled(word.of(language), style=style), _details(one, language=language))
    yield table
    later = [one.name for one in page.elements if one.presence is Presence.NOT_LOOKED_FOR]
    if later:
        yield Styled("  " + _AFTER_A_CLICK.of(language, names=", ".join(later)), style="dim")
    for each in page.lists:
        yield _list_words(each, language=language)
    for form in page.forms:
        yield _form_words(form, language=language)


def _shop_words(page: PageSeen, *, premises: ShopSetup) -> Styled:
    language, identity = premises.config.language, premises.profile.identity
    mall_id, mall_name = page.identity["mall_id"], page.identity["mall_name"]
    if identity.single_shop and not identity.login_name:
        return Styled("  " + _SINGLE.of(language), style="green")
    mall_id = page.identity["login_name"] if identity.single_shop else mall_id
    if mall_id is None:
        return Styled("  " + _NO_SHOP.of(language), style="bold red")
    return Styled("  " + _SHOP.of(language, mall_id=mall_id, mall_name=mall_name or ""), style="green")


def _details(one: ElementSeen, *, language: Language) -> str:
    said = []
    if one.signature:
        said.append(_PART_OF_PAGE.of(language))
    if one.presence in _WORDS:
        said.append(_WORDS[one.presence].of(language, count=one.count, text=one.text))
    if one.presence is Presence.FOUND and one.count > 1:
        said.append(_IN_ROWS.of(language, count=one.count))
    if one.locator > 1:
        said.append(_BY_LOCATOR.of(language, number=one.locator))
    return " · ".join(said)


def _form_words(form: FormSeen, *, language: Language) -> Styled:
    words = "  " + _FORM.of(language, name=form.name)
    if form.unreadable:
        return Styled(f"{words}; {_UNREADABLE.of(language, fields=', '.join(form.unreadable))}", style="yellow")
    return Styled(f"{words}; {_READABLE.of(language)}", style="green")


def _list_words(each: ListSeen, *, language: Language) -> Styled:
    words = "  " + _LIST.of(language, name=each.name, rows=each.rows)
    if not each.settled and not each.rows and not each.says_empty:
        return Styled(f"{words}; {_WORDS[Presence.ABSENT].of(language)}", style="dim")
    if not each.settled:
        return Styled(f"{words}; {_UNSETTLED.of(language)}", style="bold red")
    if each.unreadable:
        fields = ", ".join(f"{name} ×{count}" for name, count in each.unreadable.items())
        return Styled(f"{words}; {_UNREADABLE.of(language, fields=fields)}", style="yellow")
    return Styled(f"{words}; {_READABLE.of(language)}" if each.rows else words, style="green")
