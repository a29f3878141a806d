"""Isolated reading: a file made so that reading it never ends costs a process that may be lost."""

from __future__ import annotations

from typing import Final

from flows.sheets.transport import unpacked
from flows.sheets.worksheet import Flaw, NotASheet, Worksheet
from rpa.language import Text
from rpa.sandbox import Died, Limits, Sandbox

LIMITS: Final = Limits(memory_bytes=1536 << 20, cpu_s=30, wall_s=120, answer_bytes=128 << 20)
"""A workbook of 200,000 rows with 30 columns takes 1 GB, 20 s, and 100 MB of answer; one of 5,000 a hundredth."""

_LOST = Text(
    en="Reading the file took more memory or time than any table needs, or broke the program that reads it; copy the "
    "table into a new workbook and save that.",
    zh="读取此文件占用的内存或时间远超普通表格，或使读取程序崩溃；请把表格复制到新的工作簿再保存。",
)
_READER = Sandbox("flows.sheets.reader", limits=LIMITS)
"""One for this process: it is started when it is needed, and has nothing of one file left for the next."""


def worksheets(data: bytes, *, delimiter: str = ",", reader: Sandbox = _READER) -> list[Worksheet]:
    """The worksheets of a workbook, a page or a text with this delimiter. Raises NotASheet; for what ended it, too."""
    try:
        return unpacked(reader.ask(delimiter.encode() + data))
    except (Died, ValueError) as error:
        raise NotASheet(_LOST, flaw=Flaw.LARGE) from error


def get_ready() -> None:
    """Have the process started beside what comes first."""
    _READER.start()
