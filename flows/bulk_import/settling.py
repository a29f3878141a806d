"""Settling a manual upload: what became of the orders that were handed over to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportsShipments
from flows.bulk_import.upload import Uploads, how_of
from flows.gate.may_ship import refused_for
from flows.orders.model import KIND
from flows.orders.reasons import Reason
from flows.procedure.batch import REFUSED_FOR
from flows.shipping.evidence import run_of_package
from flows.shipping.intents import IMPORT_FILE, row_of
from rpa.errors import InDoubt, NeedsPerson, PageChanged, TryAgain
from rpa.language import Text
from rpa.ledger.actions import Seen, State
from rpa.ledger.details import in_words
from rpa.ledger.handover import look_at_handed_over, settle_handed_over
from rpa.ledger.once import Look
from rpa.log import speak

if TYPE_CHECKING:
    from pathlib import Path

    from flows.bulk_import.api import ImportedRow
    from rpa.flow import Row
    from rpa.ledger.actions import Action, Key
    from rpa.ledger.handover import Looking
    from rpa.ledger.once import Settled
    from rpa.run import Run

_UNTOLD = Text(
    en="The import records do not tell how far our files are: {error}", zh="导入记录中看不到文件的处理进度：{error}"
)
_UNREAD = Text(
    en="The import records cannot be read, so it is taken that no import goes on: {error}",
    zh="导入记录无法读取，视为没有正在进行的导入：{error}",
)

_NOT_SHOWN = Text(
    en="the file was settled by a person; the site does not show this order as shipped",
    zh="文件已由人工核对；后台未显示此订单已发货",
)
_REFUSED = Text(
    en="the site refused it in the uploaded file: {words}; correct it, or the next run tries once more",
    zh="上传的文件中此单被后台拒绝：{words}；请改正，否则下次运行会再试一次",
)
_ACCEPTED = Text(
    en="the result of the import calls it accepted, but the site does not show it; look at the order, settle once "
    "more, or answer with `rpa ledger resolve`",
    zh="导入结果显示成功，但后台未显示发货；请核对订单后再次核对（--settle），或用 rpa ledger resolve 说明",
)
_GOING = Text(
    en="the site still works through {files}; settle once more after that",
    zh="后台仍在处理 {files}；处理完后请再次核对",
)
_CUT_OFF = Text(en="still handed over: {stop}", zh="仍为已交付：{stop}")
_DRY = Text(
    en="the site does not show it; this was a dry run, with --live it would be free again",
    zh="后台未显示发货；本次为预演，加 --live 才会解除占用",
)
_LEFT = Text(
    en="{file} was settled, but cannot be deleted ({why}). Delete it, and do not upload it any more.",
    zh="{file} 已核对完毕，但无法删除（{why}）。请手动删除，切勿再上传。",
)
_BY = "ship-batch --settle"


def settle_files(run: Run) -> Iterator[Row]:
    """A row for each order that was handed over and had not ended; what the site does not show is free again.

    While the site works through any file, what it does not show stays handed over; in a dry run it does so anyway.
    """
    handed = run.ledger.actions.handed_over(run.shop.name, kind=KIND)
    run.meter.add(len(handed))
    uploads = Uploads(run)

    def look(actions: Sequence[Action]) -> Mapping[Key, Look]:
        return _look(run, actions, uploads=uploads)

    left = {action.id: action for action in handed}
    try:
        for each in _settled(run, handed, look=look):
            del left[each.action.id]
            run.meter.advance()
            yield _row(run, each)
    except (NeedsPerson, TryAgain) as stop:
        message = _CUT_OFF.of(run.language, stop=stop)
        for action in left.values():
            yield row_of(action, reason=Reason.of(stop.code), message=message).cells()
        raise


def _settled(run: Run, handed: Sequence[Action], *, look: Looking) -> Iterator[Settled]:
    """A dry run counts what the site shows, as every run does with what it finds open, and takes nobody's word."""
    if run.dry:
        yield from look_at_handed_over(run.ledger, run.record, handed, look=look)
        return
    _remove_ended(run, handed)
    settled = settle_handed_over(
        run.ledger,
        run.record,
        handed,
        look=look,
        take_away=lambda absent: _take_away(run, absent),
        clock=run.clock,
        settle_s=run.shop.settle_s,
        by=_BY,
        reason=_NOT_SHOWN.of(run.language),
    )
    for each in settled:
        if each.action.state is not State.HANDED_OVER:
            _take_away(run, [each.action])
        yield each


