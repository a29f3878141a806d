"""Cells as text: what a file holds, cleaned of what typing, pasting and exporting leave behind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_EXACT = 10**15
"""Excel keeps 15 significant digits: a number from here on has lost its last ones."""

_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
_ROUNDED = re.compile(r"\d{13,16}000", re.ASCII)
"""16-19 digits that end in 000: what a spreadsheet leaves of a long number in a file without types."""
_PROTECTED = re.compile(r"\s*[\t'‘’]|=\"", re.ASCII)
"""How exports keep a spreadsheet from reading digits as a number."""
_WRAPPED = re.compile(r'\A="(.*)"\Z', re.DOTALL)
_QUOTES = "'\"`‘’“”"
_BRACKETS = re.compile(r"\([^()]*\)")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its cleaned text, and whether a spreadsheet has destroyed the number it held."""

    text: str = ""
    damaged: bool = False


def clean(text: str) -> str:
    """The text without invisible characters, full-width forms, surrounding quotes and spaces; idempotent."""
    visible = text if text.isprintable() else "".join(_visible(character) for character in text)
    cleaned = unicodedata.normalize("NFKC", visible)
    while True:
        stripped = " ".join(_WRAPPED.sub(r"\1", cleaned).strip(_QUOTES + " ").split())
        if stripped == cleaned:
            return stripped
        cleaned = stripped


def identifier(text: str) -> str:
    """A cleaned text as an id: typographic dashes are hyphens, no spaces inside."""
    return text.translate(_DASHES).replace(" ", "")


def read_cell(value: object, *, typed: bool) -> Cell:
    """What one raw cell says.

    `typed`: the file tells numbers (float) from text, as xlsx and xls do. Without types only the traces of a damaged
    number can be seen: scientific notation, or 16-19 digits that end in 000 and were not protected as text.
    """
    if isinstance(value, bool):
        return Cell(str(value).upper())
    if isinstance(value, (int, float)):
        return _numeric(value)
    raw = "" if value is None else str(value)
    text = clean(raw)
    if _SCIENTIFIC.fullmatch(text):
        return Cell(text, damaged=True)
    rounded = not typed and _ROUNDED.fullmatch(text) and not _PROTECTED.match(raw)
    return Cell(text, damaged=bool(rounded))


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
            return ""
        case "Cc" | "Zl" | "Zp":
            return " "
        case _:
            return character


def _numeric(value: float) -> Cell:
    if not abs(value) < LONGEST_EXACT:  # also true of NaN
        return Cell(f"{value:.5E}", damaged=True)
    whole = int(value)
    return Cell(str(whole) if whole == value else repr(value))
