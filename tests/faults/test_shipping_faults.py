"""Each fault of one ship request, for both ways of shipping: at most once, one row each, the others go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.promises import careful
from tests.support.small_shop import PLAIN, SmallShop, small_shop

pytestmark = pytest.mark.slow

WAYS = ("parcel", "no_logistics")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault of the request that ships one order, and how that order ends in that run."""

    fault: str
    args: dict[str, Any] = field(default_factory=dict)
    reason: str = "shipped"

    def __str__(self) -> str:
        return "-".join(map(str, (self.fault, *self.args.values())))


CASES = (
    Case(fault="reset-before", reason="not_done"),
    Case(fault="reset-after"),
    Case(fault="error-before", reason="not_done"),
    Case(fault="error-after"),
    Case(fault="late-effect", args={"s": 1.5}),
    Case(fault="toast-lies"),
    Case(fault="late-effect", args={"s": 1.5, "answer": "reset"}),
    Case(fault="rate-limited"),
    Case(fault="rate-limited", args={"code": 206}),
    Case(fault="slow", args={"ms": 1500}),
)
"""Never three in a row that leave a doubt: that would stop the shop."""


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("parcel", marks=pytest.mark.each_platform),
        pytest.param("no_logistics", marks=pytest.mark.each_platform(long=True)),
    ],
)
def test_requests_that_go_wrong_are_read_back_and_never_sent_blindly_again(way: str, tmp_path: Path) -> None:
    """All faults in one run, one after the other, and a good order at the end."""
    parcels, virtual = (len(CASES) + 1, 0) if way == "parcel" else (0, len(CASES) + 1)
    with small_shop(tmp_path, settle_s=4, parcels=parcels, virtual=virtual) as shop:
        _struck(shop, dict(zip(shop.wanted, CASES, strict=False)))


@pytest.mark.each_platform
@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_a_request_that_goes_wrong_is_read_back_and_never_sent_blindly_again(
    shop: SmallShop, case: Case, way: str
) -> None:
    shop.folder.configure(settle_s=4)
    hit = next(iter(shop.parcels)) if way == "parcel" else shop.virtual[1]
    _struck(shop, {hit: case})


def _struck(shop: SmallShop, hit: dict[str, Case]) -> None:
    """Run with these orders' requests going wrong, and once more if some were not shipped then."""
    for sn, case in hit.items():
        shop.arm_for(sn, case.fault, times=1, **case.args)
    result = shop.ship()

    careful(shop, result)
    reasons = result.reasons()
    ends = {str(case): _end(shop, case) for case in hit.values()}
    assert {str(case): reasons[sn] for sn, case in hit.items()} == ends
    assert {reasons[sn] for sn in set(shop.wanted).difference(hit)} == {"shipped"}
    assert [(fault["name"], fault["fired"]) for fault in shop.mock.faults()] == [(c.fault, 1) for c in hit.values()]
    not_done = [sn for sn, case in hit.items() if case.reason == "not_done"]
    unknown = {sn for sn in hit if reasons[sn] == "unknown"}
    assert result.exit_code == (3 if unknown else 1 if not_done else 0)
    if not_done:
        _made_good(shop, not_done, exit_code=3 if unknown else 0)
    assert shop.shipped() == sorted(set(shop.wanted) - unknown)


def _end(shop: SmallShop, case: Case) -> str:
    """How it ends: a page that lies is a doubt for a person where no answer beside it tells the truth."""
    return "unknown" if (shop.layout, case.fault) == (PLAIN, "toast-lies") else case.reason


def _made_good(shop: SmallShop, not_done: Sequence[str], *, exit_code: int) -> None:
    """The next run ships what was proven not shipped."""
    again = shop.ship()
    careful(shop, again)
    assert {again.reasons()[sn] for sn in not_done} == {"shipped"}
    assert again.exit_code == exit_code


@pytest.mark.each_platform(long=True)
@pytest.mark.parametrize("shown_late_s", [1.5, 600])
def test_a_list_that_lags_behind_is_waited_for_and_never_a_reason_to_ship_again(
    shop: SmallShop, shown_late_s: float
) -> None:
    shop.folder.configure(settle_s=4 if shown_late_s < 4 else 1)
    shop.mock.fault("stale-list", s=shown_late_s, detail=int(shop.layout == PLAIN))
    first = shop.ship()
    careful(shop, first)
    ended = {first.reasons()[sn] for sn in shop.wanted}
    assert ended == ({"shipped"} if shown_late_s < 4 else {"unknown"})
    assert first.exit_code == (0 if shown_late_s < 4 else 3)
    assert shop.shipped() == sorted(shop.wanted)
    again = shop.ship()
    assert len(shop.writes()) == len(shop.wanted)
    careful(shop, again)


@pytest.mark.each_platform(long=True)
def test_a_second_confirmation_is_given_and_counts_as_one(shop: SmallShop) -> None:
    shop.mock.fault("second-confirmation")
    result = shop.ship()
    careful(shop, result)
    assert {result.reasons()[sn] for sn in shop.wanted} == {"shipped"}
    assert len(shop.writes()) == len(shop.wanted)
