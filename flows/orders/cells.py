"""Cells as text: what a file holds, cleaned of what typing, pasting and exporting leave behind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

LONGEST_EXACT: Final = 10**15
"""Excel keeps 15 significant digits: a number from here on has lost its last ones."""

FIRST_SCIENTIFIC: Final = 10**11
"""Without a number format Excel shows whole numbers of up to 11 digits; from 12 on it shows 1.23457E+11."""

_SCIENTIFIC = re.compile(r"-?\d+(?:[.,]\d+)? ?E ?\+ ?\d{1,3}|-?\d+[.,]\d+ ?E\d{1,3}", re.ASCII | re.IGNORECASE)
_ROUNDED = re.compile(r"\d{13,16}000", re.ASCII)
"""16-19 digits that end in 000: what a spreadsheet leaves of a long number in a file without types."""
_SIX_DIGITS_LEFT = re.compile(r"(?=\d{12})\d{1,6}0+", re.ASCII)
"""12 digits and more, all 0 behind the sixth: what was shown as 4.62599E+14, saved as text, and read again."""
_DATE = re.compile(
    r"(?:19|20)\d\d-?(?:0?[1-9]|1[0-2])-?(?:0?[1-9]|[12]\d|3[01])(?:-?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?"
    r"|\d{1,2}-(?:\d{1,2}|[A-Z]{3})-(?:19|20)?\d\d"
    r"|(?:19|20)?\d\d-?(?:0[1-9]|1[0-2])(?:-?(?:0[1-9]|[12]\d|3[01]))?",
    re.ASCII | re.IGNORECASE,
)
"""A day, with or without a time, or a month, as it reads once blanks are gone."""
_PROTECTED = re.compile(r"\s*[\t'‘’]|=\"", re.ASCII)
"""How exports keep a spreadsheet from reading digits as a number."""
_WRAPPED = re.compile(r'\A="(.*)"\Z', re.DOTALL)
_QUOTES = "'\"`‘’“”"
_BRACKETS = re.compile(r"\([^()]*\)")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_TURNS_AROUND = "\u202b\u202e\u2067"
"""Characters that have what follows shown from right to left: without them the text reads differently."""


class Damage(StrEnum):
    """Why what a cell holds is not what a person sees in it."""

    LOST = "lost"
    """A spreadsheet has destroyed the number: digits are gone."""
    SCIENTIFIC = "scientific"
    """It holds the whole number, and shows 7.31200E+13."""
    DATE = "date"
    FORMAT = "format"
    """It has a number format by which it shows something else."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell's value, and the text as which its number format shows it; None: that text is not known."""

    value: object
    text: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its cleaned text, and why that is not what a person sees, where it is not."""

    text: str = ""
    damage: Damage | None = None

    @property
    def lost(self) -> bool:
        """Whether a spreadsheet has destroyed the number that was in it."""
        return self.damage is Damage.LOST


def clean(text: str) -> str:
    """The text without invisible characters, full-width forms, surrounding quotes and spaces; idempotent.

    Nothing else is folded: ① and ² stay what they are, a note beside a number must not become a digit of it.
    """
    if text.isascii() and text.replace("-", "").isalnum():  # a number, as most cells are
        return text
    visible = text if text.isprintable() else "".join(_visible(character) for character in text)
    cleaned = unicodedata.normalize("NFC", visible.translate(_FULL_WIDTH))
    while True:
        stripped = " ".join(_WRAPPED.sub(r"\1", cleaned).strip(_QUOTES + " ").split())
        if stripped == cleaned:
            return stripped
        cleaned = stripped


def identifier(text: str) -> str:
    """A cleaned text as an id: typographic dashes are hyphens, no spaces inside."""
    return text.translate(_DASHES).replace(" ", "")


def is_date(number: str) -> bool:
    """Whether an id reads as a day: `2026-03-10`, `20260310`, `10-MAR-26`, `20260310153000`."""
    return bool(_DATE.fullmatch(number))


def read_cell(value: object, *, typed: bool) -> Cell:
    """What one raw cell says.

    `typed`: the file tells numbers (float) from text, as xlsx and xls do. Without types only the traces of a damaged
    number can be seen: scientific notation, or a long run of zeros that was not protected as text.
    """
    if isinstance(value, Shown):
        return _formatted(value, typed=typed)
    if isinstance(value, bool):
        return Cell(str(value).upper())
    if isinstance(value, (int, float)):
        return _numeric(value)
    if isinstance(value, (datetime, date, time, timedelta)):
        return Cell(str(value), Damage.DATE)
    raw = "" if value is None else str(value)
    text = clean(raw)
    if _SCIENTIFIC.fullmatch(text):
        return Cell(text, Damage.LOST)
    rounded = not typed and (_ROUNDED.fullmatch(text) or _SIX_DIGITS_LEFT.fullmatch(text))
    return Cell(text, Damage.LOST if rounded and not _PROTECTED.match(raw) else None)


def header_key(text: str) -> str:
    """A header for comparison: without case, spaces, signs and remarks in brackets, such as `（必填）`."""
    key = _BRACKETS.sub("", clean(text).casefold())
    return re.sub(r"[\s_*:.#-]", "", key)


def name_key(text: str) -> str:
    """A courier's name for comparison: without case, width and spaces."""
    return clean(text).casefold().replace(" ", "")


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cf":
            return character if character in _TURNS_AROUND else ""
        case "Cc" | "Zl" | "Zp":
            return " "
        case _:
            return character


def _numeric(value: float) -> Cell:
    if not abs(value) < LONGEST_EXACT:  # also true of NaN
        return Cell(f"{value:.5E}", Damage.LOST)
    whole = int(value)
    text = str(whole) if whole == value else repr(value)
    if _SIX_DIGITS_LEFT.fullmatch(text):
        return Cell(text, Damage.LOST)
    if value < 0:  # a number that a person copies without its sign is another one
        return Cell(text, Damage.FORMAT)
    return Cell(text, Damage.SCIENTIFIC if value >= FIRST_SCIENTIFIC else None)


def _formatted(cell: Shown, *, typed: bool) -> Cell:
    """The text that is shown; where it is not known, or digits are gone, what the cell holds."""
    held = read_cell(cell.value, typed=typed)
    if held.lost or held.damage is Damage.DATE:
        return held
    if cell.text is None:
        return Cell(held.text, Damage.FORMAT)
    return read_cell(cell.text, typed=typed)
