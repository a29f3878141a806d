"""Shop session: a shop's back office opened: the page, its checks, the login, what the platform can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from rpa.accounts import account_of
from rpa.address import Site, host_of, origin_of
from rpa.browser.evidence import Evidence
from rpa.browser.guard import Guard
from rpa.browser.login import change_shop, type_password
from rpa.browser.login_state import login_state
from rpa.browser.session import shop_page
from rpa.browser.view import View
from rpa.elements.approvals import Approvals
from rpa.elements.registry import is_bundled, load_profile, profiles
from rpa.elements.unapproved import own_profile, unseen
from rpa.errors import (
    ChallengeShown,
    ConfigError,
    KickedOut,
    LoginNeeded,
    NeedsPerson,
    NotApproved,
    Stopped,
    TryAgain,
    WrongShop,
    WrongSite,
)
from rpa.kicks import Kicks, kick_of
from rpa.language import Text
from rpa.log import speak
from rpa.plugins import platform_of, platforms
from rpa.toml.document import did_you_mean

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rpa.browser.recording import Recording
    from rpa.browser.session import BrowserGuest
    from rpa.config import Config, Shop
    from rpa.credentials import Vault
    from rpa.elements.profile import Profile
    from rpa.platforms import Platform, Way

_NO_PASSWORD = Text(
    en="Shop {shop} is not logged in, and no password of its account is stored. Run `rpa login {shop}`.",
    zh="{shop} 未登录，且没有保存密码。请运行 rpa login {shop}。",
)
_TOLD = Text(en="{said}", zh="{said}")
_MOVED = Text(
    en="The address of {shop} has changed: its login was given at {there}, and is not used at {here}. Run `rpa login "
    "{shop}`.",
    zh="{shop} 的网址已变更：登录信息是在 {there} 提供的，不会用于 {here}；请运行 rpa login {shop}。",
)
_EARLIER = Text(
    en="An earlier release kept the login of {shop} without its address, and it is not used at {here}. Run `rpa login "
    "{shop}` once; for a mock on this machine, `mock = true` in its table does.",
    zh="{shop} 的登录信息由旧版本保存，未记录网址，不会用于 {here}；请运行一次 rpa login {shop}；"
    "如是本机的模拟店铺，在其配置中写 mock = true 即可。",
)
_SINGLE = Text(
    en="Shop {shop}: a site of the platform {platform} has one shop, without an id or a name; its address and "
    'its login are that. In rpa.toml write login = "{login}" and mall_id = "{login}", and no mall_name.',
    zh="店铺 {shop}：{platform} 的网站只有一家店铺，没有店铺 ID 和名称，以网址和登录名为准。"
    '请在 rpa.toml 中写 login = "{login}"、mall_id = "{login}"，不写 mall_name。',
)
_NOT_KEPT = Text(en="The login of {shop} is not kept: {error}", zh="{shop} 的登录状态未能保存：{error}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSetup:
    """Everything about a shop that is known before a browser starts."""

    shop: Shop
    profile: Profile
    platform: Platform
    config: Config
    vault: Vault
    unseen: Text | None = None
    """The profile is one of the user's own, and no person has confirmed here what it says otherwise; None: all well."""

    @property
    def base_url(self) -> str:
        """Where the back office is: the shop's own address, else its platform's."""
        return self.shop.base_url or self.profile.base_url

    @property
    def accepted(self) -> bool:
        """Whether the words of its profile count at all."""
        return self.unseen is None

    @property
    def account(self) -> str:
        """The name under which its login is kept: its own, or that of all shops of its login."""
        return account_of(self.shop, profile=self.profile)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts whose login is kept, as the browser names them."""
        return tuple(host_of(origin_of(each)) for each in (self.base_url, *self.profile.origins))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Words that nothing may show: the stored password."""
        password = self.vault.password(self.account, self.shop.login, self.site)
        return () if password is None else (password,)

    @property
    def site(self) -> Site:
        """What passwords and login states of this shop belong to.

        Earlier releases kept them without an address. Those are taken to be of the platform's own address as it came
        with the program, and of a mock; anywhere else a person logs in once.
        """
        shop, own = self.shop, origin_of(self.profile.base_url)
        bundled = is_bundled(shop.platform, folder=self.config.selectors)
        origin = origin_of(self.base_url)
        return Site(origin=origin, takes_earlier=shop.mock or (bundled and origin == own))


