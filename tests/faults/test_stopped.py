"""`rpa run ship`, asked to stop in the middle of a shipment: the order in hand is ended, and no other is begun."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

from tests.support.mock_shop import PATIENCE_S
from tests.support.promises import at_most_once, ledger_agrees
from tests.support.small_shop import CLASSIC, FORM, SmallShop

pytestmark = pytest.mark.slow

SHIP, LIST = "orders/shipping", "recentOrderList"


@pytest.mark.skipif(sys.platform == "win32", reason="no program can ask another to stop with a signal there")
def test_ctrl_c_in_the_terminal_ends_the_order_in_hand_with_the_browser_it_needs(shop: SmallShop) -> None:
    """Ctrl-C reaches every process in the terminal's foreground: the browser's driver, too."""
    begun_at = shop.mock.last_event()
    shop.mock.fault("freeze", endpoint=SHIP, when="before")
    process = shop.folder.start("run", "ship", "--json", start_new_session=True)
    try:
        shop.mock.wait_for("request", endpoint=SHIP, after=begun_at)
        os.killpg(process.pid, signal.SIGINT)
        shop.mock.clear_faults("freeze")
        _, said = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()

    assert process.returncode == 3, said
    assert shop.shipped() == shop.wanted[:1]
    at_most_once(shop)
    ledger_agrees(shop.folder.ledger(), truth=shop.truth())
    rows = {row["order_sn"]: (row["outcome"], row["reason"]) for row in shop.folder.rows()}
    assert rows[shop.wanted[0]] == ("done", "shipped")
    assert all(rows[sn] == ("waiting", "stopped") for sn in shop.wanted[1:])


@pytest.mark.skipif(sys.platform == "win32", reason="no program can ask another to stop with a signal there")
def test_ctrl_c_ends_the_search_for_orders_that_the_shop_does_not_have_at_once(shop: SmallShop) -> None:
    """Everything was shipped by then; the site never answers the search that is going on."""
    strangers = [(f"260310-{n:015d}", "中通快递", f"7899999999{n:04d}") for n in range(1, 6)]
    shop.folder.write_sheet([*shop.parcels.values(), *strangers])
    begun_at = shop.mock.last_event()
    process = shop.folder.start("run", "ship", "--json", start_new_session=True)
    try:
        looked_for = LIST if shop.layout == CLASSIC else FORM
        shop.mock.wait_for("request", endpoint=looked_for, order_sn=strangers[0][0], after=begun_at)
        shop.mock.fault("freeze", endpoint=looked_for, when="before", times=0)
        os.killpg(process.pid, signal.SIGINT)
        told, said = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()

    assert process.returncode == 3, said
    assert [each["cause"] for each in json.loads(told)["shops"]["demo"]["incidents"]][-1] == "stopped"
    assert shop.shipped() == sorted(shop.wanted)
    at_most_once(shop)
    reasons = {row["order_sn"]: row["reason"] for row in shop.folder.rows()}
    assert [reasons[sn] for sn in shop.wanted] == ["shipped"] * len(shop.wanted)
    assert {reasons[sn] for sn, _, _ in strangers} <= {"not_looked_up", "not_in_shop"}
    assert reasons[strangers[-1][0]] == "not_looked_up"
