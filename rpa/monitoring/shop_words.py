"""Names of shops in sentences: long lists in one line, a shop's own name where a sentence leaves room for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rpa.language import Language, Text

if TYPE_CHECKING:
    from rpa.config import BrokenShop


_OF_HOW_MANY = Text(en="{names} … ({count})", zh="{names} 等 {count} 个")
_ANY_SHOP = Text(en="SHOP", zh="店铺名")
"""What sentences that hold for every shop call it."""
_BETWEEN = Text(en=", ", zh="、")


def named(names: Sequence[str], *, language: Language, most: int) -> str:
    """The names; of more than `most`, the first ones and how many there are."""
    together = _BETWEEN.of(language).join(names[:most])
    if len(names) <= most:
        return together
    return _OF_HOW_MANY.of(language, names=together, count=len(names))


def addressed(text: Text, *, shops: Sequence[str], language: Language) -> str:
    """The sentence for these shops: with the shop's own name where it names none, if there is just one."""
    sentence = text.of(language)
    return sentence.replace(_ANY_SHOP.of(language), shops[0]) if len(shops) == 1 and shops[0] else sentence


CAUSE: Final = "shop_file"
"""The cause of the incident."""

PUT_RIGHT: Final = Text(
    en="Not run until its file is put right, which then counts at once; the other shops go on.",
    zh="配置有误，改正之前不会运行，改正后立即生效；其他店铺照常运行。",
)
"""Where the mistake itself is told beside it."""
_NOT_RUN = Text(en="not run until its file is put right: {problem}", zh="配置有误，改正之前不会运行：{problem}")


def what_is_wrong(shop: BrokenShop) -> Text:
    """Which file and key, and what to do, in a sentence that does not name the shop."""
    return _NOT_RUN.with_words(problem=shop.summary)
