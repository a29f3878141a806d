"""Uploads: what the site said to one, what became of its rows, and the evidence of that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flows.bulk_import.api import FOLDER, ImportsShipments
from flows.bulk_import.file import read_lines
from flows.bulk_import.reconcile import agreed, failures_of
from flows.bulk_import.words import ImportWords
from flows.orders.api import Said
from flows.orders.model import How
from flows.orders.reasons import Reason
from flows.procedure.in_bulk import TaskSaid
from flows.sheets.worksheet import NotASheet
from flows.shipping.evidence import packages_folder
from flows.shipping.in_bulk import look_at_refused, window_of
from flows.shipping.intents import IMPORT_FILE
from flows.shipping.together import Together
from rpa.errors import InDoubt, PageChanged, Refused, TryAgain
from rpa.files import private_folder, write_atomically
from rpa.language import Text
from rpa.ledger.actions import Action, Seen
from rpa.ledger.once import Look
from rpa.log import speak

if TYPE_CHECKING:
    from pathlib import Path

    from flows.bulk_import.api import ImportedRow, ImportResult
    from flows.bulk_import.packing import Packed
    from rpa.run import Run


_NOT_KNOWN = Text(en="What became of {name} is not known yet: {error}", zh="{name} 的导入结果尚不明确：{error}")

_NO_COPY = Text(
    en="The copy of {name} is of no use, so its result says nothing: {error}",
    zh="{name} 的存档无法使用，其导入结果不作依据：{error}",
)

_WINDOW = Text(
    en="{file}: {count} orders. Marks read from {read_at:%H:%M:%S}, uploaded {sent_at:%H:%M:%S}; what changed in "
    "between could not be seen. {told}",
    zh="{file}：{count} 个订单。标记读取自 {read_at:%H:%M:%S}，上传于 {sent_at:%H:%M:%S}；其间的变化无法得知。{told}",
)
_TOLD = Text(
    en="Accepted {accepted}, refused {refused}, read back one by one {others}.",
    zh="成功 {accepted}，失败 {refused}，另行读回核对 {others}。",
)


class Upload:
    """A file that has gone up now."""

    def __init__(self, run: Run, packed: Packed, *, said: Said, sent_at: datetime) -> None:
        """`said`: what the site answered to it; `sent_at`: by the site's clock."""
        self._run = run
        self._packed = packed
        self._sent_at = sent_at
        self._rows: dict[str, ImportedRow] = {}
        self._said = said
        self._task_id = said.task_id if isinstance(said, TaskSaid) else None
        self.result: ImportResult | None = None

    @property
    def name(self) -> str:
        """The file's name, in the site's records too."""
        return self._packed.file.name

    def rows(self) -> Mapping[str, ImportedRow]:
        """What became of each order, as far as the site's own table and file of failures agree; waited for."""
        if self._said.accepted is not False:
            self.result = self._result()
        failures = failures_of(self.result, words=self._run.profile.section(ImportWords))
        self._rows = agreed(self._packed.lines, self.result, failures=failures)
        self._keep()
        return self._rows

    def _result(self) -> ImportResult | None:
        packed = self._packed
        try:
            return self._run.office(ImportsShipments).result(
                packed.how,
                file_name=self.name,
                task_id=self._task_id,
                into=packed.file.parent,
                patience_s=self._run.shop.settle_s,
            )
        except (InDoubt, Refused, TryAgain) as error:
            speak("WARNING", _NOT_KNOWN, name=self.name, error=error)
            return None

    def _keep(self) -> None:
        """The site's answers, beside the file and the site's file of failures."""
        result = self.result
        told = {
            "file": self.name,
            "orders": len(self._packed.lines),
            "marks_read_at": self._packed.read_at.isoformat(),
            "sent_at": self._sent_at.isoformat(),
            "accepted": self._said.accepted,
            "words": self._said.words,
            "task_id": result.task_id if result else self._task_id,
            "finished": bool(result and result.finished),
            "failures": result.failures.name if result and result.failures else None,
            "rows": [dict(row) for row in result.answers] if result else [],
        }
        data = json.dumps(told, ensure_ascii=False, indent=1, default=str).encode(errors="backslashreplace")
        write_atomically(self._packed.file.parent / "answer.json", data)

    def look(self, row: ImportedRow) -> Look:
        """A row that is certain, as a look at its order."""
        window = window_of(read_at=self._packed.read_at, sent_at=self._sent_at, language=self._run.language)
        if row.accepted:
            return Look(seen=Seen.OURS, detail=window, facts={"shipped_at": self._sent_at.isoformat()})
        meant = Reason.REFUSED_FOR_NOW if row.repeatable else None
        lasting = row.code in self._run.profile.section(ImportWords).lasting
        return look_at_refused(self._run, row.words, meant=meant, lasting=lasting, window=window)

    def in_words(self) -> str:
        """What a person should know of this upload as a whole."""
        accepted = sum(row.accepted is True for row in self._rows.values())
        refused = sum(row.accepted is False for row in self._rows.values())
        language = self._run.language
        others = len(self._rows) - accepted - refused
        return _WINDOW.of(
            language,
            file=self.name,
            count=len(self._packed.lines),
            read_at=self._packed.read_at,
            sent_at=self._sent_at,
            told=_TOLD.of(language, accepted=accepted, refused=refused, others=others),
        )


class Uploads(Together):
    """Which of the uploaded files the site has worked through."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._found: dict[str, ImportResult] = {}
        """Results that were looked for afterwards."""

    def note(self, name: str, result: ImportResult | None) -> None:
        """What is known of an upload of this run."""
        if result is not None and not result.going:
            self.note_ended(name)

    def told(self, actions: Sequence[Action]) -> dict[str, ImportedRow]:
        """What the site's results say of these, by order number, as far as they were found; each file read once."""
        files = {str(action.facts.get(IMPORT_FILE)) for action in actions}
        rows = {name: self._rows_of(name) for name in files & self._found.keys()}
        found = {action.subject: rows.get(str(action.facts.get(IMPORT_FILE)), {}) for action in actions}
        return {sn: told[sn] for sn, told in found.items() if sn in told}

    def _rows_of(self, name: str) -> Mapping[str, ImportedRow]:
        words, result = self.run.profile.section(ImportWords), self._found[name]
        try:
            lines = read_lines(self._folder_of(name) / name, words=words)
        except (NotASheet, PageChanged, OSError) as error:
            speak("WARNING", _NO_COPY, name=name, error=error)
            return {}
        return agreed(lines, result, failures=failures_of(result, words=words))

    def _folder_of(self, name: str) -> Path:
        return private_folder(packages_folder(self.run.evidence, entry=FOLDER) / name.rpartition(".")[0])

    def goes_on(self, name: str, action: Action) -> bool:
        """As the site's records tell of it, waited for."""
        if ImportsShipments not in self.run.offices:
            return False
        office, how = self.run.office(ImportsShipments), how_of(action)
        try:
            result = office.result(
                how, file_name=name, task_id=None, into=self._folder_of(name), patience_s=self.run.shop.settle_s
            )
        except (InDoubt, Refused) as error:
            raise TryAgain(f"What became of {name} cannot be told: {error}") from error
        self.note(name, result)
        if result is not None:
            self._found[name] = result
        # The records may name it otherwise than it was named.
        return result.going if result is not None else bool(office.at_work(how))


def how_of(action: Action) -> How:
    """For which of the two pages its file is: that of parcels, or that of orders without one."""
    return How.DIALOG if action.payload["tracking_number"] else How.NO_LOGISTICS
