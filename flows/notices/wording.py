"""Wording of notices: what a sentence means by the profile's words, and the order numbers in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from flows.notices.api import NoticeKind, Says
from flows.notices.words import NoticeWords
from flows.orders.cells import clean, header_key, identifier, name_key, read_cell
from flows.orders.words import SheetProfile

Meanings = frozenset[Says]
"""All that a text says: SHIP, CLOSED, PROHIBITED (not now), UNCLEAR (an answer that is not known); empty: nothing."""

NOTHING: Meanings = frozenset()
_SENTENCES = re.compile(r"[。；;!！?？\n\r]+")
_CLAUSES = re.compile("[,、:()]")
_NEAR = 4
"""So many characters before a word are looked at for a negation."""


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """The profile's words, ready to be looked for."""

    words: NoticeWords
    known: re.Pattern[str]
    """Finds every key of `meaning`: where they overlap, the first one, and of those that begin together the longest."""
    meaning: Mapping[str, Says]

    @classmethod
    def of(cls, words: NoticeWords) -> Wording:
        """These words."""
        groups = ((Says.SHIP, words.ship), (Says.PROHIBITED, words.forbid), (Says.CLOSED, words.close))
        meaning = {name_key(word): says for says, group in groups for word in group}
        longest_first = sorted(meaning, key=len, reverse=True)
        return cls(words, re.compile("|".join(map(re.escape, longest_first))), meaning)

    def said(self, text: str) -> Meanings:
        """What a text says of the orders beside it. Sentences about what may come later say nothing."""
        if text.isprintable() and not self.known.search(
            unicodedata.normalize("NFKC", text).replace(" ", "").casefold()
        ):
            return NOTHING
        return _said(self, text)

    def answered(self, text: str) -> Meanings:
        """What a cell of a decision column says."""
        key = name_key(text)
        if key in self.words.yes_keys:
            return frozenset({Says.SHIP})
        if key in self.words.no_keys:
            return frozenset({Says.CLOSED})
        return self.said(text) or frozenset({Says.UNCLEAR} if key else ())

    def _of_sentence(self, key: str) -> Meanings:
        if any(name_key(word) in key for word in self.words.conditional):
            return NOTHING
        return frozenset(self._of_word(match) for match in self.known.finditer(key))

    def _of_word(self, match: re.Match[str]) -> Says:
        says = self.meaning[match.group()]
        before = _CLAUSES.split(match.string[: match.start()])[-1][-_NEAR:]
        negated = any(name_key(word) in before for word in self.words.negations)
        return Says.PROHIBITED if says is Says.SHIP and negated else says


@lru_cache(maxsize=4096)
def _said(wording: Wording, text: str) -> Meanings:
    sentences = (name_key(sentence) for sentence in _SENTENCES.split(text))
    return NOTHING.union(*map(wording._of_sentence, sentences))  # noqa: SLF001 - its own other half


def verdict(kind: NoticeKind, meanings: Meanings) -> Says:
    """What a notice of this kind says of an order when all words about the order mean this."""
    if kind is NoticeKind.PROHIBITION:
        return Says.UNCLEAR if meanings & {Says.SHIP, Says.CLOSED} else Says.PROHIBITED
    if kind is NoticeKind.RESULT and meanings == {Says.SHIP}:
        return Says.SHIP
    if kind is NoticeKind.RESULT and Says.CLOSED in meanings <= {Says.CLOSED, Says.PROHIBITED}:
        return Says.CLOSED
    return Says.UNCLEAR


def together(says: Says, other: Says | None) -> Says:
    """What two places that name the same order say together."""
    return says if other in {None, says} else Says.UNCLEAR


_AROUND_HYPHENS = re.compile(r"(?<=\d) ?- ?(?=\d)", re.ASCII)
_CODE = re.compile(r"[\dA-Za-z.+*_/-]*", re.ASCII)
_DIGIT = re.compile(r"\d", re.ASCII)
_FEWEST_DIGITS = 5
"""A code with fewer digits is a count, not what is left of an order number."""
_MANY_DIGITS = re.compile(r"\d(?:\D{0,3}\d){9}")
"""Of any width, with invisible characters between them: most cells are told apart by this before they are cleaned."""


@dataclass(frozen=True, slots=True)
class OrderNumbers:
    """How the platform's order numbers, and the headers above them, are written."""

    whole: re.Pattern[str]
    inside: re.Pattern[str]
    headers: frozenset[str]
    """Normalised by `flows.orders.cells.header_key`."""

    @classmethod
    def of(cls, sheets: SheetProfile) -> OrderNumbers:
        """Those of one platform."""
        core = sheets.order_sn.pattern.removeprefix("^").removesuffix("$")
        inside = re.compile(rf"(?<!\d)(?:{core})(?!\d)", re.ASCII)
        return cls(sheets.order_sn, inside, frozenset(map(header_key, sheets.sheets.order_sn)))

    def find(self, value: object) -> tuple[str, ...]:
        """The order numbers in a cell or sentence, each once."""
        if not isinstance(value, str) or not _MANY_DIGITS.search(value):
            return ()
        if self.whole.fullmatch(value):
            return (value,)
        text = clean(value)
        one = identifier(text)
        if self.whole.fullmatch(one):
            return (one,)
        words = " ".join(map(identifier, text.split(" ")))
        found = self.inside.finditer(_AROUND_HYPHENS.sub("-", words))
        return tuple(dict.fromkeys(match.group() for match in found))

    def is_header(self, value: object) -> bool:
        """Whether this cell is the header of a column of order numbers."""
        return isinstance(value, str) and header_key(value) in self.headers


def is_damaged(value: object, *, typed: bool) -> bool:
    """Whether a spreadsheet has destroyed the number in this cell."""
    return read_cell(value, typed=typed).lost


def is_code(value: object, *, typed: bool) -> bool:
    """Whether a cell that holds no order number looks like one all the same: cut off, masked, without its hyphen."""
    text = identifier(read_cell(value, typed=typed).text)
    return bool(_CODE.fullmatch(text)) and len(_DIGIT.findall(text)) >= _FEWEST_DIGITS
