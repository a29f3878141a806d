from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import holding
from flows.notices.model import ATTACHMENT_KIND, DOCUMENT_KIND, NoticeKind, Says
from flows.notices.reasons import NoticeReason
from flows.notices.standing import standing
from flows.notices.worries import LOST
from rpa.documents.store import DocumentStore
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.ledger import Ledger
from rpa.ledger.lock import RunLock
from rpa.ledger.mentions import Mention
from tests.cli.inside import rpa
from tests.cli.project import Project

ONE, TWO, THREE = (f"260310-10000000000000{number}" for number in (1, 2, 3))
CLEAR, UNCLEAR, BROKEN, GONE, NEXT_GONE = (f"10000000000{number}" for number in range(1, 6))
REASON = "--reason=read it on the site"


def opened(project: Project) -> Ledger:
    config = project.config
    config.var.mkdir(exist_ok=True)
    return Ledger.open(config.var / "ledger.sqlite3", clock=config.clock)


def states(project: Project) -> dict[str, DocumentState]:
    with opened(project) as ledger:
        return {each.name: each.state for each in ledger.documents("demo")}


def causes(project: Project) -> dict[str, list[str]]:
    with opened(project) as ledger:
        return {subject: [hold.cause for hold in each] for subject, each in ledger.holds("demo").items()}


def listed(project: Project, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rpa(project, "notices", "list", "--shop=demo", "--json", *options).stdout)
    return found


class Desk:
    """Files notices as the flow does."""

    def __init__(self, project: Project, ledger: Ledger) -> None:
        self.project, self.ledger = project, ledger
        self.store = DocumentStore(project.config.var / "documents" / "demo")
        self.now = project.config.clock.now()

    def notice(
        self, notice_id: str, *, title: str, sent: datetime, state: DocumentState, says: Mapping[str, Says],
        kind: NoticeKind = NoticeKind.PROHIBITION, reason: NoticeReason = NoticeReason.READ,
    ) -> None:  # fmt: skip
        facts = {"title": title, "kind": kind.value, "account": "clerk-1"}
        notice = self.ledger.find_document("demo", kind=DOCUMENT_KIND, name=notice_id, facts=facts, issued_at=sent)
        text = self.file(notice, number=0, name="notice.txt", content=f"{title}\n{sent}\n\n请查看\x1b[31m附件\n")
        self.conclude(text, DocumentState.READ, NoticeReason.READ, {})
        file = self.file(notice, number=1, name="明细.xlsx", content="" if state is DocumentState.LOST else notice_id)
        self.conclude(file, state, reason, says)
        self.conclude(notice, state, reason, {})

    def file(self, notice: Document, *, number: int, name: str, content: str) -> Document:
        facts = {**notice.facts, "name": name, "notice": notice.name}
        found = self.ledger.find_document(
            "demo", kind=ATTACHMENT_KIND, name=f"{notice.name}/{number}", facts=facts, issued_at=notice.issued_at
        )
        if not content:
            return found
        with self.store.incoming() as folder:
            (folder / name).write_text(content, encoding="utf-8")
            kept = self.store.keep(folder / name, folder=f"notices/{notice.name}", name=name)
        path = kept.path.relative_to(self.store.root).as_posix()
        return self.ledger.save_document(found, path=path, sha256=kept.sha256, size_bytes=kept.size_bytes)

    def conclude(
        self, document: Document, state: DocumentState, reason: NoticeReason, says: Mapping[str, Says]
    ) -> None:
        at = document.issued_at
        assert at is not None
        words = [Mention(subject=sn, says=word, at=at, source=document.name) for sn, word in says.items()]
        self.ledger.conclude_document(
            document, state=state, facts={"reason": reason.value, "message": ""}, mentions=words, judge=standing,
            causes=holding.NOTICE_CAUSES, by="audit-notices",
        )  # fmt: skip


