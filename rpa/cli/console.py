"""The console: where the person reads, in which language, who they are, what they answer."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.segment import Segment

from rpa.errors import ConfigError
from rpa.language import Language, Text, detect
from rpa.plugins import load_config
from rpa.printable import printable

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType

_PAPER_WIDTH = 120
_NO_NAME = Text(
    en="An answer is kept with a name, and none is known here; give yours with --by.",
    zh="答复需要留下姓名，而本机没有可用的用户名；请用 --by 填写您的姓名。",
)


class LastingConsole(Console):
    """Loses what nobody can read, as while the disk is full or once the terminal is gone, and the program goes on.

    Rich itself ends the program when a pipe is gone, in the middle of an action if there is one in hand. All text is
    plain text: no markup, and nothing that the terminal would obey, wherever the words come from.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, highlight=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As any console does, of what may be shown."""
        for segment in super().render(renderable, options):
            shown = segment.control or segment.text.isprintable()
            yield segment if shown else Segment(printable(segment.text), segment.style)

    def print(self, *objects: Any, **options: Any) -> None:
        """As any console does."""
        try:
            super().print(*objects, **options)
        except OSError:
            self._lose()

    def on_broken_pipe(self) -> None:
        """Whoever read has left."""
        self._lose()

    def _lose(self) -> None:
        """Send what could not be written to nowhere: kept, it would be an error again when Python ends."""
        number = self.file.fileno()
        kept = os.dup(number)
        try:
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), number)
                super().print(end="")
        finally:
            os.dup2(kept, number)
            os.close(kept)


def console(*, stderr: bool = False) -> Console:
    """Where people read: as wide as their terminal, 120 columns where there is none."""
    found = LastingConsole(stderr=stderr)
    return found if found.is_terminal else LastingConsole(file=found.file, width=_PAPER_WIDTH)


def language_of(config_path: Path | None) -> Language:
    """The configured language; without a readable configuration, the machine's."""
    try:
        return load_config(config_path).language
    except ConfigError:
        return detect()


def person_named(by: str | None) -> str:
    """This name, else the login name of this computer. Raises ConfigError when there is neither."""
    try:
        name = (by if by is not None else getpass.getuser()).strip()
    except (OSError, KeyError, ImportError):
        name = ""
    if not name:
        raise ConfigError(_NO_NAME)
    return name


def asked(question: Text, *, language: Language, default: str = "") -> str:
    """What the person answers; an empty answer is the default. Raises ConfigError when nobody can answer any more."""
    hint = f" [{default}]" if default else ""
    console(stderr=True).print(f"{question.of(language)}{hint}: ", end="")
    line = sys.stdin.readline()
    if not line:
        raise ConfigError(
            Text(
                en=f"“{question.en}” was not answered: the standard input has ended.",
                zh=f"“{question.zh}”没有得到回答：标准输入已结束。",
            )
        )
    return line.strip() or default


def secret_line() -> str:
    """The first line of standard input, without its end; a terminal does not show what is typed.

    It is UTF-8, as programs write, whatever this machine speaks; else it is what the machine speaks.
    """
    if sys.stdin.isatty():
        return getpass.getpass()
    line = sys.stdin.buffer.readline()
    try:
        return line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        return line.decode(sys.stdin.encoding, sys.stdin.errors or "strict").rstrip("\r\n")


def agreed(question: Text, *, language: Language) -> bool:
    """Whether the person says yes; anything else is a no, the end of standard input too."""
    console(stderr=True).print(f"{question.of(language)} [y/N]: ", end="")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
