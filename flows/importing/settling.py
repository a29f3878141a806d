"""After a person's own upload: what became of the orders that were handed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flows.importing.upload import Uploads, how_of
from flows.office import ImportsShipments
from flows.reasons import Reason
from flows.rules import KIND
from flows.shipped import IMPORT_FILE, row_of
from rpa.errors import InDoubt, NeedsPerson, PageChanged, TryAgain
from rpa.language import Text
from rpa.ledger.actions import Seen, State
from rpa.ledger.handing import settle_handed_over
from rpa.ledger.once import Look
from rpa.log import speak

if TYPE_CHECKING:
    from rpa.flow import Row
    from rpa.ledger.actions import Action
    from rpa.run import Run

_UNTOLD = Text(
    en="The import records do not tell how far our files are: {error}", zh="导入记录中看不到文件的处理进度：{error}"
)
_UNREAD = Text(
    en="The import records cannot be read, so it is taken that no import goes on: {error}",
    zh="导入记录无法读取，视为没有正在进行的导入：{error}",
)

_NOT_SHOWN = "the file was settled by a person; the site does not show this order as shipped"
_LEFT = Text(
    en="{file} was settled, but cannot be deleted ({why}). Delete it, and do not upload it any more.",
    zh="{file} 已核对完毕，但无法删除（{why}）。请手动删除，切勿再上传。",
)
_BY = "ship-batch --settle"


def settle_files(run: Run) -> Iterator[Row]:
    """A row for each order that was handed over and had not ended; what the site does not show is free again.

    While the site works through any file, what it does not show stays handed over.
    """
    handed = run.ledger.handed_over(run.shop.name, kind=KIND)
    run.meter.add(len(handed))
    uploads = Uploads(run)

    def look(actions: Sequence[Action]) -> Mapping[str, Look]:
        return _look(run, actions, uploads=uploads)

    left = {action.id: action for action in handed}
    settled = settle_handed_over(
        run.ledger, run.record, handed, look=look, clock=run.clock, settle_s=run.shop.settle_s, by=_BY,
        reason=_NOT_SHOWN,
    )  # fmt: skip
    try:
        for each in settled:
            del left[each.action.id]
            run.meter.advance()
            if each.action.state is not State.HANDED_OVER:
                _take_away(run, str(each.action.facts.get(IMPORT_FILE, "")))
            reason = Reason.NOT_UPLOADED if each.action.state is State.NOT_DONE else None
            yield row_of(each.action, reason=reason, message=each.look.detail).cells()
    except (NeedsPerson, TryAgain) as stop:
        for action in left.values():
            yield row_of(action, reason=Reason.of(stop.code), message=f"still handed over: {stop}").cells()
        raise


def _take_away(run: Run, name: str) -> None:
    """A file that was settled must not go up any more: its orders may be shipped otherwise. Its evidence has a copy."""
    file = run.handover / name
    if not (name and file.exists()):
        return
    try:
        file.unlink()
    except OSError as error:
        run.note("handover_left", _LEFT.of(run.language).format(file=file, why=error.strerror))


def _look(run: Run, actions: Sequence[Action], *, uploads: Uploads) -> Mapping[str, Look]:
    looks, going = uploads.look(actions, going=lambda unseen: _going(uploads, unseen))
    unseen = [action for action in actions if looks[action.subject].seen is Seen.NOTHING]
    others = _at_work(run, unseen)
    late = unseen if others else [action for action in unseen if action.facts.get(IMPORT_FILE) in going]
    files = ", ".join(sorted(going | others))
    waits = Look(seen=Seen.UNREADABLE, detail=f"the site still works through {files}; settle once more after that")
    return looks | {action.subject: waits for action in late}


def _going(uploads: Uploads, unseen: Sequence[Action]) -> set[str]:
    """Files of ours that the site still works through; where its records cannot be read, the person's word stands."""
    try:
        return uploads.going(unseen)
    except (InDoubt, PageChanged, TryAgain) as error:
        speak("WARNING", _UNTOLD, error=error)
        return set()


def _at_work(run: Run, unseen: Sequence[Action]) -> set[str]:
    """Whatever files the site still works through: a person may have given ours another name, or uploaded it twice."""
    found: set[str] = set()
    for how in {how_of(action) for action in unseen}:
        try:
            found.update(run.office(ImportsShipments).at_work(how))
        except (InDoubt, PageChanged, TryAgain) as error:
            speak("WARNING", _UNREAD, error=error)
    return found
