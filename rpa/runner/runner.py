"""Runs a flow in shops: nothing starts unchecked, one shop's trouble is not another's, each run has a report."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rpa.browser.recording import Watching
from rpa.browser.session import Guest, launched, warn_of_no_sandbox
from rpa.browser.shared import connected
from rpa.credentials import Vault, find_key
from rpa.errors import ConfigError
from rpa.files import check_room, private_folder
from rpa.flow import Flow, Plan
from rpa.ledger.shop_lock import RunLock, WorkLock
from rpa.ledger.verification import check_ledger
from rpa.pauses import Pauses, WriteRight
from rpa.platforms import missing_capabilities
from rpa.report.results import ShopResult
from rpa.run import Meter, Person
from rpa.runner.preload import import_ahead
from rpa.runner.shop_run import ShopRun
from rpa.runner.shop_session import Premises, premises_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from rpa.config import Config, Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One `rpa run`: a flow, its shops, and how it is watched."""

    flow: Flow
    config: Config
    shops: tuple[Shop, ...]
    options: Any
    live: bool | None = None
    """None: as each shop's `live` says."""
    yes: bool = False
    """Questions of the program itself are answered with yes."""
    watching: Watching = field(default_factory=Watching)
    meter: Callable[[str], Meter]
    """The progress meter of a shop."""
    person: Person
    stopping: Callable[[], bool] = lambda: False
    playwright: Playwright | None = None
    """A driver that runs already; None: one is started."""
    guest: Guest | None = None
    """None: the run has a browser of its own."""

    def dry(self, shop: Shop) -> bool:
        """Whether nothing may be written to this shop's site."""
        return self.flow.writes and not (shop.live if self.live is None else self.live)

    def browser(self) -> AbstractContextManager[Browser]:
        """The browser to work in."""
        if self.guest is not None:
            return connected(self.guest.endpoint, playwright=self.playwright)
        watching = self.watching
        return launched(headed=watching.headed, slow_mo_ms=watching.slow_mo_ms, playwright=self.playwright)

    def lock(self, shop: str) -> RunLock | WorkLock:
        """The right to run this shop, as far as the owner of the browser does not hold it."""
        lock = RunLock if self.guest is None else WorkLock
        return lock(self.config.var / "locks", shop=shop, clock=self.config.clock)

    def write_right(self, shop: Shop) -> WriteRight:
        """What a pause takes away, if the job wants to write to this shop's site at all."""
        pauses = Pauses(self.config.folder, self.config.var)
        return WriteRight(pauses=pauses, shop=shop.name, wanted=self.flow.writes and not self.dry(shop))


def run(job: Job) -> list[ShopResult]:
    """Do the job in each shop, one after the other; how each ended, in their order.

    Raises ConfigError before anything has started: no key, unknown platform, a capability that is missing, a bad sheet,
    a pause of a shop that would be written to, a disk too full to keep what is done there, a ledger in doubt.
    """
    job.watching.check()
    for shop in job.shops:
        job.write_right(shop).check_before()
    private_folder(job.config.var)
    _check_room(job)
    check_ledger(job.config.var / "ledger.sqlite3")
    vault = Vault(job.config.var / "secrets", find_key())
    premises = [_premises(job, shop, vault=vault) for shop in job.shops]
    shops = tuple(place.shop for place in premises if place.accepted)
    live = frozenset(shop.name for shop in shops if not job.dry(shop))
    plan = Plan(
        config=job.config, shops=shops, options=job.options, language=job.config.language.value, yes=job.yes, live=live
    )
    shared = job.flow.prepare(plan) if shops else None
    with ExitStack() as reports:
        started: list[ShopRun] = []
        import_ahead()
        if job.guest is not None:
            warn_of_no_sandbox()
        with job.browser() as browser:
            for place in premises:
                shop_run = ShopRun(job, place, shared=shared)
                reports.enter_context(shop_run.begun())
                started.append(shop_run)
                shop_run.work(browser)
        stopped = [each.name for each in started if each.stopped and each.accepted]
        by_name = {each.name: each for each in started}
        for name, row in job.flow.leftovers(shared, stopped) if shops else ():
            by_name[name].report.add(row)
    return [each.report.result for each in started]


def _check_room(job: Job) -> None:
    """What is clicked must be written down first; a rehearsal may fail half-way."""
    if any(job.flow.writes and not job.dry(shop) for shop in job.shops):
        check_room(job.config.var)


def _premises(job: Job, shop: Shop, *, vault: Vault) -> Premises:
    premises = premises_of(shop, config=job.config, vault=vault)
    platform, profile = premises.platform, premises.profile
    missing = missing_capabilities(job.flow, platform, has_element=profile.elements.__contains__)
    if missing:
        raise ConfigError(
            f"The flow {job.flow.name} cannot run in shop {shop.name}: {platform.name} lacks {', '.join(missing)}."
        )
    return premises
