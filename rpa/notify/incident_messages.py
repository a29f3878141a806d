"""Messages about incidents: what is new, what is still open, what is over. Called all the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rpa.language import Language, Text
from rpa.ledger.incidents import Severity
from rpa.log import speak
from rpa.monitoring.reasons import ReasonCatalog
from rpa.notify.policy import MEMORY, Kind, Telling, due_now
from rpa.notify.wording import CHANNEL, Words, message

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.incidents import Incident
    from rpa.ledger.ledger import Ledger
    from rpa.notify.channels import Notifier, Outlet

_FAILS = Text(
    en="Messages to the notification channel {channel} do not arrive: {problem}",
    zh="通知渠道 {channel} 的消息发送失败：{problem}",
)

_SAID = Text(en="{words}", zh="{words}")


def tell(config: Config, ledger: Ledger, notifier: Notifier, now: datetime | None = None) -> int:
    """Send what is due now to the channels that want it; gives how many messages were taken.

    An incident that no channel takes stays due; what others took, a channel that failed gets when it works again. Its
    failure is an incident of its own, which is not told through it. `now` None: the present moment.
    """
    moment = now or config.clock.now()
    sent = sum(outlet.catch_up() for outlet in notifier.outlets)
    note_channels(ledger, notifier=notifier, language=config.language)
    tellings = due_now(
        ledger.open_incidents(),
        closed=_ended_lately(ledger, now=moment),
        told=ledger.told_since(moment - MEMORY),
        now=moment,
    )
    if not tellings or not notifier.outlets:
        return sent
    words = Words(language=config.language, shops=config.known, vocabulary=ReasonCatalog.of_flows())
    sent += sum(_tell(telling, ledger=ledger, notifier=notifier, words=words) for telling in tellings)
    note_channels(ledger, notifier=notifier, language=config.language)
    return sent


def note_channels(ledger: Ledger, *, notifier: Notifier, language: Language) -> None:
    """Open and log an incident for each channel that failed since this was called last; close those of working ones.

    An incident of a channel that is not configured any more is closed too.
    """
    for outlet in notifier.outlets:
        if outlet.noted:
            continue
        if outlet.failure is None:
            ledger.close_incident("", cause=cause_of(outlet.name))
        else:
            fails = _FAILS.with_words(channel=outlet.name, problem=outlet.failure.problem)
            speak("WARNING", _SAID, words=fails)
            problem = fails.of(language)
            ledger.incident("", cause=cause_of(outlet.name), message=problem, severity=Severity.WARNING)
        outlet.noted = True
    known = {cause_of(outlet.name) for outlet in notifier.outlets}
    for incident in ledger.open_incidents(""):
        if incident.cause.startswith(f"{CHANNEL}:") and incident.cause not in known:
            ledger.close_incident("", cause=incident.cause)


def cause_of(channel: str) -> str:
    """The cause of the incident that this channel fails."""
    return f"{CHANNEL}:{channel}"


def _tell(telling: Telling, *, ledger: Ledger, notifier: Notifier, words: Words) -> int:
    missed: list[tuple[Outlet, list[Incident]]] = []
    sent, reached = 0, set[int]()
    for outlet in notifier.outlets:
        mine = [each for each in telling.incidents if outlet in _takers(each, notifier=notifier)]
        if not mine:
            continue
        if outlet.deliver(message(replace(telling, incidents=tuple(mine)), words=words)) is None:
            sent += 1
            reached.update(each.id for each in mine)
        else:
            missed.append((outlet, mine))
    for outlet, mine in missed:
        others_have = tuple(each for each in mine if each.id in reached)
        if others_have:
            outlet.keep(message(replace(telling, incidents=others_have), words=words))
    _remember([each for each in telling.incidents if each.id in reached], kind=telling.kind, ledger=ledger)
    return sent


def _takers(incident: Incident, *, notifier: Notifier) -> Sequence[Outlet]:
    code, _, channel = incident.cause.partition(":")
    but = channel if code == CHANNEL else ""
    return notifier.wanting(shop=incident.shop or None, severity=incident.severity, but=but)


def _remember(told: Sequence[Incident], *, kind: Kind, ledger: Ledger) -> None:
    for incident in told:
        if kind is Kind.SOLVED:
            ledger.told_closed(incident)
        else:
            ledger.told(incident)


def _ended_lately(ledger: Ledger, *, now: datetime) -> list[Incident]:
    """What is over and was told; an end that no channel took for a day is no news any more."""
    lately: list[Incident] = []
    for incident in ledger.closed_and_told():
        if incident.closed_at is not None and now - incident.closed_at < MEMORY:
            lately.append(incident)
        else:
            ledger.told_closed(incident)
    return lately
