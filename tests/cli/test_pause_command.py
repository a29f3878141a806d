from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rpa.kicks import Kicks
from rpa.pauses import Pauses
from rpa.plugins import flows
from rpa.runner.job import Job
from tests.support.doubts import ledger
from tests.support.in_process import rpa
from tests.support.mock_shop import PATIENCE_S
from tests.support.project import Project
from tests.support.small_shop import SmallShop, small_shop

SHIP, DETAIL = "orders/shipping", "orderDetail"
GROUPS = """
language = "{language}"
[shops.demo]
platform = "pinduoduo"
mall_id = "1"
live = true
groups = ["south"]
[shops.harbour]
platform = "pinduoduo"
mall_id = "2"
groups = ["south"]
[shops.north]
platform = "pinduoduo"
mall_id = "3"
"""


@pytest.fixture
def sellers(project: Project) -> Project:
    """Three shops, two of them in one group."""
    project.write(GROUPS.format(language="en"))
    return project


def paused(project: Project) -> dict[str | None, str]:
    """Who paused which shop."""
    return {pause.shop: pause.by for pause in Pauses(project.folder, project.config.var).all()}


def test_a_pause_is_set_for_shops_and_groups_and_says_what_it_means(sellers: Project) -> None:
    run = rpa(sellers, "pause", "@south", "--reason=stocktaking", "--by=Anna")
    assert run.returncode == 0, run.stderr
    assert paused(sellers) == {"demo": "Anna", "harbour": "Anna"}
    for word in ("demo: paused since", "by Anna: stocktaking", "scheduled runs that write are skipped"):
        assert word in run.stdout
    assert rpa(sellers, "resume", "harbour").returncode == 0
    assert paused(sellers) == {"demo": "Anna"}


def test_a_shop_that_is_resumed_may_be_logged_in_to_again_and_its_incident_is_over(sellers: Project) -> None:
    config, kicks = sellers.config, Kicks(sellers.config.var)
    for name in ("demo", "north"):
        kicks.keep(config.shops[name], at=config.clock.now())
    with ledger(sellers) as opened:
        opened.incident("demo", cause="logged_in_elsewhere", message="Log in.")
    assert "needed" in rpa(sellers, "status").stdout
    left = rpa(sellers, "resume")
    assert (left.returncode, "`rpa login demo`" in left.stdout) == (0, True)
    said = rpa(sellers, "resume", "demo")
    assert said.returncode == 0, said.stderr
    assert "demo: the account was logged in elsewhere; from now on runs log in again" in said.stdout
    assert "`rpa login north`" in said.stdout
    assert kicks.holding(config.shops.values()).keys() == {"north"}
    with ledger(sellers) as opened:
        assert opened.open_incidents() == []


def test_shops_that_share_an_account_rest_no_more_once_one_of_them_is_resumed(sellers: Project) -> None:
    sellers.write(GROUPS.format(language="en").replace("platform =", 'login = "clerk-1"\nplatform ='))
    config, kicks = sellers.config, Kicks(sellers.config.var)
    kicks.keep(config.shops["demo"], at=config.clock.now())
    with ledger(sellers) as opened:
        for name in config.shops:
            opened.incident(name, cause="logged_in_elsewhere", message="Log in.")
    said = rpa(sellers, "resume", "north").stdout
    assert [f"{name}: the account was logged in elsewhere" in said for name in config.shops] == [True] * 3
    assert kicks.holding(config.shops.values()) == {}
    with ledger(sellers) as opened:
        assert opened.open_incidents() == []


def test_without_a_shop_all_are_paused_by_one_pause_that_one_resume_ends(sellers: Project) -> None:
    said = rpa(sellers, "pause", "--by=Anna").stdout
    assert paused(sellers) == {None: "Anna"}
    assert "a file named STOP beside rpa.toml" in said
    assert "all shops: not paused any more" in rpa(sellers, "resume").stdout
    assert paused(sellers) == {}


def test_who_resumes_is_told_what_is_still_paused_and_how_that_ends(sellers: Project) -> None:
    rpa(sellers, "pause", "--by=Boss")
    rpa(sellers, "pause", "demo", "north", "--by=Anna")
    one = rpa(sellers, "resume", "demo")
    assert one.returncode == 3
    assert "all shops: paused since" in one.stdout
    assert "`rpa resume` ends it" in one.stdout
    rest = rpa(sellers, "resume")
    assert (rest.returncode, "`rpa resume north` ends it" in rest.stdout) == (0, True)
    (sellers.folder / "STOP.txt").touch()
    stopped = rpa(sellers, "resume", "north")
    assert stopped.returncode == 3
    assert "paused by the file STOP.txt beside rpa.toml. Remove" in stopped.stdout
    assert "north: there was no pause" in rpa(sellers, "resume", "north").stdout


