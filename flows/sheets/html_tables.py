"""HTML tables, which some exports call .xls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TYPE_CHECKING

from flows.orders.cells import Shown
from flows.sheets import number_formats
from flows.sheets.limits import MANY_CELLS, MOST_CELLS
from flows.sheets.merged_cells import Range, spread
from flows.sheets.worksheet import Flaw, NotASheet, Worksheet
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
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS = re.compile(r"\s*\w*\.([\w-]+)\s*")
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
    _write_out_classes(document)
    unseen = _unseen(document)
    rows: list[list[object]] = []
    hidden: set[int] = set()
    columns: set[int] = set()
    ranges: list[Range] = []
    cells = 0
    for table in document.xpath("//table[not(.//table)]"):
        open_cells: dict[int, int] = defaultdict(int)
        reaching: list[Range] = []
        for each in table.xpath(".//script | .//style"):
            each.drop_tree()
        columns.update(_hidden_columns(table, unseen=unseen))
        for row in table.iter("tr"):
            reaching += _read_row(row, rows=rows, open_cells=open_cells, unseen=unseen)
            cells += len(rows[-1])
            if cells > MOST_CELLS:
                raise NotASheet(MANY_CELLS, flaw=Flaw.LARGE)
            if _is_hidden(row, unseen=unseen):
                hidden.add(len(rows))
        ranges += [(top, left, min(bottom, len(rows) - 1), right) for top, left, bottom, right in reaching]
    return Worksheet(
        name="",
        rows=rows,
        typed=False,
        hidden_rows=frozenset(hidden),
        hidden_columns=frozenset(columns),
        covered=spread(rows, ranges),
    )


def _is_hidden(row: HtmlElement, *, unseen: AbstractSet[HtmlElement]) -> bool:
    """Whether a row, one of its cells, or what it stands in is not shown."""
    return bool(unseen) and not unseen.isdisjoint((row, *row.iterchildren("td", "th"), *row.iterancestors()))


def _hidden_columns(table: HtmlElement, *, unseen: AbstractSet[HtmlElement]) -> Iterator[int]:
    first = 0
    for column in table.iter("col"):
        after = first + _span(column, "span")
        if column in unseen or column.get("width") == "0":
            yield from range(first, after)
        first = after


def _write_out_classes(document: HtmlElement) -> None:
    """Write what the page's styles say of a class into the elements that have it, behind what they say themselves."""
    styles: dict[str, str] = defaultdict(str)
    for sheet in document.iter("style"):
        for selectors, declarations in _RULE.findall(sheet.text_content()):
            for name in filter(None, map(_CLASS.fullmatch, selectors.split(","))):
                styles[name[1]] += f";{declarations}"
    if styles:
        for element in document.xpath("//*[@class]"):
            said = "".join(styles.get(name, "") for name in element.get("class").split())
            element.set("style", element.get("style", "") + said)


def _unseen(document: HtmlElement) -> set[HtmlElement]:
    styled = document.xpath("//*[@hidden or @style]")
    return {each for each in styled if each.get("hidden") is not None or _UNSEEN.search(each.get("style", ""))}


def _value(cell: HtmlElement, *, unseen: AbstractSet[HtmlElement]) -> object:
    """The cell's text, without what is hidden of it; none is certain where a number format shows Excel another one."""
    text = " ".join(cell.itertext())
    hidden = [each for each in cell.iterdescendants("*") if each in unseen] if unseen else []
    if hidden:
        for each in hidden:
            each.drop_tree()
        return Shown(text, " ".join(cell.itertext()))
    code = _format(cell.get("style", ""))
    if number_formats.is_plain(code) or not _DIGITS.fullmatch(text.strip()):
        return text
    found = number_formats.shown(int(text), code=code)
    return Shown(text, None) if isinstance(found, Shown) and found.text != text.strip() else text


@lru_cache(maxsize=1000)
def _format(style: str) -> str:
    """The number format that a style names; empty: none."""
    found = _FORMAT.search(style)
    written = found[1].strip(" \"'") if found else ""
    return _ESCAPED.sub(lambda each: chr(int(each["code"], 16)) if each["code"] else each["sign"], written)


def _read_row(
    row: HtmlElement, *, rows: list[list[object]], open_cells: dict[int, int], unseen: AbstractSet[HtmlElement]
) -> Iterator[Range]:
    """Add the row's cells at their columns; gives the cells that reach into rows below.

    `open_cells` counts, per column, the rows that a cell above still covers.
    """
    cells: list[object] = []
    for cell in row.iterchildren("td", "th"):
        _skip_covered(cells, open_cells=open_cells)
        below, first = _span(cell, "rowspan") - 1, len(cells)
        for extra in range(_span(cell, "colspan")):
            open_cells[len(cells)] = below
            cells.append("" if extra else _value(cell, unseen=unseen))
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
