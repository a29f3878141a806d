"""Status as the JSON document that scripts read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from rpa.language import Language, Text

if TYPE_CHECKING:
    from rpa.ledger.incidents import Incident
    from rpa.ledger.plans import PlannedRun
    from rpa.monitoring.health import SchedulerHealth
    from rpa.monitoring.shops import ShopState

SCHEMA_VERSION: Final = 1


def document(
    states: Sequence[ShopState],
    *,
    scheduler: SchedulerHealth,
    program: Iterable[Incident],
    complaint: Text | None,
    language: Language,
    now: datetime,
) -> dict[str, Any]:
    """Everything that is known, by shop. `complaint`: why somebody should look now."""
    return {
        "schema_version": SCHEMA_VERSION,
        "at": now.isoformat(),
        "ok": complaint is None,
        "complaint": complaint.of(language) if complaint else None,
        "scheduler": _scheduler(scheduler),
        "incidents": [_incident(each) for each in program],
        "shops": {state.name: _shop(state, language=language) for state in states},
    }


def _scheduler(scheduler: SchedulerHealth) -> dict[str, Any]:
    beat = scheduler.heartbeat
    return {
        "wanted": scheduler.wanted,
        "alive": scheduler.alive,
        "between_calls": scheduler.between_calls,
        "beat_at": _iso(beat.beat_at) if beat else None,
        "age_s": scheduler.age and scheduler.age.total_seconds(),
        "next_due_at": _iso(beat.next_due_at) if beat else None,
        "host": beat and beat.host,
        "pid": beat and beat.pid,
        "overdue": [_planned(each) for each in scheduler.late],
    }


def _shop(state: ShopState, *, language: Language) -> dict[str, Any]:
    pause, login, forecast = state.pause, state.login, state.forecast
    return {
        "mall_name": state.shop.mall_name,
        "problem": state.problem and state.problem.of(language),
        "condition": state.condition.name.lower(),
        "down": state.down,
        "preview": state.preview,
        "paused": pause and {"by": pause.by, "reason": pause.reason, "since": _iso(pause.since)},
        "last_run": state.last
        and {
            "flow": state.last.flow,
            "started_at": _iso(state.last.started_at),
            "state": state.last.state.value,
            "outcomes": dict(state.last.counts),
        },
        "kicked": state.kick and {"noticed_in": state.kick.shop, "since": _iso(state.kick.since)},
        "failed_in_a_row": state.failed_in_a_row,
        "next_run": state.next and _planned(state.next),
        "lost_runs": [_planned(each) for each in state.lost],
        "pending": len(state.backlog.pending),
        "held": len(state.backlog.held),
        "due_within_24h": state.near,
        "first_ship_by": _iso(state.backlog.first_deadline),
        "login": login and {"kept_at": _iso(login.kept_at), "ends_at": _iso(login.ends_at)},
        "incidents": [_incident(each) for each in state.incidents],
        "forecast": forecast
        and {
            "shipped_last_24h": forecast.delivered,
            "per_hour": round(forecast.per_hour, 2),
            "waiting": forecast.waiting,
            "missed": forecast.missed,
            "first_missed": _iso(forecast.first),
        },
    }


def _planned(planned: PlannedRun) -> dict[str, Any]:
    return {
        "entry": planned.entry,
        "flow": planned.flow,
        "shop": planned.shop,
        "planned_at": _iso(planned.planned_at),
        "due_at": _iso(planned.due_at),
        "state": planned.state.value,
        "reason": planned.reason,
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "cause": incident.cause,
        "message": incident.message,
        "severity": incident.severity.value,
        "opened_at": _iso(incident.opened_at),
        "last_seen_at": _iso(incident.last_seen_at),
        "times_seen": incident.times_seen,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
