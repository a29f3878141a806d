"""Reading the platform's notices (站内信) through their list and their pages, page and data compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from flows.notices.api import Attachment, Notice, NoticesPage, OpenedNotice
from flows.platforms.web.noticecheck import files_of, notices_of, refuse_another
from rpa.errors import InDoubt, Refused

if TYPE_CHECKING:
    from rpa.browser.responses import Answer
    from rpa.browser.view import View
    from rpa.config import Shop

PAGE_SIZE = 100


class WebNotices:
    """Reads notices and downloads their attachments."""

    elements: ClassVar[tuple[str, ...]] = (
        "header.login_name", "notices.page_size", "notices.page_size_option", "notices.next", "notice.download",
    )  # fmt: skip

    def __init__(self, view: View, shop: Shop) -> None:
        self._view = view
        self._shop = shop

    def account(self) -> str:
        """The login name that the page shows."""
        if not self._view.present("header.login_name"):
            self._view.open("home")
        return self._view.text("header.login_name")

    def now(self) -> datetime:
        """The site's clock."""
        return self._view.site_now()

    def newest(self) -> Iterator[NoticesPage]:
        """All notices, newest first. The first page is short; who asks for more gets it again as part of a long one."""
        answer = self._view.open_for("notices", answer="notice_list")
        yield self._page(answer)
        if (answer.total or 0) <= len(answer.raw_rows):
            return
        answer, read = self._view.asking("notice_list", self._choose_long_page), 0
        while True:
            yield self._page(answer)
            read += len(answer.raw_rows)
            if read >= (answer.total or 0) or not answer.raw_rows:
                return
            answer = self._view.asking("notice_list", lambda: self._view.click("notices.next"))

    def _choose_long_page(self) -> None:
        self._view.choose("notices.page_size", str(PAGE_SIZE))

    def _page(self, answer: Answer) -> NoticesPage:
        shown = self._view.rows("notices", keys=answer.keys("notice_id"))
        return NoticesPage(notices=tuple(notices_of(shown.values, answer.rows)), total=answer.total or 0)

    def open(self, notice: Notice) -> OpenedNotice:
        """The notice's text and attachments, from its page. Opening it marks it as read on the site."""
        address = {"notice_id": quote(notice.notice_id, safe=""), "category": quote(notice.category, safe="")}
        answer = self._view.open_for("notice", answer="notice", **address)
        told = answer.rows[0]
        page = self._view.rows("notice").values
        if len(page) != 1:
            raise InDoubt(f"The page shows {len(page)} notices, not {notice.notice_id} alone.", reason="unreadable")
        refuse_another(notice, shown=page[0], told=told)
        return OpenedNotice(notice=notice, text=str(page[0]["text"]), attachments=self._files(notice, told))

    def _files(self, notice: Notice, told: Mapping[str, Any]) -> tuple[Attachment, ...]:
        names: Sequence[str] = told["files"] or ()
        keys = names if len(set(names)) == len(names) else None
        return tuple(files_of(notice, shown=self._view.rows("notice_files", keys=keys).values, told=told))

    def download(self, attachment: Attachment, *, into: Path) -> Path:
        """Have the browser download an attachment of the notice that is open."""
        if attachment.expired:
            raise Refused(f"{attachment.name} of notice {attachment.notice_id} has expired.", reason="expired")
        row = self._view.nth_row("notice_files", attachment.number, key=attachment.name)
        row.read()
        return self._view.downloaded(lambda: row.click("notice.download"), into=into)
