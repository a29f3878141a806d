"""Evidence of what is shipped together: where the folder of each package lies, and which run made it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rpa.run import Run


def packages_folder(evidence: Path, *, entry: str) -> Path:
    """The folder of all that went through an entry, in a shop's evidence; each package is a folder in it."""
    return evidence / entry


def package_folder(run: Run, part: str, *, entry: str) -> Path:
    """Where what is sent, or its template, lies with all that the site says to it; see `run_of_package`."""
    return packages_folder(run.evidence, entry=entry) / f"{run.shop.name}-{run.record.id}-{part}"


def run_of_package(folder: Path, *, shop: str) -> str:
    """The id of the run that made this package's folder; empty: its name does not say."""
    found = re.fullmatch(rf"{re.escape(shop)}-(.+?)-(?:\d+|template-\w+)", folder.name)
    return found[1] if found else ""
