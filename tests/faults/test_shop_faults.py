"""What stops a shop: each order and row keeps its line, nothing more is clicked, and the next run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rpa.kicks import Kicks
from rpa.plugins import load_config
from tests.support.mock_shop import PASSWORD, Result
from tests.support.promises import careful
from tests.support.small_shop import DOUYIN, PLAIN, SmallShop, small_shop

pytestmark = pytest.mark.slow


@pytest.mark.each_platform(long=True)
def test_in_the_wrong_shop_nothing_is_clicked(shop: SmallShop) -> None:
    shop.mock.fault("other-shop")
    result = shop.ship()
    assert result.exit_code == 3
    assert _cause(result) == "wrong_shop"
    assert shop.writes() == []
    assert {sn: result.reasons()[sn] for sn in shop.parcels} == dict.fromkeys(shop.parcels, "shop_not_read")


@pytest.mark.each_platform(long=True)
@pytest.mark.parametrize("fault", ["session-expired", "kicked"])
def test_a_session_that_is_lost_in_mid_run_waits_for_a_person_and_then_goes_on(tmp_path: Path, fault: str) -> None:
    with small_shop(tmp_path, parcels=3, virtual=2) as shop:
        shop.mock.fault(fault, endpoint=shop.calls.ship, at=3)
        stopped = shop.ship()
        assert stopped.exit_code == 3
        assert _cause(stopped) == ("login_needed" if fault == "session-expired" else "logged_in_elsewhere")
        careful(shop, stopped)
        assert len(shop.shipped()) == 2
        assert [login["via"] for login in shop.mock.truth()["logins"]] == ["password"]
        kicks, shops = Kicks(shop.folder.var), load_config(shop.folder.path / "rpa.toml").shops.values()
        assert kicks.holding(shops).keys() == ({"demo"} if fault == "kicked" else set())

        login = shop.folder.run("login", "demo", "--password-stdin", given=f"{PASSWORD}\n")
        assert login.exit_code == 0, login.stderr
        assert kicks.holding(shops) == {}
        finished = shop.ship()
        careful(shop, finished)
        assert finished.exit_code == 0
        assert shop.shipped() == sorted(shop.wanted)
        assert {login["via"] for login in shop.mock.truth()["logins"]} == {"password"}


@pytest.mark.each_platform(long=True)
def test_without_a_login_the_stored_password_is_typed_once_at_the_start(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=1, logged_in=False) as shop:
        result = shop.ship()
        assert result.exit_code == 0
        careful(shop, result)
        assert [login["ok"] for login in shop.mock.truth()["logins"]] == [True]


@pytest.mark.each_platform(long=True)
def test_a_captcha_at_the_login_is_left_to_a_person(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=1, logged_in=False) as shop:
        shop.mock.fault("captcha", times=0)
        result = shop.ship()
        assert result.exit_code == 3
        assert _cause(result) == "challenge"
        assert shop.writes() == []
        assert [fault["fired"] for fault in shop.mock.faults()] == [1]


@pytest.mark.each_platform(long=True)
def test_known_popups_are_closed_and_the_work_goes_on(shop: SmallShop) -> None:
    for popup in ("known-1", "known-2"):
        shop.mock.fault("popup-known", popup=popup, **_where_it_works(shop, times=2))
    result = shop.ship()
    careful(shop, result)
    assert result.exit_code == 0
    assert shop.shipped() == sorted(shop.wanted)
    assert shop.mock.truth()["promotions_joined"] == []
    closed = result.json["shops"]["demo"]["popups"]
    named = {"news", "helper"} if shop.layout == DOUYIN else {"message_box", "chick"}
    assert {one["popup"] for one in closed} == named
    assert {one["by"] for one in closed} == {"我知道了", "关闭"}
    assert all(one["text"] for one in closed)


@pytest.mark.each_platform(long=True)
def test_an_unknown_popup_stops_the_shop_with_a_picture_and_its_button_is_untouched(shop: SmallShop) -> None:
    shop.mock.fault("popup-unknown", at=2, **_where_it_works(shop, times=0))
    result = shop.ship()
    assert result.exit_code == 3
    assert _cause(result) == "unknown_overlay"
    assert shop.mock.truth()["promotions_joined"] == []
    assert shop.writes() == []
    [picture] = (shop.folder.var / "evidence" / "demo").rglob("*unknown_overlay*")
    assert picture.stat().st_size > 1000


@pytest.mark.each_platform(long=True)
def test_three_doubts_in_a_row_stop_the_shop(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=5, virtual=0) as shop:
        shop.mock.fault("reset-before", endpoint=shop.calls.ship, at=2, times=3)
        result = shop.ship()
        assert result.exit_code == 3
        assert _cause(result) == "too_many_doubts"
        careful(shop, result)
        sent = [write["order_sn"] for write in shop.writes() if write["outcome"] != "resent by the browser"]
        assert sent == shop.wanted[:4]
        shop.folder.configure(settle_s=0)  # what was left open is proven not shipped before the list is read
        finished = shop.ship()
        careful(shop, finished)
        assert shop.shipped() == sorted(shop.wanted)


@pytest.mark.each_platform(long=True)
def test_one_doubtful_order_in_the_middle_holds_up_nobody(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=5, virtual=0) as shop:
        doubtful = list(shop.parcels)[2]
        shop.arm_for(doubtful, "late-effect", s=100_000)
        result = shop.ship()
        careful(shop, result)
        assert result.reasons()[doubtful] == "not_done"
        assert shop.shipped() == sorted(set(shop.wanted) - {doubtful})


@pytest.mark.each_platform(long=True)
@pytest.mark.long
def test_a_site_that_asks_for_fewer_calls_is_asked_less_and_then_left_alone(shop: SmallShop) -> None:
    shop.mock.fault("rate-limited", times=0)
    result = shop.ship()
    assert result.exit_code == 3
    assert _cause(result) == "rate_limited"
    assert shop.writes() == []
    [fault] = shop.mock.faults()
    assert fault["fired"] <= 4


@pytest.mark.each_platform(long=True)
def test_one_call_too_many_is_made_up_for_by_waiting(shop: SmallShop) -> None:
    shop.mock.fault("rate-limited", at=2)
    result = shop.ship()
    careful(shop, result)
    assert result.exit_code == 0


def _where_it_works(shop: SmallShop, *, times: int) -> dict[str, Any]:
    """The pages on which a popup is in the way: where something is clicked, or filled in."""
    return {"times": times} if shop.layout != PLAIN else {"endpoint": "/orders/detail", "times": 0}


def _cause(result: Result) -> str:
    incidents = result.json["shops"]["demo"]["incidents"]
    return str(incidents[-1]["cause"])
