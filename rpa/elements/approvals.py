"""Approvals: what a person has confirmed of a profile, on which origin. Kept in var/approvals.json.

A confirmation is bound to all that decides in the profile, which is kept with it: a change of any of it asks again, and
can be named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.elements.facts import Change, Facts, changes, digest_of, without_roles
from rpa.errors import ConfigError
from rpa.files import write_atomically

if TYPE_CHECKING:
    from datetime import datetime

    from rpa.elements.profile import Profile

PROFILE: Final = ""
"""In place of an element: the profile as such was confirmed, and none of its destructive elements with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One element, or the profile as such, as a person confirmed it on one origin."""

    origin: str
    platform: str
    element: str
    signature: str
    """`Profile.digest` at that time."""
    date: str
    """ISO 8601 with offset."""
    by: str


class Approvals:
    """The approvals of one file."""

    def __init__(
        self, path: Path, approvals: tuple[Approval, ...] = (), profiles: Mapping[str, Facts] | None = None
    ) -> None:
        """`profiles`: what they said when they were confirmed, by digest."""
        self.path = path
        self.all = approvals
        self.profiles = dict(profiles or {})

    @classmethod
    def of(cls, var: Path) -> Approvals:
        """Those of the project whose state lies here."""
        return cls.load(var / "approvals.json")

    @classmethod
    def load(cls, path: Path) -> Approvals:
        """The approvals in this file; none if it does not exist. Raises ConfigError when it cannot be read."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            told = {digest: dict(facts) for digest, facts in kept.get("profiles", {}).items()}
            profiles = {digest: without_roles(facts) for digest, facts in told.items()}
            signatures = {digest: digest_of(facts) for digest, facts in profiles.items()}
            entries = [Approval(**_with_origin(entry)) for entry in kept["approvals"]]
            approvals = (replace(each, signature=signatures.get(each.signature, each.signature)) for each in entries)
            return cls(path, tuple(approvals), {signatures[digest]: facts for digest, facts in profiles.items()})
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            advice = "Move the file away and confirm again with `rpa selectors approve`."
            raise ConfigError(f"{path} cannot be read ({type(error).__name__}). {advice}") from error

    def allows(self, origin: str, element: str, profile: Profile) -> bool:
        """Whether this element may be clicked unattended in documents of this origin."""
        return any(one.element == element and one.signature == profile.digest for one in self._of(origin, profile))

    def accepts(self, origin: str, profile: Profile) -> bool:
        """Whether anything may be touched on the site of this origin by this profile.

        One of the user's own must have been seen by a person as it is now, with what it says otherwise than the one
        that came with the program.
        """
        return not profile.own or any(one.signature == profile.digest for one in self._of(origin, profile))

    def earlier(self, origin: str, profile: Profile, *, element: str | None = None) -> Approval | None:
        """The newest approval there is on this origin, of this element or of anything: the last one written."""
        found = [one for one in self._of(origin, profile) if element in (None, one.element)]
        return found[-1] if found else None

    def changes_since(self, approval: Approval, profile: Profile) -> list[Change] | None:
        """What the profile says otherwise by now; None: releases before kept too little to tell."""
        facts = self.profiles.get(approval.signature)
        return None if facts is None else changes(facts, profile.facts)

    def approve(self, origin: str, profile: Profile, element: str, *, by: str, now: datetime) -> Approval:
        """Record that a person confirmed this element on this origin, and write the file."""
        if element != PROFILE:
            profile.element(element)
        approval = Approval(
            origin=origin,
            platform=profile.name,
            element=element,
            signature=profile.digest,
            date=now.isoformat(timespec="seconds"),
            by=by,
        )
        before = Approvals.load(self.path)
        self.all = (*(one for one in before.all if _subject(one) != _subject(approval)), approval)
        kept = {one.signature for one in self.all}
        profiles = {**before.profiles, profile.digest: profile.facts}
        self.profiles = {digest: facts for digest, facts in profiles.items() if digest in kept}
        entries = {"approvals": [asdict(one) for one in self.all], "profiles": self.profiles}
        write_atomically(self.path, json.dumps(entries, ensure_ascii=False, indent=1).encode())
        return approval

    def _of(self, origin: str, profile: Profile) -> list[Approval]:
        return [one for one in self.all if (one.origin, one.platform) == (origin, profile.name)]


def _subject(approval: Approval) -> tuple[str, str, str]:
    return approval.origin, approval.platform, approval.element


def _with_origin(entry: dict[str, str]) -> dict[str, str]:
    """An entry as it is kept now; earlier releases kept the host alone, of a site that was https then as now."""
    kept = {**entry}
    if "host" in kept:
        kept["origin"] = f"https://{kept.pop('host')}"
    return kept