def test_a_pause_is_spoken_of_in_chinese(sellers: Project) -> None:
    sellers.write(GROUPS.format(language="zh"))
    said = rpa(sellers, "pause", "--by=老板", "--reason=盘点").stdout
    assert "全部店铺：已被 老板 暂停" in said
    assert "名为“停止”的文件" in said
    assert "全部店铺：已恢复。" in rpa(sellers, "resume").stdout


def test_a_shop_that_there_is_not_is_named_with_the_nearest(sellers: Project) -> None:
    run = rpa(sellers, "pause", "@sout")
    assert (run.returncode, paused(sellers)) == (2, {})
    assert 'did you mean "@south"?' in run.stderr


@pytest.mark.slow
def test_a_flow_that_writes_is_refused_by_hand_in_a_paused_shop(project: Project) -> None:
    rpa(project, "pause", "demo", "--by=Anna", "--reason=stocktaking")
    run = project.rpa("run", "ship", "demo", "--live")
    assert run.returncode == 2
    assert "by Anna: stocktaking. `rpa resume demo` ends it. A --dry-run is possible meanwhile." in run.stderr
    assert not (project.folder / "var" / "reports").exists()


@pytest.mark.parametrize(
    ("flow", "live", "wants"),
    [("ship", None, True), ("ship", True, True), ("ship", False, False), ("audit-notices", None, False)],
)
def test_rehearsals_and_flows_that_read_do_not_care_for_a_pause(
    sellers: Project, *, flow: str, live: bool | None, wants: bool
) -> None:
    nobody: Any = None
    shop = sellers.config.shop("demo")
    found = flows()[flow]
    job = Job(
        flow=found,
        config=sellers.config,
        shops=(shop,),
        options=found.options(),
        live=live,
        meter=nobody,
        person=nobody,
    )
    assert job.write_right(shop).wanted is wants


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    """One order without logistics, then two with parcels; logged in."""
    with small_shop(tmp_path / "owner", parcels=2, virtual=1, held=()) as opened:
        yield opened


def stopped_while(
    shop: SmallShop, stop: Callable[[], object], *, kind: str, endpoint: str, at: int = 1
) -> subprocess.CompletedProcess[str]:
    """`rpa run ship`, and what `stop` does while the site holds its answer: before (request) or after the effect."""
    shop.mock.fault("freeze", endpoint=endpoint, at=at, when="after" if kind == "effect" else "before")
    process = shop.folder.start("run", "ship", "--json")
    try:
        shop.mock.wait_for(kind, endpoint=endpoint, order_sn=shop.wanted[at - 1])
        stop()
        shop.mock.clear_faults("freeze")
        stdout, stderr = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def only_the_first_was_shipped(shop: SmallShop) -> None:
    assert [write["order_sn"] for write in shop.writes()] == shop.wanted[:1]
    assert shop.shipped() == shop.wanted[:1]
    outcomes = {row["order_sn"]: (row["outcome"], row["reason"]) for row in shop.folder.rows()}
    assert outcomes[shop.wanted[0]] == ("done", "shipped")
    assert {outcomes[sn] for sn in shop.wanted[1:]} == {("waiting", "stopped")}


@pytest.mark.slow
def test_a_stop_file_in_mid_shipment_lets_the_order_in_hand_end_and_begins_no_other(shop: SmallShop) -> None:
    run = stopped_while(shop, (shop.folder.path / "停止.txt").touch, kind="effect", endpoint=SHIP)
    assert run.returncode == 3
    assert "paused by the file 停止.txt beside rpa.toml" in run.stdout
    only_the_first_was_shipped(shop)
    opened = {each.get("order_sn") for each in shop.mock.events() if DETAIL in each["endpoint"]}
    assert opened.isdisjoint(shop.wanted[1:])


@pytest.mark.slow
def test_a_pause_that_comes_while_a_form_is_filled_in_stops_that_very_shipment(shop: SmallShop) -> None:
    pauses, at = Pauses(shop.folder.path, shop.folder.var), datetime.now(tz=UTC)
    run = stopped_while(
        shop, lambda: pauses.pause(None, by="Boss", reason="", at=at), kind="request", endpoint=DETAIL, at=2
    )
    assert run.returncode == 3
    assert "by Boss" in run.stdout
    only_the_first_was_shipped(shop)
    assert [action.subject for action in shop.folder.ledger()] == shop.wanted[:1]
