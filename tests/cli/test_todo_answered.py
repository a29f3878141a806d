"""What a person has answered is no line of `rpa todo` any more, at once, and nothing else is lost with it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from flows.notices.reasons import NoticeReason
from flows.orders.reasons import Coded, Reason
from flows.remarks.reasons import RemarkReason
from rpa.ledger.actions import Intent, Seen
from rpa.ledger.documents import DocumentState
from rpa.ledger.open_items import Finding
from rpa.ledger.runs import RunState
from tests.support.doubts import DOUBT, keep_doubts
from tests.support.holds import ONE, REASON, THREE, TWO, forbid, look
from tests.support.in_process import rpa
from tests.support.notice_desk import BROKEN, GONE, NEXT_GONE, UNCLEAR, opened
from tests.support.project import Project

GOODS, SPEC = "688880020015", "100g"


def leave(project: Project, report: str, lines: dict[str, Coded], *, hours: float | None = 300) -> None:
    """A run that left these, with so many hours to ship."""
    with opened(project) as ledger:
        run = ledger.runs.start("demo", flow="ship" if report == "Orders" else "audit-notices")
        rows = [
            Finding(
                subject=subject,
                outcome=reason.outcome,
                reason=reason.value,
                message="why",
                deadline=None if hours is None else run.started_at + timedelta(hours=hours),
                facts={"goods_id": f"1; {GOODS}", "spec": f"a; {SPEC}"},
            )
            for subject, reason in lines.items()
        ]
        ledger.open_items.replace("demo", report=report, flow=run.flow, run_id=run.id, rows=rows, whole=True)
        ledger.runs.finish(run, state=RunState.FINISHED)


def to_do(project: Project) -> set[tuple[str, str]]:
    """Each subject with its reason."""
    lines = json.loads(rpa(project, "todo", "--all", "--json").stdout)["tasks"]
    return {(subject, line["code"]) for line in lines for subject in line["subjects"]}


def reasons(project: Project) -> dict[str, str]:
    """Of all orders that are still to be shipped, whether somebody must do something or not."""
    with opened(project) as ledger:
        return {line.subject: line.reason for line in ledger.open_items.search("demo") if line.deadline}


def test_a_lifted_hold_asks_for_nothing_and_its_order_is_still_to_be_shipped(project: Project) -> None:
    forbid(project, ONE, TWO)
    look(project, ONE, TWO, after=timedelta(hours=1))
    look(project, ONE, TWO, after=timedelta(hours=2))
    leave(project, "Orders", {ONE: Reason.HOLD_STALE, TWO: Reason.HOLD_STALE, THREE: Reason.ORDER_CHANGED})
    assert to_do(project) == {(ONE, "hold_stale"), (TWO, "hold_stale"), (THREE, "order_changed")}
    rpa(project, "holds", "lift", "demo", ONE, REASON)
    assert to_do(project) == {(TWO, "hold_stale"), (THREE, "order_changed")}
    rpa(project, "holds", "lift", "demo", "--stale", "--yes", REASON)
    assert to_do(project) == {(THREE, "order_changed")}
    assert reasons(project) == {ONE: "released", TWO: "released", THREE: "order_changed"}


def test_an_order_that_is_soon_due_is_told_as_released(project: Project) -> None:
    forbid(project, ONE)
    leave(project, "Orders", {ONE: Reason.AUDIT_NOTICE}, hours=5)
    rpa(project, "holds", "lift", "demo", ONE, REASON)
    assert to_do(project) == {(ONE, "released")}


@pytest.mark.parametrize("held", [("--goods", GOODS), ("--sku", f"{GOODS}:{SPEC}")])
def test_an_order_whose_goods_are_held_is_released_with_the_last_of_its_holds(
    project: Project, held: tuple[str, str]
) -> None:
    rpa(project, "holds", "add", "demo", *held, REASON)
    rpa(project, "holds", "add", "demo", ONE, REASON)
    leave(project, "Orders", {ONE: Reason.ON_HOLD})
    assert rpa(project, "holds", "lift", "demo", ONE, REASON).returncode == 0
    assert reasons(project) == {ONE: "on_hold"}
    assert rpa(project, "holds", "lift", "demo", *held, REASON).returncode == 0
    assert reasons(project) == {ONE: "released"}


def test_an_answered_notice_is_gone_with_the_orders_that_waited_for_the_answer(filed: Project) -> None:
    leave(filed, "Notices", {UNCLEAR: NoticeReason.UNCLEAR, BROKEN: NoticeReason.UNREADABLE}, hours=None)
    leave(filed, "Orders", {ONE: Reason.NOTICE_UNCLEAR, TWO: Reason.NOTICE_UNCLEAR, THREE: Reason.NOTICE_UNREADABLE})
    rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=closed", "--order", ONE, REASON)
    told = to_do(filed)
    assert {(UNCLEAR, NoticeReason.UNCLEAR.value), (TWO, "notice_unclear"), (THREE, "notice_unreadable")} <= told
    assert reasons(filed)[ONE] == "audit_closed", "another hold, of which nobody need do anything"
    assert ONE not in {subject for subject, _ in told}
    rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=ship", REASON)
    assert {subject for subject, _ in to_do(filed)} & {UNCLEAR, ONE, TWO} == set()
    with opened(filed) as ledger:
        ledger.documents.conclude(
            ledger.documents.register("demo", kind="export", name="1", facts={}), state=DocumentState.UNREADABLE
        )
    rpa(filed, "notices", "resolve", "demo", BROKEN, "--as=none", REASON)
    assert {subject for subject, _ in to_do(filed)} & {BROKEN, THREE} == set()
    assert reasons(filed) == {ONE: "audit_closed", TWO: "released", THREE: "released"}


def test_lost_notices_that_were_answered_ask_for_nothing(filed: Project) -> None:
    leave(filed, "Notices", {GONE: NoticeReason.EXPIRED, NEXT_GONE: NoticeReason.EXPIRED}, hours=None)
    leave(filed, "Orders", {THREE: Reason.NOTICES_LOST})
    rpa(filed, "notices", "resolve", "demo", GONE, "--as=none", REASON)
    assert {subject for subject, _ in to_do(filed)} == {NEXT_GONE, THREE}
    rpa(filed, "notices", "resolve", "demo", "--lost", REASON)
    assert {subject for subject, _ in to_do(filed)} == set()
    assert reasons(filed) == {THREE: "released"}


def test_what_a_person_calls_not_done_is_to_be_shipped_in_time_and_asks_for_nothing(project: Project) -> None:
    keep_doubts(project)
    leave(project, "Orders", {DOUBT: Reason.UNKNOWN, "changed-1": Reason.ORDER_CHANGED, ONE: Reason.UNKNOWN}, hours=30)
    assert to_do(project) == {(DOUBT, "unknown"), ("changed-1", "order_changed"), (ONE, "unknown")}
    for subject, answer in ((DOUBT, "--not-done"), ("changed-1", "--changed-ok")):
        assert rpa(project, "ledger", "resolve", "demo", subject, answer, REASON).returncode == 0
    assert to_do(project) == {(ONE, "unknown")}
    assert reasons(project) == {DOUBT: "answered", "changed-1": "answered", ONE: "unknown"}


def test_what_a_person_says_was_done_is_to_be_shipped_no_more(project: Project) -> None:
    keep_doubts(project)
    leave(project, "Orders", {DOUBT: Reason.UNKNOWN}, hours=30)
    assert rpa(project, "ledger", "resolve", "demo", DOUBT, "--done", REASON).returncode == 0
    assert reasons(project) == {}


@pytest.mark.parametrize("answer", ["--done", "--not-done"])
def test_an_answer_about_a_remark_says_nothing_of_the_same_orders_shipment(project: Project, answer: str) -> None:
    leave(project, "Orders", {ONE: Reason.UNKNOWN})
    leave(project, "Remarks", {ONE: RemarkReason.UNKNOWN}, hours=None)
    with opened(project) as ledger:
        run = ledger.runs.start("demo", flow="add-remark")
        intent = Intent(subject=ONE, payload={"remark": "好", "flag": ""})
        [action] = ledger.actions.begin(run, kind="remark", intents=[intent])
        ledger.actions.settle(run, action, seen=Seen.UNREADABLE, settled=False)
        ledger.runs.finish(run, state=RunState.FINISHED)
    rpa(project, "ledger", "resolve", "demo", ONE, "--kind", "remark", answer, REASON)
    with opened(project) as ledger:
        left = {line.report: line.reason for line in ledger.open_items.search("demo")}
    assert left.pop("Orders") == "unknown"
    assert left == ({} if answer == "--done" else {"Remarks": "answered"})
