"""Reason codes: one enum, each with the outcome it means and a sentence that says what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from rpa.language import Text
from rpa.outcome import Outcome


class Coded(StrEnum):
    """A reason's code, as it stands in reports, with the outcome it means and what people read."""

    outcome: Outcome
    text: Text

    def __new__(cls, code: str, outcome: Outcome, en: str, zh: str) -> Self:
        """A code with its outcome and sentences."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.outcome = outcome
        member.text = Text(en=en, zh=zh)
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """The reason of this code. Raises KeyError for a code that has none."""
        return {reason.value: reason for reason in cls}[code]

    def sentence(self, language: str) -> str:
        """What it means and what to do, in `zh` or `en`."""
        return self.text.zh if language == "zh" else self.text.en


class Reason(Coded):
    """Why the row of an order or of a sheet row ended as it did."""

    # fmt: off
    SHIPPED = "shipped", Outcome.DONE, "Shipped and read back from the site.", "已发货，并已从后台读回核对。"
    RECOVERED = "recovered", Outcome.DONE, "Sent by an earlier run that was cut off; the site shows it.", "此前中断的运行已提交，后台已显示发货。"
    LISTED = "listed", Outcome.DONE, "Read from the site.", "已从后台读取。"
    SAME_SHIPMENT = "same_shipment", Outcome.ALREADY_DONE, "The site shows this very shipment already.", "后台已是同一快递单号，无需处理。"
    SHIPPED_ELSEWHERE = "shipped_elsewhere", Outcome.ALREADY_DONE, "Shipped on the site by another hand, not by this program.", "已在后台由其他方式发货，并非本程序发出。"
    DRY_RUN = "dry_run", Outcome.PLANNED, "Would be shipped; this was a dry run. Use --live to ship.", "预演：将会发货。正式发货请加 --live。"
    SAID_NO = "said_no", Outcome.PLANNED, "You answered no; nothing was sent.", "您选择了“否”，未提交。"
    CAP_REACHED = "cap_reached", Outcome.WAITING, "The shop's limit of shipments is reached: the next run goes on, but after the `trial` of a new shop only once that is raised in rpa.toml.", "已达到店铺发货上限，下次运行继续；若是新店铺的试运行上限（trial），须先在 rpa.toml 中调大。"
    NO_TRACKING_YET = "no_tracking_yet", Outcome.WAITING, "No tracking number in the sheets yet; once it is there, the next run ships it.", "表格中还没有快递单号；填入后下次运行会发货。"
    UNDER_AUDIT = "under_audit", Outcome.WAITING, "Under platform audit: do not ship until the notice disappears.", "平台审核中：审核提示消失前请勿发货。"
    AUDIT_NOTICE = "audit_notice", Outcome.WAITING, "A notice of the platform forbids shipping it; the result notice releases it.", "平台站内信通知禁止发货；收到审核结果通知后才会发货。"
    AUDIT_CLOSED = "audit_closed", Outcome.WAITING, "The platform closes this order after its audit and refunds it; do not ship.", "平台审核后关闭此订单并退款，请勿发货。"
    AUDIT_IN_EXPORT = "audit_in_export", Outcome.WAITING, "The exported table has it under audit; a result notice, or a newer export, releases it.", "导出的订单表显示审核中；收到审核结果通知或重新导出后才会发货。"
    HOLD_STALE = "hold_stale", Outcome.WAITING, "Every sign of the audit is gone, but no result notice came; look at the order, then run `rpa holds lift --stale`.", "审核标记已全部消失，但未收到结果通知；请核对订单后运行 rpa holds lift --stale。"
    NOTICES_LOST = "notices_lost", Outcome.WAITING, "Notices of the time when it was ordered expired before they were saved; look at the order, then run `rpa notices resolve`.", "该订单成团时段的站内信附件已过期未保存；请核对订单后运行 rpa notices resolve。"
    NOT_IN_EXPORT_YET = "not_in_export_yet", Outcome.WAITING, "Newer than the exported table; the next export has it.", "订单晚于导出时间；下次导出会包含。"
    AFTER_SALE = "after_sale", Outcome.WAITING, "In after-sale: settle the refund first.", "售后处理中：请先处理退款。"
    REFUND_ASKED = "refund_asked", Outcome.WAITING, "The buyer asks for a refund before it has left: answer that on the site first.", "买家申请发货前退款：请先在后台处理。"
    ADDRESS_CHANGE = "address_change", Outcome.WAITING, "The buyer asks for another address: agree or refuse on the site first.", "买家申请修改收货地址：请先在后台同意或拒绝。"
    SERIAL_NUMBER = "serial_number", Outcome.WAITING, "The site wants the goods' serial number with the parcel; ship it by hand.", "平台要求填写商品序列号；请人工发货。"
    LOCKED = "locked", Outcome.WAITING, "Somebody else is at work on this order on the site; the next run looks at it again.", "有人正在后台处理此订单；下次运行会再次查看。"
    RELEASED = "released", Outcome.WAITING, "Released since the last run; the next run looks at it again.", "上次运行后已解除拦截；下次运行会重新核对。"
    ANSWERED = "answered", Outcome.WAITING, "You have answered for it since the last run; the next run looks at it again.", "上次运行后您已答复；下次运行会重新核对此订单。"
    SELLER_REMARK = "seller_remark", Outcome.WAITING, "The seller's remark or flag says not to ship; change the remark to release it.", "商家备注或旗标要求先不发货；修改备注后才会发货。"
    ON_HOLD = "on_hold", Outcome.WAITING, "Held by a person; lift the hold to release it.", "已被人工拦截；解除拦截后才会发货。"
    PRESALE_NOT_DUE = "presale_not_due", Outcome.WAITING, "Presale: not to be shipped yet; the time stands in the details, where the site tells it.", "预售订单：未到发货时间（后台有时间的，见说明）。"
    ORDER_CHANGED = "order_changed", Outcome.WAITING, "Goods, quantity or address changed since first seen; look at the order, then run `rpa ledger resolve SHOP ORDER --changed-ok`.", "商品、数量或地址与首次读取时不同；请核对订单后运行 rpa ledger resolve 店铺 订单号 --changed-ok。"
    HANDED_OVER = "handed_over", Outcome.WAITING, "In a file for your own upload; upload it, then run `rpa run ship-batch --live --settle`.", "已写入交给您自行上传的文件；上传后请运行 rpa run ship-batch --live --settle。"
    NOT_UPLOADED = "not_uploaded", Outcome.WAITING, "Handed over in a file, but the site does not show it (looked twice); the next run ships it.", "已交付文件，但后台两次核对均未发货；下次运行会发货。"
    OTHER_SHOP_NOT_RUN = "other_shop_not_run", Outcome.WAITING, "Not in the shops of this run; another shop of this sheet was not run.", "不在本次运行的店铺中；使用此表格的其他店铺未运行。"
    NOT_LOOKED_UP = "not_looked_up", Outcome.WAITING, "Its order is not pending, and this run has looked for as many such orders as it may; the next runs go on.", "订单不在待发货列表中，而本次运行查找的此类订单已达上限；后续运行会继续查找。"
    NO_ORDER_YET = "no_order_yet", Outcome.WAITING, "No shop of this inbox has an order of this number yet; later runs look again.", "使用此收件夹的店铺还没有此订单；后续运行会再次查找。"
    SAME_ROW_BEFORE = "same_row_before", Outcome.WAITING, "Another file has this very row; the two end together.", "另一个文件已有完全相同的一行；两行同时完结。"
    BAD_ROW = "bad_row", Outcome.REFUSED, "The sheet row cannot be read; correct it and run again.", "表格此行有误，请改正后重新运行。"
    EMPTY_CELL = "empty_cell", Outcome.REFUSED, "A cell of this row is empty; fill it in.", "此行有空单元格，请补全。"
    NUMBER_DAMAGED = "number_damaged", Outcome.REFUSED, "Excel has damaged this number; set the column to text and paste it again.", "该号码已被 Excel 改坏（科学计数法或超过15位）；请将列设为文本后重新粘贴。"
    NOT_AN_ORDER_SN = "not_an_order_sn", Outcome.REFUSED, "This is not an order number of the platform; correct the sheet.", "不是本平台的订单号，请改正表格。"
    UNKNOWN_COURIER = "unknown_courier", Outcome.REFUSED, "The courier's name is not known; write it as the site does.", "快递公司名称无法识别，请按后台名称填写。"
    COURIER_MISMATCH = "courier_mismatch", Outcome.REFUSED, "The number begins like another courier's; check courier and number.", "单号前缀属于另一家快递，请核对快递公司和单号。"
    NOT_A_TRACKING_NUMBER = "not_a_tracking_number", Outcome.REFUSED, "This is not a tracking number; correct the sheet.", "不是有效的快递单号，请改正表格。"
    UNUSUAL_NUMBER = "unusual_number", Outcome.REFUSED, "The number does not look like one of this courier; correct it, ship with --step or --accept-unusual, or add the pattern to courier_patterns in rpa.toml.", "单号与该快递公司的常见格式不同；请改正，或用 --step、--accept-unusual 发货，或在 rpa.toml 的 courier_patterns 中添加格式。"
    DUPLICATE_ROW = "duplicate_row", Outcome.REFUSED, "The same row stands in the sheets more than once; the first one counts.", "表格中有重复行，以第一行为准。"
    CONTRADICTORY_ROWS = "contradictory_rows", Outcome.REFUSED, "Rows for this order contradict each other; keep the right one.", "同一订单的多行互相矛盾，请只保留正确的一行。"
    SEVERAL_PARCELS = "several_parcels", Outcome.REFUSED, "Several numbers for one order; ship the further parcels by hand.", "一个订单有多个快递单号；请人工处理多包裹。"
    NUMBER_SHARED = "number_shared", Outcome.REFUSED, "One number on several orders that do not belong together; check the sheet.", "同一单号用于多个不同收件人的订单（或超过5单），请核对表格。"
    HIDDEN_ROW = "hidden_row", Outcome.REFUSED, "The row is hidden in the sheet; unhide it, or run with --hidden-rows (or --yes).", "此行在表格中被隐藏；取消隐藏，或加 --hidden-rows（或 --yes）运行。"
    NOT_IN_SHOP = "not_in_shop", Outcome.REFUSED, "No shop of this run has this order; check the order number.", "本次运行的店铺中没有此订单，请核对订单号。"
    ORDER_CLOSED = "order_closed", Outcome.REFUSED, "The order is closed or refunded; pull the parcel back.", "订单已关闭或退款，请拦截包裹。"
    VIRTUAL_NOT_LISTED = "virtual_not_listed", Outcome.WAITING, "An item needs no parcel but is not listed in no_logistics_goods; list it or ship by hand.", "含未登记的虚拟商品；请在 no_logistics_goods 中登记或人工发货。"
    GOODS_PHYSICAL = "goods_physical", Outcome.REFUSED, "Listed as no-logistics, but the site calls an item physical; correct the configuration.", "登记为无物流商品，但后台显示为实物；请更正配置。"
    NO_PROOF = "no_proof", Outcome.WAITING, "Delivered by the seller, but the sheet has no proof of delivery for it yet.", "商家自行交付的商品，表格中还没有交付凭证。"
    SITE_REFUSED = "site_refused", Outcome.REFUSED, "The site refused the shipment; its words stand in the message.", "后台拒绝发货，原因见说明。"
    NOT_DONE = "not_done", Outcome.REFUSED, "The site did not take the shipment (looked twice); the next run tries again.", "两次核对后台均未发货；下次运行会重试。"
    REFUSED_FOR_NOW = "refused_for_now", Outcome.WAITING, "The site refused it for a passing reason (busy, or too many calls at once), and once more later; the next run tries again.", "后台因繁忙或操作太频繁暂未受理，稍后重试一次仍未成功；下次运行会重试。"
    EXPIRED = "expired", Outcome.NEEDS_PERSON, "The inbox has tried this row for its days and gives it up; ship the order by hand, or put its row in a new file.", "收件夹已多日尝试此行仍未完成，不再尝试；请人工发货，或将此行放入新文件。"
    SHIPPED_WITH_OTHER_NUMBER = "shipped_with_other_number", Outcome.NEEDS_PERSON, "The site shows another number for this order; it is never overwritten. Correct it by hand.", "后台已有另一个快递单号；程序从不覆盖，请人工核对。"
    PARTLY_SHIPPED = "partly_shipped", Outcome.NEEDS_PERSON, "The site shows it as partly shipped; the program does not ship the rest. Do that by hand.", "后台显示部分发货；程序不会补发其余商品，请人工处理。"
    CONFLICT = "conflict", Outcome.NEEDS_PERSON, "We sent one shipment, the site shows another; look at the order.", "提交的单号与后台显示不一致，请人工核对。"
    UNKNOWN = "unknown", Outcome.NEEDS_PERSON, "It is not certain whether this was shipped; look at the order, then run `rpa ledger resolve`.", "无法确定是否已发货；请在后台核对后运行 rpa ledger resolve。"
    NOTICE_UNCLEAR = "notice_unclear", Outcome.NEEDS_PERSON, "A notice names this order, but cannot be understood; read it and run `rpa notices resolve`.", "站内信提到此订单但内容无法识别；请阅读后运行 rpa notices resolve。"
    NOTICE_UNREADABLE = "notice_unreadable", Outcome.NEEDS_PERSON, "An audit notice cannot be read, so nothing is shipped in this shop; read it and run `rpa notices resolve`.", "有审核站内信无法读取，本店暂停发货；请阅读后运行 rpa notices resolve。"
    UNKNOWN_TO_US = "unknown_to_us", Outcome.NEEDS_PERSON, "To be shipped by the exported table, but not in the order list; look for it on the site.", "导出表显示待发货，但待发货列表中没有；请在后台核对。"
    NOT_IN_EXPORT = "not_in_export", Outcome.NEEDS_PERSON, "In the order list, but missing in the exported table; look at the order on the site.", "待发货列表中有，但导出表中没有；请在后台核对此订单。"
    SOURCES_DISAGREE = "sources_disagree", Outcome.NEEDS_PERSON, "The page and its data disagree about this order, or something of it cannot be read; look at it by hand.", "页面与数据不一致，或有内容无法识别，请人工核对此订单。"
    UNREADABLE = "unreadable", Outcome.NEEDS_PERSON, "A sign of this order cannot be read; look at it by hand.", "此订单的标记无法读取，请人工核对。"
    ROW_MISMATCH = "row_mismatch", Outcome.NEEDS_PERSON, "The row or dialog shows another order than wanted; nothing was clicked.", "页面行或弹窗不是该订单，未点击。"
    SHOP_NOT_READ = "shop_not_read", Outcome.NEEDS_PERSON, "A shop of this run stopped, so it is not known whether the order is there.", "有店铺中途停止，无法确认此订单是否属于该店铺。"
    LOGIN_NEEDED = "login_needed", Outcome.NEEDS_PERSON, "Not logged in: run `rpa login SHOP`.", "未登录：请运行 rpa login 店铺名。"
    CHALLENGE = "challenge", Outcome.NEEDS_PERSON, "The site asks for a challenge: run `rpa login SHOP --headed`.", "后台要求安全验证：请运行 rpa login 店铺名 --headed。"
    LOGGED_IN_ELSEWHERE = "logged_in_elsewhere", Outcome.NEEDS_PERSON, "The account was logged in elsewhere; run `rpa login SHOP` when the other place is done.", "账户在别处登录；对方用完后运行 rpa login 店铺名。"
    WRONG_SHOP = "wrong_shop", Outcome.NEEDS_PERSON, "Another shop is logged in than configured; nothing was clicked. Log in to the right one (`rpa login`), or correct rpa.toml.", "登录的不是配置中的店铺，未做任何点击；请重新登录（rpa login）或改正 rpa.toml。"
    OTHER_LANGUAGE = "other_language", Outcome.NEEDS_PERSON, "The site shows itself in another language than the program reads there; nothing was read. Set the account's language on the site, then run again.", "后台显示的语言与程序所读的不同，未读取任何内容；请在后台把账号的语言改过来，然后重新运行。"
    SHOP_CLOSED = "shop_closed", Outcome.NEEDS_PERSON, "The site does not let the account into this shop, and says why. Settle that in a browser, then run again.", "后台不允许该账号进入此店铺，原因见后台提示；请先在浏览器中处理，然后重新运行。"
    WRONG_SITE = "wrong_site", Outcome.NEEDS_PERSON, "The site led to another site, where nothing was typed, clicked or read; find out why before the next run.", "页面被引向其他网站，程序没有在那里做任何操作；请先查明原因再运行。"
    PAGE_CHANGED = "page_changed", Outcome.NEEDS_PERSON, "The page is not as described; run `rpa selectors check SHOP`.", "页面与描述不符；请运行 rpa selectors check 店铺名。"
    LIST_INCOMPLETE = "list_incomplete", Outcome.NEEDS_PERSON, "Nothing proves that the list was read whole; look at it on the site, then run again.", "无法确认列表已全部读取；请在后台核对后重新运行。"
    UNKNOWN_OVERLAY = "unknown_overlay", Outcome.NEEDS_PERSON, "Something unknown covers the page; see the screenshot, close it by hand once.", "页面被未知弹窗遮挡；请查看截图并人工关闭。"
    UNEXPECTED_DIALOG = "unexpected_dialog", Outcome.NEEDS_PERSON, "The page asked an unexpected question; it was answered with cancel.", "页面弹出意外的对话框，已取消。"
    RATE_LIMITED = "rate_limited", Outcome.NEEDS_PERSON, "The site asks for fewer calls; try again later.", "后台提示操作太频繁，请稍后再运行。"
    NOT_APPROVED = "not_approved", Outcome.NEEDS_PERSON, "A button was never confirmed on this host: run `rpa selectors approve SHOP`.", "此网站上的按钮未经人工确认：请运行 rpa selectors approve 店铺名。"
    TOO_MANY_DOUBTS = "too_many_doubts", Outcome.NEEDS_PERSON, "Three orders in a row ended in doubt; the shop was stopped.", "连续三个订单结果不明，店铺已停止。"
    PAGE_UNREACHABLE = "page_unreachable", Outcome.NEEDS_PERSON, "The site did not answer; check the network and run again.", "后台无响应；请检查网络后重新运行。"
    LEDGER_BUSY = "ledger_busy", Outcome.NEEDS_PERSON, "Another program keeps the ledger var/ledger.sqlite3 locked; close it, then run again.", "台账 var/ledger.sqlite3 被其他程序占用；请关闭该程序后重新运行。"
    NEEDS_PERSON = "needs_person", Outcome.NEEDS_PERSON, "A person must look at this shop.", "需要人工查看此店铺。"
    OVERTAKEN = "overtaken", Outcome.NEEDS_PERSON, "A newer run of this shop has taken over; see its report.", "该店铺已有更新的运行接管，请查看其报表。"
    RIGHT_MISSING = "right_missing", Outcome.NEEDS_PERSON, "This account has no right to the page; ask the shop's owner for the right named in the message.", "该账户没有此页面的权限；请店主开通说明中的权限。"
    CRASHED = "crashed", Outcome.NEEDS_PERSON, "The program failed; see the log. The next run finds out what happened to this order.", "程序出错，见日志；下次运行会先核实此订单。"
    IMPORT_GOING = "import_going", Outcome.NEEDS_PERSON, "The site has it in a file or task, but has not worked through that; run again later.", "后台已收到（导入文件或批量发货任务）但尚未处理完；请稍后重新运行。"
    STOPPED = "stopped", Outcome.WAITING, "The run was stopped before this order; the next run goes on.", "运行在此订单之前被停止，下次继续。"
    # fmt: on
