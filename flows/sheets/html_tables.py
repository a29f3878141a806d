"""HTML tables, which some exports call .xls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.sheets.bounds import MANY_CELLS, MOST_CELLS
from flows.sheets.files import Flaw, NotASheet, Worksheet
from flows.sheets.merged import Range, spread
from rpa.language import Text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_WIDEST = 500


def read_html(text: str) -> Worksheet:
    """The rows of all tables below one another, as Excel shows them. Raises NotASheet when the file is cut off."""
    from lxml import html

    folded = text.casefold()
    if folded.count("</table") < folded.count("<table"):
        raise NotASheet(
            Text(en="The file is cut off; export it again.", zh="文件不完整，请重新导出。"),
            flaw=Flaw.BROKEN,
        )
    document = html.document_fromstring(_DECLARATION.sub("", text))
    rows: list[list[object]] = []
    hidden: set[int] = set()
    ranges: list[Range] = []
    cells = 0
    for table in document.xpath("//table[not(.//table)]"):
        open_cells: dict[int, int] = defaultdict(int)
        reaching: list[Range] = []
        for row in table.iter("tr"):
            reaching += _read_row(row, rows=rows, open_cells=open_cells)
            cells += len(rows[-1])
            if cells > MOST_CELLS:
                raise NotASheet(MANY_CELLS, flaw=Flaw.LARGE)
            if _is_hidden(row):
                hidden.add(len(rows))
        ranges += [(top, left, min(bottom, len(rows) - 1), right) for top, left, bottom, right in reaching]
    return Worksheet(
        name="", rows=rows, typed=False, hidden_rows=frozenset(hidden), covered=spread(rows, ranges)
    )  # fmt: skip


def _is_hidden(row: HtmlElement) -> bool:
    """Whether a row, or one of its cells, is not shown."""
    elements = (row, *row.iterchildren("td", "th"))
    return any(each.get("hidden") is not None or _NO_DISPLAY.search(each.get("style", "")) for each in elements)


def _read_row(row: HtmlElement, *, rows: list[list[object]], open_cells: dict[int, int]) -> Iterator[Range]:
    """Add the row's cells at their columns; gives the cells that reach into rows below.

    `open_cells` counts, per column, the rows that a cell above still covers.
    """
    cells: list[object] = []
    for cell in row.iterchildren("td", "th"):
        _skip_covered(cells, open_cells=open_cells)
        below, first = _span(cell, "rowspan") - 1, len(cells)
        for extra in range(_span(cell, "colspan")):
            open_cells[len(cells)] = below
            cells.append("" if extra else " ".join(cell.itertext()))
        if below:
            yield len(rows), first, len(rows) + below, first
    _skip_covered(cells, open_cells=open_cells)
    rows.append(cells)


def _skip_covered(cells: list[object], *, open_cells: dict[int, int]) -> None:
    while open_cells[len(cells)] > 0:
        open_cells[len(cells)] -= 1
        cells.append("")


def _span(cell: HtmlElement, name: str) -> int:
    written = cell.get(name, "1").strip()
    return min(int(written), _WIDEST) if written.isascii() and written.isdigit() and int(written) else 1
