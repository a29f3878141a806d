"""Page of a site on which rows are ticked and shipped together, done the common way, through named elements."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

from flows.orders.reasons import Reason
from flows.procedure.in_bulk import SomeNotTaken, TaskSaid
from flows.procedure.web_task import TaskForm
from flows.ticked.api import TaskResult, TickedLine
from flows.ticked.row_check import refuse_row
from flows.ticked.web_tasks import WebTasks
from rpa.browser.evidence import Evidence
from rpa.browser.list_reader import ListReader
from rpa.elements.uses import Uses
from rpa.errors import InDoubt, PageChanged, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from rpa.browser.list_reader import ListPage
    from rpa.browser.scope import Scope
    from rpa.browser.view import View
    from rpa.config import Shop

_LIST: Final = "deliveries"
_TICKED, _FORM, _DIALOG = "ticked_rows", "ticked_form", "ticked"


class WebTickedForm(TaskForm):
    """The form with all rows filled in."""

    confirm: ClassVar[str] = "ticked.confirm"
    answer: ClassVar[str] = "ticked_ship"
    question: ClassVar[str] = "ticked_second_confirmation"
    second_question: ClassVar[str] = "ticked.second_question"
    second_confirm: ClassVar[str] = "ticked.second_confirm"

    def __init__(self, view: View, *, scope: Scope, lines: Sequence[TickedLine], ship_from: str) -> None:
        super().__init__(view, scope=scope)
        self._lines = lines
        self._ship_from = ship_from

    def send(self) -> TaskSaid:
        """The click, on the very rows that were meant."""
        refuse_other_rows(self.view, self._lines)
        if self.scope.read().values["ship_from"] != self._ship_from:
            raise InDoubt("The form's ship-from has changed; nothing was clicked.", reason=Reason.ROW_MISMATCH)
        return super().send()


class WebTicked:
    """Ships orders by ticking their rows, and reads what became of each."""

    uses: ClassVar[Uses] = WebTasks.uses | Uses(
        elements=(
            "deliveries.search",
            "deliveries.page_size",
            "deliveries.page_size_option",
            "ticked.cancel",
            "ticked.second_question",
        ),
        writes=(
            "deliveries.search_input",
            "ticked.box",
            "ticked.open",
            "ticked.courier_of_all",
            "ticked.courier_of_all_option",
            "ticked.courier",
            "ticked.courier_option",
            "ticked.tracking_number",
        ),
        commits=("ticked.confirm", "ticked.second_confirm"),
        within={
            "list:deliveries": ("ticked.box",),
            "list:ticked_rows": ("ticked.courier", "ticked.tracking_number"),
            "list:ticked_form": ("ticked.courier_of_all", "ticked.confirm"),
            "dialog:ticked_second_confirmation": ("ticked.second_question", "ticked.second_confirm"),
        },
        pages=(_LIST,),
        lists={
            _LIST: ("order_sn", "audit", "after_sale", "ticked"),
            _TICKED: ("order_sn", "courier", "tracking_number", "error"),
            _FORM: ("count", "ship_from"),
        },
        dialogs={_DIALOG: (), "ticked_second_confirmation": ()},
        closed=(_DIALOG,),
        answers={
            "delivery_list": ("order_sn", "status", "audit", "after_sale", "address"),
            "ticked_ship": ("task_id",),
        },
        counted=("delivery_list",),
        tables=("ticked",),
    )

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop
        self._list = ListReader(view, _LIST, answer="delivery_list")
        self._tasks = WebTasks(view)

    # Filling in

    def fill_in(self, lines: Sequence[TickedLine], *, into: Path) -> WebTickedForm:
        """Tick exactly these and fill in the form for them; every field is read back, and nothing is sent."""
        self._view.check_allowed("ticked.confirm")
        self._tick(lines)
        self._view.click("ticked.open")
        self._wait_for_form(lines)
        try:
            self._choose_couriers(lines)
            for line in lines:
                self._view.row_just_read(_TICKED, line.order_sn).fill("ticked.tracking_number", line.tracking_number)
            self._view.clear(expected=[_DIALOG])
            refuse_other_rows(self._view, lines)
        except (SomeNotTaken, InDoubt, PageChanged):
            self._view.click("ticked.cancel")
            self._view.dialog_gone(_DIALOG)
            raise
        scope = self._form(lines)
        block = scope.read(drawn=["ship_from"])
        pictures = Evidence(folder=into.parent, clock=self._view.clock)
        pictures.pictures(self._view.page, moment="before", parts={into.name: block.part})
        return WebTickedForm(self._view, scope=scope, lines=lines, ship_from=block.values["ship_from"])

    def _tick(self, lines: Sequence[TickedLine]) -> None:
        """Have the list show these alone, unmarked and as they were, and tick each by its number."""
        self._list.first(_LIST)
        shown = self._list.after(lambda: self._search(lines))
        if len(shown.read.keys) < shown.total:
            shown = self._list.lengthen()
        self._refuse_list(shown, lines)
        for line in lines:
            self._view.row_just_read(_LIST, line.order_sn).tick("ticked.box")
        rows = self._view.rows(_LIST, keys=[line.order_sn for line in lines]).values
        ticked = [row["order_sn"] for row in rows if row["ticked"] == "true"]
        if sorted(ticked) != sorted(line.order_sn for line in lines):
            raise InDoubt("Other rows are ticked than were meant; nothing was sent.", reason=Reason.ROW_MISMATCH)

    def _search(self, lines: Sequence[TickedLine]) -> None:
        self._view.fill("deliveries.search_input", "\n".join(line.order_sn for line in lines))
        self._view.click("deliveries.search")

    def _refuse_list(self, page: ListPage, lines: Sequence[TickedLine]) -> None:
        """Raise SomeNotTaken for orders that may not be ticked, InDoubt when the list shows any other."""
        told = {row["order_sn"]: row for row in page.told.rows} if page.told is not None else {}
        shown = {row["order_sn"]: row for row in page.shown.values}
        if len(shown) != len(page.shown.values) or not (shown.keys() | told.keys()) <= {
            each.order_sn for each in lines
        }:
            raise InDoubt("The list shows other orders than were searched for.", reason=Reason.ROW_MISMATCH)
        whys = {line.order_sn: _why_not(line, shown.get(line.order_sn), told.get(line.order_sn)) for line in lines}
        some = {order_sn: why for order_sn, why in whys.items() if why is not None}
        if some:
            raise SomeNotTaken(some)

    def _wait_for_form(self, lines: Sequence[TickedLine]) -> None:
        """The form comes with one row for each; one that does not is left."""
        numbers = Counter(line.order_sn for line in lines)
        for _ in self._view.moments():
            rows = self._view.rows(_TICKED, keys=list(numbers))
            if Counter(row["order_sn"] for row in rows.values) == numbers:
                return
        raise InDoubt("The form does not have the rows that were ticked.", reason=Reason.ROW_MISMATCH)

    def _form(self, lines: Sequence[TickedLine]) -> Scope:
        """The form as a whole, which is to have as many rows."""
        return self._view.row(_FORM, str(len(lines)))

    def _choose_couriers(self, lines: Sequence[TickedLine]) -> None:
        """That of most rows for all of them at once, then of each other row its own."""
        [(courier, rows)] = Counter(line.courier for line in lines).most_common(1)
        if sum(shown == courier for shown in self._couriers(lines).values()) < rows and not self._view.choose_in(
            self._form(lines), "ticked.courier_of_all", courier
        ):
            raise _not_offered(line for line in lines if line.courier == courier)
        shown = self._couriers(lines)
        for line in (line for line in lines if shown[line.order_sn] != line.courier):
            if not self._view.choose_in(
                self._view.row_just_read(_TICKED, line.order_sn), "ticked.courier", line.courier
            ):
                raise _not_offered([line])

    def _couriers(self, lines: Sequence[TickedLine]) -> dict[str, str]:
        rows = self._view.rows(_TICKED, keys=[line.order_sn for line in lines]).values
        shown = {str(row["order_sn"]): str(row["courier"]) for row in rows}
        return {line.order_sn: shown.get(line.order_sn, "") for line in lines}

    # What became of it

    def result(self, task_id: str, *, patience_s: float) -> TaskResult | None:
        """What became of a task, waited for; None: the site's records do not have it."""
        return self._tasks.result(task_id, patience_s=patience_s)

    def at_work(self) -> list[str]:
        """The tasks on the newest pages of the records that are not shown as ended."""
        return self._tasks.at_work()


