"""The kind "setting": a setting of the shop is what is expected, and nothing else on its page has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from flows.orders.reasons import Reason
from flows.procedure.batch import REFUSED_FOR
from flows.procedure.form_fields import HELD
from flows.procedure.kind import AlreadyThere, Kind, Step
from flows.procedure.reasons import reason_of
from flows.settings.api import KeepsSettings
from flows.settings.model import KIND, Setting, SettingDecision
from flows.settings.reasons import SettingReason
from flows.settings.report import SettingRow
from rpa.errors import InDoubt, Refused
from rpa.ledger.actions import Action, Intent, Key, Seen, State
from rpa.ledger.details import told
from rpa.ledger.once import Look

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flows.orders.reasons import Coded
    from flows.procedure.api import Values
    from rpa.flow import Row

READ: Final = "setting"
"""Where the values of a page have the setting that it shows."""
ALSO_CHANGED: Final = "also_changed"
"""The fact of an action after which something else on the page was not as before: what, in words."""
_ENDS = {
    State.DONE: SettingReason.SET,
    State.REFUSED: SettingReason.SITE_REFUSED,
    State.NOT_DONE: SettingReason.NOT_DONE,
    State.CONFLICT: SettingReason.CONFLICT,
}


class SetStep(Step[SettingDecision]):
    """The click that saves: the page is still as it was read, and the form changes nothing else."""

    def check_row(self, decision: SettingDecision, row: Values) -> None:
        """The page as it was read, or the setting as it is wanted already."""
        now: Setting = row[READ]
        if now.doubt is not None:
            raise InDoubt(now.doubt, reason=Reason.SOURCES_DISAGREE)
        if now.value == decision.value:
            raise AlreadyThere
        before = decision.read
        if now.value != before.value:
            message = f"{before.text(before.value)} → {now.text(now.value)}"
            raise Refused(message, reason=SettingReason.CHANGED_MEANWHILE)
        if changed := now.changes(before.others):
            raise Refused(changed, reason=SettingReason.CHANGED_MEANWHILE)

    def check_told(self, decision: SettingDecision, told: Values) -> None:
        """What the page was answered of what is to be saved, as it was read."""
        expected = decision.read.told(decision.value)
        differing = [f"{name}: {was} → {told.get(name)}" for name, was in expected.items() if told.get(name, "") != was]
        if differing or not expected:
            raise Refused("; ".join(differing) or "nothing was told", reason=SettingReason.CHANGED_MEANWHILE)

    def check_form(self, decision: SettingDecision, shown: Values, *, told: Values) -> None:
        """The form shows what is saved, or names what it would choose."""
        del decision
        _refuse_differing(shown, told)

    def check_filled(self, decision: SettingDecision, shown: Values, *, told: Values) -> None:
        """The form shows what is wanted, and everything else as it is saved."""
        wanted = {decision.subject: decision.value} if decision.subject in shown else {}
        _refuse_differing(shown, {**told, **wanted})


def _refuse_differing(shown: Values, expected: Values) -> None:
    """Raise InDoubt unless each field of the form reads as expected."""
    fields = [name for name in shown if name != HELD]
    differing = [f"{name} reads {shown[name]!r}" for name in fields if shown[name] != expected.get(name)]
    if differing or not fields:
        raise InDoubt("; ".join(differing) or "the form shows nothing", reason=Reason.ROW_MISMATCH)


class SetsSettings(Kind[SettingDecision]):
    """Setting a shop's settings, in one run."""

    name = KIND
    supersedes = True

    def now(self) -> datetime:
        """The site's clock."""
        return self.run.office(KeepsSettings).now()

    def steps(self) -> Sequence[SetStep]:
        """One click."""
        return [SetStep(self.run.office(KeepsSettings))]

    def question(self, decision: SettingDecision) -> str:
        """The setting, what it is and what it is to be."""
        setting = decision.read
        return f"{decision.subject} · {setting.text(setting.value) or '–'} → {setting.text(decision.value)}"

    def held_meanwhile(self, decision: SettingDecision) -> SettingDecision | None:
        """Nothing holds a setting."""
        del decision
        return None

    def intent(self, decision: SettingDecision, *, part: str, evidence: Path | None) -> Intent:
        """What is to be shown, and all that the page showed before."""
        setting = decision.read
        facts: dict[str, object] = {
            "value_before": setting.value,
            "others_before": dict(setting.others),
            "wanted": decision.wanted,
            "shown": setting.text(setting.value),
            "evidence": str(evidence.parent) if evidence else "",
        }
        return Intent(subject=decision.subject, part=part, payload={"value": decision.value}, facts=facts)

    def looks(self, actions: Sequence[Action]) -> Mapping[Key, Look]:
        """As the pages and their data show the settings."""
        office = self.run.office(KeepsSettings)
        return {action.key: look_at(action, office.setting(action.subject)) for action in actions}

    def reason(self, code: str) -> Coded:
        """The reasons of settings, and of orders where those have none."""
        return reason_of(code, own=SettingReason)

    def row(
        self,
        decision: SettingDecision,
        reason: Coded,
        *,
        message: str = "",
        part: str = "",
        evidence: Path | None = None,
    ) -> Row:
        """The row of a setting that was not set."""
        del part
        return SettingRow.of(decision, reason=reason, message=message, evidence=evidence).cells()

    def row_of(self, action: Action, *, reason: Coded | None = None, message: str = "") -> Row:
        """The row of a setting that was set, or may be."""
        return row_of(told(action, language=self.run.language), reason=reason, message=message).cells()


def row_of(action: Action, *, reason: Coded | None = None, message: str = "") -> SettingRow:
    """The report's row of an action: how it ended, or the reason given while it has not."""
    changed = str(action.facts.get(ALSO_CHANGED, ""))
    return SettingRow.of_action(action, reason=reason or _ended(action), message=message or changed or action.detail)


def _ended(action: Action) -> Coded:
    if action.state is State.REFUSED and action.facts.get(REFUSED_FOR):
        return reason_of(str(action.facts[REFUSED_FOR]), own=SettingReason)
    if action.state is State.CONFLICT and action.facts.get(ALSO_CHANGED):
        return SettingReason.ALSO_CHANGED
    return _ENDS.get(action.state, SettingReason.UNKNOWN)


def look_at(action: Action, now: Setting) -> Look:
    """What the setting, read afresh, says of this action."""
    if now.doubt is not None:
        return Look(seen=Seen.UNREADABLE, detail=now.doubt)
    before: Any = action.facts.get("others_before", {})
    changed = now.changes(before)
    if now.value == action.payload["value"]:
        if changed:
            return Look(seen=Seen.OTHER, detail=changed, facts={ALSO_CHANGED: changed})
        return Look(seen=Seen.OURS)
    if now.value == action.facts.get("value_before"):
        return Look(seen=Seen.NOTHING)
    return Look(seen=Seen.OTHER, detail=f"the site shows {now.text(now.value) or '–'}")
