"""Import pages of a site (批量发货, 无物流单条导入), done the common way, through named elements."""

from __future__ import annotations

from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flows.bulk_import.api import ImportLimits, ImportResult, ToldRow
from flows.bulk_import.web_records import LINE, ImportRecords, told_rows
from flows.bulk_import.words import ImportWords
from flows.orders.model import How
from flows.orders.reasons import Reason
from flows.procedure.progress import Progress
from flows.procedure.web_task import TaskForm
from rpa.browser.responses import TooManyCalls
from rpa.elements.uses import Uses
from rpa.elements.values import UNREADABLE
from rpa.errors import InDoubt, PageChanged, Refused, Stopped, TryAgain
from rpa.language import Text
from rpa.log import speak

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flows.procedure.in_bulk import TaskSaid
    from rpa.browser.scope import Scope
    from rpa.browser.view import View
    from rpa.config import Shop

_STANDS_STILL = Text(
    en="The import stands still; it was last told to have {rows} rows done.",
    zh="导入停滞不前；最近显示已处理 {rows} 行。",
)
_READ_IN_PART = Text(
    en="The result of import {task} was read to row {row} only: {error}",
    zh="导入 {task} 的结果只读到第 {row} 行：{error}",
)
_NO_FAILURES = Text(en="The failure file cannot be had: {error}", zh="失败明细文件无法下载：{error}")

PAGE_SIZE = 100
_MEGABYTE = 1_000_000
"""The smaller of the two that may be meant."""
_PARCELS, _NONE = "import_parcels", "import_none"
_OPEN = {_PARCELS: "import.parcels_open", _NONE: "import.none_open"}


class WebImportForm(TaskForm):
    """The import page with a file chosen."""

    confirm: ClassVar[str] = "import.confirm"
    answer: ClassVar[str] = "import_upload"
    question: ClassVar[str] = "second_confirmation"
    second_question: ClassVar[str] = "import.second_question"
    second_confirm: ClassVar[str] = "import.second_confirm"

    def __init__(self, view: View, *, form: Scope, sent: Callable[[str], None]) -> None:
        super().__init__(view, scope=form)
        self._sent = sent

    def send(self) -> TaskSaid:
        """The click; of a task that the site told, the page shows the progress by itself."""
        said = super().send()
        if said.task_id is not None:
            self._sent(self.scope.key)
        return said


