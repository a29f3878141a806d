"""Speaking with the person at the terminal: where they read, in which language, who they are, what they answer."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from rpa.config import load
from rpa.errors import ConfigError
from rpa.language import Language, Text, detect

_PAPER_WIDTH = 120


class LastingConsole(Console):
    """Prints to nowhere once nobody can read it any more: the program goes on when its pipe or terminal is gone.

    Rich itself ends the program then, in the middle of an order if there is one in hand.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        """As any console does."""
        try:
            super().print(*objects, **options)
        except OSError:  # EIO: the terminal is gone, and no SIGHUP came
            self._let_go()

    def on_broken_pipe(self) -> None:
        """Whoever read has left."""
        self._let_go()

    def _let_go(self) -> None:
        # What is buffered, too, which would be an error again when Python ends.
        with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self.file.fileno())


def console(*, stderr: bool = False) -> Console:
    """Where people read: as wide as their terminal, 120 columns where there is none. All text is plain text."""
    found = LastingConsole(stderr=stderr, markup=False, highlight=False, emoji=False)
    return (
        found
        if found.is_terminal
        else LastingConsole(file=found.file, width=_PAPER_WIDTH, markup=False, highlight=False, emoji=False)
    )


def language_of(config_path: Path | None) -> Language:
    """The configured language; without a readable configuration, the machine's."""
    try:
        return load(config_path).language
    except ConfigError:
        return detect()


def person_named(by: str | None) -> str:
    """This name, else the login name of this computer. Raises ConfigError when there is neither."""
    try:
        name = (by if by is not None else getpass.getuser()).strip()
    except (OSError, KeyError, ImportError):
        name = ""
    if not name:
        raise ConfigError("An answer is kept with a name, and none is known here; give yours with --by.")
    return name


def asked(question: Text, *, language: Language, default: str = "") -> str:
    """What the person answers; an empty answer is the default. Raises ConfigError when nobody can answer any more."""
    hint = f" [{default}]" if default else ""
    console(stderr=True).print(f"{question.of(language)}{hint}: ", end="")
    line = sys.stdin.readline()
    if not line:
        raise ConfigError(f"“{question.en}” was not answered: the standard input has ended.")
    return line.strip() or default


def secret_line() -> str:
    """The first line of standard input, without its end; a terminal does not show what is typed."""
    if sys.stdin.isatty():
        return getpass.getpass()
    return sys.stdin.readline().rstrip("\r\n")


def agreed(question: Text, *, language: Language) -> bool:
    """Whether the person says yes; anything else is a no, the end of standard input too."""
    console(stderr=True).print(f"{question.of(language)} [y/N]: ", end="")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
