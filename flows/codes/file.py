"""Files of codes: CSV, xlsx or xls to codes and bad rows, each row that says something once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from flows.codes.cells import BadCell, code_in, is_empty
from flows.codes.cross_checks import checked_together
from flows.codes.model import CardCode
from flows.codes.reasons import CodeReason
from flows.codes.rows import BadRow, CodeRow
from flows.orders.cells import clean, header_key, identifier, name_key, read_cell
from flows.sheets.files import read_worksheets
from flows.sheets.worksheet import NotASheet, Worksheet, is_blank
from rpa.language import Text

_HEADERS: Final[Mapping[str, tuple[Text, ...]]] = {
    "number": (
        Text(en="card number", zh="卡号"),
        Text(en="card no", zh="充值卡号"),
        Text(en="card", zh="卡券号"),
        Text(en="serial number", zh="序列号"),
        Text(en="account", zh="账号"),
    ),
    "secret": (
        Text(en="code", zh="卡密"),
        Text(en="card code", zh="卡密码"),
        Text(en="password", zh="密码"),
        Text(en="key", zh="激活码"),
        Text(en="cdkey", zh="兑换码"),
        Text(en="pin", zh="券码"),
        Text(en="cdk", zh="充值码"),
    ),
    "status": (Text(en="status", zh="状态"), Text(en="state", zh="使用状态"), Text(en="used", zh="卡密状态")),
    "goods_id": (Text(en="goods id", zh="商品ID"), Text(en="goods_id", zh="商品编号")),
    "spec": (Text(en="spec", zh="规格"), Text(en="sku", zh="商品规格")),
}
_UNUSED: Final = (
    Text(en="unused", zh="未使用"),
    Text(en="free", zh="可用"),
    Text(en="new", zh="正常"),
    Text(en="available", zh="未售"),
    Text(en="valid", zh="有效"),
    Text(en="not used", zh="未发放"),
    Text(en="in stock", zh="未领取"),
    Text(en="no", zh="待使用"),
)
"""What a column of states says of a code that can be given away."""
_WITHIN_ROWS: Final = 20
_FEW: Final = 3
_NOTHING = Text(en="The file holds no code.", zh="文件中没有卡密。")
_NO_HEADER = Text(
    en="Several columns are in use, and no header says which is which; call them 卡号 (card number) and 卡密 (code).",
    zh="文件有多列，但没有能识别的表头；请将列命名为“卡号”和“卡密”。",
)
_SEVERAL = Text(
    en="Several worksheets hold codes; put each into a file of its own, so that each code can be found by its row.",
    zh="有多个工作表含有卡密；请分成多个文件，以便按行查找。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """For which goods the file is said to be."""

    goods_id: str
    spec: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesRead:
    """What a file says."""

    good: tuple[CodeRow, ...]
    bad: tuple[BadRow, ...]
    """By row."""
    unread: tuple[str, ...]
    """Worksheets that hold something and no header of codes."""


def read_codes(path: Path, *, meant: Meant) -> CodesRead:
    """All codes of the file, each row checked by itself and against the others. Raises NotASheet."""
    sheets = [sheet for sheet in read_worksheets(path, is_header=_names_codes) if not _is_empty(sheet)]
    if not sheets:
        raise NotASheet(_NOTHING)
    headed = [(sheet, found) for sheet in sheets if (found := _header(sheet)) is not None]
    if len(headed) > 1:
        raise NotASheet(_SEVERAL)
    [(sheet, (start, columns))] = headed or [_without_header(sheets)]
    rows = list(_Table(sheet=sheet, start=start, columns=columns, meant=meant).rows())
    good, bad = checked_together([row for row in rows if isinstance(row, CodeRow)])
    alone = [row for row in rows if isinstance(row, BadRow)]
    return CodesRead(
        good=tuple(good),
        bad=tuple(sorted([*alone, *bad], key=lambda each: each.row)),
        unread=tuple(each.name for each in sheets if each is not sheet),
    )


def _is_empty(sheet: Worksheet) -> bool:
    return all(is_blank(row) for row in sheet.rows) and not sheet.unread


@cache
def _fields() -> Mapping[str, str]:
    """The field by each word for it."""
    return {header_key(word): name for name, texts in _HEADERS.items() for text in texts for word in (text.en, text.zh)}


@cache
def _unused() -> frozenset[str]:
    return frozenset(header_key(word) for text in _UNUSED for word in (text.en, text.zh))


def _columns(row: Sequence[object]) -> dict[str, int]:
    """Position by field, the first of several; empty when the row names no column of codes."""
    found: dict[str, int] = {}
    for place, value in enumerate(row):
        name = _fields().get(header_key(value)) if isinstance(value, str) and value else None
        if name:
            found.setdefault(name, place)
    if "secret" not in found and "number" in found:  # a number alone is the code
        found["secret"] = found.pop("number")
    return found if "secret" in found else {}


def _names_codes(row: Sequence[object]) -> bool:
    return bool(_columns(row))


def _header(sheet: Worksheet) -> tuple[int, dict[str, int]] | None:
    for index, row in enumerate(sheet.rows[:_WITHIN_ROWS]):
        columns = _columns(row)
        if columns:
            return index, columns
    return None


def _without_header(sheets: Sequence[Worksheet]) -> tuple[Worksheet, tuple[int, dict[str, int]]]:
    """One column of codes. Raises NotASheet where there are more."""
    used = {column for sheet in sheets for row in sheet.rows for column, cell in enumerate(row) if not is_empty(cell)}
    if len(sheets) > 1 or len(used) != 1:
        raise NotASheet(_NO_HEADER)
    return sheets[0], (-1, {"secret": used.pop()})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The codes of one worksheet."""

    sheet: Worksheet
    start: int
    """Index of the row with the headers; -1: there is none."""
    columns: Mapping[str, int]
    meant: Meant

    def rows(self) -> Iterator[CodeRow | BadRow]:
        """Each row that says something."""
        for index, row in enumerate(self.sheet.rows):
            number = index + 1
            if index == self.start or (is_blank(row) and number not in self.sheet.unread):
                continue
            reason = self._above(row) if index < self.start else self._of_row(row, number=number)
            if reason is not None:
                yield BadRow(row=number, reason=reason, text=reason.text)
            elif index > self.start:
                yield self._read(row, number=number)

    def _above(self, row: Sequence[object]) -> CodeReason | None:
        """Whether a row above the headers looks like a code: a title does not."""
        try:
            code_in(self._cell(row, "secret"), typed=self.sheet.typed)
        except BadCell:
            return None
        return CodeReason.ABOVE_HEADER

    def _of_row(self, row: Sequence[object], *, number: int) -> CodeReason | None:
        """What is wrong with the row whatever its codes are."""
        sheet, own = self.sheet, {self.columns[name] for name in ("number", "secret") if name in self.columns}
        found = (
            (CodeReason.HIDDEN_SHEET, sheet.hidden),
            (CodeReason.HIDDEN_ROW, number in sheet.hidden_rows),
            (CodeReason.HIDDEN_COLUMN, sheet.hidden_columns & own),
            (CodeReason.MERGED, sheet.covered.get(number, frozenset()) & own),
            (CodeReason.NOT_CALCULATED, sheet.unread.get(number, frozenset()) & own),
            (CodeReason.FORMULA_CELL, sheet.formulas.get(number, frozenset()) & own),
            (CodeReason.HEADER_AGAIN, self.start >= 0 and _names_codes(row)),
            (CodeReason.LIKE_HEADER, self.start < 0 and number == 1 and self._is_heading(row)),
            (CodeReason.EXTRA_CELLS, self.start >= 0 and any(not is_empty(cell) for cell in row[self._width :])),
            (CodeReason.USED, not self._is_unused(row)),
            (CodeReason.OTHER_GOODS, self._differs(row, "goods_id", self.meant.goods_id)),
            (CodeReason.OTHER_SPEC, bool(self.meant.spec) and self._differs(row, "spec", self.meant.spec)),
        )
        return next((reason for reason, is_so in found if is_so), None)

    @property
    def _width(self) -> int:
        """So many columns the headers have."""
        return len(self.sheet.rows[self.start])

    def _read(self, row: Sequence[object], *, number: int) -> CodeRow | BadRow:
        try:
            code = self._code(row)
        except BadCell as bad:
            return BadRow(row=number, reason=bad.reason, text=bad.reason.text)
        return CodeRow(row=number, code=code)

    def _code(self, row: Sequence[object]) -> CardCode:
        if is_empty(self._cell(row, "secret")):
            raise BadCell(CodeReason.NO_CODE)
        if "number" not in self.columns:
            return CardCode(secret=code_in(self._cell(row, "secret"), typed=self.sheet.typed))
        if is_empty(self._cell(row, "number")):
            raise BadCell(CodeReason.NO_NUMBER)
        number, secret = (code_in(self._cell(row, name), typed=self.sheet.typed) for name in ("number", "secret"))
        if number == secret:
            raise BadCell(CodeReason.NUMBER_IS_CODE)
        return CardCode(number=number, secret=secret)

    def _cell(self, row: Sequence[object], name: str) -> object:
        column = self.columns.get(name, len(row))
        return row[column] if column < len(row) else ""

    def _is_heading(self, row: Sequence[object]) -> bool:
        """Whether the first row has letters only, and the rows below have digits."""
        below = [str(self._cell(each, "secret")) for each in self.sheet.rows[1:] if not is_blank(each)]
        digits = sum(any(map(str.isdigit, each)) for each in below)
        return not any(map(str.isdigit, str(self._cell(row, "secret")))) and digits >= max(_FEW, len(below) // 2)

    def _is_unused(self, row: Sequence[object]) -> bool:
        said = self._cell(row, "status")
        return is_empty(said) or header_key(str(said)) in _unused()

    def _differs(self, row: Sequence[object], name: str, wanted: str) -> bool:
        said = read_cell(self._cell(row, name), typed=self.sheet.typed).text
        return bool(said) and name_key(identifier(clean(said))) != name_key(identifier(clean(wanted)))
