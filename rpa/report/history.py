"""One table over all runs, with totals per day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rpa.language import Text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout, Row, Sheet
from rpa.report.finishing import REPORT_CSV, ReportStyle
from rpa.report.tables import CsvTable, latest, read_keys, read_rows, replace_with

DayEnding = tuple[str, str, str]
"""(day as ISO date, shop, outcome code)."""

_SHOP = next(column for column in RUN_COLUMNS if column.key == "shop")
_TOTALS = Layout(
    columns=(
        Column(key="day", title=Text(en="Day", zh="日期"), width=14),
        _SHOP,
        OUTCOME_COLUMN,
        Column(key="rows", title=Text(en="Count", zh="数量"), kind="int", width=10),
    ),
    subject="day",
)
_TOTALS_NAME = Text(en="Totals", zh="汇总")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which rows are wanted: days by the run's start, in the shop's own zone, both included; None: no limit."""

    since: date | None = None
    until: date | None = None
    shops: frozenset[str] | None = None

    def has(self, row: Row) -> bool:
        """Whether the row is wanted."""
        if self.shops is not None and row.get("shop", "") not in self.shops:
            return False
        day = _day(row)
        return not ((self.since and day < self.since.isoformat()) or (self.until and day > self.until.isoformat()))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The files of a report over many runs, and its totals."""

    csv: Path
    xlsx: Path
    totals: dict[DayEnding, int]


def collect(var: Path, *, span: Span) -> Iterator[dict[str, str]]:
    """The rows of all runs, as they stand in their reports, in the order of the run ids; killed runs included."""
    for path in _reports(var):
        yield from (row for row in read_rows(path) if span.has(row))


def write_history(var: Path, *, into: Path, span: Span, style: ReportStyle) -> History:
    """Write the rows of many runs to `history.csv` and `history.xlsx` in the folder `into`.

    The XLSX has a second sheet with totals by day, shop and outcome. Columns of a run that the style does not know
    are kept as text. A file that is open in Excel gets a new name.
    """
    into.mkdir(parents=True, exist_ok=True)
    style = replace(style, layout=_covering_all(style.layout, reports=_reports(var)))
    totals: Counter[DayEnding] = Counter()

    def write_csv(path: Path) -> None:
        with CsvTable(path, keys=style.layout.keys) as table:
            for row in collect(var, span=span):
                table.append(row)
                totals[_day(row), row.get("shop", ""), row.get("outcome", "")] += 1

    csv = replace_with(into / "history.csv", write_csv)
    xlsx = replace_with(into / "history.xlsx", lambda path: _write_xlsx(path, csv=csv, style=style, totals=totals))
    return History(csv=csv, xlsx=xlsx, totals=dict(totals))


def _reports(var: Path) -> Iterator[Path]:
    for folder in sorted((var / "reports").glob("*/")):
        path = latest(folder, name=REPORT_CSV)
        if path:
            yield path


def _covering_all(layout: Layout, *, reports: Iterator[Path]) -> Layout:
    for path in reports:
        layout = layout.covering(read_keys(path))
    return layout


def _day(row: Row) -> str:
    return row.get("started_at", "")[:10]


def _write_xlsx(path: Path, *, csv: Path, style: ReportStyle, totals: Mapping[DayEnding, int]) -> None:
    from rpa.report.workbook import write_workbook

    days = (
        {"day": day, "shop": shop, "outcome": outcome, "rows": str(rows)}
        for (day, shop, outcome), rows in sorted(totals.items())
    )
    sheets = [
        Sheet(name=style.name, layout=style.layout, rows=read_rows(csv)),
        Sheet(name=_TOTALS_NAME, layout=_TOTALS, rows=days),
    ]
    write_workbook(path, sheets=sheets, language=style.language, zone=style.zone, folder=style.folder)
