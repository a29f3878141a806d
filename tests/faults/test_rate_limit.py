"""A site that wants fewer calls in the middle of shipping: it is waited for, and no parcel is called back."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.promises import careful
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

AT_REST = "calls_per_minute = 600"


def _paced(shop: SmallShop, line: str) -> None:
    """Say this of the site's pace in the shop's profile."""
    own = shop.folder.path / "selectors" / "pinduoduo.toml"
    text = own.read_text(encoding="utf-8")
    assert AT_REST in text
    own.write_text(text.replace(AT_REST, line), encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "refusals"), [("", 1), pytest.param("calls_per_minute = 3", 0, marks=pytest.mark.long)]
)
def test_a_limit_of_the_site_is_waited_for_and_not_met_again(tmp_path: Path, line: str, refusals: int) -> None:
    with small_shop(tmp_path, parcels=5, virtual=0, held=()) as shop:
        _paced(shop, line)
        shop.mock.fault("rate-limited", per_minute=3)
        result = shop.ship()
        careful(shop, result)
        assert result.reasons() == dict.fromkeys(shop.wanted, "shipped")
        assert (result.exit_code, shop.mock.truth()["refused_for_rate"]) == (0, refusals)


@pytest.mark.parametrize("code", [54001, 429])
def test_what_is_refused_for_now_is_told_as_such_and_no_parcel_is_called_back(tmp_path: Path, code: int) -> None:
    """Refused in its turn, and once more at the end; the next run ships it."""
    with small_shop(tmp_path, parcels=1, virtual=0, held=()) as shop:
        shop.mock.fault("rate-limited", code=code, times=2, endpoint="orders/shipping")
        first = shop.ship()
        careful(shop, first)
        assert (first.reasons(), first.exit_code) == ({shop.wanted[0]: "refused_for_now"}, 0)
        book = load_workbook(shop.folder.var / "reports" / first.rows[0]["run_id"] / "report.xlsx")
        assert book["Pull back"].max_row == 1 if "Pull back" in book.sheetnames else True
        again = shop.ship()
        careful(shop, again)
        assert shop.shipped() == sorted(shop.wanted)
