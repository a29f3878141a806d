"""What `rpa init` asks and writes for the orders of a shop: its sheets, and keys that a seller may need."""

from __future__ import annotations

from typing import Final

from rpa.language import Text
from rpa.starter import Question, StarterKey, StarterPart

_INBOX = "inbox"
_INTO_INBOX = Text(
    en="put sheets with tracking numbers into this folder: a live run takes each in, puts a copy with a result of\n"
    "# every row into its done/, and tries again what has to wait",
    zh="快递单号表格放入此文件夹：正式运行时收取，副本和每一行的结果在其中的 done/；需要等待的行以后自动再试",
)
_SHEETS = Text(
    en="where the sheets with tracking numbers lie; they stay there, and each run reads all of them.\n"
    '# With inbox = "inbox" instead, each is taken in once, and its rows are tried again by themselves',
    zh="快递单号表格的位置；文件留在原处，每次运行都全部读取。\n"
    '# 如改为 inbox = "inbox"，则每个文件只收取一次，需要等待的行以后自动再试',
)


def _key(answer: str) -> StarterKey:
    """Only our own folder is an inbox: one that a person has filled is never emptied by us."""
    if answer == _INBOX:
        return StarterKey(key="inbox", value=_INBOX, comment=_INTO_INBOX, folder=_INBOX)
    sheets = tuple(part.strip() for part in answer.split(",") if part.strip())
    return StarterKey(key="sheets", value=sheets, comment=_SHEETS)


def _problem(answer: str) -> Text | None:
    """A folder alone matches no file, which nobody would notice."""
    if answer == _INBOX or any(mark in answer for mark in "*."):
        return None
    return Text(en="files, not a folder: like C:/sheets/*.xlsx", zh="请写文件而不是文件夹，如 D:/发货/*.xlsx")


_QUESTION = Question(
    key="sheets",
    text=Text(
        en="Sheets with tracking numbers: Enter for a folder inbox here; or files elsewhere, like C:/sheets/*.xlsx",
        zh="快递单号表格：回车则在此处新建 inbox 文件夹；也可写别处的文件，如 D:/发货/*.xlsx",
    ),
    default=_INBOX,
    problem=_problem,
)
STARTER: Final = StarterPart(
    asked=((_QUESTION, _key),),
    shop_lines=Text(
        en="""\
# A sender's own column headers:
# columns = { order_sn = "…", courier = "…", tracking_number = "…" }
# Goods that are shipped without a parcel, by exact id and spec:
# no_logistics_goods = [{ goods_id = "…", spec = "…", delivered_by = "platform" }]
# Words in the seller's remark that hold an order; left out: the usual ones:
# stop_words = ["…"]
""",
        zh="""\
# 发件人表格自己的列名：
# columns = { order_sn = "订单号列名", courier = "快递公司列名", tracking_number = "快递单号列名" }
# 无物流发货的商品，商品 ID 和规格必须完全一致：
# no_logistics_goods = [{ goods_id = "…", spec = "…", delivered_by = "platform" }]
# 商家备注含这些词时不发货；不写则用默认词：
# stop_words = ["勿发", "先别发"]
""",
    ),
)
