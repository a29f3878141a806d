"""The digest: what was done, what was not, once a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.notices.api import DOCUMENT_KIND
from flows.orders.reasons import Reason
from rpa.language import Language
from rpa.ledger.incidents import Severity
from rpa.ledger.plans import PlanState
from rpa.notify.channels import Notifier
from rpa.notify.digest import send_if_due, text
from rpa.pauses import Pauses
from rpa.scheduler.background import do_all
from rpa.scheduler.failures import Failures
from tests.support.monitoring_desk import MORNING, OverviewDesk, an_order, overview_desk
from tests.support.postbox import Postbox, postbox
from tests.unit.test_discovery import capable, python

AT_EIGHT = """
[digest]
at = "20:00"
[[notify]]
name = "boss"
url_env = "BOSS"
[[notify]]
name = "south"
url_env = "SOUTH"
shops = ["south"]
[[notify]]
name = "none"
url_env = "BOSS"
digest = false
"""
ALERT = """
from rpa.language import Text
def extra(config, ledger, shop):
    return [Text(en=f"{1 // (shop != 'south')} is well", zh="")]
"""
TODAY = date(2026, 3, 10)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    with postbox() as opened:
        monkeypatch.setenv("BOSS", opened.url)
        yield opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OverviewDesk]:
    with overview_desk(tmp_path, more=AT_EIGHT) as opened:
        for shop in opened.config.shops:
            opened.ledger.cover(
                shop, account="clerk-1", kind=DOCUMENT_KIND, since=MORNING - timedelta(days=7), until=MORNING
            )
        yield opened


def said(desk: OverviewDesk, *shops: str) -> list[str]:
    return text(desk.config, desk.ledger, day=TODAY, shops=shops).splitlines()


def test_a_day_on_which_all_went_well_says_so(desk: OverviewDesk) -> None:
    desk.shipped("demo", 3)
    desk.ran("demo", an_order(1, Reason.NO_TRACKING_YET, hours=40))
    assert said(desk) == [
        "From 03-09 20:00 to 03-10 09:15",
        "Shops: 2 · shipped: 3 · still to ship: 1 (held: 0) · refused: 0 · for a person: 0",
        "",
        "Every planned run was started, and nothing was left undone.",
        "",
        "Shops",
        "- demo: shipped 3, to ship 1, held 0, refused 0, for a person 0",
    ]


def test_what_did_not_happen_is_told_before_what_did(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.UNDER_AUDIT, hours=3), an_order(2, Reason.UNKNOWN, hours=30))
    for hours in (-3, -2):
        desk.planned("demo", hours=hours, state=PlanState.NEVER_STARTED, reason="downtime")
    desk.planned("south", hours=-1, state=PlanState.SKIPPED, reason="paused")
    desk.planned("south", hours=-14, state=PlanState.SKIPPED, reason="paused")
    desk.ledger.keep_login("demo", ends_at=MORNING + timedelta(hours=6))
    desk.ledger.incident("demo", cause="challenge", message="A challenge", severity=Severity.CRITICAL)
    Pauses(desk.config.folder, desk.config.var).pause("south", by="me", reason="stocktaking", at=desk.now())
    lines = said(desk)
    assert lines[3:10] == [
        "What did not happen",
        "- Down: demo",
        "- Never started (this computer or `rpa schedule` was off): ship ×2 in demo",
        "- Skipped (paused): ship ×1 in south",
        "- Not shipped, and due within 24 hours: 1, the first by 03-10 12:15, in demo",
        "- demo: its login ends 03-10 15:15; run `rpa login demo`",
        "- south: paused since 2026-03-10 09:15 by me: stocktaking",
    ]
    assert "- by 03-11 15:15 · demo (1): " + Reason.UNKNOWN.text.en in lines
    assert any(
        line.startswith("- by 03-10 12:15 · demo: The site asks for a challenge: run `rpa login") for line in lines
    )


def test_unsaved_notices_are_told_once_for_all_shops_that_have_the_same_worry(tmp_path: Path) -> None:
    with overview_desk(tmp_path) as desk:
        lines = said(desk)
        assert "- demo, south: notices were never read. Run `rpa run audit-notices`." in lines
        desk.ledger.cover(
            "demo",
            account="clerk-1",
            kind=DOCUMENT_KIND,
            since=MORNING - timedelta(days=9),
            until=MORNING - timedelta(days=6),
        )
        lines = said(desk)
        assert "- demo: last read five days ago or longer. Run `rpa run audit-notices`." in lines
        assert "- south: notices were never read. Run `rpa run audit-notices`." in lines


def test_shops_in_preview_are_told_with_what_they_would_have_to_ship(tmp_path: Path) -> None:
    preview = '[shops.trial]\nplatform = "pinduoduo"\nmall_id = "2"\n'
    with overview_desk(tmp_path, more=preview) as desk:
        desk.ran("trial", *(an_order(number, Reason.DRY_RUN, hours=40) for number in range(312)))
        assert "- trial: preview only: 0 shipped, 312 to ship (`live = true` ships)" in said(desk)


def test_a_digest_for_some_shops_tells_of_no_other(desk: OverviewDesk) -> None:
    desk.ran("demo", an_order(1, Reason.UNKNOWN, hours=3))
    desk.planned("demo", hours=-1, state=PlanState.NEVER_STARTED)
    assert not any("demo" in line for line in said(desk, "south"))


def test_it_is_sent_once_a_day_at_its_hour_to_who_wants_it_each_with_its_own_shops(
    desk: OverviewDesk, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ran("demo", an_order(1, Reason.UNKNOWN, hours=300))
    notifier = Notifier.of(desk.config, None)
    with postbox() as of_south:
        monkeypatch.setenv("SOUTH", of_south.url)
        assert not send_if_due(desk.config, desk.ledger, notifier)
        desk.move(hours=10.7)
        assert not send_if_due(desk.config, desk.ledger, notifier)
        desk.move(minutes=3)
        assert [send_if_due(desk.config, desk.ledger, notifier) for _ in range(3)] == [True, False, False]
        assert (box.titles, of_south.titles) == (["[rpa] Digest 2026-03-10"], ["[rpa] Digest 2026-03-10"])
        assert "demo" in box.posted[0]["message"]
        assert "demo" not in of_south.posted[0]["message"]
        desk.move(hours=24)
        assert send_if_due(desk.config, desk.ledger, notifier)
    assert box.titles[1:] == ["[rpa] Digest 2026-03-11"]


def test_after_downtime_the_newest_that_was_missed_is_sent_late_and_alone(desk: OverviewDesk, box: Postbox) -> None:
    notifier = Notifier.of(desk.config, None)
    send_if_due(desk.config, desk.ledger, notifier)
    desk.move(hours=72)
    assert [send_if_due(desk.config, desk.ledger, notifier) for _ in range(2)] == [True, False]
    assert box.titles == ["[rpa] Digest 2026-03-12"]
    assert box.posted[0]["message"].startswith("From 03-11 20:00 to 03-12 20:00")


def test_a_channel_that_refused_it_gets_it_later_and_one_that_took_it_not_again(
    desk: OverviewDesk, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postbox() as of_south:
        monkeypatch.setenv("SOUTH", of_south.url)
        of_south.status = 500
        do_chores(desk)
        desk.move(hours=12)
        do_chores(desk)
        assert (len(box.posted), len(of_south.posted)) == (1, 1)
        assert [each.cause for each in desk.ledger.open_incidents()] == ["notify:south"]
        of_south.status = 200
        desk.move(minutes=10)
        do_chores(desk)
        do_chores(desk)
        assert of_south.titles[1:] == ["[rpa] Digest 2026-03-10"]
        digests = [title for title in box.titles if "Digest" in title]
        assert (len(digests), desk.ledger.open_incidents()) == (1, [])


def do_chores(desk: OverviewDesk) -> None:
    """As a call of `rpa schedule --once` does: the next call knows nothing of it but what the ledger has."""
    do_all(
        desk.config, ledger=desk.ledger, trouble=Failures(desk.ledger, clock=desk.config.clock, language=Language.EN)
    )


def test_a_channel_that_refuses_it_is_left_alone_for_a_time(desk: OverviewDesk, box: Postbox) -> None:
    notifier = Notifier.of(desk.config, None)
    send_if_due(desk.config, desk.ledger, notifier)
    box.status = 500
    desk.move(hours=12)
    assert [send_if_due(desk.config, desk.ledger, notifier) for _ in range(3)] == [False, False, False]
    assert len(box.posted) == 1


@pytest.mark.slow
def test_an_alert_of_a_plug_in_that_fails_in_one_shop_takes_no_other_along(desk: OverviewDesk, tmp_path: Path) -> None:
    plugin = capable(tmp_path / "plugin", alerts=("rpa_extra.alert:extra",), modules={"rpa_extra/alert.py": ALERT})
    called = ["--config", str(desk.config.path), "digest"]
    call = f"import sys; from rpa.cli import main; sys.argv[1:] = {called!r}; main()"
    told = " ".join(python(call, plugin=plugin).split())
    assert "- demo: 1 is well" in told
    assert "- south: A plug-in that looks for what did not happen fails (ZeroDivisionError: " in told


def test_without_an_hour_there_is_none(tmp_path: Path, box: Postbox) -> None:
    with overview_desk(tmp_path) as desk:
        notifier = Notifier.of(desk.config, None)
        send_if_due(desk.config, desk.ledger, notifier)
        desk.move(hours=48)
        assert not send_if_due(desk.config, desk.ledger, notifier)
        assert desk.ledger.heartbeats() == {}


def test_once_a_clock_far_ahead_is_set_right_it_is_sent_again_and_then_once_a_day(
    desk: OverviewDesk, box: Postbox
) -> None:
    notifier = Notifier.of(desk.config, None)
    send_if_due(desk.config, desk.ledger, notifier)
    desk.move(hours=24 * 400)
    assert send_if_due(desk.config, desk.ledger, notifier)
    desk.move(hours=-24 * 400)
    assert [send_if_due(desk.config, desk.ledger, notifier) for _ in range(2)] == [True, False]
    desk.move(hours=24)
    assert send_if_due(desk.config, desk.ledger, notifier)
    assert box.titles[1:] == ["[rpa] Digest 2026-03-09", "[rpa] Digest 2026-03-10"]
