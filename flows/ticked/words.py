"""The table `[ticked]` of a selector profile: how many rows a task takes, and what its reasons for failures mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from flows.orders.reasons import Reason

Words = tuple[Annotated[str, Field(min_length=1)], ...]


class TickedWords(BaseModel):
    """Bounds and words of tasks that ship ticked rows. A part of a reason's sentence is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_rows: int = Field(ge=1)
    """As many orders one task takes."""
    repeatable: Words = ()
    """Of a refusal for a passing reason."""
    lasting: Words = ()
    """Of one that the same row would get again: it is not sent with others a second time."""
    means: Mapping[str, Words] = {}
    """By the code of a reason, the words that mean it; those for the signs of orders stand in `[words]`."""

    @field_validator("means")
    @classmethod
    def _known_reasons(cls, means: Mapping[str, Words]) -> Mapping[str, Words]:
        unknown = sorted(means.keys() - {reason.value for reason in Reason})
        if unknown:
            raise ValueError(f"unknown reason {', '.join(unknown)}")
        return means

    def meaning(self, refusal: str) -> Reason | None:
        """What the site's words for a refusal stand for; None: no word of this table."""
        if self.is_repeatable(refusal):
            return Reason.REFUSED_FOR_NOW
        found = (code for code, words in self.means.items() if any(word in refusal for word in words))
        return next(map(Reason.of, found), None)

    def is_repeatable(self, refusal: str) -> bool:
        """Whether it was refused for a passing reason."""
        return any(word in refusal for word in self.repeatable)

    def is_lasting(self, refusal: str) -> bool:
        """Whether the same row would be refused again."""
        return any(word in refusal for word in self.lasting)
