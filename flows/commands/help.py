"""The words of the help pages of `rpa holds` and `rpa notices`."""

from __future__ import annotations

from rpa.cli.help import said
from rpa.language import Text


class Commands:
    """What each command does."""

    holds = said(
        Text(en="What must not be shipped, and why: list it, add, lift.", zh="暂不发货的订单和原因：查看、添加、解除。")
    )
    holds_list = said(
        Text(
            en="List what is held: since when, by whom, why, and what releases it.",
            zh="列出已拦截的订单：何时、何人、原因，以及怎样解除。",
        )
    )
    holds_add = said(
        Text(
            en="Hold orders, goods or single specs, also while a run is going on.",
            zh="拦截订单、商品或规格，程序运行中也可使用。",
        )
    )
    holds_lift = said(
        Text(
            en="Let orders, goods or specs be shipped again. Look at the orders on the site first.",
            zh="解除拦截，恢复发货。请先在后台查看订单。",
        )
    )
    holds_import = said(
        Text(
            en="Hold everything that a CSV or Excel file names; with one bad row, nothing is stored.",
            zh="按 CSV 或 Excel 表格批量拦截；只要有一行有误，就全部不保存。",
        )
    )
    notices = said(
        Text(
            en="Notices of the platform about audits: is every one saved, which need you.",
            zh="平台的审核站内信：是否全部保存、哪些需要您处理。",
        )
    )
    notices_list = said(
        Text(
            en="Say for each shop and account whether every notice is saved, and list those that need somebody.",
            zh="说明每个店铺和账号的站内信是否全部保存，并列出需要处理的。",
        )
    )
    notices_show = said(
        Text(
            en="Show one notice: its text, its files (looked at now), and what it says of each order.",
            zh="查看一封站内信：正文、附件文件（当场核对）、对每个订单的要求。",
        )
    )
    notices_resolve = said(
        Text(
            en="Say yourself what a notice says that the program could not understand, read or save.",
            zh="程序无法识别、读取或保存的站内信，由您说明其内容。",
        )
    )


class Options:
    """What options and arguments mean."""

    orders = said(Text(en="Order numbers.", zh="订单号。"))
    goods = said(
        Text(en="All orders with this goods id; may be given several times.", zh="含此商品 ID 的所有订单，可多次给出。")
    )
    sku = said(
        Text(
            en="All orders with this spec of these goods; may be given several times.",
            zh="含此商品、此规格的所有订单，可多次给出。",
        )
    )
    hold_reason = said(Text(en="Why, for whoever reads it later.", zh="原因，方便日后查看。"))
    lift_reason = said(Text(en="What you saw on the site.", zh="您在后台看到的情况。"))
    until = said(
        Text(
            en="Held until the end of this day (YYYY-MM-DD), or until a moment. Default: until lifted.",
            zh="拦截到这一天结束（YYYY-MM-DD）或某一时刻，默认直到解除。",
        )
    )
    stale = said(
        Text(
            en="All orders whose signs of an audit are gone, but no result notice came. They are shown first.",
            zh="审核标记已消失、但未收到结果通知的所有订单；会先列出。",
        )
    )
    cause = said(
        Text(
            en="Lift only what a person put on, or only what an audit did: person or audit.",
            zh="只解除人工拦截（person）或审核拦截（audit）。",
        )
    )
    file = said(
        Text(
            en="CSV or Excel with columns order number, goods id, spec, reason, until.",
            zh="CSV 或 Excel，列：订单号、商品ID、规格、原因、截止日期。",
        )
    )
    file_reason = said(Text(en="For rows without a reason of their own.", zh="用于没有写原因的行。"))
    file_until = said(Text(en="For rows without a day of their own.", zh="用于没有写截止日期的行。"))
    every_notice = said(
        Text(en="Every notice, not only those that need somebody.", zh="列出全部站内信，不只是需要处理的。")
    )
    notice = said(Text(en="The notice's number, from `rpa notices list`.", zh="站内信编号，见 rpa notices list。"))
    says = said(
        Text(
            en="What it says of its orders: ship, forbidden, closed, or none (nothing of them).",
            zh="对订单的要求：ship 可发货、forbidden 禁止发货、closed 已关闭、none 与订单无关。",
        )
    )
    only_orders = said(
        Text(
            en="Only of this order, or of an order that the program did not find in it; may be given several times.",
            zh="只针对此订单，或程序没有识别出的订单，可多次给出。",
        )
    )
    lost = said(
        Text(
            en="All notices that were lost, at once: you looked at the orders of that time on the site.",
            zh="一次处理全部丢失的站内信：您已在后台核对该时段的订单。",
        )
    )
    answer_reason = said(Text(en="How you know.", zh="您的依据。"))
