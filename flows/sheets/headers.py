"""Headers of a sheet: which column holds what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import digits

from flows.orders.cells import Shown, clean, header_key
from flows.orders.words import Sheets
from flows.sheets import marks
from flows.sheets.worksheet import NotASheet
from rpa.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Column positions from 0; None: the sheet has no such column."""

    names: tuple[str, ...]
    """The headers, as they are written."""
    order_sn: int
    courier: int | None
    tracking_number: int | None
    proof: int | None
    further: tuple[int, ...] = ()
    """Columns for the numbers of further parcels."""
    notes: tuple[int, ...] = ()
    """Columns for remarks, and those without a header."""
    mark: int | None = None
    """What an earlier result says of the row (`flows.sheets.marks`)."""

    @property
    def width(self) -> int:
        """How many columns the header row has."""
        return len(self.names)

    @property
    def named(self) -> tuple[int, ...]:
        """The columns that say what is to be shipped."""
        places = (self.order_sn, self.courier, self.tracking_number, self.proof, *self.further)
        return tuple(place for place in places if place is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderWords:
    """The headers that name a field: those of the profile, and before them a shop's own."""

    profile: Sheets
    own: Mapping[str, str]
    """Field by normalised header; where one stands in a row, the profile's words for that field do not count."""

    @classmethod
    def of(cls, profile: Sheets, *, columns: Mapping[str, str]) -> HeaderWords:
        """The profile's headers and a shop's `columns` (header by field)."""
        return cls(profile=profile, own={header_key(header): field for field, header in columns.items()})

    def find(self, row: Sequence[object]) -> Columns | None:
        """The columns that this row names; None: it is not a header row. Raises NotASheet when two name one field."""
        places = self._places(row)
        if "order_sn" not in places or not ({"tracking_number", "proof"} & places.keys()):
            return None
        for found in places.values():
            if len(found) > 1:
                raise NotASheet(_twice([clean(_text(row[place])) for place in found]))
        position = {name: found[0] for name, found in places.items()}
        taken = set(position.values())
        notes = {"", *self.profile.note_headers}
        other = {place: header_key(_text(value)) for place, value in enumerate(row) if place not in taken}
        return Columns(
            names=tuple(clean(_text(value)) for value in row),
            order_sn=position["order_sn"],
            courier=position.get("courier"),
            tracking_number=position.get("tracking_number"),
            proof=position.get("proof"),
            further=tuple(place for place, key in other.items() if self._names_extra_parcel(key)),
            notes=tuple(place for place, key in other.items() if key.rstrip(digits) in notes),
            mark=next((place for place, key in other.items() if key in marks.HEADERS), None),
        )

    def _names_extra_parcel(self, key: str) -> bool:
        """Whether this header, which names no field, is that of further numbers; not what a shop has put aside."""
        return key not in self.profile.headers and bool(self.profile.further_number.search(key))

    def is_header(self, row: Sequence[object]) -> bool:
        """Whether this row names the columns, clearly or not."""
        places = self._places(row)
        return "order_sn" in places and bool({"tracking_number", "proof"} & places.keys())

    def names_orders(self, row: Sequence[object]) -> bool:
        """Whether this row names an order number column, as the headers of any table of orders do."""
        return "order_sn" in self._places(row)

    def _places(self, row: Sequence[object]) -> dict[str, list[int]]:
        own: dict[str, list[int]] = defaultdict(list)
        known: dict[str, list[int]] = defaultdict(list)
        for place, value in enumerate(row):
            written = _text(value)
            if not written:
                continue
            key = header_key(written)
            if key in self.own:
                own[self.own[key]].append(place)
            elif key in self.profile.headers:
                known[self.profile.headers[key]].append(place)
        places = {**known, **own}
        whole = places.pop("parcels", [])
        return {"tracking_number": whole, **places} if whole else places


def _text(value: object) -> str:
    """What is written in a cell, whatever it is shown as: a raised asterisk is a part of its header."""
    held = value.value if isinstance(value, Shown) else value
    return held if isinstance(held, str) else ""


def _twice(headers: list[str]) -> Text:
    named = ", ".join(headers)
    return Text(
        en=f"Several columns mean the same: {named}. Delete all but one, or name the right one under `columns` "
        "in rpa.toml.",
        zh=f"多个列含义相同：{named}。请只保留一列，或在 rpa.toml 的 columns 中指定。",
    )
