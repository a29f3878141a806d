"""`rpa service`: have the operating system keep the scheduler running."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.cli.console import console
from rpa.errors import ConfigError, NeedsPerson
from rpa.language import Language, Text
from rpa.plugins import load_config
from rpa.service import host_of
from rpa.service.program import is_fresh, program_of, sign_of_life

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.heartbeats import Heartbeat
    from rpa.service.program import InstallResult

_NO_PLAN = Text(
    en="{path} has no [[schedule]], so a service would have nothing to do. Add one first.",
    zh="{path} 中没有 [[schedule]]，服务无事可做；请先添加计划。",
)
_INSTALLED = Text(en="Installed: {file}", zh="已安装：{file}")
_WRITTEN = Text(en="Written: {file}", zh="已写好：{file}")
_REMOVED = Text(en="Removed: {file}", zh="已删除：{file}")
_WAS_NOT = Text(en="It was not installed.", zh="本来就没有安装。")
_SECRETS_STAY = Text(en="Your file of secrets stays: {file}", zh="密钥文件保留未动：{file}")
_SECRETS = Text(
    en="Secrets (RPA_KEY, addresses of channels) are never written by the program. Those that the service needs from "
    "the environment, write into {file}, which only you can read.",
    zh="程序从不写出密钥等敏感信息（RPA_KEY、通知地址）。服务需要的环境变量请自行填入 {file}（仅本人可读）。",
)
_BY_HAND = Text(en="Now run:", zh="请执行：")
_IS_INSTALLED = Text(en="Installed", zh="已安装")
_IS_RUNNING = Text(en="Running", zh="正在运行")
_LAST_SIGN = Text(en="Last sign of life", zh="最近一次心跳")
_YES = Text(en="yes", zh="是")
_NO = Text(en="no", zh="否")
_CANNOT_TELL = Text(en="the system does not tell; see the sign of life", zh="系统未说明，请看心跳")
_NEVER = Text(en="never", zh="从未")
_AGO = Text(en="{at} ({seconds} s ago, on {host})", zh="{at}（{seconds} 秒前，{host}）")
_HOW = Text(en="`rpa service install` installs it.", zh="安装：rpa service install。")
_WHY = Text(
    en="To see why it does not work: `{look}`, and `rpa doctor`. The scheduler's log is in {folder}.",
    zh="排查原因：{look}，以及 rpa doctor。调度程序的日志在 {folder}。",
)


def install(config_path: Path | None, *, only_print: bool) -> None:
    """Hand the scheduler to the operating system, or print what it would be given.

    Raises ConfigError when nothing is scheduled, or the system refuses.
    """
    config = load_config(config_path)
    if not config.schedule:
        raise ConfigError(_NO_PLAN.with_words(path=config.path))
    program = program_of(config)
    host = host_of(program)
    if only_print:
        sys.stdout.write(host.text())
        return
    handed = host.install()
    _say(_WRITTEN if handed.by_hand else _INSTALLED, language=config.language, file=handed.file)
    if program.secrets.exists():
        _say(_SECRETS, language=config.language, file=program.secrets)
    _say_the_rest(handed, language=config.language)


def uninstall(config_path: Path | None) -> None:
    """Stop the service and remove it; what it has written stays."""
    config = load_config(config_path)
    program = program_of(config)
    handed = host_of(program).uninstall()
    _say(_REMOVED if handed.file else _WAS_NOT, language=config.language, file=handed.file)
    if handed.file and program.secrets.exists():
        _say(_SECRETS_STAY, language=config.language, file=program.secrets)
    _say_the_rest(handed, language=config.language)


def status(config_path: Path | None) -> None:
    """Print whether the service is installed and works; exits with 3 unless it does."""
    config = load_config(config_path)
    language = config.language
    standing, sign = host_of(program_of(config)).standing(), sign_of_life(config)
    fresh = is_fresh(sign, now=config.clock.now())
    running = _CANNOT_TELL if standing.running is None else _YES if standing.running else _NO
    detail = f" ({standing.detail})" if standing.detail else ""
    console().print(f"{_IS_INSTALLED.of(language)}: {(_YES if standing.installed else _NO).of(language)}")
    console().print(f"{_IS_RUNNING.of(language)}: {running.of(language)}{detail}", soft_wrap=True)
    console().print(f"{_LAST_SIGN.of(language)}: {_told(sign, config=config)}")
    if standing.installed and fresh and standing.running is not False:
        return
    _say(_WHY if standing.installed else _HOW, language=language, look=standing.look, folder=config.var / "log")
    sys.exit(NeedsPerson.exit_code)


def _told(sign: Heartbeat | None, *, config: Config) -> str:
    if sign is None:
        return _NEVER.of(config.language)
    seconds = (config.clock.now() - sign.beat_at).total_seconds()
    at = f"{sign.beat_at:%Y-%m-%d %H:%M:%S}"
    return _AGO.of(config.language, at=at, seconds=f"{seconds:.0f}", host=sign.host)


def _say_the_rest(handed: InstallResult, *, language: Language) -> None:
    for note in handed.notes:
        console().print(note.of(language), soft_wrap=True)
    if handed.by_hand:
        _say(_BY_HAND, language=language)
    for command in handed.by_hand:
        console().print(f"  {command}", soft_wrap=True)


def _say(text: Text, *, language: Language, **values: object) -> None:
    console().print(text.of(language, **values), soft_wrap=True)
