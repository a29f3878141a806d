"""Finishing a run's report: by the run itself, or later for a run that was killed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rpa.language import Text
from rpa.log import speak
from rpa.printable import json_text
from rpa.report.cells import raw_text
from rpa.report.columns import WORST_FIRST, Row, Sheet
from rpa.report.open_reports import RUN_FILE, SUMMARY, keep_searched, mark_open, mark_whole, open_reports, was_searched
from rpa.report.results import SCHEMA_VERSION, Incident, ReportFiles, ShopResult, Tally, shop_document
from rpa.report.tables import CsvTable, add_rows, drop_cut_row, latest, read_keys, read_rows, replace_with
from rpa.report.to_do import to_do_sheet

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rpa.language import Language
    from rpa.report.columns import Layout, SheetMaker

_CUT_OFF = Text(
    en="The report {folder} was cut off and cannot be completed ({error}).",
    zh="报告 {folder} 不完整，无法补全（{error}）。",
)

State = Literal["finished", "stopped", "crashed"]

REPORT_CSV = "report.csv"
CRASH_CODE = 4
"""The exit code of a run that crashed or was killed."""

_KILLED = Text(
    en="The program was killed or the computer stopped. The rows are what was settled by then; the next run goes on.",
    zh="程序被强行结束或电脑中断。报告中是中断前已处理的行；下次运行会继续。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunIdentity:
    """Which run a report belongs to; the same in all its rows."""

    run_id: str
    shop: str
    platform: str
    flow: str
    started_at: datetime

    def cells(self) -> dict[str, str]:
        """The cells of `RUN_COLUMNS` that all its rows share."""
        return {name: raw_text(getattr(self, name)) for name in RunIdentity.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStyle:
    """How a flow's report is laid out for its readers."""

    layout: Layout
    name: Text
    """The first sheet's name."""
    language: Language
    zone: ZoneInfo
    sheets: Sequence[SheetMaker] = ()
    """Further sheets, made from the same rows."""
    folder: Path | None = None
    """The project's; paths inside it are shown from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How and when a run ended."""

    run: RunIdentity
    state: State
    finished_at: datetime | None
    """None: not known, the run was killed."""
    incidents: tuple[Incident, ...]
    stop_code: int
    site_ahead: timedelta = timedelta(0)
    """How far the site's clock is ahead of ours."""
    popups: tuple[Mapping[str, str], ...] = ()
    own_profile: tuple[str, ...] = ()

    @property
    def at_site(self) -> datetime:
        """When it ended, as far as is known, by the site's clock: its deadlines are judged by that."""
        return (self.finished_at or self.run.started_at) + self.site_ahead


def write_ending(folder: Path, *, csv: Path, style: ReportStyle, ending: Ending, tally: Tally) -> ShopResult:
    """Write `report.xlsx` from the CSV, then `summary.json`; a file that is open in Excel gets a new name."""
    outcomes = {outcome for outcome, _ in tally.counts}
    rows_of: list[tuple[Text, int]] = []

    def write(path: Path) -> None:
        rows_of[:] = _write_xlsx(path, csv=csv, style=style, outcomes=outcomes, at=ending.at_site)

    xlsx = replace_with(folder / "report.xlsx", write)
    result = ShopResult(
        shop=ending.run.shop,
        run_id=ending.run.run_id,
        flow=ending.run.flow,
        counts=dict(tally.counts),
        examples=tally.examples,
        files=ReportFiles(csv=csv, xlsx=xlsx, summary=folder / SUMMARY),
        further_sheets=tuple(rows_of),
        incidents=ending.incidents,
        stop_code=ending.stop_code,
        popups=ending.popups,
        own_profile=ending.own_profile,
    )
    _write_summary(folder / SUMMARY, ending=ending, result=result)
    mark_whole(folder, shop=ending.run.shop)
    return result


def unfinished(var: Path, *, shop: str) -> Iterator[tuple[Path, RunIdentity]]:
    """The folders of the shop's runs that have no summary, oldest first. Only for a shop whose lock is held."""
    reports = var / "reports"
    if not was_searched(reports):
        _mark_those_without(reports)
    for folder in open_reports(reports, shop=shop):
        run = _run_of(folder)
        if run is None:
            mark_whole(folder, shop=shop)
        else:
            yield folder, run


def _mark_those_without(reports: Path) -> None:
    """Older versions made no marks: their reports are looked through once."""
    for begun in reports.glob(f"*/{RUN_FILE}"):
        if not (begun.parent / SUMMARY).exists() and (run := _run_of(begun.parent)) is not None:
            mark_open(begun.parent, shop=run.shop)
    keep_searched(reports)


