"""The entry through which orders are to be shipped, as people and schedules ask for it."""

from __future__ import annotations

from enum import StrEnum


class By(StrEnum):
    """The entry that a person asked for."""

    DIALOG = "dialog"
    IMPORT = "import"
    TICKED = "ticked"
