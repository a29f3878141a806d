"""The tables `[identifiers]`, `[couriers]` and `[sheets]` of a selector profile."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from flows.orders.cells import header_key
from flows.orders.couriers import Courier, CourierTable
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.toml.document import meant_instead

_NO_COURIER = Text(
    en='courier_patterns: no courier is called "{name}"{near}.',
    zh="courier_patterns：没有名为“{name}”的快递公司{near}。",
)


def _compiled(source: object) -> object:
    """A pattern whose digits are 0-9 only: full-width digits are cleaned before, never matched."""
    if not isinstance(source, str):
        return source
    try:
        return re.compile(source, re.ASCII)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def _either(*patterns: re.Pattern[str]) -> re.Pattern[str]:
    """A pattern that matches what any of these does."""
    first, *others = dict.fromkeys(patterns)
    if not others:
        return first
    flags = first.flags
    if any(other.flags != flags for other in others):
        raise ValueError(f"{first.pattern} and {others[0].pattern} have different flags")
    return re.compile("|".join(f"(?:{_plain(each.pattern)})" for each in (first, *others)), flags)


def _plain(source: str) -> str:
    """A pattern without the flags that stand at its beginning; a joined one has them by itself."""
    return re.sub(r"^\(\?[a-z]+\)", "", source)


Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
Words = tuple[Annotated[str, Field(min_length=1)], ...]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Identifiers(_Table):
    """What the platform's numbers look like; each pattern must match the whole cleaned text."""

    order_sn: Pattern
    order_sn_example: str
    tracking_number: Pattern
    """What the site's field takes; anything else is not a tracking number."""
    phone: Pattern | None = None
    """A phone number, which is never a tracking number; None: nobody takes one for the other."""

    def joined(self, other: Identifiers) -> Identifiers:
        """Numbers as either platform has them."""
        phones = [each.phone for each in (self, other) if each.phone is not None]
        return Identifiers(
            order_sn=_either(self.order_sn, other.order_sn),
            order_sn_example=" / ".join(dict.fromkeys((self.order_sn_example, other.order_sn_example))),
            tracking_number=_either(self.tracking_number, other.tracking_number),
            phone=_either(*phones) if phones else None,
        )


class CourierWords(_Table):
    """One courier as the site and people write it; see `flows.orders.couriers.Courier` for the meaning."""

    name: str = Field(min_length=1)
    aliases: Words = ()
    type_in: str = Field(min_length=2)
    prefixes: Words = ()
    pattern: Pattern
    shipping_id: int | None = None
    """Its number on the site, where that has one."""
    source: str
    verified: str = "never"


class Couriers(_Table):
    """All couriers that the platform's courier select offers."""

    known: tuple[CourierWords, ...]

    @cached_property
    def table(self) -> CourierTable:
        """The couriers, to be found by name or by number."""
        return CourierTable(tuple(Courier(**entry.model_dump(exclude={"source", "verified"})) for entry in self.known))

    def with_patterns(self, patterns: Mapping[str, re.Pattern[str]]) -> Couriers:
        """These couriers with further numbers that are usual for them, by their names.

        Raises ConfigError for a name that no courier has.
        """
        known = {entry.name: entry for entry in self.known}
        for name, pattern in patterns.items():
            courier = self.table.named(name)
            if courier is None:
                raise ConfigError(_NO_COURIER.with_words(name=name, near=meant_instead(name, known)))
            either = re.compile(f"(?:{known[courier.name].pattern.pattern})|(?:{pattern.pattern})", re.ASCII)
            known[courier.name] = known[courier.name].model_copy(update={"pattern": either})
        return Couriers(known=tuple(known.values())) if patterns else self

    def joined(self, other: Couriers) -> Couriers:
        """The couriers of either platform; one that both have, by any of its names, goes by all of them."""
        known = {entry.name: entry for entry in self.known}
        for entry in other.known:
            found = (self.table.named(name) for name in (entry.name, *entry.aliases))
            ours = next((each for each in found if each is not None), None)
            if ours is None:
                known[entry.name] = entry
                continue
            mine = known[ours.name]
            names = (*mine.aliases, entry.name, *entry.aliases)
            more = tuple(name for name in dict.fromkeys(names) if name != mine.name)
            known[ours.name] = mine.model_copy(
                update={"aliases": more, "pattern": _either(mine.pattern, entry.pattern)}
            )
        return Couriers(known=tuple(known.values()))

    @model_validator(mode="after")
    def _names_one_courier_each(self) -> Couriers:
        clashes = [*self.table.clashes(), *self._unclear_typing()]
        if clashes:
            raise ValueError("; ".join(clashes))
        return self

    def _unclear_typing(self) -> Iterator[str]:
        for entry in self.known:
            found = [other.name for other in self.known if entry.type_in in other.name]
            if found != [entry.name]:
                yield f'type_in "{entry.type_in}" of {entry.name} finds {", ".join(found) or "nothing"}'


