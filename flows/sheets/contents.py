"""Contents of sheets: CSV, xlsx, xls and HTML files to good rows and bad rows, each row once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.orders.model import BadRow, Place, SheetRow
from flows.orders.reasons import Reason
from flows.orders.words import SheetProfile
from flows.sheets.cross_checks import check_together
from flows.sheets.files import ends_whole, whole_file, worksheets_in
from flows.sheets.headers import HeaderWords
from flows.sheets.quarantine import heeded
from flows.sheets.stability import (
    GROWING,
    LOCK_FILE,
    LOCK_PREFIXES,
    NO_ROWS,
    LeftAlone,
    each_once,
    growing,
    is_younger,
    readable,
    state,
)
from flows.sheets.tables import ReadingRules, read_table
from flows.sheets.worksheet import NotASheet, Worksheet
from rpa.clock import Clock
from rpa.documents.quarantine import Quarantine
from rpa.language import Language, Text

__all__ = ["FilesRead", "LeftAlone", "SheetContents", "read_files", "read_sheets", "reading_of", "rows_in"]

_NO_HEADER = Text(
    en="No headers found: the sheet needs an order number column and a tracking number column. Name yours under "
    "`columns` in rpa.toml if they have other names.",
    zh="未找到表头：表格需要“订单号”和“快递单号”列。若列名不同，请在 rpa.toml 的 columns 中指定。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetContents:
    """Everything that the sheets say; each row that means something is in `good` or in `bad`, once."""

    good: tuple[SheetRow, ...]
    bad: tuple[BadRow, ...]
    """Rows that cannot be acted on; row 0 stands for a file or worksheet that cannot be read."""
    left_alone: tuple[LeftAlone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRead:
    """What files say, each row checked by itself only."""

    rows: tuple[SheetRow | BadRow, ...]
    left_alone: tuple[LeftAlone, ...]

    def judged(self, *, language: Language, beside: Sequence[SheetRow | BadRow] = ()) -> SheetContents:
        """The rows, and further ones that came another way, checked against one another."""
        judged = check_together((*self.rows, *beside), language=language)
        return SheetContents(
            good=tuple(row for row in judged if isinstance(row, SheetRow)),
            bad=tuple(row for row in judged if isinstance(row, BadRow)),
            left_alone=self.left_alone,
        )


def read_sheets(
    paths: Sequence[Path],
    *,
    words: SheetProfile,
    columns: Mapping[str, str] | None = None,
    hidden_rows: bool = False,
    clock: Clock,
    stable_s: float = 2.0,
    language: Language = Language.EN,
) -> SheetContents:
    """All rows of all sheets, cleaned and checked, in the order of the paths; never an exception for what is in them.

    `columns`: a shop's own header by field (`order_sn`, `courier`, `tracking_number`, `proof`). `hidden_rows`: hidden
    rows count too. A file modified less than `stable_s` ago is looked at twice, and left alone if it changes.
    `language`: that of the messages.
    """
    reading = reading_of(words, columns=columns, hidden_rows=hidden_rows, language=language)
    return read_files(paths, reading=reading, clock=clock, stable_s=stable_s).judged(language=language)


def reading_of(
    words: SheetProfile,
    *,
    columns: Mapping[str, str] | None,
    hidden_rows: bool,
    language: Language,
    fatal: Quarantine | None = None,
) -> ReadingRules:
    """How the sheets of a shop are to be read."""
    headers = HeaderWords.of(words.sheets, columns=columns or {})
    return ReadingRules(profile=words, headers=headers, language=language, hidden_rows=hidden_rows, fatal=fatal)


def read_files(
    paths: Sequence[Path],
    *,
    reading: ReadingRules,
    clock: Clock,
    stable_s: float = 2.0,
    unended_s: float = 0.0,
    links: bool = True,
) -> FilesRead:
    """The same, but each row checked by itself only.

    `links`: whether a path may be a link to the file, as a person may give it.
    `unended_s`: a file that ends within a line is left alone for so long after it was modified: its upload may stall,
    and a number that is cut may pass for a whole one.
    """
    paths = each_once(paths)
    locks = [path for path in paths if path.name.startswith(LOCK_PREFIXES)]
    left_alone = [LeftAlone(path=readable(path), why=LOCK_FILE) for path in locks]
    paths = [path for path in paths if path not in locks]
    moving = growing(paths, clock=clock, stable_s=stable_s)
    moving |= {path for path in paths if is_younger(state(path), unended_s, now_s=_now_s(clock)) and _is_cut(path)}
    rows: list[SheetRow | BadRow] = []
    for path in paths:
        found = [] if path in moving else _read_whole(path, reading=reading, links=links)
        rows.extend(found or ())
        if not found:
            why = GROWING if path in moving or found is None else NO_ROWS
            left_alone.append(LeftAlone(path=readable(path), why=why))
    return FilesRead(rows=tuple(rows), left_alone=tuple(left_alone))


def _now_s(clock: Clock) -> float:
    return clock.now().timestamp()


def _is_cut(path: Path) -> bool:
    try:
        return not ends_whole(whole_file(path))
    except NotASheet:
        return False  # whoever reads it says why it cannot be read


def _read_whole(path: Path, *, reading: ReadingRules, links: bool) -> list[SheetRow | BadRow] | None:
    """The file's rows; None: it changed while it was read."""
    before, told = state(path), readable(path)
    try:
        rows = rows_in(whole_file(path, links=links), path=told, reading=reading)
    except NotASheet as refused:
        rows = [_bad_file(told, text=refused.text, reading=reading)]
    return rows if state(path) == before else None


def rows_in(data: bytes, *, path: Path, reading: ReadingRules) -> list[SheetRow | BadRow]:
    """The rows of a file that was read already, each checked by itself; `path` is where they are said to stand."""
    try:
        with heeded(data, name=path.name, fatal=reading.fatal):
            return _rows_of(worksheets_in(data, is_header=reading.headers.is_header), path=path, reading=reading)
    except NotASheet as refused:
        return [_bad_file(path, text=refused.text, reading=reading)]


def _rows_of(sheets: Sequence[Worksheet], *, path: Path, reading: ReadingRules) -> list[SheetRow | BadRow]:
    rows: list[SheetRow | BadRow] = []
    found_header = False
    for sheet in sheets:
        worksheet = sheet.name if len(sheets) > 1 else ""
        try:
            found = read_table(sheet, path=path, worksheet=worksheet, reading=reading)
        except NotASheet as refused:
            found = [_bad_file(path, text=refused.text, reading=reading, worksheet=worksheet)]
        rows.extend(found or ())
        found_header = found_header or found is not None
    return rows if found_header else [_bad_file(path, text=_NO_HEADER, reading=reading)]


def _bad_file(path: Path, *, text: Text, reading: ReadingRules, worksheet: str = "") -> BadRow:
    return BadRow(
        place=Place(sheet=path, row=0, worksheet=worksheet),
        order_sn="",
        courier="",
        tracking_number="",
        reason=Reason.BAD_ROW,
        message=text.of(reading.language),
    )
