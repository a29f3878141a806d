"""CSV tables that grow row by row and survive a killed program, and files that Excel may hold open."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from rpa.errors import ConfigError

_NAMES_TRIED = 99
_IN_THE_WAY = (FileExistsError, IsADirectoryError, PermissionError)


class CsvTable:
    """A new CSV file: UTF-8 with BOM, all cells quoted, rows ended by CRLF, each row on disk before the next.

    A CRLF stands at the end of rows only (`raw_text` keeps line breaks inside cells as LF), so a row that was cut
    off by a kill is known by its missing CRLF. When the name is taken or locked, `path` is the next free one.
    """

    def __init__(self, path: Path, *, keys: Sequence[str]) -> None:
        """Create the file and write its header."""
        self._file = _create(path)
        self.path = Path(self._file.name)
        self._keys = tuple(keys)
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)
        self.append(dict(zip(self._keys, self._keys, strict=True)))

    def append(self, row: Mapping[str, str]) -> None:
        """Write one row of cells that are text already; a missing key is an empty cell."""
        self._writer.writerow([row.get(key, "") for key in self._keys])
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        """The table itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self.close()


def add_rows(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Add rows to a table that another process began; gives the file, a copy of it while Excel holds it open."""
    keys = read_keys(path)
    try:
        file = path.open("a", encoding="utf-8", newline="")
    except PermissionError:
        with CsvTable(path, keys=keys) as table:
            for row in chain(read_rows(path), rows):
                table.append(row)
        return table.path
    with file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([row.get(key, "") for key in keys] for row in rows)
    return path


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The table's rows by key, cells as they stand in the file; a row that was cut off at the end is left out."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        records = csv.reader(_whole_records(file))
        keys = next(records, [])
        for cells in records:
            yield dict(zip(keys, cells, strict=False))


def read_keys(path: Path) -> tuple[str, ...]:
    """The table's header; empty when even that was cut off."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return tuple(next(csv.reader(_whole_records(file)), []))


def whole_rows(path: Path) -> StringIO:
    """The table's text, to be read by others; a row that was cut off at the end is left out."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return StringIO("".join(_whole_records(file)), newline="")


def drop_cut_row(path: Path) -> None:
    """Cut a half-written last row off the file; a file that Excel holds open is left as it is."""
    content = path.read_bytes()
    whole = content.rfind(b"\r\n") + 2 if b"\r\n" in content else 0
    if whole == len(content):
        return
    try:
        os.truncate(path, whole)
    except PermissionError:
        return


def latest(folder: Path, *, name: str) -> Path | None:
    """The file of this name that was made last: `report-3.csv` before `report-2.csv` before `report.csv`."""
    wanted = folder / name
    for path in (*_numbered(wanted), wanted):
        if path.is_file():
            return path
    return None


def replace_with(path: Path, write: Callable[[Path], None]) -> Path:
    """Have a file written beside `path` and then given that name, or the next free one while Excel holds it open.

    The final path. Raises ConfigError when no name is free.
    """
    written = path.with_name(f".{path.name}.part")
    written.unlink(missing_ok=True)
    try:
        write(written)
        return _move(written, path)
    finally:
        written.unlink(missing_ok=True)


def _whole_records(file: TextIO) -> Iterator[str]:
    pending: list[str] = []
    for line in file:
        pending.append(line)
        if line.endswith("\r\n"):
            yield "".join(pending)
            pending.clear()


def _next_names(path: Path) -> Iterator[Path]:
    yield path
    for number in range(2, _NAMES_TRIED):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def _numbered(path: Path) -> list[Path]:
    numbers = (taken.stem.removeprefix(f"{path.stem}-") for taken in path.parent.glob(f"{path.stem}-*{path.suffix}"))
    found = sorted((int(number) for number in numbers if number.isdecimal()), reverse=True)
    return [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in found]


def _create(path: Path) -> TextIO:
    for name in _next_names(path):
        try:
            return name.open("x", encoding="utf-8-sig", newline="")
        except _IN_THE_WAY:
            continue
    raise ConfigError(_no_name_left(path))


def _move(written: Path, path: Path) -> Path:
    for name in _next_names(path):
        try:
            return written.replace(name)
        except _IN_THE_WAY:
            continue
    raise ConfigError(_no_name_left(path))


def _no_name_left(path: Path) -> str:
    return (
        f"No report could be written as {path} or under the next {_NAMES_TRIED - 2} names. Close the reports that are "
        f"open in Excel, and check that the program may write to {path.parent}."
    )
