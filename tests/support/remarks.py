"""Remarks that an owner wants, and what must hold of them after any run."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rpa.ledger.actions import Action, State
from tests.support.mock_shop import Result, Row
from tests.support.small_shop import SmallShop

Wanted = Mapping[str, tuple[str, str]]
"""Order number → remark and flag."""


def table_of(shop: SmallShop, wanted: Wanted, *, name: str = "remarks.csv") -> Path:
    """A table that wants these, as a person would write it."""
    path = shop.folder.path / name
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("订单号", "备注", "旗标"), *((sn, *each) for sn, each in wanted.items())])
    return path


def add_remarks(shop: SmallShop, wanted: Wanted, *more: str) -> Result:
    """Run `rpa run add-remark` with such a table."""
    return shop.folder.run("run", "add-remark", "--json", "--sheet", str(table_of(shop, wanted)), *more)


def saves(shop: SmallShop) -> list[dict[str, Any]]:
    """Every remark that the shop has saved, in order."""
    found: list[dict[str, Any]] = shop.mock.truth()["remarks"]
    return found


def saved_at_most_once(shop: SmallShop) -> None:
    """No order's remark was saved twice."""
    times = Counter(each["order_sn"] for each in saves(shop))
    assert all(count == 1 for count in times.values()), times


def agree(shop: SmallShop, rows: Sequence[Row]) -> None:
    """What reports and ledger call done is what the shop has, unless it was superseded since."""
    truth = shop.truth()
    newest: dict[str, Action] = {}
    for action in shop.folder.ledger():
        newest.setdefault(action.subject, action)
    for sn, action in newest.items():
        if action.state is State.DONE:
            assert (truth[sn]["remark"], truth[sn]["flag"]) == (action.payload["remark"], action.payload["flag"]), (
                action
            )
    for row in rows:
        if row["outcome"] in {"done", "already_done"}:
            assert (truth[row["order_sn"]]["remark"], truth[row["order_sn"]]["flag"]) == (row["remark"], row["flag"]), (
                row
            )
    known = {action.subject for action in shop.folder.ledger()}
    assert {each["order_sn"] for each in saves(shop)} <= known
