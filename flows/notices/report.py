"""Report rows about notices: one for each attachment, and one for each notice that brings none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType

from flows.notices.reasons import NoticeReason
from rpa.flow import ReportShape
from rpa.language import Text
from rpa.outcome import Outcome
from rpa.report.columns import OUTCOME_COLUMN, RUN_COLUMNS, Column, Layout

REASON_WORDS: Mapping[str, Text] = MappingProxyType({reason.value: reason.text for reason in NoticeReason})
"""The sentence for each reason code, for tables and reports."""

NOTICE_COLUMNS: tuple[Column, ...] = (
    *RUN_COLUMNS,
    Column(key="notice_id", title=Text(en="Notice", zh="站内信编号"), width=18),
    Column(key="title", title=Text(en="Title", zh="标题"), width=36),
    Column(key="category", title=Text(en="Category", zh="分类"), width=12),
    Column(key="sent_at", title=Text(en="Sent at", zh="发送时间"), kind="time", width=20),
    Column(key="expires_at", title=Text(en="Download until", zh="下载期限"), kind="time", width=20),
    Column(key="attachment", title=Text(en="Attachment", zh="附件"), width=32),
    OUTCOME_COLUMN,
    Column(key="reason", title=Text(en="Reason", zh="原因"), words=REASON_WORDS, width=56),
    Column(key="message", title=Text(en="Details", zh="说明"), width=40),
    Column(key="orders", title=Text(en="Orders", zh="订单数"), kind="int", width=10),
    Column(key="held", title=Text(en="Held", zh="拦截"), kind="int", width=10),
    Column(key="released", title=Text(en="Released", zh="放行"), kind="int", width=10),
    Column(key="closed", title=Text(en="Closed", zh="关闭"), kind="int", width=10),
    Column(key="path", title=Text(en="File", zh="文件"), kind="path", width=48),
    Column(key="size_bytes", title=Text(en="Bytes", zh="字节数"), kind="int", width=12),
    Column(key="sha256", title=Text(en="SHA-256", zh="SHA-256"), width=20),
)
"""All columns of a report about notices, in the order of the CSV."""

NOTICE_LAYOUT = Layout(
    columns=NOTICE_COLUMNS,
    first=(
        *("sent_at", "title", "attachment", "outcome", "reason", "message", "orders", "held", "released", "closed"),
        *("expires_at", "path", "shop", "notice_id"),
    ),
    subject="notice_id",
)

NOTICE_REPORT = ReportShape(layout=NOTICE_LAYOUT, name=Text(en="Notices", zh="站内信"), reasons=REASON_WORDS)
"""How flows about notices report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """How one attachment, or a notice without one, ended. The counts are of orders that it names."""

    notice_id: str
    title: str
    category: str
    sent_at: datetime | None
    expires_at: datetime | None
    attachment: str = ""
    """The attachment's name as the page shows it; empty: the row is about the notice's own text."""
    reason: NoticeReason
    message: str = ""
    orders: int | None = None
    """None: it was not read for orders."""
    held: int | None = None
    released: int | None = None
    closed: int | None = None
    path: str = ""
    size_bytes: int | None = None
    sha256: str = ""

    @property
    def outcome(self) -> Outcome:
        """What the reason means."""
        return self.reason.outcome

    def cells(self) -> dict[str, object]:
        """The row by column key, as `RunReport.add` takes it."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"outcome": self.outcome}
