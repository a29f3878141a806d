"""Progress at the terminal: while a run works, questions at `--step`, one table at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from rpa.cli.console import LastingConsole, agreed
from rpa.language import Language, Text
from rpa.report.terminal import summary

if TYPE_CHECKING:
    from rich.console import Console

    from rpa.report.results import ShopResult

_SEND = Text(en="Send this?", zh="提交这一单？")


@dataclass(slots=True)
class BarMeter:
    """One shop's progress bar: count and time left."""

    progress: Progress
    task: TaskID

    def add(self, count: int) -> None:
        """So many more are to be ended."""
        task = self.progress.tasks[self.progress.task_ids.index(self.task)]
        self.progress.update(self.task, total=(task.total or 0) + count)

    def advance(self) -> None:
        """One more has ended."""
        self.progress.advance(self.task)


@dataclass(slots=True)
class Meters:
    """The progress bars of a run's shops."""

    progress: Progress
    language: Language

    def of(self, shop: str) -> BarMeter:
        """A bar for this shop."""
        return BarMeter(self.progress, self.progress.add_task(shop, total=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobody:
    """Nobody asked to be asked."""

    def agrees(self, question: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Always."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalPerson:
    """Asks before each write; anything but a yes is a no."""

    meters: Meters
    language: Language

    def agrees(self, question: str) -> bool:
        """Whether the person says yes."""
        self.meters.progress.stop()
        try:
            return agreed(Text(en=f"{question}  {_SEND.en}", zh=f"{question}  {_SEND.zh}"), language=self.language)
        finally:
            self.meters.progress.start()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where people read what happens."""

    console: Console
    language: Language

    @classmethod
    def of(cls, *, language: Language, as_json: bool) -> Terminal:
        """People's output: stdout, or stderr when stdout is for a JSON document."""
        return cls(console=LastingConsole(stderr=as_json, soft_wrap=False), language=language)

    @contextmanager
    def progress(self) -> Iterator[Meters]:
        """Progress bars, gone when the block ends."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("·"),
            TimeRemainingColumn(),
        )
        quiet = not self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=quiet) as progress:
            yield Meters(progress, self.language)

    def person(self, *, step: bool, meters: Meters) -> TerminalPerson | Nobody:
        """Whoever answers questions before a write."""
        return TerminalPerson(meters=meters, language=self.language) if step else Nobody()

    def tell(self, results: Sequence[ShopResult], *, reasons: Mapping[str, Text]) -> None:
        """Print the table and where the reports lie."""
        if self.console.is_terminal:
            self.console.print(summary(results, language=self.language, reasons=reasons))
            return
        LastingConsole(file=self.console.file, width=120).print(
            summary(results, language=self.language, reasons=reasons)
        )
