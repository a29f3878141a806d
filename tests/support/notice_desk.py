"""Notices of a shop in every state, filed in its ledger and on disk as the flow does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND, NoticeKind, Says
from flows.notices.gaps import LOST
from flows.notices.reasons import NoticeReason
from flows.notices.verdicts import verdict
from flows.orders import hold_causes
from rpa.documents.store import DocumentStore
from rpa.ledger.claims import Claim
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.ledger import Ledger
from tests.support.project import Project

ONE, TWO, THREE = (f"260310-10000000000000{number}" for number in (1, 2, 3))
CLEAR, UNCLEAR, BROKEN, GONE, NEXT_GONE = (f"10000000000{number}" for number in range(1, 6))
REASON = "--reason=read it on the site"


def opened(project: Project) -> Ledger:
    """The project's ledger; close it."""
    config = project.config
    config.var.mkdir(exist_ok=True)
    return Ledger.open(config.var / "ledger.sqlite3", clock=config.clock)


class Desk:
    """Files notices as the flow does."""

    def __init__(self, project: Project, ledger: Ledger) -> None:
        self.project, self.ledger = project, ledger
        self.store = DocumentStore(project.config.var / "documents" / "demo")
        self.now = project.config.clock.now()

    def notice(
        self,
        notice_id: str,
        *,
        title: str,
        sent: datetime,
        state: DocumentState,
        says: Mapping[str, Says],
        kind: NoticeKind = NoticeKind.PROHIBITION,
        reason: NoticeReason = NoticeReason.READ,
    ) -> None:
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
        words = [Claim(subject=sn, says=word, at=at, source=document.name) for sn, word in says.items()]
        self.ledger.conclude_document(
            document,
            state=state,
            facts={"reason": reason.value, "message": ""},
            mentions=words,
            judge=verdict,
            causes=hold_causes.NOTICE_CAUSES,
            by="audit-notices",
        )


def file_five(project: Project) -> None:
    """Of five notices one is understood, one not, one cannot be read, and two of neighbouring hours are lost."""
    with opened(project) as ledger:
        desk = Desk(project, ledger)
        noon = desk.now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
        read = {"state": DocumentState.READ, "title": "订单禁止发货通知"}
        desk.notice(CLEAR, sent=noon, says={ONE: Says.PROHIBITED}, **read)  # type: ignore[arg-type]
        desk.notice(
            UNCLEAR,
            title="订单审核结果通知",
            sent=noon + timedelta(hours=1),
            state=DocumentState.UNCLEAR,
            says={ONE: Says.UNCLEAR, TWO: Says.UNCLEAR},
            kind=NoticeKind.RESULT,
            reason=NoticeReason.UNCLEAR,
        )
        desk.notice(
            BROKEN,
            title="订单禁止发货通知",
            sent=noon + timedelta(hours=2),
            state=DocumentState.UNREADABLE,
            says={},
            reason=NoticeReason.PASSWORD,
        )
        for hours, name in ((3, GONE), (4, NEXT_GONE)):
            desk.notice(
                name,
                title="订单禁止发货通知",
                sent=noon + timedelta(hours=hours),
                state=DocumentState.LOST,
                says={},
                reason=NoticeReason.EXPIRED,
            )
        ledger.cover("demo", account="clerk-1", kind=DOCUMENT_KIND, since=noon - timedelta(days=7), until=desk.now)
        ledger.incident("demo", cause=LOST, message="two are lost")
