"""The site's template opened once where it may break everything: what is empty can be made to take all memory."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from flows.sheets.files import NotASheet, whole_file
from rpa.confined import Confined, Died, Limits, serve
from rpa.errors import PageChanged

if TYPE_CHECKING:
    from pathlib import Path

_LIMITS: Final = Limits(memory_bytes=384 << 20, cpu_s=10, wall_s=120, answer_bytes=1)
"""The largest form seen is opened with 60 MB, in half a second."""
_TRIAL = Confined("flows.importing.trial", limits=_LIMITS)


def try_out(template: Path, *, trial: Confined = _TRIAL) -> None:
    """Raise PageChanged for a file that could not be opened with the memory and time of an empty form."""
    try:
        trial.ask(whole_file(template))
    except (Died, NotASheet) as error:
        message = f"The site's template {template.name} takes more than an empty form does; nothing was uploaded."
        raise PageChanged(message) from error


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
