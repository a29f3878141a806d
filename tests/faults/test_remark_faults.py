"""Each fault of one save of a remark: never saved blindly again, one row each, the others go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.remarks import add_remarks, agree, saved_at_most_once, saves
from tests.support.small_shop import CLASSIC, PLAIN, SmallShop, small_shop

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault of the request that saves one remark, and how that ends in that run."""

    fault: str
    args: dict[str, Any] = field(default_factory=dict)
    reason: str = "remarked"


CASES = (
    Case(fault="reset-before", reason="not_done"),
    Case(fault="reset-after"),
    Case(fault="error-before", reason="not_done"),
    Case(fault="error-after"),
    Case(fault="late-effect", args={"s": 1.5}),
    Case(fault="toast-lies"),
    Case(fault="late-effect", args={"s": 1.5, "answer": "reset"}),
    Case(fault="rate-limited"),
    Case(fault="rate-limited", args={"code": 429}),
    Case(fault="rate-limited", args={"code": 206}),
    Case(fault="slow", args={"ms": 1500}),
)


@pytest.mark.each_platform(long=True)
def test_saves_that_go_wrong_are_read_back_and_never_sent_blindly_again(tmp_path: Path) -> None:
    with small_shop(tmp_path, settle_s=4, parcels=len(CASES) + 1, virtual=0, held=()) as shop:
        wanted = {sn: (f"第{n}单", "RED" if n % 2 else "") for n, sn in enumerate(shop.wanted)}
        for n, case in enumerate(CASES, start=1):
            shop.mock.fault(case.fault, endpoint=shop.calls.save_remark, at=n, times=1, **case.args)
        first = add_remarks(shop, wanted)
        agree(shop, first.rows)
        saved_at_most_once(shop)
        reasons = first.reasons()
        assert list(reasons) == sorted(reasons, key=list(reasons).index)
        ends = dict(zip(shop.wanted, [*(_end(shop, case) for case in CASES), "remarked"], strict=True))
        assert {sn: reasons[sn] for sn in shop.wanted} == ends
        unknown = {sn for sn, reason in ends.items() if reason == "unknown"}
        assert first.exit_code == (3 if unknown else 1)
        again = add_remarks(shop, wanted)
        agree(shop, again.rows)
        saved_at_most_once(shop)
        assert {each["order_sn"] for each in saves(shop)} == set(shop.wanted) - unknown
        assert {again.reasons()[sn] for sn in set(shop.wanted) - unknown} == {"remarked", "already_there"}
        assert {again.reasons()[sn] for sn in unknown} <= {"unknown"}
        assert again.exit_code == (3 if unknown else 0)


def _end(shop: SmallShop, case: Case) -> str:
    """How it ends: a page that lies is a doubt for a person where no answer beside it tells the truth."""
    return "unknown" if (shop.layout, case.fault) == (PLAIN, "toast-lies") else case.reason


def test_a_remark_that_the_site_cuts_is_a_conflict_and_not_written_over(shop: SmallShop) -> None:
    sn = shop.wanted[0]
    shop.mock.fault("remark-cut", n=3)
    assert add_remarks(shop, {sn: ("请尽快联系客户", "")}).reasons() == {sn: "conflict"}
    again = add_remarks(shop, {sn: ("请尽快联系客户", "")})
    assert (again.reasons(), again.exit_code) == ({sn: "unknown"}, 3)
    assert [each["text"] for each in saves(shop)] == ["请尽快"]


def test_what_another_hand_writes_between_look_and_save_is_not_overwritten(shop: SmallShop) -> None:
    sn = shop.wanted[0]
    other: dict[str, Any] = {"what": "remark", "remark": "客服已处理", "flag": "BLUE"}
    if shop.layout == CLASSIC:
        shop.mock.fault("order-changed", endpoint="recentOrderList", at=2, **other)
    else:
        shop.mock.fault("order-changed", endpoint="orderDetail", when="after", **other)
    result = add_remarks(shop, {sn: ("未处理", "")})
    assert (result.reasons(), saves(shop)) == ({sn: "changed_meanwhile"}, [])
    assert shop.truth()[sn]["remark"] == "客服已处理"


