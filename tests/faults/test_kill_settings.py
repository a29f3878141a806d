"""Runs that set a shop's settings, killed without warning at any moment: each is set once, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rpa.ledger.actions import State
from tests.support.killing import Moment, kill_until_done
from tests.support.mock_shop import Row
from tests.support.settings_shop import (
    FIRST,
    READ_ADDRESSES,
    SAVE_RULES,
    SECOND,
    SET_ADDRESS,
    SettingsShop,
    rows_by_subject,
    settings_shop,
)
from tests.support.small_shop import CLASSIC

pytestmark = [pytest.mark.slow, pytest.mark.one_layout(CLASSIC, reason="settings stand on another platform's pages")]

APPLY = ("run", "shop-settings", "--json", "--apply")
WANTED = ({"ship_from": SECOND, "default_courier": "中通快递"}, {"ship_from": FIRST, "default_courier": "圆通快递"})
FEW = (
    Moment(kind="request", endpoint=SET_ADDRESS, hold="before"),
    Moment(kind="effect", endpoint=SET_ADDRESS, hold="after"),
    Moment(kind="effect", endpoint=SAVE_RULES, hold="after"),
    Moment(kind="answer", endpoint=READ_ADDRESSES, nth=3),
)


def many(count: int, *, seed: int) -> list[Moment]:
    """Moments of a run that sets both, in any order."""
    rng = random.Random(seed)
    return [rng.choice(list(_kinds(rng))) for _ in range(count)]


def _kinds(rng: random.Random) -> Iterator[Moment]:
    for write in (SET_ADDRESS, SAVE_RULES):
        yield Moment(kind="request", endpoint=write, hold="before")
        yield Moment(kind="effect", endpoint=write, hold="after")
        yield Moment(kind="effect", endpoint=write)
    yield Moment(kind="request", endpoint=READ_ADDRESSES, nth=rng.randint(1, 3))
    yield Moment(kind="answer", endpoint=READ_ADDRESSES, nth=rng.randint(1, 3))
    yield Moment(kind="request", nth=rng.randint(1, 12), seconds=rng.uniform(0, 0.3))


def test_killed_at_four_moments_each_setting_is_set_once(tmp_path: Path) -> None:
    _kill_settings(tmp_path, moments=FEW)


@pytest.mark.long
def test_killed_at_thirty_moments_each_setting_is_set_once(tmp_path: Path) -> None:
    _kill_settings(tmp_path, moments=many(30, seed=17))


def _kill_settings(path: Path, *, moments: Sequence[Moment]) -> None:
    """Something else is wanted each time, and the run that sets it is killed once."""
    with settings_shop(path) as shop:
        others = _others(shop)
        for n, moment in enumerate(moments):
            wanted = WANTED[n % 2]
            shop.expect(**wanted)
            before = len(shop.saves())
            killed = kill_until_done(shop.folder, *APPLY, mock=shop.mock, moments=[moment], write=SAVE_RULES)
            assert (killed.moments, killed.survivors) == ([moment], []), moment
            assert killed.end is not None
            assert killed.end.exit_code == 0, (moment, killed.end.stderr)
            rows_by_subject(killed.end.rows)
            assert sorted(each["what"] for each in shop.saves()[before:]) == ["default_address", "rules"], moment
            assert (shop.ship_from, shop.settings["rules"]["default_courier"]) == tuple(wanted.values())
            assert _others(shop) == others, moment
            assert _told_done(killed.end.rows) == set(wanted), moment
        states = {action.state for action in shop.folder.ledger()}
        assert states <= {State.DONE, State.SUPERSEDED, State.NOT_DONE, State.REFUSED}


def _told_done(rows: list[Row]) -> set[str]:
    return {row["subject"] for row in rows if row["outcome"] in {"done", "already_done"}}


def _others(shop: SettingsShop) -> dict[str, Any]:
    """All of the shop's settings but the two that are set."""
    settings = shop.settings
    for each in settings["addresses"]:
        del each["send_default"]
    del settings["rules"]["default_courier"]
    return settings
