"""`rpa init`, `login`, `flows` and `doctor`: the commands around a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.cli.console import asked, console, language_of
from rpa.errors import ConfigError
from rpa.language import Language, Text, detect
from rpa.plugins import load_config

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.flow import Flow
    from rpa.runner.shop_session import ShopSetup
    from rpa.starter import Question

_NO_PASSWORD = Text(
    en="The first line of standard input is empty, so there is no password for {shop}; nothing was kept.",
    zh="标准输入的第一行是空的，没有读到 {shop} 的密码；未保存。",
)
_NO_LOGIN = Text(
    en='The table [shops.{shop}] has no login; add login = "…", so that the password has its account.',
    zh='[shops.{shop}] 中没有 login；请添加 login = "…"，指明密码属于哪个账号。',
)
_NO_SCREEN = Text(
    en="A person logs in to {shop} in a browser window, and there is no screen here (DISPLAY is not set). Run this at "
    "a screen, or give the password: `rpa login {shop} --password-stdin`.",
    zh="登录 {shop} 需要在浏览器窗口中操作，但这里没有屏幕（未设置 DISPLAY）。请在有屏幕的环境运行，"
    "或提供密码：rpa login {shop} --password-stdin。",
)
_WRITTEN = Text(
    en="Written: {path}\nNext: `rpa doctor` examines this machine, then `rpa login {shop}` logs in.",
    zh="已写好：{path}\n接下来：先运行 rpa doctor 检查本机，再运行 rpa login {shop} 登录店铺。",
)
_LOGGED_IN = Text(
    en="Logged in to {shop} (shop id {mall_id}{mall_name}). The login is kept, encrypted, in {folder}.",
    zh="已登录 {shop}（店铺 ID {mall_id}{mall_name}）。登录状态已加密保存在 {folder}。",
)
_PASSWORD_KEPT = Text(
    en="The password of {login} is kept there too; a run types it by itself, once, when the site asks for it.",
    zh="{login} 的密码也已加密保存；以后站点要求登录时，程序每次运行会自动输入一次。",
)
_YOUR_TURN = Text(
    en="Log in to {shop} in the browser window, within ten minutes. The program only watches.",
    zh="请在浏览器窗口中登录 {shop}（十分钟内）。程序只等待，不做任何操作。",
)
_FLOW = Text(en="Flow", zh="流程")
_WHAT = Text(en="What it does", zh="作用")
_SITE = Text(en="The site", zh="对后台")
_OPTIONS = Text(en="Options", zh="选项")
_WRITES = Text(en="writes", zh="会操作")
_READS = Text(en="reads", zh="只读取")
_HOW = Text(
    en="Run one with `rpa run FLOW [SHOP]…`; `rpa run FLOW --help` says more.",
    zh="运行：rpa run 流程 [店铺]…；详情：rpa run 流程 --help。",
)
_CHECK = Text(en="Check", zh="检查项")
_RESULT = Text(en="Result", zh="结果")
_DETAILS = Text(en="Details", zh="说明")
_STATES = {
    "ok": (Text(en="ok", zh="正常"), "green"),
    "warn": (Text(en="warning", zh="注意"), "yellow"),
    "fail": (Text(en="failed", zh="未通过"), "bold red"),
}
_ALL_WELL = Text(en="Everything that a run needs is here.", zh="运行所需的条件都已具备。")
_NOT_WELL = Text(en="Runs will not work until what failed is put right.", zh="请先解决“未通过”的项目，否则无法运行。")


def write_first_config(config_path: Path | None) -> None:
    """Ask the starter's questions on the terminal, write rpa.toml, and say what comes next.

    Raises ConfigError when the file is there already, or an answer is missing or wrong.
    """
    from rpa.cli.starter import write_config

    language = detect()
    path = (config_path or Path(os.environ.get("RPA_CONFIG") or "rpa.toml")).absolute()

    def ask(question: Question, problem: Text | None) -> str:
        if problem is not None:
            console(stderr=True).print(f"  {problem.of(language)}", style="yellow")
        return asked(question.text, language=language, default=question.default)

    write_config(path, ask, language=language)
    shop = next(iter(load_config(path).known))
    console().print(_WRITTEN.of(language, path=path, shop=shop), soft_wrap=True)


def log_in(config_path: Path | None, shop: str, *, password: str | None, headed: bool) -> None:
    """Log in to the shop and keep its login state: with this password, which is kept too, or (None) by a person.

    That the account was logged in elsewhere is over then.

    Raises ConfigError before a browser starts; LoginNeeded, ChallengeShown or WrongShop when the site shows that nobody
    is logged in, or somebody else: nothing is kept then.
    """
    from rpa.browser.login import type_password, wait_for_person
    from rpa.cli.pause import give_back
    from rpa.credentials import Vault, find_key
    from rpa.runner.shop_session import premises_of

    config = load_config(config_path)
    chosen = config.shop(shop)
    _check_login(shop, login=chosen.login, password=password)
    vault = Vault(config.var / "secrets", find_key())
    premises = premises_of(chosen, config=config, vault=vault)

    def enter(view: View) -> None:
        if password is None:
            console().print(_YOUR_TURN.of(config.language, shop=shop), soft_wrap=True)
            wait_for_person(view, mall_id=chosen.mall_id)
        else:
            type_password(view, login=chosen.login, password=password, mall_id=chosen.mall_id)

    _enter_and_keep(premises, enter=enter, headed=headed or password is None)
    if password is not None:
        vault.save_password(premises.account, chosen.login, password, premises.site)
    give_back(config, {shop})
    if password is not None:
        console().print(_PASSWORD_KEPT.of(config.language, login=chosen.login), soft_wrap=True)


def _check_login(shop: str, *, login: str, password: str | None) -> None:
    from rpa.browser.session import has_screen

    if password == "":
        raise ConfigError(_NO_PASSWORD.with_words(shop=shop))
    if password is not None and not login:
        raise ConfigError(_NO_LOGIN.with_words(shop=shop))
    if password is None and not has_screen():
        raise ConfigError(_NO_SCREEN.with_words(shop=shop))


def _enter_and_keep(premises: ShopSetup, *, enter: Callable[[View], None], headed: bool) -> None:
    """Log in in a browser without any earlier login, make sure that it is the right shop, and keep the login."""
    from rpa.browser.login import arrived_in_shop
    from rpa.browser.login_state import login_state
    from rpa.browser.session import launched
    from rpa.runner.shop_session import kick_kept, viewed

    config, shop = premises.config, premises.shop
    with (
        shop_to_itself(premises),
        launched(headed=headed) as browser,
        viewed(premises, browser, state=None) as view,
        kick_kept(premises),
    ):
        enter(view)
        identity = arrived_in_shop(view)
        state = login_state(view.page, hosts=premises.hosts)
        premises.vault.save_state(premises.account, state, premises.site)
    name = f", {identity['mall_name']}" if identity["mall_name"] else ""
    said = _LOGGED_IN.of(
        config.language,
        shop=shop.name,
        mall_id=identity["mall_id"] or shop.mall_id,
        mall_name=name,
        folder=config.var / "secrets",
    )
    console().print(said, soft_wrap=True)


@contextmanager
def shop_to_itself(premises: ShopSetup) -> Iterator[None]:
    """Hold the shop's lock, and let the program's words go to the terminal and the log file."""
    from rpa.ledger.shop_lock import RunLock
    from rpa.log import to_terminal

    config = premises.config
    with (
        RunLock(config.var / "locks", shop=premises.shop.name, clock=config.clock),
        to_terminal(console(stderr=True), folder=config.var / "log", language=config.language),
    ):
        yield


def list_flows(config_path: Path | None) -> None:
    """Print the flows there are: what each does, whether it writes to the site, and its own options."""
    from rpa.plugins import flows

    language = language_of(config_path)
    table = _table(_FLOW, _WHAT, _SITE, _OPTIONS, language=language)
    for name, flow in sorted(flows().items()):
        site = (
            Styled(_WRITES.of(language), style="yellow") if flow.writes else Styled(_READS.of(language), style="green")
        )
        table.add_row(Styled(name, style="bold"), flow.summary.of(language), site, _options(flow, language=language))
        table.add_section()
    console().print(table, _HOW.of(language))


def _options(flow: Flow, *, language: Language) -> str:
    from rpa.cli.run_commands import flag_of

    return "\n".join(
        f"{flag_of(field)}: {Text(*field.metadata['help']).of(language)}" for field in fields(flow.options)
    )


def examine_machine(config_path: Path | None) -> None:
    """Print what was examined and what to do about it; exits with 2 when something failed."""
    from rpa.doctor import State, examine

    language = language_of(config_path)
    findings = examine(config_path)
    table = _table(_CHECK, _RESULT, _DETAILS, language=language)
    for finding in findings:
        word, style = _STATES[finding.state.value]
        table.add_row(finding.name.of(language), Styled(word.of(language), style=style), finding.message.of(language))
    failed = any(finding.state is State.FAIL for finding in findings)
    console().print(table, (_NOT_WELL if failed else _ALL_WELL).of(language))
    if failed:
        sys.exit(ConfigError.exit_code)


def _table(*titles: Text, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in titles[:-1]:
        table.add_column(title.of(language), overflow="fold")
    table.add_column(titles[-1].of(language), overflow="fold", ratio=1)
    return table
