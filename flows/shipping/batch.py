"""A batch of shipments: the pending orders and the rows of the sheets, each of which ends in exactly one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.gate.audits_seen import look_for_signs, remember_audits
from flows.gate.decide import decide, decide_found
from flows.gate.rules import changes_of, rules_of
from flows.inbox.inbox import Inbox
from flows.orders.api import ReadsOrders
from flows.orders.model import Decision, GoodOrBad, Mark, Order, SheetRow, Shipment
from flows.orders.reasons import Reason
from flows.orders.report import OrderRow
from flows.procedure.batch import Batch
from flows.shipping.api import ShipsOrders
from flows.shipping.intents import package_of, shipment_of
from flows.shipping.kind import Shipping
from flows.shipping.lookups import LookUps
from rpa.ledger.actions import Seen, State

if TYPE_CHECKING:
    from flows.procedure.api import Left, Route
    from flows.shipping.together import LooksBack
    from rpa.flow import Row
    from rpa.ledger.actions import Action, Key
    from rpa.ledger.once import Look, Once, Settled


class ShippingBatch(Batch[Decision]):
    """One run's work. Every order read and every sheet row taken ends in exactly one row of the report."""

    def __init__(
        self,
        kind: Shipping,
        *,
        look: LooksBack,
        route: Callable[[Once], Route[Decision]],
    ) -> None:
        self._inbox: Inbox = kind.run.shared
        self._reading = kind.run.office(ReadsOrders)
        self._shipping = kind.run.office(ShipsOrders)
        self._look_at = look
        super().__init__(kind, route=route)

    @property
    def _shop(self) -> str:
        return self.run.shop.name

    # Reading and deciding

    def read_pending_orders(self) -> list[Order]:
        """All pending orders, nearest ship-by first, less those that are being read back."""
        orders = [order for page in self._reading.pending() for order in page.orders]
        orders.sort(key=lambda order: (order.ship_by is None, order.ship_by, order.order_sn))
        look_for_signs(self.run, orders, at=self._reading.now())
        opened = self.once.open_subjects
        return [order for order in orders if order.order_sn not in opened]

    def decide(self, orders: Sequence[Order], rows: Sequence[GoodOrBad] | None = None) -> None:
        """Decide on these orders, with the sheet rows that no shop has taken; the shop's limits are part of it."""
        changed = changes_of(self.run, orders)
        remember_audits(self.run, orders, at=self._reading.now())
        rows = self._inbox.rows(self._shop) if rows is None else rows
        under_way = self._under_way(orders)
        self.begun.update(under_way)
        rules = rules_of(
            self.run,
            now=self._reading.now(),
            changed=changed,
            orders=orders,
            rows=rows,
            accept_unusual=self._inbox.accept_unusual,
            under_way=under_way,
        )
        decisions = [_gone_on(each, under_way) for each in decide(orders, rows, rules=rules)]
        for decision in decisions:
            self._inbox.take(decision.row)
        self.take(decisions)

    def _under_way(self, orders: Sequence[Order]) -> dict[str, Shipment]:
        """The orders of which some steps are done, and the last one is still to be, with what was sent of them."""
        if len(self._parts) == 1:
            return {}
        subjects = [order.order_sn for order in orders]
        live = self.run.ledger.actions.live(self._shop, kind=self.kind.name, subjects=subjects).values()
        stuck = {action.subject for action in live if action.state is not State.DONE}
        done: dict[str, list[Action]] = {}
        for action in live:
            done.setdefault(action.subject, []).append(action)
        return {
            sn: shipment_of(actions[0])
            for sn, actions in done.items()
            if sn not in stuck and all(action.part != self._parts[-1] for action in actions)
        }

    def skip_reason(self, decision: Decision) -> Reason | None:
        """A doubt that the site has settled is none any more: the list may be an old one."""
        if decision.reason is Reason.UNKNOWN and self._site_shows_ours(decision.order_sn):
            return Reason.SAME_SHIPMENT
        reason = super().skip_reason(decision)
        return None if reason is None else Reason.of(reason.value)

    def _site_shows_ours(self, order_sn: str) -> bool:
        """The list has it as pending, the ledger as shipped: look again."""
        live = self.run.ledger.actions.live(self._shop, kind=self.kind.name, subjects=[order_sn])
        action = live.get((order_sn, self._parts[-1]))
        if action is None or action.state is not State.DONE:
            return False
        shown = self._shipping.read_back([order_sn]).get(order_sn)
        return self._shipping.look_at(action, shown).seen is Seen.OURS

    def fetch_missing_orders(self) -> Iterator[Row]:
        """Sheet rows whose order is not pending: shipped already or closed; another shop's are left for that one.

        Of many, only so many are looked for in a run, see `LookUps`; the others wait for the next ones.
        """
        opened = self.once.open_subjects
        rows = [row for row in self._inbox.rows(self._shop) if isinstance(row, SheetRow)]
        rows = [row for row in rows if row.order_sn not in opened]
        looking, pending = LookUps(self.run, rows), {}
        left = self._inbox.look_for(self._shop, looking.wanted)
        for sn, order in looking.found(self._reading):
            if order is not None and order.status == "pending":
                pending[sn] = order  # its row is decided on below, whatever an earlier look has shown
                continue
            left.discard(sn)
            if order is not None:
                for row in looking.rows[sn]:
                    yield self._ended_row(row, OrderRow.of(decide_found(order, row)))
        for row, ended in looking.known([row for row in rows if row.order_sn in left - pending.keys()]):
            left.discard(row.order_sn)
            yield self._ended_row(row, ended)
        yield from self._end_half_done(pending)
        self.decide(list(pending.values()))
        yield from self.report_skipped()

    def _end_half_done(self, pending: dict[str, Order]) -> Iterator[Row]:
        """What was recovered as done in part, and its order is not pending any more; one that is goes on."""
        left = {sn: action for sn, action in self.half_done.items() if sn not in pending}
        found = self._reading.find(list(left)) if left else {}
        for sn, action in left.items():
            order = found.get(sn)
            if order is not None and order.status == "pending":
                pending[sn] = order
                continue
            del self.half_done[sn]
            self.ended_elsewhere(action)
            reason = decide_found(order, None).reason if order is not None else Reason.UNREADABLE
            yield self.counted(self.kind.row_of(action, reason=reason))

    def _ended_row(self, row: SheetRow, ended: OrderRow) -> Row:
        """A row of the sheets that ends without its order having been decided on."""
        self._inbox.take(row)
        self._again.pop(row.order_sn, None)
        self.half_done.pop(row.order_sn, None)
        self.run.meter.add(1)
        return self.counted(ended.cells())

    # Once more

    def may_repeat(self, settled: Settled, *, sent_now: bool) -> bool:
        """Also what went with others and never arrived: the site has worked through them."""
        together = bool(package_of(settled.action)) and settled.action.state is State.NOT_DONE
        return together or super().may_repeat(settled, sent_now=sent_now)

    def decide_again(self, again: Mapping[str, Decision | None]) -> Iterator[Row]:
        """Those that are pending; what another hand has shipped or closed meanwhile has its row."""
        found = self._reading.find(list(again))
        given = [decision.row for decision in again.values() if decision is not None]
        rows = [row for row in (*given, *self._inbox.rows(self._shop)) if row and row.order_sn in again]
        self.decide([order for order in found.values() if order.status == "pending"], rows)
        left = {row.order_sn: row for row in self._inbox.rows(self._shop)}
        for sn, decision in again.items():
            row, order = (decision.row if decision is not None else None) or left.get(sn), found.get(sn)
            if order is None or order.status != "pending":
                self._inbox.take(row)
            if order is None:
                yield self.ended_again(sn, self.kind.row(_unread(sn, row), Reason.UNREADABLE))
            elif order.status != "pending":
                found_so = decide_found(order, row)
                yield self.ended_again(sn, self.kind.row(found_so, found_so.reason or Reason.UNKNOWN))

    def report_again(self, again: Mapping[str, Decision | None], *, code: str) -> Iterator[Row]:
        """Each with the sheet's row that it was sent for."""
        for sn, decision in again.items():
            unread = _unread(sn, decision.row if decision is not None else None)
            yield self.counted(self.kind.row(unread, Reason.of(code)))

    # Looking, and ending

    def look_at(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """As the site shows them; what went with others that the site still works through rests."""
        looks, going = self._look_at(actions)
        unseen = [action for action in actions if looks[action.key].seen is Seen.NOTHING]
        self.once.rest(action.key for action in unseen if package_of(action) in going)
        return looks

    def ended_elsewhere(self, action: Action) -> None:
        """The sheet rows that say the same have their line with it."""
        for row in self._inbox.rows(self._shop):
            if row.order_sn == action.subject and row.tracking_number == action.payload["tracking_number"]:
                self._inbox.take(row)

    def left(self, left: Left[Decision]) -> Row:
        """The row of an order that may not be shipped; that it was seen under audit stays known."""
        decision, reason = left.decision, left.reason or left.decision.reason
        if reason is Reason.UNDER_AUDIT and decision.order is not None:
            now = self._reading.now()
            remember_audits(self.run, [decision.order.with_signs(audit=Mark.SET)], at=now)
            left = replace(left, decision=replace(decision, since=decision.since or now))
        return super().left(left)


def _gone_on(decision: Decision, under_way: Mapping[str, Shipment]) -> Decision:
    """An order that was begun goes on with what was sent of it, though its row is not in the sheets any more."""
    begun = under_way.get(decision.order_sn)
    if begun is None or decision.reason is not Reason.NO_TRACKING_YET:
        return decision
    return replace(decision, reason=None, shipment=begun)


def _unread(order_sn: str, row: GoodOrBad | None) -> Decision:
    return Decision(order_sn=order_sn, order=None, row=row, shipment=None, reason=None)
