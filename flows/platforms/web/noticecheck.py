"""One notice from two sources: what the page shows and what its own request was answered. They must agree."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.notices.api import Attachment, Notice
from rpa.elements.values import UNREADABLE
from rpa.errors import InDoubt, PageChanged

_COMPARED = ("title", "sent_at", "category")


def notices_of(shown: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]]) -> Iterator[Notice]:
    """One notice for each id that either source has, in the answer's order; disagreement is its `doubt`."""
    rows = {row["notice_id"]: row for row in shown}
    for answer in answered:
        row = rows.pop(answer["notice_id"], None)
        yield _notice(row or answer, answer, doubt=_doubt(row, answer))
    for row in rows.values():
        told = {**row, "unread": UNREADABLE, "files": UNREADABLE}
        yield _notice(row, told, doubt="the page shows it, the page's data do not")


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
        if not _same(source[name], wanted)
    ]
    if differing:
        raise InDoubt(f"The page of notice {notice.notice_id} shows {'; '.join(differing)}.", reason="sources_disagree")


def files_of(
    notice: Notice, *, shown: Sequence[Mapping[str, Any]], told: Mapping[str, Any]
) -> Iterator[Attachment]:  # fmt: skip
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


def _doubt(row: Mapping[str, Any] | None, answer: Mapping[str, Any]) -> str | None:
    if row is None:
        return "the page's data have it, the page does not show it"
    differing = [name for name in _COMPARED if not _same(row[name], answer[name])]
    return "; ".join(f"{name}: page {row[name]!r}, data {answer[name]!r}" for name in differing) or None


def _same(one: Any, other: Any) -> bool:
    """Whether two values say the same: times to the second, which is what pages show."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.replace(microsecond=0) == other.replace(microsecond=0)
    return one is not UNREADABLE and one == other


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
