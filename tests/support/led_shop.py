"""A small shop whose address leads away, and what must hold of whatever runs there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fixtures.mockshop.harness import MockShop
from rpa.clock import Clock
from rpa.credentials import Vault, key_from
from rpa.ledger.incidents import Severity
from rpa.ledger.ledger import Ledger
from tests.support.detour import Detour, detour
from tests.support.mock_shop import LOGIN, MALL_ID, PASSWORD, ZONE, Result
from tests.support.small_shop import SmallShop, log_in, small_shop

OTHER_MALL = str(int(MALL_ID) + 1)


@contextmanager
def led_shop(
    path: Path, *, logged_in: bool = True, other_shop: bool = False, **settings: Any
) -> Iterator[tuple[SmallShop, Detour]]:
    """A shop with an order to ship, reached by the way that leads away.

    `other_shop`: its login has another one, and is in that; `settings`: keys of the shop's table.
    """
    more: dict[str, Any] = {"shops": 2} if other_shop else {}
    with (
        small_shop(path, parcels=1, virtual=0, held=(), logged_in=False, orders=60, **more) as shop,
        detour(shop.mock.url) as road,
    ):
        shop.folder.configure(base_url=road.url, **settings)
        vault = Vault(shop.folder.var / "secrets", key_from(shop.folder.key))
        vault.save_password(shop.folder.account(), LOGIN, PASSWORD, shop.folder.site())
        if logged_in:
            log_in(shop.folder, mock=shop.mock, entered=OTHER_MALL if other_shop else "")
        yield shop, road


def run_led_away(shop: SmallShop, road: Detour, *command: str, at: int | str, given: str | None = None) -> Result:
    """Run `rpa COMMAND`, led away at this step: nothing is asked for elsewhere, and the shop is only looked at then."""
    left: list[dict[str, Any]] = []
    road.restart(at=at)
    road.when_led = lambda: left.append(changes(shop.mock))
    result = shop.folder.run(*command, given=given)
    assert road.strays == [], "something was asked for at the other origin"
    if road.led and result.exit_code:
        assert left == [changes(shop.mock)], "something was done in the shop after the page was led away"
    return result


def changes(mock: MockShop) -> dict[str, Any]:
    """All that was done in the shop."""
    truth = mock.truth()
    return {
        "logins": truth["logins"],
        "written": [(write["endpoint"], write["order_sn"]) for write in truth["writes"]],
        "uploaded": [task["sha256"] for task in truth["imports"]],
        "exported": [(task["task_id"], task["downloads"]) for task in truth["exports"]],
        "ticked": [task["task_id"] for task in truth["ship_tasks"]],
        "set": truth["settings_saves"],
        "read": [notice["notice_id"] for notice in truth["notices"] if notice["read"]],
        "joined": truth["promotions_joined"],
    }


def run_stopped(shop: SmallShop, road: Detour, result: Result) -> None:
    """The run says where it was led, and is an alarm."""
    stopped(result.exit_code, road, *[each["message"] for each in _of_the_site(result)])
    with Ledger.open(shop.folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
        [kept] = [each for each in ledger.incidents.still_open("demo") if each.cause == "wrong_site"]
    assert kept.severity is Severity.CRITICAL
    stopped(result.exit_code, road, kept.message)


def _of_the_site(result: Result) -> list[dict[str, str]]:
    incidents: list[dict[str, str]] = result.json["shops"]["demo"]["incidents"]
    return [each for each in incidents if each["cause"] == "wrong_site"]


def stopped(exit_code: int, road: Detour, *said: str) -> None:
    """A person must look, and is told once, by both origins."""
    assert exit_code == 3
    [words] = said
    assert road.url in words
    assert road.other in words
