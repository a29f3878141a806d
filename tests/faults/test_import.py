"""`rpa run ship-batch`, whatever the site does to a file: each row is settled, and no order is shipped twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.import_runs import never_twice, settled, ship_batch, uploads
from tests.support.mock_shop import PATIENCE_S
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

UPLOAD, LIST = "batch/upload", "recentOrderList"
LONG = pytest.mark.long
THROTTLED = {"name": "import-throttle", "k": 3, "times": 2}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    """Three orders without parcels, then eight with parcels, one under audit, one in after-sale."""
    with small_shop(tmp_path / "owner", parcels=8, virtual=3) as opened:
        yield opened


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([{"name": "import-answer-lost", "times": 2}], id="the answer is lost", marks=LONG),
        pytest.param([{"name": "import-part", "n": 2, "times": 2}], id="a part is processed, then a 500"),
        pytest.param(
            [{"name": "import-part", "n": 2, "answer": "task", "times": 2}], id="the task breaks off", marks=LONG
        ),
        pytest.param(
            [{"name": "import-result-lies", "lie": "accepted", "k": 2, "times": 2}, THROTTLED], id="accepted is a lie"
        ),
        pytest.param(
            [{"name": "import-result-lies", "lie": "refused", "k": 2, "times": 2}], id="refused is a lie", marks=LONG
        ),
        pytest.param(
            [THROTTLED, {"name": "import-failure-file", "mode": "drop", "times": 2}],
            id="the failure file lacks a row",
            marks=LONG,
        ),
        pytest.param(
            [THROTTLED, {"name": "import-failure-file", "mode": "html", "times": 2}],
            id="the failure file is a page",
            marks=LONG,
        ),
        pytest.param(
            [{"name": "reset-before", "endpoint": UPLOAD, "times": 2}], id="the upload does not arrive", marks=LONG
        ),
    ],
)
def test_of_both_kinds_of_file_each_row_is_settled_and_shipped_once(
    shop: SmallShop, faults: list[dict[str, Any]]
) -> None:
    for fault in faults:
        how = dict(fault)
        shop.mock.fault(how.pop("name"), **how)

    done = ship_batch(shop)

    settled(shop, done)
    assert done.exit_code == 0, done.stderr
    assert shop.shipped() == sorted(shop.wanted)
    assert {row["how"] for row in done.rows if row["outcome"] == "done"} == {"import"}


@pytest.mark.long
def test_a_passing_refusal_goes_up_once_more_and_a_second_run_uploads_nothing(
    shop: SmallShop,
) -> None:
    shop.mock.fault("import-throttle", k=3, times=2)

    done = ship_batch(shop)

    settled(shop, done)
    assert [(each["rows"], each["fail"]) for each in uploads(shop)] == [(3, 1), (8, 2), (1, 0), (2, 0)]
    again = ship_batch(shop)
    assert len(uploads(shop)) == 4
    assert {again.row(sn)["reason"] for sn in shop.parcels} == {"same_shipment"}
    assert again.exit_code == 0


@pytest.mark.long
def test_a_file_that_is_processed_late_stops_the_shop_and_the_next_run_reads_it_back(shop: SmallShop) -> None:
    shop.mock.fault("import-late", s=3600, times=1)

    first = ship_batch(shop)

    assert first.exit_code == 3
    assert {row["reason"] for row in first.rows if row["outcome"] == "needs_person"} == {"import_going"}
    assert shop.shipped() == []
    early = ship_batch(shop)
    assert early.exit_code == 3, "it must not upload again what the site may still process"
    assert len(uploads(shop)) == 1
    shop.mock.advance(3700)
    last = ship_batch(shop)
    settled(shop, last)
    assert shop.shipped() == sorted(shop.wanted)
    assert {last.row(sn)["reason"] for sn in shop.virtual} == {"recovered"}


def test_a_row_that_a_dialog_may_solve_is_offered_to_it_once(shop: SmallShop) -> None:
    own = shop.folder.path / "selectors" / "pinduoduo.toml"
    told = own.read_text(encoding="utf-8")
    assert "for_dialog = [202]" in told
    own.write_text(told.replace("for_dialog = [202]", "for_dialog = [206]"), encoding="utf-8")
    shop.mock.fault("import-throttle", k=3, times=2)

    done = ship_batch(shop)

    settled(shop, done)
    entries = Counter(order["shipments"][0]["entry"] for order in shop.truth().values() if order["shipments"])
    assert entries == {"import": 8, "dialog": 2, "no_logistics": 1}
    assert len(uploads(shop)) == 2


@pytest.mark.long
def test_a_row_that_would_be_refused_again_is_not_uploaded_again(shop: SmallShop) -> None:
    own = shop.folder.path / "selectors" / "pinduoduo.toml"
    told = own.read_text(encoding="utf-8")
    throttling_lasts = told.replace("lasting = [202, 203, 207]", "lasting = [206]").replace(
        "repeatable = [206]\nsource", "repeatable = []\nsource"
    )
    own.write_text(throttling_lasts, encoding="utf-8")
    shop.mock.fault("import-throttle", k=8, times=2)
    first = ship_batch(shop)
    [refused] = [row["order_sn"] for row in first.rows if row["reason"] == "site_refused"]

    again = ship_batch(shop)

    assert len(uploads(shop)) == 2
    assert again.row(refused)["reason"] == "site_refused"
    assert not shop.truth()[refused]["shipments"]


# Orders that change between file and result


@pytest.mark.long
def test_an_audit_that_begins_after_the_first_reading_is_seen_before_the_upload(shop: SmallShop) -> None:
    audited = list(shop.parcels)[2]
    shop.mock.fault("audit-flip", endpoint=LIST, order_sn=audited, at=2, when="after")

    done = ship_batch(shop)

    never_twice(shop)
    assert not shop.truth()[audited]["shipments"]
    row = done.row(audited)
    assert (row["outcome"], row["reason"]) == ("waiting", "under_audit")
    assert "read again at 2026-03-10" in row["message"]


def test_an_audit_that_begins_at_the_upload_waits_where_the_site_enforces_it(shop: SmallShop) -> None:
    audited = list(shop.parcels)[2]
    shop.mock.fault("enforce-holds")
    shop.mock.fault("audit-flip", endpoint=UPLOAD, order_sn=audited, at=2, when="before")

    done = ship_batch(shop)

    never_twice(shop)
    row = done.row(audited)
    assert (row["outcome"], row["reason"]) == ("waiting", "under_audit")
    assert ", sent " in row["message"]
    assert not shop.truth()[audited]["shipments"]


def test_an_audit_begun_at_the_upload_is_told_with_its_window_if_the_site_takes_it(shop: SmallShop) -> None:
    audited = list(shop.parcels)[2]
    shop.mock.fault("audit-flip", endpoint=UPLOAD, order_sn=audited, at=2, when="before")

    done = ship_batch(shop)

    never_twice(shop, held=[audited])
    told = done.row(audited)
    assert re.search(r"marks read \d\d:\d\d:\d\d, sent \d\d:\d\d:\d\d", told["message"]), told
    incidents = done.json["shops"]["demo"]["incidents"]
    [gained] = [each["message"] for each in incidents if each["cause"] == "changed_at_import"]
    assert re.search(rf"at 2026-03-10 \d\d:\d\d:\d\d.*: {audited} \(under audit\)$", gained), gained
    windows = [each["message"] for each in incidents if each["cause"] == "import"]
    assert len(windows) == 2
    assert all("Marks read from" in window and "uploaded" in window for window in windows)


@pytest.mark.long
def test_a_number_that_another_hand_has_entered_meanwhile_is_not_overwritten(shop: SmallShop) -> None:
    taken = list(shop.parcels)[1]
    shop.mock.fault("freeze", endpoint="batch/template", when="before")
    after = shop.mock.last_event()
    process = shop.folder.start("run", "ship-batch", "--json")
    shop.mock.wait_for("request", endpoint="batch/template", after=after)
    shop.mock.patch(taken, status="shipped", courier="圆通快递", tracking_number="YT0000000000001")
    shop.mock.clear_faults()
    process.communicate(timeout=PATIENCE_S)

    [row] = [row for row in shop.folder.rows() if row["order_sn"] == taken]
    assert row["reason"] == "shipped_with_other_number"
    assert all(not each.get("overwrote") for order in shop.truth().values() for each in order["shipments"])
    assert taken not in {action.subject for action in shop.folder.ledger()}


# How an order goes


@pytest.mark.long
def test_ship_imports_many_of_a_kind_and_uses_dialogs_for_few(shop: SmallShop) -> None:
    shop.folder.configure(import_above=5)

    done = shop.ship()

    settled(shop, done)
    assert {row["how"] for row in done.rows if row["order_sn"] in shop.parcels} == {"import"}
    assert {row["how"] for row in done.rows if row["order_sn"] in shop.virtual} == {"no_logistics"}


def test_evidence_of_an_import_is_the_file_the_answer_and_the_failures(shop: SmallShop) -> None:
    shop.mock.fault("import-throttle", k=3, times=2)
    done = ship_batch(shop)

    folder = Path(done.row(next(iter(shop.parcels)))["evidence"])
    assert {path.suffix for path in folder.iterdir()} == {".xlsx", ".json"}
    assert len(list(folder.glob("*.xlsx"))) == 2
    assert folder.parent.name == "imports"