def _not_offered(lines: Iterable[TickedLine]) -> SomeNotTaken:
    why = {line.order_sn: f"the form offers no courier {line.courier!r}" for line in lines}
    return SomeNotTaken({order_sn: (Reason.UNKNOWN_COURIER.value, words) for order_sn, words in why.items()})


def refuse_other_rows(view: View, lines: Sequence[TickedLine]) -> None:
    """Raise InDoubt unless the form has exactly these rows, and each field holds what was meant, with no complaint."""
    rows = view.rows(_TICKED, keys=[line.order_sn for line in lines]).values
    shown = Counter((row["order_sn"], row["courier"], row["tracking_number"], row["error"]) for row in rows)
    meant = Counter((line.order_sn, line.courier, line.tracking_number, "") for line in lines)
    if shown != meant:
        others = ", ".join(" ".join(map(str, each)) for each in (shown - meant)) or "fewer rows"
        raise InDoubt(f"The form reads otherwise than it was filled in: {others}.", reason=Reason.ROW_MISMATCH)


def _why_not(
    line: TickedLine, shown: Mapping[str, Any] | None, told: Mapping[str, Any] | None
) -> tuple[str, str] | None:
    """Why the row of this order is not ticked: the code of a reason, and more about it."""
    if shown is None or told is None:
        return Reason.ROW_MISMATCH.value, "the list of what is to be shipped does not have it"
    try:
        refuse_row(line.order, shown, told)
    except (Refused, InDoubt) as error:
        return error.reason, str(error)
    if shown["ticked"] != "false":
        return Reason.SITE_REFUSED.value, "its row cannot be ticked"
    return None