def test_what_another_hand_writes_after_the_save_stays_until_another_wish(shop: SmallShop) -> None:
    sn = shop.wanted[0]
    assert add_remarks(shop, {sn: ("先", "RED")}).reasons() == {sn: "remarked"}
    shop.mock.patch(sn, remark="客服改过")
    again = add_remarks(shop, {sn: ("先", "RED")})
    assert (again.reasons(), again.exit_code) == ({sn: "changed_by_another"}, 3)
    later = add_remarks(shop, {sn: ("后", "")})
    assert later.reasons() == {sn: "remarked"}
    assert [(each["text"], each["flag"]) for each in saves(shop)] == [("先", "RED"), ("后", "RED")]
    assert [action.state.value for action in shop.folder.ledger()] == ["done", "superseded"]
    assert later.row(sn)["remark_before"] == "客服改过"
    agree(shop, later.rows)


def test_held_and_shipped_orders_may_be_written_on_and_nothing_ships(shop: SmallShop) -> None:
    wanted = dict.fromkeys(shop.everything, ("请核对", "黄"))
    result = add_remarks(shop, wanted)
    assert result.reasons() == dict.fromkeys(shop.everything, "remarked")
    assert shop.shipped() == []
    again = add_remarks(shop, wanted)
    assert again.reasons() == dict.fromkeys(shop.everything, "already_there")
    assert len(saves(shop)) == len(shop.everything)


def test_a_dry_run_writes_nothing_and_every_row_of_a_table_is_accounted_for(shop: SmallShop) -> None:
    first, second, third, *_ = shop.everything
    table = shop.folder.path / "r.csv"
    rows = [f"{first},好,红", f"{first},好,红", f"{second},甲,", f"{second},乙,", f"{third},,", f"{third},x,黑"]
    rows += ["260101-000000000000000,无此单,", "123,不是单号,", f"{shop.everything[3]},{'长' * 301},"]
    table.write_text("\n".join(["订单号,备注,旗标", *rows]), encoding="utf-8")
    result = shop.folder.run("run", "add-remark", "--json", "--dry-run", "--sheet", str(table))
    told = {row["sheet_row"]: row["reason"] for row in result.rows}
    assert told == {
        "2": "dry_run",
        "3": "duplicate_row",
        "4": "contradictory_rows",
        "5": "contradictory_rows",
        "6": "nothing_wanted",
        "7": "no_such_flag",
        "8": "not_in_shop",
        "9": "not_an_order_sn",
        "10": "too_long",
    }
    assert (saves(shop), result.exit_code) == ([], 1)


def test_what_is_asked_for_without_sense_is_refused_before_a_browser_starts(shop: SmallShop) -> None:
    for words in ([], ["--order", "1"], ["--remark", "x"], ["--sheet", "no.csv"], ["--sheet", "a", "--order", "1"]):
        result = shop.folder.run("run", "add-remark", *words)
        assert (result.exit_code, result.rows) == (2, []), words


@pytest.mark.each_platform(long=True)
def test_a_second_confirmation_is_given_and_counts_as_one(shop: SmallShop) -> None:
    shop.mock.fault("second-confirmation")
    wanted = dict.fromkeys(shop.wanted, ("好", ""))
    assert add_remarks(shop, wanted).reasons() == dict.fromkeys(shop.wanted, "remarked")
    saved_at_most_once(shop)


def _changed_often(shop: SmallShop, *, times: int) -> None:
    """One order, wanted otherwise again and again, with another hand in between: truth, ledger and report agree."""
    sn, wishes = shop.wanted[0], 0
    for n in range(times):
        if n % 5 == 3:
            shop.mock.patch(sn, remark=f"别人 {n}", flag="")
        wanted = (f"第 {n // 2} 次", ("RED", "BLUE")[n // 2 % 2])
        result = add_remarks(shop, {sn: wanted})
        reason = result.reasons()[sn]
        if reason != "changed_by_another":
            agree(shop, result.rows)
        wishes += reason == "remarked"
        assert reason in {"remarked", "already_there", "changed_by_another"}, reason
    assert len(saves(shop)) == wishes
    states = [action.state.value for action in shop.folder.ledger()]
    assert states == ["done", *["superseded"] * (wishes - 1)]


def test_an_order_that_is_wanted_otherwise_five_times_is_as_it_was_wanted_last(shop: SmallShop) -> None:
    _changed_often(shop, times=5)


@pytest.mark.long
def test_an_order_that_is_wanted_otherwise_a_hundred_times(shop: SmallShop) -> None:
    _changed_often(shop, times=100)
