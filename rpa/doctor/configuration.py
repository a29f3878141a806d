"""Checks of rpa.toml and of the profiles that it names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.address import origin_of
from rpa.discovery import delivery_kinds, words_of
from rpa.doctor.findings import Finding, fail, ok, warn
from rpa.errors import ConfigError, LedgerFails
from rpa.kicks import Kicks
from rpa.language import Text
from rpa.monitoring.unsupported import unable

if TYPE_CHECKING:
    from rpa.config import Config, Shop


_FEW = 3
_UNSEEN = Text(
    en="Nobody has confirmed it as it is; run `rpa selectors approve` for ",
    zh="尚未确认，请运行 rpa selectors approve：",
)
_DOUBTS = Text(en="Doubts of {shop}", zh="{shop} 的存疑{noun}")
_IN_DOUBT = Text(
    en="{file} does not name this shop, and of {count} of its {nouns} it is not certain whether they were sent "
    "({few}). Put it back until they are settled; under another name they would be sent again",
    zh="{file} 中没有该店铺，但它有 {count} 个{noun}不确定是否{done}（{few}）。"
    "请先恢复该店铺并处理完毕；若改名，这些{noun}可能会重复{does}",
)


def configuration(path: Path | None) -> tuple[Config | None, Finding]:
    """The configuration, if it can be read, and the finding."""
    from rpa.plugins import load_config

    name = Text(en="Configuration", zh="配置文件")
    try:
        config = load_config(path)
    except ConfigError as error:
        return None, fail(name, Text(en=str(error), zh=f"请修改配置文件：\n{error}"))
    return config, ok(name, f"{config.path} ({', '.join(config.shops)})")


def broken_shops(config: Config) -> Iterable[Finding]:
    """A finding for each shop that cannot be used; the others can."""
    for shop in config.broken.values():
        name = Text(en=f"Shop {shop.name}", zh=f"店铺 {shop.name}")
        yield fail(name, Text(en=shop.problem, zh=f"请修改；改正之前该店铺不会运行：\n{shop.problem}"))


def selector_profiles(config: Config) -> Iterable[Finding]:
    """Whether the profile of each platform in use can be read, and what one of the user's own says otherwise."""
    from rpa.elements.registry import load_profile
    from rpa.elements.unapproved import own_profile

    for platform in sorted({shop.platform for shop in config.shops.values()}):
        name = Text(en=f"Profile {platform}", zh=f"页面描述 {platform}")
        try:
            profile = load_profile(platform, folder=config.selectors)
        except ConfigError as error:
            yield fail(name, Text(en=str(error), zh=f"请修改页面描述文件：\n{error}"))
            continue
        unseen = [shop.name for shop in config.shops.values() if shop.platform == platform and _unseen(shop, config)]
        own = own_profile(profile)
        if unseen:
            names = ", ".join(unseen)
            yield warn(name, Text(en=f"{own.en} {_UNSEEN.en}{names}", zh=f"{own.zh}{_UNSEEN.zh}{names}"))
        else:
            yield ok(name, own if profile.own else f"{len(profile.elements)} elements")


def _unseen(shop: Shop, config: Config) -> bool:
    """Whether nobody has confirmed this shop's profile as it is, so that nothing is touched with it."""
    from rpa.elements.approvals import Approvals
    from rpa.elements.registry import load_profile

    profile = load_profile(shop.platform, folder=config.selectors)
    origin = origin_of(shop.base_url or profile.base_url)
    return not shop.mock and not Approvals.of(config.var).accepts(origin, profile)


def time_zone(config: Config) -> Finding:
    """Whether the machine's clock runs in the configured zone."""
    name = Text(en="Time zone", zh="时区")
    now = datetime.now(UTC)
    here, there = now.astimezone().utcoffset(), now.astimezone(config.zone).utcoffset()
    if here == there:
        return ok(name, config.zone.key)
    return warn(
        name,
        Text(
            en=f"the machine runs in another zone; reports and schedules use {config.zone.key} (timezone in rpa.toml)",
            zh=f"本机时区不同；报表和计划任务使用 {config.zone.key}（rpa.toml 中的 timezone）",
        ),
    )


def kicked_out(config: Config) -> Iterable[Finding]:
    """The shops whose account somebody else uses, so that no run logs in there."""
    for shop, kick in Kicks(config.var).holding(config.shops.values()).items():
        yield warn(Text(en=f"Login of {shop}", zh=f"{shop} 的登录"), kick.in_words(config.shops[shop]))


def departed_logins(config: Config) -> Iterable[Finding]:
    """Saved logins of shops that rpa.toml names no more: the shop may come back, so that a person removes them."""
    folder = config.var / "secrets"
    kept = [path for kind in ("state", "password") for path in folder.glob(f"*.{kind}")]
    gone = sorted({path.stem for path in kept} - config.known.keys())
    if gone:
        names, file = ", ".join(gone), config.path.name
        yield warn(
            Text(en="Logins of other shops", zh="其他店铺的登录状态"),
            Text(
                en=f"{folder} has the login of {names}, which {file} does not name; if that is for good, delete it",
                zh=f"{folder} 中有 {names} 的登录信息，但 {file} 中没有这些店铺；如不再使用，请删除",
            ),
        )


def departed_doubts(config: Config) -> Iterable[Finding]:
    """Subjects of shops that rpa.toml names no more, of which nobody knows whether they were sent.

    No list tells of them, and under another name their shop would be sent them again. A ledger that cannot be opened is
    told elsewhere.
    """
    from rpa.ledger.ledger import Ledger

    file = config.var / "ledger.sqlite3"
    if not file.exists():
        return
    try:
        with Ledger.open(file, clock=config.clock) as ledger:
            gone = sorted(ledger.runs.shops() - config.known.keys())
            found = {shop: sorted(doubts) for shop in gone if (doubts := ledger.actions.unsettled_subjects(shop))}
    except (ConfigError, LedgerFails):
        return
    words = words_of(delivery_kinds()).gaps()
    for shop, subjects in found.items():
        few = ", ".join(subjects[:_FEW]) + (" …" if len(subjects) > _FEW else "")
        yield warn(
            _DOUBTS.with_words(**words, shop=shop),
            _IN_DOUBT.with_words(**words, file=config.path.name, count=len(subjects), few=few),
        )


def schedule(config: Config) -> Iterable[Finding]:
    """Whether each platform can do what the schedule plans in its shops; nothing where nothing is planned."""
    name = Text(en="Schedule", zh="计划任务")
    found = list(unable(config))
    yield from (warn(name, each.words) for each in found)
    if config.schedule and not found:
        yield ok(name)
