"""Follow-up of a run for people who did not watch: open subjects, incidents, the end of the login."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rpa.errors import ChallengeShown, KickedOut, LoginNeeded, RateLimited, RpaError, Stopped, WrongShop, WrongSite
from rpa.report.columns import RUN_COLUMNS
from rpa.report.tables import read_rows

if TYPE_CHECKING:
    from rpa.flow import Flow
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.open_items import Finding
    from rpa.report.columns import Layout, Row
    from rpa.report.results import Incident, ShopResult

OF_THE_SHOP: Final = frozenset(
    error.code for error in (LoginNeeded, ChallengeShown, KickedOut, WrongShop, WrongSite, RateLimited)
)
"""What stops every flow of a shop alike: one incident, whichever flow met it."""

AT_ONCE: Final = frozenset(
    error.code for error in (LoginNeeded, ChallengeShown, KickedOut, WrongShop, WrongSite, RpaError)
)
"""What no later run gets over by itself."""

_TOLD_ELSEWHERE: Final = frozenset({*(column.key for column in RUN_COLUMNS), "outcome", "reason", "message"})


def keep_findings(ledger: Ledger, result: ShopResult, *, flow: Flow, whole: bool, stop: Incident | None) -> None:
    """Keep how a run left its subjects, in place of what the same family of reports said of them before.

    `whole`: the run has looked at everything; what its report does not name is over. Of what it did not come to look
    at (its reason is the code of the stop, or the layout says so) the earlier finding stays.
    """
    if result.files is None:
        return
    layout = flow.report.layout
    unseen = layout.unseen if stop is None else layout.unseen | {stop.cause}
    rows = (_finding(row, layout=layout, unseen=unseen) for row in read_rows(result.files.csv))
    ledger.stand(
        result.shop,
        report=flow.report.name.en,
        flow=flow.name,
        run_id=result.run_id,
        rows=rows,
        whole=whole,
        reads_only=not flow.writes,
    )


def _finding(row: Row, *, layout: Layout, unseen: Collection[str]) -> Finding:
    from rpa.ledger.open_items import Finding  # brings the database, which is loaded while the browser starts

    reason = row.get("reason", "")
    return Finding(
        subject=row.get(layout.subject, ""),
        outcome=row.get("outcome", ""),
        reason=reason,
        message=row.get("message", ""),
        deadline=layout.moment(row),
        facts=dict(_facts(row, layout=layout)),
        looked=reason not in unseen,
    )


def _facts(row: Row, *, layout: Layout) -> Iterator[tuple[str, str]]:
    for key, cell in row.items():
        if cell and key not in _TOLD_ELSEWHERE and key not in {layout.subject, layout.deadline}:
            yield key, cell


def keep_ending(ledger: Ledger, shop: str, *, flow: str, stop: Incident | None) -> None:
    """Open an incident for what stopped a run; a run that was not stopped (None) closes those that it proves over."""
    from rpa.ledger.incidents import Severity  # as above

    if stop is None:
        for incident in ledger.open_incidents(shop):
            if incident.cause in OF_THE_SHOP or incident.cause.endswith(f":{flow}"):
                ledger.close_incident(shop, cause=incident.cause)
    elif stop.cause != Stopped.code:
        cause = stop.cause if stop.cause in OF_THE_SHOP else f"{stop.cause}:{flow}"
        severity = Severity.CRITICAL if stop.cause in AT_ONCE else Severity.WARNING
        ledger.incident(shop, cause=cause, message=stop.message, severity=severity)


def keep_login(ledger: Ledger, shop: str, *, state: bytes | None, cookies: Collection[str], now: datetime) -> None:
    """Keep until when the saved login state lasts, or that there is none any more (None)."""
    if state is None:
        ledger.forget_login(shop)
    else:
        ledger.keep_login(shop, ends_at=login_ends(state, cookies=cookies, now=now))


def login_ends(state: bytes, *, cookies: Collection[str], now: datetime) -> datetime | None:
    """When the first of these cookies ends; None: no such cookie tells an end that is still to come."""
    kept = json.loads(state).get("cookies", [])
    ends = [float(cookie.get("expires", -1)) for cookie in kept if cookie.get("name") in cookies]
    coming = [end for end in ends if end > now.timestamp()]
    return datetime.fromtimestamp(min(coming), UTC).astimezone(now.tzinfo) if coming else None
