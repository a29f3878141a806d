"""Routes of orders to the site: the shipping dialog, many at once, or a file for a person's own upload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flows.bulk_import.api import ImportsShipments
from flows.bulk_import.by_import import ImportRoute
from flows.bulk_import.manual_upload import ManualUpload
from flows.bulk_import.packing import without_parcel
from flows.bulk_import.upload import Uploads
from flows.bulk_import.words import ImportWords
from flows.entries.by import By
from flows.orders.settings import OrderSettings
from flows.procedure.api import Left, Result
from flows.procedure.one_by_one import OneByOne
from flows.procedure.pace import pace_of
from flows.shipping.batch import ShippingBatch
from flows.shipping.kind import Shipping
from flows.ticked.api import ShipsTicked
from flows.ticked.by_ticks import TickedRoute
from flows.ticked.tasks import Tasks
from flows.ticked.words import TickedWords
from rpa.errors import ConfigError, NotApproved
from rpa.language import Text
from rpa.ledger.once import Settled

if TYPE_CHECKING:
    from flows.orders.model import Decision
    from flows.procedure.api import Route
    from flows.procedure.kind import Kind
    from flows.procedure.pace import Pace
    from rpa.ledger.once import Once
    from rpa.run import Run

_NOT_APPROVED = Text(
    en="Many orders would go at once, but the button for that was never confirmed here; they go through the dialog.",
    zh="订单较多，本可批量发货，但批量发货按钮未经人工确认；改用发货弹窗逐单发货。",
)
_NO_WAY = Text(
    en="Many orders are to be shipped, but the profile describes no page for many at once; they go through the dialog.",
    zh="订单较多，但选择器文件未描述批量发货页面；改用发货弹窗逐单发货。",
)


def shipping_batch(run: Run, *, by: By | None = None, prepare: bool = False) -> ShippingBatch:
    """A batch of one run. `by`: the entry to ship through; None: chosen by how many there are.

    `prepare`: files are made for a person's own upload.
    """
    kind = Shipping(run)
    ways = Bulk(kind, prepare=prepare)
    return ShippingBatch(kind, look=ways.look, route=lambda once: Routes(kind, once, bulk=ways, by=by))


def for_many(run: Run) -> By | None:
    """The entry through which this shop's site takes many orders at once; None: its profile describes none."""
    if _described(run, ImportsShipments, ImportWords):
        return By.IMPORT
    return By.TICKED if _described(run, ShipsTicked, TickedWords) else None


def _described(run: Run, capability: type, words: type) -> bool:
    """Whether the platform does it and the shop's profile describes how."""
    return capability in run.offices and run.profile.has(words)


class Bulk:
    """The entry for many orders at once, of one run."""

    def __init__(self, kind: Kind[Decision], *, prepare: bool) -> None:
        self._kind = kind
        self._prepare = prepare
        self.by = By.IMPORT if prepare else for_many(kind.run)
        """None: the site has none, or its profile does not describe it."""
        self._uploads, self._tasks = Uploads(kind.run), Tasks(kind.run)
        self.look = self._tasks.look if self.by is By.TICKED else self._uploads.look
        """How the site shows actions, and what it still works through."""

    def route(self, once: Once, *, pace: Pace) -> Route[Decision]:
        """The way of many at once."""
        if self._prepare:
            return ManualUpload(self._kind)
        if self.by is By.TICKED:
            return TickedRoute(self._kind, once, pace=pace, tasks=self._tasks)
        return ImportRoute(self._kind, once, pace=pace, uploads=self._uploads)

    def takes(self, decision: Decision) -> bool:
        """Whether this order can go so: rows are ticked for parcels alone."""
        return self.by is not By.TICKED or not without_parcel(decision)


class Routes:
    """The ways of one run, and which order goes by which."""

    def __init__(self, kind: Kind[Decision], once: Once, *, bulk: Bulk, by: By | None) -> None:
        """`by` None: many of a kind go at once, where they can.

        Raises ConfigError when an entry is asked for that the site does not have.
        """
        self._kind = kind
        self._once = once
        self._run = kind.run
        self._by = by
        self._bulk = bulk
        self._pace = pace_of(kind.run)
        self._dialog = OneByOne(kind, once, pace=self._pace)
        self._many: Route[Decision] | None = None
        self._for_dialog: set[str] = set()
        """Refused among others for a reason that the dialog may know a way around."""
        if by not in {None, By.DIALOG, bulk.by}:
            raise ConfigError(
                f"The profile does not describe the page for --by {by}; use --by dialog, or add it there."
            )

    def act(self, decisions: Sequence[Decision]) -> Iterator[Result[Decision]]:
        """Ship these, each by its way."""
        left = {decision.order_sn: decision for decision in decisions}
        for result in self._act_on_many(self._those_at_once(decisions)):
            left.pop(result.decision.order_sn if isinstance(result, Left) else result.action.subject, None)
            yield result
        opened = self._once.open_subjects
        yield from self._dialog.act([decision for sn, decision in left.items() if sn not in opened])

    def _act_on_many(self, decisions: Sequence[Decision]) -> Iterator[Result[Decision]]:
        if not decisions:
            return
        if self._many is None:
            self._many = self._bulk.route(self._once, pace=self._pace)
        try:
            for result in self._many.act(decisions):
                if isinstance(result, Settled) and result.reply is not None and result.reply.by_another_way:
                    self._for_dialog.add(result.action.subject)
                yield result
        except NotApproved:
            if self._by is not None:
                raise
            self._by = By.DIALOG
            self._run.note("import_not_approved", _NOT_APPROVED.of(self._run.language))

    def _those_at_once(self, decisions: Sequence[Decision]) -> list[Decision]:
        if self._by is By.DIALOG:
            return []
        able = [each for each in decisions if each.order_sn not in self._for_dialog and self._bulk.takes(each)]
        if self._by is not None:
            return able
        most = self._run.shop.settings(OrderSettings).import_above
        count = Counter(map(without_parcel, able))
        many = [decision for decision in able if count[without_parcel(decision)] > most]
        if many and self._bulk.by is None:
            self._by = By.DIALOG
            self._run.note("no_import", _NO_WAY.of(self._run.language))
            return []
        return many
