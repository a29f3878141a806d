"""Cells of codes: the text that stands there, exactly, or what is wrong with it. Nothing is corrected."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time, timedelta
from typing import Final

from flows.codes.reasons import CodeReason
from flows.orders.cells import Shown, is_date, read_cell

LONGEST: Final = 200
SHORTEST: Final = 4
_AROUND: Final = " \t\r\n"
"""What exports put around a text so that a spreadsheet keeps it; no code begins or ends with it."""
_PROTECTED: Final = re.compile(r'\s*="([^"]*)"\s*', re.ASCII)
"""The same, as a formula."""
_SCIENTIFIC: Final = re.compile(r"\d+([.,]\d+)?E\+\d{1,3}|\d+[.,]\d+E-?\d{1,3}", re.ASCII)
"""With a sign or a decimal point: 1234E5 alone may well be a code."""
_SIX_DIGITS_LEFT: Final = re.compile(r"(?=\d{12})\d{1,6}0+", re.ASCII)
"""12 digits and more, all 0 behind the sixth: what was shown as 4.62599E+14, saved as text, and read again."""
_AMOUNT: Final = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+\.\d+", re.ASCII)
_TIME: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?", re.ASCII)
_ERROR: Final = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|#*)", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<[^<>]*>|&#?\w+;", re.ASCII)
_MASKED: Final = re.compile(r"\*{2,}")
_SAME: Final = re.compile(r"(.)\1*")
_NO_CODES: Final = frozenset(
    {"null", "none", "nan", "n/a", "na", "nil", "undefined", "test", "todo", "tbd", "true", "false", "example"}
)
_DASHES_AND_QUOTES: Final = "‐‑‒–—―−…‘’“”„«»"
_WIDE: Final = re.compile(r"[\u3000\uff01-\uff5e]")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LETTERS_ELSEWHERE: Final = re.compile(r"[\u0370-\u052f]")
"""Greek and Cyrillic, with letters that look like ours."""


class BadCell(ValueError):
    """The cell holds no code; the message is the reason's code, and never what the cell holds."""

    def __init__(self, reason: CodeReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def is_empty(value: object) -> bool:
    """Whether the cell holds nothing that is seen."""
    return value is None or (isinstance(value, str) and not value.strip())


def code_in(value: object, *, typed: bool) -> str:
    """The code in this cell, character by character. Raises BadCell.

    `typed`: the file tells numbers from text, as xlsx and xls do.
    """
    if isinstance(value, str):
        return _checked(value, typed=typed)
    if isinstance(value, Shown):
        raise BadCell(CodeReason.SHOWN_OTHERWISE if isinstance(value.value, str) else _of_number(value.value))
    raise BadCell(_of_number(value))


def _of_number(value: object) -> CodeReason:
    if isinstance(value, bool):
        return CodeReason.TRUE_OR_FALSE
    if isinstance(value, date | time | timedelta):
        return CodeReason.DATE_CELL
    return CodeReason.DIGITS_LOST if read_cell(value, typed=True).lost else CodeReason.NUMBER_CELL


def _checked(raw: str, *, typed: bool) -> str:
    wrapped = None if typed else _PROTECTED.fullmatch(raw)
    text = (wrapped[1] if wrapped else raw).strip(_AROUND)
    reason = _of_characters(text) or _of_shape(text)
    if reason is not None:
        raise BadCell(reason)
    return text


def _of_characters(text: str) -> CodeReason | None:
    """What is wrong with a character of it, the plainest fault first."""
    if text.isascii() and text.isprintable():
        return None
    kinds = {unicodedata.category(character) for character in text}
    found = (
        (CodeReason.UNREADABLE, "\ufffd" in text),
        (CodeReason.SEVERAL_LINES, "\n" in text or "\r" in text),
        (CodeReason.CONTROL, "Cc" in kinds),
        (CodeReason.CHINESE, _HAN.search(text)),
        (CodeReason.FULL_WIDTH, _WIDE.search(text)),
        (CodeReason.INVISIBLE, kinds & {"Cf", "Zl", "Zp", "Zs", "Cs", "Mn"} and not text.isascii()),
        (CodeReason.LOOK_ALIKE, _LETTERS_ELSEWHERE.search(text)),
        (CodeReason.TYPOGRAPHIC, any(character in _DASHES_AND_QUOTES for character in text)),
    )
    return next((reason for reason, is_so in found if is_so), CodeReason.NOT_ASCII)


def _of_shape(text: str) -> CodeReason | None:
    """What is wrong with it as a whole."""
    found = (
        (CodeReason.NO_CODE, not text),
        (CodeReason.TWO_IN_ONE, "----" in text.strip("-")),
        (CodeReason.ERROR_TEXT, _ERROR.fullmatch(text)),
        (CodeReason.PLACEHOLDER, text.casefold() in _NO_CODES or _SAME.fullmatch(text)),
        (CodeReason.MASKED, _MASKED.search(text)),
        (CodeReason.MARKUP, _MARKUP.search(text)),
        (CodeReason.QUOTED, text[:1] in "'\"`" or text[-1:] in "'\"`"),
        (CodeReason.DATE_TEXT, _reads_as_date(text)),
        (CodeReason.BLANK_INSIDE, " " in text),
        (CodeReason.SCIENTIFIC, _SCIENTIFIC.fullmatch(text.upper())),
        (CodeReason.DIGITS_LOST, _SIX_DIGITS_LEFT.fullmatch(text)),
        (CodeReason.AMOUNT, _AMOUNT.fullmatch(text)),
        (CodeReason.FORMULA_TEXT, text[:1] in "=+-@"),
        (CodeReason.TOO_LONG, len(text) > LONGEST),
        (CodeReason.TOO_SHORT, len(text) < SHORTEST),
    )
    return next((reason for reason, is_so in found if is_so), None)


def _reads_as_date(text: str) -> bool:
    """A day or a moment with signs between its parts: eight digits alone may well be a code."""
    day, _, moment = text.partition(" ")
    if _TIME.fullmatch(day) or (moment and not _TIME.fullmatch(moment)):
        return not moment
    written = day.replace("/", "-").replace(".", "-")
    return "-" in written and is_date(written)
