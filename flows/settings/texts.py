"""What people read of settings of a shop."""

from __future__ import annotations

from typing import Final

from rpa.kind_words import KindWords
from rpa.language import Text

SETTING: Final = KindWords(
    noun=Text(en="setting", zh="设置"),
    nouns=Text(en="settings", zh="项设置"),
    does=Text(en="sets the shop", zh="修改店铺设置"),
    done=Text(en="shown as set", zh="已是此设置"),
    not_done=Text(en="not shown as set", zh="不是此设置"),
    undone=Text(en="not shown as set any more", zh="已不是此设置"),
    to_do=Text(en="to be set", zh="待设置"),
    due=Text(en="setting", zh="待设置"),
    deadline=Text(en="deadline", zh="期限"),
)
