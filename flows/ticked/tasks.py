"""Tasks of a site that ship ticked rows: which have ended, and whether one of an earlier run may still go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.shipping.together import Together
from flows.ticked.api import ShipsTicked
from rpa.errors import InDoubt, PageChanged, Refused, TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from flows.ticked.api import TaskResult
    from rpa.ledger.actions import Action
    from rpa.run import Run

_NOT_KNOWN = Text(en="What became of task {task} is not known yet: {error}", zh="任务 {task} 的结果尚不明确：{error}")


class Tasks(Together):
    """Which of our tasks the site has worked through."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._task_ids: dict[str, str] = {}
        """By the name of the package, its task, as far as the site told it in this run."""
        self._untold: set[str] = set()
        """The packages whose task the site does not tell: it may have ended at any time."""

    def result(self, name: str, *, task_id: str | None) -> TaskResult | None:
        """What became of the package that was sent now, waited for; None: nothing is known of it."""
        if task_id is None:
            return None
        self._task_ids[name] = task_id
        try:
            result = self._asked(task_id)
        except (InDoubt, Refused, PageChanged, TryAgain) as error:
            speak("WARNING", _NOT_KNOWN, task=task_id, error=error)
            return None
        if result is not None and not result.going:
            self.note_ended(name)
        return result

    def goes_on(self, name: str, action: Action) -> bool:
        """By its task where that is known; else whatever the site is at work on may be it."""
        del action
        task_id = self._task_ids.get(name)
        try:
            result = self._asked(task_id) if task_id is not None else None
            going = result.going if result is not None else bool(self.run.office(ShipsTicked).at_work())
            if result is None:
                self._untold.add(name)
        except (InDoubt, Refused) as error:
            raise TryAgain(f"What became of {name} cannot be told: {error}") from error
        if result is not None and not going:
            self.note_ended(name)
        return going

    def ended_since(self, before: frozenset[str]) -> frozenset[str]:
        """Also those of which it is not known when."""
        return super().ended_since(before) | self._untold

    def _asked(self, task_id: str) -> TaskResult | None:
        return self.run.office(ShipsTicked).result(task_id, patience_s=self.run.shop.settle_s)
