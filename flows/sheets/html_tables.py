"""HTML tables, which some exports call .xls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.cells import Shown
from flows.sheets import number_formats
from flows.sheets.files import Flaw, NotASheet, Worksheet
from flows.sheets.merged import Range, spread
from rpa.language import Text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|(?<![\w-])height\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"(?:mso-number-format|vnd\.ms-excel\.numberformat)\s*:\s*(\"[^\"]*\"|'[^']*'|[^;]+)", re.IGNORECASE
)
"""By what Excel shows a cell's number, for it reads digits as one."""
_ESCAPED = re.compile(r"\\(?:(?P<code>[0-9a-f]{4})|(?P<sign>.))", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DIGITS = re.compile(r"\d{1,40}", re.ASCII)
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
    for table in document.xpath("//table[not(.//table)]"):
        open_cells: dict[int, int] = defaultdict(int)
        reaching: list[Range] = []
        for each in table.xpath(".//td//* | .//th//*"):
            if each.tag in {"script", "style"} or _is_unseen(each):
                each.drop_tree()
        for row in table.iter("tr"):
            reaching += _read_row(row, rows=rows, open_cells=open_cells)
            if _is_hidden(row):
                hidden.add(len(rows))
        ranges += [(top, left, min(bottom, len(rows) - 1), right) for top, left, bottom, right in reaching]
    return Worksheet(
        name="", rows=rows, typed=False, hidden_rows=frozenset(hidden), covered=spread(rows, ranges)
    )  # fmt: skip


def _is_hidden(row: HtmlElement) -> bool:
    """Whether a row, or one of its cells, is not shown."""
    elements = (row, *row.iterchildren("td", "th"))
    return any(map(_is_unseen, elements))


def _is_unseen(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or bool(_UNSEEN.search(element.get("style", "")))


def _value(cell: HtmlElement) -> object:
    """The cell's text; where Excel shows another one by a number format, what is shown is not certain."""
    text = " ".join(cell.itertext())
    style = _FORMAT.search(cell.get("style", ""))
    if style is None or not _DIGITS.fullmatch(text.strip()):
        return text
    code = _ESCAPED.sub(
        lambda each: chr(int(each["code"], 16)) if each["code"] else each["sign"], style[1].strip(" \"'")
    )
    found = number_formats.shown(int(text), code=code)
    return Shown(text, None) if isinstance(found, Shown) and found.text != text.strip() else text


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
            cells.append("" if extra else _value(cell))
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
