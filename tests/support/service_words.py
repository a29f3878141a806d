"""The words of a command, read as the system reads them that runs it."""

from __future__ import annotations

import re

_SYSTEMD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPES = {"n": "\n", "t": "\t"}


def command_words(line: str) -> list[str]:
    """An ExecStart= value by systemd.service(5): in all words but the first, $ begins a variable."""
    program, *arguments = plain_words(line)
    return [program, *(_without(word, "$") for word in arguments)]


def plain_words(line: str) -> list[str]:
    """Quoted words by systemd.syntax(7), in which % begins a specifier."""
    return [_without(unescaped(quoted or plain), "%") for quoted, plain in _SYSTEMD.findall(line)]


def unescaped(word: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), word)


def _without(word: str, sign: str) -> str:
    assert sign not in word.replace(2 * sign, ""), f"{word} is not what it was"
    return word.replace(2 * sign, sign)


def windows_words(line: str) -> list[str]:
    """A command line by the rules of CommandLineToArgvW: backslashes count before a quote only."""
    words, word, slashes = [], "", 0
    quoted = begun = False
    for character in f"{line} ":
        if character == "\\":
            slashes, begun = slashes + 1, True
            continue
        if character == '"':
            word += "\\" * (slashes // 2) + '"' * (slashes % 2)
            quoted, begun, slashes = quoted ^ (slashes % 2 == 0), True, 0
            continue
        word, slashes = word + "\\" * slashes, 0
        if character == " " and not quoted:
            words += [word] if begun else []
            word, begun = "", False
        else:
            word, begun = word + character, True
    return words
