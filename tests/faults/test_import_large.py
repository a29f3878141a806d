"""Many rows by import, some of each refused for another reason: truth, ledger and report agree on every single one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from rpa.ledger.actions import State
from tests.support.import_runs import settled, ship_batch, uploads
from tests.support.mock_shop import Result
from tests.support.small_shop import SmallShop, small_shop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.one_layout("classic", reason="a plain order is read from its own page: hundreds of them take minutes"),
]

_UPLOAD = "batch/upload"
_COURIER_OF_NO_SITE = """
[[couriers.known]]
name = "丰网速运"
aliases = []
type_in = "丰网速运"
prefixes = []
pattern = '^\\d{10,15}$'
shipping_id = 999
source = "a test"
"""
_CHANGES: Mapping[str, Mapping[str, Any]] = {
    "audit": {"audit": True},
    "after_sale": {"after_sale": True},
    "closed": {"status": "closed"},
}
_REASONS = {
    "audit": {"under_audit"},
    "after_sale": {"after_sale"},
    "closed": {"site_refused", "order_closed"},
    "courier": {"site_refused", "unknown_courier"},
    "number": {"site_refused"},
}
"""What a run may say of each; an order that changes between two files is seen before it goes up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A shop with many parcels, of which some in every hundred cannot be shipped."""

    shop: SmallShop
    a_file: int
    """Rows."""
    wrong: Mapping[str, str]
    """What is wrong with an order, by number; beside these, one in fifty is refused once for a passing reason."""

    def changing(self, *, file: int) -> list[tuple[str, Mapping[str, Any]]]:
        """The orders that change while this file, counted from 0, is on its way."""
        part = list(self.shop.parcels)[file * self.a_file : (file + 1) * self.a_file]
        return [(sn, _CHANGES[self.wrong[sn]]) for sn in part if self.wrong.get(sn) in _CHANGES]


def test_of_five_hundred_rows_each_is_settled_and_a_second_run_uploads_nothing(tmp_path: Path) -> None:
    with _many(tmp_path, parcels=500, a_file=250, couriers=2) as many:
        _settle(many)


@pytest.mark.long
def test_of_ten_thousand_rows_each_is_settled_and_a_second_run_uploads_nothing(tmp_path: Path) -> None:
    with _many(tmp_path, parcels=10_000, a_file=1_000, couriers=40) as many:
        _settle(many)


def _settle(many: Many) -> None:
    shop = many.shop
    result = _shipped_while_orders_change(many)
    _agree(many, result)
    assert sum(each["fail"] for each in uploads(shop)) >= len(shop.parcels) * 0.065
    taken = len(uploads(shop))
    shipped = shop.shipped()
    again = ship_batch(shop, "--accept-unusual")
    assert len(uploads(shop)) == taken, "a second run uploaded a file"
    assert shop.shipped() == shipped
    _agree(many, again)


def _agree(many: Many, result: Result) -> None:
    """On each row: shipped once as wanted and told so, or not shipped, with its own reason."""
    shop = many.shop
    settled(shop, result)
    truth, reasons = shop.truth(), result.reasons()
    latest = {action.subject: action for action in reversed(shop.folder.ledger())}
    for sn in shop.parcels:
        wrong = many.wrong.get(sn)
        if wrong is None:
            assert len(truth[sn]["shipments"]) == 1, sn
            assert reasons[sn] in {"shipped", "same_shipment"}, sn
            assert latest[sn].state is State.DONE, sn
        else:
            assert not truth[sn]["shipments"], sn
            assert reasons[sn] in _REASONS[wrong], (sn, wrong)
            assert sn not in latest or latest[sn].state is State.REFUSED, sn
    assert {each["state"] for each in uploads(shop)} == {"finished"}


def _shipped_while_orders_change(many: Many) -> Result:
    """One run; while its files are on their way, orders go under audit, into after-sale, or are closed."""
    shop, process = many.shop, None
    held = shop.mock.fault("freeze", endpoint=_UPLOAD, when="before")
    process = shop.folder.start("run", "ship-batch", "--accept-unusual", "--json", stdout=subprocess.PIPE)
    try:
        after = 0
        for file in range(-(-len(shop.parcels) // many.a_file)):
            after = _at_an_upload(many, process, after=after)
            for sn, change in many.changing(file=file):
                shop.mock.patch(sn, **change)
            last, held = held, shop.mock.fault("freeze", endpoint=_UPLOAD, when="before")
            shop.mock.let_go(last)
        shop.mock.let_go(held)
        stdout, stderr = process.communicate(timeout=900)
    finally:
        process.kill()
    [run_id] = shop.folder.run_ids()
    assert process.returncode == 1, stderr
    return Result(exit_code=process.returncode, stdout=stdout, stderr=stderr, rows=shop.folder.rows_of(run_id))


def _at_an_upload(many: Many, process: subprocess.Popen[str], *, after: int) -> int:
    """The number of the event that tells of the next file; the run must not end before."""
    while process.poll() is None:
        for event in many.shop.mock.events(after=after, timeout_s=1):
            after = event["n"]
            if event["kind"] == "request" and event["endpoint"].endswith(_UPLOAD):
                return after
    raise AssertionError(process.communicate()[1])


@contextmanager
def _many(path: Path, *, parcels: int, a_file: int, couriers: int) -> Iterator[Many]:
    """Seven in a hundred rows are refused: two for good, three because the order changes, two for a passing reason."""
    with small_shop(path / "owner", parcels=parcels, virtual=0, orders=3 * parcels, import_rows=a_file) as shop:
        wrong = _wrong(list(shop.parcels), couriers=couriers)
        shop.folder.write_sheet([_sheet_row(row, wrong.get(row[0])) for row in shop.parcels.values()])
        shop.folder.configure(import_chunk=a_file)
        _know_what_the_site_does_not(shop.folder.path / "selectors" / "pinduoduo.toml")
        shop.mock.fault("enforce-holds")
        shop.mock.fault("import-throttle", k=50, times=parcels // a_file)
        yield Many(shop=shop, a_file=a_file, wrong=wrong)


def _wrong(order_sns: Sequence[str], *, couriers: int) -> dict[str, str]:
    changes = cycle(_CHANGES)
    changed = {sn: next(changes) for n, sn in enumerate(order_sns) if n % 100 in {10, 40, 70}}
    bad = [sn for n, sn in enumerate(order_sns) if n % 100 in {25, 75}]
    return changed | dict.fromkeys(bad, "number") | dict.fromkeys(bad[:couriers], "courier")


def _sheet_row(parcel: tuple[str, str, str], wrong: str | None) -> tuple[str, str, str]:
    sn, courier, number = parcel
    return sn, "丰网速运" if wrong == "courier" else courier, number.ljust(42, "0") if wrong == "number" else number


def _know_what_the_site_does_not(profile: Path) -> None:
    """A courier that the site has not, and numbers longer than it takes."""
    told = profile.read_text(encoding="utf-8")
    longer = told.replace("[A-Z0-9-]{6,40}$'", "[A-Z0-9-]{6,45}$'")
    assert longer != told
    profile.write_text(longer + _COURIER_OF_NO_SITE, encoding="utf-8")
