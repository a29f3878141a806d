"""The table `[notices]` of a selector profile: the words of notices and of the files they bring."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.notices.api import NoticeKind
from flows.notices.slots import SLOT_HOURS
from flows.orders.cells import header_key, name_key
from rpa.errors import ConfigError

if TYPE_CHECKING:
    from rpa.elements.profile import Profile

Words = tuple[Annotated[str, Field(min_length=1)], ...]
Hour = Annotated[int, Field(ge=0, le=23)]


class NoticeWords(BaseModel):
    """Words of notices about audits. Spaces, case and width never matter; "part" means: the text contains it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prohibition_titles: Words
    """Parts of titles of notices that forbid shipping the orders they name."""
    result_titles: Words
    """Parts of titles of notices that say which orders are to be shipped."""
    watched_titles: Words
    """Parts of other titles that may be about audits: orders named there are held until a person has read it."""
    ship: Words
    """Parts of sentences that mean: ship these orders."""
    close: Words
    """Parts of sentences that mean: the platform closes these orders. Where words overlap, the one that begins first
    counts, then the longer one: some of these contain one of `ship`."""
    forbid: Words
    """Parts of sentences that mean: do not ship yet."""
    negations: Words
    """What turns a part of `ship` that follows within a few characters into one of `forbid`."""
    conditional: Words
    """Parts of sentences that speak of what may come later; such sentences say nothing."""
    decision_columns: Words
    """Headers of a column that says for each order whether it is to be shipped."""
    quoted_columns: Words = ()
    """Headers of columns with what buyers and sellers write, names of goods or people: words there say nothing."""
    yes: Words
    """Whole cells of such a column that mean: ship it."""
    no: Words
    """Whole cells of such a column that mean: it is closed, do not ship."""
    keep_days: int = Field(gt=0)
    """How long an attachment can be downloaded after its notice was sent."""
    slot_hours: tuple[Hour, Hour]
    """The first and the last hour of the day at which notices are sent; one on each full hour between."""
    right: str = Field(min_length=1)
    """The right that an account of the shop needs to see its notices, as the site calls it."""

    @model_validator(mode="after")
    def _slots_make_a_day(self) -> NoticeWords:
        if self.slot_hours[0] > self.slot_hours[1]:
            raise ValueError("slot_hours: the first hour comes after the last one")
        return self

    @model_validator(mode="after")
    def _answers_mean_one_thing(self) -> NoticeWords:
        both = {name_key(word) for word in self.yes} & {name_key(word) for word in self.no}
        if both:
            raise ValueError(f"cells that mean yes and no: {', '.join(sorted(both))}")
        return self

    def kind_of(self, title: str) -> NoticeKind:
        """What this title makes of a notice; one that is both prohibition and result, or not known, is only watched."""
        prohibition, result = self._in(title, self.prohibition_titles), self._in(title, self.result_titles)
        if prohibition != result:
            return NoticeKind.PROHIBITION if prohibition else NoticeKind.RESULT
        watched = not title or prohibition or self._in(title, self.watched_titles)
        return NoticeKind.WATCHED if watched else NoticeKind.OTHER

    @cached_property
    def decision_keys(self) -> frozenset[str]:
        """The headers of decision columns, normalised by `flows.orders.cells.header_key`."""
        return frozenset(header_key(word) for word in self.decision_columns)

    @cached_property
    def quoted_keys(self) -> frozenset[str]:
        """The headers of columns with people's own words, normalised by `flows.orders.cells.header_key`."""
        return frozenset(header_key(word) for word in self.quoted_columns)

    @cached_property
    def yes_keys(self) -> frozenset[str]:
        """The cells that mean yes, normalised by `flows.orders.cells.name_key`."""
        return frozenset(name_key(word) for word in self.yes)

    @cached_property
    def no_keys(self) -> frozenset[str]:
        """The cells that mean no, normalised by `flows.orders.cells.name_key`."""
        return frozenset(name_key(word) for word in self.no)

    def _in(self, title: str, parts: Words) -> bool:
        key = name_key(title)
        return any(name_key(part) in key for part in parts)


def slot_hours_of(profile: Profile) -> tuple[int, int]:
    """When the platform sends notices; its usual hours where an own profile, copied earlier, does not say."""
    try:
        return profile.section(NoticeWords).slot_hours
    except ConfigError:
        return SLOT_HOURS
