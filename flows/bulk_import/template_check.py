"""Template check: the site's template is opened in a process of its own first; an empty form can take all memory."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

from flows.sheets.files import whole_file
from flows.sheets.limits import unpacking
from flows.sheets.worksheet import NotASheet
from rpa.errors import PageChanged
from rpa.sandbox import Died, Limits, Sandbox, serve

if TYPE_CHECKING:
    from pathlib import Path

_LIMITS: Final = Limits(memory_bytes=384 << 20, cpu_s=10, wall_s=120, answer_bytes=1)
_TRIAL = Sandbox("flows.bulk_import.template_check", limits=_LIMITS)
_SMALL_BYTES: Final = 2 << 20
"""A form that unpacks to no more, has no cell far away and joins none, costs what it looks like: the forms known do."""
_NEAR: Final = re.compile(r"[A-Z]{0,2}[0-4]?\d{1,3}")
"""A row, or a cell of one, before the 5,000th, and in the first 700 columns."""
_NARROW: Final = re.compile(r"[A-Z]\d{1,2}:[A-Z]\d{1,2}")
"""Cells that are joined at the top; of a wider range, each one would be made."""
_MOST_JOINED: Final = 100


def try_out(template: Path, *, trial: Sandbox = _TRIAL) -> None:
    """Raise PageChanged for a file that could not be opened with the memory and time of an empty form."""
    try:
        data = whole_file(template)
        if not _is_modest(data):
            trial.ask(data)
    except (Died, NotASheet) as error:
        message = f"The site's template {template.name} takes more than an empty form does; nothing was uploaded."
        raise PageChanged(message) from error


def _is_modest(data: bytes) -> bool:
    """Whether opening it costs what its size says."""
    left = _SMALL_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
        for member in found:
            part = bytearray()
            for _, chunk in unpacking(io.BytesIO(data), member):
                part += chunk
                left -= len(chunk)
                if left < 0:
                    return False
            if _goes_far(bytes(part)):
                return False
    except (zipfile.BadZipFile, NotASheet, ValueError, SyntaxError, NotImplementedError, EOFError):
        return False
    return True


def _goes_far(part: bytes) -> bool:
    """Whether a part has a cell far away, joins many, or has entities. Raises SyntaxError for one that is no XML."""
    from lxml import etree

    joined = 0
    wanted = ("{*}row", "{*}c", "{*}mergeCell")
    parts = etree.iterparse(io.BytesIO(part), events=("start",), tag=wanted, resolve_entities=False, no_network=True)
    for _, element in parts:
        place, near = element.get("r", "1"), _NEAR
        if element.tag.endswith("mergeCell"):
            place, near, joined = element.get("ref", ""), _NARROW, joined + 1
        if joined > _MOST_JOINED or not near.fullmatch(place):
            return True
    return parts.root.getroottree().docinfo.internalDTD is not None


def answer(question: bytes) -> bytes:
    """Nothing, once it was opened and emptied, or is no workbook at all, as whoever opens it says."""
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(io.BytesIO(question)).worksheets[0]
        for joined in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(joined))
        sheet.delete_rows(1, sheet.max_row)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001, S110 - only what it costs is asked here
        pass
    return b""


if __name__ == "__main__":
    serve(answer)
