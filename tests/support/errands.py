"""Everything of the program that opens a shop by itself: the runs of its flows, and the commands beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.detour import Detour
from tests.support.import_runs import settled
from tests.support.led_shop import run_led_away, run_stopped, stopped
from tests.support.mock_shop import PASSWORD, Result
from tests.support.promises import careful
from tests.support.small_shop import SmallShop


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One command, done in a shop whose address may lead away."""

    command: tuple[str, ...]
    logged_in: bool = True
    """Whether a login is there already; else the password is typed."""
    steps: int
    """It takes at least as many, each field that is touched among them."""
    ships: Callable[[SmallShop, Result], None] | None = None
    """What holds of the shop after any run; None: it ships nothing."""

    @property
    def flow(self) -> str:
        """The flow that is run; empty: a person sits before it, and no incident is kept."""
        return self.command[1] if self.command[0] == "run" else ""

    def led_away(self, shop: SmallShop, road: Detour, *, at: int | str) -> Result:
        """Do it, be led away at this step, and look at what came of it elsewhere and in the shop."""
        command = [word.format(order=shop.wanted[0]) for word in self.command]
        result = run_led_away(shop, road, *command, at=at, given=f"{PASSWORD}\n")
        if self.ships is not None:
            self.ships(shop, result)
        return result

    def stopped(self, shop: SmallShop, road: Detour, result: Result) -> None:
        """It stopped, and says where it was led."""
        if self.flow:
            run_stopped(shop, road, result)
        else:
            stopped(result.exit_code, road, result.stderr)

    def goes_on(self, shop: SmallShop, road: Detour) -> None:
        """The way leads away no more: where it ships, what is not shipped yet is."""
        if self.ships is not None:
            finished = self.led_away(shop, road, at=0)
            assert finished.exit_code == 0, finished.stderr
            assert shop.shipped() == sorted(shop.wanted)


ERRANDS = {
    "pending-orders": Errand(command=("run", "pending-orders", "--json"), steps=4),
    "ship": Errand(command=("run", "ship", "--json"), steps=15, ships=careful),
    "ship, not logged in": Errand(command=("run", "ship", "--json"), logged_in=False, steps=20, ships=careful),
    "ship-batch": Errand(command=("run", "ship-batch", "--json"), steps=20, ships=settled),
    "audit-notices": Errand(command=("run", "audit-notices", "--json"), steps=20),
    "export-orders": Errand(command=("run", "export-orders", "--json"), steps=15),
    "add-remark": Errand(
        command=("run", "add-remark", "--json", "--order", "{order}", "--remark", "好", "--flag", "red"), steps=12
    ),
    "login": Errand(command=("login", "demo", "--password-stdin"), logged_in=False, steps=9),
    "check": Errand(command=("selectors", "check", "demo"), logged_in=False, steps=30),
}
