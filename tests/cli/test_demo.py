"""The first thing that anybody runs: the whole job on the mock back office, twice."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from fixtures.mockshop.settings import DEFAULT_NOW
from fixtures.mockshop.shop.generate import generate, hasty_parcels, parcels
from tests.support.project import Project

pytestmark = pytest.mark.slow

ORDERS = generate(orders=40, seed=1, now=DEFAULT_NOW)
PARCELS = {sn: (courier, number) for sn, courier, number in parcels(ORDERS, seed=1)}
HASTY = {sn: (courier, number) for sn, courier, number in hasty_parcels(ORDERS, seed=2)}
PENDING = {order.order_sn for order in ORDERS if order.status == "pending"}


@dataclass(frozen=True, slots=True)
class Demo:
    """One run of it, and the shop and the report as they were then."""

    done: subprocess.CompletedProcess[str]
    shop: dict[str, Any]
    rows: list[dict[str, str]] = field(repr=False)
    xlsx: Path

    @property
    def reasons(self) -> dict[str, str]:
        return {row["order_sn"]: row["reason"] for row in self.rows}


def run(folder: Path, *arguments: str) -> Demo:
    words = ("demo", "--folder", str(folder), "--json", *arguments)
    done = Project(folder.parent).rpa(*words, RPA_LANG="zh", RPA_KEY="")
    reports = json.loads(done.stdout)["shops"]["demo"]["reports"]
    with Path(reports["csv"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    shop = json.loads((folder / "mock-shop.json").read_text(encoding="utf-8"))
    return Demo(done, shop, rows, Path(reports["xlsx"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's folder with something left over in it."""
    left = tmp_path_factory.mktemp("clerk") / "demo"
    (left / "inbox").mkdir(parents=True)
    (left / ".rpa-demo").touch()
    (left / "inbox" / "yesterday.csv").write_text("not a sheet of this demo", encoding="utf-8")
    return left


@pytest.fixture(scope="module")
def first(folder: Path) -> Demo:
    return run(folder, "--orders", "40", "--reset")


@pytest.fixture(scope="module")
def second(first: Demo, folder: Path) -> Demo:
    assert first.done.returncode == 0, first.done.stderr
    return run(folder)


def test_every_parcel_is_sent_once_with_its_number_and_nothing_held_is(first: Demo) -> None:
    shipped = {sn: [(one["courier"], one["tracking_number"]) for one in sent] for sn, sent in shipments(first).items()}
    by_parcel = {sn: [parcel] for sn, parcel in PARCELS.items()}
    assert {sn: sent for sn, sent in shipped.items() if sent != [("", "")]} == by_parcel
    virtual = {order.order_sn for order in ORDERS if all(item.virtual for item in order.items)}
    assert shipped.keys() - by_parcel.keys() <= virtual
    assert any(sent == [("", "")] for sent in shipped.values()), "no virtual order was shipped"
    assert not [one for sent in shipments(first).values() for one in sent if one["held_at_accept"]]


def shipments(demo: Demo) -> dict[str, list[dict[str, Any]]]:
    return {sn: sent for sn, sent in demo.shop["shipments"].items() if sent}


def test_every_pending_order_has_one_row_and_the_command_succeeds(first: Demo) -> None:
    assert first.done.returncode == 0, first.done.stderr
    assert Counter(row["order_sn"] for row in first.rows) == Counter(PENDING)
    assert {row["order_sn"] for row in first.rows if row["outcome"] == "done"} == shipments(first).keys()
    assert {row["outcome"] for row in first.rows} == {"done", "waiting"}


def test_parcels_that_left_for_a_held_order_are_listed_to_be_pulled_back(first: Demo) -> None:
    [_, *listed] = CalamineWorkbook.from_path(first.xlsx).get_sheet_by_name("拦截清单").to_python()
    assert {str(row[0]): (row[1], row[2]) for row in listed} == HASTY
    assert "拦截清单：2 行" in first.done.stderr


def test_run_again_nothing_is_sent_and_everything_is_explained(first: Demo, second: Demo) -> None:
    assert second.done.returncode == 0, second.done.stderr
    assert second.shop["shipments"] == first.shop["shipments"]
    assert second.shop["writes"] == first.shop["writes"]
    assert {sn for sn, reason in second.reasons.items() if reason == "same_shipment"} == PARCELS.keys()
    still = {sn: reason for sn, reason in second.reasons.items() if sn not in PARCELS}
    assert still == {row["order_sn"]: row["reason"] for row in first.rows if row["outcome"] == "waiting"}


def test_it_speaks_the_users_language_and_says_where_things_lie(first: Demo, folder: Path) -> None:
    assert f"其中待发货 {len(PENDING)} 个" in first.done.stderr
    assert str(folder / "var" / "evidence" / "demo") in first.done.stderr
    pictures = {path.name for path in (folder / "var" / "evidence" / "demo").iterdir()}
    assert shipments(first).keys() <= pictures


def test_reset_starts_afresh(first: Demo, folder: Path) -> None:
    assert first.done.returncode == 0
    assert sorted(path.name for path in (folder / "inbox").iterdir()) == [
        *("parcels-english.csv", "parcels-shop.csv", "parcels-template.xlsx"),
    ]


def test_reset_removes_no_folder_that_is_not_a_demos(tmp_path: Path) -> None:
    (tmp_path / "me.jpg").touch()
    refused = Project(tmp_path).rpa("demo", "--folder", str(tmp_path), "--reset")
    assert (refused.returncode, (tmp_path / "me.jpg").exists()) == (2, True)


def test_the_other_back_office_ships_each_order_once_and_says_why_others_wait(tmp_path: Path) -> None:
    shown = run(tmp_path / "demo-douyin", "--platform", "douyin", "--orders", "40")
    assert shown.done.returncode == 3, "an order that has left in part needs a person"
    sent = shipments(shown)
    assert len(sent) > 10
    assert not [one for each in sent.values() for one in each[1:] or each if one["held_at_accept"]]
    assert {row["order_sn"] for row in shown.rows if row["outcome"] == "done"} == sent.keys()
    assert max(Counter(row["order_sn"] for row in shown.rows).values()) == 1
    waits = {"under_audit", "refund_asked", "address_change", "serial_number", "partly_shipped", "presale_not_due"}
    assert waits <= set(shown.reasons.values())
    assert run(tmp_path / "demo-douyin", "--platform", "douyin").shop["shipments"] == shown.shop["shipments"]
