"""A batch of shipments: what one run of one shop has read, decided, sent and still has to read back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.gate.audits_seen import look_for_signs, remember_audits
from flows.gate.decide import decide, decide_found
from flows.gate.may_ship import refused_for
from flows.gate.rules import fingerprints, room_left, rules_of
from flows.inbox.inbox import Inbox
from flows.orders.api import ReadsOrders
from flows.orders.model import KIND, Decision, GoodOrBad, Mark, Order, SheetRow
from flows.orders.reasons import Reason
from flows.orders.report import OrderRow
from flows.shipping.api import Route, ShipsOrders
from flows.shipping.intents import IMPORT_FILE, REFUSED_FOR, look_at, row_of
from flows.shipping.lookups import LookUps
from rpa.errors import RpaError
from rpa.flow import Row
from rpa.language import Text
from rpa.ledger.actions import Seen, State
from rpa.ledger.details import told
from rpa.ledger.once import Look, Settled

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.ledger.actions import Action
    from rpa.run import Run


_SENT = Text(en="sent, not read back yet: {stop}", zh="已提交，尚未读回核对：{stop}")


class ShippingBatch:
    """One run's work. Every order read and every sheet row taken ends in exactly one row of the report."""

    def __init__(
        self,
        run: Run,
        *,
        look: Callable[[Sequence[Action]], tuple[dict[str, Look], set[str]]],
        routes: Callable[[ShippingBatch], Route],
    ) -> None:
        """`look`: how the site shows actions, and the files that it still works through.

        `routes`: the way on which this batch's orders go to the site.
        """
        self.run = run
        self.kind = KIND
        self.once = run.once(KIND, look=self._look)
        self.to_ship: dict[str, Decision] = {}
        self.for_dialog: set[str] = set()
        """Refused by an import for a reason that the dialog may know a way around."""
        self._run = run
        self._shop = run.shop.name
        self._inbox: Inbox = run.shared
        self._reading = run.office(ReadsOrders)
        self._shipping = run.office(ShipsOrders)
        self._undecided: deque[Decision] = deque()
        self._sent: dict[str, Decision] = {}
        self._passing: set[str] = set()
        """Refused by the site for a passing reason."""
        self._refused_for: dict[str, Reason] = {}
        self._again: dict[str, GoodOrBad | None] = {}
        """Proven not shipped, and not decided on since; with the row it was sent for."""
        self._tried_again: set[str] = set()
        self._look_at = look
        self._route = routes(self)

    # Reading and deciding

    def recover_unfinished(self) -> Iterator[Row]:
        """Before anything else: read back what earlier runs sent without seeing the end of it."""
        yield from self.end(self.once.recover())

    def read_pending_orders(self) -> list[Order]:
        """All pending orders, nearest ship-by first, less those that are being read back."""
        orders = [order for page in self._reading.pending() for order in page.orders]
        orders.sort(key=lambda order: (order.ship_by is None, order.ship_by, order.order_sn))
        look_for_signs(self._run, orders, at=self._reading.now())
        return [order for order in orders if order.order_sn not in self.once.open]

    def decide(self, orders: Sequence[Order], rows: Sequence[GoodOrBad] | None = None) -> None:
        """Decide on these orders, with the sheet rows that no shop has taken; the shop's limits are part of it."""
        changed = self._run.ledger.fingerprints.compare(self._shop, seen=fingerprints(orders))
        remember_audits(self._run, orders, at=self._reading.now())
        rows = self._inbox.rows(self._shop) if rows is None else rows
        rules = rules_of(
            self._run,
            now=self._reading.now(),
            changed=changed,
            orders=orders,
            rows=rows,
            accept_unusual=self._inbox.accept_unusual,
        )
        decisions = decide(orders, rows, rules=rules)
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
        return len(self.to_ship) + sum(decision.reason is None for decision in self._undecided)

    def report_skipped(self) -> Iterator[Row]:
        """A row for each decision with a reason against shipping; in a dry run for the others too."""
        while self._undecided:
            decision = self._undecided[0]
            reason = self._skip_reason(decision)
            self._undecided.popleft()
            if reason is None:
                self.to_ship[decision.order_sn] = decision
            else:
                yield self._row(decision, reason)

    def _skip_reason(self, decision: Decision) -> Reason | None:
        if decision.reason is None:
            return Reason.DRY_RUN if self._run.dry else None
        if decision.reason is Reason.UNKNOWN and self._site_shows_ours(decision.order_sn):
            return Reason.SAME_SHIPMENT
        return decision.reason

    def _site_shows_ours(self, order_sn: str) -> bool:
        """The list has it as pending, the ledger as shipped: look again, the list may be an old one."""
        action = self._run.ledger.actions.live(self._shop, kind=KIND, subjects=[order_sn]).get(order_sn)
        if action is None or action.state is not State.DONE:
            return False
        return look_at(action, self._shipping.read_back([order_sn]).get(order_sn)).seen is Seen.OURS

    def fetch_missing_orders(self) -> Iterator[Row]:
        """Sheet rows whose order is not pending: shipped already or closed; another shop's are left for that one.

        Of many, only so many are looked for in a run, see `LookUps`; the others wait for the next ones.
        """
        rows = [row for row in self._inbox.rows(self._shop) if isinstance(row, SheetRow)]
        rows = [row for row in rows if row.order_sn not in self.once.open]
        looking, pending = LookUps(self._run, rows), {}
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
        self.decide(list(pending.values()))
        yield from self.report_skipped()

    def _ended_row(self, row: SheetRow, ended: OrderRow) -> Row:
        """A row of the sheets that ends without its order having been decided on."""
        self._inbox.take(row)
        self._again.pop(row.order_sn, None)
        self._run.meter.add(1)
        return self._counted(ended)

    # Shipping

    def ship_all(self) -> Iterator[Row]:
        """Ship what was decided, each order by its way."""
        yield from self._route.ship_all()

    def sending(self, decisions: Iterable[Decision]) -> None:
        """These are about to be sent, as they stand here: from now on only the site can say what became of them."""
        for decision in decisions:
            del self.to_ship[decision.order_sn]
            self._sent[decision.order_sn] = decision

    def note_refusal(self, order_sn: str, *, words: str, passing: bool, for_dialog: bool = False) -> None:
        """What the site said of this order: its words, if it refused, and whether another try may end otherwise."""
        if passing or for_dialog:
            self._passing.add(order_sn)
        if for_dialog:
            self.for_dialog.add(order_sn)
        meant = refused_for(words, words=self._run.profile.words)
        if meant is not None:
            self._refused_for[order_sn] = meant

    def left(self, decision: Decision) -> Row:
        """The row of an order that may not be shipped any more; its decision says why."""
        return self.ended(decision, decision.reason or Reason.UNKNOWN, decision.message)

    # Reading back

    def read_back_all(self) -> Iterator[Row]:
        """Look at the site until every shipment sent is proven done, refused, not done, or needs a person."""
        yield from self.end(self.once.settle())

    def retry_unshipped(self) -> Iterator[Row]:
        """Once more: what was sent before this run, or in a file, and never arrived; what may not be refused again."""
        if not self._again:
            return
        found = self._reading.find(list(self._again))
        again, self._again = self._again, {}
        self._tried_again.update(again)
        rows = [row for row in (*again.values(), *self._inbox.rows(self._shop)) if row and row.order_sn in again]
        self.decide([order for order in found.values() if order.status == "pending"], rows)
        yield from self._end_no_longer_pending(found, again)
        yield from self.report_skipped()
        yield from self.ship_all()
        yield from self.read_back_all()

    def _end_no_longer_pending(
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
        looks, going = self._look_at(actions)
        unseen = [action for action in actions if looks[action.subject].seen is Seen.NOTHING]
        self.once.rest(action.subject for action in unseen if action.facts.get(IMPORT_FILE) in going)
        for sn in self._refused_for.keys() & looks.keys():
            looks[sn] = replace(looks[sn], facts={**looks[sn].facts, REFUSED_FOR: self._refused_for[sn].value})
        return looks

    def end(self, settled: Sequence[Settled]) -> Iterator[Row]:
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
            yield self._counted(row_of(told(action, language=self._run.language), reason=recovered))

    def _may_repeat(self, action: Action, *, sent_now: bool) -> bool:
        """What was sent before this run, or in a file, and never arrived; what was refused for a passing reason."""
        if sent_now and IMPORT_FILE not in action.facts:
            return action.state is State.REFUSED and action.subject in self._passing
        passing = action.state is State.REFUSED and sent_now and action.subject in self._passing
        return passing or action.state is State.NOT_DONE

    def _take_rows_of(self, action: Action) -> None:
        """An earlier run's action ends here: the sheet rows that say the same have their line with it."""
        for row in self._inbox.rows(self._shop):
            if row.order_sn == action.subject and row.tracking_number == action.payload["tracking_number"]:
                self._inbox.take(row)

    # Rows

    def report_interrupted(self, stop: RpaError) -> Iterator[Row]:
        """The shop stops: what was to be shipped, and what was sent but not read back, needs a person."""
        why = stop.in_words(self._run.language)
        for decision in self._undecided:
            yield self._row(decision, decision.reason or Reason.of(stop.code), decision.message or why)
        for decision in list(self.to_ship.values()):
            yield self.ended(decision, Reason.of(stop.code), why)
        for sn, row in self._again.items():
            yield self._row(Decision(order_sn=sn, order=None, row=row, shipment=None, reason=Reason.of(stop.code)))
        resting = self.once.resting
        for action in self.once.open.values():
            self._take_rows_of(action)
            reason = Reason.IMPORT_GOING if action in resting else Reason.of(stop.code)
            message = _SENT.of(self._run.language, stop=why)
            yield self._counted(row_of(action, reason=reason, message=message))

    def ended(self, decision: Decision, reason: Reason, message: str = "", *, evidence: Path | None = None) -> Row:
        """The row of an order that was to be shipped and ends here; `evidence` lies in the folder that it names."""
        self.to_ship.pop(decision.order_sn, None)
        order, now = decision.order, self._reading.now()
        if reason is Reason.UNDER_AUDIT and order is not None:
            decision = replace(decision, since=decision.since or now)
            remember_audits(self._run, [replace(order, audit=Mark.SET)], at=now)
        folder = evidence.parent if evidence else None
        return self._counted(OrderRow.of(decision, reason=reason, message=message, evidence=folder))

    def _row(self, decision: Decision, reason: Reason | None = None, message: str = "") -> Row:
        return self._counted(OrderRow.of(decision, reason=reason, message=message))

    def _counted(self, row: OrderRow) -> Row:
        self._run.meter.advance()
        return row.cells()
