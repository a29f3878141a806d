"""Platforms: which capability is done by which class, and what a flow misses in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from rpa.elements.uses import Uses
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

    Such a class takes `(view, shop)` and says what it cannot do without in a profile, and what it does with each
    element, as `uses`: a `Uses`, or a function that makes one of a profile. Of several the first does it that the
    shop's profile describes: `described_in(profile)`, where it has that, says so.
    """

    name: str
    """That of the profiles it is for; `rpa.elements.roles.COMMON`: of each that no other platform is for."""
    can: Mapping[type, Way | tuple[Way, ...]]
    signs: frozenset[str] = frozenset()
    """Facts that this site always tells of what it lists: no profile may call them absent."""

    def uses(self, profile: Profile) -> Uses:
        """What all its classes use, whichever of them this profile describes."""
        found = Uses()
        for way in (way for each in self.can for way in self._ways(each)):
            found |= uses_of(way, profile=profile)
        return found

    def way(self, capability: type, *, profile: Profile) -> Way | None:
        """The class that does it where a shop's pages are as this profile describes them; None: none does."""
        return next((way for way in self._ways(capability) if _is_described(way, profile)), None)

    def lacking(self, capability: type, *, profile: Profile) -> Iterator[str]:
        """What this profile misses for it: of the class that does it, else of the first that could."""
        ways = self._ways(capability)
        way = self.way(capability, profile=profile) or next(iter(ways), None)
        if way is None:
            yield capability.__name__
        elif lacks := [*uses_of(way, profile=profile).missing(profile)]:
            yield from (f"{capability.__name__} ({each})" for each in lacks)
        elif not _is_described(way, profile):
            yield capability.__name__

    def _ways(self, capability: type) -> tuple[Way, ...]:
        found = self.can.get(capability, ())
        return found if isinstance(found, tuple) else (found,)


def _is_described(way: Way, profile: Profile) -> bool:
    described_in: Callable[[Profile], bool] | None = getattr(way, "described_in", None)
    return described_in is None or described_in(profile)


def uses_of(way: Way, *, profile: Profile) -> Uses:
    """What this class cannot do without in this profile."""
    uses: Uses | Callable[[Profile], Uses] = getattr(way, "uses", Uses())
    return uses if isinstance(uses, Uses) else uses(profile)


def missing_capabilities(flow: Flow, platform: Platform, *, profile: Profile, options: Any = None) -> list[str]:
    """Names of what this flow needs and this platform, or its profile, does not offer.

    `options`: those that the flow is given; None: not known.
    """
    needs = (*flow.needs, *(() if options is None else flow.needs_with(options)))
    return [lack for need in needs for lack in _lacking(need, platform=platform, profile=profile)]


def _lacking(need: type | tuple[type, ...], *, platform: Platform, profile: Profile) -> Iterator[str]:
    """What is missed for this; of several, of which one would do, for each."""
    if not isinstance(need, tuple):
        yield from platform.lacking(need, profile=profile)
        return
    lacks = [", ".join(platform.lacking(each, profile=profile)) for each in need]
    if all(lacks):
        yield " or ".join(lacks)
