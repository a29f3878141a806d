"""Redaction of a trace: cookies, headers that prove something, what was posted, passwords, tokens.

Whoever is sent a trace must see what the program saw and did, and be able to do none of it. What is certainly harmless
stays; everything else of a request's head and body goes. A secret that was found in one place goes in all.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import quote, unquote

_GONE: Final = "…"
_EVENTS: Final = (".trace", ".network", ".stacks")
"""Entries with one JSON value a line."""
_PICTURES: Final = frozenset({".jpeg", ".jpg", ".png", ".webp", ".gif", ".ico", ".woff", ".woff2", ".ttf"})
_PLAIN_HEADERS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "access-control-allow-origin",
        "age",
        "allow",
        "cache-control",
        "connection",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "etag",
        "expires",
        "host",
        "if-modified-since",
        "if-none-match",
        "last-modified",
        "location",
        "origin",
        "pragma",
        "priority",
        "range",
        "referer",
        "retry-after",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "server",
        "transfer-encoding",
        "upgrade-insecure-requests",
        "user-agent",
        "vary",
    }
)
_EMPTIED: Final = frozenset(
    {
        "cookies",
        "origins",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "extraHTTPHeaders",
        "clientCertificates",
        "queryString",
    }
)
_DROPPED: Final = frozenset({"storageState", "httpCredentials", "postData", "proxy"})
_TELLING: Final = (
    r"[\w.-]{0,40}(?:token|passw|secret|session|cookie|pass_?id|credential|ticket|auth|captcha)[\w.-]{0,40}"
)
_TELLS: Final = re.compile(_TELLING, re.IGNORECASE)
_IN_ADDRESSES: Final = re.compile(rf"([?&#;]{_TELLING}=)[^&#;\s\"'\\]+", re.IGNORECASE)
_IN_JSON: Final = re.compile(rf'(?<![\w.\\-])((\\*"){_TELLING}\2\s*:\s*\2)(?:(?!\2).){{1,9999}}(\2)', re.IGNORECASE)
_LARGE: Final = 1 << 30
_PIECE: Final = re.compile(r"[A-Za-z0-9_-]{8,}")
"""Of a value of a cookie or header; what is shorter, like 1 or zh-CN, is no secret, and stands in many places."""


def scrubbed(raw: Path, into: Path, *, secrets: Collection[str]) -> None:
    """Write the trace without them; `secrets` must not be in it whatever they look like, as a stored password.

    Raises OSError or zipfile.BadZipFile when it cannot be read or written.
    """
    with zipfile.ZipFile(raw) as before, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as after:
        found = _Found(given=secrets)
        names = before.namelist()
        for name in names:
            for event in _events(before, name):
                found.look(event)
        for name in (each for each in names if PurePosixPath(each).name not in found.bodies):
            with after.open(name, "w", force_zip64=before.getinfo(name).file_size > _LARGE) as entry:
                for part in _parts(before, name, found=found):
                    entry.write(part)


def _events(trace: zipfile.ZipFile, name: str) -> Iterator[Any]:
    if name.endswith(_EVENTS):
        with trace.open(name) as lines:
            for line in lines:
                yield json.loads(line)


def _parts(trace: zipfile.ZipFile, name: str, *, found: _Found) -> Iterator[bytes]:
    if name.endswith(_EVENTS):
        for event in _events(trace, name):
            text = json.dumps(_without(event, found=found), ensure_ascii=False, separators=(",", ":"))
            yield f"{text}\n".encode("utf-8", "surrogatepass")
    elif PurePosixPath(name).suffix.lower() in _PICTURES:
        yield trace.read(name)
    else:
        text = trace.read(name).decode("utf-8", "surrogateescape")
        yield found.blacked(text).encode("utf-8", "surrogateescape")


class _Found:
    """What a trace must not tell: the values that were found, and the files of what was posted."""

    def __init__(self, *, given: Collection[str]) -> None:
        self.bodies: set[str] = set()
        spelt = {form for value in given if value for form in (value, quote(value, safe=""))}
        self._given = re.compile("|".join(map(re.escape, sorted(spelt, key=len, reverse=True))) or r"(?!)")
        self._pieces: set[str] = set()

    def look(self, value: Any, *, key: str = "") -> None:
        """Take note of what is in this part of an event."""
        if isinstance(value, list):
            for each in value:
                self.look(each, key=key)
        elif isinstance(value, dict):
            if key == "cookies" or (key == "headers" and not _is_plain(value)):
                self._note(str(value.get("value", "")))
            if key == "postData":
                self.bodies |= {PurePosixPath(str(value.get(kept, "-"))).name for kept in ("_file", "_sha1")}
            for name, each in value.items():
                self.look(each, key=name)

    def blacked(self, text: str) -> str:
        """The text without them."""
        text = self._given.sub(_GONE, text)
        text = _PIECE.sub(lambda found: _GONE if found[0] in self._pieces else found[0], text)
        return _IN_JSON.sub(rf"\1{_GONE}\3", _IN_ADDRESSES.sub(rf"\1{_GONE}", text))

    def _note(self, value: str) -> None:
        """A value that is one word goes as it is; of one with several, those that look like no word of a language."""
        for form in (value, quote(value, safe=""), unquote(value)):
            self._pieces |= {piece for piece in _PIECE.findall(form) if piece == value or not piece.isalpha()}


def _is_plain(header: dict[str, Any]) -> bool:
    return str(header.get("name", "")).lower() in _PLAIN_HEADERS


def _without(value: Any, *, found: _Found, key: str = "") -> Any:
    """This part of an event, without what may be worth something."""
    if key in _EMPTIED and isinstance(value, list | dict):
        return []
    if isinstance(value, str):
        return _GONE if _TELLS.fullmatch(key) else found.blacked(value)
    if isinstance(value, list):
        return _without_typed([_without(each, found=found, key=key) for each in value])
    if not isinstance(value, dict):
        return value
    if key == "headers" and {"name", "value"} <= value.keys():
        value = value if _is_plain(value) else {**value, "value": _GONE}
    return {name: _without(each, found=found, key=name) for name, each in value.items() if name not in _DROPPED}


def _without_typed(node: list[Any]) -> list[Any]:
    """A node of a page's picture, [name, attributes, …], without what was typed into it where that is a password."""
    named = len(node) > 1 and node[0] == "INPUT" and isinstance(node[1], dict)
    if not named or str(node[1].get("type", "")).lower() != "password":
        return node
    return [node[0], {name: each for name, each in node[1].items() if "value" not in name}, *node[2:]]
