"""One table, whatever the look of the export; what cannot be read is said, never guessed."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fixtures.exports.files import export_file, zipped
from fixtures.exports.variants import SAME_TABLE, VARIANTS, Variant
from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.exports import rows_of
from fixtures.mockshop.shop.generate import generate
from fixtures.mockshop.shop.orders import MockOrder
from flows.exports.api import ExportTable
from flows.exports.reading import read_export
from flows.exports.words import ExportWords
from flows.orders.model import Mark
from flows.orders.words import Identifiers
from flows.sheets.worksheet import NotASheet
from rpa.documents.archives import BadArchive
from rpa.elements.registry import load_profile

ZONE = ZoneInfo("Asia/Shanghai")
ORDERS = tuple(generate(orders=60, seed=1, now=DEFAULT_NOW))
Read = Callable[[bytes], ExportTable]


@cache
def _words() -> tuple[ExportWords, Identifiers]:
    profile = load_profile("pinduoduo")
    return profile.section(ExportWords), profile.section(Identifiers)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads the bytes of a download."""
    words, identifiers = _words()
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()

    def read(content: bytes) -> ExportTable:
        path = tmp_path / "download"
        path.write_bytes(content)
        return read_export(path, words=words, order_sn=identifiers.order_sn, zone=ZONE, unpacked=unpacked)

    return read


def _file(variant: str | Variant = "2026", orders: Iterable[MockOrder] = ORDERS) -> bytes:
    return export_file(rows_of(tuple(orders)), variant=VARIANTS[variant] if isinstance(variant, str) else variant)


def _plain(table: ExportTable) -> ExportTable:
    """Without the words that differ from look to look."""
    orders = {sn: replace(order, audit_text="", after_sale_text="") for sn, order in table.orders.items()}
    return replace(table, orders=orders)


@pytest.mark.parametrize("variant", SAME_TABLE[1:])
def test_the_export_under_each_header_variant_gives_the_same_table_zipped_or_not(variant: str, read: Read) -> None:
    content, first = _file(variant), _plain(read(_file()))
    assert _plain(read(content)) == first
    assert _plain(read(zipped(f"orders{VARIANTS[variant].suffix}", content))) == first


def test_the_table_is_what_the_shop_has(read: Read) -> None:
    table = read(_file())
    assert list(table.orders) == [order.order_sn for order in ORDERS]
    for order in ORDERS:
        told = table.orders[order.order_sn]
        assert (told.audit is Mark.SET, told.status) == (
            order.audit,
            "shipped" if order.status == "received" else order.status,
        )
        assert (told.after_sale is Mark.SET) == (order.after_sale or order.status == "closed")
        assert (told.courier, told.tracking_number, told.amount_fen) == (
            order.courier,
            order.tracking_number,
            order.amount_fen,
        )
        assert [(item.goods_id, item.spec, item.quantity) for item in told.items] == [
            (item.goods_id, item.spec, item.quantity) for item in order.items
        ]
        assert told.ship_by == datetime.fromtimestamp(order.ship_by, tz=ZONE)
    assert {order.audit for order in table.orders.values()} == {Mark.SET, Mark.CLEAR}


def test_without_a_known_audit_column_no_order_is_known_to_be_free(read: Read) -> None:
    table = read(_file("no-audit-column"))
    assert not table.tells_audits
    assert {order.audit for order in table.orders.values()} == {Mark.UNREADABLE}


def test_an_unheard_of_word_in_the_audit_column_is_unreadable(read: Read) -> None:
    table = read(_file("unheard-of-audit"))
    audited = {order.order_sn for order in ORDERS if order.audit}
    assert {sn for sn, order in table.orders.items() if order.audit is Mark.UNREADABLE} == audited
    assert table.orders[min(audited)].audit_text == "风控排查"


def test_an_empty_cell_in_a_yes_or_no_column_is_unreadable(read: Read) -> None:
    silent = replace(VARIANTS["2020"], audit={True: "是", False: ""})
    assert {order.audit for order in read(_file(silent)).orders.values()} == {Mark.SET, Mark.UNREADABLE}


def test_of_two_audit_columns_the_worse_one_counts(read: Read) -> None:
    two = replace(VARIANTS["2020"], columns=(*VARIANTS["2020"].columns, ("审核状态", "remark")))
    orders = [replace(order, audit=False, remark="订单审核中") for order in ORDERS[:2]]
    orders += [replace(order, audit=False, remark="") for order in ORDERS[2:4]]
    marks = [order.audit for order in read(_file(two, orders)).orders.values()]
    assert marks == [Mark.SET, Mark.SET, Mark.CLEAR, Mark.CLEAR]


def test_a_number_that_excel_has_destroyed_is_known_as_such(read: Read) -> None:
    orders = [replace(order, tracking_number="462599012345678") for order in ORDERS[:1]]
    [told] = read(_file("saved-by-excel", orders)).orders.values()
    assert (told.number_damaged, told.tracking_number) == (True, "4.62599E+14")


def test_a_row_without_a_readable_order_number_is_told_with_its_place(read: Read) -> None:
    orders = [ORDERS[0], replace(ORDERS[1], order_sn="2603E+12")]
    table = read(_file("plain", orders))
    assert list(table.orders) == [ORDERS[0].order_sn]
    assert table.bad_rows == ("3: 2603E+12",)


def test_rows_of_one_order_that_contradict_each_other_are_its_doubt(read: Read) -> None:
    orders = [ORDERS[0], replace(ORDERS[0], status="shipped", tracking_number="YT1", audit=True)]
    [told] = read(_file("plain", orders)).orders.values()
    assert told.doubt == "status: '待发货', '已发货,待签收'; audit: '', '订单审核中'; tracking_number: '', 'YT1'"
    assert told.audit is Mark.SET


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_file("no-order-number"), "order number column"),
        (_file("plain")[: len(_file("plain")) // 2], "not whole"),
        (_file("2021")[:4000], "damaged"),
        (b"<!doctype html><html><p>busy</p></html>", "not a table"),
        (b"", "empty"),
        (_file("plain").replace("售后状态".encode(), "订单号".encode()), "mean the same"),
    ],
    ids=["no order number", "half a CSV", "half an xlsx", "a page", "nothing", "a column twice"],
)
def test_a_file_that_is_no_whole_export_is_refused(content: bytes, words: str, read: Read) -> None:
    with pytest.raises((NotASheet, BadArchive), match=words):
        read(content)


def test_a_zip_must_hold_exactly_one_file(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("1.csv", "2.csv"):
            archive.writestr(name, _file())
    with pytest.raises(NotASheet, match="exactly one file"):
        read(path.read_bytes())


def test_a_zip_that_leads_elsewhere_is_refused(read: Read, tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match="leads out"):
        read(zipped("../../orders.csv", _file()))
    assert [path.name for path in tmp_path.parent.iterdir() if path.suffix == ".csv"] == []


@pytest.mark.slow
def test_20000_orders_are_read_in_seconds_and_a_few_hundred_megabytes(read: Read) -> None:
    resource = pytest.importorskip("resource", reason="the most memory a process ever had is not told here")
    orders = [replace(ORDERS[n % len(ORDERS)], order_sn=f"260310-{n:015d}") for n in range(20_000)]
    content = _file("2021", orders)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    assert len(read(content).orders) == len(orders)
    assert time.process_time() - began < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
