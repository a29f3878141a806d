"""Run queue: who waits for a start, in which order, and what a person is told when it takes long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.errors import ChallengeShown, KickedOut, LoginNeeded
from rpa.kicks import logged_in_since
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.incidents import Incident
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.plans import PlannedRun


CAUSE: Final = "waits"
"""What the causes of incidents begin with, before the flow's name."""
LONG: Final = timedelta(hours=1)

OTHER_RUN: Final = Text(
    en="another planned run of the shop, or of its account, goes on.",
    zh="该店铺（或同一账号下的店铺）的其他计划任务正在运行。",
)
NO_WORKER: Final = Text(
    en="all workers are busy; raise `workers` in [scheduler], or plan fewer runs at a time.",
    zh="没有空闲的运行名额；请调大 [scheduler] 的 workers，或错开计划时间。",
)
_WAITS = Text(
    en="{flow} has been waiting to run in {shop} since {since}: {why}",
    zh="{shop} 的 {flow} 从 {since} 起一直未能运行：{why}",
)


class RunQueue:
    """Since when each entry waits in each shop, also where its next moment has overtaken the one that waited first."""

    def __init__(self, config: Config, *, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._since: dict[tuple[str, str], datetime] = {}
        self._began: dict[int, datetime] = {}
        """Of those that were begun, by record: they may come back."""
        self._told: set[tuple[str, str]] = set()
        """Shops and flows."""

    def take_over(self, config: Config) -> None:
        """Go by this configuration from now on."""
        self._config = config

    def come(self, run: PlannedRun) -> None:
        """Its moment has come."""
        self._since.setdefault((run.entry, run.shop), run.due_at.astimezone(UTC))

    def place(self, run: PlannedRun) -> datetime:
        """Since when it waits. One that overtook another has its place: else a shop at the end would wait for ever."""
        return self._since[run.entry, run.shop]

    def begun(self, run: PlannedRun) -> None:
        """It waits no more, unless it comes `back`."""
        self._began[run.id] = self._since.pop((run.entry, run.shop))

    def back(self, run: PlannedRun) -> None:
        """It was begun, and could not run: it has its place again."""
        since = self._began.pop(run.id, run.due_at.astimezone(UTC))
        self._since[run.entry, run.shop] = min(since, self._since.get((run.entry, run.shop), since))

    def has_run(self, run: PlannedRun) -> None:
        """It has ended, after it did run: nobody needs to look at the shop for it."""
        self._began.pop(run.id, None)
        if (run.shop, run.flow) in self._told:
            self._ledger.incidents.close(run.shop, cause=f"{CAUSE}:{run.flow}")
            self._told.discard((run.shop, run.flow))

    def given_up(self, run: PlannedRun) -> None:
        """It is not to run any more."""
        self._since.pop((run.entry, run.shop), None)

    def note(self, run: PlannedRun, *, why: Text, now: datetime) -> None:
        """It cannot be started now. After an hour that is an incident, if it is more than a queue that gets shorter.

        It is that where another process has the shop (the run's detail says so), or the next moment has come.
        """
        since = self.place(run)
        stuck = bool(run.detail) or run.due_at.astimezone(UTC) > since
        if now - since < LONG or not stuck or (run.shop, run.flow) in self._told:
            return
        language = self._config.language
        message = _WAITS.of(
            language,
            flow=run.flow,
            shop=run.shop,
            since=f"{since.astimezone(self._config.zone):%m-%d %H:%M}",
            why=run.detail or why.of(language),
        )
        self._ledger.incidents.report(run.shop, cause=f"{CAUSE}:{run.flow}", message=message)
        self._told.add((run.shop, run.flow))


LOGIN_TROUBLE: Final = frozenset({LoginNeeded.code, ChallengeShown.code, KickedOut.code})
RESTS_FOR, RESTS_AT_MOST = timedelta(hours=1), timedelta(hours=12)
"""After this one run tries whether it works again; each time it does not, the rest is twice as long, up to the other.
A password that is wrong must not be typed so often that the site locks the account."""


def resting(
    incidents: Iterable[Incident], *, accounts: Mapping[str, str], secrets: Path, now: datetime
) -> dict[str, str]:
    """By account, what keeps its shops from being run.

    `accounts`: that of each shop; `secrets`: the folder of the encrypted store.

    A shop rests from the last run that found its login in trouble, until somebody logs in, or the rest has passed. One
    that has only lost its session, and has a password to log in with, does not: the next run does so by itself.
    A moment that is long to come is one of a clock that went wrong, and keeps no shop.
    One whose account was logged in elsewhere rests until somebody logs in, or resumes it, however long that takes.
    """
    trouble = [(accounts.get(each.shop, each.shop), each) for each in incidents if each.cause in LOGIN_TROUBLE]
    return {
        account: each.message
        for account, each in trouble
        if (each.cause == KickedOut.code or _has_just_tried(each, password=secrets / f"{account}.password", now=now))
        and not logged_in_since(each.last_seen_at, account=account, secrets=secrets)
    }


def _has_just_tried(incident: Incident, *, password: Path, now: datetime) -> bool:
    return abs(now.astimezone(UTC) - incident.last_seen_at.astimezone(UTC)) < _rest(incident, password=password)


def _rest(incident: Incident, *, password: Path) -> timedelta:
    times = incident.times_seen
    if incident.cause == LoginNeeded.code and password.exists():
        times -= 1
    return min(RESTS_FOR * 2 ** min(times - 1, 8), RESTS_AT_MOST) if times else timedelta(0)
