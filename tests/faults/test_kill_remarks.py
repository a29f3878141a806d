"""Runs that write remarks, killed without warning at any moment: each write happens once, in its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rpa.ledger.actions import State
from tests.support import two_writes
from tests.support.killing import Killed, Moment, kill_until_done, moments_of
from tests.support.remarks import agree, saved_at_most_once, saves, table_of
from tests.support.small_shop import SmallShop, calls_now, small_shop

pytestmark = pytest.mark.slow


def few() -> tuple[Moment, ...]:
    calls = calls_now()
    return (
        Moment(kind="request", endpoint=calls.save_remark, nth=2, hold="before"),
        Moment(kind="effect", endpoint=calls.save_remark, nth=2, hold="after"),
        Moment(kind="answer", endpoint=calls.save_remark, nth=2),
        Moment(kind="request", endpoint=calls.remark, nth=1, seconds=0.2),
    )


def many(seed: int) -> list[Moment]:
    calls = calls_now()
    return moments_of((calls.list, calls.remark), write=calls.save_remark, count=25, seed=seed)


@pytest.mark.each_platform
def test_killed_at_four_moments_each_remark_is_saved_once(tmp_path: Path) -> None:
    _kill_remarks(tmp_path, orders=10, moments=few())


@pytest.mark.each_platform
@pytest.mark.long
def test_killed_at_twenty_five_moments_each_remark_is_saved_once(tmp_path: Path) -> None:
    _kill_remarks(tmp_path, orders=48, moments=many(25))


def test_killed_at_four_moments_two_writes_are_each_done_once(tmp_path: Path) -> None:
    _kill_two_writes(tmp_path, orders=6, moments=few())


@pytest.mark.long
def test_killed_at_twenty_five_moments_two_writes_are_each_done_once(tmp_path: Path) -> None:
    _kill_two_writes(tmp_path, orders=30, moments=many(52))


@pytest.mark.parametrize("fault", ["error-before", "reset-before", "reset-after", "rate-limited"])
def test_a_second_write_that_goes_wrong_is_finished_and_the_first_never_repeated(tmp_path: Path, fault: str) -> None:
    with small_shop(tmp_path / "owner", parcels=3, virtual=0, held=()) as shop:
        shop.mock.fault(fault, endpoint=shop.calls.save_remark, at=2)
        first = _two_writes(shop, tmp_path)
        _two_each(shop, at_most=True)
        assert {row["part"] for row in first.rows} == {"text", "flag"}
        end = _two_writes(shop, tmp_path)
        assert end.exit_code == 0, end.stderr
        _two_each(shop)


def _kill_remarks(path: Path, *, orders: int, moments: Sequence[Moment]) -> None:
    with small_shop(path, parcels=orders, virtual=0, held=()) as shop:
        table = table_of(shop, {sn: (f"第{n}单", "RED" if n % 2 else "") for n, sn in enumerate(shop.wanted)})
        command = ("run", "add-remark", "--live", "--json", "--sheet", str(table))
        killed = kill_until_done(shop.folder, *command, mock=shop.mock, moments=moments, write=shop.calls.save_remark)
        _ended(killed, moments)
        saved_at_most_once(shop)
        assert {each["order_sn"] for each in saves(shop)} == set(shop.wanted)
        rows = shop.folder.rows()
        agree(shop, rows)
        told = {row["order_sn"] for row in rows if row["outcome"] in {"done", "already_done"}}
        assert told == set(shop.wanted), "a remark was saved, and no report says so"
        assert Counter((row["run_id"], row["order_sn"]) for row in rows).most_common(1)[0][1] == 1


def _kill_two_writes(path: Path, *, orders: int, moments: Sequence[Moment]) -> None:
    with small_shop(path / "owner", parcels=orders, virtual=0, held=()) as shop:
        env = two_writes.installed(path / "site")
        killed = kill_until_done(
            shop.folder, *_command(shop), mock=shop.mock, moments=moments, write=shop.calls.save_remark, env=env
        )
        _ended(killed, moments)
        _two_each(shop)
        rows = shop.folder.rows()
        told = {(row["order_sn"], row["part"]) for row in rows if row["outcome"] == "done"}
        assert told == {(sn, part) for sn in shop.wanted for part in two_writes.PARTS}
        most = Counter((row["run_id"], row["order_sn"], row["part"]) for row in rows).most_common(1)
        assert most[0][1] == 1, "a part has two rows in one run"


def _ended(killed: Killed, moments: Sequence[Moment]) -> None:
    assert killed.moments == list(moments), "a run ended before it was killed; the shop is too small"
    assert killed.survivors == []
    assert killed.end is not None
    assert killed.end.exit_code == 0, killed.end.stderr


def _command(shop: SmallShop) -> list[str]:
    orders = [word for sn in shop.wanted for word in ("--order", sn)]
    return ["run", two_writes.NAME, "--live", "--json", *orders, "--remark", "好", "--flag", "RED"]


def _two_writes(shop: SmallShop, path: Path) -> Any:
    return shop.folder.run(*_command(shop), env=two_writes.installed(path / "site"))


def _two_each(shop: SmallShop, *, at_most: bool = False) -> None:
    """Each order has the remark saved once, and then the flag; the ledger says so."""
    for sn in shop.wanted:
        found = [(each["text"], each["flag"]) for each in saves(shop) if each["order_sn"] == sn]
        assert found == [("好", ""), ("好", "RED")][: len(found) if at_most else 2], sn
    if not at_most:
        states = Counter((action.subject, action.part) for action in shop.folder.ledger() if action.state is State.DONE)
        assert states == Counter((sn, part) for sn in shop.wanted for part in two_writes.PARTS)
