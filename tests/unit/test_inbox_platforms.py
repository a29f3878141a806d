"""One inbox for shops of two platforms: each row goes to the shop that has the order, and no number is a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.orders.model import BadRow
from flows.orders.reasons import Reason
from flows.orders.words import Couriers, Identifiers, SheetProfile, Sheets
from rpa.elements.registry import load_profile
from tests.support.inbox_desk import A, ArrivalDesk, B, parcel

X, Y = "6923452306270542999", "6922723098771157314"
"""Order numbers of the other platform."""
BOTH = ("pdd", "dou")


@pytest.fixture
def desk(tmp_path: Path) -> ArrivalDesk:
    return ArrivalDesk(tmp_path, shops=BOTH, platforms={"dou": "douyin"})


def _profile(name: str) -> SheetProfile:
    profile = load_profile(name)
    return SheetProfile(
        identifiers=profile.section(Identifiers), couriers=profile.section(Couriers), sheets=profile.section(Sheets)
    )


def test_each_shop_sees_the_rows_of_its_own_platform_alone(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A), parcel(X, "78000000000001"), parcel(B), parcel("260310", "78000000000002"))
    inbox = desk.read(*BOTH)
    seen = {shop: [row.order_sn for row in inbox.rows(shop) if not isinstance(row, BadRow)] for shop in BOTH}
    assert seen == {"pdd": [A, B], "dou": [X]}
    [bad] = [row for row in inbox.rows("dou") if isinstance(row, BadRow)]
    assert (bad.reason, "6923452306270542999" in bad.message) == (Reason.NOT_AN_ORDER_SN, True)


def test_every_row_of_a_shared_sheet_ends_once(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A), parcel(X, "78000000000001"), parcel(Y, "78000000000002"))
    desk.run(finds={"pdd": {A: Reason.SHIPPED}, "dou": {X: Reason.SHIPPED}})
    assert sorted(desk.reported) == [("dou", Y, "no_order_yet"), ("dou", X, "shipped"), ("pdd", A, "shipped")]


def test_rows_of_the_other_platform_are_told_and_left_for_its_own_run(desk: ArrivalDesk) -> None:
    desk.drop("today.csv", parcel(A), parcel(X, "78000000000001"))
    desk.run("pdd", finds={"pdd": {A: Reason.SHIPPED}})
    assert sorted(desk.reported) == [("pdd", A, "shipped"), ("pdd", X, "no_order_yet")]
    desk.run("dou", finds={"dou": {X: Reason.SHIPPED}})
    assert desk.reported == [("dou", X, "shipped")]


def test_a_courier_is_called_as_the_shops_own_platform_calls_it(tmp_path: Path) -> None:
    desk = ArrivalDesk(tmp_path, shops=BOTH, platforms={"dou": "own"})
    own = tmp_path / "selectors"
    own.mkdir()
    text = (Path(__file__).parents[2] / "selectors" / "douyin.toml").read_text(encoding="utf-8")
    text = text.replace('name = "douyin"', 'name = "own"', 1).replace('name = "中通快递"', 'name = "中通速运"', 1)
    (own / "own.toml").write_text(text.replace('type_in = "中通"', 'type_in = "中通速"', 1), encoding="utf-8")
    desk.drop("today.csv", parcel(A), parcel(X, "78000000000001"))
    inbox = desk.read(*BOTH)
    assert [row.courier for shop in BOTH for row in inbox.rows(shop)] == ["中通快递", "中通速运"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    number=st.from_regex(r"\d{6}-\d{15}|\d{18,20}|[A-Z]{2}\d{13}", fullmatch=True),
    joined=st.permutations(["pinduoduo", "douyin", "oscar"]),
)
def test_a_number_that_one_platform_knows_the_joined_ones_know_and_no_other(number: str, joined: list[str]) -> None:
    parts = [_profile(name) for name in joined]
    whole = parts[0].joined(parts[1]).joined(parts[2])
    knows = [bool(part.order_sn.fullmatch(number)) for part in parts]
    assert bool(whole.order_sn.fullmatch(number)) == any(knows)
    for part in parts:
        for courier in part.couriers.known:
            assert whole.couriers.table.named(courier.name) is not None
