"""Save the platform's notices before they expire, and hold the orders that they forbid to ship."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.notices.api import ReadsNotices
from flows.notices.report import NOTICE_REPORT
from rpa.errors import NeedsPerson, Stopped, TryAgain
from rpa.flow import Flow, Row, everything
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.run import Run


def audit_notices(run: Run) -> Iterator[Row]:
    """Find every notice, file what it brings, say what is missing. Whatever stops it, each notice has its line."""
    from flows.notices.reading import NoticeBatch  # brings the ledger's database, which `rpa run --help` does not need

    batch = NoticeBatch(run)
    try:
        batch.read_list()
        yield from batch.file_each()
        batch.report_gaps()
    except (NeedsPerson, TryAgain, Stopped) as stop:
        yield from batch.report_interrupted(stop)
        raise


AUDIT_NOTICES = Flow(
    name="audit-notices",
    summary=Text(
        en="Save new notices and their attachments; hold, release or close the orders that they name.",
        zh="读取站内信：保存附件，按审核通知拦截、放行或关闭订单。",
    ),
    needs=(ReadsNotices,),
    work=audit_notices,
    report=NOTICE_REPORT,
    looks_at_all=everything,
)
