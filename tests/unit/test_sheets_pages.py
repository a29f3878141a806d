"""Of a page that is called .xls counts what Excel shows: nothing that is hidden in a cell, no format left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.sheets.contents import read_sheets
from rpa.clock import Clock
from tests.unit.shown import NUMBER, PROFILE, SN, ends


def _end(path: Path, *, cell: str, row: str = "") -> str:
    """How a row ends whose tracking number cell, and whose attributes, are these."""
    heads = "<tr><td>订单号<td>快递公司<td>快递单号</tr>"
    page = f"<table>{heads}<tr {row}><td>{SN}<td>圆通{cell}</tr></table>"
    path.write_text(f'<html><meta charset="utf-8">{page}</html>', encoding="utf-8")
    return ends(read_sheets([path], words=PROFILE, clock=Clock(), stable_s=0))[2]


@pytest.mark.parametrize(
    ("cell", "end"),
    [
        (f'<td><span style="display: none">{NUMBER}</span>', "empty_cell"),
        (f"<td>{NUMBER}<i hidden>7</i>", NUMBER),
        (f'<td>{NUMBER}<i style="visibility:hidden">7</i>', NUMBER),
        (f"<td>{NUMBER}<!--7--><style>.a{{}}</style><script>var a = 7</script>", NUMBER),
        (f'<td style="display:none">{NUMBER}', "hidden_row"),
        (f'<td style="line-height:0">{NUMBER}', NUMBER),
    ],
)
def test_what_a_page_hides_within_a_cell_is_no_part_of_a_number(cell: str, end: str, tmp_path: Path) -> None:
    assert _end(tmp_path / "p.xls", cell=cell) == end


@pytest.mark.parametrize("style", ["display:none", "visibility: collapse", "height:0pt", "mso-hide:all"])
def test_a_row_that_a_page_does_not_show_is_hidden(style: str, tmp_path: Path) -> None:
    assert _end(tmp_path / "p.xls", cell=f"<td>{NUMBER}", row=f'style="{style}"') == "hidden_row"


@pytest.mark.parametrize(
    ("code", "number", "end"),
    [
        (r"\@", NUMBER, NUMBER),
        ("0", NUMBER, NUMBER),
        ("General", NUMBER, NUMBER),
        (r"\0022YT\00220", "YT1234567890123", "YT1234567890123"),
        ("0000000000000", "0987654321012", "0987654321012"),
        (r"\#\,\#\#0", NUMBER, "number_damaged"),
        (r"\0022YT\00220", "1234567890123", "number_damaged"),
        ("0000000000000", "987654321012", "number_damaged"),
        (r"yyyy\-mm\-dd", "46091123", "number_damaged"),
    ],
)
def test_a_number_that_excel_shows_otherwise_by_the_cells_format_is_refused(
    code: str, number: str, end: str, tmp_path: Path
) -> None:
    assert _end(tmp_path / "p.xls", cell=f"<td style='mso-number-format:\"{code}\"'>{number}") == end
