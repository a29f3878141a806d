"""Reason codes of rows about notices and the files they bring."""

from __future__ import annotations

from flows.orders.reasons import Coded, Reason
from rpa.outcome import Outcome


def _as(reason: Reason) -> tuple[str, Outcome, str, str]:
    """The definition of a reason that rows about orders have too."""
    return reason.value, reason.outcome, reason.text.en, reason.text.zh


class NoticeReason(Coded):
    """Why the row of a notice, or of one of its attachments, ended as it did."""

    # fmt: off
    READ = "read", Outcome.DONE, "Read; what it says of orders is known.", "已读取，其中涉及的订单已登记。"
    SAVED = "saved", Outcome.DONE, "Saved; it is not about audits.", "已保存；与订单审核无关。"
    NO_ATTACHMENT = "no_attachment", Outcome.NEEDS_PERSON, "This audit notice has no attachment and names no order; read it on the site, then run `rpa notices resolve`.", "该审核站内信没有附件，也未列出订单；请在后台阅读后运行 rpa notices resolve。"
    UNCLEAR = "unclear", Outcome.NEEDS_PERSON, "What it says of some orders is not understood, so they are held; read it and run `rpa notices resolve`.", "其中部分订单的说明无法识别，已拦截这些订单；请阅读后运行 rpa notices resolve。"
    NO_ORDERS = "no_orders", Outcome.NEEDS_PERSON, "No order number was found in it, so nothing is shipped in this shop; read it and run `rpa notices resolve`.", "其中未找到订单号，本店暂停发货；请阅读后运行 rpa notices resolve。"
    BROKEN_FILE = "broken_file", Outcome.NEEDS_PERSON, "The file is damaged or incomplete; download it by hand, read it and run `rpa notices resolve`.", "文件已损坏或不完整；请手动下载阅读后运行 rpa notices resolve。"
    PASSWORD = "password", Outcome.NEEDS_PERSON, "The file has a password; read it by hand and run `rpa notices resolve`.", "文件有密码保护；请人工阅读后运行 rpa notices resolve。"
    WRONG_TYPE = "wrong_type", Outcome.NEEDS_PERSON, "The file is neither a table nor text; read it by hand and run `rpa notices resolve`.", "文件既不是表格也不是文本；请人工阅读后运行 rpa notices resolve。"
    EMPTY_FILE = "empty_file", Outcome.NEEDS_PERSON, "The file is empty; look at the notice on the site, then run `rpa notices resolve`.", "文件是空的；请在后台查看该站内信后运行 rpa notices resolve。"
    HTML_PAGE = "html_page", Outcome.NEEDS_PERSON, "The site gave a web page instead of the file; download it by hand, read it and run `rpa notices resolve`.", "后台返回的是网页而不是文件；请手动下载阅读后运行 rpa notices resolve。"
    BOMB = "bomb", Outcome.NEEDS_PERSON, "The file unpacks to far more than its size, so it was not unpacked; look at the notice on the site, then run `rpa notices resolve`.", "文件解压后异常庞大，未解压；请在后台查看该站内信后运行 rpa notices resolve。"
    TOO_MANY = "too_many", Outcome.NEEDS_PERSON, "The archive holds too many files, so it was not unpacked; read it by hand and run `rpa notices resolve`.", "压缩包内文件过多，未解压；请人工阅读后运行 rpa notices resolve。"
    BAD_NAME = "bad_name", Outcome.NEEDS_PERSON, "The archive holds names that point outside it, so it was not unpacked; look at the notice on the site, then run `rpa notices resolve`.", "压缩包内的文件名指向包外，未解压；请在后台查看该站内信后运行 rpa notices resolve。"
    TOO_LARGE = "too_large", Outcome.NEEDS_PERSON, "The file is larger than the program reads; read it by hand and run `rpa notices resolve`.", "文件超过程序可读取的大小；请人工阅读后运行 rpa notices resolve。"
    NUMBER_DAMAGED = "number_damaged", Outcome.NEEDS_PERSON, "An order number in it is damaged, so an order may be hidden behind it; compare with the site, then run `rpa notices resolve`.", "其中有订单号已损坏，可能遗漏订单；请与后台核对后运行 rpa notices resolve。"
    DOWNLOAD_FAILED = "download_failed", Outcome.REFUSED, "The file could not be downloaded; the next run tries again.", "文件下载失败，下次运行会重试。"
    EXPIRED = "expired", Outcome.NEEDS_PERSON, "The file expired before it was saved; look at the shop's orders of that time, then run `rpa notices resolve`.", "附件在保存前已过期；请核对该时段的订单后运行 rpa notices resolve。"
    SOURCES_DISAGREE = "sources_disagree", Outcome.NEEDS_PERSON, "The page and its data disagree about this notice; look at it on the site.", "页面与数据不一致；请在后台查看该站内信。"
    ROW_MISMATCH = "row_mismatch", Outcome.NEEDS_PERSON, "The page shows another notice than wanted, so nothing was downloaded; the next run tries again.", "页面显示的不是该站内信，因此未下载；下次运行会重试。"
    UNREADABLE = "unreadable", Outcome.NEEDS_PERSON, "A part of the notice's page cannot be read; look at it on the site.", "站内信页面无法读取；请在后台人工查看。"
    TOO_MANY_DOUBTS = "too_many_doubts", Outcome.NEEDS_PERSON, "Three notices in a row ended in doubt; the shop was stopped.", "连续三封站内信结果不明，店铺已停止；请人工查看。"
    CRASHED = "crashed", Outcome.NEEDS_PERSON, "The program failed; see the log. The next run reads this notice again.", "程序出错，见日志；下次运行会重新读取此站内信。"
    STOPPED = "stopped", Outcome.WAITING, "The run was stopped before this notice; the next run goes on.", "运行在此站内信之前被停止，下次继续。"
    RIGHT_MISSING = _as(Reason.RIGHT_MISSING)
    LOGIN_NEEDED = _as(Reason.LOGIN_NEEDED)
    CHALLENGE = _as(Reason.CHALLENGE)
    LOGGED_IN_ELSEWHERE = _as(Reason.LOGGED_IN_ELSEWHERE)
    WRONG_SHOP = _as(Reason.WRONG_SHOP)
    OTHER_LANGUAGE = _as(Reason.OTHER_LANGUAGE)
    SHOP_CLOSED = _as(Reason.SHOP_CLOSED)
    WRONG_SITE = _as(Reason.WRONG_SITE)
    PAGE_CHANGED = _as(Reason.PAGE_CHANGED)
    LIST_INCOMPLETE = _as(Reason.LIST_INCOMPLETE)
    UNKNOWN_OVERLAY = _as(Reason.UNKNOWN_OVERLAY)
    UNEXPECTED_DIALOG = _as(Reason.UNEXPECTED_DIALOG)
    RATE_LIMITED = _as(Reason.RATE_LIMITED)
    NOT_APPROVED = _as(Reason.NOT_APPROVED)
    PAGE_UNREACHABLE = _as(Reason.PAGE_UNREACHABLE)
    LEDGER_BUSY = _as(Reason.LEDGER_BUSY)
    NEEDS_PERSON = _as(Reason.NEEDS_PERSON)
    OVERTAKEN = _as(Reason.OVERTAKEN)
    # fmt: on
