"""Shipping by a file, through the product's eyes: what the page takes, what was sent, what became of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pytest

from flows.bulk_import.api import ImportedRow, ImportLimits, ImportLine, ImportResult
from flows.bulk_import.file import read_lines, write_file
from flows.bulk_import.reconcile import agreed, failures_of
from flows.bulk_import.web import WebImports
from flows.bulk_import.words import ImportWords
from flows.orders.model import How
from rpa.browser.view import View
from rpa.errors import NotApproved, Refused, TryAgain
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by
from tests.support.tiny_site import LONG_S

pytestmark = pytest.mark.slow

PARCELS, NONE = How.IMPORT, How.NO_LOGISTICS
NOBODY = "260101-000000000000000"
_ASKS_TO_OVERWRITE = """() => new MutationObserver(() => {
  const words = document.querySelector('[class*="MDL_body"] p');
  if (words) words.textContent = '部分订单已有单号，是否覆盖并继续发货？';
}).observe(document.body, { childList: true })"""


@pytest.fixture
def opened(clerk: Clerk, tmp_path: Path) -> Iterator[Callable[..., View]]:
    with ExitStack() as views:
        yield lambda **how: views.enter_context(viewed_by(clerk, folder=tmp_path, **how))


@pytest.fixture
def office(opened: Callable[..., View]) -> WebImports:
    return WebImports(opened(), shop=NO_SETTINGS)


class Files:
    """Files in the site's own template."""

    def __init__(self, clerk: Clerk, office: WebImports, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.words = clerk.profile.section(ImportWords)
        self.templates: dict[How, Path] = {}

    def made(self, lines: Sequence[ImportLine], *, how: How = PARCELS, name: str = "parcels.xlsx") -> Path:
        if how not in self.templates:
            self.templates[how] = self.office.template(how, into=self.folder)
        write_file(lines, template=self.templates[how], to=self.folder / name, words=self.words)
        return self.folder / name


@pytest.fixture
def files(clerk: Clerk, office: WebImports, tmp_path: Path) -> Files:
    return Files(clerk, office, tmp_path)


def parcels(*sns: str, courier: str = "圆通快递") -> list[ImportLine]:
    return [ImportLine(order_sn=sn, courier=courier, tracking_number=f"YT{sn[-13:]}") for sn in sns]


def upload(
    files: Files,
    lines: Sequence[ImportLine],
    *,
    how: How = PARCELS,
    name: str = "parcels.xlsx",
    patience_s: float = LONG_S,
) -> tuple[ImportResult | None, dict[str, ImportedRow]]:
    said = files.office.fill_in(how, files.made(lines, how=how, name=name)).send()
    result = files.office.result(how, file_name=name, task_id=said.task_id, into=files.folder, patience_s=patience_s)
    return result, agreed(lines, result, failures=failures_of(result, words=files.words))


def outcomes(rows: dict[str, ImportedRow]) -> list[bool | None]:
    return [row.accepted for row in rows.values()]


def test_the_page_says_how_much_it_takes(office: WebImports) -> None:
    assert office.limits(PARCELS) == office.limits(NONE) == ImportLimits(rows=1000, size=5_000_000)


def test_a_file_in_the_sites_own_template_can_be_read_as_it_was_meant(clerk: Clerk, files: Files) -> None:
    lines = parcels("260310-123456789012345")
    assert read_lines(files.made(lines), words=files.words) == lines
    none = [ImportLine(order_sn="260310-123456789012345")]
    assert read_lines(files.made(none, how=NONE, name="none.xlsx"), words=files.words) == none


def test_choosing_a_file_sends_nothing(clerk: Clerk, office: WebImports, files: Files) -> None:
    before = clerk.shop.truth()["imports"]
    office.fill_in(PARCELS, files.made(parcels(clerk.an_order())))
    assert clerk.shop.truth()["imports"] == before


def test_each_row_is_accepted_or_refused_as_the_shop_has_it(clerk: Clerk, files: Files) -> None:
    good, other = islice(clerk.orders(), 2)
    lines = [*parcels(good, NOBODY), *parcels(other, courier="飞鸽传书")]
    result, rows = upload(files, lines)
    assert result is not None
    assert (result.finished, len(result.answers)) == (True, 3)
    assert outcomes(rows) == [True, False, False]
    assert (rows[NOBODY].words, rows[NOBODY].for_dialog) == ("订单不存在", False)
    assert rows[other].for_dialog
    assert [len(clerk.shop.order(sn)["shipments"]) for sn in (good, other)] == [1, 0]


def test_an_order_without_a_parcel_goes_by_its_own_page(clerk: Clerk, files: Files) -> None:
    sn = clerk.an_order(virtual=True)
    lines = [ImportLine(order_sn=sn), ImportLine(order_sn=NOBODY)]
    _, rows = upload(files, lines, how=NONE, name="none.xlsx")
    assert outcomes(rows) == [True, False]
    assert clerk.shop.order(sn)["shipments"][0]["tracking_number"] == ""


def test_all_pages_of_a_long_result_are_read(clerk: Clerk, files: Files) -> None:
    lines = parcels(*(f"260101-{n:015d}" for n in range(230)))
    result, rows = upload(files, lines)
    assert result is not None
    assert result.finished
    assert [row.line for row in result.rows] == lines
    assert set(outcomes(rows)) == {False}


def test_a_task_whose_answer_was_lost_is_found_by_its_files_name(clerk: Clerk, files: Files) -> None:
    sn = clerk.an_order()
    clerk.shop.fault("import-answer-lost")
    result, rows = upload(files, parcels(sn, NOBODY), name="lost-1.xlsx")
    assert result is not None
    assert result.task_id == clerk.shop.truth()["imports"][-1]["task_id"]
    assert outcomes(rows) == [True, False]


def test_a_file_that_never_came_up_is_not_among_the_records(files: Files) -> None:
    assert files.office.result(PARCELS, file_name="never.xlsx", task_id=None, into=files.folder, patience_s=1) is None


def test_a_page_that_lost_sight_of_an_import_finds_it_among_the_records(clerk: Clerk, files: Files) -> None:
    sn = clerk.an_order()
    said = files.office.fill_in(PARCELS, files.made(parcels(sn, NOBODY), name="sight.xlsx")).send()
    clerk.page.evaluate("document.querySelector('[data-result]').innerHTML = '<p class=batch-progress_failed>-</p>'")
    result = files.office.result(
        PARCELS, file_name="sight.xlsx", task_id=said.task_id, into=files.folder, patience_s=LONG_S
    )
    assert result is not None
    assert result.finished


def test_two_files_of_one_name_are_not_told_apart(clerk: Clerk, files: Files) -> None:
    for _ in range(2):
        upload(files, parcels(NOBODY), name="twice.xlsx")
    with pytest.raises(TryAgain, match=r"twice\.xlsx"):
        files.office.result(PARCELS, file_name="twice.xlsx", task_id=None, into=files.folder, patience_s=1)


def test_records_that_cannot_be_read_are_not_taken_for_empty_ones(clerk: Clerk, files: Files) -> None:
    upload(files, parcels(NOBODY), name="there.xlsx")
    clerk.shop.fault("error-before", endpoint="batch/records", times=0)
    with pytest.raises(TryAgain):
        files.office.result(PARCELS, file_name="there.xlsx", task_id=None, into=files.folder, patience_s=1)


def test_an_import_that_stands_still_is_left_alone_and_found_again_when_it_has_ended(
    clerk: Clerk, files: Files
) -> None:
    sn = clerk.an_order()
    clerk.shop.fault("import-late", s=900)
    result, rows = upload(files, parcels(sn, NOBODY), name="late.xlsx", patience_s=0.2)
    assert result is not None
    assert (result.finished, result.going, outcomes(rows)) == (False, True, [None, None])
    assert files.office.at_work(PARCELS) == ["late.xlsx"]
    clerk.shop.advance(900)
    later = files.office.result(
        PARCELS, file_name="late.xlsx", task_id=result.task_id, into=files.folder, patience_s=LONG_S
    )
    assert later is not None
    assert (later.finished, later.going) == (True, False)
    assert files.office.at_work(PARCELS) == []


@pytest.mark.parametrize("answer", ["task", "error"])
def test_rows_that_a_broken_import_did_not_come_to_are_not_certain(clerk: Clerk, files: Files, answer: str) -> None:
    first, last = islice(clerk.orders(), 2)
    clerk.shop.fault("import-part", n=2, answer=answer)
    result, rows = upload(files, parcels(first, NOBODY, last), name=f"part-{answer}.xlsx")
    assert result is not None
    assert (result.finished, result.going) == (False, False)
    assert outcomes(rows) == [True, False, None]


@pytest.mark.parametrize(("lie", "certain"), [("accepted", [None, True, False]), ("refused", [None, None, False])])
def test_a_row_that_table_and_failure_file_tell_differently_is_not_certain(
    clerk: Clerk, files: Files, lie: str, certain: list[bool | None]
) -> None:
    sns = islice(clerk.orders(), 2)
    clerk.shop.fault("import-result-lies", lie=lie, k=1)
    _, rows = upload(files, parcels(*sns, NOBODY), name=f"lie-{lie}.xlsx")
    assert outcomes(rows) == certain


@pytest.mark.parametrize(
    ("mode", "certain"),
    [("drop", [None, None, False]), ("empty", [None, None, None]), ("html", [None, None, None])],
)
def test_a_failure_file_that_is_not_whole_proves_no_row_accepted(
    clerk: Clerk, files: Files, mode: str, certain: list[bool | None]
) -> None:
    sn = clerk.an_order()
    clerk.shop.fault("import-failure-file", mode=mode)
    _, rows = upload(files, parcels(sn, NOBODY, f"{NOBODY[:-1]}1"), name=f"failures-{mode}.xlsx")
    assert outcomes(rows) == certain


def test_rows_refused_for_a_passing_reason_may_be_sent_again(clerk: Clerk, files: Files) -> None:
    clerk.shop.fault("import-throttle", k=2)
    sns = islice(clerk.orders(), 2)
    _, rows = upload(files, parcels(*sns))
    assert [(row.accepted, row.repeatable) for row in rows.values()] == [(True, False), (False, True)]


def test_a_file_that_the_server_refuses_whole_is_refused_in_its_words(clerk: Clerk, files: Files) -> None:
    said = files.office.fill_in(PARCELS, files.made([])).send()
    assert (said.accepted, said.words, said.task_id) == (False, "文件中没有数据", None)


def test_a_file_that_the_page_does_not_take_is_refused_before_anything_is_sent(
    office: WebImports, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(Refused, match="仅支持 xlsx、xls、csv"):
        office.fill_in(PARCELS, tmp_path / "a.pdf")


def test_a_second_question_is_answered_once(clerk: Clerk, files: Files) -> None:
    clerk.shop.fault("second-confirmation")
    before = len(clerk.shop.truth()["imports"])
    _, rows = upload(files, parcels(clerk.an_order(), NOBODY))
    assert outcomes(rows) == [True, False]
    assert len(clerk.shop.truth()["imports"]) == before + 1


def test_a_question_whether_to_overwrite_numbers_is_not_answered(clerk: Clerk, files: Files) -> None:
    clerk.shop.fault("second-confirmation")
    before = len(clerk.shop.truth()["imports"])
    form = files.office.fill_in(PARCELS, files.made(parcels(clerk.an_order())))
    clerk.page.evaluate(_ASKS_TO_OVERWRITE)

    said = form.send()

    assert said.accepted is False
    assert "覆盖" in said.words
    assert len(clerk.shop.truth()["imports"]) == before


def test_where_nobody_confirmed_the_button_no_file_is_chosen(
    clerk: Clerk, opened: Callable[..., View], tmp_path: Path
) -> None:
    (tmp_path / "parcels.xlsx").write_bytes(b"1")
    with pytest.raises(NotApproved, match=r"import\.confirm"):
        WebImports(opened(mock=False), shop=NO_SETTINGS).fill_in(PARCELS, tmp_path / "parcels.xlsx")
