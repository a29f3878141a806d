"""Completeness of a list that is read page by page: what proves that no row of it is missing. Pure.

A list proves it by its total: as many different rows were read as it told at last, and it did not shrink meanwhile.
Those that came meanwhile may be read afterwards. One that tells no total may prove it by its pages ("page 3 of 3"),
less well: each was read, and each brought other rows.
One that tells neither is read in both directions, and then both of its ends are looked at once more: what was there
all the time, or came at an end, is read. That a row came in its midst meanwhile, or that "next" leaves out the same
rows in both directions, nothing on such a list can tell.
That there is no further page, that a page brings nothing new, or a total such as "10000+", proves nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rpa.elements.uiwords import is_about, ui_words
from rpa.language import Text

_NUMBER = re.compile(r"\d+(?:[.,'’]\d+)+|\d{1,3}(?: \d{3})+(?!\d)|\d+")
"""With whatever separates its thousands: rather too large than too small, which would prove too little."""
_MOST_PAGES: Final = 2_000

_NO_TOTAL = Text(
    en="the list tells neither how many rows it has nor how many pages", zh="列表既没有显示总条数，也没有显示总页数"
)
_SHRANK = Text(
    en="the list shrank from {before} to {after} while it was read", zh="读取期间列表从 {before} 条减少到 {after} 条"
)
_MISSING = Text(en="{read} of {total} rows were read", zh="共 {total} 条，只读到 {read} 条")
_TOO_MANY = Text(en="{read} rows were read of a list of {total}", zh="列表共 {total} 条，却读到 {read} 条")
_PAGE_MISSING = Text(en="page {number} of {last} did not come", zh="共 {last} 页，没有读到第 {number} 页")
_SAME_ROWS = Text(en="page {number} showed rows of the pages before it", zh="第 {number} 页显示的是前面页的内容")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What one page of a list showed."""

    keys: Sequence[str]
    """Of its rows."""
    total: int | None = None
    """How many rows the list has, as it tells itself."""
    number: int | None = None
    """Which page it says it is, from 1."""
    last: int | None = None
    """How many pages it says there are."""


class Pass:
    """One reading of a list, from its first page on."""

    def __init__(self) -> None:
        self.keys: dict[str, None] = {}
        """Of all rows, each once, in the order in which they came."""
        self._first: int | None = None
        self._most = 0
        self._total: int | None = None
        self._last: int | None = None
        self._pages = 0
        self._shrank: Text | None = None
        self._odd_page: Text | None = None

    def add(self, page: PageRead) -> bool:
        """Count this page; whether it brought a row that had not been there."""
        before = len(self.keys)
        self._pages += 1
        fresh = [key for key in page.keys if key not in self.keys]
        self.keys.update(dict.fromkeys(fresh))
        self._note_total(page.total)
        self._note_page(page, all_fresh=len(fresh) == len(page.keys))
        return len(self.keys) > before

    def _note_total(self, total: int | None) -> None:
        self._total = total
        if total is None:
            return
        self._first = total if self._first is None else self._first
        if total < self._most and self._shrank is None:
            self._shrank = _SHRANK.with_words(before=self._most, after=total)
        self._most = max(self._most, total)

    def _note_page(self, page: PageRead, *, all_fresh: bool) -> None:
        self._last = page.last
        if page.number is not None and page.number != self._pages and self._odd_page is None:
            self._odd_page = _PAGE_MISSING.with_words(number=self._pages, last=page.last or self._pages)
        if not all_fresh and self._odd_page is None:
            self._odd_page = _SAME_ROWS.with_words(number=self._pages)

    @property
    def goes_on(self) -> bool:
        """Whether rows must still come; not for ever, where each page brings others."""
        if self._pages >= _MOST_PAGES:
            return False
        if self._total is not None:
            return len(self.keys) < self._total
        return self._last is None or self._pages < self._last

    @property
    def is_of_several(self) -> bool:
        """Whether several pages were read."""
        return self._pages > 1

    @property
    def knows_end(self) -> bool:
        """Whether it tells which page is the last."""
        return self._total is not None or self._last is not None

    @property
    def only_grew(self) -> bool:
        """Whether rows are missing, and as many or fewer than have come meanwhile: they may stand on pages before."""
        if self._total is None or self._first is None or self._shrank is not None:
            return False
        return self._first <= len(self.keys) < self._total

    @property
    def by_pages(self) -> bool:
        """Whether its pages are all that can prove it."""
        return self._total is None

    def doubt(self) -> Text | None:
        """Why it is not proven that every row was read; None: it is."""
        if self._total is None:
            return self._doubt_of_pages()
        read = len(self.keys)
        if self._shrank is not None:
            return self._shrank
        if read == self._total:
            return None
        return (_MISSING if read < self._total else _TOO_MANY).with_words(read=read, total=self._total)

    def _doubt_of_pages(self) -> Text | None:
        if self._last is None or not self.keys:
            return _NO_TOTAL
        if self._odd_page is None and self._pages < self._last:
            return _PAGE_MISSING.with_words(number=self._pages + 1, last=self._last)
        return self._odd_page


def total_in(text: str) -> int | None:
    """The total that such a text tells: "共 97 条", "1 - 20 of 1,234"; None when it tells none, or only about it.

    Of several numbers it is the largest: a page has no more rows than that, nor has the list.
    """
    told = ui_words().ranges.sub(" … ", _plain(text))
    numbers = numbers_in(told)
    in_thousands = re.search(rf"\d{ui_words().multiplied}", told, re.IGNORECASE)
    return max(numbers) if numbers and not is_about(told) and not in_thousands else None


def page_in(text: str) -> tuple[int | None, int | None]:
    """Number and count of pages in "Page 2 of 3" or "35 things, page 1 / 4"; None for what it does not tell.

    Of several numbers they are the two between which a word such as "of" stands; where others are so, too, none.
    """
    plain = _plain(text)
    found = list(_NUMBER.finditer(plain))
    pairs = [
        pair for pair in pairwise(found) if ui_words().between_pages.search(plain[pair[0].end() : pair[1].start()])
    ]
    if len(pairs) > 1 or (len(found) > 2 and not pairs):  # noqa: PLR2004 - more than a page and a count
        return None, None
    number, last = (*(_whole(each[0]) for each in (pairs[0] if pairs else found)), None, None)[:2]
    return number, last


def numbers_in(text: str) -> list[int]:
    """The whole numbers in a text, in their order."""
    return [_whole(found) for found in _NUMBER.findall(_plain(text))]


def _whole(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _plain(text: str) -> str:
    """With plain digits, commas and spaces in place of wide, narrow and non-breaking ones."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))


MOST_PASSES: Final = 3
"""So often a list is read that proves not to be whole, before the shop stops."""
