"""A process that reads one attachment with 500 MiB at most: `python notice_program.py FILE`; says how many orders."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import psutil

from flows.notices.api import NoticeKind
from flows.notices.contents import read_attachment
from flows.notices.words import NoticeWords
from flows.orders.words import read_sheet_profile
from rpa.elements.registry import load_profile, selectors_folder

MOST = 500 << 20


def main() -> None:
    words = load_profile("pinduoduo").section(NoticeWords)
    sheets = read_sheet_profile(selectors_folder() / "pinduoduo.toml")
    most = psutil.Process().memory_info().vms + MOST
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    reading = read_attachment(Path(sys.argv[1]), kind=NoticeKind.PROHIBITION, words=words, sheets=sheets)
    print(len(reading.says), reading.problem.reason if reading.problem else "read")


if __name__ == "__main__":
    main()
