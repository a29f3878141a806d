"""Platforms: which capability is done by which class, and what a flow misses in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from rpa.flow import Flow

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile

Way: TypeAlias = "Callable[[View, Shop], Any]"
"""A class that does a capability through a View."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What a platform can do: each capability (a protocol) with the class that does it through a View.

    Such a class takes `(view, shop)` and may name the profile's elements it cannot do without as `elements`, those that
    it uses because of what a profile says as `uses(profile)`, and those with which it does what cannot be undone as
    `commits`. Of several the first does it that the shop's profile describes: `described_in(profile)`, where it has
    that, says so.
    """

    name: str
    can: Mapping[type, Way | tuple[Way, ...]]
    signs: frozenset[str] = frozenset()
    """Facts that this site always tells of what it lists: no profile may call them absent."""

    @property
    def commits(self) -> frozenset[str]:
        """The elements with which its code does what cannot be undone, whatever a profile says of them."""
        return frozenset(name for each in self.can for way in self._ways(each) for name in getattr(way, "commits", ()))

    def way(self, capability: type, *, profile: Profile) -> Way | None:
        """The class that does it where a shop's pages are as this profile describes them; None: none does."""
        return next((way for way in self._ways(capability) if _is_described(way, profile)), None)

    def _ways(self, capability: type) -> tuple[Way, ...]:
        found = self.can.get(capability, ())
        return found if isinstance(found, tuple) else (found,)


def _is_described(way: Way, profile: Profile) -> bool:
    described_in: Callable[[Profile], bool] | None = getattr(way, "described_in", None)
    return described_in is None or described_in(profile)


def missing_capabilities(flow: Flow, platform: Platform, *, profile: Profile) -> list[str]:
    """Names of what this flow needs and this platform, or its profile, does not offer."""
    ways = {need: platform.way(need, profile=profile) for need in flow.needs}
    missing = [need.__name__ for need, way in ways.items() if way is None]
    for need, way in ways.items():
        uses = getattr(way, "uses", None)
        elements: Sequence[str] = (*getattr(way, "elements", ()), *(uses(profile) if uses is not None else ()))
        missing += [f"{need.__name__} (element {name})" for name in elements if name not in profile.elements]
    return missing
