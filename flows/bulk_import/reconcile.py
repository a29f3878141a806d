"""Reconciliation: of an import, only what result table and failure file both say of our own row is certain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.bulk_import.api import FailedLine, ImportedRow, ImportLine, ImportResult, ToldRow
from flows.bulk_import.file import read_failures
from flows.sheets.worksheet import NotASheet
from rpa.errors import PageChanged
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from flows.bulk_import.words import ImportWords

_NO_USE = Text(en="The failure file {name} is of no use: {error}", zh="失败明细文件 {name} 无法使用：{error}")


def failures_of(result: ImportResult | None, *, words: ImportWords) -> list[FailedLine] | None:
    """The rows of the failure file that came with a result; None: there is none, or it cannot be read."""
    if result is None or result.failures is None:
        return None
    try:
        return read_failures(result.failures, words=words)
    except (NotASheet, PageChanged) as error:
        speak("WARNING", _NO_USE, name=result.failures.name, error=error)
        return None


def agreed(
    lines: Sequence[ImportLine], result: ImportResult | None, *, failures: Sequence[FailedLine] | None
) -> dict[str, ImportedRow]:
    """What became of each row of our file, by order number; `accepted` None: read the order back from the site.

    A row counts as accepted when the table says so and the failure file, which has every row that the table calls
    refused, has it not; as refused when both say so.
    """
    if result is None:
        return {line.order_sn: _uncertain("the site's records do not have this import") for line in lines}
    witnesses = _Witnesses.of(result, failures)
    if not witnesses.named <= {line.order_sn for line in lines}:
        return {line.order_sn: _uncertain("the result tells of another import") for line in lines}
    return {line.order_sn: witnesses.say(line) for line in lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Witnesses:
    """The result table and the failure file, by order number."""

    told: Mapping[str, ToldRow]
    times: Mapping[str, int]
    """How often the table names an order."""
    failed: Mapping[str, FailedLine] | None
    whole: bool
    """The failure file has every row that the table calls refused, so that a row's absence means something."""

    @classmethod
    def of(cls, result: ImportResult, failures: Sequence[FailedLine] | None) -> _Witnesses:
        """The two, looked through once."""
        failed = None if failures is None else {each.line.order_sn: each for each in failures}
        refused = {row.line.order_sn for row in result.rows if row.accepted is False}
        return cls(
            told={row.line.order_sn: row for row in result.rows},
            times=Counter(row.line.order_sn for row in result.rows),
            failed=failed,
            whole=failed is not None and refused <= failed.keys(),
        )

    @property
    def named(self) -> frozenset[str]:
        """Every order that one of them tells of."""
        return frozenset(self.told) | frozenset(self.failed or ())

    def say(self, line: ImportLine) -> ImportedRow:
        """What both say of this row."""
        told = self.told.get(line.order_sn)
        if told is None:
            return _uncertain("the result does not name it")
        if self.times[line.order_sn] > 1 or not _same(told.line, line):
            return _uncertain("the result tells of another parcel, or of several")
        if told.accepted is None:
            return _uncertain(told.words or "the result cannot be read")
        if self.failed is None:
            return _uncertain("there is no failure file to compare the result with", said_yes=told.accepted)
        failed = self.failed.get(line.order_sn)
        if (failed is None) is not told.accepted or (failed is not None and not _same(failed.line, line)):
            return _uncertain("the result and the failure file disagree")
        if told.accepted and not self.whole:
            return _uncertain("the failure file lacks rows that were refused", said_yes=True)
        return ImportedRow(
            accepted=told.accepted,
            code=None if told.accepted else told.code,
            words=told.words,
            repeatable=told.repeatable,
            for_dialog=told.for_dialog,
        )


def _same(told: ImportLine, ours: ImportLine) -> bool:
    return (told.order_sn, told.courier, told.tracking_number.upper()) == (
        ours.order_sn,
        ours.courier,
        ours.tracking_number.upper(),
    )


def _uncertain(why: str, *, said_yes: bool = False) -> ImportedRow:
    return ImportedRow(accepted=None, words=why, said_yes=said_yes)
