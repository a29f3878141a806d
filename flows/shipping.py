"""The shipping desk: what one run of one shop has read, decided, sent and still has to read back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.decide import decide, decide_found
from flows.gate import refused_for_audit
from flows.inbox import GoodOrBad, Inbox
from flows.limits import room_left
from flows.model import Decision, Mark, Order, SheetRow
from flows.office import ReadsOrders, ShipForm, ShipsOrders
from flows.reasons import Reason
from flows.rows import OrderRow, in_words
from flows.rules import KIND, held_meanwhile, rules_of, sightings
from flows.shipped import REFUSED_FOR_AUDIT, intent_of, look_at, row_of
from flows.watch import look_for_signs, remember_audits
from rpa.errors import AlreadyDone, InDoubt, Refused, RpaError, Stopped, TooManyDoubts
from rpa.flow import Row
from rpa.ledger.actions import Seen, State
from rpa.ledger.once import Look, Reply, Settled

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.ledger.actions import Action
    from rpa.run import Run

_MOST_DOUBTS = 3
_FORM_STALE_S = 10.0


class ShippingDesk:
    """One run's work. Every order read and every sheet row taken ends in exactly one row of the report."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._shop = run.shop.name
        self._inbox: Inbox = run.shared
        self._reading = run.office(ReadsOrders)
        self._shipping = run.office(ShipsOrders)
        self._once = run.once(KIND, look=self._look)
        self._undecided: deque[Decision] = deque()
        self._to_ship: dict[str, Decision] = {}
        self._sent: dict[str, Decision] = {}
        self._passing: set[str] = set()
        """Refused by the site for a passing reason."""
        self._refused_for_audit: set[str] = set()
        self._audit_words = run.profile.words.get("audit", ())
        self._again: dict[str, GoodOrBad | None] = {}
        """Proven not shipped, and not decided on since; with the row it was sent for."""
        self._tried_again: set[str] = set()
        self._doubts = 0

    # Reading and deciding

    def look_at_what_was_left_open(self) -> Iterator[Row]:
        """Before anything else: read back what earlier runs sent without seeing the end of it."""
        yield from self._end(self._once.recover())

    def read_pending_orders(self) -> list[Order]:
        """All pending orders, nearest ship-by first, less those that are being read back."""
        orders = [order for page in self._reading.pending() for order in page.orders]
        orders.sort(key=lambda order: (order.ship_by is None, order.ship_by, order.order_sn))
        look_for_signs(self._run, orders, at=self._reading.now())
        return [order for order in orders if order.order_sn not in self._once.open]

    def decide(self, orders: Sequence[Order], rows: Sequence[GoodOrBad] | None = None) -> None:
        """Decide on these orders, with the sheet rows that no shop has taken; the shop's limits are part of it."""
        changed = self._run.ledger.see(self._shop, sightings=sightings(orders))
        remember_audits(self._run, orders, at=self._reading.now())
        rules = rules_of(self._run, now=self._reading.now(), changed=changed, orders=orders)
        decisions = decide(orders, self._inbox.rows(self._shop) if rows is None else rows, rules=rules)
        room = room_left(self._run, decided=self._decided)
        for decision in decisions:
            self._inbox.take(decision.row)
            self._again.pop(decision.order_sn, None)
            if decision.reason is None and room is not None:
                room -= 1
                if room < 0:
                    decision = replace(decision, reason=Reason.CAP_REACHED)  # noqa: PLW2901 - the decision, capped
            self._undecided.append(decision)
        self._run.meter.add(len(decisions))

    @property
    def _decided(self) -> int:
        return len(self._to_ship) + sum(decision.reason is None for decision in self._undecided)

    def report_what_is_not_to_be_shipped(self) -> Iterator[Row]:
        """A row for each decision with a reason against shipping; in a dry run for the others too."""
        while self._undecided:
            decision = self._undecided[0]
            reason = self._reason_not_to_ship(decision)
            self._undecided.popleft()
            if reason is None:
                self._to_ship[decision.order_sn] = decision
            else:
                yield self._row(decision, reason)

    def _reason_not_to_ship(self, decision: Decision) -> Reason | None:
        if decision.reason is None:
            return Reason.DRY_RUN if self._run.dry else None
        if decision.reason is Reason.UNKNOWN and self._site_shows_ours(decision.order_sn):
            return Reason.SAME_SHIPMENT
        return decision.reason

    def _site_shows_ours(self, order_sn: str) -> bool:
        """The list has it as pending, the ledger as shipped: look again, the list may be an old one."""
        action = self._run.ledger.live(self._shop, kind=KIND, subjects=[order_sn]).get(order_sn)
        if action is None or action.state is not State.DONE:
            return False
        return look_at(action, self._shipping.read_back([order_sn]).get(order_sn)).seen is Seen.OURS

    def look_for_orders_of_the_other_rows(self) -> Iterator[Row]:
        """Sheet rows whose order is not pending: shipped already or closed; another shop's are left for that one."""
        rows = [row for row in self._inbox.rows(self._shop) if isinstance(row, SheetRow)]
        rows = [row for row in rows if row.order_sn not in self._once.open]
        found = self._reading.find(list(dict.fromkeys(row.order_sn for row in rows))) if rows else {}
        for row in rows:
            order = found.get(row.order_sn)
            if order is not None and order.status != "pending":
                self._inbox.take(row)
                self._again.pop(row.order_sn, None)
                self._run.meter.add(1)
                yield self._row(decide_found(order, row))
        self.decide([order for order in found.values() if order.status == "pending"])
        yield from self.report_what_is_not_to_be_shipped()

    # Shipping

    def ship_each(self) -> Iterator[Row]:
        """Ship what was decided, one by one; read back whenever the bound is reached."""
        while self._to_ship:
            if self._run.stopping():
                raise Stopped
            if self._once.full:
                yield from self._end(self._once.read_back())
            yield from self._ship(next(iter(self._to_ship.values())))
            if self._doubts >= _MOST_DOUBTS:
                message = f"{_MOST_DOUBTS} orders in a row ended in doubt; look at the shop, then run again."
                raise TooManyDoubts(message)

    def _ship(self, decision: Decision) -> Iterator[Row]:
        try:
            form = self._filled_form(decision)
        except Refused as refused:
            self._doubts = 0
            yield self._ended(decision, Reason.of(refused.reason), str(refused), evidence=refused.evidence)
        except InDoubt as doubt:
            self._doubts += 1
            yield self._ended(decision, Reason.of(doubt.reason), str(doubt), evidence=doubt.evidence)
        else:
            held = held_meanwhile(self._run, decision.to_ship[0], now=self._reading.now())
            if form is None:
                yield self._ended(decision, Reason.SAID_NO)
            elif held is not None:
                form.leave()
                yield self._ended(replace(decision, since=held.since), held.reason, held.message)
            else:
                yield from self._send(decision, form)

    def _filled_form(self, decision: Decision) -> ShipForm | None:
        """The form, ready to be sent; None when the person watching said no. One that waited long is filled in anew."""
        form = self._shipping.fill_in(decision)
        asked_at = self._run.clock.monotonic()
        if not self._run.person.agrees(in_words(decision, language=self._run.language)):
            form.leave()
            return None
        if self._run.clock.monotonic() - asked_at > _FORM_STALE_S:
            form.leave()
            return self._shipping.fill_in(decision)
        return form

    def _send(self, decision: Decision, form: ShipForm) -> Iterator[Row]:
        def click() -> Reply:
            self._sent[decision.order_sn] = self._to_ship.pop(decision.order_sn)
            said = form.send()
            if said.repeatable:
                self._passing.add(decision.order_sn)
            if said.accepted is False and refused_for_audit(said.words, audit_words=self._audit_words):
                self._refused_for_audit.add(decision.order_sn)
            return Reply(accepted=said.accepted, words=said.words)

        try:
            reply = self._once.act(intent_of(decision, evidence=form.evidence), click)
        except AlreadyDone as already:
            form.leave()
            yield self._ended(decision, Reason.UNKNOWN, str(already))
            return
        except InDoubt:
            reply = Reply(accepted=None)
        if reply.accepted:
            self._doubts = 0
            return
        yield from self._end(self._once.read_back())
        self._doubts = self._doubts + 1 if decision.order_sn in self._once.open else 0

    # Reading back

    def read_back_everything(self) -> Iterator[Row]:
        """Look at the site until every shipment sent is proven done, refused, not done, or needs a person."""
        yield from self._end(self._once.settle())

    def try_again_what_was_proven_not_shipped(self) -> Iterator[Row]:
        """Once more: what an earlier run left and never arrived, and what the site refused for a passing reason."""
        if not self._again:
            return
        found = self._reading.find(list(self._again))
        again, self._again = self._again, {}
        self._tried_again.update(again)
        rows = [row for row in (*again.values(), *self._inbox.rows(self._shop)) if row and row.order_sn in again]
        self.decide([order for order in found.values() if order.status == "pending"], rows)
        yield from self._end_what_is_not_pending_any_more(found, again)
        yield from self.report_what_is_not_to_be_shipped()
        yield from self.ship_each()
        yield from self.read_back_everything()

    def _end_what_is_not_pending_any_more(
        self, found: Mapping[str, Order], again: Mapping[str, GoodOrBad | None]
    ) -> Iterator[Row]:
        """What another hand has shipped or closed meanwhile, and what cannot be found any more."""
        left = {row.order_sn: row for row in self._inbox.rows(self._shop)}
        for sn, row in ((sn, row or left.get(sn)) for sn, row in again.items()):
            order = found.get(sn)
            if order is None or order.status != "pending":
                self._inbox.take(row)
            if order is None:
                yield self._row(Decision(order_sn=sn, order=None, row=row, shipment=None, reason=Reason.UNREADABLE))
            elif order.status != "pending":
                yield self._row(decide_found(order, row))

    def _look(self, actions: Sequence[Action]) -> Mapping[str, Look]:
        seen = self._shipping.read_back([action.subject for action in actions])
        looks = {action.subject: look_at(action, seen.get(action.subject)) for action in actions}
        for sn in self._refused_for_audit.intersection(looks):
            looks[sn] = replace(looks[sn], facts={**looks[sn].facts, REFUSED_FOR_AUDIT: True})
        return looks

    def _end(self, settled: Sequence[Settled]) -> Iterator[Row]:
        """The rows of what was read back, less what is tried once more."""
        for action in (each.action for each in settled):
            sn = action.subject
            decision = self._sent.pop(sn, None)
            if sn not in self._tried_again and self._may_repeat(action, sent_now=decision is not None):
                self._again[sn] = decision.row if decision is not None else None
                continue
            if decision is None:
                self._take_rows_of(action)
            recovered = Reason.RECOVERED if decision is None and action.state is State.DONE else None
            yield self._counted(row_of(action, reason=recovered))

    def _may_repeat(self, action: Action, *, sent_now: bool) -> bool:
        if sent_now:
            return action.state is State.REFUSED and action.subject in self._passing
        return action.state is State.NOT_DONE

    def _take_rows_of(self, action: Action) -> None:
        """An earlier run's action ends here: the sheet rows that say the same have their line with it."""
        for row in self._inbox.rows(self._shop):
            if row.order_sn == action.subject and row.tracking_number == action.payload["tracking_number"]:
                self._inbox.take(row)

    # Rows

    def report_what_was_cut_off(self, stop: RpaError) -> Iterator[Row]:
        """The shop stops: what was to be shipped, and what was sent but not read back, needs a person."""
        for decision in self._undecided:
            yield self._row(decision, decision.reason or Reason.of(stop.code), decision.message or str(stop))
        for decision in list(self._to_ship.values()):
            yield self._ended(decision, Reason.of(stop.code), str(stop))
        for sn, row in self._again.items():
            yield self._row(Decision(order_sn=sn, order=None, row=row, shipment=None, reason=Reason.of(stop.code)))
        for action in self._once.open.values():
            self._take_rows_of(action)
            yield self._counted(row_of(action, reason=Reason.of(stop.code), message=f"sent, not read back yet: {stop}"))

    def _ended(
        self, decision: Decision, reason: Reason, message: str = "", *, evidence: Path | None = None
    ) -> Row:  # fmt: skip
        self._to_ship.pop(decision.order_sn, None)
        if reason is Reason.UNDER_AUDIT:
            decision = replace(decision, since=self._reading.now())
            remember_audits(self._run, [replace(decision.to_ship[0], audit=Mark.SET)], at=self._reading.now())
        folder = evidence.parent if evidence else None
        return self._counted(OrderRow.of(decision, reason=reason, message=message, evidence=folder))

    def _row(self, decision: Decision, reason: Reason | None = None, message: str = "") -> Row:
        return self._counted(OrderRow.of(decision, reason=reason, message=message))

    def _counted(self, row: OrderRow) -> Row:
        self._run.meter.advance()
        return row.cells()
