"""Checks of what works while nobody watches: the service, its secrets, the channels, the clocks."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from rpa.doctor.findings import Finding, fail, ok, warn
from rpa.doctor.sleep import falls_asleep
from rpa.errors import ConfigError, LedgerFails
from rpa.language import Language, Text
from rpa.service import host_of
from rpa.service.program import is_fresh, kept_names, last_call, program_of, sign_of_life, unseen_secrets

if TYPE_CHECKING:
    from rpa.config import Channel, Config
    from rpa.credentials import Vault
    from rpa.service.program import Program, ServiceState

_FAR_APART = timedelta(minutes=5)
_OTHERS_MAY_READ = 0o077
_EXAMPLES = 3
_SERVICE = Text(en="Service", zh="后台服务")
_SECRETS = Text(en="Secrets of the service", zh="服务的密钥")


def unattended(config: Config) -> Iterable[Finding]:
    """All of these checks; most only where something is scheduled, or a service is there."""
    from rpa.ledger.verification import LedgerInDoubt, check_ledger

    yield from channels(config)
    try:
        check_ledger(config.var / "ledger.sqlite3")
        yield clocks(config)
        program = program_of(config)
        standing = host_of(program).standing()
        if not config.schedule and not standing.installed:
            return
        yield service(config, standing=standing)
    except LedgerInDoubt as doubt:
        yield fail(Text(en="Ledger", zh="台账"), Text(en=str(doubt), zh=doubt.in_words(Language.ZH)))
        return
    except LedgerFails as error:
        yield fail(Text(en="Ledger", zh="台账"), Text(en=str(error), zh=error.in_words(Language.ZH)))
        return
    except ConfigError as error:
        yield fail(Text(en="Ledger", zh="记录"), Text(en=str(error), zh=f"无法打开记录：\n{error}"))
        return
    if standing.installed:
        yield log_on(standing)
        yield secrets(program)
    yield falls_asleep()


def service(config: Config, *, standing: ServiceState) -> Finding:
    """Whether something runs the schedule, by what the system says and by the scheduler's sign of life."""
    sign = sign_of_life(config)
    fresh = is_fresh(sign, now=config.clock.now())
    at = f"{sign.beat_at:%Y-%m-%d %H:%M}" if sign else ""
    if not standing.installed and (call := last_call(config)):
        at = f"{call.beat_at:%Y-%m-%d %H:%M}"
        return ok(
            _SERVICE,
            Text(
                en=f"`rpa schedule --once` was last called at {at}; whatever calls it must do so at least once an hour",
                zh=f"上次由定时任务调用 rpa schedule --once：{at}；至少应每小时调用一次",
            ),
        )
    if not standing.installed and not fresh:
        return warn(
            _SERVICE,
            Text(
                en="nothing runs the schedule; `rpa service install` keeps it running",
                zh="没有程序在执行计划；请运行 rpa service install",
            ),
        )
    if not standing.installed:
        said = "`rpa schedule` runs, until its window is closed; `rpa service install` keeps it running"
        return ok(_SERVICE, Text(en=said, zh="rpa schedule 正在运行，关闭窗口即停止；rpa service install 可保持运行"))
    if standing.running is False or not fresh:
        return warn(
            _SERVICE,
            Text(
                en=f"installed, but it does not work; last sign of life: {at or 'never'}. {standing.detail} "
                f"`{standing.look}` says why, `rpa service install` starts it again",
                zh=f"已安装但没有正常工作；最近一次心跳：{at or '从未'}。{standing.detail} "
                f"原因请看 {standing.look}；rpa service install 可重新启动",
            ),
        )
    return ok(_SERVICE, Text(en=f"works; last sign of life {at}", zh=f"正常；最近一次心跳 {at}"))


def log_on(standing: ServiceState) -> Finding:
    """Whether the service goes on when its person logs out."""
    name = Text(en="Service without log-in", zh="未登录时的服务")
    if standing.needs_login is None:
        return ok(name, Text(en="cannot tell", zh="无法检查"))
    if not standing.needs_login:
        return ok(name)
    return warn(
        name,
        Text(
            en="the service works only while you are logged in: stay logged in (lock the screen), and after a restart "
            "log in; on Linux `loginctl enable-linger` ends that",
            zh="仅在您登录期间运行：请保持登录（可锁屏），重启后请先登录；Linux 可执行 loginctl enable-linger",
        ),
    )


def secrets(program: Program) -> Finding:
    """Whether the service sees the secrets that this shell sees, and nobody else can read them."""
    file = program.secrets
    if os.name == "posix" and file.exists() and file.stat().st_mode & _OTHERS_MAY_READ:
        return warn(
            _SECRETS,
            Text(
                en=f"others can read {file}; run `chmod 600 {file}`", zh=f"其他人可读 {file}；请执行 chmod 600 {file}"
            ),
        )
    names = ", ".join(unseen_secrets(program))
    if not names:
        return ok(_SECRETS)
    return warn(
        _SECRETS,
        Text(
            en=f"{names} is set in this shell; the service sees it only if it stands in {file}",
            zh=f"{names} 只在当前终端中设置；写入 {file} 后服务才能读到",
        ),
    )


def channels(config: Config) -> Iterable[Finding]:
    """Whether each channel has an address: here, in the service's file of secrets, or in the encrypted store."""
    if not config.notify:
        return
    vault, kept = _vault(config), kept_names(program_of(config).secrets)
    for channel in config.notify:
        name = Text(en=f"Channel {channel.name}", zh=f"通知渠道 {channel.name}")
        if channel.url_env in kept or _has_address(channel, vault=vault):
            yield ok(name)
            continue
        yield warn(
            name,
            Text(
                en=f"has no address, so it tells nobody: `rpa notify set {channel.name}`",
                zh=f"没有地址，无法通知任何人：请运行 rpa notify set {channel.name}",
            ),
        )


def clocks(config: Config) -> Finding:
    """Whether the sites' clocks, as the last runs saw them, and ours agree. The mock's clock is its own."""
    name = Text(en="Clock", zh="时钟")
    apart = {shop: ahead for shop, ahead in _ahead(config).items() if abs(ahead) > _FAR_APART}
    if not apart:
        return ok(name)
    shops = ", ".join(list(apart)[:_EXAMPLES]) + (" …" if len(apart) > _EXAMPLES else "")
    minutes = round(max(apart.values(), key=abs).total_seconds() / 60)
    return warn(
        name,
        Text(
            en=f"the site's clock is {minutes:+d} minutes from ours ({shops}). Deadlines go by the site's, "
            "schedules by ours: have this machine's clock set by network time",
            zh=f"站点时钟与本机相差 {minutes:+d} 分钟（{shops}）。期限以站点时间为准，计划任务以本机时间为准："
            "请开启本机的网络校时",
        ),
    )


def _ahead(config: Config) -> dict[str, timedelta]:
    from rpa.ledger.ledger import Ledger

    file = config.var / "ledger.sqlite3"
    if not file.exists():
        return {}
    with Ledger.open(file, clock=config.clock) as ledger:
        real = [name for name, shop in config.shops.items() if not shop.mock]
        return {name: ledger.site_clocks.now(name) - config.clock.now() for name in real}


def _vault(config: Config) -> Vault | None:
    """The encrypted store; None when there is no key, which is a finding of its own."""
    from rpa.credentials import Vault, find_key

    try:
        return Vault(config.var / "secrets", find_key())
    except ConfigError:
        return None


def _has_address(channel: Channel, *, vault: Vault | None) -> bool:
    from rpa.notify.addresses import find_address

    try:
        return find_address(channel, vault=vault) is not None
    except ConfigError:
        return False
