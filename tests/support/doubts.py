"""A project whose ledger has something to answer for."""

from __future__ import annotations

from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.ledger import Ledger
from tests.support.project import Project

DONE, DOUBT = "260310-100000000000001", "260310-100000000000002"


def keep_doubts(project: Project) -> None:
    """One order done, one unknown, one that changed."""
    with ledger(project) as opened:
        run = opened.runs.start("demo", flow="ship")
        for subject, seen in ((DONE, Seen.OURS), (DOUBT, Seen.UNREADABLE)):
            payload = {"how": "dialog", "courier": "圆通速递", "tracking_number": "YT0000000000001"}
            (action,) = opened.actions.begin(run, kind="ship", intents=[Intent(subject=subject, payload=payload)])
            opened.actions.settle(run, action, seen=seen, settled=False, detail="[looked] once")
        opened.fingerprints.compare("demo", seen=[("changed-1", {"spec": "red"})])
        opened.fingerprints.compare("demo", seen=[("changed-1", {"spec": "blue"})])


def keep_doubt(project: Project, *, detail: str) -> None:
    """One order of which this is known, and no more."""
    with ledger(project) as opened:
        run = opened.runs.start("demo", flow="ship")
        (action,) = opened.actions.begin(run, kind="ship", intents=[Intent(subject=DOUBT, payload={})])
        opened.actions.settle(run, action, seen=Seen.UNREADABLE, settled=False, detail=detail)


def ledger(project: Project) -> Ledger:
    """The project's ledger, opened."""
    config = project.config
    config.var.mkdir(exist_ok=True)
    return Ledger.open(config.var / "ledger.sqlite3", clock=config.clock)


def state_of(project: Project, subject: str) -> tuple[State, str, str]:
    """State, detail and answerer of the one action of this order."""
    with ledger(project) as opened:
        (action,) = opened.actions.search("demo", subject=subject)
    return action.state, action.detail, action.answered_by
