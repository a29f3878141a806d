from __future__ import annotations

import json
from typing import Any

import pytest

from flows.notices.api import Says
from flows.notices.gaps import LOST
from flows.notices.verdicts import verdict
from flows.orders import hold_causes
from rpa.ledger.claims import Claim
from rpa.ledger.documents import DocumentState
from rpa.ledger.shop_lock import RunLock
from tests.support.in_process import rpa
from tests.support.notice_desk import BROKEN, CLEAR, GONE, NEXT_GONE, ONE, REASON, THREE, TWO, UNCLEAR, opened
from tests.support.project import Project


def states(project: Project) -> dict[str, DocumentState]:
    with opened(project) as ledger:
        return {each.name: each.state for each in ledger.documents("demo")}


def causes(project: Project) -> dict[str, list[str]]:
    with opened(project) as ledger:
        return {subject: [hold.cause for hold in each] for subject, each in ledger.holds("demo").items()}


def lost(project: Project) -> list[list[str]]:
    """The notices of each lost span, as the list names them."""
    listed: dict[str, Any] = json.loads(rpa(project, "notices", "list", "--shop=demo", "--json").stdout)
    return [span["notices"] for span in listed["coverage"][0]["lost"]]


def test_what_a_person_says_of_a_notice_takes_the_place_of_what_was_not_understood(filed: Project) -> None:
    assert causes(filed) == {ONE: [hold_causes.UNCLEAR], TWO: [hold_causes.UNCLEAR]}
    run = rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=ship", REASON, "--by=小王")
    assert run.returncode == 0, run.stderr
    assert f"Notice {UNCLEAR} is resolved" in run.stdout
    assert f"still ships nothing: these notices cannot be read either: {BROKEN}" in run.stdout
    assert causes(filed) == {}
    assert (states(filed)[UNCLEAR], states(filed)[f"{UNCLEAR}/1"]) == (DocumentState.RESOLVED, DocumentState.RESOLVED)
    with opened(filed) as ledger:
        [notice] = ledger.documents("demo", names=[UNCLEAR])
    assert (notice.facts["resolved_by"], notice.facts["resolved_because"]) == ("小王", "read it on the site")


def test_that_a_notice_says_nothing_of_its_orders_leaves_an_earlier_prohibition(filed: Project) -> None:
    rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=none", REASON)
    assert causes(filed) == {ONE: [hold_causes.PROHIBITED]}


def test_of_some_orders_only_those_are_answered_and_the_others_stay_held(filed: Project) -> None:
    run = rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=closed", "--order", ONE, REASON)
    assert f"they stay held: {TWO}" in run.stdout
    assert causes(filed) == {ONE: [hold_causes.CLOSED], TWO: [hold_causes.UNCLEAR]}
    assert (states(filed)[UNCLEAR], states(filed)[f"{UNCLEAR}/1"]) == (DocumentState.UNCLEAR, DocumentState.UNCLEAR)
    run = rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=ship", REASON)
    assert "is resolved" in run.stdout
    assert causes(filed) == {ONE: [hold_causes.CLOSED]}
    assert states(filed)[UNCLEAR] is DocumentState.RESOLVED


def test_what_a_part_of_a_notice_clearly_says_is_overruled_only_for_named_orders(filed: Project) -> None:
    with opened(filed) as ledger:
        [text] = ledger.documents("demo", names=[f"{UNCLEAR}/0"])
        assert text.issued_at is not None
        word = Claim(subject=TWO, says=Says.PROHIBITED, at=text.issued_at, source=text.name, document_id=text.id)
        ledger.mention("demo", mentions=[word], judge=verdict, causes=hold_causes.NOTICE_CAUSES)
    rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=ship", REASON)
    assert causes(filed) == {TWO: [hold_causes.PROHIBITED]}
    rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=ship", "--order", TWO, REASON)
    assert causes(filed) == {}


def test_an_unreadable_notice_is_answered_for_the_orders_that_a_person_names(filed: Project) -> None:
    with opened(filed) as ledger:
        export = ledger.find_document("demo", kind="export", name="1", facts={})
        ledger.conclude_document(export, state=DocumentState.UNREADABLE)
    run = rpa(filed, "notices", "resolve", "demo", BROKEN, "--as=forbidden", "--order", THREE, REASON)
    assert run.returncode == 0, run.stderr
    assert "still ships nothing" not in run.stdout
    assert causes(filed)[THREE] == [hold_causes.PROHIBITED]
    assert (states(filed)[BROKEN], states(filed)[f"{BROKEN}/1"]) == (DocumentState.RESOLVED, DocumentState.RESOLVED)
    rpa(filed, "notices", "resolve", "demo", BROKEN, "--as=ship", "--order", THREE, REASON)
    assert THREE not in causes(filed)


def test_all_lost_notices_are_resolved_at_once_and_the_incident_is_closed(filed: Project) -> None:
    run = rpa(filed, "notices", "resolve", "demo", "--lost", REASON, "--by=小王")
    assert run.returncode == 0, run.stderr
    assert "2 lost notices of demo are resolved" in run.stdout
    assert lost(filed) == []
    assert {states(filed)[name] for name in (GONE, f"{GONE}/1", NEXT_GONE)} == {DocumentState.RESOLVED}
    assert states(filed)[BROKEN] is DocumentState.UNREADABLE
    with opened(filed) as ledger:
        assert ledger.open_incidents("demo") == []
    assert "No notice of demo is lost" in rpa(filed, "notices", "resolve", "demo", "--lost", REASON).stdout


def test_one_of_two_lost_notices_leaves_the_incident_open(filed: Project) -> None:
    assert rpa(filed, "notices", "resolve", "demo", GONE, "--as=none", REASON).returncode == 0
    with opened(filed) as ledger:
        assert [each.cause for each in ledger.open_incidents("demo")] == [LOST]
    assert lost(filed) == [[NEXT_GONE]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((BROKEN, "--as=ship", REASON), "name those that you mean with --order"),
        ((CLEAR, "--as=ship", REASON), "needs no answer (read)"),
        ((UNCLEAR, REASON), "--as ship, forbidden, closed or none"),
        ((UNCLEAR, "--as=shipp", REASON), 'did you mean "ship"'),
        ((UNCLEAR, "--as=ship"), "needs its reason"),
        ((UNCLEAR, "--as=ship", "--order=x", REASON), '"x" is not an order number'),
        (("--as=ship", REASON), "Give the notice's number"),
        (("--lost", "--as=ship", REASON), "give no notice, no --order and no --as"),
        ((GONE, "--lost", REASON), "give no notice, no --order and no --as"),
    ],
)
def test_an_answer_that_does_not_fit_records_nothing(filed: Project, arguments: tuple[str, ...], words: str) -> None:
    before = states(filed), causes(filed)
    run = rpa(filed, "notices", "resolve", "demo", *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert (states(filed), causes(filed)) == before


def test_no_notice_is_answered_while_a_run_goes_on(filed: Project) -> None:
    config = filed.config
    with RunLock(config.var / "locks", shop="demo", clock=config.clock):
        run = rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=none", REASON)
    assert run.returncode == 2
    assert "Another run of shop demo" in run.stderr
    assert states(filed)[UNCLEAR] is DocumentState.UNCLEAR
