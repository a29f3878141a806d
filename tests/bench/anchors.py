"""The baselines: bare Playwright scripts of a few lines, as people write them. No check, no record, no proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.sites import PINDUODUO

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

    from tests.bench.shop import Parcel
    from tests.bench.sites import BareSite


def read_answers(page: Page, url: str, *, site: BareSite, shipped: bool = False) -> list[dict[str, Any]]:
    """Page through the pending list at 100 a page: read the page's own answers, wait until the rows are in the DOM."""
    site.open_orders(page, url, shipped=shipped)
    answer, orders = _choose_100(page, site.list_call, site=site), []
    while True:
        orders += site.orders_of(answer)
        _wait_for_rows(page, site.rows, count=len(site.orders_of(answer)))
        if len(orders) >= site.total_of(answer):
            return orders
        with page.expect_response(lambda response: site.list_call in response.url) as following:
            page.locator(site.following).click()
        answer = following.value.json()


def _choose_100(page: Page, call: str, *, site: BareSite) -> Any:
    with page.expect_response(lambda response: call in response.url) as answered:
        page.locator(site.page_size).click()
        page.locator(site.hundred).click()
    return answered.value.json()


def _wait_for_rows(page: Page, rows: str, *, count: int) -> None:
    page.wait_for_function("([css, n]) => document.querySelectorAll(css).length === n", arg=[rows, count])


def read_cells(page: Page, url: str, *, site: BareSite, rows: int) -> list[list[str]]:
    """One locator call a cell, for the first `rows` rows of a page of 100."""
    site.open_orders(page, url, shipped=False)
    _choose_100(page, site.list_call, site=site)
    _wait_for_rows(page, site.rows, count=100)
    table = page.locator(site.with_cells)
    return [[cell.inner_text() for cell in table.nth(n).locator("td").all()] for n in range(rows)]


def ship_well(page: Page, url: str, parcels: Sequence[Parcel], *, site: BareSite) -> None:
    """Only the clicks, with Playwright's own waiting."""
    site.open_orders(page, url, shipped=False)
    for parcel in parcels:
        site.ship(page, parcel)


def ship_as_in_a_tutorial(page: Page, url: str, parcels: Sequence[Parcel]) -> None:
    """`goto` and a fixed sleep after each step, on the first site."""
    for order_sn, courier, number in parcels:
        page.goto(f"{url}/orders/list?tab=1")
        page.wait_for_timeout(2000)
        page.locator(PINDUODUO.rows, has_text=order_sn).get_by_role("button", name="发货", exact=True).click()
        page.wait_for_timeout(1000)
        page.locator("#shippingId input").click()
        page.keyboard.type(courier[:2])
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        page.locator("#trackingNumber input").fill(number)
        page.wait_for_timeout(500)
        page.get_by_role("button", name="确认发货").click()
        page.wait_for_timeout(2000)


def import_well(page: Page, url: str, parcels: Sequence[Parcel], *, file: Path) -> list[str]:
    """Write the file, upload it through the page, read the texts of all rows of the result, 100 a page."""
    _write_import(file, parcels)
    page.goto(f"{url}/orders/batch_ship")
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_role("button", name="开始导入").click()
    result = page.locator('[class*="batch-result_container"]')
    rows = result.locator('tbody > tr[data-testid="beast-core-table-body-tr"]')
    rows.first.wait_for()
    with page.expect_response(_is_result) as first:
        result.locator('[class*="PGT_sizeSelect"] [data-testid="beast-core-select-header"]').click()
        page.locator('[class*="ST_option"]').get_by_text("100", exact=True).click()
    answer, texts = first.value.json()["result"], []
    while True:
        rows.filter(has_text=answer["list"][-1]["orderSn"]).wait_for()
        texts += rows.all_inner_texts()
        if len(texts) >= answer["total"]:
            return texts
        with page.expect_response(_is_result) as following:
            result.get_by_test_id("beast-core-pagination-next").click()
        answer = following.value.json()["result"]


def _is_result(response: Response) -> bool:
    return "/batch/result" in response.url


def _write_import(file: Path, parcels: Sequence[Parcel]) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (("订单号", "快递公司", "快递单号"), ("order_sn", "shipping_name", "shipping_sn"), *parcels):
        book.worksheets[0].append(row)
    book.save(file)


