"""The words of the help pages of `rpa codes`."""

from __future__ import annotations

from rpa.cli.help import said
from rpa.language import Text


class Commands:
    """What each command does."""

    codes = said(
        Text(
            en="The encrypted stock of card codes: import a file, see what is left, move, void, show.",
            zh="加密的卡密库存：导入、查看余量、转移、作废、查看。",
        )
    )
    codes_import = said(
        Text(
            en="Take the codes of a CSV or Excel file into the stock; with one bad row, none is taken.",
            zh="将 CSV 或 Excel 中的卡密导入库存；只要有一行有误，就全部不导入。",
        )
    )
    status = said(
        Text(
            en="Say for each goods how many codes are free, reserved, sent and void, and how long they last.",
            zh="按商品列出卡密的可用、已预留、已发、作废数量，以及还能用几天。",
        )
    )
    move = said(Text(en="Move free codes to other goods.", zh="将未使用的卡密转给其他商品。"))
    void = said(Text(en="Void codes: no order gets them any more.", zh="作废卡密，不再发给任何订单。"))
    show = said(
        Text(
            en="Show the codes of an order in clear. Who looked, and when, is kept.",
            zh="显示某个订单的卡密明文，并记录查看人和时间。",
        )
    )


class Options:
    """What options and arguments mean."""

    file = said(
        Text(
            en="CSV or Excel with columns 卡号 and 卡密, or with one column of codes. It stays where it is.",
            zh="CSV 或 Excel，列：卡号、卡密，或只有一列卡密。文件留在原处。",
        )
    )
    goods = said(Text(en="The goods id that the codes are for.", zh="卡密所属的商品 ID。"))
    spec = said(Text(en="Only this spec of the goods, as the site shows it.", zh="只用于此规格，写法与后台一致。"))
    shop = said(
        Text(en="The shop whose stock it is. Default: the only shop.", zh="库存所属的店铺；只有一个店铺时可不写。")
    )
    stock = said(
        Text(
            en="A stock of this name that several shops share, instead of --shop.",
            zh="多个店铺共用的库存名称，代替 --shop。",
        )
    )
    batch = said(
        Text(en="What the batch is called. Default: the file's name and the time.", zh="批次名称，默认为文件名加时间。")
    )
    skip_bad = said(Text(en="Take the good rows, and leave out the bad ones.", zh="只导入正确的行，跳过有误的行。"))
    only_goods = said(Text(en="Only codes for these goods.", zh="只看此商品的卡密。"))
    to_goods = said(Text(en="The goods id that they are for from now on.", zh="转给哪个商品 ID。"))
    to_spec = said(Text(en="Only for this spec of those goods.", zh="只用于该商品的此规格。"))
    only_batch = said(Text(en="Only codes of this batch.", zh="只针对此批次。"))
    count = said(Text(en="So many of them, the oldest first. Default: all.", zh="数量，先导入的优先；默认全部。"))
    ids = said(Text(en="Numbers of codes, from `rpa codes show` or its JSON.", zh="卡密编号，见 rpa codes show。"))
    ending = said(Text(en="The one code that ends in these characters.", zh="以这几个字符结尾的那一个卡密。"))
    reason = said(Text(en="Why, for whoever reads it later.", zh="原因，方便日后查看。"))
    order = said(Text(en="An order number.", zh="订单号。"))
    show_by = said(Text(en="Your name; it is kept.", zh="您的姓名，会被记录。"))
