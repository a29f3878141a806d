"""Orders held in a shop's ledger, by notices and persons, and looks at them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from flows.notices.api import DOCUMENT_KIND, Says
from flows.notices.verdicts import verdict
from flows.orders import hold_causes
from rpa.ledger.claims import Claim
from rpa.ledger.documents import DocumentState
from rpa.ledger.holds import Hold
from tests.support.in_process import rpa
from tests.support.notice_desk import opened
from tests.support.project import Project

ONE, TWO, THREE = (f"260310-10000000000000{number}" for number in (1, 2, 3))
GOODS, SPEC = "688880020015", "100元"
SENT = datetime.fromisoformat("2026-03-10T09:00:00+08:00")
REASON = "--reason=sold out"


def holds(project: Project) -> dict[str, tuple[Hold, ...]]:
    with opened(project) as ledger:
        return ledger.holds("demo")


def listed(project: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rpa(project, "holds", "list", "--json").stdout)
    return found


def forbid(project: Project, *orders: str, sent: datetime = SENT, notice: str = "100000000001") -> None:
    """A notice that forbids shipping these orders."""
    with opened(project) as ledger:
        found = ledger.find_document("demo", kind=DOCUMENT_KIND, name=notice, facts={}, issued_at=sent)
        words = [Claim(subject=sn, says=Says.PROHIBITED, at=sent, source=notice) for sn in orders]
        ledger.conclude_document(
            found, state=DocumentState.READ, mentions=words, judge=verdict, causes=hold_causes.NOTICE_CAUSES
        )


def look(project: Project, *orders: str, after: timedelta, ship_by: str = "") -> None:
    """A look at which every sign of an audit was clear."""
    facts = {"evidence": f"var/evidence/demo/{after.seconds}.jpg", "ship_by": ship_by}
    with opened(project) as ledger:
        ledger.observe("demo", mark=hold_causes.CLEAR, seen=dict.fromkeys(orders, facts), at=SENT + after)