@pytest.fixture
def filed(project: Project) -> Project:
    """Of five notices one is understood, one not, one cannot be read, and two of neighbouring hours are lost."""
    with opened(project) as ledger:
        desk = Desk(project, ledger)
        noon = desk.now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
        read = {"state": DocumentState.READ, "title": "订单禁止发货通知"}
        desk.notice(CLEAR, sent=noon, says={ONE: Says.PROHIBITED}, **read)  # type: ignore[arg-type]
        desk.notice(
            UNCLEAR, title="订单审核结果通知", sent=noon + timedelta(hours=1), state=DocumentState.UNCLEAR,
            says={ONE: Says.UNCLEAR, TWO: Says.UNCLEAR}, kind=NoticeKind.RESULT, reason=NoticeReason.UNCLEAR,
        )  # fmt: skip
        desk.notice(
            BROKEN, title="订单禁止发货通知", sent=noon + timedelta(hours=2), state=DocumentState.UNREADABLE, says={},
            reason=NoticeReason.PASSWORD,
        )  # fmt: skip
        for hours, name in ((3, GONE), (4, NEXT_GONE)):
            desk.notice(
                name, title="订单禁止发货通知", sent=noon + timedelta(hours=hours), state=DocumentState.LOST, says={},
                reason=NoticeReason.EXPIRED,
            )  # fmt: skip
        ledger.cover("demo", account="clerk-1", kind=DOCUMENT_KIND, since=noon - timedelta(days=7), until=desk.now)
        ledger.incident("demo", cause=LOST, message="two are lost")
    return project


def test_the_list_begins_with_whether_all_is_saved_and_names_what_is_lost(filed: Project) -> None:
    [covered] = listed(filed)["coverage"]
    assert (covered["account"], covered["answer"]) == ("clerk-1", "no")
    [span] = covered["lost"]
    assert span["notices"] == [GONE, NEXT_GONE]
    begins, ends = (datetime.fromisoformat(span[end]) for end in ("since", "until"))
    assert (begins.hour, ends.hour) == (14, 16)
    said = rpa(filed, "notices", "list", "--shop=demo").stdout
    assert said.index("All saved?") < said.index(f"({GONE}, {NEXT_GONE})") < said.index("What to do")


def test_only_notices_that_need_somebody_are_listed_unless_all_are_wanted(filed: Project) -> None:
    assert [each["notice"] for each in listed(filed)["notices"]] == [UNCLEAR, BROKEN, GONE, NEXT_GONE]
    assert [each["notice"] for each in listed(filed, "--all")["notices"]] == [CLEAR, UNCLEAR, BROKEN, GONE, NEXT_GONE]
    said = rpa(filed, "notices", "list").stdout
    assert "The file has a password" in said
    assert CLEAR not in said


def test_a_shop_whose_notices_were_never_read_says_so(project: Project) -> None:
    said = rpa(project, "notices", "list", "--shop=demo")
    assert said.returncode == 0
    assert "demo: its notices were never read" in said.stdout
    assert "No notice needs you" in said.stdout
    assert listed(project)["coverage"][0]["answer"] == "unknown"


def test_what_is_not_saved_after_five_days_is_named_before_it_expires(project: Project) -> None:
    with opened(project) as ledger:
        now = project.config.clock.now()
        facts = {"title": "订单禁止发货通知", "kind": "prohibition", "account": "clerk-1"}
        for days, name in ((4, CLEAR), (6, UNCLEAR)):
            sent = now - timedelta(days=days)
            ledger.find_document("demo", kind=DOCUMENT_KIND, name=name, facts=facts, issued_at=sent)
        span = {"since": now - timedelta(days=9), "until": now - timedelta(days=5, minutes=1)}
        ledger.cover("demo", account="clerk-1", kind=DOCUMENT_KIND, **span)
    [covered] = listed(project)["coverage"]
    assert (covered["answer"], covered["unsaved"], covered["expiring"]) == ("no", [UNCLEAR, CLEAR], [UNCLEAR])
    said = rpa(project, "notices", "list").stdout
    assert f"soon not to be had any more: {UNCLEAR}." in said
    assert "last read five days ago or longer" in said


def test_each_account_has_its_own_answer(filed: Project) -> None:
    with opened(filed) as ledger:
        now = filed.config.clock.now()
        ledger.cover("demo", account="boss", kind=DOCUMENT_KIND, since=now - timedelta(days=1), until=now)
        ledger.doubt_coverage(
            "demo", account="boss", kind=DOCUMENT_KIND, doubt="the right “消息中心” is missing", at=now
        )
    answers = {each["account"]: each["answer"] for each in listed(filed)["coverage"]}
    assert answers == {"boss": "unknown", "clerk-1": "no"}
    assert "demo: the right “消息中心” is missing" in rpa(filed, "notices", "list").stdout


def test_a_notice_is_shown_with_its_text_its_files_and_what_it_says_of_each_order(filed: Project) -> None:
    said = rpa(filed, "notices", "show", "demo", UNCLEAR).stdout
    for word in (
        "订单审核结果通知",
        "not understood",
        "请查看",
        "附件",
        "notice.txt",
        "明细.xlsx",
        "whole",
        ONE,
        TWO,
        "clerk-1",
    ):
        assert word in said
    assert "\x1b" not in said


