"""Routes of orders to the site: the shipping dialog, a file, or a file for a person's own upload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flows.bulk_import.api import By, ImportsShipments
from flows.bulk_import.by_import import ImportRoute
from flows.bulk_import.manual_upload import ManualUpload
from flows.bulk_import.packing import without_parcel
from flows.bulk_import.upload import Uploads
from flows.bulk_import.words import ImportWords
from flows.orders.settings import OrderSettings
from flows.procedure.api import Left, Result
from flows.procedure.one_by_one import OneByOne
from flows.procedure.pace import pace_of
from flows.shipping.batch import ShippingBatch
from flows.shipping.kind import Shipping
from rpa.errors import ConfigError, NotApproved
from rpa.language import Text
from rpa.ledger.once import Settled

if TYPE_CHECKING:
    from flows.orders.model import Decision
    from flows.procedure.kind import Kind
    from rpa.ledger.once import Once
    from rpa.run import Run

_NOT_APPROVED = Text(
    en="Many orders would go by import, but its button was never confirmed here; they go through the dialog.",
    zh="订单较多，本可批量导入，但导入按钮未经人工确认；改用发货弹窗逐单发货。",
)
_NO_IMPORT = Text(
    en="Many orders are to be shipped, but the profile does not describe the import page; they go through the dialog.",
    zh="订单较多，但选择器文件未描述批量导入页面；改用发货弹窗逐单发货。",
)


def shipping_batch(run: Run, *, by: By | None = None, prepare: bool = False) -> ShippingBatch:
    """A batch of one run. `by`: the entry to ship through; None: chosen by how many there are.

    `prepare`: files are made for a person's own upload.
    """
    kind, uploads = Shipping(run), Uploads(run)
    return ShippingBatch(
        kind, look=uploads.look, route=lambda once: Routes(kind, once, uploads=uploads, by=by, prepare=prepare)
    )


class Routes:
    """The ways of one run, and which order goes by which."""

    def __init__(self, kind: Kind[Decision], once: Once, *, uploads: Uploads, by: By | None, prepare: bool) -> None:
        """`by` None: many of a kind go by import, where it can be had.

        Raises ConfigError when import is asked for and not described; for a person's own upload its page need not be.
        """
        self._kind = kind
        self._once = once
        self._run = kind.run
        self._by = by
        self._prepare = prepare
        self._uploads = uploads
        self._pace = pace_of(kind.run)
        self._dialog = OneByOne(kind, once, pace=self._pace)
        self._importing: ImportRoute | ManualUpload | None = None
        self._for_dialog: set[str] = set()
        """Refused by an import for a reason that the dialog may know a way around."""
        if by is By.IMPORT and not prepare and not imports_described(self._run):
            raise ConfigError("The profile does not describe the import page; use --by dialog, or add it there.")

    def act(self, decisions: Sequence[Decision]) -> Iterator[Result[Decision]]:
        """Ship these, each by its way."""
        left = {decision.order_sn: decision for decision in decisions}
        for result in self._import(self._those_by_import(decisions)):
            left.pop(result.decision.order_sn if isinstance(result, Left) else result.action.subject, None)
            yield result
        opened = self._once.open_subjects
        yield from self._dialog.act([decision for sn, decision in left.items() if sn not in opened])

    def _import(self, decisions: Sequence[Decision]) -> Iterator[Result[Decision]]:
        if not decisions:
            return
        if self._importing is None:
            self._importing = (
                ManualUpload(self._kind)
                if self._prepare
                else ImportRoute(self._kind, self._once, pace=self._pace, uploads=self._uploads)
            )
        try:
            for result in self._importing.act(decisions):
                if isinstance(result, Settled) and result.reply is not None and result.reply.by_another_way:
                    self._for_dialog.add(result.action.subject)
                yield result
        except NotApproved:
            if self._by is By.IMPORT:
                raise
            self._by = By.DIALOG
            self._run.note("import_not_approved", _NOT_APPROVED.of(self._run.language))

    def _those_by_import(self, decisions: Sequence[Decision]) -> list[Decision]:
        if self._by is By.DIALOG:
            return []
        able = [decision for decision in decisions if decision.order_sn not in self._for_dialog]
        if self._by is By.IMPORT:
            return able
        most = self._run.shop.settings(OrderSettings).import_above
        count = Counter(map(without_parcel, able))
        many = [decision for decision in able if count[without_parcel(decision)] > most]
        if many and not imports_described(self._run):
            self._by = By.DIALOG
            self._run.note("no_import", _NO_IMPORT.of(self._run.language))
            return []
        return many


def imports_described(run: Run) -> bool:
    """Whether the platform imports shipments and the shop's profile describes how."""
    if ImportsShipments not in run.offices:
        return False
    try:
        run.profile.section(ImportWords)
    except ConfigError:
        return False
    needed: Sequence[str] = getattr(run.office(ImportsShipments), "elements", ())
    return all(name in run.profile.elements for name in needed)
