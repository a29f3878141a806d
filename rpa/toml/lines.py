"""Lines of keys in a TOML text, which tomllib has parsed before, so that only valid TOML is read here."""

from __future__ import annotations

import re
import tomllib

Place = tuple[str | int, ...]
"""A key path: names, and positions in arrays from 0."""

_SKIP = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)+")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_SCALAR = re.compile(r"[^,\]\}#\n]+")


def key_lines(text: str) -> dict[Place, int]:
    """The line, from 1, of each table, key and array item."""
    return _Scan(text).run()


class _Scan:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[Place, int] = {}
        self.items: dict[Place, int] = {}

    def run(self) -> dict[Place, int]:
        table: Place = ()
        while self._skip():
            if self._take("["):
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _header(self) -> Place:
        array = self._take("[")
        names = self._key()
        self._expect("]]" if array else "]")
        table: Place = ()
        for name in names[:-1]:
            table = (*table, name)
            self._note(table)
            table = (*table, self.items[table]) if table in self.items else table
        table = (*table, names[-1])
        self._note(table)
        if array:
            self.items[table] = self.items.get(table, -1) + 1
            table = (*table, self.items[table])
        self._note(table)
        return table

    def _pair(self, table: Place) -> None:
        start = self.at
        place = table
        for name in self._key():
            place = (*place, name)
            self._note(place, at=start)
        self._expect("=")
        self._value(place)

    def _value(self, place: Place) -> None:
        self._skip()
        if self._take("["):
            for number in range(len(self.text)):
                if not self._skip() or self._take("]"):
                    return
                self._note((*place, number))
                self._value((*place, number))
        elif self._take("{"):
            while self._skip() and not self._take("}"):
                self._pair(place)
        else:
            found = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            self.at = found.end() if found else len(self.text)

    def _key(self) -> list[str]:
        names = []
        while self._skip():
            found = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            if not found:
                break
            token = found.group()
            names.append(token if token[0] not in "\"'" else str(tomllib.loads(f"key = {token}")["key"]))
            self.at = found.end()
            self._skip()
            if not self._take("."):
                break
        return names

    def _skip(self) -> bool:
        found = _SKIP.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at < len(self.text)

    def _take(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _expect(self, mark: str) -> None:
        self._skip()
        if not self._take(mark):
            self.at = len(self.text)

    def _note(self, place: Place, *, at: int | None = None) -> None:
        self.lines.setdefault(place, self.text.count("\n", 0, self.at if at is None else at) + 1)
