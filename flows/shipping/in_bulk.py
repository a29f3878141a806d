"""Orders that are shipped with one click: what every form of that checks before, and tells after."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, TypeVar

from flows.gate.may_ship import refused_for
from flows.gate.rules import held_meanwhile_of
from flows.orders.model import Decision, How
from flows.orders.reasons import Reason
from flows.procedure.api import Left, Result
from flows.procedure.batch import REFUSED_FOR
from flows.procedure.in_bulk import InBulk, Package, Reread
from flows.shipping.intents import REFUSED_LASTINGLY, by_entry, is_refused_lastingly
from flows.shipping.postcheck import tell_what_changed
from flows.shipping.recheck import read_again
from flows.shipping.together import refuse_going
from rpa.language import Text
from rpa.ledger.actions import Seen, State
from rpa.ledger.once import Look

if TYPE_CHECKING:
    from rpa.language import Language
    from rpa.ledger.once import Settled
    from rpa.run import Run

P = TypeVar("P", bound=Package[Decision])

_NOT_AGAIN = Text(
    en="{before}; not sent again with others: correct the sheet, or use --by dialog",
    zh="{before}；不再批量提交：请改正表格，或加 --by dialog 运行",
)
_WINDOW = Text(
    en="marks read {read_at:%H:%M:%S}, sent {sent_at:%H:%M:%S}",
    zh="标记读取于 {read_at:%H:%M:%S}，提交于 {sent_at:%H:%M:%S}",
)
_REFUSED = Text(en="{words}; {window}", zh="{words}；{window}")


class ShipsInBulk(InBulk[Decision, P]):
    """The batch's orders, many with one click."""

    how: ClassVar[How]
    """The entry through which they go."""

    def act(self, decisions: Sequence[Decision]) -> Iterator[Result[Decision]]:
        """Ship these, many at a time, less those that the site has refused before and would refuse again."""
        refused = list(self._refused_before(decisions))
        yield from refused
        again = {left.decision.order_sn for left in refused}
        yield from super().act([decision for decision in decisions if decision.order_sn not in again])

    def _refused_before(self, decisions: Sequence[Decision]) -> Iterator[Left[Decision]]:
        """Those refused among others before, as long as the sheet says the same."""
        run, by_number = self.run, {decision.order_sn: decision for decision in decisions}
        latest = run.ledger.actions.latest(run.shop.name, kind=self.kind.name, subjects=by_number)
        for (order_sn, _), action in latest.items():
            decision = by_number[order_sn]
            if is_refused_lastingly(action, decision):
                message = _NOT_AGAIN.of(run.language, before=action.detail)
                reason = Reason.of(str(action.facts.get(REFUSED_FOR, Reason.SITE_REFUSED)))
                yield Left(decision=by_entry(decision, self.how), reason=reason, message=message)

    def chosen(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """Those that go together. Raises StillGoing while the site works through earlier ones."""
        refuse_going(self.once)
        return self.first_together(decisions)

    @abstractmethod
    def first_together(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """The first of these that go together."""

    def read_again(self, decisions: Sequence[Decision]) -> Reread[Decision]:
        """From the top of the list, by the same gate."""
        return read_again(self.run, decisions)

    def is_held(self, package: P) -> bool:
        """A hold, or a notice, that came since."""
        orders = [decision.to_ship[0] for decision in package.decisions]
        return bool(held_meanwhile_of(self.run, orders, now=self.kind.now()))

    def note_ended(self, package: P, settled: Sequence[Settled]) -> None:
        """Tell what changed, at the click, of the orders that it shipped."""
        orders = {decision.order_sn: decision.to_ship[0] for decision in package.decisions}
        shipped = [each.action.subject for each in settled if each.action.state is State.DONE]
        tell_what_changed(self.run, {sn: orders[sn] for sn in shipped if sn in orders})


def window_of(*, read_at: datetime, sent_at: datetime, language: Language) -> str:
    """When the marks were read, and when it was sent: what changed in between could not be seen."""
    return _WINDOW.of(language, read_at=read_at, sent_at=sent_at)


def look_at_refused(run: Run, words: str, *, meant: Reason | None, lasting: bool, window: str) -> Look:
    """A refusal that is certain, as a look at its order; `meant`: what its words stand for beside the signs of orders.

    `lasting`: the same row would be refused again.
    """
    meant = meant or refused_for(words, words=run.profile.words)
    facts = {**({REFUSED_FOR: meant.value} if meant else {}), **({REFUSED_LASTINGLY: True} if lasting else {})}
    return Look(seen=Seen.REFUSED, detail=_REFUSED.of(run.language, words=words, window=window), facts=facts)
