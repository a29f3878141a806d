"""Which destructive elements a person has confirmed, on which origin. Kept in var/approvals.json."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.errors import ConfigError
from rpa.files import write_atomically

if TYPE_CHECKING:
    from rpa.elements.profile import Element, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One element as a person confirmed it on one origin."""

    origin: str
    platform: str
    element: str
    signature: str
    """See `signature_of`; an edited locator makes another one."""
    date: str
    """ISO 8601 with offset."""
    by: str


def signature_of(profile: Profile, element: Element) -> str:
    """A hash of what decides where a click goes: the element, its row or dialog, the signatures of its pages.

    Sources and dates do not count, nor does any other element.
    """
    around = sorted({name for page in element.pages for name in profile.pages[page].signature})
    decisive = {
        "platform": profile.name,
        "element": _decisive(element),
        "pages": [(page, profile.pages[page].path) for page in element.pages],
        "around": [_decisive(profile.element(name)) for name in around],
        "within": _container(profile, element.within),
    }
    text = json.dumps(decisive, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Approvals:
    """The approvals of one file."""

    def __init__(self, path: Path, approvals: tuple[Approval, ...] = ()) -> None:
        self.path = path
        self.all = approvals

    @classmethod
    def load(cls, path: Path) -> Approvals:
        """The approvals in this file; none if it does not exist. Raises ConfigError when it cannot be read."""
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))["approvals"]
            return cls(path, tuple(Approval(**_with_origin(entry)) for entry in entries))
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError, TypeError, KeyError) as error:
            advice = "Move the file away and confirm again with `rpa selectors approve`."
            raise ConfigError(f"{path} cannot be read ({type(error).__name__}). {advice}") from error

    def allows(self, origin: str, element: str, signature: str) -> bool:
        """Whether this element may be clicked unattended in documents of this origin."""
        wanted = (origin, element, signature)
        return any((one.origin, one.element, one.signature) == wanted for one in self.all)

    def approve(self, origin: str, profile: Profile, element: str, *, by: str, now: datetime) -> Approval:
        """Record that a person confirmed this element on this origin, and write the file."""
        approval = Approval(
            origin=origin,
            platform=profile.name,
            element=element,
            signature=profile.element(element).signature,
            date=now.isoformat(timespec="seconds"),
            by=by,
        )
        others = (one for one in Approvals.load(self.path).all if _subject(one) != _subject(approval))
        self.all = (*others, approval)
        entries = {"approvals": [asdict(one) for one in self.all]}
        write_atomically(self.path, json.dumps(entries, ensure_ascii=False, indent=2).encode())
        return approval


def _subject(approval: Approval) -> tuple[str, str, str]:
    return approval.origin, approval.platform, approval.element


def _with_origin(entry: dict[str, str]) -> dict[str, str]:
    """An entry as it is kept now; earlier releases kept the host alone, of a site that was https then as now."""
    kept = {**entry}
    if "host" in kept:
        kept["origin"] = f"https://{kept.pop('host')}"
    return kept


def _decisive(element: Element) -> dict[str, object]:
    return element.model_dump(mode="json", exclude={"source", "verified"})


def _container(profile: Profile, within: str | None) -> dict[str, object] | None:
    kind, _, name = (within or "").partition(":")
    if kind == "list":
        spec = profile.lists[name]
        return {"rows": spec.rows, "key": spec.fields[spec.key].model_dump(mode="json")}
    if kind == "dialog":
        return profile.dialogs[name].model_dump(mode="json", include={"container", "key"})
    return None
