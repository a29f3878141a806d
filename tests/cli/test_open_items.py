"""What a run leaves in the ledger for people who did not watch: what is open, what went wrong, how the login stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from rpa.clock import Clock
from rpa.credentials import Vault, key_from
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from tests.support.mock_shop import LOGIN, ZONE, ShopFolder
from tests.support.small_shop import SmallShop, log_in, small_shop

pytestmark = pytest.mark.slow


@contextmanager
def ledger_of(folder: ShopFolder) -> Iterator[Ledger]:
    with Ledger.open(folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
        yield ledger


def open_lines(shop: SmallShop) -> dict[str, tuple[str, str]]:
    """Reason and run of what stands open, by order."""
    with ledger_of(shop.folder) as ledger:
        return {each.subject: (each.reason, each.run_id) for each in ledger.outstanding("demo")}


def kill_while_it_ships(shop: SmallShop) -> str:
    last = shop.mock.last_event()
    held = shop.mock.fault("freeze", when="after")
    process = shop.folder.start("run", "ship")
    try:
        shop.mock.wait_for("effect", endpoint="orders/shipping", after=last)
    finally:
        process.kill()
        process.communicate()
        shop.mock.let_go(held)
    return shop.folder.run_ids()[-1]


def lose_the_login(folder: ShopFolder) -> None:
    """No login is kept, and no password of the account that is configured now."""
    folder.configure(login="clerk-2")
    Vault(folder.var / "secrets", key_from(folder.key)).forget_state("demo")


def test_what_stays_open_or_went_wrong_outlives_the_run_until_a_later_one_ends_it(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=1) as shop:
        killed = kill_while_it_ships(shop)
        lose_the_login(shop.folder)
        turned_away = shop.ship()
        assert turned_away.exit_code == 3
        found = {sn: (reason, killed) for sn, reason in shop.held.items()}
        not_reached = {sn: (reason, turned_away.json["run_id"]) for sn, reason in turned_away.reasons().items()}
        assert open_lines(shop) == {**not_reached, **found}, "what was found stays where a run did not come to look"
        with ledger_of(shop.folder) as ledger:
            [incident] = ledger.open_incidents("demo")
            assert (incident.cause, incident.severity, incident.times_seen) == ("login_needed", Severity.CRITICAL, 1)
            assert "rpa login demo" in incident.message
            assert ledger.logins() == {}

        shop.folder.configure(login=LOGIN)
        log_in(shop.folder, mock=shop.mock)
        done = shop.ship()
        assert done.exit_code == 0, done.stderr
        [run_id] = done.json["run_ids"]
        assert open_lines(shop) == {sn: (reason, run_id) for sn, reason in shop.held.items()}
        with ledger_of(shop.folder) as ledger:
            assert ledger.open_incidents("demo") == []
            login = ledger.logins()["demo"]
            assert login.ends_at is None, "the mock's cookie does not tell when it ends"
            for line in ledger.outstanding("demo"):
                assert (line.report, line.flow, line.outcome) == ("Orders", "ship", "waiting")
                assert line.deadline == datetime.fromisoformat(shop.truth()[line.subject]["ship_by"])
                assert line.facts["tracking_number"]
            counts = [(each.state, each.counts.get("waiting", 0)) for each in ledger.runs("demo")]
        assert counts == [("finished", 2), ("stopped", 0), ("crashed", 0)]
