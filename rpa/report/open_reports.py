"""Open reports: a small file each, so that nobody has to look through years of reports to find them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

RUN_FILE: Final = "run.json"
"""Written before the first row, so that a killed run still says whose it was."""

SUMMARY: Final = "summary.json"
"""Written last; a report that has it is whole."""

_OPEN: Final = ".open"
_SEARCHED: Final = "@searched"
"""Beside the folders of marks, a folder a shop: all reports have been looked through once. No shop has an @."""


def mark_open(folder: Path, *, shop: str) -> None:
    """Note, before anything is in this report's folder, that it is begun. Raises OSError."""
    mark = _mark(folder, shop=shop)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def mark_whole(folder: Path, *, shop: str) -> None:
    """Note that the report has its summary. Where that fails, it is noted when the shop is run next."""
    with suppress(OSError):
        _mark(folder, shop=shop).unlink(missing_ok=True)


def open_reports(reports: Path, *, shop: str) -> Iterator[Path]:
    """The folders of this shop's reports that were begun and have no summary, oldest first.

    Only for a shop whose lock is held: a mark without a report is taken for one that was killed, and removed.
    """
    for mark in sorted(_marks(reports, shop=shop)):
        folder = reports / mark.name
        if (folder / RUN_FILE).exists() and not (folder / SUMMARY).exists():
            yield folder
        else:
            mark_whole(folder, shop=shop)


def is_open(folder: Path, *, shop: str) -> bool:
    """Whether this report is not whole, as far as its mark or its files say."""
    return _mark(folder, shop=shop).exists() or not (folder / SUMMARY).exists()


def was_searched(reports: Path) -> bool:
    """Whether all open reports have marks. Those of older versions have none."""
    return (reports / _OPEN / _SEARCHED).exists()


def keep_searched(reports: Path) -> None:
    """Note that each open report has its mark now. Raises OSError."""
    (reports / _OPEN).mkdir(parents=True, exist_ok=True)
    (reports / _OPEN / _SEARCHED).touch()


def _mark(folder: Path, *, shop: str) -> Path:
    return folder.parent / _OPEN / shop / folder.name


def _marks(reports: Path, *, shop: str) -> list[Path]:
    try:
        return list((reports / _OPEN / shop).iterdir())
    except FileNotFoundError:
        return []
