"""The import route: as many orders in a file as the site takes, each row settled by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportForm, ImportsShipments
from flows.bulk_import.packing import Packed, Packing
from flows.bulk_import.postcheck import tell_what_changed
from flows.bulk_import.recheck import read_again
from flows.bulk_import.upload import Upload, Uploads, refuse_going
from flows.gate.rules import held_meanwhile_of
from flows.orders.model import Decision
from flows.orders.reasons import Reason
from flows.procedure.api import Left, Result
from flows.procedure.in_bulk import InBulk, Reread
from flows.shipping.intents import imported, is_refused_lastingly
from rpa.language import Text
from rpa.ledger.actions import State
from rpa.ledger.once import Reply, Settled

if TYPE_CHECKING:
    from flows.orders.api import Said
    from flows.procedure.kind import Kind
    from flows.procedure.pace import Pace
    from rpa.ledger.once import Once

_QUESTION = Text(
    en="Upload {file} with {count} orders, {first} first?", zh="上传 {file}，共 {count} 个订单，首个 {first}？"
)
_NOT_AGAIN = Text(
    en="{before}; not uploaded again: correct the sheet, or use --by dialog",
    zh="{before}；未再次上传：请改正表格，或加 --by dialog 运行",
)


class ImportRoute(InBulk[Decision, Packed]):
    """The batch's orders, many in a file."""

    def __init__(self, kind: Kind[Decision], once: Once, *, pace: Pace, uploads: Uploads) -> None:
        super().__init__(kind, once, pace=pace)
        self._uploads = uploads
        self._importing = kind.run.office(ImportsShipments)
        self._packing = Packing(kind.run)

    def act(self, decisions: Sequence[Decision]) -> Iterator[Result[Decision]]:
        """Ship these, file by file, less those that the site has refused before and would refuse again."""
        refused = list(self._refused_before(decisions))
        yield from refused
        again = {left.decision.order_sn for left in refused}
        yield from super().act([decision for decision in decisions if decision.order_sn not in again])

    def _refused_before(self, decisions: Sequence[Decision]) -> Iterator[Left[Decision]]:
        """Those refused in an earlier file, as long as the sheet says the same."""
        run, by_number = self.run, {decision.order_sn: decision for decision in decisions}
        latest = run.ledger.actions.latest(run.shop.name, kind=self.kind.name, subjects=by_number)
        for (order_sn, _), action in latest.items():
            decision = by_number[order_sn]
            if is_refused_lastingly(action, decision):
                message = _NOT_AGAIN.of(run.language, before=action.detail)
                yield Left(decision=imported(decision), reason=Reason.SITE_REFUSED, message=message)

    def chosen(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """Those that go by one file. Raises ImportGoing while the site still works through an earlier one."""
        refuse_going(self.once)
        return self._packing.chosen(decisions)

    def read_again(self, decisions: Sequence[Decision]) -> Reread[Decision]:
        """From the top of the list, by the same gate."""
        return read_again(self.run, decisions)

    def packed(self, read: Reread[Decision]) -> Packed:
        """A file in the site's form."""
        return self._packing.packed(read)

    def fill_in(self, package: Packed) -> ImportForm:
        """The import page with the file chosen."""
        return self._importing.fill_in(package.how, package.file)

    def question(self, package: Packed) -> str:
        """File, count, the first order."""
        first, count = package.decisions[0].order_sn, len(package.decisions)
        return _QUESTION.of(self.run.language, file=package.file.name, count=count, first=first)

    def is_held(self, package: Packed) -> bool:
        """A hold, or a notice, that came since."""
        orders = [decision.to_ship[0] for decision in package.decisions]
        return bool(held_meanwhile_of(self.run, orders, now=self.kind.now()))

    def settled(self, package: Packed, said: Said, *, sent_at: datetime) -> Sequence[Settled]:
        """The rows of which the site's table and its file of failures say the same."""
        upload = Upload(self.run, package, said=said, sent_at=sent_at)
        rows = upload.rows()
        self._uploads.note(upload.name, upload.result)
        self.run.note("import", upload.in_words())
        for sn, row in rows.items():
            if row.said_yes:
                self.once.note_reply((sn, ""), Reply(accepted=True, words=row.words))
            if row.accepted is False:
                reply = Reply(accepted=False, words=row.words, repeatable=row.repeatable, by_another_way=row.for_dialog)
                self.once.note_reply((sn, ""), reply)
        certain = {(sn, ""): upload.look(row) for sn, row in rows.items() if row.accepted is not None}
        return self.once.settle_with(certain)

    def note_ended(self, package: Packed, settled: Sequence[Settled]) -> None:
        """Tell what changed, at the upload, of the orders that it shipped."""
        orders = {decision.order_sn: decision.to_ship[0] for decision in package.decisions}
        shipped = [each.action.subject for each in settled if each.action.state is State.DONE]
        tell_what_changed(self.run, {sn: orders[sn] for sn in shipped if sn in orders})
