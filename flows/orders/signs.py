"""Signs: what a site says of an order that speaks against shipping it, each with the reason for which it then waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flows.orders.model import Mark
from flows.orders.reasons import Reason
from rpa.language import Text

_MARKS = {"clear": Mark.CLEAR, "set": Mark.SET}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One kind of sign."""

    reason: Reason
    words: Text
    """How an order is that has it."""


SIGNS: Mapping[str, Sign] = MappingProxyType(
    {
        "audit": Sign(reason=Reason.UNDER_AUDIT, words=Text(en="under audit", zh="平台审核中")),
        "refund": Sign(reason=Reason.REFUND_ASKED, words=Text(en="to be refunded", zh="已申请退款")),
        "after_sale": Sign(reason=Reason.AFTER_SALE, words=Text(en="in after-sale", zh="售后处理中")),
        "address_change": Sign(
            reason=Reason.ADDRESS_CHANGE, words=Text(en="waiting for another address", zh="申请修改地址")
        ),
        "serial_number": Sign(
            reason=Reason.SERIAL_NUMBER, words=Text(en="in need of a serial number", zh="需填写序列号")
        ),
        "locked": Sign(reason=Reason.LOCKED, words=Text(en="in somebody else's hands", zh="有人正在处理")),
        "presale": Sign(reason=Reason.PRESALE_NOT_DUE, words=Text(en="on presale", zh="预售中")),
    }
)
"""By their names in a profile; the first that is set is told before the others."""

NEEDED = ("audit", "after_sale")
"""Those that each site must tell, or its profile call absent; the others are asked for where they are told."""


def mark_of(value: Any) -> Mark:
    """The sign that this value stands for; anything but a plain yes or no is unreadable."""
    return _MARKS.get(value, Mark.UNREADABLE) if isinstance(value, str) else Mark.UNREADABLE


def worse(*values: Any) -> Mark:
    """Set if any source says so, else unreadable if any cannot be read, else clear."""
    read = [mark_of(value) for value in values]
    return next((mark for mark in (Mark.SET, Mark.UNREADABLE) if mark in read), Mark.CLEAR)


def signs_of(
    *sources: Mapping[str, Any], needed: Iterable[str] = NEEDED, absent: Iterable[str] = ()
) -> dict[str, Mark]:
    """The signs that any of these sources tells, each as bad as the worst of them.

    One of those `needed` that none tells cannot be read; one that the site does not have (`absent`) is clear.
    """
    found: dict[str, Mark] = {}
    for name in SIGNS:
        told = [source[name] for source in sources if name in source]
        if told:
            found[name] = worse(*told)
        elif name in needed:
            found[name] = Mark.CLEAR if name in absent else Mark.UNREADABLE
    return found