def premises_of(shop: Shop, *, config: Config, vault: Vault) -> ShopSetup:
    """What is known about this shop.

    Raises ConfigError for an unknown platform, a profile with mistakes or that calls harmless what cannot be undone,
    and for a shop without an id that is not named by its login.
    """
    platform = platform_of(shop.platform, folder=config.selectors)
    if platform is None:
        known = {*platforms(), *profiles(folder=config.selectors)}
        message = f'Shop {shop.name}: there is no platform "{shop.platform}"{did_you_mean(shop.platform, known)}'
        raise ConfigError(message)
    profile = load_profile(shop.platform, folder=config.selectors)
    _check_single(shop, profile=profile)
    approvals, origin = Approvals.of(config.var), origin_of(shop.base_url or profile.base_url)
    well = shop.mock or approvals.accepts(origin, profile)
    told = None if well else unseen(profile, approvals=approvals, origin=origin, shop=shop.name)
    return ShopSetup(shop=shop, profile=profile, platform=platform, config=config, vault=vault, unseen=told)


def _check_single(shop: Shop, *, profile: Profile) -> None:
    """Raise ConfigError unless the one shop of a site, which has neither id nor name, is known by its login."""
    if profile.identity.single_shop and (not shop.login or shop.mall_id != shop.login or shop.mall_name is not None):
        told = {"shop": shop.name, "platform": profile.name, "login": shop.login or "…"}
        raise ConfigError(_SINGLE.with_words(**told))


def check_own_profile(premises: ShopSetup, *, keep: Callable[[Sequence[str]], None]) -> None:
    """Where the profile is one of the user's own, say and keep what it says otherwise than the bundled one.

    Raises NotApproved when no person has confirmed it as it is.
    """
    profile = premises.profile
    if profile.own:
        speak("INFO", _TOLD, said=own_profile(profile))
        keep([one.said.of(premises.config.language) for one in profile.own])
    if premises.unseen is not None:
        raise NotApproved(premises.unseen)


@contextmanager
def opened(
    premises: ShopSetup,
    browser: Browser,
    *,
    watching: Recording,
    stopping: Callable[[], bool] = lambda: False,
    guest: BrowserGuest | None = None,
) -> Iterator[View]:
    """The shop's page, with the saved login state, which is saved after a login and at the end; see `viewed`.

    Where the login itself was the trouble, the state is forgotten; the password is kept. Raises LoginNeeded when both
    were given at another address.
    """
    shop, vault = premises.shop, premises.vault
    _check_moved(premises)
    state = vault.load_state(premises.account, premises.site)
    enter = entering(premises)
    with viewed(
        premises, browser, state=state, watched=watching.step, enter=enter, stopping=stopping, guest=guest
    ) as view:
        try:
            with view.border.watched(), kick_kept(premises):
                yield view
        except WrongSite:
            raise
        except (LoginNeeded, KickedOut, ChallengeShown):
            vault.forget_state(premises.account)
            raise
        except WrongShop:
            if premises.account == shop.name:  # else the login is the right one of several shops
                vault.forget_state(shop.name)
            raise
        except (NeedsPerson, Stopped):
            keep_login(premises, view)
            raise
        keep_login(premises, view)


def _check_moved(premises: ShopSetup) -> None:
    shop, site = premises.shop.name, premises.site
    there = premises.vault.given_elsewhere(premises.account, site)
    if there is not None:
        raise LoginNeeded((_MOVED if there else _EARLIER).with_words(shop=shop, there=there, here=site.origin))


