"""File names from texts that others wrote: usable on every system, never leading anywhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

LONGEST_BYTES = 120
"""In UTF-8: with the longest folder still short enough for Windows, and far below what any file system takes."""
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of what has no picture of its own: control and bidi characters, halves of pairs, and so on."""
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def safe_name(text: str, *, fallback: str) -> str:
    """A file name like this text: no folder, drive, `..`, control or bidi character, device name; not hidden, not long.

    At most 120 bytes of UTF-8, its ending kept. `fallback` is the name, or what stands before an ending, where nothing
    is left; it must be such a name itself.
    """
    name = unicodedata.normalize("NFC", _visible(text))
    name = _FORBIDDEN.sub("_", name)
    name = re.sub(r"\.(\s*\.)+", ".", re.sub(r"\s+", " ", name)).rstrip(". ")
    found = _ENDING.search(name)
    ending = found.group() if found else ""
    stem = name.removesuffix(ending).strip(". ")
    stem = stem if set(stem) - set("_. ") else fallback
    stem = f"_{stem}" if _DEVICE.match(stem) else stem
    return _cut(stem, LONGEST_BYTES - len(ending)) + ending


def numbered(name: str) -> Iterator[str]:
    """This safe name, then `x-2.xlsx`, `x-3.xlsx` and so on, each as short as it must be."""
    yield name
    found = _ENDING.search(name)
    ending = found.group() if found else ""
    for number in count(2):
        tail = f"-{number}{ending}"
        yield _cut(name.removesuffix(ending), LONGEST_BYTES - len(tail)) + tail


def _visible(text: str) -> str:
    return "".join(" " if sign.isspace() else sign for sign in text if _is_seen(sign))


def _is_seen(sign: str) -> bool:
    return sign in "\t\r\n" or unicodedata.category(sign) not in _UNSEEN


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore").rstrip(". ")
