"""What went to a site together: what it has worked through, and how it shows those orders then."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.orders.api import ReadsOrders, Sighting
from flows.shipping.api import ShipsOrders
from flows.shipping.intents import package_of
from flows.shipping.postcheck import marked_at_last
from rpa.errors import TryAgain
from rpa.language import Text
from rpa.ledger.actions import Action, Key, Seen
from rpa.ledger.once import Look, Once

if TYPE_CHECKING:
    from rpa.run import Run

_GOING = Text(
    en="The site has not worked through {names} yet; run again later. If it never does, look at its orders on the site "
    "and answer with `rpa ledger resolve`.",
    zh="后台尚未处理完 {names}；请稍后重新运行。若一直不完成，请在后台核对其中订单，再用 rpa ledger resolve 逐单说明。",
)


class StillGoing(TryAgain):
    """The site has not worked through what was sent at once; run again later."""

    code = "import_going"


class Together(ABC):
    """Which packages the site has worked through: only then is a pending order of one proven not shipped."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._ended: set[str] = set()

    @abstractmethod
    def goes_on(self, name: str, action: Action) -> bool:
        """Whether the site may still work through the package of this name, of which this order is; waited for."""

    def ended_since(self, before: frozenset[str]) -> frozenset[str]:
        """The packages that may have ended since only these had."""
        return frozenset(self._ended) - before

    def note_ended(self, name: str) -> None:
        """This package is worked through."""
        self._ended.add(name)

    def look(
        self, actions: Sequence[Action], *, going: Callable[[Sequence[Action]], set[str]] | None = None
    ) -> tuple[dict[Key, Look], set[str]]:
        """How the site shows these, read back, and the packages of those it does not show that it still works through.

        No look is from before the site had worked through the order's package. `going`: how it is told; None: see
        `going`.
        """
        before = frozenset(self._ended)
        looks = self.read_back(actions)
        unseen = [action for action in actions if looks[action.key].seen is Seen.NOTHING]
        names = (going or self.going)(unseen)
        since = self.ended_since(before) - names
        return looks | self.read_back(action for action in unseen if package_of(action) in since), names

    def going(self, unseen: Sequence[Action]) -> set[str]:
        """The packages of these actions, of which the site shows nothing, that it has not worked through yet.

        Raises TryAgain or NeedsPerson when the site's records cannot be read.
        """
        packages = {name: each for each in unseen if (name := package_of(each))}
        return {name for name, action in packages.items() if name not in self._ended and self.goes_on(name, action)}

    def read_back(self, actions: Iterable[Action]) -> dict[Key, Look]:
        """How the site shows these now, whatever it still works through."""
        actions = list(actions)
        if not actions:
            return {}
        subjects = list(dict.fromkeys(action.subject for action in actions))
        seen = self.run.office(ShipsOrders).read_back(subjects)
        return {action.key: self._look(action, seen.get(action.subject)) for action in actions}

    def _look(self, action: Action, sighting: Sighting | None) -> Look:
        look = self.run.office(ShipsOrders).look_at(action, sighting)
        order = sighting.order if sighting is not None and package_of(action) else None
        if order is None or look.seen is not Seen.OURS:
            return look
        at = self.run.office(ReadsOrders).now()
        return replace(look, detail=marked_at_last(order, at=at, language=self.run.language))


LooksBack = Callable[[Sequence[Action]], tuple[Mapping[Key, Look], set[str]]]
"""How the site shows actions, and the names of the packages that it still works through."""


def refuse_going(once: Once) -> None:
    """Raise StillGoing when orders stand in a package that the site has not worked through."""
    names = sorted({package_of(action) for action in once.resting})
    if names:
        raise StillGoing(_GOING.with_words(names=", ".join(names)))
