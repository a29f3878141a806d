"""Everything of the program that opens a shop by itself: the runs of its flows, and the commands beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import import_runs, ticked_shop
from tests.support.detour import Detour
from tests.support.led_shop import led_shop, run_led_away, run_stopped, stopped
from tests.support.mock_shop import PASSWORD, Result
from tests.support.promises import careful
from tests.support.settings_shop import SECOND
from tests.support.small_shop import DOUYIN, SmallShop, drawn_as, layout_now


def all_shipped(shop: SmallShop) -> bool:
    """Whether each order is, that is to be."""
    return shop.shipped() == sorted(shop.wanted)


def all_set(shop: SmallShop) -> bool:
    """Whether each setting was set, once."""
    return sorted(each["what"] for each in shop.mock.truth()["settings_saves"]) == ["default_address", "rules"]


def set_once(shop: SmallShop, _: Result) -> None:
    """No setting was set twice."""
    times = Counter(each["what"] for each in shop.mock.truth()["settings_saves"])
    assert max(times.values(), default=0) <= 1, times


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One command, done in a shop whose address may lead away."""

    command: tuple[str, ...]
    logged_in: bool = True
    """Whether a login is there already; else the password is typed."""
    steps: int
    """It takes at least as many, each field that is touched among them."""
    holds: Callable[[SmallShop, Result], None] | None = None
    """What holds of the shop after any run; None: it changes nothing that is to be."""
    is_done: Callable[[SmallShop], bool] = all_shipped
    """Whether all is as it is to be, where it changes something."""
    platform: str = ""
    """The layout of its shop, where that is not that of the shops that are opened now."""
    other_shop: bool = False
    """Its login is in another shop at first."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the shop's table."""

    @property
    def flow(self) -> str:
        """The flow that is run; empty: a person sits before it, and no incident is kept."""
        return self.command[1] if self.command[0] == "run" else ""

    @contextmanager
    def shop(self, path: Path) -> Iterator[tuple[SmallShop, Detour]]:
        """A shop for it, and the way there."""
        with (
            drawn_as(self.platform or layout_now()),
            led_shop(path, logged_in=self.logged_in, other_shop=self.other_shop, **self.settings) as opened,
        ):
            yield opened

    def led_away(self, shop: SmallShop, road: Detour, *, at: int | str) -> Result:
        """Do it, be led away at this step, and look at what came of it elsewhere and in the shop."""
        command = [word.format(order=shop.wanted[0]) for word in self.command]
        result = run_led_away(shop, road, *command, at=at, given=f"{PASSWORD}\n")
        if self.holds is not None:
            self.holds(shop, result)
        return result

    def stopped(self, shop: SmallShop, road: Detour, result: Result) -> None:
        """It stopped, and says where it was led."""
        if self.flow:
            run_stopped(shop, road, result)
        else:
            stopped(result.exit_code, road, result.stderr)

    def goes_on(self, shop: SmallShop, road: Detour) -> None:
        """The way leads away no more: where it changes something, what is left of that is done."""
        if self.holds is not None:
            finished = self.led_away(shop, road, at=0)
            assert finished.exit_code == 0, finished.stderr
            assert self.is_done(shop)


ERRANDS = {
    "pending-orders": Errand(command=("run", "pending-orders", "--json"), steps=4),
    "ship": Errand(command=("run", "ship", "--json"), steps=15, holds=careful),
    "ship, not logged in": Errand(command=("run", "ship", "--json"), logged_in=False, steps=20, holds=careful),
    "ship-batch": Errand(command=("run", "ship-batch", "--json"), steps=20, holds=import_runs.settled),
    "audit-notices": Errand(command=("run", "audit-notices", "--json"), steps=20),
    "export-orders": Errand(command=("run", "export-orders", "--json"), steps=15),
    "add-remark": Errand(
        command=("run", "add-remark", "--json", "--order", "{order}", "--remark", "好", "--flag", "red"), steps=12
    ),
    "login": Errand(command=("login", "demo", "--password-stdin"), logged_in=False, steps=9),
    "check": Errand(command=("selectors", "check", "demo"), logged_in=False, steps=30),
}
"""By name, those in a shop of either layout of the first platform."""
ERRANDS_OF_DOUYIN = {
    "ship-batch by ticked rows": Errand(
        command=("run", "ship-batch", "--json"), steps=15, holds=ticked_shop.settled, platform=DOUYIN
    ),
    "change of shops": Errand(
        command=("run", "ship", "--json"), steps=15, holds=careful, platform=DOUYIN, other_shop=True
    ),
    "shop-settings": Errand(
        command=("run", "shop-settings", "--json", "--apply"),
        steps=10,
        holds=set_once,
        is_done=all_set,
        platform=DOUYIN,
        settings={"expected": {"ship_from": SECOND, "default_courier": "中通快递"}},
    ),
}
"""Those of what only 抖店 has."""