DELIVERIES = "/api/logistics/deliverylist"


def tick_well(page: Page, url: str, parcels: Sequence[Parcel], *, site: BareSite) -> str:
    """Search for these, tick their rows, fill in the form, read it, send it, read what the task says at its end."""
    page.goto(f"{url}/ffa/morder/logistics/ewaybill-delivery")
    page.locator('textarea[name="order_ids"]').fill("\n".join(order_sn for order_sn, _, _ in parcels))
    with page.expect_response(lambda response: f"{DELIVERIES}?order_ids={parcels[0][0]}" in response.url):
        page.get_by_role("button", name="查询").click()
    _choose_100(page, DELIVERIES, site=site)
    _wait_for_rows(page, site.rows, count=len(parcels))
    for order_sn, _, _ in parcels:
        page.locator(f'main tr[data-row-key="{order_sn}"]').get_by_label("选择订单").check()
    page.locator('main button[data-kora="批量发货"]').click()
    drawer = page.get_by_role("dialog", name="批量发货", exact=True)
    [(usual, _)] = Counter(courier for _, courier, _ in parcels).most_common(1)
    drawer.get_by_label("统一快递公司").click()
    page.get_by_role("option", name=usual).click()
    for order_sn, courier, number in parcels:
        row = drawer.locator(f'tr[data-row-key="{order_sn}"]')
        if courier != usual:
            row.get_by_label("快递公司", exact=True).click()
            page.get_by_role("option", name=courier).click()
        row.get_by_label("快递单号").fill(number)
    drawer.locator("tr[data-row-key]").all_inner_texts()
    drawer.get_by_role("button", name="确认发货").click()
    result = page.get_by_role("dialog", name="批量发货结果")
    result.locator('[data-task-id][aria-busy="false"]').wait_for()
    return result.inner_text()


FIRST_LIST = """
import json, sys
from playwright.sync_api import sync_playwright
url, state, browser, args = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=browser, args=args)
    page = chromium.new_context(storage_state=state).new_page()
    with page.expect_response(lambda response: "recentOrderList" in response.url) as answer:
        page.goto(url + "/orders/list?tab=1")
    print(len(answer.value.json()["result"]["pageItems"]))
    chromium.close()
"""
"""A whole program: start a browser, load the saved login, open the pending list, read it."""


STATUS = """
import json, sqlite3, sys, tomllib
from datetime import datetime, timedelta, timezone
from pathlib import Path
import pydantic, rich.table, sqlalchemy, typer
folder = Path(sys.argv[1])
shops = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("shops/*.toml")}
ledger = sqlite3.connect(folder / "var/ledger.sqlite3")
runs = "SELECT flow, started_at, state, counts FROM runs WHERE shop = ? ORDER BY fence DESC LIMIT 3"
last = "SELECT * FROM planned_runs WHERE shop = ? AND state != 'planned' ORDER BY planned_at DESC LIMIT 1"
coming = "SELECT * FROM planned_runs WHERE shop = ? AND state = 'planned' ORDER BY due_at LIMIT 1"
clock = "SELECT last_facts FROM observations WHERE shop = ? AND mark = 'site_clock'"
pace = "SELECT COUNT(*) FROM actions WHERE shop = ? AND kind = 'ship' AND state = 'done' AND updated_at > ?"
waiting = "SELECT subject, outcome, reason, message, deadline, facts, seen_at FROM outstanding WHERE shop = ?"
since = (datetime.now(timezone.utc) - timedelta(days=1)).isoformat(timespec="milliseconds")
down = {shop for shop, in ledger.execute("SELECT shop FROM incidents WHERE closed_at IS NULL")}
for shop in shops:
    found = [ledger.execute(query, (shop,)).fetchall() for query in (runs, last, coming, clock, waiting)]
    first = min(datetime.fromisoformat(row[4]) for row in found[4])
    facts = [json.loads(row[5]) for row in found[4]]
    done = ledger.execute(pace, (shop, since)).fetchone()[0]
    print(shop, shop in down, found[0][0], found[1][0][5], found[2][0][5], len(facts), first, done)
"""
"""A whole program: each shop's file, its newest runs, its last and next planned run, its orders and its pace.

It imports what ours is made with, and uses nothing of it."""
