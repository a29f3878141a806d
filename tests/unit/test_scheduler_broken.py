"""A shop whose file has a mistake is not run, and everybody is told; the other shops are run as planned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.orders.reasons import Reason
from rpa.doctor.configuration import broken_shops
from rpa.ledger.incidents import Severity
from rpa.ledger.plans import PlanState
from rpa.monitoring.alarms import raise_due
from rpa.notify.channels import Notifier
from rpa.notify.digest import text
from rpa.notify.incident_messages import tell
from rpa.plugins import load_config
from rpa.scheduler.failures import tell_of_broken
from tests.support.monitoring_desk import OverviewDesk, an_order, overview_desk
from tests.support.postbox import postbox
from tests.support.simulated import Simulation
from tests.support.simulated_desk import HOUR, MINUTE, SHIP, Make, come_of, reasons, simulations

EAST = 'platform = "pinduoduo"\nbase_url = "http://127.0.0.1:9"\nmall_id = "east"\ngroups = ["files"]\n'
MISTAKE = 'xqzw = "1"\n'
EVERY_SHOP = [SHIP, {"name": "filed", "flow": "audit-notices", "every": "10m", "shops": ["@files"]}]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes a started simulation; the file of the shop east is there before."""
    east_is(tmp_path, EAST)
    yield from simulations(tmp_path)


def east_is(folder: Path, content: str) -> None:
    (folder / "shops").mkdir(exist_ok=True)
    (folder / "shops" / "east.toml").write_text(content, encoding="utf-8")


def changed(simulation: Simulation, content: str) -> None:
    """The file is saved so, and the scheduler reads it."""
    east_is(simulation.folder, content)
    simulation.config = load_config(simulation.config.path)
    simulation.desk.take_over(simulation.config)
    tell_of_broken(simulation.config, simulation.ledger)


def test_only_a_broken_shops_runs_are_skipped_with_the_reason_until_it_is_right(make: Make) -> None:
    simulation = make(*EVERY_SHOP)
    simulation.live(simulation.now + 30 * MINUTE)
    assert set(reasons(come_of(simulation, "east"))) == {""}

    before = len(come_of(simulation, "east"))
    changed(simulation, EAST + MISTAKE)
    simulation.live(simulation.now + HOUR)
    skipped = come_of(simulation, "east")[before:]
    assert {(run.state, run.reason, run.detail) for run in skipped} == {
        (PlanState.SKIPPED, "bad_config", "east.toml:5  xqzw: unknown key")
    }
    assert {run.entry for run in skipped} == {"ship", "filed"}
    assert len(skipped) == 12

    changed(simulation, EAST)
    simulation.live(simulation.now + 30 * MINUTE)
    assert set(reasons(come_of(simulation, "east")[before + len(skipped) :])) == {""}
    assert set(reasons(come_of(simulation, "s0"))) == {""}
    assert [start.run.shop for start in simulation.starts].count("s0") == 12


def test_a_start_with_a_broken_file_runs_the_other_shops(make: Make, tmp_path: Path) -> None:
    east_is(tmp_path, "")
    simulation = make(*EVERY_SHOP)
    simulation.live(simulation.now + 30 * MINUTE)
    assert set(reasons(come_of(simulation, "s0"))) == {""}
    assert set(reasons(come_of(simulation, "east"))) == {"bad_config"}
    changed(simulation, EAST)
    simulation.live(simulation.now + 30 * MINUTE)
    assert reasons(come_of(simulation, "east"))[-2:] == ["", ""]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path, more='[[schedule]]\nflow = "ship"\nevery = "1h"\n') as opened:
        yield opened


def broken(desk: OverviewDesk, content: str = EAST + "live = true\n" + MISTAKE) -> None:
    east_is(desk.config.folder, content)
    desk.config = load_config(desk.config.path)


