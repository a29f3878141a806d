"""Rows that a shop may have whose file has a mistake are not called missing: it looks once the file is right."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from flows.inbox.deadline import CAUSE, watch_inboxes
from flows.inbox.inbox import Inbox
from flows.orders.reasons import Reason
from rpa.flow import Preparation
from rpa.plugins import load_config
from tests.support.inbox_desk import HEADERS, A, ArrivalDesk, parcel

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
MISTAKE = "liv = true\n"
CUT_OFF = "platform = \n"


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path)


def broken(desk: ArrivalDesk, text: str) -> None:
    (desk.folder / "shops").mkdir()
    (desk.folder / "shops" / "east.toml").write_text(text, encoding="utf-8")


def given_up(desk: ArrivalDesk) -> tuple[str, str]:
    """Reason and message of a row that no shop had an order for, when its days are over."""
    with time_machine.travel(NOON):
        desk.drop("today.csv", parcel(A))
        desk.run("demo")
    with time_machine.travel(NOON + timedelta(days=7.5)):
        [(_, _, reason)] = desk.run("demo")
    return reason, desk.messages[0]


@pytest.mark.parametrize("text", ['inbox = "./inbox"\n' + MISTAKE, CUT_OFF, 'inbox = "inbox"\n' + CUT_OFF])
def test_a_row_of_an_inbox_that_it_may_share_is_not_called_an_order_of_no_shop(desk: ArrivalDesk, text: str) -> None:
    broken(desk, text)
    assert given_up(desk) == ("expired", "east")


@pytest.mark.parametrize("text", ['inbox = "other"\n' + MISTAKE, MISTAKE])
def test_a_row_of_an_inbox_that_it_does_not_share_is_judged_without_it(desk: ArrivalDesk, text: str) -> None:
    broken(desk, text)
    assert given_up(desk)[0] == "not_in_shop"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('sheets = ["sheets/*.csv"]\n' + MISTAKE, Reason.OTHER_SHOP_NOT_RUN),
        (CUT_OFF, Reason.OTHER_SHOP_NOT_RUN),
        ('sheets = [""]\n', Reason.OTHER_SHOP_NOT_RUN),
        ('sheets = "sheets/*.csv"\n', Reason.OTHER_SHOP_NOT_RUN),
        ('sheets = ["east/*.csv"]\n' + MISTAKE, Reason.NOT_IN_SHOP),
        (MISTAKE, Reason.NOT_IN_SHOP),
    ],
)
def test_a_row_of_a_sheet_that_it_may_read_waits_for_it(tmp_path: Path, text: str, reason: Reason) -> None:
    desk = ArrivalDesk(tmp_path, settings='sheets = ["sheets/*.csv"]\n')
    broken(desk, text)
    sheet = tmp_path / "sheets" / "a.csv"
    sheet.parent.mkdir()
    sheet.write_text(f"{HEADERS}\n{parcel(A)}\n", encoding="utf-8-sig")
    os.utime(sheet, (1_773_000_000, 1_773_000_000))
    plan = Preparation(config=desk.config, shops=desk.config.chosen(["demo"]), options=None, language="en")
    [(_, decision)] = Inbox.read(plan, given=(), hidden_rows=False).leftovers([])
    assert (decision.reason, decision.message) == (reason, "east" if reason is Reason.OTHER_SHOP_NOT_RUN else "")


def test_that_its_inbox_is_empty_stays_told(desk: ArrivalDesk) -> None:
    broken(desk, MISTAKE)
    with desk.ledger() as ledger:
        for shop in ("east", "gone"):
            ledger.incident(shop, cause=CAUSE, message="m")
        watch_inboxes(load_config(desk.folder / "rpa.toml"), ledger)
        assert [each.shop for each in ledger.open_incidents()] == ["east"]
