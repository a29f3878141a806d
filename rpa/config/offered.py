"""What installed flows offer to rpa.toml: options that a schedule may give, settings that a shop may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel


class HasOptions(Protocol):
    """A flow, as far as its options go."""

    @property
    def name(self) -> str:
        """What a schedule calls it."""

    @property
    def options(self) -> type:
        """A frozen dataclass, a field for each option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What flows offer to the configuration, which knows none of them."""

    flows: Callable[[], Mapping[str, HasOptions]]
    """By name; asked for only where a schedule names a flow, because it imports all of them."""
    shop_settings: Sequence[type[BaseModel]]
    """Models of the settings that flows add to a shop's table."""
