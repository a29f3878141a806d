"""How the rows of a sheet end, for tests of what sheets say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fixtures.sheets.formats import write_csv, write_html, write_xls, write_xlsx
from fixtures.sheets.samples import Parcel
from flows.orders.model import SheetRow
from flows.orders.words import read_sheet_profile
from flows.sheets.contents import SheetContents

PROFILE = read_sheet_profile(Path(__file__).parents[2] / "selectors" / "pinduoduo.toml")
HEADERS = ("订单号", "快递公司", "快递单号")
SN, SN2, SN3 = (f"260310-00000000000000{n}" for n in (1, 2, 3))
NUMBER = "73120000001006"
SHEETS: dict[str, Callable[..., Path]] = {"xlsx": write_xlsx, "xls": write_xls, "csv": write_csv, "html": write_html}
BOOKS = [write_xlsx, write_xls]
PARCELS: list[Parcel] = [(f"260310-{n:015d}", "中通快递", f"73{n:012d}") for n in range(1, 8)]
Read = Callable[..., SheetContents]


def ends(contents: SheetContents) -> dict[int, str]:
    """By row number: the number that would ship, or the reason why none does."""
    good = {row.place.row: row.tracking_number for row in contents.good}
    return dict(sorted((good | {row.place.row: str(row.reason) for row in contents.bad}).items()))


def said(rows: tuple[SheetRow, ...]) -> list[Parcel]:
    """What these rows say is to be shipped."""
    return [(row.order_sn, row.courier, row.tracking_number) for row in rows]


def reasons(contents: SheetContents) -> list[tuple[int, str]]:
    """Number and reason of each row that does not ship."""
    return [(row.place.row, str(row.reason)) for row in contents.bad]
