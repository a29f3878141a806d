"""What people read of notices beside their reports: after a ledger was accepted, and in what `rpa init` writes."""

from __future__ import annotations

from typing import Final

from rpa.language import Text
from rpa.starter import StarterPart

READ_ANEW: Final = Text(
    en="Notices and exports are read anew: run audit-notices before you ship.",
    zh="通知和导出需重新读取：发货前请先运行 audit-notices。",
)
STARTER: Final = StarterPart(
    schedule_lines=Text(
        en="""\
# The site keeps audit notices for 7 days only: save them at five past each hour, on quiet days too.
# [[schedule]]
# flow = "audit-notices"
# hours = "6-22"
# minute = 5
# on_quiet_days = true
""",
        zh="""\
# 审核通知在后台只保留 7 天：每小时的 05 分保存一次，休息日也保存。
# [[schedule]]
# flow = "audit-notices"
# hours = "6-22"
# minute = 5
# on_quiet_days = true
""",
    )
)
