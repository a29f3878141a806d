"""Shipping by ticked rows, through the product's eyes: which rows are ticked, what is filled in, how a task ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fixtures.mockshop.harness import MockShop
from flows.orders.web import WebOrders
from flows.procedure.in_bulk import SomeNotTaken
from flows.ticked.api import TaskResult, TickedLine
from flows.ticked.reconcile import told_orders
from flows.ticked.web import WebTicked
from rpa.browser.view import View
from rpa.elements.registry import load_profile
from rpa.errors import InDoubt, NotApproved
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by
from tests.support.douyin_by_hand import DouyinClerk, douyin_clerk
from tests.support.tiny_site import LONG_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

_SPOILS = """() => {
  const spoil = sessionStorage.getItem("spoil");
  if (spoil === "tick") document.addEventListener("change", ({ target }) => {
    const first = document.querySelector("main tbody input");
    if (first !== target) first.checked = false;
  });
  if (spoil === "search") document.addEventListener("submit", ({ target }) => {
    target.elements.order_ids.value = "";
  }, true);
  if (spoil === "groups") new MutationObserver(() => document.querySelectorAll("[data-reason] li").forEach((line) => {
    if (line.textContent !== "6999999999999999999") line.textContent = "6999999999999999999";
  })).observe(document, { childList: true, subtree: true });
}"""
"""What a page does wrong while it is told to."""
_DRAWER = '[role="dialog"][aria-label="批量发货"]'


@pytest.fixture(scope="module")
def _desk(chromium: Browser) -> Iterator[DouyinClerk]:
    with MockShop(platform="douyin", orders=150) as mock, douyin_clerk(chromium, mock) as clerk:
        clerk.page.add_init_script(f"({_SPOILS})()")
        yield clerk


@pytest.fixture
def clerk(_desk: DouyinClerk) -> Iterator[DouyinClerk]:
    yield _desk
    _desk.shop.clear_faults()


@pytest.fixture
def view(clerk: DouyinClerk, tmp_path: Path) -> Iterator[View]:
    looking = Clerk(page=clerk.page, shop=clerk.shop, profile=load_profile("douyin"))
    with viewed_by(looking, folder=tmp_path) as view:
        yield view


@pytest.fixture
def hasty_view(clerk: DouyinClerk, tmp_path: Path) -> Iterator[View]:
    """The same in a hurry, for what never comes."""
    looking = Clerk(page=clerk.page, shop=clerk.shop, profile=load_profile("douyin"))
    with viewed_by(looking, folder=tmp_path, patience_s=3.0) as view:
        yield view


@pytest.fixture
def office(view: View) -> WebTicked:
    return WebTicked(view, NO_SETTINGS)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "demo-1"
    folder.mkdir()
    return folder


@contextmanager
def spoiled(view: View, what: str) -> Iterator[None]:
    """Meanwhile the pages that are opened do this wrong."""
    view.page.evaluate("(what) => sessionStorage.setItem('spoil', what)", what)
    try:
        yield
    finally:
        view.page.evaluate("() => sessionStorage.removeItem('spoil')")


def lines_of(view: View, clerk: DouyinClerk, count: int = 2, *, courier: str = "中通快递") -> list[TickedLine]:
    sns = clerk.free_orders(count)
    found = WebOrders(view, NO_SETTINGS).find(sns)
    return [TickedLine(order=found[sn], courier=courier, tracking_number=f"78{sn[-12:]}") for sn in sns]


def tasks(clerk: DouyinClerk) -> int:
    return len(clerk.shop.truth()["ship_tasks"])


def test_just_these_rows_are_ticked_filled_in_and_shipped(
    view: View, clerk: DouyinClerk, office: WebTicked, into: Path
) -> None:
    first, second = lines_of(view, clerk)
    second = TickedLine(order=second.order, courier="顺丰速运", tracking_number="SF1234567890123")
    before = tasks(clerk)
    form = office.fill_in([first, second], into=into)
    assert (tasks(clerk), [path.suffix for path in into.iterdir()]) == (before, [".jpg"])

    said = form.send()

    assert said.accepted
    assert said.task_id is not None
    result = office.result(said.task_id, patience_s=LONG_S)
    assert result is not None
    sns = [first.order_sn, second.order_sn]
    assert [each.accepted for each in told_orders(sns, result).values()] == [True, True]
    sent = [clerk.shop.order(sn)["shipments"][0] for sn in sns]
    assert [(each["courier"], each["tracking_number"]) for each in sent] == [
        ("中通快递", first.tracking_number),
        ("顺丰速运", "SF1234567890123"),
    ]
    assert office.at_work() == []


def test_a_marked_row_and_one_that_is_missing_are_left_each_with_its_reason(
    view: View, clerk: DouyinClerk, office: WebTicked, into: Path
) -> None:
    marked, shipped, free = lines_of(view, clerk, 3)
    clerk.shop.patch(marked.order_sn, audit=True)
    clerk.shop.patch(shipped.order_sn, status="closed")
    with pytest.raises(SomeNotTaken) as caught:
        office.fill_in([marked, shipped, free], into=into)
    assert {sn: code for sn, (code, _) in caught.value.why.items()} == {
        marked.order_sn: "under_audit",
        shipped.order_sn: "row_mismatch",
    }
    assert view.page.locator(_DRAWER).count() == 0


def test_a_courier_that_the_form_does_not_offer_is_told_and_the_form_closed(
    hasty_view: View, clerk: DouyinClerk, into: Path
) -> None:
    office = WebTicked(hasty_view, NO_SETTINGS)
    [line, other] = lines_of(hasty_view, clerk)
    line = TickedLine(order=line.order, courier="飞鸽传书", tracking_number=line.tracking_number)
    with pytest.raises(SomeNotTaken) as caught:
        office.fill_in([line, other], into=into)
    [(sn, (code, _))] = caught.value.why.items()
    assert (sn, code) == (line.order_sn, "unknown_courier")
    assert hasty_view.page.locator(_DRAWER).count() == 0


@pytest.mark.parametrize(
    "change",
    [
        """(row) => { row.querySelector('input[placeholder="请输入快递单号"]').value = "X1" }""",
        """(row) => { row.querySelector(".auxo-select-selection-item").textContent = "圆通快递" }""",
        """(row) => { row.querySelector('[role="alert"]').hidden = false }""",
        """(row) => { row.cells[1].textContent = "6999999999999999999" }""",
        """(row) => row.after(row.cloneNode(true))""",
        """(row) => row.remove()""",
        """() => { document.querySelector("[data-count]").textContent = "3" }""",
        """() => { document.querySelector("[data-address] .auxo-select-selection-item").textContent = "别处" }""",
    ],
)
def test_a_form_that_reads_otherwise_before_the_click_is_not_sent(
    hasty_view: View, clerk: DouyinClerk, into: Path, change: str
) -> None:
    form = WebTicked(hasty_view, NO_SETTINGS).fill_in(lines_of(hasty_view, clerk), into=into)
    before = tasks(clerk)
    hasty_view.page.locator(f"{_DRAWER} tr[data-row-key]").first.evaluate(change)
    with pytest.raises(InDoubt):
        form.send()
    assert tasks(clerk) == before


def test_a_list_that_shows_another_order_is_not_ticked(
    view: View, clerk: DouyinClerk, office: WebTicked, into: Path
) -> None:
    lines = lines_of(view, clerk, 3)
    with spoiled(view, "search"), pytest.raises(InDoubt, match="other orders"):
        office.fill_in(lines[:2], into=into)


def test_a_tick_that_does_not_hold_stops_before_the_form(
    view: View, clerk: DouyinClerk, office: WebTicked, into: Path
) -> None:
    lines = lines_of(view, clerk)
    with spoiled(view, "tick"), pytest.raises(InDoubt, match="Other rows are ticked"):
        office.fill_in(lines, into=into)
    assert view.page.locator(_DRAWER).count() == 0


def test_a_button_that_nobody_has_confirmed_is_not_even_prepared_for(
    clerk: DouyinClerk, tmp_path: Path, into: Path
) -> None:
    looking = Clerk(page=clerk.page, shop=clerk.shop, profile=load_profile("douyin"))
    with viewed_by(looking, folder=tmp_path, mock=False) as view:
        lines = lines_of(view, clerk)
        with pytest.raises(NotApproved):
            WebTicked(view, NO_SETTINGS).fill_in(lines, into=into)


def sent(view: View, clerk: DouyinClerk, office: WebTicked, into: Path) -> tuple[list[str], str]:
    lines = lines_of(view, clerk)
    said = office.fill_in(lines, into=into).send()
    assert said.task_id is not None
    return [line.order_sn for line in lines], said.task_id


def test_a_task_that_stands_still_is_left_alone_and_known_as_at_work(
    view: View, clerk: DouyinClerk, office: WebTicked, into: Path
) -> None:
    clerk.shop.fault("task-slow", s=900)
    _, task_id = sent(view, clerk, office, into)
    result = office.result(task_id, patience_s=0.0)
    assert result is not None
    assert result.going
    assert office.at_work() == [task_id]
    clerk.shop.advance(900)
    later = office.result(task_id, patience_s=LONG_S)
    assert later is not None
    assert (later.going, len(later.shipped)) == (False, 2)


def test_what_the_page_groups_otherwise_than_its_data_does_not_count(
    hasty_view: View, clerk: DouyinClerk, into: Path
) -> None:
    clerk.shop.fault("task-partial", k=2)
    office = WebTicked(hasty_view, NO_SETTINGS)
    sns, task_id = sent(hasty_view, clerk, office, into)
    good = office.result(task_id, patience_s=LONG_S)
    assert good is not None
    assert sorted((each.accepted for each in told_orders(sns, good).values()), key=str) == [False, True]
    assert [reason for _, reason in good.refused] == ["操作频繁，请稍后再试"]
    with spoiled(hasty_view, "groups"):
        lied = office.result(task_id, patience_s=LONG_S)
    assert lied == TaskResult(
        task_id=task_id, total=None, shipped=good.shipped, refused=good.refused, answer=good.answer
    )


def test_a_task_that_the_records_do_not_have_is_not_known(
    view: View, clerk: DouyinClerk, office: WebTicked, into: Path
) -> None:
    clerk.shop.fault("task-lost")
    _, task_id = sent(view, clerk, office, into)
    assert office.result(task_id, patience_s=LONG_S) is None
    assert office.at_work() == []
