"""`rpa run export-orders`: the site's own table beside the order list and the ledger, on a mock shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fixtures.mockshop.harness import MockShop
from rpa.clock import Clock
from rpa.ledger.documents import DocumentState
from rpa.ledger.ledger import Ledger
from tests.support.mock_shop import PATIENCE_S, ZONE, Result, ShopFolder
from tests.support.small_shop import SmallShop, log_in, small_shop

pytestmark = pytest.mark.slow

_LIST = "export/task/list"
_ADD = "export/task/add"


@pytest.fixture(scope="module")
def _mock() -> Iterator[MockShop]:
    with MockShop(orders=30) as running:
        yield running


@pytest.fixture
def at_work(_mock: MockShop, tmp_path: Path) -> Iterator[tuple[MockShop, ShopFolder]]:
    """A shop that has made no table for a while, and its owner's folder."""
    _mock.advance(301)
    folder = ShopFolder(tmp_path, url=_mock.url)
    log_in(folder, mock=_mock)
    yield _mock, folder
    _mock.clear_faults()


def _ledger(folder: ShopFolder) -> Ledger:
    return Ledger.open(folder.var / "ledger.sqlite3", clock=Clock(ZONE))


def _notes(result: Result) -> dict[str, str]:
    told = json.loads(result.stdout)["shops"]["demo"]["incidents"]
    return {incident["cause"]: incident["message"] for incident in told}


def _export_while_under_audit(shop: SmallShop, order_sn: str) -> None:
    """Run the flow; the order is under audit when the table is asked for, and not any more when the list is read."""
    shop.mock.patch(order_sn, audit=True)
    seen = shop.mock.last_event()
    shop.mock.fault("freeze", endpoint=_LIST, at=2, when="before")
    process = shop.folder.start("run", "export-orders", "--json")
    asked = shop.mock.wait_for("answer", endpoint=_ADD, after=seen)
    shop.mock.wait_for("request", endpoint=_LIST, after=asked["n"])
    shop.mock.patch(order_sn, audit=False)
    shop.mock.clear_faults("freeze")
    process.communicate(timeout=PATIENCE_S)


def test_what_differs_between_export_list_and_ledger_is_reported_once_each(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=2, virtual=0, held=("seller_remark", "after_sale")) as shop:
        assert shop.ship().exit_code == 0
        renumbered = shop.shipped()[0]
        remarked, in_after_sale = shop.held
        elsewhere = next(sn for sn, order in shop.truth().items() if order["status"] == "closed")
        shop.mock.patch(renumbered, tracking_number="79999999999999")
        shop.mock.patch(elsewhere, status="shipped", courier="中通快递", tracking_number="78888888888888")

        _export_while_under_audit(shop, remarked)

        run_id = shop.folder.run_ids()[-1]
        rows = {row["order_sn"]: row for row in shop.folder.rows_of(run_id)}
        assert {sn: row["reason"] for sn, row in rows.items()} == {
            renumbered: "shipped_with_other_number",
            elsewhere: "shipped_elsewhere",
            remarked: "audit_in_export",
            in_after_sale: "after_sale",
        }
        assert rows[remarked]["exported_audit"] == "订单审核中"
        assert rows[remarked]["released_by"] == "newer_export"
        assert rows[remarked]["held_since"].startswith("2026-03-10T09:3")
        assert rows[renumbered]["exported_status"] == "已发货,待签收"
        assert rows[in_after_sale]["exported_after_sale"] == "售后处理中"
        book = load_workbook(shop.folder.var / "reports" / run_id / "report.xlsx")
        held = [row[0] for row in book["Held"].iter_rows(values_only=True)]
        assert set(held[1:]) == {remarked, in_after_sale}
        with _ledger(shop.folder) as ledger:
            [hold] = ledger.holds("demo")[remarked]
            assert hold.cause == "audit_in_export"

        shop.mock.advance(400)
        newer = shop.folder.run("run", "export-orders", "--json")
        assert newer.row(remarked)["reason"] == "seller_remark"
        with _ledger(shop.folder) as ledger:
            assert remarked not in ledger.holds("demo")
        assert newer.exit_code == 3
        assert shop.writes() == [write for write in shop.writes() if write["order_sn"] in shop.shipped()]


def test_a_killed_download_has_no_final_name_and_the_next_run_takes_the_same_table(
    at_work: tuple[MockShop, ShopFolder],
) -> None:
    mock, folder = at_work
    mock.fault("export-header", variant="2022")
    mock.fault("export-zip")
    mock.fault("slow-download", s=600)
    process = folder.start("run", "export-orders", "--json")
    mock.wait_for("request", endpoint="export/download")
    process.kill()
    process.communicate()
    saved = folder.var / "documents" / "demo" / "exports"
    assert list(saved.glob("*")) == []
    with _ledger(folder) as ledger:
        assert [document.state for document in ledger.documents("demo", kind="export")] == [DocumentState.FOUND]

    mock.clear_faults("slow-download")
    asked = len(mock.truth()["exports"])
    again = folder.run("run", "export-orders", "--json")

    pending = {sn for sn, order in mock.truth()["orders"].items() if order["status"] == "pending"}
    assert set(again.reasons()) >= pending
    assert len(mock.truth()["exports"]) == asked
    [path] = saved.glob("*.zip")
    with _ledger(folder) as ledger:
        [document] = ledger.documents("demo", kind="export")
    assert (document.state, document.path) == (DocumentState.READ, f"exports/{path.name}")
    assert document.facts["orders"] == len(mock.truth()["orders"])
    assert list(saved.parent.glob(".incoming-*")) == []


def test_an_export_that_tells_of_no_audits_makes_no_order_look_free(at_work: tuple[MockShop, ShopFolder]) -> None:
    mock, folder = at_work
    mock.fault("export-header", variant="no-audit-column")
    result = folder.run("run", "export-orders", "--json")
    for sn, order in mock.truth()["orders"].items():
        if order["status"] == "pending":
            assert result.reasons()[sn] == ("under_audit" if order["audit"] else "unreadable")
    assert "[[exports.audit]]" in _notes(result)["export_without_audits"]
    assert result.exit_code == 3


def test_a_file_that_is_no_export_is_kept_and_named_to_a_person(at_work: tuple[MockShop, ShopFolder]) -> None:
    mock, folder = at_work
    mock.fault("export-header", variant="no-order-number")
    result = folder.run("run", "export-orders", "--json")
    assert (result.exit_code, result.rows) == (3, [])
    [path] = (folder.var / "documents" / "demo" / "exports").glob("*.csv")
    assert str(path) in _notes(result)["needs_person"]
    with _ledger(folder) as ledger:
        assert [each.state for each in ledger.documents("demo")] == [DocumentState.UNREADABLE]
