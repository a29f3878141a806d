"""Of a page that is called .xls counts what Excel shows: nothing that is hidden in a cell, no format left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.sheets.contents import read_sheets
from rpa.clock import Clock
from tests.support.shown import NUMBER, PROFILE, SN, ends


def _end(path: Path, *, cell: str, row: str = "", table: str = "<table>ROWS</table>") -> str:
    """How a row ends whose tracking number cell, whose attributes, and whose table are these."""
    heads = "<tr><td>订单号<td>快递公司<td>快递单号</tr>"
    page = table.replace("ROWS", f"{heads}<tr {row}><td>{SN}<td>圆通{cell}</tr>")
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
    "table",
    [
        '<table style="display:none">ROWS</table>',
        "<div hidden><table>ROWS</table></div>",
        "<table><tbody hidden>ROWS</tbody></table>",
        '<table><col span=2><col style="display:none">ROWS</table>',
        "<table><col><col><col width=0>ROWS</table>",
        "<style><!-- .a, tr.b {color:red} td.c, .d {display:none} --></style><table><tbody class='a d'>ROWS</table>",
    ],
)
def test_a_row_in_what_a_page_does_not_show_is_hidden(table: str, tmp_path: Path) -> None:
    assert _end(tmp_path / "p.xls", cell=f"<td>{NUMBER}", table=table) == "hidden_row"


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


def test_a_format_that_a_class_has_counts_too(tmp_path: Path) -> None:
    table = "<style>.p {mso-number-format:'0000000000000'} .t {mso-number-format:'\\@'}</style><table>ROWS</table>"
    assert _end(tmp_path / "p.xls", cell="<td class=p>987654321012", table=table) == "number_damaged"
    assert _end(tmp_path / "p.xls", cell=f"<td class=t>{NUMBER}", table=table) == NUMBER
