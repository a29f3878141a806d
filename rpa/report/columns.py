"""Report columns: what they are called, in which order they are read, and the words for their codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from rpa.language import Text
from rpa.outcome import Outcome

Row = Mapping[str, str]
"""A row by column key, its cells as they stand in the CSV."""

_YUAN = "CNY"

Kind = Literal["text", "int", "money_fen", "time", "path"]

OUTCOME_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        Outcome.DONE: Text(en="Done", zh="已完成"),
        Outcome.ALREADY_DONE: Text(en="Already done", zh="此前已完成"),
        Outcome.PLANNED: Text(en="Planned", zh="预演"),
        Outcome.WAITING: Text(en="Waiting", zh="等待中"),
        Outcome.REFUSED: Text(en="Refused", zh="未能处理"),
        Outcome.NEEDS_PERSON: Text(en="Needs a person", zh="需人工处理"),
    }
)
"""The word that people read for each outcome code."""

WORST_FIRST: tuple[str, ...] = (
    *(Outcome.NEEDS_PERSON, Outcome.REFUSED, Outcome.WAITING, Outcome.PLANNED, Outcome.DONE, Outcome.ALREADY_DONE),
)
"""Outcome codes in the order in which people read them: what needs them first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its key in the CSV, its title for people, and how its cells are shown to them."""

    key: str
    title: Text
    kind: Kind = "text"
    """People see `money_fen` with two decimals, `time` in the shop's zone, `path` from the project's folder."""
    other_currency: Text | None = None
    """The title where amounts are not in yuan, with a gap `{currency}`."""
    words: Mapping[str, Text] = field(default_factory=dict)
    """What people read instead of a code; a code without words is shown as it is."""
    width: int = 16
    """In characters of the standard font; a Chinese character takes two."""

    def in_currency(self, currency: str) -> Column:
        """The same column, its title naming this currency where it holds amounts."""
        return (
            self
            if self.other_currency is None
            else replace(self, title=self.other_currency.with_words(currency=currency))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of one table. The CSV has them in this order; people see those named in `first` before the rest."""

    columns: tuple[Column, ...]
    first: tuple[str, ...] = ()
    subject: str
    """Key of the column that names what a row is about; its values serve as examples."""
    part: str = ""
    """Key of the column that names which part of it; empty: each row is about the whole."""
    deadline: str = ""
    """Key of the column with the moment by which a row's subject must be settled; empty: it has none."""
    asks: frozenset[str] = frozenset()
    """Reason codes of rows that wait for a person's answer: only a person ends them, though nobody is at fault."""
    holds: frozenset[str] = frozenset()
    """Reason codes of subjects that must not be acted on until something releases them."""
    unseen: frozenset[str] = frozenset()
    """Reason codes of rows whose subject the run did not come to look at: what was found earlier still counts."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The CSV's header."""
        return tuple(column.key for column in self.columns)

    def key_of(self, row: Row) -> tuple[str, str]:
        """The row's subject, and the part of it."""
        return row.get(self.subject, ""), row.get(self.part, "")

    def moment(self, row: Row) -> datetime | None:
        """By when the row's subject must be settled; None: not known."""
        try:
            moment = datetime.fromisoformat(row.get(self.deadline, ""))
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    def for_people(self) -> tuple[Column, ...]:
        """The columns in the order of the XLSX."""
        by_key = {column.key: column for column in self.columns}
        rest = (column for column in self.columns if column.key not in self.first)
        return (*(by_key[key] for key in self.first), *rest)

    def in_currencies(self, *codes: str) -> Layout:
        """This layout for amounts in these currencies: a title says yuan only where all are in yuan."""
        if set(codes) <= {_YUAN}:
            return self
        told = ", ".join(sorted(set(codes)))
        return replace(self, columns=tuple(column.in_currency(told) for column in self.columns))

    def covering(self, keys: Sequence[str]) -> Layout:
        """This layout, with a plain text column added for each key that it does not know."""
        unknown = [key for key in keys if key not in self.keys]
        added = (Column(key=key, title=Text(en=key, zh=key)) for key in unknown)
        return replace(self, columns=(*self.columns, *added))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a workbook: its name, its columns, and its rows, which are read once."""

    name: Text
    layout: Layout
    rows: Iterable[Row]


SheetMaker = Callable[[Iterable[Row]], Sheet]
"""Makes a further sheet from a report's rows, which it may read once and lazily."""
RUN_COLUMNS: tuple[Column, ...] = (
    Column(key="run_id", title=Text(en="Run", zh="运行编号"), width=24),
    Column(key="started_at", title=Text(en="Run started", zh="运行开始"), kind="time", width=20),
    Column(key="finished_at", title=Text(en="Row settled", zh="处理时间"), kind="time", width=20),
    Column(key="shop", title=Text(en="Shop", zh="店铺"), width=14),
    Column(key="platform", title=Text(en="Platform", zh="平台"), width=12),
    Column(key="flow", title=Text(en="Flow", zh="流程"), width=14),
)
"""Filled by `RunReport`: the run's start, and the moment at which the row was settled."""

OUTCOME_COLUMN = Column(key="outcome", title=Text(en="Outcome", zh="结果"), words=OUTCOME_WORDS, width=15)
