"""Which column of a sheet holds what, told by its header row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.cells import clean, header_key
from flows.sheets.files import NotASheet
from rpa.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Column positions from 0; None: the sheet has no such column."""

    order_sn: int
    courier: int | None
    tracking_number: int | None
    proof: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderWords:
    """The headers that name a field: those of the profile, and before them a shop's own."""

    profile: Mapping[str, str]
    """Field by normalised header."""
    own: Mapping[str, str]
    """Field by normalised header; where one stands in a row, the profile's words for that field do not count."""

    @classmethod
    def of(cls, profile: Mapping[str, str], *, columns: Mapping[str, str]) -> HeaderWords:
        """The profile's headers and a shop's `columns` (header by field)."""
        return cls(profile=profile, own={header_key(header): field for field, header in columns.items()})

    def find(self, row: Sequence[object]) -> Columns | None:
        """The columns that this row names; None: it is not a header row. Raises NotASheet when two name one field."""
        places = self._places(row)
        if "order_sn" not in places or not ({"tracking_number", "proof"} & places.keys()):
            return None
        for found in places.values():
            if len(found) > 1:
                raise NotASheet(_twice([clean(str(row[place])) for place in found]))
        position = {name: found[0] for name, found in places.items()}
        return Columns(
            order_sn=position["order_sn"],
            courier=position.get("courier"),
            tracking_number=position.get("tracking_number"),
            proof=position.get("proof"),
        )

    def is_header(self, row: Sequence[object]) -> bool:
        """Whether this row names the columns, clearly or not."""
        places = self._places(row)
        return "order_sn" in places and bool({"tracking_number", "proof"} & places.keys())

    def _places(self, row: Sequence[object]) -> dict[str, list[int]]:
        own: dict[str, list[int]] = defaultdict(list)
        known: dict[str, list[int]] = defaultdict(list)
        for place, value in enumerate(row):
            if not isinstance(value, str) or not value:
                continue
            key = header_key(value)
            if key in self.own:
                own[self.own[key]].append(place)
            elif key in self.profile:
                known[self.profile[key]].append(place)
        return {**known, **own}


def _twice(headers: list[str]) -> Text:
    named = ", ".join(headers)
    return Text(
        en=f"Several columns mean the same: {named}. Delete all but one, or name the right one under `columns` "
        "in rpa.toml.",
        zh=f"多个列含义相同：{named}。请只保留一列，或在 rpa.toml 的 columns 中指定。",
    )
