"""Couriers: whom a name in a sheet means, and whom a tracking number names by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.orders.cells import name_key

SHORT_NAME = 4
"""Names below this many characters are similar to one that shares half of them."""

SHORTEST_REST = 8
"""Characters that must follow a distinctive prefix: `SF` alone is a name, not a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """One courier of the site."""

    name: str
    """As the site's courier select shows it."""
    aliases: tuple[str, ...]
    type_in: str
    """Typed into the site's select, finds this courier alone."""
    prefixes: tuple[str, ...]
    """How numbers of this courier begin and no other courier's do."""
    pattern: re.Pattern[str]
    """What its numbers usually look like; others are refused, unless a person says otherwise."""
    shipping_id: int | None
    """The site's own id."""


@dataclass(frozen=True, slots=True)
class CourierTable:
    """The couriers of one platform."""

    couriers: tuple[Courier, ...]
    _by_key: dict[str, Courier] = field(init=False, repr=False, compare=False)
    _in_text: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {name_key(name): courier for courier in self.couriers for name in (*courier.aliases, courier.name)}
        chinese = sorted((re.escape(key) for key in by_key if not key.isascii()), key=len, reverse=True)
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_in_text", re.compile("|".join(chinese) or "(?!)", re.IGNORECASE))

    def is_usual(self, number: str, *, courier: str) -> bool:
        """Whether the number looks as those of the courier of this name usually do."""
        known = self.named(courier)
        return known is not None and bool(known.pattern.fullmatch(number))

    def named(self, text: str) -> Courier | None:
        """The courier of this name or alias, whatever its case, width and spaces; None: not known."""
        return self._by_key.get(name_key(text))

    def suggest(self, text: str) -> tuple[str, ...]:
        """Up to three of the site's names that may have been meant, the likeliest first."""
        key = name_key(text)
        inside = [known for known in self._by_key if key and (known in key or (key in known and not key.isascii()))]
        similar = difflib.get_close_matches(key, self._by_key, n=6, cutoff=0.5 if len(key) < SHORT_NAME else 0.6)
        return tuple(dict.fromkeys(self._by_key[known].name for known in (*inside, *similar)))[:3]

    def by_prefix(self, number: str) -> Courier | None:
        """The courier that the number names by a distinctive prefix; None: any courier may have it."""
        upper = number.upper()
        for courier in self.couriers:
            for prefix in courier.prefixes:
                if upper.startswith(prefix) and len(upper) >= len(prefix) + SHORTEST_REST:
                    return courier
        return None

    def taken_out(self, text: str) -> tuple[str, tuple[Courier, ...]]:
        """The text without the Chinese names of couriers in it, and the couriers that were named."""
        named = dict.fromkeys(found.casefold() for found in self._in_text.findall(text))
        couriers = dict.fromkeys(self._by_key[key] for key in named)
        return (self._in_text.sub(" ", text), tuple(couriers)) if named else (text, ())

    def clashes(self) -> Iterator[str]:
        """Mistakes of the table: names or prefixes that two couriers claim."""
        for courier in self.couriers:
            for name in (courier.name, *courier.aliases):
                if self._by_key[name_key(name)] is not courier:
                    yield f'"{name}" names {courier.name} and {self._by_key[name_key(name)].name}'
            others = [other for other in self.couriers if other is not courier]
            for prefix in courier.prefixes:
                for other in others:
                    if any(prefix.startswith(claimed) for claimed in other.prefixes):
                        yield f'prefix "{prefix}" of {courier.name} is also {other.name}\'s'
