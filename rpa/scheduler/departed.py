"""What stands open of shops and flows that left rpa.toml: no run will ever close it, so it is closed here."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from rpa.discovery import flows

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.incidents import Incident
    from rpa.ledger.ledger import Ledger

_OF_ENTRIES: Final = ("scheduler:start:", "scheduler:plan:")
"""How the causes of incidents begin that name an entry of the schedule."""
_LOOKED_AT = 100
"""So many planned runs before an incident are asked whether they were its flow's."""


def close_departed(config: Config, ledger: Ledger) -> int:
    """Close incidents of shops, flows and entries that are gone, and remove lines and alarms of such shops and flows.

    Gives how many incidents were closed. Holds stay: a shop that comes back must find them. A flow that is no longer
    scheduled in a shop keeps its lines there: its orders are still to be dealt with.
    """
    known = flows()
    gone = [each for each in ledger.open_incidents() if _is_gone(each, config=config, ledger=ledger, known=known)]
    for incident in gone:
        ledger.close_incident(incident.shop, cause=incident.cause)
    ledger.forget_others(shops=config.known, flows=known)
    return len(gone)


def _is_gone(incident: Incident, *, config: Config, ledger: Ledger, known: Collection[str]) -> bool:
    if incident.shop and incident.shop not in config.known:
        return True
    if incident.cause.startswith(_OF_ENTRIES):
        return incident.cause.split(":", 2)[2] not in {entry.name for entry in config.schedule}
    _, colon, flow = incident.cause.partition(":")
    if not incident.shop or not colon or incident.cause.startswith("scheduler:"):
        return False
    return flow not in known or _was_unscheduled(flow, incident, config=config, ledger=ledger)


def _was_unscheduled(flow: str, incident: Incident, *, config: Config, ledger: Ledger) -> bool:
    """Whether it was the schedule that ran the flow in this shop, and does no more. By hand it may run at any time."""
    if any(
        entry.flow == flow and incident.shop in {shop.name for shop in config.meant(entry.shops)}
        for entry in config.schedule
    ):
        return False
    before = ledger.planned_runs(shop=incident.shop, until=incident.last_seen_at, limit=_LOOKED_AT)
    return any(run.flow == flow and run.started_at for run in before)
