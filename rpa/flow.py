"""Flow: one business job as a value; `option` describes an argument of it. Flows are found by discovery."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rpa.config import Config, Shop
    from rpa.language import Text
    from rpa.ledger.actions import Action
    from rpa.report.columns import Layout, SheetMaker
    from rpa.run import Run


Row = Mapping[str, object]
"""One row of the report: the flow's columns, with at least `outcome` and `reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What `prepare` is given: the run's configuration before any browser has started."""

    config: Config
    shops: tuple[Shop, ...]
    options: Any
    language: str
    yes: bool = False
    """Questions of the program itself are answered with yes."""
    live: frozenset[str] = frozenset()
    """The shops in which the run may write; in the others it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportShape:
    """How a flow's rows are written: the table, its name, the words for reason codes, further sheets of a workbook."""

    layout: Layout
    name: Text
    reasons: Mapping[str, Text]
    sheets: tuple[SheetMaker, ...] = ()


@dataclass(frozen=True, slots=True)
class NoOptions:
    """A flow without arguments of its own."""


def _nothing(_plan: Preparation) -> object:
    return None


def _no_rows(_shared: Any, _stopped: Sequence[str]) -> Iterator[tuple[str, Row]]:
    return iter(())


def everything(_options: Any) -> bool:
    """For `Flow.looks_at_all`: each run accounts for everything, whatever its options."""
    return True


def _some(_options: Any) -> bool:
    return False


def _no_more(_options: Any) -> tuple[type, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One business job. `work` yields the report's rows as they end; what it raises tells the runner what is next."""

    name: str
    summary: Text
    work: Callable[[Run], Iterator[Row]]
    report: ReportShape
    needs: tuple[type | tuple[type, ...], ...] = ()
    """The capabilities (protocols) that the platform must offer; of several in one place, one of them."""
    needs_with: Callable[[Any], tuple[type, ...]] = _no_more
    """What it must offer besides where the flow has these options."""
    options: type = NoOptions
    """A frozen dataclass; each field becomes an argument of the command line (see `option`)."""
    writes: bool = False
    prepare: Callable[[Preparation], object] = _nothing
    """Runs once before a browser starts; its value is every shop's `run.shared`."""
    leftovers: Callable[[Any, Sequence[str]], Iterator[tuple[str, Row]]] = _no_rows
    """(shop name or "", row) for what no shop took; told the names of the shops that stopped early."""
    settled: Mapping[str, Callable[[Action], Row]] = field(default_factory=dict)
    """By kind of the ledger: the row of an action that has ended, for a run that was killed before it wrote it."""
    looks_at_all: Callable[[Any], bool] = _some
    """Whether a run with these options accounts for everything: what it does not name is over, not left out.

    Only a flow that says so (`everything`) ends what earlier runs have left open, and with it their alarms.
    """


def option(
    help_en: str,
    help_zh: str,
    *,
    default: Any = None,
    many: bool = False,
    flag: str | None = None,
    attended: bool = False,
) -> Any:
    """A field of a flow's options, with its help text; `many` may be given several times; `flag` overrides its name.

    `attended`: it takes a person at the terminal, so that no schedule can ask for it.
    """
    metadata = {"help": (help_en, help_zh), "many": many, "flag": flag, "attended": attended}
    if many:
        return field(default_factory=tuple, metadata=metadata)
    return field(default=default, metadata=metadata)
