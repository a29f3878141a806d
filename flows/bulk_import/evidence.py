"""Evidence of imports: where the folder of each lies, and which run made it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rpa.run import Run

_FOLDER: Final = "imports"


def imports_folder(evidence: Path) -> Path:
    """The folder of all imports in a shop's evidence; each is a folder in it."""
    return evidence / _FOLDER


def import_folder(run: Run, part: str) -> Path:
    """Where a file for the site, or its template, lies with all that the site says to it; see `run_of_import`."""
    return imports_folder(run.evidence) / f"{run.shop.name}-{run.record.id}-{part}"


def run_of_import(folder: Path, *, shop: str) -> str:
    """The id of the run that made this import's folder; empty: its name does not say."""
    found = re.fullmatch(rf"{re.escape(shop)}-(.+?)-(?:\d+|template-\w+)", folder.name)
    return found[1] if found else ""
