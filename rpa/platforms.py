"""Platforms: which capability is done by which class, and what a flow misses in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rpa.flow import Flow

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.config import Shop
    from rpa.elements.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What a platform can do: each capability (a protocol) with the class that does it through a View.

    Such a class takes `(view, shop)` and may name the profile's elements it cannot do without as `elements`, those that
    it uses because of what a profile says as `uses(profile)`, and those with which it does what cannot be undone as
    `commits`.
    """

    name: str
    can: Mapping[type, Callable[[View, Shop], Any]]
    signs: frozenset[str] = frozenset()
    """Facts of a subject that this site always tells: no profile may call them absent."""

    @property
    def commits(self) -> frozenset[str]:
        """The elements with which its code does what cannot be undone, whatever a profile says of them."""
        return frozenset(name for way in self.can.values() for name in getattr(way, "commits", ()))


def missing_capabilities(flow: Flow, platform: Platform, *, profile: Profile) -> list[str]:
    """Names of what this flow needs and this platform, or its profile, does not offer."""
    missing = [need.__name__ for need in flow.needs if need not in platform.can]
    for need in flow.needs:
        way = platform.can.get(need)
        uses = getattr(way, "uses", None)
        elements: Sequence[str] = (*getattr(way, "elements", ()), *(uses(profile) if uses is not None else ()))
        missing += [f"{need.__name__} (element {name})" for name in elements if name not in profile.elements]
    return missing
