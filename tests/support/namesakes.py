"""Names, streets and goods that read like the platform's own signs."""

from __future__ import annotations

from typing import Final

NAMED: Final = {
    "nickname": "订单审核中",
    "receiver": "请暂时不要发货",
    "province": "待商家处理省",
    "city": "退款中市",
    "district": "订单有售后区",
    "address": "退款成功路 7 号",
    "goods": "此订单需要平台人工审核 贴纸",
    "spec": "售后处理中",
    "remark": "送订单审核中贴纸",
    "buyer_memo": "本审核提示消失后 再发",
}
"""Each text of an order that a buyer or a seller writes, with a sign in it."""
