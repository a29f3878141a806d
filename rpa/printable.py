"""Printable words of others (a page, a file, a program): safe for where people and programs read them.

A terminal obeys what it is shown, a log is read line by line, and a chat makes links and calls of what it is sent.
Whoever lets words out (the console, the log, a report, JSON, a message) passes them through here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What is not seen but does something: controls, marks of direction, signs without width, halves of characters."""
_DIRECTION: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INDENT: Final = "    "
_LOST: Final = "\ufffd"

_ACTIVE: Final = str.maketrans({"@": "\uff20", "<": "\uff1c", ">": "\uff1e", "*": "\uff0a"})
"""What calls people, or is markup, in one of the services that take messages: the full-width forms look the same."""
_SCHEME: Final = re.compile(r"(?<=\w):(?=[/\\]{2})")
_LINK: Final = re.compile(r"(?<=\])(?=[(\[])")
_OURS: Final = "toml|log|csv|xlsx|xls|json|sqlite3|jpg|png|txt|part"
_DOMAIN: Final = re.compile(
    rf"(?<=\w)[.\uff0e](?=(?!(?:{_OURS})\b)[^\W\d_]{{2}})|(?<=[a-z0-9])[\u3002\uff61](?=[a-z]{{2}})", re.IGNORECASE
)
"""The dot before what may be the end of a domain: a chat makes a link of it without any scheme."""


def printable(text: str) -> str:
    """The text with nothing in it that a terminal would obey; its lines stay lines."""
    return _UNSEEN.sub(_seen, _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(printable(text).split("\n"))


def indented(text: str) -> str:
    """The same where each line begins an entry: further lines are moved in, so that none looks like one."""
    return printable(text).replace("\n", f"\n{_INDENT}")


def without_direction(text: str) -> str:
    """The text with a visible sign for each mark of direction, which lets a cell read other than it is."""
    return _DIRECTION.sub(_LOST, text)


def defused(text: str) -> str:
    """The same text for a chat or a mail: it calls nobody, is no markup, and has no address to follow."""
    plain = printable(text).translate(_ACTIVE)
    return _DOMAIN.sub("\u00b7", _LINK.sub(" ", _SCHEME.sub("\uff1a", plain)))


def json_text(document: object, *, indent: int | None = 2) -> str:
    """The document as JSON in which every text is whole, and nothing stands that a terminal would obey."""
    return _UNSEEN.sub(_escaped, json.dumps(document, ensure_ascii=False, indent=indent))


def _seen(match: re.Match[str]) -> str:
    if match[0] == "\t":
        return " "
    return _LOST if unicodedata.category(match[0]) in {"Cc", "Cs"} else ""


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
