"""The import route: as many orders in a file as the site takes, each row settled by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportForm, ImportsShipments
from flows.bulk_import.packing import Packed, Packing
from flows.bulk_import.postcheck import tell_what_changed
from flows.bulk_import.recheck import read_again
from flows.bulk_import.upload import Upload, Uploads, refuse_going
from flows.gate.rules import held_meanwhile_of
from flows.orders.api import ReadsOrders
from flows.orders.reasons import Reason
from flows.shipping.intents import begun_elsewhere, imported, is_refused_lastingly
from rpa.errors import AlreadyDone, InDoubt, Refused, Stopped, TooManyDoubts, TryAgain
from rpa.language import Text
from rpa.ledger.actions import State
from rpa.ledger.once import Reply

if TYPE_CHECKING:
    from flows.orders.model import Decision, Order
    from flows.shipping.batch import ShippingBatch
    from rpa.flow import Row
    from rpa.ledger.once import Settled

MARKS_STALE_S = 60.0
"""No mark of an order may be older when its file goes up."""
_MOST_REBUILDS = 5
_MOST_DOUBTS = 3
_QUESTION = Text(
    en="Upload {file} with {count} orders, {first} first?", zh="上传 {file}，共 {count} 个订单，首个 {first}？"
)
_NOT_AGAIN = Text(
    en="{before}; not uploaded again: correct the sheet, or use --by dialog",
    zh="{before}；未再次上传：请改正表格，或加 --by dialog 运行",
)


class ImportRoute:
    """The batch's orders, many in a file."""

    def __init__(self, batch: ShippingBatch, *, uploads: Uploads) -> None:
        self._batch = batch
        self._uploads = uploads
        self._run = batch.run
        self._importing = batch.run.office(ImportsShipments)
        self._reading = batch.run.office(ReadsOrders)
        self._packing = Packing(batch.run)
        self._doubts = 0

    def ship(self, order_sns: Sequence[str]) -> Iterator[Row]:
        """Ship these, file by file; the rows of one are settled, or read back, before the next goes up."""
        yield from self._end_refused(order_sns)
        while left := [self._batch.to_ship[sn] for sn in order_sns if sn in self._batch.to_ship]:
            if self._run.stopping():
                raise Stopped
            refuse_going(self._batch.once)
            yield from self._ship(self._packing.chosen(left))
            if self._doubts >= _MOST_DOUBTS:
                message = f"{_MOST_DOUBTS} imports in a row ended in doubt; look at the shop, then run again."
                raise TooManyDoubts(message)

    def _end_refused(self, order_sns: Sequence[str]) -> Iterator[Row]:
        """Rows that the site has refused before and would refuse again, as long as the sheet says the same."""
        ledger, shop = self._run.ledger, self._run.shop.name
        for sn, action in ledger.actions.latest(shop, kind=self._batch.kind, subjects=order_sns).items():
            decision = self._batch.to_ship[sn]
            if is_refused_lastingly(action, decision):
                message = _NOT_AGAIN.of(self._run.language, before=action.detail)
                yield self._batch.ended(imported(decision), Reason.SITE_REFUSED, message)

    def _ship(self, chosen: Sequence[Decision]) -> Iterator[Row]:
        """Read the marks again, write the file, send it; from the start when something has changed meanwhile."""
        for _ in range(_MOST_REBUILDS):
            read = read_again(self._run, chosen)
            yield from map(self._batch.left, read.left)
            if not read.to_ship:
                return
            packed = self._packing.packed(read)
            try:
                form = self._importing.fill_in(packed.how, packed.file)
            except (Refused, InDoubt) as error:
                self._doubts += isinstance(error, InDoubt)
                yield from self._all_ended(packed, Reason.of(error.reason), str(error))
                return
            if not self._agrees(packed):
                yield from self._all_ended(packed, Reason.SAID_NO)
                return
            if self._is_old(packed):
                chosen = read.to_ship[: max(len(packed.decisions) // 2, 1)]
            elif self._is_held(packed):
                chosen = read.to_ship
            else:
                yield from self._send(packed, form)
                return
        raise TryAgain(f"The orders of one import changed, or aged, {_MOST_REBUILDS} times before it could go up.")

    def _agrees(self, packed: Packed) -> bool:
        first = packed.decisions[0].order_sn
        question = _QUESTION.of(self._run.language, file=packed.file.name, count=len(packed.decisions), first=first)
        return self._run.person.agrees(question)

    def _is_old(self, packed: Packed) -> bool:
        return packed.began.age_s(self._run.clock) > MARKS_STALE_S

    def _is_held(self, packed: Packed) -> bool:
        """Whether somebody, or a notice, has put something against one of them since they were read."""
        orders = [decision.to_ship[0] for decision in packed.decisions]
        return bool(held_meanwhile_of(self._run, orders, now=self._reading.now()))

    def _all_ended(self, packed: Packed, reason: Reason, message: str = "") -> Iterator[Row]:
        for decision in packed.decisions:
            yield self._batch.ended(decision, reason, message, evidence=packed.file)

    # The one irreversible step

    def _send(self, packed: Packed, form: ImportForm) -> Iterator[Row]:
        upload = Upload(self._run, packed, sent_at=self._reading.now())

        def click() -> Reply:
            self._batch.sending(packed.decisions)
            said = form.send()
            upload.said = said
            for sn in packed.order_sns if said.accepted is False else ():
                self._batch.note_refusal(sn, words=said.words, passing=said.repeatable)
            return Reply(accepted=said.accepted, words=said.words)

        try:
            self._batch.once.act_many(packed.intents, click)
        except AlreadyDone:
            yield from self._end_begun(packed)
            return
        except InDoubt:
            pass
        orders = {decision.order_sn: decision.to_ship[0] for decision in packed.decisions}
        yield from self._settle(upload, orders)

    def _end_begun(self, packed: Packed) -> Iterator[Row]:
        """Another program has begun some of these since they were decided on; the others go into the next file."""
        begun = self._run.ledger.actions.live(self._run.shop.name, kind=self._batch.kind, subjects=packed.order_sns)
        for decision in packed.decisions:
            if decision.order_sn in begun:
                message = begun_elsewhere(begun[decision.order_sn], language=self._run.language)
                yield self._batch.ended(decision, Reason.UNKNOWN, message, evidence=packed.file)

    def _end(self, settled: Sequence[Settled], orders: Mapping[str, Order]) -> Iterator[Row]:
        """Their rows; what changed at the upload is told of the orders that it shipped."""
        yield from self._batch.end(settled)
        shipped = [each.action.subject for each in settled if each.action.state is State.DONE]
        tell_what_changed(self._run, {sn: orders[sn] for sn in shipped if sn in orders})

    def _settle(self, upload: Upload, orders: Mapping[str, Order]) -> Iterator[Row]:
        """Settle what is certain of the rows; look at every other order on the site."""
        batch = self._batch
        rows = upload.rows()
        self._uploads.note(upload.name, upload.result)
        self._run.note("import", upload.in_words())
        for sn, row in rows.items():
            if row.said_yes:
                batch.once.note_yes(sn, words=row.words)
            if row.accepted is False:
                batch.note_refusal(sn, words=row.words, passing=row.repeatable, for_dialog=row.for_dialog)
        certain = {sn: row for sn, row in rows.items() if row.accepted is not None}
        yield from self._end(batch.once.settle_with({sn: upload.look(row) for sn, row in certain.items()}), orders)
        if batch.once.open:
            yield from self._end(batch.once.read_back(), orders)
        self._doubts = self._doubts + 1 if batch.once.open and not certain else 0
