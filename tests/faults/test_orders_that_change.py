"""Orders that change between two looks at them are not sent, whatever the list said a moment ago."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mock_shop import PATIENCE_S
from tests.support.promises import careful
from tests.support.small_shop import CLASSIC, FORM, SmallShop, small_shop

pytestmark = pytest.mark.slow


def test_an_order_that_goes_under_audit_between_list_and_click_is_not_sent(tmp_path: Path) -> None:
    with small_shop(tmp_path, parcels=3, virtual=3) as shop:
        in_list = [shop.virtual[1], list(shop.parcels)[1]]
        in_dialog = [shop.virtual[2], list(shop.parcels)[2]]
        shop.mock.fault("audit-flip", endpoint=FORM, at=shop.form(shop.wanted[0]), when="after", order_sn=in_list)
        for position, sent, sn in zip((2, 4), (1, 2), in_dialog, strict=True):
            shop.mock.fault("audit-flip", endpoint=FORM, at=_opened(shop, sn, position, sent=sent), order_sn=sn)

        result = shop.ship()

        careful(shop, result)
        flipped = [*in_list, *in_dialog]
        assert {result.reasons()[sn] for sn in flipped} == {"under_audit"}
        assert shop.shipped() == sorted(set(shop.wanted).difference(flipped))
        assert {write["order_sn"] for write in shop.writes()} == set(shop.shipped())
        assert result.exit_code == 0


def _opened(shop: SmallShop, order_sn: str, position: int, *, sent: int) -> int:
    """Which call opens its form: in the classic layout those that the list shows as changed open none."""
    return position if shop.layout == CLASSIC else shop.form(order_sn, sent=sent)


CHANGES = ("goods", "spec", "quantity", "address")


@pytest.mark.parametrize("way", ["parcel", "no_logistics"])
def test_an_order_that_the_buyer_changes_is_not_sent_until_a_person_agrees(way: str, tmp_path: Path) -> None:
    """Each kind of change after the list was read, and those that the dialog shows once more right at its opening."""
    parcels, virtual = (9, 0) if way == "parcel" else (0, 9)
    with small_shop(tmp_path, parcels=parcels, virtual=virtual) as shop:
        first, *others = shop.wanted
        in_list = dict(zip(others[:4], CHANGES, strict=True))
        in_dialog = dict(zip(others[4:7], CHANGES[:3], strict=True))
        for sn, what in in_list.items():
            shop.mock.fault("order-changed", endpoint=FORM, at=shop.form(first), when="after", what=what, order_sn=sn)
        for position, (sn, what) in enumerate(in_dialog.items(), start=2):
            shop.mock.fault(
                "order-changed", endpoint=FORM, at=_opened(shop, sn, position, sent=1), what=what, order_sn=sn
            )
        changed = {**in_list, **in_dialog}

        result = shop.ship()

        careful(shop, result)
        assert {what: result.reasons()[sn] for sn, what in changed.items()} == dict.fromkeys(CHANGES, "order_changed")
        assert {result.reasons()[sn] for sn in changed} == {"order_changed"}
        assert shop.shipped() == sorted({first, *others[7:]})
        if way == "parcel":
            _released(shop, others[3], changed=[*changed])


def _released(shop: SmallShop, order_sn: str, *, changed: list[str]) -> None:
    """The next run says the same; a person agrees to one of the changes, and it is shipped."""
    again = shop.ship()
    assert {again.reasons()[sn] for sn in changed} == {"order_changed"}
    yes = ("--changed-ok", "--reason", "the buyer asked for it", "--by", "Li")
    assert shop.folder.run("ledger", "resolve", "demo", order_sn, *yes).exit_code == 0
    last = shop.ship()
    assert {last.reasons()[sn] for sn in changed if sn != order_sn} == {"order_changed"}
    assert last.reasons()[order_sn] == "shipped"
    assert set(shop.shipped()).isdisjoint(set(changed) - {order_sn})


def test_a_remark_that_is_written_while_the_run_goes_on_holds_the_order(shop: SmallShop) -> None:
    held = [shop.virtual[1], next(iter(shop.parcels))]
    shop.arm_for(shop.wanted[0], "freeze", endpoint=FORM, when="before")
    process = shop.folder.start("run", "ship", "--json")
    shop.form_asked_for(shop.wanted[0])
    for sn in held:
        shop.mock.patch(sn, remark="勿发")
    shop.mock.clear_faults("freeze")
    process.communicate(timeout=PATIENCE_S)
    [run_id] = shop.folder.run_ids()
    reasons = {row["order_sn"]: row["reason"] for row in shop.folder.rows_of(run_id)}
    assert {reasons[sn] for sn in held} == {"seller_remark"}
    assert shop.shipped() == sorted(set(shop.wanted).difference(held))


def test_a_hold_that_only_the_server_knows_of_is_its_no_to_one_order(shop: SmallShop) -> None:
    held = [shop.virtual[1], next(iter(shop.parcels))]
    shop.mock.fault("enforce-holds")
    for sn in held:
        shop.arm_for(sn, "audit-flip", order_sn=sn)
    result = shop.ship()
    careful(shop, result)
    assert {result.row(sn)["reason"] for sn in held} == {"under_audit"}
    assert {result.row(sn)["message"] for sn in held} == {"订单审核中，暂时不能发货"}
    assert {result.row(sn)["released_by"] for sn in held} == {"audit_end"}
    assert result.exit_code == 0
    assert shop.shipped() == sorted(set(shop.wanted).difference(held))
