"""Sealed stock as values: items that have a worth and are given away once, and the states they go through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rpa.errors import ConfigError, Refused
from rpa.language import Text
from rpa.ledger.actions import IllegalStep

_SHORT = Text(
    en="The stock has {free} left of {pool}, and {wanted} are needed; nothing was reserved. Add some.",
    zh="{pool} 库存剩余 {free}，需要 {wanted}，未预留任何内容；请补充库存。",
)
_OTHERWISE = Text(
    en="{subject} has {there} of {pool} reserved already, and {wanted} were asked for; a person must look.",
    zh="{subject} 已预留 {there} 项 {pool}，此次要求 {wanted} 项；请人工核对。",
)
_BATCH_KNOWN = Text(
    en="The stock {owner} has a batch {batch} already; give this one another name.",
    zh="库存 {owner} 已有批次 {batch}；请换一个批次名称。",
)
_OTHER_KEY = Text(
    en="The stock {owner} was sealed with another key, and with this one equal items would not be seen. Set the "
    "RPA_KEY that it was begun with.",
    zh="库存 {owner} 是用另一个密钥加密的，用当前密钥无法识别重复内容。请设置当初使用的 RPA_KEY。",
)


class ItemState(StrEnum):
    """Where an item stands. The value is what the ledger stores."""

    FREE = "free"
    RESERVED = "reserved"
    """It belongs to a subject: nobody else gets it, whatever becomes of that subject."""
    SENT = "sent"
    """The subject has it, as was read back."""
    VOID = "void"
    """A person said that it is of no use."""


class Did(StrEnum):
    """What was done to an item."""

    RESERVED = "reserved"
    RELEASED = "released"
    SHOWN = "shown"
    """Its content was opened."""
    SENT = "sent"
    VOIDED = "voided"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item that is to be added. What it holds is in no `repr`."""

    place: int
    """Where it stands in its batch: a number by which a person finds it."""
    content: str = field(repr=False)
    identity: str = field(repr=False)
    """What is the same in two items that are the same."""
    last_four: str
    """What people are shown of it: four characters at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedItem:
    """One item of a stock, without its content."""

    id: int
    owner: str
    pool: str
    """The group of which any item will do."""
    batch: str
    place: int
    digest: str
    """Keyed, of its identity."""
    content_digest: str
    """Keyed, of its whole content: by it what somebody shows is compared with what was sent."""
    last_four: str
    state: ItemState
    added_at: datetime
    added_by: str
    shop: str
    subject: str
    """For which subject of which shop it is reserved; empty: for none."""
    position: int | None
    """From 1, among those of its pool that the subject got; None: it is reserved for none."""
    reserved_at: datetime | None
    shown_at: datetime | None
    """When it was first opened; None: nobody knows its content from here."""
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An item and its content, which is in no `repr`."""

    item: SealedItem
    content: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An item that was not added: the stock has it, or it stands in the batch before."""

    place: int
    item: SealedItem | None
    """The one in the stock; None: it is of the same batch."""
    first_place: int
    """Where the one that counts stands in its batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a batch."""

    items: int
    """So many were added."""
    known: tuple[Known, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEvent:
    """One thing that was done to an item."""

    item_id: int
    did: Did
    by: str
    at: datetime
    shop: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCount:
    """How many items of a pool are in each state."""

    owner: str
    pool: str
    free: int
    reserved: int
    sent: int
    void: int


class StockShort(Refused):
    """The pool has fewer free items than are needed; nothing was reserved."""

    meaning = Text(en="The stock is too short; nothing was reserved", zh="库存不足，未预留任何内容")

    def __init__(self, *, pool: str, wanted: int, free: int) -> None:
        super().__init__(_SHORT.with_words(pool=pool, wanted=wanted, free=free), reason="stock_short")
        self.pool, self.wanted, self.free = pool, wanted, free


class ReservedOtherwise(IllegalStep):
    """The subject has another number of items reserved than is asked for."""

    meaning = Text(en="Another number is reserved already; a person must look", zh="已预留的数量不同，请人工核对")

    def __init__(self, *, subject: str, pool: str, wanted: int, there: int) -> None:
        super().__init__(_OTHERWISE.with_words(subject=subject, pool=pool, wanted=wanted, there=there))


class BatchKnown(ConfigError):
    """The stock has a batch of this name; nothing was added."""

    def __init__(self, *, owner: str, batch: str) -> None:
        super().__init__(_BATCH_KNOWN.with_words(owner=owner, batch=batch))


class StrangeKey(ConfigError):
    """The stock was begun with another key; nothing was added or opened."""

    def __init__(self, *, owner: str) -> None:
        super().__init__(_OTHER_KEY.with_words(owner=owner))
