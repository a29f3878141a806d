"""Addresses of channels, which are secrets: from the environment or the encrypted store."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rpa.errors import ConfigError

if TYPE_CHECKING:
    from rpa.config import Channel
    from rpa.credentials import Vault

_COPIED: Final = (
    (
        re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)(?:&.*)?", re.IGNORECASE),
        r"dingtalk://\1",
    ),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?", re.IGNORECASE), r"feishu://\1"),
)
"""Addresses of robots as DingTalk and Feishu show them to be copied, which apprise spells in its own way."""
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)


class Source(StrEnum):
    """Who knows the address."""

    ENVIRONMENT = "environment"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A channel's address, and who knows it."""

    url: str = field(repr=False)
    source: Source


def masked(url: str) -> str:
    """The address as people may see it: the kind of service alone."""
    scheme = _SCHEME.match(url)
    return f"{scheme[1].lower()}://…" if scheme else "…"


def find_address(channel: Channel, *, vault: Vault | None) -> Address | None:
    """The channel's address: its environment variable's, else the stored one; None if there is neither.

    `vault` None: there is no key, so nothing is stored. Raises ConfigError when the key does not open it.
    """
    given = os.environ.get(channel.url_env, "").strip() if channel.url_env else ""
    if given:
        return Address(url=as_apprise_spells_it(given), source=Source.ENVIRONMENT)
    stored = vault.load_secret(secret_name(channel.name)) if vault else None
    return Address(url=stored, source=Source.STORE) if stored else None


def address_of(channel: Channel, *, vault: Vault | None) -> Address:
    """As `find_address`. Raises ConfigError that says what to do when there is no address."""
    found = find_address(channel, vault=vault)
    if found is None:
        variable = f"set the environment variable {channel.url_env}, or " if channel.url_env else ""
        raise ConfigError(
            f'The notification channel "{channel.name}" has no address: {variable}run `rpa notify set {channel.name}`.'
        )
    return found


def secret_name(channel: str) -> str:
    """Under which name the encrypted store keeps the channel's address."""
    return f"notify-{channel}"


def as_apprise_spells_it(url: str) -> str:
    """The address of a robot as its service shows it, in apprise's spelling; any other address as it is."""
    stripped = url.strip()
    for copied, spelling in _COPIED:
        match = copied.fullmatch(stripped)
        if match:
            return match.expand(spelling)
    return stripped
