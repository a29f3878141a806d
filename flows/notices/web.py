"""Notice pages of a site (站内信): list and notice, what the page shows held against its own answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from flows.notices.api import Attachment, Notice, NoticesPage, OpenedNotice
from rpa.browser.two_sources import paired, same_value
from rpa.elements.uses import Uses
from rpa.elements.values import UNREADABLE
from rpa.errors import InDoubt, PageChanged, Refused

if TYPE_CHECKING:
    from rpa.browser.responses import Answer
    from rpa.browser.view import View
    from rpa.config import Shop


_COMPARED = ("title", "sent_at", "category")


def notices_of(shown: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]]) -> Iterator[Notice]:
    """One notice for each id that either source has, in the answer's order; disagreement is its `doubt`."""
    for pair in paired(shown, answered, key="notice_id"):
        known = pair.told or {**(pair.shown or {}), "unread": UNREADABLE, "files": UNREADABLE}
        yield _notice(pair.shown or known, known, doubt=replace(pair, shown_twice=False).doubt(_COMPARED))


def refuse_another(notice: Notice, *, shown: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Raise InDoubt unless page and data are both of this notice."""
    differing = [
        f"{name} {source[name]!r}, not {wanted!r}"
        for source, name, wanted in (
            (told, "notice_id", notice.notice_id),
            (told, "title", notice.title),
            (shown, "title", notice.title),
            (shown, "sent_at", notice.sent_at),
        )
        if not same_value(source[name], wanted)
    ]
    if differing:
        raise InDoubt(f"The page of notice {notice.notice_id} shows {'; '.join(differing)}.", reason="sources_disagree")


def files_of(notice: Notice, *, shown: Sequence[Mapping[str, Any]], told: Mapping[str, Any]) -> Iterator[Attachment]:
    """The attachments, once page and data name the same ones, in the same order and state. Raises InDoubt if not."""
    names, states = told["files"] or (), told["states"] or ()
    on_page = [(_plain(row["name"]), row["state"]) for row in shown]
    if on_page != [(_plain(name), state) for name, state in zip(names, states, strict=False)]:
        message = f"Page and data name other attachments of notice {notice.notice_id}: {on_page}; {names}, {states}."
        raise InDoubt(message, reason="sources_disagree")
    for number, row in enumerate(shown, start=1):
        yield Attachment(
            notice_id=notice.notice_id, number=number, name=str(row["name"]), expired=row["state"] == "expired"
        )


def _notice(row: Mapping[str, Any], answer: Mapping[str, Any], *, doubt: str | None) -> Notice:
    notice_id = answer["notice_id"]
    sent_at = next((each["sent_at"] for each in (answer, row) if isinstance(each["sent_at"], datetime)), None)
    if sent_at is None or notice_id in ("", UNREADABLE):
        raise PageChanged(f"The list has a notice ({notice_id}) whose id or time cannot be read; nothing was opened.")
    files = answer["files"]
    return Notice(
        notice_id=notice_id,
        title=" / ".join(dict.fromkeys(filter(None, (_text(answer["title"]), _text(row["title"]))))),
        category=_text(answer["category"]) or _text(row["category"]),
        sent_at=sent_at,
        unread=answer["unread"] != "no",
        files=None if files is UNREADABLE else len(files),
        doubt=doubt,
    )


def _text(value: Any) -> str:
    return "" if value is None or value is UNREADABLE else str(value)


def _plain(name: Any) -> str:
    """A file's name without what browsers and servers write in different ways: control and format characters, space."""
    return "".join(each for each in str(name) if unicodedata.category(each)[0] not in "CZ")


PAGE_SIZE = 100


class WebNotices:
    """Reads notices and downloads their attachments."""

    uses: ClassVar[Uses] = Uses(
        elements=(
            "header.login_name",
            "notices.page_size",
            "notices.page_size_option",
            "notices.next",
            "notice.download",
        ),
        within={"list:notice_files": ("notice.download",)},
        pages=("home", "notices", "notice"),
        lists={
            "notices": ("notice_id", *_COMPARED),
            "notice": ("title", "sent_at", "text"),
            "notice_files": ("name", "state"),
        },
        answers={
            "notice_list": ("notice_id", *_COMPARED, "unread", "files"),
            "notice": ("notice_id", "title", "files", "states"),
        },
        counted=("notice_list",),
    )

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
