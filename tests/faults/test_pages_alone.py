"""A site that tells nothing but what its pages show: filters that it remembers, words in a page's place, sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mock_shop import PATIENCE_S, Result
from tests.support.promises import at_most_once, careful
from tests.support.small_shop import FORM, SmallShop, small_shop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.one_layout("plain", reason="the classic layout has data beside its pages, and remembers no filter"),
]

LIST = "recentOrderList"


def listed(shop: SmallShop) -> Result:
    return shop.folder.run("run", "pending-orders", "--json")


def cause(result: Result) -> str:
    return str(result.json["shops"]["demo"]["incidents"][-1]["cause"])


def test_a_filter_of_somebody_s_last_visit_hides_no_order(shop: SmallShop) -> None:
    shop.mock.save_filter(f"order:{shop.wanted[0]}")
    result = shop.ship()
    careful(shop, result)
    assert shop.shipped() == sorted(shop.wanted)


def test_a_filter_that_comes_between_two_pages_of_the_list_hides_no_order(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=5, virtual=2, held=(), most_a_page=3) as shop:
        second = shop.mock.fault("freeze", endpoint=LIST, at=2, when="before")
        process = shop.folder.start("run", "pending-orders", "--json")
        first = shop.mock.wait_for("request", endpoint=LIST)
        shop.mock.wait_for("request", endpoint=LIST, after=first["n"])
        shop.mock.save_filter(f"order:{shop.wanted[-1]}")
        shop.mock.let_go(second)
        process.communicate(timeout=PATIENCE_S)
        [run_id] = shop.folder.run_ids()
        assert {row["order_sn"]: row["reason"] for row in shop.folder.rows_of(run_id)} == dict.fromkeys(
            shop.wanted, "listed"
        )


def test_a_filter_that_comes_back_each_time_stops_the_shop(tmp_path: Path) -> None:
    """Somebody searches whenever the list is asked for."""
    with small_shop(tmp_path, parcels=3, virtual=0, held=()) as shop:
        process = shop.folder.start("run", "pending-orders", "--json")
        shop.mock.fault("freeze", endpoint="/orders/list", when="before", times=0)
        after = 0
        while process.poll() is None:
            for event in shop.mock.events(after=after, timeout_s=0.25):
                after = event["n"]
                if event["kind"] == "request" and event["endpoint"] == "/orders/list":
                    shop.mock.save_filter(f"order:{shop.wanted[0]}")
                    shop.mock.clear_faults("freeze")
                    shop.mock.fault("freeze", endpoint="/orders/list", when="before", times=0)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 3


@pytest.mark.parametrize("endpoint", ["/orders/list", "/orders/detail"])
def test_a_page_that_comes_too_often_is_waited_for(shop: SmallShop, endpoint: str) -> None:
    shop.mock.fault("rate-limited", endpoint=endpoint, code=429)
    assert listed(shop).reasons() == {**dict.fromkeys(shop.wanted, "listed"), **shop.held}


def test_a_challenge_in_a_page_s_place_is_left_to_a_person(shop: SmallShop) -> None:
    shop.mock.fault("captcha", endpoint=FORM, at=2)
    result = shop.ship()
    assert (result.exit_code, cause(result), shop.writes()) == (3, "challenge", [])


def test_a_session_that_was_taken_over_between_two_runs_is_not_taken_back(shop: SmallShop) -> None:
    shop.mock.fault("kicked", endpoint="/orders/list")
    result = shop.ship()
    assert (result.exit_code, cause(result), shop.writes()) == (3, "logged_in_elsewhere", [])
    assert len(shop.mock.truth()["logins"]) == 1


def test_a_page_that_fails_once_is_asked_for_again(shop: SmallShop) -> None:
    shop.mock.fault("error-before", endpoint="/orders/detail", at=3)
    result = shop.ship()
    careful(shop, result)
    assert shop.shipped() == sorted(shop.wanted)


def test_a_form_whose_courier_is_not_offered_is_not_sent(shop: SmallShop) -> None:
    own = shop.folder.path / "selectors" / "pinduoduo.toml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace('value = "{courier}"', 'value = "{courier} 2"'), encoding="utf-8")
    result = shop.ship()
    at_most_once(shop)
    assert {result.reasons()[sn] for sn in shop.parcels} == {"site_refused"}
    assert shop.shipped() == sorted(shop.virtual)
