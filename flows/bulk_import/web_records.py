"""Import records of a site, page by page, each row's result held against the page's own answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from flows.bulk_import.api import ImportLine, ToldRow
from rpa.browser.two_sources import differences, same_or_unreadable
from rpa.elements.uses import Uses
from rpa.elements.values import UNREADABLE, is_code
from rpa.errors import PageChanged, TryAgain

if TYPE_CHECKING:
    from flows.bulk_import.words import ImportWords
    from rpa.browser.responses import Answer
    from rpa.browser.view import View
    from rpa.elements.profile import AnswerSpec


_PAGE_SIZE = "100"
_ENDED = "ended"
LINE = ("order_sn", "courier", "tracking_number")
"""What names a row of a file, on the page and in its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsPage:
    """One page of the records, newest first: as the page shows it, and as it was told it."""

    shown: Sequence[Mapping[str, Any]]
    told: Sequence[Mapping[str, Any]]

    def task_of(self, file_name: str, *, task_id: str | None) -> str | None:
        """The task of this file; None: it is not here. Raises TryAgain when the page is not clear about it."""
        shown, told = (
            {row["task_id"] for row in rows if row["file_name"] == file_name} for rows in (self.shown, self.told)
        )
        named = task_id is not None and any(row["task_id"] == task_id for row in self.told)
        if not shown and not told and not named:
            return None
        if shown != told or len(told) != 1 or task_id not in (None, *told):
            raise TryAgain(f"The import records are not clear about {file_name}; look at them by hand, or run again.")
        return str(*told)

    def at_work(self) -> list[str]:
        """The files that page or data do not show as ended, those with an unknown state among them."""
        found = [row for rows in (self.shown, self.told) for row in rows if row["state"] != _ENDED]
        return list(dict.fromkeys(str(row["file_name"]) for row in found))


class ImportRecords:
    """The records, read afresh each time they are asked for."""

    uses: ClassVar[Uses] = Uses(
        elements=("import.records_size", "import.records_size_option", "import.records_next"),
        lists={"import_records": ("task_id", "file_name", "state")},
        answers={"import_records": ("task_id", "file_name", "state")},
        counted=("import_records",),
    )

    def __init__(self, view: View) -> None:
        self._view = view

    def pages(self, page: str) -> Iterator[RecordsPage]:
        """Page after page, newest first, for as long as they are asked for; each stays open until the next.

        Raises TryAgain when they cannot be read to their end: what none of them named is then not proven to be missing.
        """
        view = self._view
        answer = self._newest(page)
        seen = set(answer.keys("task_id"))
        if len(seen) < _total(answer):
            answer = view.asking("import_records", lambda: view.choose("import.records_size", _PAGE_SIZE))
            seen = set(answer.keys("task_id"))
        yield self._read(answer)
        # A file that comes up meanwhile moves the others on, so that one may be met twice; none is passed over.
        while len(seen) < _total(answer):
            answer = view.asking("import_records", lambda: view.click("import.records_next"))
            new = set(answer.keys("task_id")) - seen
            if not new:
                raise TryAgain("The import records changed while they were read; run again.")
            seen |= new
            yield self._read(answer)

    def _newest(self, page: str) -> Answer:
        """The answer with the newest records; PageChanged where the page is another than described, too."""
        try:
            return self._view.open_for(page, answer="import_records")
        except TryAgain:
            self._view.open(page)
            raise

    def _read(self, answer: Answer) -> RecordsPage:
        shown = self._view.rows("import_records", keys=answer.keys("task_id"))
        return RecordsPage(shown=shown.values, told=answer.rows)


def _total(answer: Answer) -> int:
    if answer.total is None:
        raise PageChanged("The site does not say how many import records there are; look at them by hand.")
    return answer.total


_OUTCOMES = {"accepted": True, "refused": False}


def told_rows(
    answer: Answer, shown: Sequence[Mapping[str, Any]], *, spec: AnswerSpec, words: ImportWords
) -> Iterator[ToldRow]:
    """The rows of one answer; one that the page shows differently is `None` as to whether it was accepted."""
    page = {row["order_sn"]: row for row in shown}
    for raw, told in zip(answer.raw_rows, answer.rows, strict=True):
        yield _row(raw, told, page.get(told["order_sn"], {}), spec=spec, words=words)


def _row(
    raw: Mapping[str, Any], told: Mapping[str, Any], shown: Mapping[str, Any], *, spec: AnswerSpec, words: ImportWords
) -> ToldRow:
    code = raw.get(spec.code or "")
    accepted = is_code(code, spec.ok)
    agree = isinstance(code, int) and _OUTCOMES.get(shown.get("outcome", "")) is accepted
    agree = agree and set(LINE) <= shown.keys() and not differences(shown, told, fields=LINE, same=same_or_unreadable)
    return ToldRow(
        line=ImportLine(**{name: "" if told[name] is UNREADABLE else str(told[name]) for name in LINE}),
        accepted=accepted if agree else None,
        code=code if isinstance(code, int) else None,
        words=str(raw.get(spec.message or "") or "") if agree else "page and data disagree",
        repeatable=agree and is_code(code, spec.repeatable),
        for_dialog=agree and code in words.for_dialog,
    )
