"""A batch of settings: each that is expected ends in exactly one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from flows.orders.words import Couriers
from flows.procedure.batch import Batch
from flows.procedure.one_by_one import OneByOne
from flows.procedure.pace import pace_of
from flows.settings.api import KeepsSettings
from flows.settings.decide import compare_waybills, decide
from flows.settings.expected import ShopExpectations
from flows.settings.kind import ALSO_CHANGED, SetsSettings
from flows.settings.model import SettingDecision, closed_up
from flows.settings.report import WAYBILLS, SettingRow
from rpa.errors import NeedsPerson
from rpa.ledger.actions import Action, State

if TYPE_CHECKING:
    from rpa.errors import RpaError
    from rpa.flow import Row
    from rpa.ledger.once import Settled
    from rpa.run import Run


class AlsoChanged(NeedsPerson):
    """A setting was saved, and something else on its page is not as it was before."""

    code = "also_changed"


class SettingsBatch(Batch[SettingDecision]):
    """One run's work."""

    def __init__(self, run: Run) -> None:
        kind = SetsSettings(run)
        super().__init__(kind, route=lambda once: OneByOne(kind, once, pace=pace_of(run)))
        self._applies: bool = run.options.apply
        self._expected = run.shop.settings(ShopExpectations).told
        self._couriers = run.profile.section(Couriers).table
        self._site = run.office(KeepsSettings)
        self._left = self._expected.values
        """What is expected of settings that can be set, and has not been decided on."""
        self._waybills = list(self._expected.waybills)
        """The accounts that have not been compared."""

    def compare_waybills(self) -> Iterator[Row]:
        """A row for each account that is expected; nothing is ever changed there."""
        if not self._waybills:
            return
        listed = self._site.waybills()
        self.run.meter.add(len(self._waybills))
        while self._waybills:
            expected = self._waybills.pop(0)
            least = self._expected.least(expected)
            yield self.counted(compare_waybills(expected, listed, least=least, couriers=self._couriers).cells())

    def decide(self) -> None:
        """Read the settings that are expected, less those being read back, and decide on each."""
        self._decide([name for name in self._left if name not in self.once.open_subjects])

    def _decide(self, names: Iterable[str]) -> None:
        live = self.run.ledger.actions.live(self.run.shop.name, kind=self.kind.name, subjects=self._left)
        for name in [name for name in names if name in self._left]:
            setting = self._site.setting(name)
            decision = decide(
                setting,
                self._left[name],
                live=live.get((name, "")),
                applies=self._applies,
                couriers=self._couriers,
            )
            del self._left[name]
            self.take([decision])

    def decide_again(self, again: Mapping[str, SettingDecision | None]) -> Iterator[Row]:
        """Those that are expected; what an earlier run set and nobody expects any more ends here."""
        self._left |= {name: decision.wanted for name, decision in again.items() if decision is not None}
        latest = self.run.ledger.actions.latest(self.run.shop.name, kind=self.kind.name, subjects=again)
        for name in [name for name in again if name not in self._left]:
            yield self.ended_again(name, self.kind.row_of(latest[name, ""]))
        self._decide(list(again))

    def report_again(self, again: Mapping[str, SettingDecision | None], *, code: str) -> Iterator[Row]:
        """Each as it was expected."""
        for name, decision in again.items():
            told = decision or SettingDecision(subject=name, wanted=self._left.pop(name, ""))
            yield self.counted(self.kind.row(told, self.kind.reason(code)))

    def ended_elsewhere(self, action: Action) -> None:
        """What is expected is what this action has set: its row is the setting's."""
        expected = closed_up(self._left.get(action.subject, ""))
        if expected in {action.payload["value"], closed_up(str(action.facts.get("wanted")))}:
            del self._left[action.subject]

    def end(self, settled: Iterable[Settled]) -> Iterator[Row]:
        """The rows of what was read back. Raises AlsoChanged when a page shows anything else otherwise than before."""
        ended = list(settled)
        yield from super().end(ended)
        for action in [each.action for each in ended if each.action.state is State.CONFLICT]:
            if changed := action.facts.get(ALSO_CHANGED):
                raise AlsoChanged(f"{action.subject}: {changed}")

    def report_interrupted(self, stop: RpaError) -> Iterator[Row]:
        """Also what was not looked at."""
        yield from super().report_interrupted(stop)
        why, reason = stop.in_words(self.run.language), self.kind.reason(stop.code)
        for name, wanted in self._left.items():
            yield self.counted(self.kind.row(SettingDecision(subject=name, wanted=wanted), reason, message=why))
        for each in self._waybills:
            row = SettingRow(
                subject_kind=WAYBILLS, subject=each.name, outcome=reason.outcome, reason=reason, message=why
            )
            yield self.counted(row.cells())
