"""Remarks as values: what is wanted, where that stands, and what was decided on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flows.orders.model import Order
from flows.orders.reasons import Coded
from rpa.language import Text

KIND: Final = "remark"
"""The ledger's kind for an order's remark and flag."""

LONGEST: Final = 300
"""So many characters the site keeps (its field takes no more)."""

FLAGS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "RED": Text(en="red", zh="红色"),
        "YELLOW": Text(en="yellow", zh="黄色"),
        "GREEN": Text(en="green", zh="绿色"),
        "BLUE": Text(en="blue", zh="蓝色"),
        "PURPLE": Text(en="purple", zh="紫色"),
    }
)
"""By the site's name of a flag, what people call it."""


def flag_named(words: str) -> str | None:
    """The flag that a person means by its name, in either language, or by the site's; None: there is no such flag.

    In Chinese the first character is enough, alone or before one more.
    """
    meant = words.strip().casefold()
    known = {name: flag for flag, text in FLAGS.items() for name in (flag.casefold(), text.en)}
    first = {text.zh[0]: flag for flag, text in FLAGS.items()} if len(meant) in {1, 2} else {}
    return known.get(meant) or first.get(meant[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """The remark and flag of an order, as the site shows them; empty: none."""

    text: str
    flag: str
    """One of `FLAGS`."""

    @classmethod
    def of(cls, order: Order) -> Remark:
        """Those of this order."""
        return cls(text=order.remark, flag=order.flag)

    @property
    def payload(self) -> dict[str, str]:
        """What the ledger keeps of it."""
        return {"remark": self.text, "flag": self.flag}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRemark:
    """What somebody wants an order's remark to be, and where that stands."""

    order_sn: str
    text: str | None = None
    """None: as it is."""
    flag: str | None = None
    """One of `FLAGS`; None: as it is."""
    sheet: str = ""
    sheet_row: int | None = None
    reason: Coded | None = None
    """Why it cannot be acted on, whatever the order; None: it can."""
    message: str = ""

    def over(self, before: Remark) -> Remark:
        """What the site is to show in the end."""
        return Remark(
            text=before.text if self.text is None else self.text, flag=before.flag if self.flag is None else self.flag
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkDecision:
    """What is to happen to one order's remark, and why. `reason` None: it is to be written."""

    wanted: WantedRemark
    order: Order | None = None
    reason: Coded | None = None
    message: str = ""

    @property
    def subject(self) -> str:
        """The order's number."""
        return self.wanted.order_sn

    @property
    def change(self) -> tuple[Remark, Remark]:
        """What the site showed, and what it is to show. Raises ValueError for a decision without an order."""
        if self.order is None:
            message = f"{self.subject} was not decided to be written on: {self.reason}"
            raise ValueError(message)
        before = Remark.of(self.order)
        return before, self.wanted.over(before)