def _row(run: Run, settled: Settled) -> Row:
    action, look = settled.action, settled.look
    message = in_words(look.detail).of(run.language)
    if look.seen is not Seen.NOTHING:
        return row_of(action, message=message).cells()
    if action.state is State.HANDED_OVER:
        return row_of(action, message=_DRY.of(run.language)).cells()
    reason = Reason.of(str(look.facts.get(REFUSED_FOR, Reason.NOT_UPLOADED)))
    return row_of(action, reason=reason, message=message).cells()


# The files


def _take_away(run: Run, actions: Sequence[Action]) -> None:
    """A file that is settled must not go up any more: its orders may be shipped otherwise. Its evidence has a copy."""
    for name in dict.fromkeys(str(action.facts.get(IMPORT_FILE, "")) for action in actions):
        if name:
            _delete(run, run.handover / name)


def _remove_ended(run: Run, handed: Sequence[Action]) -> None:
    """Files whose orders have all ended otherwise: by a run that was cut off, by a dry run, by a person's answer."""
    waiting = {action.facts.get(IMPORT_FILE) for action in handed}
    for file in sorted(run.handover.glob("*.xlsx")):
        if file.name not in waiting and run_of_package(file.with_suffix(""), shop=run.shop.name):
            _delete(run, file)


def _delete(run: Run, file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        run.note("handover_left", _LEFT.of(run.language, file=file, why=error.strerror))


# Looking


def _look(run: Run, actions: Sequence[Action], *, uploads: Uploads) -> Mapping[Key, Look]:
    looks, going = uploads.look(actions, going=lambda unseen: _going(uploads, unseen))
    unseen = [action for action in actions if looks[action.key].seen is Seen.NOTHING]
    others = _at_work(run, unseen)
    late = unseen if others else [action for action in unseen if action.facts.get(IMPORT_FILE) in going]
    files = ", ".join(sorted(going | others))
    waits = Look(seen=Seen.UNREADABLE, detail=_GOING.of(run.language, files=files))
    told = {(sn, ""): _as_told(run, row) for sn, row in uploads.told(unseen).items()}
    return looks | told | {action.key: waits for action in late}


def _as_told(run: Run, row: ImportedRow) -> Look:
    """What the result says of an order that the site does not show as shipped."""
    if row.accepted or row.said_yes:
        return Look(seen=Seen.UNREADABLE, detail=_ACCEPTED.of(run.language))
    if row.accepted is None:
        return Look(seen=Seen.NOTHING)
    meant = refused_for(row.words, words=run.profile.words) or Reason.SITE_REFUSED
    detail = _REFUSED.of(run.language, words=row.words)
    return Look(seen=Seen.NOTHING, detail=detail, facts={REFUSED_FOR: meant.value})


def _going(uploads: Uploads, unseen: Sequence[Action]) -> set[str]:
    """Files of ours that the site still works through; where its records cannot be read, the person's word stands."""
    try:
        return uploads.going(unseen)
    except (InDoubt, PageChanged, TryAgain) as error:
        speak("WARNING", _UNTOLD, error=error)
        return set()


def _at_work(run: Run, unseen: Sequence[Action]) -> set[str]:
    """Whatever files the site still works through: a person may have given ours another name, or uploaded it twice.

    Raises TryAgain when a page that is as described does not tell: then nothing is free on anybody's word.
    """
    found: set[str] = set()
    for how in {how_of(action) for action in unseen}:
        try:
            found.update(run.office(ImportsShipments).at_work(how))
        except PageChanged as error:
            speak("WARNING", _UNREAD, error=error)
    return found