def _run_of(folder: Path) -> RunIdentity | None:
    """Whose report this is; None: a power cut left nothing to read, which must not keep the shop from running."""
    try:
        return read_run(folder)
    except (ValueError, KeyError, TypeError) as error:
        speak("WARNING", _CUT_OFF, folder=folder, error=error)
        return None


def read_run(folder: Path) -> RunIdentity:
    """Whose report lies in this folder. Raises OSError when the folder has none."""
    kept = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    started_at = datetime.fromisoformat(kept["started_at"])
    return RunIdentity(
        run_id=kept["run_id"], shop=kept["shop"], platform=kept["platform"], flow=kept["flow"], started_at=started_at
    )


def finish_crashed(
    folder: Path,
    *,
    style: ReportStyle,
    settled: Iterable[Mapping[str, object]] = (),
    site_ahead: timedelta = timedelta(0),
) -> ShopResult:
    """Give a killed run's rows their XLSX and summary; a half-written last row is dropped.

    `settled`: rows of what the run had settled; those whose subject has no row yet are added. Only for a shop whose
    lock is held: a run that still goes on looks the same. Columns of the CSV that the style does not know are kept as
    text. `site_ahead`: how far the site's clock is ahead of ours.
    """
    run = read_run(folder)
    csv = _completed(_rescued(folder, style=style), run=run, layout=style.layout, settled=settled)
    style = replace(style, layout=style.layout.covering(read_keys(csv)))
    tally, finished_at = Tally(), None
    for row in read_rows(csv):
        tally.add((row.get("outcome", ""), row.get("reason", "")), subject=row.get(style.layout.subject, ""))
        finished_at = row.get("finished_at") or finished_at
    ending = Ending(
        run=run,
        state="crashed",
        finished_at=datetime.fromisoformat(finished_at) if finished_at else None,
        incidents=(Incident(cause="crashed", message=_KILLED.of(style.language)),),
        stop_code=CRASH_CODE,
        site_ahead=site_ahead,
    )
    return write_ending(folder, csv=csv, style=style, ending=ending, tally=tally)


def _completed(csv: Path, *, run: RunIdentity, layout: Layout, settled: Iterable[Mapping[str, object]]) -> Path:
    told = {layout.key_of(row) for row in read_rows(csv)}
    rows = [{**run.cells(), **{key: raw_text(value) for key, value in row.items()}} for row in settled]
    missing = list({key: row for row in rows if (key := layout.key_of(row)) not in told}.values())
    return add_rows(csv, missing) if missing else csv


def write_json(path: Path, document: object) -> None:
    """Write the document so that a reader sees all of it or none."""
    written = path.with_name(f".{path.name}.part")
    written.write_text(json_text(document) + "\n", encoding="utf-8")
    written.replace(path)


def _rescued(folder: Path, *, style: ReportStyle) -> Path:
    csv = latest(folder, name=REPORT_CSV)
    if csv is not None:
        drop_cut_row(csv)
        if read_keys(csv):
            return csv
    with CsvTable(folder / REPORT_CSV, keys=style.layout.keys) as table:
        return table.path


def _write_xlsx(
    path: Path, *, csv: Path, style: ReportStyle, outcomes: Collection[str], at: datetime
) -> list[tuple[Text, int]]:
    """Write the workbook; the names of its sheets beside that of all rows, with their numbers of rows."""
    from rpa.report.workbook import write_workbook

    all_rows = Sheet(name=style.name, layout=style.layout, rows=_worst_first(csv, outcomes=outcomes))
    to_do = to_do_sheet(read_rows(csv), layout=style.layout, now=at)
    sheets = [to_do, all_rows, *(make(read_rows(csv)) for make in style.sheets)]
    rows = write_workbook(path, sheets=sheets, language=style.language, zone=style.zone, folder=style.folder)
    counted = zip(sheets, rows, strict=True)
    return [(sheet.name, count) for sheet, count in counted if sheet is not all_rows]


def _worst_first(csv: Path, *, outcomes: Collection[str]) -> Iterator[Row]:
    """The rows, what needs a person first; the file is read once an outcome, so that no row is kept in memory."""
    for outcome in sorted(outcomes, key=WORST_FIRST.index):
        yield from (row for row in read_rows(csv) if row.get("outcome", "") == outcome)


def _write_summary(path: Path, *, ending: Ending, result: ShopResult) -> None:
    counts = [{"outcome": outcome, "reason": reason, "rows": rows} for (outcome, reason), rows in result.counts.items()]
    write_json(
        path,
        {
            "schema_version": SCHEMA_VERSION,
            "state": ending.state,
            **ending.run.cells(),
            "finished_at": raw_text(ending.finished_at) or None,
            **shop_document(result),
            "counts": counts,
        },
    )
