"""Export page of a site (批量导出), done the common way, through named elements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rpa.browser.responses import TooManyCalls
from rpa.documents.requested import RequestedRecord
from rpa.elements.uses import Uses
from rpa.elements.values import UNREADABLE
from rpa.errors import InDoubt, PageChanged, TryAgain

if TYPE_CHECKING:
    from rpa.browser.view import View
    from rpa.config import Shop

_PAGE, _LISTED = "orders_all", "order_list"
_COMPARED = ("asked_at", "state")


class WebExports:
    """Exports orders through the list's dialog and the page of export records."""

    uses: ClassVar[Uses] = Uses(
        elements=("orders.export", "exports.heading", "exports.refresh", "exports.download"),
        writes=("export.make",),
        within={"list:export_records": ("exports.download",)},
        pages=(_PAGE, "export_records"),
        lists={"export_records": ("record_id", *_COMPARED)},
        answers={"export_ask": (), "export_records": ("record_id", *_COMPARED, "since", "until")},
    )

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop

    def now(self) -> datetime:
        """The site's clock."""
        return self._view.site_now()

    def ask(self) -> None:
        """Have a table of the orders of the last 90 days made, as the dialog proposes.

        Raises TryAgain when the site wants a pause first, or did not answer: the records say whether it was asked.
        """
        if _LISTED in self._view.profile.answers:
            self._view.open_for(_PAGE, answer=_LISTED)
        else:
            self._view.open(_PAGE)
        self._view.click("orders.export")
        try:
            answer = self._view.answered("export_ask", lambda: self._view.click("export.make"))
        except TooManyCalls as error:
            raise TryAgain(str(error)) from error
        if answer is None:
            raise TryAgain("The site did not say whether it makes the table.")
        if not answer.ok:
            self._refuse(answer.message or str(answer.code))

    def _refuse(self, said: str) -> None:
        message = f"The site does not make the table; it says: {said}."
        if any(word in said for word in self._view.profile.words.get("export_pause", ())):
            raise TryAgain(message)
        raise PageChanged(f"{message} Look at it by hand.")

    def records(self) -> list[RequestedRecord]:
        """The export records, newest first, read afresh. One that page and data show differently is `other`."""
        if self._view.present("exports.heading"):
            answer = self._view.asking("export_records", lambda: self._view.click("exports.refresh"))
        else:
            answer = self._view.open_for("export_records", answer="export_records")
        shown = self._view.rows("export_records", keys=answer.keys("record_id"))
        rows = {row["record_id"]: row for row in shown.values}
        records = [record_of(told, shown=rows.get(told["record_id"], {})) for told in answer.rows]
        return sorted(records, key=lambda record: record.asked_at, reverse=True)

    def download(self, record: RequestedRecord, *, into: Path) -> Path:
        """Have the browser download a table that is ready; the page of records is open."""
        row = self._view.row("export_records", record.record_id)
        if row.read().values["state"] != "ready":
            raise InDoubt(f"Export {record.record_id} is not ready any more.", reason="row_mismatch")
        return self._view.downloaded(lambda: row.click("exports.download"), into=into)


def record_of(told: Mapping[str, Any], *, shown: Mapping[str, Any]) -> RequestedRecord:
    """One record from what the page was told and what it shows. Raises PageChanged when it cannot be read."""
    unreadable = [name for name in ("record_id", "asked_at", "since", "until") if told[name] is UNREADABLE]
    if unreadable:
        raise PageChanged(f"An export record's {', '.join(unreadable)} cannot be read; look at the page by hand.")
    agree = all(shown.get(name) == told[name] for name in _COMPARED)
    return RequestedRecord(
        record_id=told["record_id"],
        asked_at=told["asked_at"],
        since=told["since"],
        until=told["until"],
        state=told["state"] if agree and told["state"] is not UNREADABLE else "other",
    )
