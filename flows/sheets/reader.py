"""Reader process for workbooks, pages and large texts: it is lost if one of them is made to break it."""

from __future__ import annotations

import zipfile

# Imported while nobody waits: with the first file it is there.
from flows.sheets import files, html_tables, limits, workbooks  # noqa: F401
from flows.sheets.transport import packed, refusal
from flows.sheets.worksheet import NotASheet, Worksheet
from rpa.sandbox import serve


def answer(question: bytes) -> bytes:
    """The worksheets in a file of which the first byte is the delimiter of its rows, if it should be a text."""
    try:
        return packed(limits.checked(_worksheets(question[1:], delimiter=question[:1].decode())))
    except NotASheet as refused:
        return refusal(refused)


def _worksheets(data: bytes, *, delimiter: str) -> list[Worksheet]:
    try:
        if data.startswith(files.ZIP):
            limits.check_book(data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        pass  # what is damaged about it, its reader says
    return files.parsed(data, delimiter=delimiter)


if __name__ == "__main__":
    serve(answer)
