"""The dialog route: order by order through the list's dialog, each read back before many are open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.gate.rules import held_meanwhile
from flows.orders.api import ReadsOrders
from flows.orders.reasons import Reason
from flows.orders.report import in_words
from flows.shipping.api import ShipForm, ShipsOrders
from flows.shipping.intents import intent_of
from rpa.clock import Moment
from rpa.errors import AlreadyDone, InDoubt, Refused, Stopped, TooManyDoubts
from rpa.ledger.once import Reply

if TYPE_CHECKING:
    from flows.orders.model import Decision
    from flows.shipping.batch import ShippingBatch
    from rpa.flow import Row

_MOST_DOUBTS = 3
_FORM_STALE_S = 10.0


class DialogRoute:
    """The batch's orders, one dialog each."""

    def __init__(self, batch: ShippingBatch) -> None:
        self._batch = batch
        self._run = batch.run
        self._shipping = batch.run.office(ShipsOrders)
        self._reading = batch.run.office(ReadsOrders)
        self._doubts = 0

    def ship(self, order_sns: Sequence[str]) -> Iterator[Row]:
        """Ship these, one by one; read back whenever the bound is reached."""
        for sn in order_sns:
            if self._run.stopping():
                raise Stopped
            if self._batch.once.full:
                yield from self._batch.end(self._batch.once.read_back())
            yield from self._ship(self._batch.to_ship[sn])
            if self._doubts >= _MOST_DOUBTS:
                message = f"{_MOST_DOUBTS} orders in a row ended in doubt; look at the shop, then run again."
                raise TooManyDoubts(message)

    def _ship(self, decision: Decision) -> Iterator[Row]:
        batch = self._batch
        try:
            form = self._filled_form(decision)
        except Refused as refused:
            self._doubts = 0
            yield batch.ended(decision, Reason.of(refused.reason), str(refused), evidence=refused.evidence)
        except InDoubt as doubt:
            self._doubts += 1
            yield batch.ended(decision, Reason.of(doubt.reason), str(doubt), evidence=doubt.evidence)
        else:
            held = held_meanwhile(self._run, decision.to_ship[0], now=self._reading.now())
            if form is None:
                yield batch.ended(decision, Reason.SAID_NO)
            elif held is not None:
                form.leave()
                yield batch.ended(replace(decision, since=held.since), held.reason, held.message)
            else:
                yield from self._send(decision, form)

    def _filled_form(self, decision: Decision) -> ShipForm | None:
        """The form, ready to be sent; None when the person watching said no. One that waited long is filled in anew."""
        form = self._shipping.fill_in(decision)
        asked = Moment.of(self._run.clock)
        if not self._run.person.agrees(in_words(decision, language=self._run.language)):
            form.leave()
            return None
        if asked.age_s(self._run.clock) > _FORM_STALE_S:
            form.leave()
            return self._shipping.fill_in(decision)
        return form

    def _send(self, decision: Decision, form: ShipForm) -> Iterator[Row]:
        sn = decision.order_sn

        def click() -> Reply:
            self._batch.sending([decision])
            said = form.send()
            self._batch.note_refusal(sn, words=said.words if said.accepted is False else "", passing=said.repeatable)
            return Reply(accepted=said.accepted, words=said.words)

        try:
            reply = self._batch.once.act(intent_of(decision, evidence=form.evidence), click)
        except AlreadyDone as already:
            form.leave()
            yield self._batch.ended(decision, Reason.UNKNOWN, str(already))
            return
        except InDoubt:
            reply = Reply(accepted=None)
        if reply.accepted:
            self._doubts = 0
            return
        yield from self._batch.end(self._batch.once.read_back())
        self._doubts = self._doubts + 1 if sn in self._batch.once.open else 0
