"""Rows of a file of codes: one with a code, one that is not taken."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.codes.model import CardCode
from flows.codes.reasons import CodeReason
from rpa.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A row with a code."""

    row: int
    """As Excel counts it, from 1."""
    code: CardCode = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that is not taken; what it holds is not repeated."""

    row: int
    reason: CodeReason
    text: Text
    """The reason's sentence, with what else is known."""

    @classmethod
    def because(cls, row: int, reason: CodeReason, /, **words: object) -> BadRow:
        """The row with this reason; `words` for the gaps of its sentence."""
        return cls(row=row, reason=reason, text=reason.text.with_words(**words) if words else reason.text)
