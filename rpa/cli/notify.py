"""`rpa notify`: which channels there are, their addresses, and whether a message arrives."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from rpa.cli.console import console, secret_line
from rpa.credentials import Vault, find_key
from rpa.errors import ConfigError, NeedsPerson
from rpa.language import Language, Text
from rpa.notify.addresses import Source, as_apprise_spells_it, find_address, masked, secret_name
from rpa.plugins import load_config
from rpa.toml.document import meant_instead

if TYPE_CHECKING:
    from rpa.config import Channel, Config
    from rpa.notify.channels import Notifier

_TITLES = (
    Text(en="Channel", zh="渠道"),
    Text(en="Told from", zh="级别"),
    Text(en="Shops", zh="店铺"),
    Text(en="Digest", zh="日报"),
    Text(en="Address", zh="地址"),
)
_SEVERITIES = {
    "info": Text(en="info", zh="提示及以上"),
    "warning": Text(en="warning", zh="警告及以上"),
    "critical": Text(en="critical", zh="仅严重"),
}
_ALL = Text(en="all", zh="全部")
_YES = Text(en="yes", zh="是")
_NO = Text(en="no", zh="否")
_FROM_ENVIRONMENT = Text(en="{address} (from {variable})", zh="{address}（来自环境变量 {variable}）")
_FROM_STORE = Text(en="{address} (encrypted store)", zh="{address}（已加密保存）")
_MISSING = Text(en="missing: run `rpa notify set {name}`", zh="未设置：请运行 rpa notify set {name}")
_NONE = Text(
    en='There is no channel yet. Add to rpa.toml:\n\n[[notify]]\nname = "boss"\n\nthen run `rpa notify set boss`.',
    zh='还没有通知渠道。请在 rpa.toml 中添加：\n\n[[notify]]\nname = "boss"\n\n然后运行 rpa notify set boss。',
)
_ADDRESS = Text(
    en="Address of {name} (as its robot shows it, or apprise's; it is not shown while you paste it): ",
    zh="{name} 的地址（可直接粘贴机器人的 Webhook 地址，或 apprise 格式；输入时不显示）：",
)
_KEPT = Text(
    en="Kept, encrypted: {address} for {name}. `rpa notify test {name}` sends a message there.",
    zh="已加密保存 {name} 的地址：{address}。运行 rpa notify test {name} 发送测试消息。",
)
_ENVIRONMENT_WINS = Text(
    en="{variable} is set, too, and goes before what was kept now.",
    zh="环境变量 {variable} 也已设置，会优先于刚保存的地址。",
)
_REMOVED = Text(en="The address of {name} is removed.", zh="已删除 {name} 的地址。")
_NOT_THERE = Text(en="No address of {name} was kept.", zh="没有保存过 {name} 的地址。")
_TEST_TITLE = Text(en="[rpa] test", zh="[rpa] 测试消息")
_TEST_BODY = Text(
    en="This is a test. Messages of the channel {name} arrive here ({project}).",
    zh="这是一条测试消息。渠道 {name} 的通知会发送到这里（{project}）。",
)
_TAKEN = Text(en="{name}: taken; look whether it has arrived.", zh="{name}：已发送，请确认是否收到。")
_FAILED = Text(en="{name}: {problem}", zh="{name}：发送失败：{problem}")

_NO_ADDRESS = Text(en="No address was given for {name}; nothing was kept.", zh="没有给出 {name} 的地址，未保存。")
_NOBODY_TYPES = Text(
    en="Nobody can type the address of {name} here; give it as one line of standard input, with --stdin.",
    zh="此处无法输入 {name} 的地址；请加 --stdin，从标准输入提供一行地址。",
)


def list_channels(config_path: Path | None) -> None:
    """Print the channels: from which severity on, of which shops, and where their address is known from."""
    config = load_config(config_path)
    if not config.notify:
        console().print(_NONE.of(config.language), soft_wrap=True)
        return
    vault, problem = _vault(config)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for title in _TITLES:
        table.add_column(title.of(config.language), overflow="fold")
    for channel in config.notify:
        table.add_row(*_row(channel, vault=vault, language=config.language))
    console().print(table)
    if problem and any(find_address(channel, vault=None) is None for channel in config.notify):
        console(stderr=True).print(problem, style="yellow", soft_wrap=True)


def keep_address(config_path: Path | None, name: str, *, from_stdin: bool) -> None:
    """Keep a channel's address, encrypted: typed at the terminal, unseen, or the first line of standard input.

    Raises ConfigError, without the address, when there is no such channel, no address, or none that apprise knows.
    """
    from rpa.notify.sending import check_address

    config = load_config(config_path)
    channel = _channel(config, name)
    given = secret_line() if from_stdin else _typed(channel, language=config.language)
    if not given.strip():
        raise ConfigError(_NO_ADDRESS.with_words(name=name))
    url = as_apprise_spells_it(given)
    check_address(url)
    Vault(config.var / "secrets", find_key()).save_secret(secret_name(name), url)
    console().print(_KEPT.of(config.language, address=masked(url), name=name), soft_wrap=True)
    if channel.url_env and os.environ.get(channel.url_env):
        said = _ENVIRONMENT_WINS.of(config.language, variable=channel.url_env)
        console(stderr=True).print(said, style="yellow", soft_wrap=True)


def remove_address(config_path: Path | None, name: str) -> None:
    """Remove the kept address of a channel, also of one that is not in rpa.toml any more."""
    from rpa.credentials import forget_secret

    config = load_config(config_path)
    there = forget_secret(config.var / "secrets", secret_name(name))
    console().print((_REMOVED if there else _NOT_THERE).of(config.language, name=name), soft_wrap=True)


def try_channels(config_path: Path | None, name: str | None) -> None:
    """Send a test message to a channel (None: to each), and say what came of it; exits with 3 when one did not take it.

    The incident of a channel that works again is closed.
    """
    from rpa.ledger.ledger import Ledger
    from rpa.notify.channels import Notifier
    from rpa.notify.incident_messages import cause_of

    config = load_config(config_path)
    names = [_channel(config, name).name] if name is not None else [channel.name for channel in config.notify]
    if not names:
        console().print(_NONE.of(config.language), soft_wrap=True)
    notifier = Notifier.of(config, _vault(config)[0])
    works = {each: _arrives(notifier, each, config=config) for each in names}
    if any(works.values()):
        with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
            for each in names:
                if works[each]:
                    ledger.close_incident("", cause=cause_of(each))
    if not all(works.values()):
        sys.exit(NeedsPerson.exit_code)


def _arrives(notifier: Notifier, name: str, *, config: Config) -> bool:
    from rpa.notify.channels import Message

    say = config.language
    body = _TEST_BODY.of(say, name=name, project=config.folder.name)
    failure = notifier.deliver(name, message=Message(title=_TEST_TITLE.of(say), body=body))
    if failure is None:
        console().print(_TAKEN.of(say, name=name), soft_wrap=True)
    else:
        console(stderr=True).print(_FAILED.of(say, name=name, problem=failure.problem), style="red", soft_wrap=True)
    return failure is None


def _channel(config: Config, name: str) -> Channel:
    found = {channel.name: channel for channel in config.notify}
    if name not in found:
        near, file = meant_instead(name, found), config.path.name
        raise ConfigError(
            Text(
                en=f'{file} has no [[notify]] with the name "{name}"{near.en}',
                zh=f"{file} 中没有名为“{name}”的 [[notify]]{near.zh}",
            )
        )
    return found[name]


def _vault(config: Config) -> tuple[Vault | None, str]:
    """The encrypted store, or (None) why it cannot be opened."""
    try:
        return Vault(config.var / "secrets", find_key()), ""
    except ConfigError as error:
        return None, str(error)


def _typed(channel: Channel, *, language: Language) -> str:
    if not sys.stdin.isatty():
        raise ConfigError(_NOBODY_TYPES.with_words(name=channel.name))
    return getpass.getpass(_ADDRESS.of(language, name=channel.name))


def _row(channel: Channel, *, vault: Vault | None, language: Language) -> list[Styled]:
    shops = ", ".join(channel.shops) or _ALL.of(language)
    digest = (_YES if channel.digest else _NO).of(language)
    severity = _SEVERITIES[channel.severity].of(language)
    return [*map(Styled, (channel.name, severity, shops, digest)), _address(channel, vault=vault, language=language)]


def _address(channel: Channel, *, vault: Vault | None, language: Language) -> Styled:
    try:
        found = find_address(channel, vault=vault)
    except ConfigError as error:
        return Styled(str(error), style="red")
    if found is None:
        return Styled(_MISSING.of(language, name=channel.name), style="red")
    known = _FROM_ENVIRONMENT if found.source is Source.ENVIRONMENT else _FROM_STORE
    return Styled(known.of(language, address=masked(found.url), variable=channel.url_env))
