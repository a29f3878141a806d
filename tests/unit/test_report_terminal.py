from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from rpa.language import Language, Text
from rpa.report.results import Incident, ReportFiles, ShopResult
from rpa.report.terminal import summary, totals_table

REASONS = {
    "shipped": Text(en="Shipped and read back from the site.", zh="已发货，并已从后台读回核对。"),
    "under_audit": Text(
        en="Under platform audit: do not ship until the notice disappears.", zh="平台审核中：审核提示消失前请勿发货。"
    ),
    "unknown": Text(en="It is not certain whether this was shipped.", zh="无法确定是否已发货。"),
}
DEMO = ShopResult(
    shop="demo",
    run_id="run-1",
    flow="ship",
    counts={("done", "shipped"): 57, ("waiting", "under_audit"): 2, ("needs_person", "unknown"): 1},
    examples={("needs_person", "unknown"): ("250301-000000000000001",)},
    files=ReportFiles(csv=Path("var/report.csv"), xlsx=Path("var/report.xlsx"), summary=Path("var/summary.json")),
)


def _printed(*results: ShopResult, language: Language = Language.EN, width: int = 100) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(summary(results, language=language, reasons=REASONS))
    return capture.get()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("language", list(Language))
def test_no_line_is_wider_than_the_terminal_and_no_order_number_is_broken(language: Language, width: int) -> None:
    printed = _printed(DEMO, language=language, width=width)
    assert max(cell_len(line) for line in printed.splitlines()) <= width
    assert "250301-000000000000001" in printed


def test_what_needs_a_person_stands_before_what_is_done() -> None:
    printed = _printed(DEMO)
    assert printed.index("Needs a person") < printed.index("Waiting") < printed.index("Done")


def test_the_clerk_reads_sentences_counts_and_where_the_report_lies() -> None:
    printed = _printed(DEMO, language=Language.ZH)
    assert "平台审核中：审核提示消失前请勿发货。" in printed
    assert " 57 " in printed
    assert str(Path("var/report.xlsx")) in printed


def test_examples_are_named_of_what_needs_somebody_and_not_of_what_is_done() -> None:
    examples = {ending: (f"250301-{number}", f"250302-{number}") for number, ending in enumerate(DEMO.counts)}
    printed = _printed(replace(DEMO, examples=examples))
    assert [sn for subjects in examples.values() for sn in subjects if sn in printed] == [
        *("250301-1", "250301-2", "250302-2"),
    ]


def test_below_the_table_stand_the_numbers_and_the_parcels_to_be_pulled_back() -> None:
    sheets = ((Text(en="Pull back", zh="拦截清单"), 2), (Text(en="Empty", zh="空"), 0))
    printed = _printed(replace(DEMO, further_sheets=sheets), language=Language.ZH)
    assert "demo：共 60 行。需人工处理 1，等待中 2，已完成 57。" in printed
    assert "拦截清单：2 行" in printed
    assert "空" not in printed


def test_a_stopped_shop_says_why() -> None:
    stopped = ShopResult(
        shop="b",
        run_id="r",
        flow="ship",
        incidents=(Incident(cause="login_needed", message="Not logged in."),),
        stop_code=3,
    )
    assert "Shop stopped" in _printed(DEMO, stopped)
    assert "Not logged in." in _printed(stopped)


def test_a_run_with_nothing_to_do_says_so() -> None:
    assert "nothing to do" in _printed(ShopResult(shop="quiet", run_id="r", flow="ship"))


def test_words_in_square_brackets_are_printed_as_they_are() -> None:
    result = ShopResult(
        shop="[red]x", run_id="r", flow="f", incidents=(Incident(cause="note", message="[bold]said[/]"),)
    )
    assert "[bold]said[/]" in _printed(result)


def test_a_history_is_shown_as_a_line_for_each_day_and_shop() -> None:
    console = Console(width=100, color_system=None)
    totals = {("2025-03-02", "south", "done"): 5, ("2025-03-02", "south", "waiting"): 2, ("2025-03-01", "a", "done"): 1}
    with console.capture() as capture:
        console.print(totals_table(totals, language=Language.EN))
    lines = [line.split() for line in capture.get().splitlines() if line.strip().startswith("2025")]
    assert lines == [["2025-03-01", "a", "1"], ["2025-03-02", "south", "5", "2"]]
