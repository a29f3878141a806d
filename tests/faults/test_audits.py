"""Orders under audit never ship, however their audits come and go, and whatever notices and people say of them."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.notices.api import Says
from flows.notices.verdicts import verdict
from flows.orders.hold_causes import NOTICE_CAUSES
from rpa.clock import Clock
from rpa.ledger.claims import Claim
from rpa.ledger.ledger import Ledger
from tests.support.mock_shop import PATIENCE_S, ZONE, Result
from tests.support.namesakes import NAMED
from tests.support.promises import at_most_once, one_row_each
from tests.support.small_shop import FORM, SmallShop, small_shop

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=ZONE)
"""The mock's clock, when it starts."""


@contextmanager
def ledger_of(shop: SmallShop) -> Iterator[Ledger]:
    with Ledger.open(shop.folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
        yield ledger


@pytest.mark.parametrize(("seed", "parcels", "virtual"), [(1, 18, 12), (2, 6, 4), (3, 6, 4)])
def test_audits_that_come_and_go_between_any_two_looks_ship_nothing_held(
    seed: int, parcels: int, virtual: int, tmp_path: Path
) -> None:
    _come_and_go(tmp_path, seed=seed, parcels=parcels, virtual=virtual)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_audits_of_a_hundred_orders_that_come_and_go_ship_nothing_held(seed: int, tmp_path: Path) -> None:
    _come_and_go(tmp_path, seed=seed, parcels=90, virtual=10)


def _come_and_go(path: Path, *, seed: int, parcels: int, virtual: int) -> None:
    """A run while audits begin, end and close orders; then the notices about them, and a run that follows them."""
    with small_shop(path, parcels=parcels, virtual=virtual, held=(), orders=400) as shop:
        shop.mock.fault("audit-life", share=0.3, seed=seed)
        first = shop.ship()
        shop.mock.clear_faults("audit-life")
        at_most_once(shop)
        one_row_each(shop, first)
        assert {row["reason"] for row in first.rows} <= {"shipped", "under_audit", "order_closed"}, first.rows
        assert "under_audit" in {row["reason"] for row in first.rows}, "no audit was met"
        shop.mock.advance(3600)
        captured = shop.folder.run("run", "audit-notices", "--json")
        assert captured.exit_code == 0, captured.stderr
        second = shop.ship()
        at_most_once(shop)
        _follows_the_notices(shop, second)


def _follows_the_notices(shop: SmallShop, result: Result) -> None:
    """What a result notice says is to be shipped is shipped; what is under audit still, or closed, is not."""
    truth = shop.mock.truth()
    for audit in {audit["order_sn"]: audit for audit in truth["audits"] if audit["order_sn"] in shop.wanted}.values():
        order = truth["orders"][audit["order_sn"]]
        if audit["result"] == "ship":
            assert audit["noticed"]["result"], "the audit ended before the hour that has passed"
            assert order["shipments"], result.row(audit["order_sn"])
        elif not audit["ended_at"]:
            assert not order["shipments"]
            assert result.row(audit["order_sn"])["reason"] == "under_audit"
        else:
            assert not order["shipments"]


def test_a_site_that_refuses_held_orders_is_understood_at_any_moment(tmp_path: Path) -> None:
    """Audits begin while the order's dialog is open, between the answer to it and the click."""
    with small_shop(tmp_path, parcels=6, virtual=6, held=()) as shop:
        shop.mock.fault("enforce-holds")
        held = shop.arm_for(shop.wanted[0], "freeze", endpoint=FORM, when="after")
        process = shop.folder.start("run", "ship", "--json", stderr=subprocess.DEVNULL)
        first = shop.form_asked_for(shop.wanted[0])
        shop.mock.patch(first["order_sn"], audit=True)
        shop.mock.let_go(held)
        flipped = {first["order_sn"]} | _flip_while(process, shop, after=first["n"])
        process.communicate(timeout=PATIENCE_S)
        at_most_once(shop)
        [run_id] = shop.folder.run_ids()
        reasons = {row["order_sn"]: row["reason"] for row in shop.folder.rows_of(run_id)}
        shipped = set(shop.shipped())
        assert {sn: reasons[sn] for sn in flipped - shipped} == dict.fromkeys(flipped - shipped, "under_audit")
        assert {reasons[sn] for sn in shipped} == {"shipped"}
        assert shipped | flipped == set(shop.wanted)
        assert process.returncode == 0


def _flip_while(process: subprocess.Popen[str], shop: SmallShop, *, after: int) -> set[str]:
    """Let an audit begin at every other order whose dialog is asked for, at one moment or another of it."""
    rng, flipped, asked = random.Random(5), set[str](), set[str]()
    while process.poll() is None:
        for event in shop.mock.events(after=after, timeout_s=0.25):
            after, sn = event["n"], event.get("order_sn", "")
            if event["endpoint"].endswith(FORM) and sn not in asked and rng.random() < 0.5:
                asked.add(sn)
                if len(asked) % 2 and not shop.mock.order(sn)["shipments"]:
                    shop.mock.patch(sn, audit=True)
                    flipped.add(sn)
    return flipped


def test_what_happens_to_an_order_while_its_dialog_opens_stops_the_click(shop: SmallShop) -> None:
    """A hold on the order, one on its goods, and the platform closing it."""
    held, by_goods, closed = shop.virtual[1], *shop.parcels
    opens = {
        sn: shop.arm_for(sn, "freeze", endpoint=FORM, sent=1, when=when)
        for sn, when in ((held, "after"), (by_goods, "after"), (closed, "before"))
    }
    process = shop.folder.start("run", "ship", "--json", stderr=subprocess.DEVNULL)
    goods_id = shop.mock.order(by_goods)["items"][0]["goods_id"]
    for sn, subject in ((held, held), (by_goods, f"goods:{goods_id}")):
        shop.form_asked_for(sn)
        with ledger_of(shop) as ledger:
            ledger.holds.put("demo", subject=subject, reason="out of stock", by="Li")
        shop.mock.let_go(opens[sn])
    shop.form_asked_for(closed)
    shop.mock.patch(closed, status="closed")
    shop.mock.let_go(opens[closed])
    process.communicate(timeout=PATIENCE_S)
    [run_id] = shop.folder.run_ids()
    rows = {row["order_sn"]: row for row in shop.folder.rows_of(run_id)}
    at_most_once(shop)
    for sn in (held, by_goods):
        assert (rows[sn]["reason"], rows[sn]["message"]) == ("on_hold", "out of stock")
        assert rows[sn]["held_since"]
    assert rows[closed]["reason"] == "order_closed"
    assert [write["order_sn"] for write in shop.writes()] == [shop.virtual[0]]


def _mention(shop: SmallShop, sn: str, says: Says, *, at: datetime) -> None:
    with ledger_of(shop) as ledger:
        said = [Claim(subject=sn, says=says.value, at=at, source="400000000001/1")]
        ledger.claims.add("demo", claims=said, judge=verdict, causes=NOTICE_CAUSES, by="audit-notices")


def test_a_hold_whose_signs_are_gone_twice_is_named_stale_and_never_lifted_by_itself(shop: SmallShop) -> None:
    sn = next(iter(shop.parcels))
    _mention(shop, sn, Says.PROHIBITED, at=NOW - timedelta(hours=2))
    listed = shop.folder.run("run", "pending-orders", "--json").row(sn)
    assert (listed["reason"], listed["released_by"]) == ("audit_notice", "result_notice")
    assert listed["held_since"] == (NOW - timedelta(hours=2)).isoformat()
    shop.mock.advance(29 * 60)
    assert shop.folder.run("run", "pending-orders", "--json").row(sn)["reason"] == "audit_notice"
    shop.mock.advance(60)

    stale = shop.ship().row(sn)

    assert (stale["reason"], stale["released_by"]) == ("hold_stale", "lift_stale")
    assert 47 <= int(stale["hours_left"]) <= 49
    assert list((shop.folder.path / stale["evidence"]).glob("*-signs.jpg"))
    assert shop.truth()[sn]["shipments"] == []
    shop.mock.patch(sn, audit=True)
    assert shop.folder.run("run", "pending-orders", "--json").row(sn)["reason"] == "under_audit"
    shop.mock.patch(sn, audit=False)
    again = shop.folder.run("run", "pending-orders", "--json").row(sn)
    assert again["reason"] == "audit_notice", "a sign in between begins the two looks anew"


def test_every_wording_of_an_audit_is_understood(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=1, held=("under_audit",)) as shop:
        [audited] = shop.held
        for words in ("old", "new", "both"):
            shop.mock.clear_faults()
            shop.mock.fault("audit-wording", words=words)
            reasons = shop.folder.run("run", "pending-orders", "--json").reasons()
            assert reasons == {**dict.fromkeys(shop.wanted, "listed"), audited: "under_audit"}


@pytest.mark.one_layout("classic", reason="only data have names of fields; pages tell of an audit in words")
def test_every_name_of_the_field_of_an_audit_is_understood(tmp_path: Path) -> None:
    """A name that nobody has heard of ships nothing; two that disagree do not ship the order that they disagree on."""
    with small_shop(tmp_path, parcels=1, virtual=1, held=("under_audit",)) as shop:
        [audited] = shop.held
        for field in ("risk_status", "risk_control_status", "both"):
            shop.mock.clear_faults()
            shop.mock.fault("risk-field", field=field)
            reasons = shop.folder.run("run", "pending-orders", "--json").reasons()
            assert reasons == {**dict.fromkeys(shop.wanted, "listed"), audited: "under_audit"}
        shop.mock.clear_faults()
        shop.mock.fault("risk-field", field="unheard_of")
        unheard_of = shop.ship()
        assert (shop.writes(), unheard_of.exit_code) == ([], 3)
        assert set(unheard_of.reasons().values()) <= {"sources_disagree", "unreadable"}
        shop.mock.clear_faults()
        shop.mock.fault("risk-field", field="apart")
        apart = shop.ship()
        assert apart.reasons() == {**dict.fromkeys(shop.wanted, "shipped"), audited: "sources_disagree"}
        assert _notes(apart), "notices were never read, and nobody says so"


def test_what_people_write_like_a_sign_holds_no_order_and_releases_none(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=2, virtual=0) as shop:
        for sn in (next(iter(shop.parcels)), *shop.held):
            shop.mock.patch(sn, **NAMED)
        assert shop.ship().reasons() == {**dict.fromkeys(shop.parcels, "shipped"), **shop.held}
        at_most_once(shop)


def _notes(result: Result) -> list[dict[str, Any]]:
    """What is said of notices that were never read: once, without a word in the exit code."""
    incidents: list[dict[str, Any]] = result.json["shops"]["demo"]["incidents"]
    return [note for note in incidents if note["cause"] == "notices_never" and "audit-notices" in note["message"]]
