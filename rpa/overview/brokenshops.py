"""What people are told of a shop whose file has a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import BrokenShop

CAUSE: Final = "shop_file"
"""The cause of the incident."""

PUT_RIGHT: Final = Text(
    en="Not run until its file is put right, which then counts at once; the other shops go on.",
    zh="配置有误，改正之前不会运行，改正后立即生效；其他店铺照常运行。",
)
"""Where the mistake itself is told beside it."""
_NOT_RUN = Text(
    en="not run until its file is put right: {problem}", zh="配置有误，改正之前不会运行：{problem}"
)  # fmt: skip


def what_is_wrong(shop: BrokenShop) -> Text:
    """Which file and key, and what to do, in a sentence that does not name the shop."""
    return Text(en=_NOT_RUN.en.format(problem=shop.summary), zh=_NOT_RUN.zh.format(problem=shop.summary))