@pytest.mark.parametrize(("harm", "word"), [("change", "damaged"), ("remove", "missing")])
def test_a_file_that_is_not_as_it_was_saved_is_told(filed: Project, harm: str, word: str) -> None:
    path = filed.config.var / "documents" / "demo" / "notices" / UNCLEAR / "明细.xlsx"
    path.write_bytes(b"x") if harm == "change" else path.unlink()
    assert word in rpa(filed, "notices", "show", "demo", UNCLEAR).stdout


def test_a_misspelt_notice_is_named_with_the_nearest_one(filed: Project) -> None:
    for words in (("show", "demo", "10000000000"), ("resolve", "demo", "10000000000", "--as=none", REASON)):
        run = rpa(filed, "notices", *words)
        assert run.returncode == 2
        assert "did you mean" in run.stderr
        assert "rpa notices list" in run.stderr


def test_what_a_person_says_of_a_notice_takes_the_place_of_what_was_not_understood(filed: Project) -> None:
    assert causes(filed) == {ONE: [holding.UNCLEAR], TWO: [holding.UNCLEAR]}
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
    assert causes(filed) == {ONE: [holding.PROHIBITED]}


def test_of_some_orders_only_those_are_answered_and_the_others_stay_held(filed: Project) -> None:
    run = rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=closed", "--order", ONE, REASON)
    assert f"they stay held: {TWO}" in run.stdout
    assert causes(filed) == {ONE: [holding.CLOSED], TWO: [holding.UNCLEAR]}
    assert (states(filed)[UNCLEAR], states(filed)[f"{UNCLEAR}/1"]) == (DocumentState.UNCLEAR, DocumentState.UNCLEAR)
    run = rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=ship", REASON)
    assert "is resolved" in run.stdout
    assert causes(filed) == {ONE: [holding.CLOSED]}
    assert states(filed)[UNCLEAR] is DocumentState.RESOLVED


def test_an_unreadable_notice_is_answered_for_the_orders_that_a_person_names(filed: Project) -> None:
    run = rpa(filed, "notices", "resolve", "demo", BROKEN, "--as=forbidden", "--order", THREE, REASON)
    assert run.returncode == 0, run.stderr
    assert "still ships nothing" not in run.stdout
    assert causes(filed)[THREE] == [holding.PROHIBITED]
    assert (states(filed)[BROKEN], states(filed)[f"{BROKEN}/1"]) == (DocumentState.RESOLVED, DocumentState.RESOLVED)
    rpa(filed, "notices", "resolve", "demo", BROKEN, "--as=ship", "--order", THREE, REASON)
    assert THREE not in causes(filed)


def test_all_lost_notices_are_resolved_at_once_and_the_incident_is_closed(filed: Project) -> None:
    run = rpa(filed, "notices", "resolve", "demo", "--lost", REASON, "--by=小王")
    assert run.returncode == 0, run.stderr
    assert "2 lost notices of demo are resolved" in run.stdout
    assert listed(filed)["coverage"][0]["lost"] == []
    assert {states(filed)[name] for name in (GONE, f"{GONE}/1", NEXT_GONE)} == {DocumentState.RESOLVED}
    assert states(filed)[BROKEN] is DocumentState.UNREADABLE
    with opened(filed) as ledger:
        assert ledger.open_incidents("demo") == []
    assert "No notice of demo is lost" in rpa(filed, "notices", "resolve", "demo", "--lost", REASON).stdout


def test_one_of_two_lost_notices_leaves_the_incident_open(filed: Project) -> None:
    assert rpa(filed, "notices", "resolve", "demo", GONE, "--as=none", REASON).returncode == 0
    with opened(filed) as ledger:
        assert [each.cause for each in ledger.open_incidents("demo")] == [LOST]
    assert listed(filed)["coverage"][0]["lost"][0]["notices"] == [NEXT_GONE]


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


def test_the_commands_work_as_a_program_and_in_chinese(filed: Project) -> None:
    toml: Path = filed.folder / "rpa.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"en"', '"zh"'), encoding="utf-8")
    said = filed.rpa("notices", "list")
    assert said.returncode == 0, said.stderr
    assert "全部保存" in said.stdout
    assert "文件有密码保护" in said.stdout
    shown = rpa(filed, "notices", "show", "demo", UNCLEAR).stdout
    assert "完好" in shown
    assert "站内信要求" in shown
    assert "已记录" in rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=none", "--reason=看过").stdout
