"""A card code: a number and a password, or one text that is both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from rpa.ledger.sealed_stock import NewItem

SHOWN: Final = 4
"""So many of its last characters people are shown."""
_BETWEEN: Final = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCode:
    """What a buyer gets. It is in no `repr`."""

    number: str = field(default="", repr=False)
    """Empty: the code is one text."""
    secret: str = field(repr=False)

    @property
    def content(self) -> str:
        """As it is sealed."""
        return f"{self.number}{_BETWEEN}{self.secret}" if self.number else self.secret

    @classmethod
    def of_content(cls, content: str) -> CardCode:
        """The code that was sealed."""
        number, _, secret = content.rpartition(_BETWEEN)
        return cls(number=number, secret=secret)

    @property
    def identity(self) -> str:
        """What is the same in two codes that are the same, however their letters and hyphens are written."""
        return identity_of(self.number or self.secret)

    @property
    def last_four(self) -> str:
        """The end of its number, else of the code; of a short one less, as half of it is not to be shown."""
        shown = self.number or self.secret
        return shown[-min(SHOWN, len(shown) // 2) :]

    def item(self, place: int) -> NewItem:
        """As the stock takes it; `place`: its row in its file."""
        return NewItem(place=place, content=self.content, identity=self.identity, last_four=self.last_four)


def identity_of(text: str) -> str:
    """A number or code for comparison: without case and hyphens."""
    return text.casefold().replace("-", "")
