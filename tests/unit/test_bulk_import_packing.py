"""Which of the decided orders go up in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.bulk_import.api import ImportLimits, ImportLine
from flows.bulk_import.packing import fits, line_of, next_chunk
from flows.orders.model import Decision, How, Shipment
from tests.support.made_orders import an_order

LIMITS = ImportLimits(rows=3, size=10)


def decision(order_sn: str, *, parcel: bool = True) -> Decision:
    given = {"courier": "圆通快递", "tracking_number": f"YT{order_sn}"} if parcel else {}
    shipment = Shipment(order_sn=order_sn, how=How.DIALOG if parcel else How.NO_LOGISTICS, **given)
    return Decision(order_sn=order_sn, order=an_order(order_sn), row=None, shipment=shipment, reason=None)


def chosen(*decisions: Decision, most: int = 10) -> str:
    return "".join(each.order_sn for each in next_chunk(decisions, limits=LIMITS, most=most))


@pytest.mark.parametrize(("most", "expected"), [(10, "ABC"), (2, "AB")])
def test_the_first_orders_are_taken_up_to_the_smaller_limit(most: int, expected: str) -> None:
    assert chosen(*map(decision, "ABCDE"), most=most) == expected


def test_one_file_has_orders_with_parcels_or_without_as_the_first_one() -> None:
    a, b, c = decision("A"), decision("B", parcel=False), decision("C")
    assert chosen(a, b, c) == "AC"
    assert chosen(b, a, c) == "B"


def test_nothing_decided_is_no_file() -> None:
    assert chosen() == ""


def test_a_row_tells_the_parcel_and_nothing_for_an_order_without_one() -> None:
    assert line_of(decision("A")) == ImportLine(order_sn="A", courier="圆通快递", tracking_number="YTA")
    assert line_of(decision("A", parcel=False)) == ImportLine(order_sn="A")


def test_a_file_is_measured_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1" * 10)
    assert fits(tmp_path / "a", limits=LIMITS)
    (tmp_path / "a").write_bytes(b"1" * 11)
    assert not fits(tmp_path / "a", limits=LIMITS)
