"""Quarantine of sheets: a file over which two runs came to their end is not read again, and a person is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from flows.sheets.worksheet import Flaw, NotASheet
from rpa.documents.quarantine import Fatal
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.documents.quarantine import Quarantine

FOLDER: Final = "reading"
"""Where in var/, or in a shop's documents, it is noted what is being read."""

_ENDED = Text(
    en="Two runs were ended while they read this file, so it is set aside. Copy the table into a new workbook and save "
    "that; if they were ended by hand, delete {note} and run again.",
    zh="此前有两次运行在读取此文件时中断，该文件已搁置，不再读取。请把表格复制到新的工作簿再保存；"
    "若当时是人为结束运行，请删除 {note} 后重新运行。",
)


@contextmanager
def heeded(data: bytes, *, name: str, fatal: Quarantine | None) -> Iterator[None]:
    """For as long as this content is read and judged. Raises NotASheet when a run came to its end over it before."""
    if fatal is None:
        yield
        return
    with ExitStack() as noted:
        try:
            noted.enter_context(fatal.reading(hashlib.sha256(data).hexdigest(), name=name))
        except Fatal as error:
            raise NotASheet(_ENDED.with_words(note=error.note), flaw=Flaw.FATAL) from error
        yield
