"""Values that a profile reads from a page or from an answer, by description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator


def regex(pattern: str) -> str:
    """The pattern. Raises ValueError for one that is none."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return pattern


class Spec(BaseModel):
    """A table of a profile; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Spec):
    """A table that says where its facts come from."""

    source: str = ""
    verified: str = "never"
    """`never`, or host and date."""


Codes = tuple[int | str, ...]
"""Codes of answers, as numbers or texts; `true` and `false` are written as texts."""

Unit = Literal["yuan", "fen", "money", "unix_s", "unix_ms", "local_time"]
"""How a text or number becomes a value: yuan and fen → int fen; unix_s, unix_ms, local_time → an aware datetime.

`money`: an amount of the shop's currency with its sign and two decimals ("£1,234.50") → int of the smallest unit.
"""


class FieldSpec(Spec):
    """One value of a row or dialog, read from the page."""

    css: str | None = None
    column: str | None = None
    """The cell below the table's heading that reads so; in a block that is no row, of the first row below it."""
    label: str | None = None
    """What stands beside the word that reads so: the next cell or element, or the field that the word is a label of."""
    under: str | None = None
    """With `column` or `label`: only below the heading, or in the table with the caption, that reads so."""
    on_page: bool = False
    """Read from the whole page, not from the block."""
    pattern: Annotated[str, AfterValidator(regex)] | None = None
    """Group 1, or the whole match."""
    attr: str | None = None
    """An attribute instead of the text. `value` means the live property, `chosen` the text of a select's option that
    is chosen, `checked` whether a box is ticked: `true` or `false`."""
    all: bool = False
    """One value per match."""
    words: str | None = None
    """`set` if the text has one of these words (a key of `words`), else `clear`."""
    quotes: tuple[str, ...] = ()
    """With `words`: fields of the same block whose text people write, such as names. Words that stand nowhere but in
    what these fields read make the value `quoted`."""
    map: Mapping[str, str] | None = None
    """Text → value; a text that is not in it is unreadable."""
    optional: bool = False
    """No element, or an empty one, means an empty text."""
    unit: Unit | None = None
    prefer: tuple[str, ...] = ()
    """Of several values the first of these that is among them; with any other one among them, unreadable."""

    @model_validator(mode="after")
    def _readable(self) -> FieldSpec:
        places = [name for name in ("css", "column", "label") if getattr(self, name)]
        if len(places) > 1:
            raise ValueError(f"needs just one of {', '.join(places)}")
        if not places and not self.words:
            raise ValueError('needs "css", "column", "label" or "words"')
        if self.under and not (self.column or self.label):
            raise ValueError('has "under" without "column" or "label"')
        if self.quotes and not self.words:
            raise ValueError('has "quotes" without "words"')
        return self


class AnswerField(Spec):
    """One value of a row in an answer: a dotted path (`*` gathers over a list), or several joined by a space.

    `any`: paths of which one or more are there (null is not there); those that are must give the same value.
    """

    path: str | None = None
    join: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    map: Mapping[str, str] | None = None
    optional: bool = False
    unit: Unit | None = None
    prefer: tuple[str, ...] = ()
    """Of the several values of a path with `*` the first of these that is among them; see `FieldSpec.prefer`."""

    @model_validator(mode="after")
    def _one_source(self) -> AnswerField:
        if sum(map(bool, (self.path, self.join, self.any))) != 1:
            raise ValueError('needs exactly one of "path", "join" and "any"')
        return self
