"""Terminal table at the end of a run: what ended how, what to do, and where the reports lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text as Styled

from rpa.language import Language, Text
from rpa.outcome import Outcome
from rpa.report.columns import OUTCOME_WORDS, WORST_FIRST

if TYPE_CHECKING:
    from rpa.report.history import DayEnding
    from rpa.report.results import Ending, ShopResult

_COLOURS = {
    Outcome.DONE: "green",
    Outcome.ALREADY_DONE: "green",
    Outcome.PLANNED: "cyan",
    Outcome.WAITING: "yellow",
    Outcome.REFUSED: "dark_orange",
    Outcome.NEEDS_PERSON: "bold red",
}
_EXAMPLES_OF = {Outcome.NEEDS_PERSON: 3, Outcome.REFUSED: 3, Outcome.WAITING: 1, Outcome.PLANNED: 1}
"""How many subjects are named of what ended so; of what is done, none: the report has them all."""

_SHOP = Text(en="Shop", zh="店铺")
_DAY = Text(en="Day", zh="日期")
_OUTCOME = Text(en="Outcome", zh="结果")
_REASON = Text(en="Reason", zh="原因")
_COUNT = Text(en="Count", zh="数量")
_EXAMPLES = Text(en="For example", zh="例如")
_STOPPED = Text(en="Shop stopped", zh="店铺已停止")
_NOTED = Text(en="Note", zh="提示")
_NOTHING = Text(en="There was nothing to do.", zh="没有需要处理的内容。")
_REPORT = Text(en="Report", zh="报告")
_TOTAL = Text(en="{shop}: {rows} rows. {counts}.", zh="{shop}：共 {rows} 行。{counts}。")
_BETWEEN = Text(en=" · ", zh="，")
_FURTHER = Text(
    en="{name}: {rows} rows, on a sheet of their own in the report.", zh="{name}：{rows} 行，见报告中的同名工作表。"
)


def summary(results: Sequence[ShopResult], *, language: Language, reasons: Mapping[str, Text]) -> Group:
    """The table of `summary_table`, and below it each shop's numbers and where its report lies."""
    table = summary_table(results, language=language, reasons=reasons)
    below = [line for result in results for line in _below(result, language=language)]
    return Group(table, *below)


def summary_table(results: Sequence[ShopResult], *, language: Language, reasons: Mapping[str, Text]) -> Table:
    """One line for each way in which rows of a shop ended, what needs a person first.

    `reasons` gives the sentence for a reason code. Reads nothing and prints nothing.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(_SHOP.of(language), overflow="fold", no_wrap=False)
    table.add_column(_OUTCOME.of(language), no_wrap=True)
    table.add_column(_REASON.of(language), overflow="fold", ratio=1)
    table.add_column(_COUNT.of(language), justify="right", no_wrap=True)
    table.add_column(_EXAMPLES.of(language), overflow="fold", min_width=22)
    for result in results:
        shop = result.shop
        for line in _lines(result, language=language, reasons=reasons):
            table.add_row(Styled(shop, style="bold"), *line)
            shop = ""
        table.add_section()
    return table


def totals_table(totals: Mapping[DayEnding, int], *, language: Language) -> Table:
    """One line for each day and shop of a history, one column for each outcome."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(_DAY.of(language), no_wrap=True)
    table.add_column(_SHOP.of(language), overflow="fold")
    for outcome, word in OUTCOME_WORDS.items():
        table.add_column(word.of(language), justify="right", style=_COLOURS[Outcome(outcome)])
    for day, shop in sorted({(day, shop) for day, shop, _ in totals}):
        counts = (totals.get((day, shop, outcome), 0) for outcome in OUTCOME_WORDS)
        table.add_row(Styled(day), Styled(shop), *(str(count or "") for count in counts))
    return table


def _lines(result: ShopResult, *, language: Language, reasons: Mapping[str, Text]) -> Iterator[tuple[Styled, ...]]:
    stopped = Styled(_STOPPED.of(language), style="bold red")
    for incident in result.incidents:
        word = stopped if result.stop_code else Styled(_NOTED.of(language), style="yellow")
        yield word, Styled(incident.message), Styled(), Styled()
    for ending in sorted(result.counts, key=lambda ending: (_urgency(ending), -result.counts[ending], ending[1])):
        yield _line(result, ending=ending, language=language, reasons=reasons)
    if not result.counts and not result.incidents:
        yield Styled(), Styled(_NOTHING.of(language)), Styled("0"), Styled()


def _line(result: ShopResult, *, ending: Ending, language: Language, reasons: Mapping[str, Text]) -> tuple[Styled, ...]:
    outcome, reason = ending
    sentence = reasons[reason].of(language) if reason in reasons else reason
    return (
        Styled(OUTCOME_WORDS[outcome].of(language), style=_COLOURS[Outcome(outcome)]),
        Styled(sentence),
        Styled(str(result.counts[ending])),
        Styled("\n".join(result.examples.get(ending, ())[: _EXAMPLES_OF.get(Outcome(outcome), 0)])),
    )


def _urgency(ending: Ending) -> int:
    return WORST_FIRST.index(ending[0])


def _below(result: ShopResult, *, language: Language) -> Iterator[Styled]:
    outcomes = result.outcomes
    if outcomes:
        counts = (f"{OUTCOME_WORDS[each].of(language)} {outcomes[each]}" for each in WORST_FIRST if each in outcomes)
        words = {"shop": result.shop, "rows": sum(outcomes.values()), "counts": _BETWEEN.of(language).join(counts)}
        yield Styled(_TOTAL.of(language, **words), style="bold")
    for name, rows in result.further_sheets:
        if rows:
            yield Styled(_FURTHER.of(language, name=name.of(language), rows=rows), style="bold red")
    if result.files:
        title = f"{_REPORT.of(language)} {result.shop}: "
        yield Styled.assemble((title, "dim"), str(result.files.xlsx), overflow="fold")
