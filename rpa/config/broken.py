"""A shop that cannot be used until a file is put right, and what is known of it all the same."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenShop:
    """One shop whose file, or whose table beside another one of the same shop, has a mistake."""

    name: str
    place: str
    """Where it is written, as a person knows it: shops/east.toml."""
    problem: str
    """Which file, line and key, and what to do; in several lines."""
    table: Mapping[str, Any]
    """What can be read of it, unchecked."""
    whole: bool
    """Whether the table is all that the file says; else it may say more."""

    @property
    def summary(self) -> str:
        """The problem in one line: the mistakes alone, without what stands above a list of them."""
        lines = self.problem.splitlines()
        below = [*lines[1:], ""]
        heads = (line[:1] != " " and following[:1] == " " for line, following in zip(lines, below, strict=True))
        return "; ".join(line.strip() for line, is_head in zip(lines, heads, strict=True) if not is_head)

    @property
    def live(self) -> bool:
        """Whether its runs would write, were it in order."""
        return self.table.get("live") is True

    @property
    def mall_name(self) -> str | None:
        """The shop's name, for people."""
        found = self.table.get("mall_name")
        return found if isinstance(found, str) else None

    @property
    def groups(self) -> list[str] | None:
        """The groups it belongs to; None: that cannot be told, and it may be in any."""
        return groups_of(self.table) if "groups" in self.table or self.whole else None


def groups_of(table: object) -> list[str]:
    """The groups in a shop's raw table; what is not a list of texts is a mistake that the model tells."""
    written = table.get("groups") if isinstance(table, Mapping) else None
    return [group for group in written if isinstance(group, str)] if isinstance(written, list) else []


def legible(path: Path) -> Mapping[str, Any]:
    """What the lines say that are good TOML each by itself, in a file that as a whole is none."""
    try:
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    except OSError:
        return {}
    found: dict[str, Any] = {}
    for line in lines:
        try:
            found |= tomllib.loads(line)
        except tomllib.TOMLDecodeError:
            continue
    return found
