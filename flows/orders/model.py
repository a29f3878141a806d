"""Orders, shipments and decisions, as values. Ids and tracking numbers are text; money is int fen; times are aware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from flows.orders.reasons import Reason


class How(StrEnum):
    """The entry through which a shipment went to the site."""

    DIALOG = "dialog"
    NO_LOGISTICS = "no_logistics"
    IMPORT = "import"
    TICKED = "ticked"


class Mark(StrEnum):
    """What a page says about one sign of an order."""

    CLEAR = "clear"
    SET = "set"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of goods in an order."""

    goods_id: str
    goods: str
    spec: str
    quantity: int
    physical: bool | None
    """None: the site does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel of an order, as the site shows it."""

    courier: str
    tracking_number: str
    """Both empty: it left without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as the list shows it, both sources agreeing (`doubt` is None) or not."""

    order_sn: str
    status: str
    """`pending`, `part` (some of it has left), `shipped`, `closed` or `other`."""
    items: tuple[Item, ...]
    amount_fen: int
    ship_by: datetime | None
    signs: Mapping[str, Mark]
    """What may speak against shipping it, by the names of `flows.orders.signs`; one that nothing tells is missing."""
    remark: str
    """The seller's own remark."""
    flag: str
    """Colour name of the remark's flag; empty: none."""
    receiver: str
    """Masked, as shown."""
    region: str
    address: str
    """Masked, as shown."""
    buyer: str = ""
    """Under which name the buyer goes; masked, as shown."""
    presale_until: datetime | None = None
    """Not to be shipped before; None: not a presale."""
    courier: str = ""
    """Name on the site, once shipped."""
    tracking_number: str = ""
    shipped_at: datetime | None = None
    grouped_at: datetime | None = None
    """When the group formed, from which the platform's audit is counted; None: the site does not say."""
    parcels: tuple[Parcel, ...] = ()
    """Those that the order's own page shows, where it lists them."""
    doubt: str | None = None
    """Why the two sources disagree; None: they agree."""

    @property
    def audit(self) -> Mark:
        """Whether it is under audit."""
        return self.signs.get("audit", Mark.UNREADABLE)

    @property
    def after_sale(self) -> Mark:
        """Whether it is in after-sale."""
        return self.signs.get("after_sale", Mark.UNREADABLE)

    def with_signs(self, **signs: Mark) -> Order:
        """The same order, of which these signs say this."""
        return replace(self, signs={**self.signs, **signs})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What is to be told to the site about one order; no courier means no logistics."""

    order_sn: str
    how: How
    courier: str = ""
    """The courier's name on the site."""
    tracking_number: str = ""

    def same_as(self, *, courier: str, tracking_number: str) -> bool:
        """Whether the site shows this very shipment."""
        return (self.courier, self.tracking_number.upper()) == (courier, tracking_number.upper())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sheet row stands: the file and its row number as Excel counts it, from 1."""

    sheet: Path
    row: int
    """0: the file or worksheet as a whole."""
    worksheet: str = ""
    """Its name, where the file has several."""

    def __str__(self) -> str:
        return ":".join(filter(None, (self.sheet.name, self.worksheet, str(self.row or ""))))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One good row of a sheet: an order and the parcel that left for it."""

    place: Place
    order_sn: str
    courier: str
    """The courier's name on the site."""
    tracking_number: str
    proof: str = ""
    """Proof of delivery for goods delivered by the seller (`delivered_by = "sheet"`)."""
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A sheet row that cannot be acted on, as it was written."""

    place: Place
    order_sn: str
    courier: str
    tracking_number: str
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to happen to one order or one sheet row, and why. `reason` None: it is to be shipped."""

    order_sn: str
    order: Order | None
    row: SheetRow | BadRow | None
    shipment: Shipment | None
    reason: Reason | None
    message: str = ""
    since: datetime | None = None
    """Since when the order is held, by the site's clock; None: not held, or not known."""
    evidence: str = ""
    """Where the pictures lie that the reason rests on; empty: none."""
    hours_left: int | None = None
    """Whole hours until the order must have left, when it was decided on; negative: late. None: no such time."""

    @property
    def subject(self) -> str:
        """What it is about, for `flows.procedure`."""
        return self.order_sn

    @property
    def to_ship(self) -> tuple[Order, Shipment]:
        """The order and what is to be told to the site. Raises ValueError for a decision against shipping."""
        if self.order is None or self.shipment is None:
            message = f"{self.order_sn} was not decided to be shipped: {self.reason}"
            raise ValueError(message)
        return self.order, self.shipment


KIND = "ship"
"""The ledger's kind for telling the site that an order has left, whatever the entry."""

GoodOrBad = SheetRow | BadRow
