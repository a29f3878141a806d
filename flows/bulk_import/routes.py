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
from flows.shipping.batch import ShippingBatch
from flows.shipping.by_dialog import DialogRoute
from rpa.errors import ConfigError, NotApproved
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.flow import Row
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
    uploads = Uploads(run)
    return ShippingBatch(
        run, look=uploads.look, routes=lambda batch: Routes(batch, uploads=uploads, by=by, prepare=prepare)
    )


class Routes:
    """The ways of one run, and which order goes by which."""

    def __init__(self, batch: ShippingBatch, *, uploads: Uploads, by: By | None, prepare: bool) -> None:
        """`by` None: many of a kind go by import, where it can be had.

        Raises ConfigError when import is asked for and not described; for a person's own upload its page need not be.
        """
        self._batch = batch
        self._run = batch.run
        self._by = by
        self._prepare = prepare
        self._uploads = uploads
        self._dialog = DialogRoute(batch)
        self._importing: ImportRoute | ManualUpload | None = None
        if by is By.IMPORT and not prepare and not imports_described(self._run):
            raise ConfigError("The profile does not describe the import page; use --by dialog, or add it there.")

    def ship_all(self) -> Iterator[Row]:
        """Ship all that the batch has to ship, each by its way."""
        batch = self._batch
        by_import = self._those_by_import()
        if by_import:
            yield from self._import(by_import)
        yield from self._dialog.ship(list(batch.to_ship))

    def _import(self, order_sns: Sequence[str]) -> Iterator[Row]:
        if self._importing is None:
            self._importing = (
                ManualUpload(self._batch) if self._prepare else ImportRoute(self._batch, uploads=self._uploads)
            )
        try:
            yield from self._importing.ship(order_sns)
        except NotApproved:
            if self._by is By.IMPORT:
                raise
            self._by = By.DIALOG
            self._run.note("import_not_approved", _NOT_APPROVED.of(self._run.language))

    def _those_by_import(self) -> list[str]:
        if self._by is By.DIALOG:
            return []
        orders = {sn: each for sn, each in self._batch.to_ship.items() if sn not in self._batch.for_dialog}
        if self._by is By.IMPORT:
            return list(orders)
        most = self._run.shop.settings(OrderSettings).import_above
        count = Counter(without_parcel(each) for each in orders.values())
        many = [sn for sn, each in orders.items() if count[without_parcel(each)] > most]
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
