"""The runner: nothing starts unchecked, one shop's failures are not another's, each run has a report."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from rpa.browser.session import warn_of_no_sandbox
from rpa.credentials import Vault, find_key
from rpa.errors import ConfigError
from rpa.files import check_room, private_folder
from rpa.flow import Preparation
from rpa.ledger.verification import check_ledger
from rpa.platforms import missing_capabilities
from rpa.report.results import ShopResult
from rpa.runner.job import Job
from rpa.runner.preload import import_ahead
from rpa.runner.shop_run import ShopRun
from rpa.runner.shop_session import ShopSetup, premises_of

if TYPE_CHECKING:
    from rpa.config import Shop


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
    plan = Preparation(
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


def _premises(job: Job, shop: Shop, *, vault: Vault) -> ShopSetup:
    premises = premises_of(shop, config=job.config, vault=vault)
    platform, profile = premises.platform, premises.profile
    missing = missing_capabilities(job.flow, platform, profile=profile, options=job.options)
    if missing:
        raise ConfigError(
            f"The flow {job.flow.name} cannot run in shop {shop.name}: {platform.name} lacks {', '.join(missing)}."
        )
    return premises
