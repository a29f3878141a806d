"""Settings as values: what a page holds, what is expected of it, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flows.orders.reasons import Coded

KIND: Final = "setting"
"""The ledger's kind for a setting of a shop."""

SHIP_FROM: Final = "ship_from"
"""The address from which parcels leave by default; its value is the address' id."""
DEFAULT_COURIER: Final = "default_courier"
"""The courier that is chosen by default; its value is the name."""
SETTABLE: Final = (SHIP_FROM, DEFAULT_COURIER)
"""By their names, which are keys of rpa.toml, too: the settings that can be set."""


def closed_up(text: str) -> str:
    """A text without its blanks, for comparing what two places write."""
    return "".join(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting as its page shows it and as the page was answered."""

    name: str
    value: str = ""
    offered: Mapping[str, str] = field(default_factory=dict)
    """By value, what people read of it, where the page lists what may be set; empty: it does not."""
    others: Mapping[str, str] = field(default_factory=dict)
    """All else that the page holds, by its name."""
    doubt: str | None = None
    """Why it cannot be relied on: page and answer differ, or something cannot be read."""

    def text(self, value: str) -> str:
        """What people read of a value."""
        return self.offered.get(value, value)

    def meant(self, wanted: str) -> Sequence[str]:
        """The values that somebody may mean: by value, by the whole text, or by a part of it."""
        if not self.offered or wanted in self.offered:
            return [wanted]
        words = closed_up(wanted)
        whole = [value for value, text in self.offered.items() if closed_up(text) == words]
        return whole or [value for value, text in self.offered.items() if words in closed_up(text)]

    def told(self, value: str) -> Mapping[str, str]:
        """What the page was answered of this value by field: of an entry that may be chosen, or of the whole form."""
        if not self.offered:
            return {self.name: self.value, **self.others}
        entry = f"{value} "
        return {name.removeprefix(entry): text for name, text in self.others.items() if name.startswith(entry)}

    def changes(self, others: Mapping[str, str]) -> str:
        """What else is otherwise than it was, in words; empty: nothing."""
        names = dict.fromkeys((*others, *self.others))
        changed = {name: (others.get(name), self.others.get(name)) for name in names}
        return "; ".join(f"{name}: {was} → {now}" for name, (was, now) in changed.items() if was != now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waybills:
    """An account for waybills: a courier's outlet."""

    courier: str
    outlet: str
    code: str
    bound: bool
    balance: int | None
    """None: the page does not tell, which is not 0."""
    doubt: str | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.courier} {self.outlet or self.code}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDecision:
    """What is to happen to one setting, and why. `reason` None: it is to be set."""

    subject: str
    """The setting's name."""
    wanted: str
    """As it stands in rpa.toml."""
    value: str = ""
    """The value that this means on the site; empty: not known."""
    setting: Setting | None = None
    """As it was read; None: it was not."""
    reason: Coded | None = None
    message: str = ""

    @property
    def read(self) -> Setting:
        """The setting. Raises ValueError for a decision without one."""
        if self.setting is None:
            message = f"{self.subject} was not decided to be set: {self.reason}"
            raise ValueError(message)
        return self.setting
