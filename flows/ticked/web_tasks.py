"""Records of a site's tasks that ship ticked rows: which goes on, and how one has ended, page and data compared."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final

from flows.procedure.progress import Progress
from flows.ticked.api import TaskResult
from rpa.browser.list_reader import ListReader
from rpa.elements.uses import Uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rpa.browser.list_reader import ListPage
    from rpa.browser.responses import Answer
    from rpa.browser.view import View

_TASKS: Final = "ticked_tasks"
_NEWEST_PAGES: Final = 3
_AT_WORK: Final = "going"


class WebTasks:
    """The records, read afresh each time they are asked for."""

    uses: ClassVar[Uses] = Uses(
        elements=("ticked_tasks.next", "ticked.view", "ticked.ended"),
        pages=(_TASKS,),
        lists={
            _TASKS: ("task_id", "state"),
            "ticked_result": ("task_id", "total", "shipped", "refused"),
            "ticked_groups": ("reason", "order_sns"),
        },
        answers={
            _TASKS: ("task_id", "state"),
            "ticked_task": ("task_id", "state", "total", "shipped", "reasons", "refused"),
        },
        counted=(_TASKS,),
    )

    def __init__(self, view: View) -> None:
        self._view = view
        self._list = ListReader(view, _TASKS, answer=_TASKS)

    def at_work(self) -> list[str]:
        """The tasks on the newest pages that page or data do not show as ended, or in a state that is not known."""
        found = [row for page in self._newest() for rows in _both(page) for row in rows]
        return list(dict.fromkeys(str(row["task_id"]) for row in found if row["state"] != "ended"))

    def result(self, task_id: str, *, patience_s: float) -> TaskResult | None:
        """How a task has ended, waited for; None: the newest pages do not have it."""
        if not any(all(_has(rows, task_id) for rows in _both(page)) for page in self._newest()):
            return None
        answer, progress = self._opened(task_id), Progress(self._view.clock)
        while answer.rows[0]["state"] == _AT_WORK:
            if progress.still_s(_done(answer)) > patience_s:
                return TaskResult(task_id=task_id, going=True, answer=answer.raw_rows[0])
            told = self._view.answered("ticked_task", lambda: None, unless="ticked.ended")
            answer = told if told is not None and told.ok else self._opened(task_id)
        return self._compared(task_id, answer)

    def _newest(self) -> Iterator[ListPage]:
        return islice(self._list.pages(_TASKS, ahead=False), _NEWEST_PAGES)

    def _opened(self, task_id: str) -> Answer:
        """What the site says of the task now, asked for from its row."""
        if self._view.present("ticked.ended"):
            self._list.first(_TASKS)
        row = self._view.row(_TASKS, task_id)
        return self._view.asking("ticked_task", lambda: row.click("ticked.view"))

    def _compared(self, task_id: str, answer: Answer) -> TaskResult:
        """The result, as page and data tell it; of two that tell otherwise nothing counts."""
        [told] = answer.rows
        shipped = tuple(told["shipped"])
        refused = tuple(
            (order_sn, reason)
            for reason, listed in zip(told["reasons"], told["refused"], strict=True)
            for order_sn in listed.split()
        )
        meant = {
            "task_id": task_id,
            "total": str(told["total"]),
            "shipped": str(len(shipped)),
            "refused": str(len(refused)),
        }
        agree = told["task_id"] == task_id and any(self._shows(meant, refused) for _ in self._view.moments())
        total = int(told["total"]) if agree and str(told["total"]).isdecimal() else None
        return TaskResult(task_id=task_id, total=total, shipped=shipped, refused=refused, answer=answer.raw_rows[0])

    def _shows(self, meant: Mapping[str, Any], refused: tuple[tuple[str, str], ...]) -> bool:
        """Whether the page shows these numbers, and these orders under these reasons."""
        groups = self._view.rows("ticked_groups").values
        shown = [(order_sn, group["reason"]) for group in groups for order_sn in group["order_sns"]]
        return [*self._view.rows("ticked_result").values] == [meant] and sorted(shown) == sorted(refused)


def _both(page: ListPage) -> Iterator[list[Mapping[str, Any]]]:
    """The rows of a page as it shows them, and as it was told them."""
    yield list(page.shown.values)
    yield list(page.told.rows) if page.told is not None else []


def _has(rows: list[Mapping[str, Any]], task_id: str) -> bool:
    return any(row["task_id"] == task_id for row in rows)


def _done(answer: Answer) -> object:
    told = answer.rows[0]
    return len(told["shipped"]), len(told["refused"]), told["state"]
