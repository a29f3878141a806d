"""Reasons why a row of a file is not taken as a card code. No sentence ever repeats what the row holds."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from rpa.language import Text


class CodeReason(StrEnum):
    """What is wrong with a row."""

    text: Text

    def __new__(cls, code: str, en: str, zh: str) -> Self:
        """A code with its sentences."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.text = Text(en=en, zh=zh)
        return member

    # fmt: off
    NO_CODE = "no_code", "The row has no code (卡密); fill it in, or delete the row.", "此行没有卡密；请补上或删除此行。"
    NO_NUMBER = "no_number", "The row has no card number (卡号), and others have; fill it in.", "此行没有卡号，而其他行有；请补上。"
    NUMBER_IS_CODE = "number_is_code", "Card number and code are the same text; one of the columns was copied into the other.", "卡号与卡密相同，可能复制错了列；请核对。"
    # what spreadsheets make of a code
    NUMBER_CELL = "number_cell", "The cell is a number: zeros at its beginning may be gone. Get the file again with the column as text.", "单元格是数字格式，开头的 0 可能已丢失；请将该列设为文本后重新导出。"
    DIGITS_LOST = "digits_lost", "A spreadsheet has lost the last digits of this number; get the file again with the column as text.", "长数字的末几位已被 Excel 改坏；请将该列设为文本后重新导出。"
    SCIENTIFIC = "scientific", "It reads like 1.23E+15: a spreadsheet has destroyed the number. Get the file again with the column as text.", "内容形如 1.23E+15，数字已被 Excel 改坏；请将该列设为文本后重新导出。"
    DATE_CELL = "date_cell", "The cell is a date or a time: a spreadsheet has changed what was there.", "单元格是日期或时间，内容已被 Excel 改变。"
    DATE_TEXT = "date_text", "It reads like a date or a time; a spreadsheet may have changed what was there.", "内容像日期或时间，可能已被 Excel 改变。"
    AMOUNT = "amount", "It reads like an amount (1,234 or 12.50), not like a code.", "内容像金额（1,234 或 12.50），不像卡密。"
    TRUE_OR_FALSE = "true_or_false", "The cell says TRUE or FALSE, which no code is.", "单元格内容是 TRUE 或 FALSE，不是卡密。"
    SHOWN_OTHERWISE = "shown_otherwise", "The cell shows something else than it holds (its number format, or raised characters); write what you see as text.", "单元格显示的与实际内容不同（数字格式或上下标）；请改为文本。"
    FORMULA_CELL = "formula_cell", "The cell is a formula: its value may change. Paste the values only.", "单元格是公式，结果可能变化；请只粘贴数值。"
    FORMULA_TEXT = "formula_text", "It begins as a formula does (= + - @); write the code alone.", "内容以 = + - @ 开头，像公式；请只写卡密本身。"
    NOT_CALCULATED = "not_calculated", "The cell shows an error, or was never calculated.", "单元格显示错误，或公式从未计算。"
    ERROR_TEXT = "error_text", "The cell holds a spreadsheet's error (#N/A, #REF!, ####).", "单元格内容是表格错误（#N/A、#REF!、####）。"
    MERGED = "merged", "The cell is merged with the one above: one code would be two. Unmerge it.", "与上一行的单元格合并，一个卡密会变成两个；请取消合并。"
    # what is not seen
    HIDDEN_ROW = "hidden_row", "The row is hidden or filtered away; show or delete it.", "此行被隐藏或筛选掉；请显示或删除。"
    HIDDEN_COLUMN = "hidden_column", "A column of the codes is hidden; show or delete it.", "卡号或卡密所在的列被隐藏；请显示或删除。"
    HIDDEN_SHEET = "hidden_sheet", "The worksheet is hidden; show or delete it.", "工作表被隐藏；请显示或删除。"
    INVISIBLE = "invisible", "There are characters in it that nobody sees (no-break blanks, marks of width or direction); type it anew.", "含有看不见的字符（不间断空格、零宽字符、方向标记）；请重新输入。"
    CONTROL = "control", "There are control characters in it, such as a tab.", "含有控制字符，例如制表符。"
    UNREADABLE = "unreadable", "A character was lost when the file was saved in another encoding; get the file again.", "文件转换编码时丢失了字符；请重新获取文件。"
    # what no code is written with
    SEVERAL_LINES = "several_lines", "The cell has several lines: one code each row.", "单元格内有多行；请每行只放一个卡密。"
    TWO_IN_ONE = "two_in_one", "Number and code stand in one cell (----); put them into two columns, 卡号 and 卡密.", "卡号和卡密在同一单元格（----）；请分成“卡号”“卡密”两列。"
    BLANK_INSIDE = "blank_inside", "There is a blank inside; if these are a number and a code, use two columns.", "内容中间有空格；如果是卡号加卡密，请分成两列。"
    FULL_WIDTH = "full_width", "It has full-width characters, such as １２３; type it with the English keyboard.", "含有全角字符，例如 １２３；请改为半角。"
    CHINESE = "chinese", "It has Chinese words; a code has none. Is it a heading, a note or a total?", "含有中文，卡密不含中文；是否为标题、备注或合计？"
    LOOK_ALIKE = "look_alike", "It has letters of another alphabet that look like English ones; type it anew.", "含有外形像英文字母的其他字母；请重新输入。"
    TYPOGRAPHIC = "typographic", "It has long dashes or curly quotes, which a text program put there; type it anew.", "含有长破折号或弯引号，多为文字软件自动替换；请重新输入。"
    NOT_ASCII = "not_ascii", "It has characters that no code is written with.", "含有卡密不会使用的字符。"
    QUOTED = "quoted", "It begins or ends with a quotation mark; write the code alone.", "首尾带引号；请只写卡密本身。"
    MARKUP = "markup", "It has markup of a web page in it (<…> or &…;).", "含有网页标记（<…> 或 &…;）。"
    MASKED = "masked", "Part of it is masked (***); get the file with whole codes.", "部分内容被星号遮挡；请获取完整的卡密。"
    PLACEHOLDER = "placeholder", "It is a placeholder (null, N/A, xxxx), not a code.", "内容是占位符（null、N/A、xxxx），不是卡密。"
    TOO_LONG = "too_long", "It is longer than 200 characters.", "超过 200 个字符。"
    TOO_SHORT = "too_short", "It is shorter than 4 characters.", "少于 4 个字符。"
    # what the rest of the row, or of the file, says
    EXTRA_CELLS = "extra_cells", "The row has more cells than the headers: a comma inside the code? Put it into quotes, or save as .xlsx.", "此行的列比表头多，卡密中可能有逗号；请加引号或另存为 .xlsx。"
    HEADER_AGAIN = "header_again", "The headers are repeated here; delete the row.", "此行重复了表头；请删除。"
    ABOVE_HEADER = "above_header", "The row stands above the headers; move the headers to the top.", "此行在表头之上；请将表头移到最上面。"
    LIKE_HEADER = "like_header", "It looks like a header that is not known; call it 卡密, or delete it.", "看起来是无法识别的表头；请改为“卡密”，或删除。"
    USED = "used", "The file says that it is used, frozen or over already.", "文件的状态列显示已使用、冻结或失效。"
    OTHER_GOODS = "other_goods", "The row is for other goods than --goods.", "此行的商品与 --goods 不同。"
    OTHER_SPEC = "other_spec", "The row is for another spec than --spec.", "此行的规格与 --spec 不同。"
    SHORTER = "shorter", "It has fewer digits than nearly all others: zeros at its beginning may be gone.", "位数比其他行少，开头的 0 可能已丢失。"
    TWICE = "twice", "The same code stands in row {row} already.", "与第 {row} 行重复。"
    NUMBER_TWICE = "number_twice", "The same card number stands in row {row}, with another code.", "与第 {row} 行卡号相同而卡密不同。"
    CODE_TWICE = "code_twice", "The same code stands in row {row}, with another card number.", "与第 {row} 行卡密相同而卡号不同。"
    # what the stock says
    IN_STOCK = "in_stock", "The stock has it already (batch {batch}, row {row}).", "库存中已有（批次 {batch}，第 {row} 行）。"
    IN_OTHER_GOODS = "in_other_goods", "The stock has it already, for {pool} (batch {batch}, row {row}).", "库存中已有，属于{pool}（批次 {batch}，第 {row} 行）。"
    RESERVED_BEFORE = "reserved_before", "It is reserved for order {order} (batch {batch}, row {row}).", "已预留给订单 {order}（批次 {batch}，第 {row} 行）。"
    SENT_BEFORE = "sent_before", "It was sent for order {order} already (batch {batch}, row {row}).", "已发给订单 {order}（批次 {batch}，第 {row} 行）。"
    VOID_BEFORE = "void_before", "Somebody voided it before (batch {batch}, row {row}).", "此前已作废（批次 {batch}，第 {row} 行）。"
    # fmt: on
