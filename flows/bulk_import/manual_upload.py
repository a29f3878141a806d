"""The manual route: files for a person's own upload, gated as others are, in the ledger before they are given away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flows.bulk_import.packing import Packed, Packing
from flows.bulk_import.recheck import read_again
from flows.orders.reasons import Reason
from flows.shipping.intents import begun_elsewhere
from rpa.errors import AlreadyDone, Stopped
from rpa.files import private_folder, write_atomically
from rpa.language import Text

if TYPE_CHECKING:
    from flows.shipping.batch import ShippingBatch
    from rpa.flow import Row

_MADE = Text(
    en="{path}: {count} orders, marks read at {read_at:%H:%M:%S}. Upload it on the site now, then run "
    "`rpa run ship-batch --live --settle`. No run ships these orders until then.",
    zh="{path}：{count} 个订单，标记读取于 {read_at:%H:%M:%S}。请立即在后台上传，"
    "然后运行 rpa run ship-batch --live --settle；在此之前不会再发这些订单。",
)


class ManualUpload:
    """The batch's orders, in files that a person uploads."""

    def __init__(self, batch: ShippingBatch) -> None:
        self._batch = batch
        self._run = batch.run
        self._packing = Packing(batch.run, known_form=True)

    def ship(self, order_sns: Sequence[str]) -> Iterator[Row]:
        """Hand these over, file by file."""
        while left := [self._batch.to_ship[sn] for sn in order_sns if sn in self._batch.to_ship]:
            if self._run.stopping():
                raise Stopped
            read = read_again(self._run, self._packing.chosen(left))
            yield from map(self._batch.left, read.left)
            if read.to_ship:
                yield from self._hand_over(self._packing.packed(read))

    def _hand_over(self, packed: Packed) -> Iterator[Row]:
        """The ledger first: a file that is not known there must not exist where a person finds it."""
        ledger, run = self._run.ledger, self._run
        try:
            ledger.hand_over(run.record, kind=self._batch.kind, intents=packed.intents)
        except AlreadyDone:
            begun = ledger.live(run.shop.name, kind=self._batch.kind, subjects=packed.order_sns)
            for decision in packed.decisions:
                if decision.order_sn in begun:
                    message = begun_elsewhere(begun[decision.order_sn], language=run.language)
                    yield self._batch.ended(decision, Reason.UNKNOWN, message)
            return
        path = private_folder(run.handover) / packed.file.name
        write_atomically(path, packed.file.read_bytes())
        made = _MADE.of(run.language, path=path, count=len(packed.lines), read_at=packed.read_at)
        run.note("handed_over", made)
        for decision in packed.decisions:
            yield self._batch.ended(decision, Reason.HANDED_OVER, str(path), evidence=packed.file)