def test_one_incident_tells_of_a_broken_file_and_ends_when_it_is_right(desk: OverviewDesk) -> None:
    broken(desk)
    desk.ledger.incidents.report("demo", cause="crashed:ship", message="m")
    for _ in range(2):
        tell_of_broken(desk.config, desk.ledger)
    [incident] = desk.ledger.incidents.still_open("east")
    assert (incident.severity, incident.message) == (
        Severity.CRITICAL,
        "east is not run until its file is put right: east.toml:6  xqzw: unknown key",
    )

    broken(desk, EAST)
    tell_of_broken(desk.config, desk.ledger)
    assert [each.shop for each in desk.ledger.incidents.still_open()] == ["demo"]


def test_a_broken_shop_stands_in_every_list_with_what_is_known_of_it(desk: OverviewDesk) -> None:
    broken(desk, EAST)
    desk.ran("east", an_order(1, Reason.UNKNOWN, hours=3))
    broken(desk)
    tell_of_broken(desk.config, desk.ledger)

    state = desk.states()["east"]
    assert (state.down, len(state.backlog.pending), state.preview, state.incidents) == (True, 1, False, ())
    assert str(state.problem and state.problem.en).endswith("east.toml:6  xqzw: unknown key")

    lines = {line.code: line for line in desk.to_do()}
    of_file, of_order = lines["shop_file"], lines["unknown"]
    assert (of_file.shops, of_file.subjects, of_file.detail) == (
        ("east",),
        ("shops/east.toml",),
        "east.toml:6  xqzw: unknown key",
    )
    assert (of_order.shops, of_file.deadline) == (("east",), of_order.deadline)

    digest = text(desk.config, desk.ledger, day=desk.now().date())
    assert "east: not run until its file is put right: east.toml:6  xqzw: unknown key" in digest
    assert "- east: shipped 0, to ship 1" in digest


def test_the_list_tells_since_when_and_nothing_that_only_says_that_nobody_looked(desk: OverviewDesk) -> None:
    broken(desk)
    desk.ran("east", an_order(2, Reason.SHOP_NOT_READ))
    assert [(line.code, line.since) for line in desk.to_do()] == [("shop_file", desk.now())]
    tell_of_broken(desk.config, desk.ledger)
    since = desk.now()
    desk.move(hours=1)
    assert [line.since for line in desk.to_do()] == [since]


def test_alarms_of_a_broken_shop_are_raised_all_the_same(desk: OverviewDesk) -> None:
    broken(desk, EAST)
    desk.ran("east", an_order(1, Reason.NO_TRACKING_YET, hours=3))
    broken(desk)
    raise_due(desk.config, desk.ledger)
    assert [each.cause for each in desk.ledger.incidents.still_open("east")] == ["ship_by_6h"]


def test_its_channels_are_told_of_a_broken_file_and_when_it_is_right(
    desk: OverviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, channel = desk.config.path, '[[notify]]\nname = "files"\nurl_env = "FILES"\nshops = ["@files"]\n'
    path.write_text(path.read_text(encoding="utf-8") + channel, encoding="utf-8")
    named = EAST + 'mall_name = "East of the lake"\n'
    with postbox() as box:
        monkeypatch.setenv("FILES", box.url)
        for text in (named + MISTAKE, named):
            broken(desk, text)
            tell_of_broken(desk.config, desk.ledger)
            desk.ledger.incidents.report("demo", cause="crashed:ship", message="not for this channel")
            tell(desk.config, desk.ledger, Notifier.of(desk.config, None))
            desk.move(hours=0.1)
    assert [title.partition(" (East of the lake): ")[0] for title in box.titles] == [
        "[rpa] east",
        "[rpa] solved · east",
    ]


def test_the_digest_of_a_broken_shops_group_is_not_that_of_all(desk: OverviewDesk) -> None:
    broken(desk)
    digest = text(desk.config, desk.ledger, day=desk.now().date(), shops=["east"])
    assert digest.splitlines()[1].startswith("Shops: 1 ")


def test_the_doctor_tells_of_each_broken_shop(desk: OverviewDesk) -> None:
    broken(desk)
    [finding] = broken_shops(desk.config)
    assert (finding.state, finding.name.en) == ("fail", "Shop east")
    assert "east.toml:6  xqzw" in finding.message.en
