"""Intake of arrived files: first the ledger has all rows of a file, then the file is put away.

Whatever kills the program in between, the next one finds the file's content in the ledger and goes on from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout
from loguru import logger

from flows.inbox.done_folder import COPIES, copies_of, write_results
from flows.inbox.folder import InboxFolder
from flows.inbox.grown_files import as_seen, read_again, with_copy
from flows.inbox.moving import moved
from flows.inbox.results import ResultWriter
from flows.inbox.rows import new_row, nothing_was_read
from flows.inbox.whole_files import QUIET_S, Found, found_in, why_not
from flows.sheets.contents import rows_in
from flows.sheets.stability import LeftAlone, readable
from rpa.language import Text
from rpa.ledger.inbox_rows import ArrivalState

if TYPE_CHECKING:
    from datetime import datetime

    from flows.sheets.tables import ReadingRules
    from rpa.config import Config
    from rpa.ledger.inbox_rows import Arrival
    from rpa.ledger.ledger import Ledger

_STAYS = Text(
    en="Its rows are taken in, but the file cannot be moved; close the program that has it open.",
    zh="各行已收取，但文件无法移动；请关闭正在使用它的程序。",
)
_BUSY = Text(
    en="Another run is taking in files here; the next run looks again.", zh="另一运行正在收取文件；下次运行再看。"
)
_TAKEN_IN = Text(en="{folder}: {name} taken in, rows: {rows}.", zh="{folder}：已收取 {name}，共 {rows} 行。")


class InboxIntake:
    """Takes in the files of one inbox."""

    def __init__(self, folder: InboxFolder, *, config: Config, reading: ReadingRules, ledger: Ledger) -> None:
        self._folder = folder
        self._config = config
        self._reading = reading
        self._ledger = ledger
        self._results = ResultWriter(config=config)

    def accept(self) -> list[LeftAlone]:
        """Take in every file that stands still; gives those that stay where they are."""
        folder = self._folder
        try:
            with folder.lock:
                folder.path.mkdir(exist_ok=True)
                left = self._all_taken()
                left += read_again(folder, config=self._config, reading=self._reading, ledger=self._ledger)
                write_results(folder, ledger=self._ledger, results=self._results)
                return left
        except Timeout:
            return [LeftAlone(path=folder.path, why=_BUSY)]
        except OSError as error:
            return [LeftAlone(path=folder.path, why=why_not(error))]

    def _all_taken(self) -> list[LeftAlone]:
        """Take in one file after another; gives those that stay where they are."""
        read: set[tuple[str, str]] = set()
        left: list[LeftAlone] = []
        for each in found_in(self._folder, config=self._config, quiet_s=QUIET_S):
            if isinstance(each, LeftAlone):
                left.append(each)
                continue
            read.add((each.name, each.sha256))
            if not self._took(each):
                left.append(LeftAlone(path=readable(each.path), why=_STAYS))
        self._finish(read, left=left)
        return left

    def _took(self, found: Found) -> bool:
        """Have the file's rows in the ledger, and the file put away; False: it stays where it is for now."""
        known = self._ledger.known_arrival(self._folder.key, sha256=found.sha256)
        if known is None or self._may_come_again(known):
            return self._put_away(self._new(found, instead_of=known), found)
        if known.state is ArrivalState.ACCEPTED and known.name == found.name:
            return self._put_away(known, found)
        return self._put_copy_away(known, found)

    def _may_come_again(self, known: Arrival) -> bool:
        return known.state is ArrivalState.ARCHIVED and nothing_was_read(self._ledger.rows_of_arrival(known))

    def _new(self, found: Found, *, instead_of: Arrival | None) -> Arrival:
        target = self._free(found.name, at=self._config.clock.now())
        rows = rows_in(found.data, path=target, reading=self._reading)
        language = self._config.language
        logger.info("{}", _TAKEN_IN.of(language, folder=self._folder.key, name=found.name, rows=len(rows)))
        return self._ledger.arrive(
            self._folder.key,
            name=found.name,
            sha256=found.sha256,
            path=self._folder.inside(target),
            rows=[new_row(row) for row in rows],
            facts=as_seen(found),
            instead_of=instead_of,
        )

    def _free(self, name: str, *, at: datetime) -> Path:
        """A place that neither has a file nor is kept for one that could not be moved yet."""
        unfinished = self._ledger.unfinished_arrivals(self._folder.key)
        kept = {path for each in unfinished for path in (each.path, *(copy for _, copy in copies_of(each)))}
        return self._folder.put_away_as(name, at=at, taken=kept)

    def _put_away(self, arrival: Arrival, found: Found) -> bool:
        target = self._folder.outside(arrival.path)
        if target.exists() or target.parent != self._folder.store:  # an earlier release put away in done/
            target = self._free(arrival.name, at=arrival.arrived_at)
            arrival = self._ledger.put_elsewhere(arrival, path=self._folder.inside(target))
        if not moved(found, to=target, folder=self._folder):
            return False
        self._ledger.put_away(arrival)
        return True

    def _put_copy_away(self, known: Arrival, found: Found) -> bool:
        """Put a file away whose content came before.

        Its place is kept first, so that its result is never forgotten, nor what somebody may yet write to it.
        """
        copies = copies_of(known)
        planned = [self._folder.outside(path) for name, path in copies if name == found.name]
        free = (path for path in planned if path.parent == self._folder.store and not path.exists())
        target = next(free, None)
        if target is None:
            target = self._free(found.name, at=self._config.clock.now())
            copies = [*copies, (found.name, self._folder.inside(target))]
        facts = with_copy(known, found, path=self._folder.inside(target), at=self._config.clock.now())
        self._ledger.keep_facts(known, facts={**facts, COPIES: copies})
        return moved(found, to=target, folder=self._folder)

    def _finish(self, read: Collection[tuple[str, str]], *, left: Iterable[LeftAlone]) -> None:
        """Files whose content is in the ledger, and which lie in the inbox no more, were put away or taken away.

        `read`: name and content of those that lay there and could be read.
        """
        unread = {each.path.name for each in left}.difference(name for name, _ in read)
        for arrival in self._ledger.unfinished_arrivals(self._folder.key):
            lies_there = (arrival.name, arrival.sha256) in read or arrival.name in unread
            if arrival.state is ArrivalState.ACCEPTED and not lies_there:
                self._ledger.put_away(arrival)
