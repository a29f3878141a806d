"""History of all runs in one table, with totals per day: the one place where pandas earns its keep."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TextIO

import pandas as pd

from rpa.language import Text
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout, Sheet
from rpa.report.finishing import REPORT_CSV, ReportStyle
from rpa.report.tables import latest, read_keys, read_rows, replace_with, whole_rows

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

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those of the rows that are wanted."""
        days = _days(rows)
        wanted = days.ge(self.since.isoformat() if self.since else "")
        if self.until is not None:
            wanted &= days.le(self.until.isoformat())
        if self.shops is not None:
            wanted &= rows["shop"].isin(self.shops)
        return rows[wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The files of a report over many runs, and its totals."""

    csv: Path
    xlsx: Path
    totals: dict[DayEnding, int]


def collect(var: Path, *, span: Span) -> Iterator[pd.DataFrame]:
    """The wanted rows of each run, in the order of the run ids, killed runs included; a run without any is left out.

    All cells are text as it stands in the run's report, whose columns they have.
    """
    for path in _reports(var):
        rows = span.of(_read(path))
        if not rows.empty:
            yield rows


def write_history(var: Path, *, into: Path, span: Span, style: ReportStyle) -> History:
    """Write the rows of many runs to `history.csv` and `history.xlsx` in the folder `into`.

    The XLSX has a second sheet with totals by day, shop and outcome. Columns of a run that the style does not know
    are kept as text. A file that is open in Excel gets a new name. One run's rows are in memory at a time.
    """
    into.mkdir(parents=True, exist_ok=True)
    style = replace(style, layout=_covering_all(style.layout, reports=_reports(var)))
    counts: list[pd.Series] = []

    def write_csv(path: Path) -> None:
        keys = list(style.layout.keys)
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            _append(pd.DataFrame(columns=keys), file=file, header=True)
            for rows in collect(var, span=span):
                _append(rows.reindex(columns=keys, fill_value=""), file=file, header=False)
                counts.append(rows.groupby([_days(rows), rows["shop"], rows["outcome"]]).size())

    table = replace_with(into / "history.csv", write_csv)
    totals = _totals(counts)
    xlsx = replace_with(into / "history.xlsx", lambda path: _write_xlsx(path, table=table, style=style, totals=totals))
    return History(csv=table, xlsx=xlsx, totals=totals)


def _append(rows: pd.DataFrame, *, file: TextIO, header: bool) -> None:
    """Write rows as `CsvTable` does."""
    rows.to_csv(file, header=header, index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")


def _reports(var: Path) -> Iterator[Path]:
    for folder in sorted((var / "reports").glob("*/")):
        path = latest(folder, name=REPORT_CSV)
        if path and read_keys(path):
            yield path


def _covering_all(layout: Layout, *, reports: Iterator[Path]) -> Layout:
    for path in reports:
        layout = layout.covering(read_keys(path))
    return layout


def _read(path: Path) -> pd.DataFrame:
    """A report as text: no cell becomes a number or a missing value; longer and shorter rows fit the header."""
    keys = read_keys(path)
    rows = pd.read_csv(
        whole_rows(path),
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        engine="python",
        index_col=False,
        on_bad_lines=lambda cells: cells[: len(keys)],
    )
    needed = dict.fromkeys([*keys, *(column.key for column in RUN_COLUMNS), OUTCOME_COLUMN.key])
    return rows.reindex(columns=list(needed)).fillna("")


def _days(rows: pd.DataFrame) -> pd.Series:
    return rows["started_at"].str[:10]


def _totals(counts: list[pd.Series]) -> dict[DayEnding, int]:
    """The runs' counts by day, shop and outcome, added up."""
    if not counts:
        return {}
    together = pd.concat(counts)
    return {ending: int(rows) for ending, rows in together.groupby(level=[0, 1, 2]).sum().items()}


def _write_xlsx(path: Path, *, table: Path, style: ReportStyle, totals: Mapping[DayEnding, int]) -> None:
    from rpa.report.workbook import write_workbook

    days = (
        {"day": day, "shop": shop, "outcome": outcome, "rows": str(rows)}
        for (day, shop, outcome), rows in totals.items()
    )
    sheets = [
        Sheet(name=style.name, layout=style.layout, rows=read_rows(table)),
        Sheet(name=_TOTALS_NAME, layout=_TOTALS, rows=days),
    ]
    write_workbook(path, sheets=sheets, language=style.language, zone=style.zone, folder=style.folder)
