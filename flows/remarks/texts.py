"""What people read of remarks."""

from __future__ import annotations

from typing import Final

from rpa.kind_words import KindWords
from rpa.language import Text

REMARK: Final = KindWords(
    noun=Text(en="order", zh="订单"),
    nouns=Text(en="orders", zh="单"),
    does=Text(en="writes the remark", zh="写备注"),
    done=Text(en="shown with this remark", zh="已是此备注"),
    not_done=Text(en="not shown with this remark", zh="不是此备注"),
    undone=Text(en="not shown with this remark any more", zh="已不是此备注"),
    to_do=Text(en="to be written on", zh="待写备注"),
    due=Text(en="remark", zh="待写"),
    deadline=Text(en="deadline", zh="期限"),
)