class Sheets(_Table):
    """Words of sheets that bring tracking numbers: header variants by field, total rows, noise."""

    order_sn: Words
    courier: Words
    tracking_number: Words
    proof: Words
    parcels: Words = ()
    """Headers of columns that tell parcels whole; read where no column tells tracking numbers alone."""
    parcel: tuple[Pattern, ...] = ()
    """What one parcel of a cell reads like that tells `number` and `courier` together (groups of these names); several
    stand one after the other with semicolons between them."""
    further_number: Pattern
    """Headers, as `flows.orders.cells.header_key` writes them, of columns for the numbers of further parcels."""
    notes: Words
    """Headers of columns for remarks, in which the number of a further parcel may stand."""
    total_row: Pattern
    """What the first text, or the order number cell, of a total row looks like."""
    empty: Words
    """What people write for "nothing"."""
    noise: Words
    """Words that stand beside a number in exported cells."""
    header_within_rows: int = Field(ge=1)

    @cached_property
    def headers(self) -> dict[str, str]:
        """Field name by normalised header."""
        return {header_key(word): field for field in _COLUMNS for word in getattr(self, field)}

    @cached_property
    def note_headers(self) -> frozenset[str]:
        """The normalised headers of remarks."""
        return frozenset(map(header_key, self.notes))

    def joined(self, other: Sheets) -> Sheets:
        """The words of either platform."""
        lists = (*_COLUMNS, "parcel", "notes", "empty", "noise")
        words = {name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in lists}
        patterns = {
            name: _either(getattr(self, name), getattr(other, name)) for name in ("further_number", "total_row")
        }
        rows = max(self.header_within_rows, other.header_within_rows)
        return Sheets(**words, **patterns, header_within_rows=rows)

    @model_validator(mode="after")
    def _headers_mean_one_field(self) -> Sheets:
        twice = [word for field in _COLUMNS for word in getattr(self, field) if self.headers[header_key(word)] != field]
        if twice:
            raise ValueError(f"headers that mean two fields: {', '.join(twice)}")
        return self

    @field_validator("parcel")
    @classmethod
    def _tells_both(cls, parcel: tuple[re.Pattern[str], ...]) -> tuple[re.Pattern[str], ...]:
        if any(not {"number", "courier"} <= each.groupindex.keys() for each in parcel):
            raise ValueError('needs the groups "number" and "courier"')
        return parcel


FIELDS = ("order_sn", "courier", "tracking_number", "proof")
"""The columns a sheet can bring."""
_COLUMNS = (*FIELDS, "parcels")


class SheetProfile(_Table):
    """Everything that reading sheets needs to know about one platform."""

    identifiers: Identifiers
    couriers: Couriers
    sheets: Sheets

    @property
    def order_sn(self) -> re.Pattern[str]:
        """What an order number of the platform looks like."""
        return self.identifiers.order_sn

    def joined(self, other: SheetProfile) -> SheetProfile:
        """What reads sheets of both platforms: numbers, couriers and headers of either. Raises ValueError on a clash.

        A courier that both have keeps the name that it has here.
        """
        return SheetProfile(
            identifiers=self.identifiers.joined(other.identifiers),
            couriers=self.couriers.joined(other.couriers),
            sheets=self.sheets.joined(other.sheets),
        )


def read_sheet_profile(path: Path) -> SheetProfile:
    """The three tables of one profile file. Raises pydantic's ValidationError naming every mistake in them."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return SheetProfile.model_validate({name: tables.get(name, {}) for name in SheetProfile.model_fields})
