"""One shop's notices with their files, as the commands about them read them from the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND
from flows.notices.reasons import NoticeReason
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.documents import Document, DocumentState
from rpa.toml.document import did_you_mean

if TYPE_CHECKING:
    from rpa.ledger.ledger import Ledger

NEEDS_PERSON = frozenset({DocumentState.UNCLEAR, DocumentState.UNREADABLE, DocumentState.LOST})
"""What a person must answer for."""

STATES = {
    DocumentState.FOUND: (Text(en="not saved yet", zh="尚未保存"), "yellow"),
    DocumentState.SAVED: (Text(en="saved, not read yet", zh="已保存，未读取"), "yellow"),
    DocumentState.READ: (Text(en="read", zh="已读取"), "green"),
    DocumentState.UNCLEAR: (Text(en="not understood", zh="无法识别"), "bold red"),
    DocumentState.UNREADABLE: (Text(en="not readable", zh="无法读取"), "bold red"),
    DocumentState.LOST: (Text(en="lost", zh="已丢失"), "bold red"),
    DocumentState.RESOLVED: (Text(en="resolved", zh="已处理"), "green"),
}
"""The words and the colour of each state."""

_NO_NOTICE = Text(en='{shop} has no notice "{notice}"', zh="{shop} 没有编号为“{notice}”的站内信")
_LIST = Text(
    en="`rpa notices list --shop {shop} --all` lists them.", zh="用 rpa notices list --shop {shop} --all 查看。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A notice and its files; file number 0 is its own text."""

    notice: Document
    files: tuple[Document, ...]

    @property
    def all(self) -> tuple[Document, ...]:
        """The files, and the notice after them."""
        return *self.files, self.notice

    @property
    def needs_person(self) -> bool:
        """Whether somebody must answer for it, or it is not saved yet."""
        return any(each.state in NEEDS_PERSON or each.state is DocumentState.FOUND for each in self.all)

    @property
    def worst(self) -> Document:
        """What its state and reason are told by: the notice itself, unless only a file of it needs somebody."""
        open_files = [each for each in self.files if each.state in NEEDS_PERSON]
        return open_files[0] if open_files and self.notice.state not in NEEDS_PERSON else self.notice

    @property
    def title(self) -> str:
        """As the site shows it."""
        return fact(self.notice, "title")

    @property
    def sent_at(self) -> datetime:
        """By the site's clock."""
        return self.notice.issued_at or self.notice.found_at

    def explanation(self, language: Language) -> str:
        """What its state comes from and what to do, then the details."""
        code, message = fact(self.worst, "reason"), fact(self.worst, "message")
        known = {each.value: each.text for each in NoticeReason}
        sentence = known[code].of(language) if code in known and self.worst.state in NEEDS_PERSON else ""
        return " ".join(filter(None, (sentence, message)))


def notices_of(ledger: Ledger, shop: str) -> list[Noticed]:
    """All notices of a shop, oldest first."""
    files: dict[str, list[Document]] = defaultdict(list)
    for each in ledger.documents(shop, kind=ATTACHMENT_KIND):
        files[each.name.partition("/")[0]].append(each)
    return [
        Noticed(notice=notice, files=tuple(sorted(files[notice.name], key=_number)))
        for notice in ledger.documents(shop, kind=DOCUMENT_KIND)
    ]


def notice_of(ledger: Ledger, shop: str, *, notice_id: str) -> Noticed:
    """The notice of this number. Raises ConfigError with "did you mean"."""
    found = {each.notice.name: each for each in notices_of(ledger, shop)}
    if notice_id in found:
        return found[notice_id]
    near = did_you_mean(notice_id, found) or "."
    told, hint = _NO_NOTICE.with_words(shop=shop, notice=notice_id), _LIST.with_words(shop=shop)
    raise ConfigError(Text(en=f"{told.en}{near} {hint.en}", zh=f"{told.zh}{near} {hint.zh}"))


def fact(document: Document, name: str) -> str:
    """A fact of a document as text; empty where there is none."""
    return str(document.facts.get(name, ""))


def state_words(documents: Sequence[Document], *, language: Language) -> str:
    """The states of these, each once."""
    return ", ".join(dict.fromkeys(STATES[each.state][0].of(language) for each in documents))


def _number(document: Document) -> tuple[int, str]:
    number = document.name.partition("/")[2]
    return (int(number) if number.isdecimal() else 0), number
