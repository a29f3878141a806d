"""The folder done/: a copy of each sheet that was taken in, and its result beside it.

The sheet itself, and what its result is made of, lie in var/, where nobody else can put anything in their way.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from flows.inbox.folder import DONE, result_of
from flows.inbox.grown_files import SEEN, SHOWN
from rpa.language import Text
from rpa.ledger.inbox_rows import ArrivalState
from rpa.log import speak
from rpa.untrusted_folder import FolderRefused

if TYPE_CHECKING:
    from pathlib import Path

    from flows.inbox.folder import InboxFolder
    from flows.inbox.results import ResultWriter
    from rpa.ledger.inbox_rows import Arrival
    from rpa.ledger.ledger import Ledger
    from rpa.untrusted_folder import UntrustedFolder

COPIES: Final = "copies"
"""The fact of an arrival: where copies of it are put away that have no result yet."""
_NO_RESULT = Text(
    en="The result of {name} cannot be written ({why}); close it. The next run writes it.",
    zh="{name} 的结果文件无法写入（{why}）；请关闭该文件，下次运行会重写。",
)
_NOT_SHOWN = Text(
    en="Results are not copied into the inbox {folder}: {why} They lie in {store}.",
    zh="结果文件没有复制到收件夹 {folder}：{why}结果在 {store} 中。",
)


def write_results(folder: InboxFolder, *, ledger: Ledger, results: ResultWriter) -> None:
    """Write the results of all files whose rows read differently now. Hold the folder's lock."""
    todo = [each for each in ledger.unfinished_arrivals(folder.key) if not each.result]
    if not todo:
        return
    with ExitStack() as stack:
        try:
            store = stack.enter_context(folder.stored())
        except OSError as error:
            speak("WARNING", _NO_RESULT, name=folder.key, why=error.strerror or error)
            return
        done = _done(folder, stack)
        for arrival in todo:
            try:
                _write_result(arrival, folder=folder, store=store, done=done, ledger=ledger, results=results)
            except OSError as error:
                name = folder.outside(arrival.path).name
                speak("WARNING", _NO_RESULT, name=name, why=error.strerror or error)


def _done(folder: InboxFolder, stack: ExitStack) -> UntrustedFolder | None:
    """The folder that people look into; None: there can be none, which was said."""
    try:
        inbox = stack.enter_context(folder.opened())
        return stack.enter_context(inbox.folder(DONE))
    except OSError as error:
        why = error.why if isinstance(error, FolderRefused) else f"{error.strerror or error}. "
        speak("WARNING", _NOT_SHOWN, folder=folder.key, why=why, store=folder.store)
        return None


def _write_result(
    arrival: Arrival,
    *,
    folder: InboxFolder,
    store: UntrustedFolder,
    done: UntrustedFolder | None,
    ledger: Ledger,
    results: ResultWriter,
) -> None:
    """The result of one file, and those of its copies; until people can find them, they are made again by each run."""
    path = folder.store / folder.outside(arrival.path).name
    rows = ledger.rows_of_arrival(arrival)
    results.write(path, rows=rows)
    here = [copy for copy in copies_of(arrival) if folder.outside(copy[1]).exists()]
    for _, kept in here:
        results.write_copy(folder.store / folder.outside(kept).name, of=arrival, earlier=path)
    if done is None:
        return
    shown = _sheet_shown(arrival, path.name, store=store, done=done)
    _show(path, store=store, done=done)
    for _, kept in here:
        copy = folder.store / folder.outside(kept).name
        if store.state(copy.name) is not None and not done.has(copy.name):
            _copy_out(copy.name, store=store, done=done)
        _show(copy, store=store, done=done)
    waiting = [copy for copy in copies_of(arrival) if copy not in here]
    facts = {**arrival.facts, COPIES: waiting, SHOWN: shown}
    result = folder.inside(folder.shown(result_of(path)))
    ledger.keep_result(arrival, result=result, rows=rows, facts=facts)


def _sheet_shown(arrival: Arrival, name: str, *, store: UntrustedFolder, done: UntrustedFolder) -> object:
    """How the copy of a sheet that people find looks, so that it is seen when somebody writes to it; None: none is."""
    shown = arrival.facts.get(SHOWN)
    if arrival.state is not ArrivalState.ARCHIVED or shown:
        return shown
    if shown is None and done.has(name):  # put away there by an earlier release, or moved there from another disk
        return arrival.facts.get(SEEN)
    if store.state(name) is None:
        return None
    _copy_out(name, store=store, done=done)
    return done.state(name)


def _show(sheet: Path, *, store: UntrustedFolder, done: UntrustedFolder) -> None:
    _copy_out(result_of(sheet).name, store=store, done=done)


def _copy_out(name: str, *, store: UntrustedFolder, done: UntrustedFolder) -> None:
    data, seen = store.read(name)
    done.write(name, data, written_ns=seen[1])


def copies_of(arrival: Arrival) -> list[tuple[str, str]]:
    """The copies that came of a file and have no result yet: each as its name, and where it is put away."""
    kept = arrival.facts.get(COPIES, ())
    return [(str(name), str(path)) for name, path in kept] if isinstance(kept, list) else []
