"""`rpa codes import`: the codes of a file into the stock, all of them, or each bad row named."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows.codes.file import Meant, read_codes
from flows.codes.named import Named
from flows.codes.reasons import CodeReason
from flows.codes.rows import BadRow
from flows.codes.stocks import owner_words, pool_words
from flows.sheets.worksheet import NotASheet
from rpa.cli.console import console, person_named
from rpa.cli.ledger_report import opened_ledger
from rpa.credentials import find_key
from rpa.errors import ConfigError, Refused
from rpa.language import Language, Text
from rpa.ledger.sealed_stock import ItemState
from rpa.ledger.sealing import Seal
from rpa.plugins import load_config
from rpa.printable import json_text

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.sealed_stock import Known, SealedItem

_SHOWN: Final = 50
"""So many bad rows are named; the JSON has all."""
_OTHERS_CAN_READ: Final = 0o077
_OF_FILE = Text(en="{file}: {what} Nothing was imported.", zh="{file}：{what}未导入任何卡密。")
_IMPORTED = Text(
    en="Imported: {count} codes for {pool} into {owner}, batch {batch}.",
    zh="已导入：{count} 个卡密，{pool}，{owner}，批次 {batch}。",
)
_NOTHING = Text(
    en="Nothing was imported: {bad} of {all} rows are not usable. Correct them, or take the others with --skip-bad.",
    zh="未导入任何卡密：共 {all} 行，其中 {bad} 行有误。请改正后重试，或用 --skip-bad 只导入其余的行。",
)
_LEFT_OUT = Text(en="Left out: {bad} of {all} rows.", zh="已跳过：共 {all} 行，其中 {bad} 行有误。")
_ROW = Text(en="  row {row}: {what}", zh="  第 {row} 行：{what}")
_MORE = Text(en="  … and {count} more: {reasons}", zh="  …… 另有 {count} 行：{reasons}")
_UNREAD = Text(
    en="Not read, as no header names codes: worksheet {sheets}.", zh="工作表 {sheets} 没有卡密表头，未读取。"
)
_IN_CLEAR = Text(
    en="{file} still holds the codes in clear; nothing of it was changed. Delete it, or move it to a safe place.",
    zh="{file} 仍保存着卡密明文，程序没有改动它；请删除，或移到安全的地方。",
)
_OPEN_TO_OTHERS = Text(en="Other users of this computer can read it.", zh="本机其他用户也能读取该文件。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for on the command line."""

    file: Path
    named: Named
    batch: str | None
    skip_bad: bool
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file."""

    owner: str
    pool: str
    batch: str
    file: Path
    codes: int
    """So many were taken."""
    rows: int
    """So many rows say something."""
    bad: tuple[BadRow, ...]
    unread: tuple[str, ...]

    def to_json(self, language: Language) -> dict[str, Any]:
        """For programs."""
        return {
            "stock": self.owner,
            "pool": self.pool,
            "batch": self.batch,
            "file": str(self.file),
            "imported": self.codes,
            "rows": self.rows,
            "bad": [{"row": each.row, "reason": each.reason, "message": each.text.of(language)} for each in self.bad],
            "worksheets_not_read": list(self.unread),
            "file_holds_codes_in_clear": True,
        }


def import_codes(config_path: Path | None, wanted: Wanted, *, as_json: bool) -> None:
    """Import the file's codes, and say what became of each row that is not taken; exit code 1 if there are some.

    Raises ConfigError when the file cannot be read, or what is named is not known; nothing was imported then.
    """
    config = load_config(config_path)
    imported = _imported(config, wanted)
    if as_json:
        sys.stdout.write(json_text(imported.to_json(config.language)) + "\n")
    else:
        _tell(imported, language=config.language)
    if imported.bad:
        sys.exit(Refused.exit_code)


def _imported(config: Config, wanted: Wanted) -> Imported:
    owner, pool = wanted.named.owner(config), wanted.named.pool
    who, seal = person_named(wanted.by), Seal(find_key(), owner=owner)
    batch = wanted.batch or f"{wanted.file.stem} {config.clock.now():%Y-%m-%d %H:%M:%S}"
    try:
        read = read_codes(wanted.file, meant=Meant(goods_id=wanted.named.goods_id, spec=wanted.named.spec))
    except NotASheet as error:
        raise ConfigError(_OF_FILE.with_words(file=wanted.file.name, what=error.text)) from error
    good = {each.row: each.code for each in read.good}
    bad = list(read.bad)
    with opened_ledger(config) as ledger:
        if bad and not wanted.skip_bad:
            identities = {code.identity: row for row, code in good.items()}
            there = ledger.sealed_stock.known(seal, identities=identities)
            codes = 0
            bad += [_in_stock(identities[of], item, pool=pool) for of, item in there.items()]
        else:
            items = [code.item(row) for row, code in good.items()]
            added = ledger.sealed_stock.add(
                seal, pool=pool, batch=batch, items=items, by=who, whole=not wanted.skip_bad
            )
            codes = added.items
            bad += [_known(each, pool=pool) for each in added.known]
    return Imported(
        owner=owner,
        pool=pool,
        batch=batch,
        file=wanted.file,
        codes=codes,
        rows=len(good) + len(read.bad),
        bad=tuple(sorted(bad, key=lambda each: each.row)),
        unread=read.unread,
    )


def _known(known: Known, *, pool: str) -> BadRow:
    if known.item is None:
        return BadRow.because(known.place, CodeReason.TWICE, row=known.first_place)
    return _in_stock(known.place, known.item, pool=pool)


_BY_STATE: Final = {
    ItemState.RESERVED: CodeReason.RESERVED_BEFORE,
    ItemState.SENT: CodeReason.SENT_BEFORE,
    ItemState.VOID: CodeReason.VOID_BEFORE,
}


def _in_stock(row: int, item: SealedItem, *, pool: str) -> BadRow:
    elsewhere = CodeReason.IN_STOCK if item.pool == pool else CodeReason.IN_OTHER_GOODS
    reason = _BY_STATE.get(item.state, elsewhere)
    return BadRow.because(row, reason, batch=item.batch, row=item.place, order=item.subject, pool=pool_words(item.pool))


def _tell(imported: Imported, *, language: Language) -> None:
    def say(text: Text, style: str = "", **words: object) -> None:
        console().print(text.of(language, **words), style=style, soft_wrap=True)

    if imported.bad:
        words = {"bad": len(imported.bad), "all": imported.rows}
        say(_LEFT_OUT if imported.codes else _NOTHING, "bold red", **words)
        for each in imported.bad[:_SHOWN]:
            say(_ROW, row=each.row, what=each.text)
        _tell_rest(imported.bad[_SHOWN:], language=language)
    if imported.codes:
        pool, owner = pool_words(imported.pool), owner_words(imported.owner)
        say(_IMPORTED, "bold", count=imported.codes, pool=pool, owner=owner, batch=imported.batch)
    if imported.unread:
        say(_UNREAD, "yellow", sheets=", ".join(imported.unread))
    say(_IN_CLEAR, "yellow", file=imported.file)
    if os.name == "posix" and imported.file.stat().st_mode & _OTHERS_CAN_READ:
        say(_OPEN_TO_OTHERS, "yellow")


def _tell_rest(bad: Sequence[BadRow], *, language: Language) -> None:
    if bad:
        counted = Counter(each.reason.value for each in bad)
        reasons = ", ".join(f"{reason} {number}" for reason, number in counted.most_common())
        console().print(_MORE.of(language, count=len(bad), reasons=reasons), soft_wrap=True)
