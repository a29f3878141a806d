"""Long lists of names, short enough for one line."""

from __future__ import annotations

from collections.abc import Sequence

from rpa.language import Language, Text

_OF_HOW_MANY = Text(en="{names} … ({count})", zh="{names} 等 {count} 个")
_BETWEEN = Text(en=", ", zh="、")


def named(names: Sequence[str], *, language: Language, most: int) -> str:
    """The names; of more than `most`, the first ones and how many there are."""
    together = _BETWEEN.of(language).join(names[:most])
    if len(names) <= most:
        return together
    return _OF_HOW_MANY.of(language).format(names=together, count=len(names))
