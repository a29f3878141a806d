"""Kicks: accounts that were logged in elsewhere. Until a person says that this is over, no run logs in there by itself.

A kick is a small file in var/kicks, made when the site says so. `rpa login` or `rpa resume` ends it; time does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.accounts import accounts_of
from rpa.errors import KickedOut
from rpa.files import once_free, write_atomically
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import Config, Shop
    from rpa.ledger.incidents import Incident

_TOLD = Text(
    en="The account {login} was logged in elsewhere{noticed}, and no run logs in there by itself: run `rpa login "
    "{shop}` when the other place is done, or `rpa resume {shop}` to let runs type the password again.",
    zh="账户 {login} 在别处登录{noticed}，程序不会自动登录：对方用完后请运行 rpa login {shop}；"
    "若允许程序重新输入密码，请运行 rpa resume {shop}。",
)
_NOTICED = Text(en=" ({shop} noticed it at {since})", zh="（{since} 由 {shop} 发现）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kick:
    """That somebody else uses an account. All shops that log in with it share the kick."""

    shop: str
    """The one whose page said so."""
    platform: str = ""
    base_url: str | None = None
    login: str = ""
    """Empty: not known, and then it is this shop's alone."""
    since: datetime | None = None
    """None: not known."""

    def holds_for(self, shop: Shop) -> bool:
        """Whether this shop uses the account. A site that is not told by its address may be any of its platform."""
        same_site = self.platform == shop.platform and (
            self.base_url is None or shop.base_url is None or self.base_url.lower() == shop.base_url.lower()
        )
        return self.shop == shop.name or (bool(self.login) and self.login == shop.login and same_site)

    def in_words(self, shop: Shop) -> Text:
        """What happened, and what to do in this shop."""
        noticed = Text(en="", zh="")
        if self.since is not None:
            noticed = _NOTICED.with_words(shop=self.shop, since=f"{self.since:%Y-%m-%d %H:%M}")
        told = {"login": self.login or shop.login, "shop": shop.name}
        return _TOLD.with_words(noticed=noticed, **told)


class Kicks:
    """The kicks of one configuration."""

    def __init__(self, var: Path) -> None:
        self._folder = var / "kicks"

    def keep(self, shop: Shop, *, at: datetime) -> None:
        """Remember that the account of this shop was logged in elsewhere; one that is known keeps its moment."""
        if self.of(shop) is None:
            told = {"platform": shop.platform, "base_url": shop.base_url, "login": shop.login, "since": at.isoformat()}
            write_atomically(self._path(shop.name), json.dumps(told, ensure_ascii=False).encode())

    def end(self, shop: Shop) -> bool:
        """End every kick that holds for this shop, and so for all that share its account; False: there was none."""
        ended = [self._path(kick.shop) for kick in self._all() if kick.holds_for(shop)]
        for path in ended:
            once_free(partial(path.unlink, missing_ok=True))
        return bool(ended)

    def of(self, shop: Shop) -> Kick | None:
        """The kick that holds for this shop."""
        return next((kick for kick in self._all() if kick.holds_for(shop)), None)

    def holding(self, shops: Iterable[Shop]) -> dict[str, Kick]:
        """Those of these shops whose account somebody else uses, by name, each with the kick."""
        kicks = self._all()
        return {shop.name: kick for shop in shops for kick in kicks[::-1] if kick.holds_for(shop)}

    def _all(self) -> list[Kick]:
        return [self._read(path) for path in sorted(self._folder.glob("*.json"))]

    def _path(self, shop: str) -> Path:
        return self._folder / f"{shop}.json"

    def _read(self, path: Path) -> Kick:
        """What the file tells; one that cannot be read is a kick all the same, of the shop that names it."""
        try:
            told = json.loads(once_free(path.read_bytes))
            return Kick(
                shop=path.stem,
                platform=str(told["platform"]),
                login=str(told["login"]),
                base_url=told["base_url"] and str(told["base_url"]),
                since=datetime.fromisoformat(told["since"]),
            )
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return Kick(shop=path.stem)


def kick_of(shop: Shop, *, config: Config) -> Kick | None:
    """The kick that holds for this shop, also one that only the ledger tells of: earlier releases kept it there alone.

    Raises LedgerFails.
    """
    from rpa.ledger.ledger import Ledger

    kept, file = Kicks(config.var).of(shop), config.var / "ledger.sqlite3"
    if kept is not None or not file.exists():
        return kept
    with Ledger.open(file, clock=config.clock, doubted=lambda _: None) as ledger:
        told = [each for each in ledger.incidents.still_open() if each.cause == KickedOut.code]
    kicks = (_told_by(each, config=config) for each in told)
    return next((kick for kick in kicks if kick is not None and kick.holds_for(shop)), None)


def _told_by(incident: Incident, *, config: Config) -> Kick | None:
    """The kick for which this incident is open; None: somebody has logged in since, or the shop is gone."""
    shop, since = config.shops.get(incident.shop), incident.last_seen_at
    if shop is None or logged_in_since(since, account=accounts_of(config)[shop.name], secrets=config.var / "secrets"):
        return None
    return Kick(shop=shop.name, platform=shop.platform, base_url=shop.base_url, login=shop.login, since=since)


def logged_in_since(moment: datetime, *, account: str, secrets: Path) -> bool:
    """Whether a login state or a password was saved since. That a state was forgotten changes nothing."""
    kept = (secrets / f"{account}.state", secrets / f"{account}.password")
    return any(_saved_at(path) > moment.timestamp() for path in kept)


def _saved_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
