"""The manual route: files for a person's own upload, gated as others are, in the ledger before they are given away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flows.bulk_import.packing import Packed, Packing
from flows.orders.reasons import Reason
from flows.procedure.api import Left
from flows.procedure.in_bulk import begun_elsewhere
from flows.shipping.recheck import read_again
from rpa.errors import AlreadyDone, Stopped
from rpa.files import private_folder, write_atomically
from rpa.language import Text

if TYPE_CHECKING:
    from flows.orders.model import Decision
    from flows.procedure.kind import Kind

_MADE = Text(
    en="{path}: {count} orders, marks read at {read_at:%H:%M:%S}. Upload it on the site now, then run "
    "`rpa run ship-batch --live --settle`. No run ships these orders until then.",
    zh="{path}：{count} 个订单，标记读取于 {read_at:%H:%M:%S}。请立即在后台上传，"
    "然后运行 rpa run ship-batch --live --settle；在此之前不会再发这些订单。",
)


class ManualUpload:
    """The batch's orders, in files that a person uploads."""

    def __init__(self, kind: Kind[Decision]) -> None:
        self._kind = kind
        self._run = kind.run
        self._packing = Packing(kind.run, known_form=True)

    def act(self, decisions: Sequence[Decision]) -> Iterator[Left[Decision]]:
        """Hand these over, file by file."""
        left = {decision.order_sn: decision for decision in decisions}
        while left:
            if self._run.stopping():
                raise Stopped
            for result in self._next_file(list(left.values())):
                del left[result.decision.order_sn]
                yield result

    def _next_file(self, decisions: Sequence[Decision]) -> Iterator[Left[Decision]]:
        read = read_again(self._run, self._packing.chosen(decisions))
        yield from (Left(decision=each) for each in read.left)
        if read.to_act:
            yield from self._hand_over(self._packing.packed(read))

    def _hand_over(self, packed: Packed) -> Iterator[Left[Decision]]:
        """The ledger first: a file that is not known there must not exist where a person finds it."""
        ledger, run = self._run.ledger, self._run
        try:
            ledger.actions.hand_over(run.record, kind=self._kind.name, intents=packed.intents)
        except AlreadyDone:
            yield from begun_elsewhere(self._kind, packed)
            return
        path = private_folder(run.handover) / packed.file.name
        write_atomically(path, packed.file.read_bytes())
        made = _MADE.of(run.language, path=path, count=len(packed.lines), read_at=packed.read_at)
        run.note("handed_over", made)
        for decision in packed.decisions:
            yield Left(decision=decision, reason=Reason.HANDED_OVER, message=str(path), evidence=packed.file)
