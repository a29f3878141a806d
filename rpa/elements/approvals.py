"""What a person has confirmed of a profile, on which host. Kept in var/approvals.json.

A confirmation is bound to all that decides in the profile, which is kept with it: a change of any of it asks again, and
can be named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.address import is_loopback
from rpa.elements.facts import Change, Facts, changes
from rpa.errors import ConfigError
from rpa.files import write_atomically

if TYPE_CHECKING:
    from datetime import datetime

    from rpa.elements.profile import Profile

PROFILE: Final = ""
"""In place of an element: the profile as such was confirmed, and none of its destructive elements with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One element, or the profile as such, as a person confirmed it on one host."""

    host: str
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
            profiles = {digest: dict(facts) for digest, facts in kept.get("profiles", {}).items()}
            return cls(path, tuple(Approval(**entry) for entry in kept["approvals"]), profiles)
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            advice = "Move the file away and confirm again with `rpa selectors approve`."
            raise ConfigError(f"{path} cannot be read ({type(error).__name__}). {advice}") from error

    def allows(self, host: str, element: str, profile: Profile) -> bool:
        """Whether this element may be clicked unattended on this host; on this machine itself always."""
        if is_loopback(host):
            return True
        return any(one.element == element and one.signature == profile.digest for one in self._of(host, profile))

    def accepts(self, host: str, profile: Profile) -> bool:
        """Whether anything may be touched on this host by this profile.

        One of the user's own must have been seen by a person as it is now, with what it says otherwise than the one
        that came with the program.
        """
        if not profile.own or is_loopback(host):
            return True
        return any(one.signature == profile.digest for one in self._of(host, profile))

    def earlier(self, host: str, profile: Profile, *, element: str | None = None) -> Approval | None:
        """The newest approval there is on this host, of this element or of anything: the last one that was written."""
        found = [one for one in self._of(host, profile) if element in (None, one.element)]
        return found[-1] if found else None

    def changes_since(self, approval: Approval, profile: Profile) -> list[Change] | None:
        """What the profile says otherwise by now; None: releases before kept too little to tell."""
        facts = self.profiles.get(approval.signature)
        return None if facts is None else changes(facts, profile.facts)

    def approve(self, host: str, profile: Profile, element: str, *, by: str, now: datetime) -> Approval:
        """Record that a person confirmed this element on this host, and write the file."""
        if element != PROFILE:
            profile.element(element)
        approval = Approval(
            host=host.lower(),
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

    def _of(self, host: str, profile: Profile) -> list[Approval]:
        return [one for one in self.all if (one.host, one.platform) == (host.lower(), profile.name)]


def _subject(approval: Approval) -> tuple[str, str, str]:
    return approval.host, approval.platform, approval.element
