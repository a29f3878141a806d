"""Sheets as people make them: each row has its line in a report, bad ones are never shipped, good ones are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.sheets.mistakes import write_mistakes
from fixtures.sheets.samples import Parcel
from tests.support.mock_shop import Result, Row, ShopFolder
from tests.support.small_shop import SmallShop, log_in, small_shop

pytestmark = pytest.mark.slow

STRANGER: Parcel = ("260310-000000000000001", "中通快递", "78999999999901")
GARBLED: Parcel = ("4.62599E+14", "中通快递", "78999999999902")


def test_one_run_names_every_bad_row_and_ships_the_good_ones(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=60, virtual=0, held=()) as shop:
        good = list(shop.parcels.values())[:3]
        others = list(shop.parcels)[3:]
        (shop.folder.path / "inbox" / "parcels.csv").unlink()
        sheet = shop.folder.path / "inbox" / "mistakes.xlsx"
        mistakes = write_mistakes(sheet, good=good, order_sns=others)
        assert len({mistake.kind for mistake in mistakes}) >= 40

        result = shop.ship()

        assert result.exit_code == 1
        for reason in {mistake.reason for mistake in mistakes}:
            rows = [str(mistake.row) for mistake in mistakes if mistake.reason == reason]
            assert f"{sheet.name}: {', '.join(rows)}" in result.stderr
        assert shop.shipped() == sorted(sn for sn, _, _ in good)
        told = {int(row["sheet_row"]): row["reason"] for row in result.rows if row["sheet_row"]}
        wanted = {mistake.row: mistake.reason for mistake in mistakes}
        assert {number: told.get(number) for number in wanted} == wanted
        assert Counter(told[number] for number in set(told) - set(wanted)) == {"shipped": len(good)}
        assert most_rows_a_sheet_row(result.rows) == 1
        assert {row["order_sn"] for row in result.rows} >= set(shop.parcels)


def test_an_unusual_number_ships_only_once_a_person_says_so_and_is_told_with_its_row(tmp_path: Path) -> None:
    with small_shop(tmp_path, virtual=0, held=()) as shop:
        (odd, *usual), other = list(shop.parcels), "99120000000001X"
        rows = [(odd, "中通快递", other), *(shop.parcels[sn] for sn in usual)]
        shop.folder.write_sheet(rows)

        alone = shop.ship()
        assert alone.exit_code == 1
        assert alone.row(odd)["reason"] == "unusual_number"
        assert shop.shipped() == sorted(usual)

        accepted = shop.ship("--accept-unusual")
        assert accepted.row(odd)["reason"] == "shipped"
        assert shop.truth()[odd]["shipments"][0]["tracking_number"] == other
        for result in (alone, accepted):
            assert f"{other} looks unusual for 中通快递." in result.row(odd)["message"]
            assert "Sheet rows with a warning: 1." in result.stderr


def test_a_pattern_of_the_shop_makes_a_number_usual(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=1, virtual=0, held=()) as shop:
        [sn] = shop.parcels
        shop.folder.write_sheet([(sn, "中通快递", "99120000000001X")])
        shop.folder.configure(courier_patterns={"不知道": r"99\d{12}X"})
        assert "不知道" in shop.ship().stderr
        shop.folder.configure(courier_patterns={"中通": r"99\d{12}X"})
        row = shop.ship().row(sn)
        assert (row["reason"], row["message"]) == ("shipped", "")


@pytest.fixture
def two_shops(tmp_path: Path) -> Iterator[tuple[SmallShop, SmallShop, ShopFolder]]:
    """Two shops of one owner, and one sheet for both, with a row that is nobody's and a row that nobody can read."""
    with small_shop(tmp_path / "first", virtual=0) as first, small_shop(tmp_path / "2nd", virtual=0, seed=8) as second:
        folder = first.folder
        folder.add_shop("second", url=second.mock.url, settle_s=1.0)
        log_in(folder, mock=second.mock, shop="second")
        rows = [*first.parcels.values(), STRANGER, *second.parcels.values(), GARBLED]
        folder.write_sheet(rows)
        yield first, second, folder


def test_rows_of_a_shared_sheet_go_to_the_shop_whose_order_it_is(
    two_shops: tuple[SmallShop, SmallShop, ShopFolder],
) -> None:
    first, second, folder = two_shops
    result = folder.run("run", "ship", "--json")
    assert first.shipped() == sorted(first.parcels)
    assert second.shipped() == sorted(second.parcels)
    assert result.exit_code == 1
    assert of_the_sheet(result) == {
        **dict.fromkeys(first.parcels, ("demo", "shipped")),
        **dict.fromkeys(second.parcels, ("second", "shipped")),
        STRANGER[0]: ("second", "not_in_shop"),
        GARBLED[0]: ("second", "number_damaged"),
    }


def test_rows_of_a_shop_that_is_not_run_wait_for_it(two_shops: tuple[SmallShop, SmallShop, ShopFolder]) -> None:
    first, second, folder = two_shops
    result = folder.run("run", "ship", "demo", "--json")
    assert first.shipped() == sorted(first.parcels)
    assert second.shipped() == []
    told = of_the_sheet(result)
    assert {told[sn] for sn in (*second.parcels, STRANGER[0])} == {("demo", "other_shop_not_run")}
    assert told[GARBLED[0]] == ("demo", "number_damaged")


def test_rows_of_a_shop_that_stopped_need_a_person_and_the_other_shop_goes_on(
    two_shops: tuple[SmallShop, SmallShop, ShopFolder],
) -> None:
    first, second, folder = two_shops
    first.mock.fault("other-shop")
    result = folder.run("run", "ship", "--json")
    assert result.exit_code == 3
    assert first.writes() == []
    assert second.shipped() == sorted(second.parcels)
    told = of_the_sheet(result)
    assert {told[sn][1] for sn in (*first.parcels, STRANGER[0])} == {"shop_not_read"}
    assert {told[sn] for sn in second.parcels} == {("second", "shipped")}


def most_rows_a_sheet_row(rows: list[Row]) -> int:
    """How many report rows the most reported sheet row has."""
    return max(Counter((row["sheet"], row["sheet_row"]) for row in rows if row["sheet_row"]).values())


def of_the_sheet(result: Result) -> dict[str, tuple[str, str]]:
    """Shop and reason by order number, of what stood in the sheet; no sheet row may be told of twice."""
    assert most_rows_a_sheet_row(result.rows) == 1
    return {row["order_sn"]: (row["shop"], row["reason"]) for row in result.rows if row["sheet_row"]}
