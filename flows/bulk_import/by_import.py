"""The import route: as many orders in a file as the site takes, each row settled by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from flows.bulk_import.api import ImportForm, ImportsShipments
from flows.bulk_import.packing import Packed, Packing
from flows.bulk_import.upload import Upload, Uploads
from flows.orders.model import Decision, How
from flows.procedure.in_bulk import Reread
from flows.shipping.in_bulk import ShipsInBulk
from rpa.language import Text
from rpa.ledger.once import Reply, Settled

if TYPE_CHECKING:
    from flows.orders.api import Said
    from flows.procedure.kind import Kind
    from flows.procedure.pace import Pace
    from rpa.ledger.once import Once

_QUESTION = Text(
    en="Upload {file} with {count} orders, {first} first?", zh="上传 {file}，共 {count} 个订单，首个 {first}？"
)


class ImportRoute(ShipsInBulk[Packed]):
    """The batch's orders, many in a file."""

    how: ClassVar[How] = How.IMPORT

    def __init__(self, kind: Kind[Decision], once: Once, *, pace: Pace, uploads: Uploads) -> None:
        super().__init__(kind, once, pace=pace)
        self._uploads = uploads
        self._importing = kind.run.office(ImportsShipments)
        self._packing = Packing(kind.run)

    def first_together(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """Those that go by one file."""
        return self._packing.chosen(decisions)

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
