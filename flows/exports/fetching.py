"""Fetching an export: the kind of document that it is, and how long is waited for one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flows.exports.api import ExportsOrders
from rpa.documents.requested import RequestBounds, RequestedDocument, RequestedKind
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.run import Run

EXPORT_KIND: Final = "export"
"""The ledger's kind for exported tables."""
EXPORT: Final = RequestedKind(
    kind=EXPORT_KIND,
    folder="exports",
    name=Text(en="export", zh="导出"),
    bounds=RequestBounds(
        fresh=timedelta(minutes=5),  # the site makes no other one until then
        span=timedelta(days=89),
        most_asking=timedelta(seconds=310),
    ),
)


def export_of(run: Run) -> RequestedDocument:
    """The export of the run's shop: asked for, waited for, downloaded."""
    return RequestedDocument(
        run.office(ExportsOrders),
        kind=EXPORT,
        clock=run.clock,
        ledger=run.ledger,
        shop=run.shop.name,
        documents=run.documents,
        stopping=run.stopping,
    )
