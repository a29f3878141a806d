"""Channels of rpa.toml, as something that messages are sent to. One that fails is never an error."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from rpa.errors import ConfigError
from rpa.ledger.incidents import Severity
from rpa.notify.addresses import address_of
from rpa.notify.policy import rank
from rpa.notify.sending import send

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.config import Channel, Config
    from rpa.credentials import Vault

RESTS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30))
"""How long a channel is left alone after each failure in a row; the last of them for all further ones."""

MOST_WAITING: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What people read, in the configured language."""

    title: str
    body: str
    severity: Severity = Severity.INFO
    shop: str | None = None
    """The shop that it is about; None: the whole program."""
    solved: bool = False
    """It is good news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A channel that did not take a message."""

    channel: str
    problem: str
    """Without any secret."""


@dataclass(slots=True, kw_only=True, eq=False)
class Outlet:
    """One channel, and how it is doing."""

    channel: Channel
    shops: frozenset[str]
    """Empty: all shops."""
    vault: Vault | None = field(repr=False)
    clock: Clock
    failures: int = 0
    """In a row."""
    tried_at: datetime | None = None
    failure: Failure | None = None
    """What came of the newest message; None: it was taken."""
    noted: bool = True
    """Whether the ledger knows what came of the newest message."""
    waiting: list[Message] = field(default_factory=list)
    """What it has missed while others had it, oldest first; kept as long as the process."""

    @property
    def name(self) -> str:
        """The channel's name in rpa.toml."""
        return self.channel.name

    def wants(self, *, shop: str | None, severity: Severity) -> bool:
        """Whether messages of this shop (None: of the whole program) that are so grave go here."""
        mine = shop is None or not self.shops or shop in self.shops
        return mine and rank(severity) >= rank(Severity(self.channel.severity))

    @property
    def rests(self) -> bool:
        """Whether it has failed so lately that it is not tried again yet."""
        if self.tried_at is None or not self.failures:
            return False
        rest = RESTS[min(self.failures, len(RESTS)) - 1]
        return timedelta(0) <= self.clock.now() - self.tried_at < rest

    def deliver(self, message: Message) -> Failure | None:
        """Send the message here; None: it was taken. A channel that rests is not tried."""
        if self.rests:
            return Failure(channel=self.name, problem="it failed a short while ago and is tried again later")
        problem = self._send(message)
        self.tried_at, self.noted = self.clock.now(), False
        self.failure = Failure(channel=self.name, problem=problem) if problem else None
        self.failures = self.failures + 1 if problem else 0
        return self.failure

    def keep(self, message: Message) -> None:
        """Have the message sent by `catch_up`, once this channel works again; of many, the newest are kept."""
        self.waiting = [*self.waiting, message][-MOST_WAITING:]

    def catch_up(self) -> int:
        """Send what was kept, until it fails or nothing is left; gives how many were taken."""
        before = len(self.waiting)
        while self.waiting and self.deliver(self.waiting[0]) is None:
            del self.waiting[0]
        return before - len(self.waiting)

    def _send(self, message: Message) -> str:
        try:
            url = address_of(self.channel, vault=self.vault).url
        except (ConfigError, OSError) as error:
            return str(error)
        kind = "solved" if message.solved else message.severity.value
        return send(url, title=message.title, body=message.body, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """All channels. Use it in one thread; keep it as long as the process: it remembers which channels fail."""

    outlets: tuple[Outlet, ...]

    @classmethod
    def of(cls, config: Config, vault: Vault | None) -> Self:
        """The channels of this configuration; `vault` None: without a key, addresses are those of the environment."""
        return cls(
            outlets=tuple(
                Outlet(channel=channel, shops=_shops_of(channel, config=config), vault=vault, clock=config.clock)
                for channel in config.notify
            )
        )

    def send(self, message: Message) -> list[Failure]:
        """Send it to every channel that wants it; gives those that did not take it. Never raises."""
        outlets = self.wanting(shop=message.shop, severity=message.severity)
        failures = [outlet.deliver(message) for outlet in outlets]
        return [failure for failure in failures if failure is not None]

    def wanting(self, *, shop: str | None, severity: Severity, but: str = "") -> list[Outlet]:
        """The channels for messages of this shop, or (None) of the whole program, without the one named `but`.

        What concerns the whole program goes to the channels of all shops; where there is none, to every channel.
        """
        wanting = [
            outlet for outlet in self.outlets if outlet.name != but and outlet.wants(shop=shop, severity=severity)
        ]
        of_all = [outlet for outlet in wanting if not outlet.shops]
        return of_all if shop is None and of_all else wanting

    @property
    def outlets_of_digest(self) -> list[Outlet]:
        """The channels that take the digest."""
        return [outlet for outlet in self.outlets if outlet.channel.digest]

    def deliver(self, channel: str, *, message: Message) -> Failure | None:
        """Send it to this channel, whatever it wants; None: it was taken. Never raises but KeyError for no channel."""
        return {outlet.name: outlet for outlet in self.outlets}[channel].deliver(message)


def _shops_of(channel: Channel, *, config: Config) -> frozenset[str]:
    return frozenset(shop.name for shop in config.meant(channel.shops)) if channel.shops else frozenset()
