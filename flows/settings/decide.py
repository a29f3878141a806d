"""What is to be said, or done, about one expected setting. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.settings.model import Setting, SettingDecision, Waybills, closed_up
from flows.settings.reasons import SettingReason
from flows.settings.report import WAYBILLS, SettingRow
from rpa.ledger.actions import Action, State

if TYPE_CHECKING:
    from flows.orders.couriers import CourierTable
    from flows.orders.reasons import Coded
    from flows.settings.expected import ExpectedWaybills

NOT_TOLD = "–"


def decide(
    setting: Setting, wanted: str, *, live: Action | None, applies: bool, couriers: CourierTable
) -> SettingDecision:
    """What is to happen to this setting; `live`: what the ledger has of it, `applies`: whether it may be set."""
    decision = SettingDecision(subject=setting.name, wanted=wanted, setting=setting)
    if setting.doubt is not None:
        return replace(decision, reason=SettingReason.SOURCES_DISAGREE, message=setting.doubt)
    meant = setting.meant(_named(wanted, couriers))
    if len(meant) != 1 or (setting.offered and meant[0] not in setting.offered):
        return replace(decision, reason=SettingReason.NO_SUCH_VALUE, message=" / ".join(map(setting.text, meant)))
    decision = replace(decision, value=meant[0])
    is_there = setting.value == decision.value
    if not applies:
        return replace(decision, reason=SettingReason.AS_EXPECTED if is_there else SettingReason.DIFFERS)
    if live is not None and live.state is not State.DONE:
        return replace(decision, reason=SettingReason.UNKNOWN, message=f"{live.state.value}, run {live.run_id}")
    if is_there:
        return replace(decision, reason=SettingReason.ALREADY_THERE)
    if live is not None and live.payload["value"] == decision.value:
        return replace(decision, reason=SettingReason.CHANGED_BY_ANOTHER)
    return decision


def compare_waybills(
    expected: ExpectedWaybills, listed: Sequence[Waybills], *, least: int | None, couriers: CourierTable
) -> SettingRow:
    """The row of an expected account; `least`: so many waybills must be left, None: any number will do."""
    found = [each for each in listed if _is_meant(expected, each, couriers)]
    doubts = [each.doubt for each in (found or listed) if each.doubt is not None]
    wanted = "" if least is None else f"≥ {least}"
    if doubts:
        return _row(expected.name, SettingReason.SOURCES_DISAGREE, message="; ".join(dict.fromkeys(doubts)))
    if len(found) != 1:
        message = " / ".join(each.name for each in found)
        return _row(expected.name, SettingReason.NO_SUCH_OUTLET, message=message, wanted=wanted)
    [there] = found
    shown = NOT_TOLD if there.balance is None else str(there.balance)
    return _row(there.name, _judged(there, least), wanted=wanted, shown=shown)


def _judged(there: Waybills, least: int | None) -> SettingReason:
    if not there.bound:
        return SettingReason.NOT_BOUND
    if there.balance is None:
        return SettingReason.BALANCE_NOT_TOLD
    if least is not None and there.balance < least:
        return SettingReason.BALANCE_LOW
    return SettingReason.AS_EXPECTED


def _is_meant(expected: ExpectedWaybills, there: Waybills, couriers: CourierTable) -> bool:
    outlet = closed_up(expected.outlet)
    named = not outlet or outlet in {closed_up(there.outlet), closed_up(there.code)}
    return named and _named(expected.courier, couriers) == there.courier


def _named(wanted: str, couriers: CourierTable) -> str:
    """The courier's name on the site, where this is a courier."""
    courier = couriers.named(wanted)
    return wanted.strip() if courier is None else courier.name


def _row(subject: str, reason: Coded, *, message: str = "", wanted: str = "", shown: str = "") -> SettingRow:
    return SettingRow(
        subject_kind=WAYBILLS,
        subject=subject,
        outcome=reason.outcome,
        reason=reason,
        message=message,
        wanted=wanted,
        shown=shown,
    )
