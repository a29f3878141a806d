"""What people read of shipments, and what `rpa init` writes for shipping with nobody watching."""

from __future__ import annotations

from typing import Final

from rpa.kind_words import KindWords
from rpa.language import Text
from rpa.starter import StarterPart

SHIP: Final = KindWords(
    noun=Text(en="order", zh="订单"),
    nouns=Text(en="orders", zh="单"),
    does=Text(en="ships", zh="发货"),
    done=Text(en="shipped", zh="已发货"),
    not_done=Text(en="not shipped", zh="未发货"),
    undone=Text(en="not sent any more", zh="已不是发货状态"),
    to_do=Text(en="to ship", zh="待发货"),
    due=Text(en="ship", zh="待发"),
    deadline=Text(en="ship-by time", zh="发货时限"),
)
STARTER: Final = StarterPart(
    schedule_lines=Text(
        en="""\
# Ship what has a tracking number, every half hour:
# [[schedule]]
# flow = "ship"
# every = "30m"
# between = "08:00-23:00"
# Days without runs, but those with on_quiet_days. Alarms before ship-by go on, of the orders that were read: one that
# comes in the holidays may be due in them, so read three times a day then, too.
# [[schedule]]
# flow = "pending-orders"
# at = ["08:00", "14:00", "20:00"]
# on_quiet_days = true
""",
        zh="""\
# 每半小时把有快递单号的订单发货：
# [[schedule]]
# flow = "ship"
# every = "30m"
# between = "08:00-23:00"
# 休息日不运行（写了 on_quiet_days 的除外）。发货截止前的提醒照常，但只针对读取过的订单；
# 假期中新来的订单可能假期内就到期，所以每天读取三次：
# [[schedule]]
# flow = "pending-orders"
# at = ["08:00", "14:00", "20:00"]
# on_quiet_days = true
""",
    )
)
