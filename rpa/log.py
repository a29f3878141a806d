"""The log: to people on the terminal in their language, in full to a file in English."""

from __future__ import annotations

import sys
import traceback as tracebacks
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loguru import logger

from rpa.errors import RpaError
from rpa.files import private_folder
from rpa.language import Language, Text
from rpa.printable import indented, printable

if TYPE_CHECKING:
    from loguru import Record
    from rich.console import Console

PEOPLES: Final = "rpa"
SCHEDULERS: Final = "schedule"
"""Names of log files; a shop's bears the shop's name."""

_FILE = "{time:YYYY-MM-DDTHH:mm:ss.SSSZ} {level} {extra[shown]}\n"
_BARE = "{extra[shown]}\n"


def speak(level: str, text: Text, *, traceback: BaseException | None = None, **words: object) -> None:
    """Say this sentence, with these words in its gaps: to people in their language, to a file in English.

    Sentences and errors among the words are in that language too.
    `traceback`: of whose the file gets it.
    """
    spoken = logger.opt(depth=1, exception=traceback).bind(text=text, words=words)
    spoken.log(level, "{}", _in(Language.EN, text, words))


@contextmanager
def to_terminal(console: Console, *, folder: Path, language: Language, name: str = PEOPLES) -> Iterator[None]:
    """Say what matters on this console, and everything in `folder`/NAME.log, until the block ends.

    Values of variables are never written (loguru's `diagnose`): a password could be among them.
    """
    private_folder(folder)
    logger.remove()
    styles = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "bold red"}

    def show(message: object) -> None:
        record = message.record  # type: ignore[attr-defined]
        style, extra = styles.get(record["level"].name, "dim"), record["extra"]
        said = _in(language, extra["text"], extra["words"]) if "text" in extra else record["message"]
        console.print(indented(said), style=style, markup=False, highlight=False, emoji=False, soft_wrap=True)

    people = logger.add(show, level="INFO", format="{message}", diagnose=False, backtrace=False)
    with _kept(folder / f"{name}.log", rotation="10 MB", retention=10):
        try:
            yield
        finally:
            logger.remove(people)


@contextmanager
def to_file(folder: Path, *, shop: str) -> Iterator[None]:
    """Say what matters on standard error, and everything in a file of this shop, until the block ends.

    A file has one writer at a time, or it could not be rotated: a run of this shop, not the program in the terminal.
    It is small: there may be several hundred shops.
    """
    name = f"shop-{shop}" if shop.lower() in {PEOPLES, SCHEDULERS} else shop
    private_folder(folder)
    logger.remove()
    errors = to_errors()
    with _kept(folder / f"{name}.log", rotation="2 MB", retention=3):
        try:
            yield
        finally:
            logger.remove(errors)


def to_errors() -> int:
    """Have what matters said on standard error, too; the number to end it by."""
    return logger.add(sys.stderr, level="WARNING", format=_plainly, diagnose=False, backtrace=False)


def _plainly(record: Record) -> str:
    """Its words, and its traceback, with nothing in them that a terminal would obey."""
    record["extra"]["shown"] = printable(_whole(record))
    return _BARE


def _as_entry(record: Record) -> str:
    """As an entry of a file: what a page or a file said in it begins none of its own."""
    record["extra"]["shown"] = indented(_whole(record))
    return _FILE


def _whole(record: Record) -> str:
    """The message with the traceback that belongs to it."""
    error = record["exception"]
    trace = "".join(tracebacks.format_exception(*error)).rstrip() if error and error.value else ""
    return f"{record['message']}\n{trace}" if trace else record["message"]


def _in(language: Language, text: Text, words: Mapping[str, object]) -> str:
    return text.of(language, **{name: _word_in(language, word) for name, word in words.items()})


def _word_in(language: Language, word: object) -> object:
    if isinstance(word, RpaError):
        return word.in_words(language)
    return word.of(language) if isinstance(word, Text) else word


@contextmanager
def _kept(path: Path, *, rotation: str, retention: int) -> Iterator[None]:
    literal = str(path).replace("{", "{{").replace("}", "}}")  # loguru puts the time into braces
    everything = logger.add(
        literal,
        level="DEBUG",
        format=_as_entry,
        rotation=rotation,
        retention=retention,
        encoding="utf-8",
        diagnose=False,
        backtrace=False,
        delay=True,
    )
    try:
        yield
    finally:
        logger.remove(everything)
