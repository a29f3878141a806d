"""Names of shops and "@group"s: which shops they stand for, and what is said of one that nothing has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from rpa.language import Text
from rpa.toml.document import meant_instead


class _Named(Protocol):
    """A shop, usable or not."""

    @property
    def name(self) -> str: ...

    @property
    def groups(self) -> Sequence[str] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What each name stands for: a shop's own name for itself, "@group" for all in it."""

    known: Mapping[str, Sequence[str]]
    anywhere: Sequence[str]
    """The shops of which nobody knows the groups."""

    @classmethod
    def of(cls, shops: Iterable[_Named]) -> Self:
        """The names of these shops."""
        return cls.of_groups({shop.name: shop.groups for shop in shops})

    @classmethod
    def of_groups(cls, groups: Mapping[str, Sequence[str] | None]) -> Self:
        """The names of shops, given the groups of each; None: nobody knows them, and it may be in any."""
        known = {name: [name] for name in groups}
        for name, belongs_to in groups.items():
            for group in belongs_to or ():
                known.setdefault(f"@{group}", []).append(name)
        return cls(known=known, anywhere=[name for name, belongs_to in groups.items() if belongs_to is None])

    def members(self, name: str) -> Sequence[str]:
        """The shops that it stands for, or may stand for."""
        return [*self.known.get(name, ()), *(self.anywhere if name[:1] == "@" else ())]

    def problem(self, name: str) -> Text | None:
        """`has no shop …` with "did you mean", to be said of a file; None for a name that there is, or may be."""
        if self.members(name):
            return None
        if f"@{name}" in self.known:
            return Text(en=f'has no shop "{name}"; did you mean "@{name}"?', zh=f"没有店铺“{name}”；是否指“@{name}”？")
        mark = name[:1] == "@"
        near = meant_instead(name, [each for each in self.known if (each[:1] == "@") == mark])
        what = Text(en="group", zh="分组") if mark else Text(en="shop", zh="店铺")
        return Text(en=f'has no {what.en} "{name}"{near.en}', zh=f"没有{what.zh}“{name}”{near.zh}")
