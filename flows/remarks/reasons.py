"""Reason codes of rows about remarks, where their words are others than those of shipments."""

from __future__ import annotations

from flows.orders.reasons import Coded
from rpa.outcome import Outcome


class RemarkReason(Coded):
    """Why the row of an order's remark ended as it did."""

    # fmt: off
    REMARKED = "remarked", Outcome.DONE, "Saved and read back from the site.", "备注已保存，并已从后台读回核对。"
    RECOVERED = "recovered", Outcome.DONE, "Sent by an earlier run that was cut off; the site shows it.", "此前中断的运行已提交，后台已显示该备注。"
    ALREADY_THERE = "already_there", Outcome.ALREADY_DONE, "The order has this very remark and flag already.", "订单已是该备注和旗标，无需处理。"
    DRY_RUN = "dry_run", Outcome.PLANNED, "Would be written; this was a dry run. Use --live to write.", "预演：将会写入备注。正式写入请加 --live。"
    CHANGED_MEANWHILE = "changed_meanwhile", Outcome.WAITING, "Somebody changed the remark while it was being written; nothing was saved, the next run looks again.", "写入期间备注被他人修改，未保存；下次运行会重新核对。"
    CHANGED_BY_ANOTHER = "changed_by_another", Outcome.NEEDS_PERSON, "This remark was written before, and somebody has changed it since; it is not written over that. To have it again, run `rpa ledger resolve SHOP ORDER --kind remark --not-done`.", "此备注此前已写入，之后被他人改动，不会再次覆盖；确需重写，请运行 rpa ledger resolve 店铺 订单号 --kind remark --not-done。"
    BAD_ROW = "bad_row", Outcome.REFUSED, "The row cannot be used; correct it and run again.", "此行有误，请改正后重新运行。"
    NOTHING_WANTED = "nothing_wanted", Outcome.REFUSED, "The row has neither a remark nor a flag; fill one in.", "此行没有备注也没有旗标，请填写。"
    TOO_LONG = "too_long", Outcome.REFUSED, "The remark has more than 300 characters; shorten it.", "备注超过300字，请缩短。"
    NO_SUCH_FLAG = "no_such_flag", Outcome.REFUSED, "There is no such flag; use red, yellow, green, blue or purple.", "没有这种旗标；请填写红、黄、绿、蓝、紫之一。"
    NOT_AN_ORDER_SN = "not_an_order_sn", Outcome.REFUSED, "This is not an order number of the platform; correct it.", "不是本平台的订单号，请改正。"
    DUPLICATE_ROW = "duplicate_row", Outcome.REFUSED, "The same row stands there more than once; the first one counts.", "有重复行，以第一行为准。"
    CONTRADICTORY_ROWS = "contradictory_rows", Outcome.REFUSED, "Rows for this order contradict each other; keep the right one.", "同一订单的多行互相矛盾，请只保留正确的一行。"
    SITE_REFUSED = "site_refused", Outcome.REFUSED, "The site refused the remark; its words stand in the message.", "后台拒绝保存备注，原因见说明。"
    NOT_DONE = "not_done", Outcome.REFUSED, "The site did not take the remark (looked twice); the next run tries again.", "两次核对后台均未保存；下次运行会重试。"
    CONFLICT = "conflict", Outcome.NEEDS_PERSON, "We saved one remark, the site shows another; look at the order, then run `rpa ledger resolve`.", "提交的备注与后台显示不一致；请核对订单后运行 rpa ledger resolve。"
    UNKNOWN = "unknown", Outcome.NEEDS_PERSON, "It is not certain whether the remark was saved; look at the order, then run `rpa ledger resolve`.", "无法确定备注是否已保存；请在后台核对后运行 rpa ledger resolve。"
    # fmt: on
