"""Accounts: what a shop logs in with. Where a login has several shops, all of them share one.

Its login state and its password are kept once, under its name, and one run at a time works in it: a login is in one
shop at a time, and whoever changes the shop changes it for all.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from rpa.address import origin_of
from rpa.elements.registry import load_profile
from rpa.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rpa.config import Config, Shop
    from rpa.elements.profile import Profile


def account_of(shop: Shop, *, profile: Profile) -> str:
    """The name of this shop's account: the shop's own, unless its login has other shops, too.

    A shop's name has no dot, an account's has.
    """
    if profile.session.shops is None or not shop.login:
        return shop.name
    site = origin_of(shop.base_url or profile.base_url)
    told = blake2b(f"{site} {shop.login}".encode(), digest_size=8).hexdigest()
    return f"account.{shop.platform}.{told}"


def accounts_of(config: Config) -> Mapping[str, str]:
    """The account of each shop, by the shop's name; of one whose profile cannot be read, its own."""
    return {name: _account(shop, config=config) for name, shop in config.shops.items()}


def _account(shop: Shop, *, config: Config) -> str:
    try:
        return account_of(shop, profile=load_profile(shop.platform, folder=config.selectors))
    except ConfigError:
        return shop.name