@contextmanager
def kick_kept(premises: ShopSetup) -> Iterator[None]:
    """Remember for all runs to come when the site says in this block that the account was logged in elsewhere."""
    try:
        yield
    except KickedOut:
        with suppress(OSError):  # the incident in the ledger says so too
            Kicks(premises.config.var).keep(premises.shop, at=premises.config.clock.now())
        raise


def keep_login(premises: ShopSetup, view: View) -> None:
    """Save the login state of this page for the next run."""
    try:
        state = login_state(view.page, hosts=premises.hosts)
    except TryAgain as error:
        speak("WARNING", _NOT_KEPT, shop=premises.shop.name, error=error)
    else:
        premises.vault.save_state(premises.account, state, premises.site)


@contextmanager
def viewed(
    premises: ShopSetup,
    browser: Browser,
    *,
    state: bytes | None,
    watched: bool = False,
    enter: Callable[[View], None] | None = None,
    stopping: Callable[[], bool] = lambda: False,
    guest: BrowserGuest | None = None,
) -> Iterator[View]:
    """The shop's page with this login state; nothing is saved.

    `watched`: see `Guard`; `enter`, `stopping`: `View`; `guest`: `shop_page`.
    """
    profile, zone = premises.profile, premises.config.zone.key
    still = profile.animations == "off"
    with shop_page(browser, state=state, timezone=zone, still=still, guest=guest) as page:
        yield View(
            page,
            profile=profile,
            base_url=premises.base_url,
            guard=guard_of(premises, watched=watched),
            evidence=evidence_of(premises),
            clock=premises.config.clock,
            enter=enter,
            change_shop=partial(change_shop, mall_id=premises.shop.mall_id) if profile.session.shops else None,
            patience_s=premises.config.browser.timeout_s,
            stopping=stopping,
        )


def guard_of(premises: ShopSetup, *, watched: bool) -> Guard:
    """The checks of this shop's page."""
    shop, identity = premises.shop, premises.profile.identity
    return Guard(
        shop=shop.name,
        mall_id=None if identity.single_shop else shop.mall_id,
        login_name=(shop.login or None) if identity.login_name else None,
        mall_name=shop.mall_name,
        language=premises.profile.session.language,
        site=premises.site.origin,
        approvals=Approvals.of(premises.config.var),
        watched=watched,
        mock=shop.mock,
    )


def evidence_of(premises: ShopSetup) -> Evidence:
    """Where this shop's pictures go."""
    folder, profile = premises.config.var / "evidence" / premises.shop.name, premises.profile
    password = profile.element(profile.session.login.password)  # a site may show it in plain letters
    shown = (locator.value for locator in password.locators if locator.kind == "css")
    return Evidence(
        folder=folder,
        clock=premises.config.clock,
        masks=(*profile.evidence.mask, *shown),
        of_successes=premises.shop.evidence == "always",
    )


def offices_of(premises: ShopSetup, view: View) -> Mapping[type, Callable[[], Any]]:
    """For each capability of the platform, how to get the one object that does it."""
    made: dict[type, Any] = {}
    platform, profile = premises.platform, premises.profile

    def maker(capability: type, way: Way) -> Callable[[], Any]:
        def make() -> Any:
            if capability not in made:
                made[capability] = way(view, premises.shop)
            return made[capability]

        return make

    ways = {capability: platform.way(capability, profile=profile) for capability in platform.can}
    return {capability: maker(capability, way) for capability, way in ways.items() if way is not None}


def entering(premises: ShopSetup) -> Callable[[View], None]:
    """How to log in to this shop by itself: with the stored password.

    Raises LoginNeeded when there is none, KickedOut when somebody else has the account: that ends with a person's word.
    """
    shop = premises.shop

    def enter(view: View) -> None:
        kick = kick_of(shop, config=premises.config)
        if kick is not None:
            raise KickedOut(kick.in_words(shop))
        password = premises.vault.password(premises.account, shop.login, premises.site)
        if password is None:
            raise LoginNeeded(_NO_PASSWORD.with_words(shop=shop.name))
        type_password(view, login=shop.login, password=password, mall_id=shop.mall_id)
        keep_login(premises, view)

    return enter
