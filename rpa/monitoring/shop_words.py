"""Names of shops in sentences: long lists in one line, a shop's own name where a sentence leaves room for it."""

from __future__ import annotations

from collections.abc import Sequence

from rpa.language import Language, Text

_OF_HOW_MANY = Text(en="{names} … ({count})", zh="{names} 等 {count} 个")
_ANY_SHOP = Text(en="SHOP", zh="店铺名")
"""What sentences that hold for every shop call it."""
_BETWEEN = Text(en=", ", zh="、")


def named(names: Sequence[str], *, language: Language, most: int) -> str:
    """The names; of more than `most`, the first ones and how many there are."""
    together = _BETWEEN.of(language).join(names[:most])
    if len(names) <= most:
        return together
    return _OF_HOW_MANY.of(language).format(names=together, count=len(names))


def addressed(text: Text, *, shops: Sequence[str], language: Language) -> str:
    """The sentence for these shops: with the shop's own name where it names none, if there is just one."""
    sentence = text.of(language)
    return sentence.replace(_ANY_SHOP.of(language), shops[0]) if len(shops) == 1 and shops[0] else sentence