class WebImports:
    """Uploads files of shipments, and reads what became of each row."""

    uses: ClassVar[Uses] = ImportRecords.uses | Uses(
        elements=(
            "import.parcels_open",
            "import.none_open",
            "import.template",
            "import.ended",
            "import.page_size",
            "import.page_size_option",
            "import.next",
            "import.failures",
            "import.view",
            "import.second_question",
        ),
        writes=("import.file",),
        commits=("import.confirm", "import.second_confirm"),
        within={
            "list:import_form": ("import.confirm",),
            "list:import_records": ("import.view",),
            "dialog:second_confirmation": ("import.second_question", "import.second_confirm"),
        },
        pages=(_PARCELS, _NONE),
        lists={
            "import_form": ("file_name", "most_rows", "most_megabytes", "error"),
            "import_summary": ("file_name", "total", "broken"),
            "import_results": (*LINE, "outcome"),
        },
        dialogs={"second_confirmation": ()},
        answers={"import_upload": ("task_id",), "import_progress": ("done",), "import_result": LINE},
        counted=("import_result",),
        tables=("imports",),
    )

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop
        self._records = ImportRecords(view)
        self._watched: str | None = None
        """The file whose progress and result the page shows by itself."""

    def limits(self, how: How) -> ImportLimits:
        """What the page says it takes in one file."""
        self._arrive(how)
        shown = self._shown_form()
        rows, megabytes = shown["most_rows"], shown["most_megabytes"]
        if UNREADABLE in (rows, megabytes):
            raise PageChanged("The import page does not say how much it takes in one file; look at it by hand.")
        return ImportLimits(rows=int(rows), size=int(Decimal(megabytes) * _MEGABYTE))

    def template(self, how: How, *, into: Path) -> Path:
        """The site's own template, downloaded into this folder."""
        self._arrive(how)
        return self._view.downloaded(lambda: self._view.click("import.template"), into=into)

    def fill_in(self, how: How, file: Path) -> WebImportForm:
        """Open the page anew and choose the file; the page shows its name, and nothing is sent."""
        self._view.check_allowed("import.confirm")
        self._open(how)
        self._view.choose_file("import.file", file)
        try:
            form = self._view.row("import_form", file.name)
        except InDoubt:
            self._refuse_unsupported(file)
            raise
        self._view.clear()
        if form.disabled("import.confirm"):
            raise Refused(f"The page does not let {file.name} be sent.", reason=Reason.SITE_REFUSED)
        return WebImportForm(self._view, form=form, sent=self._note_sent)

    def _refuse_unsupported(self, file: Path) -> None:
        error = self._shown_form()["error"]
        if error:
            raise Refused(f"The page does not take {file.name}: {error}", reason=Reason.SITE_REFUSED)

    def _note_sent(self, file_name: str) -> None:
        self._watched = file_name

    def _arrive(self, how: How) -> None:
        if not self._view.present(_OPEN[_page_of(how)]):
            self._open(how)

    def _open(self, how: How) -> None:
        self._watched = None
        self._view.open(_page_of(how))

    def _shown_form(self) -> Mapping[str, Any]:
        values = self._view.rows("import_form").values
        if len(values) != 1:
            raise PageChanged(f"The import page shows {len(values)} forms; nothing was uploaded.")
        return values[0]

    # What became of an upload

    def result(
        self, how: How, *, file_name: str, task_id: str | None, into: Path, patience_s: float
    ) -> ImportResult | None:
        """What became of an upload, waited for; None when the site's records do not have it."""
        if self._watched == file_name and task_id is not None:
            told = self._told_of(task_id, file_name=file_name, into=into, patience_s=patience_s)
            if told is not None:
                return told
        found = self._found_in_records(how, file_name=file_name, task_id=task_id)
        if found is None:
            return None
        self._view.row("import_records", found).click("import.view")
        told = self._told_of(found, file_name=file_name, into=into, patience_s=patience_s)
        return told or ImportResult(task_id=found, finished=False, going=True)

    def _told_of(self, task_id: str, *, file_name: str, into: Path, patience_s: float) -> ImportResult | None:
        """What the page, which watches this import, comes to show of it; None: something else."""
        if not self._ended(patience_s):
            return ImportResult(task_id=task_id, finished=False, going=True)
        return self._read(task_id, into=into) if self._shows(file_name) else None

    def _found_in_records(self, how: How, *, file_name: str, task_id: str | None) -> str | None:
        """The task of this file, its page of the records open; None: no page has it. Raises TryAgain when in doubt."""
        self._watched = None
        tasks = (page.task_of(file_name, task_id=task_id) for page in self._records.pages(_page_of(how)))
        found = next((task for task in tasks if task is not None), None)
        if found is None and task_id is not None:
            raise TryAgain(f"The import records do not have {file_name}, which the site has taken; run again.")
        return found

    def at_work(self, how: How) -> list[str]:
        """The files on the newest page of the records on which any is not shown as ended."""
        self._watched = None
        pages = (page.at_work() for page in self._records.pages(_page_of(how)))
        return next((files for files in pages if files), [])

    def _ended(self, patience_s: float) -> bool:
        """Wait for the end of the import that the page watches; False: it has stood still for so long."""
        progress = Progress(self._view.clock)
        while not self._view.present("import.ended"):
            told = self._progress()
            if progress.still_s(told) > patience_s:
                speak("WARNING", _STANDS_STILL, rows=told)
                return False
        return True

    def _progress(self) -> object:
        """How many rows are done, when the page asks next; None: it was not told."""
        try:
            answer = self._view.answered("import_progress", lambda: None, unless="import.ended")
        except TooManyCalls:
            return None
        return answer.rows[0]["done"] if answer is not None and answer.ok else None

    def _shows(self, file_name: str) -> bool:
        """Whether the page shows the result of this file, and of no other."""
        return [row["file_name"] for row in self._view.rows("import_summary").values] == [file_name]

    def _read(self, task_id: str, *, into: Path) -> ImportResult:
        """All pages of the result that the page shows, and its failure file."""
        summaries = self._view.rows("import_summary").values
        if len(summaries) != 1:
            raise TryAgain("The result of the import was drawn anew while it was read; run again.")
        [summary] = summaries
        rows: list[ToldRow] = []
        raw: list[Mapping[str, Any]] = []
        try:
            total = self._read_table(rows, raw)
        except (PageChanged, TryAgain) as error:
            speak("WARNING", _READ_IN_PART, task=task_id, row=len(rows), error=error)
            total = -1
        whole = summary["broken"] == "clear" and summary["total"] == str(total) == str(len(rows))
        return ImportResult(
            task_id=task_id, finished=whole, rows=tuple(rows), failures=self._failures(into), answers=tuple(raw)
        )

    def _read_table(self, rows: list[ToldRow], raw: list[Mapping[str, Any]]) -> int:
        """Take in all pages, the next one asked for while one is compared; how many rows there are."""
        view, words = self._view, self._view.profile.section(ImportWords)
        spec = view.profile.answers["import_result"]
        answer = view.asking("import_result", lambda: view.choose("import.page_size", str(PAGE_SIZE)))
        while True:
            shown = view.rows("import_results", keys=answer.keys("order_sn"))
            total, compared = answer.total or 0, told_rows(answer, shown.values, spec=spec, words=words)
            raw += answer.raw_rows
            if len(raw) >= total or not answer.raw_rows:
                rows += compared
                return total
            with ExitStack() as asked:
                try:
                    following = asked.enter_context(view.asked("import_result", lambda: view.click("import.next")))
                finally:
                    rows += compared
                answer = following()

    def _failures(self, into: Path) -> Path | None:
        """The site's file of what it refused; None: the page offers none, none came, or the run was asked to stop.

        The file went up, so what the table told of it is kept and told even then.
        """
        if not self._view.present("import.failures"):
            return None
        try:
            return self._view.downloaded(lambda: self._view.click("import.failures"), into=into)
        except (Refused, Stopped) as error:
            speak("WARNING", _NO_FAILURES, error=error)
            return None


def _page_of(how: How) -> str:
    return _NONE if how is How.NO_LOGISTICS else _PARCELS
