"""Contents of a notice: what its text and files say of orders. One that is named is never forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from flows.notices.api import NoticeKind, Says
from flows.notices.opening import Opened, open_tables
from flows.notices.reasons import NoticeReason
from flows.notices.tables import TableReader
from flows.notices.wording import OrderNumbers, Wording, together, verdict
from flows.notices.words import NoticeWords
from flows.orders.words import SheetProfile
from rpa.documents.quarantine import Quarantine
from rpa.language import Text

_EXAMPLES = 3
_LONGEST_LINE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why some orders are not understood (reason UNCLEAR), or why something cannot be read (every other reason)."""

    reason: NoticeReason
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read."""

    says: Mapping[str, Says] = field(default_factory=dict)
    """By order number; with a problem: what could be read all the same."""
    problem: Problem | None = None


def read_attachment(
    path: Path, *, kind: NoticeKind, words: NoticeWords, sheets: SheetProfile, fatal: Quarantine | None = None
) -> Reading:
    """What a file says of each order that it names; never an exception for what is in it. `fatal`: see `open_tables`.

    A PROHIBITION forbids each order unless its own words say otherwise. A RESULT's line above the table says for all
    orders whether they ship, or a column says it for each. A WATCHED one leaves every order UNCLEAR. An OTHER is not
    opened. The file is told by its content: xlsx, xls, text, an HTML table, or a zip of these.
    """
    if kind is NoticeKind.OTHER:
        return Reading()
    numbers = OrderNumbers.of(sheets)
    reader = TableReader(kind=kind, numbers=numbers, wording=Wording.of(words))
    gathered = _Gathered()
    for opened in open_tables(path, is_header=lambda row: any(map(numbers.is_header, row)), fatal=fatal):
        gathered.take(opened, reader=reader)
    return gathered.reading(kind, name=path.name)


def read_text(text: str, *, kind: NoticeKind, words: NoticeWords, sheets: SheetProfile) -> Reading:
    """What the notice's own words say of each order that they name."""
    found = () if kind is NoticeKind.OTHER else OrderNumbers.of(sheets).find(text)
    says = dict.fromkeys(found, verdict(kind, Wording.of(words).said(text)))
    return Reading(says=says, problem=_unclear(says, lines=[text]))


@dataclass(slots=True)
class _Gathered:
    """What the tables of one attachment say together."""

    says: dict[str, Says] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_page: bool = False

    def take(self, opened: Opened, *, reader: TableReader) -> None:
        """Take in one file."""
        if opened.failure is not None:
            self.problems.append(Problem(reason=opened.failure.reason, message=_named(opened, opened.failure.text)))
        self.is_page = self.is_page or opened.is_page
        for sheet in opened.worksheets:
            table = reader.read(sheet)
            for sn, says in table.says.items():
                self.says[sn] = together(says, self.says.get(sn))
            self.lines += table.lines
            if table.damaged_rows:
                self.problems.append(_damaged(opened, rows=table.damaged_rows))

    def reading(self, kind: NoticeKind, *, name: str) -> Reading:
        """All of it; what cannot be read comes before what is not understood."""
        problem = next(iter(self.problems), None)
        if problem is None and not self.says and kind is not NoticeKind.WATCHED:
            reason = NoticeReason.HTML_PAGE if self.is_page else NoticeReason.NO_ORDERS
            problem = Problem(reason=reason, message=_with_lines(name, self.lines))
        return Reading(says=self.says, problem=problem or _unclear(self.says, lines=self.lines))


def _named(opened: Opened, text: Text) -> Text:
    return Text(en=f"{opened.name}: {text.en}", zh=f"{opened.name}：{text.zh}")


def _damaged(opened: Opened, *, rows: Sequence[int]) -> Problem:
    named = _listed(map(str, rows), total=len(rows))
    text = Text(en=f"no order number can be read in row {named}", zh=f"第 {named} 行的订单号无法读取")
    return Problem(reason=NoticeReason.NUMBER_DAMAGED, message=_named(opened, text))


def _unclear(says: Mapping[str, Says], *, lines: Sequence[str]) -> Problem | None:
    unclear = [sn for sn, said in says.items() if said is Says.UNCLEAR]
    if not unclear:
        return None
    named = _listed(unclear, total=len(unclear))
    return Problem(reason=NoticeReason.UNCLEAR, message=_with_lines(named, lines))


def _with_lines(text: str, lines: Sequence[str]) -> Text:
    """The text with the first words of the file, for a person to judge them."""
    words = " / ".join(line for line in lines if line.strip())[:_LONGEST_LINE]
    return Text(en=f'{text} ("{words}")', zh=f"{text}（“{words}”）") if words else Text(en=text, zh=text)


def _listed(names: Iterable[str], *, total: int) -> str:
    more = " …" if total > _EXAMPLES else ""
    return ", ".join(islice(names, _EXAMPLES)) + more
