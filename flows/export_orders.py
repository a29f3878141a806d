"""Have the site export its orders, and report where export, order list and ledger differ; the site is only read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.exports.api import ExportsOrders
from flows.exports.compare import Finding, Sources, audits_in, cleared_in, compare, strangers
from flows.exports.report import EXPORT_REPORT, exported_row, listed_row
from flows.exports.words import ExportWords
from flows.gate.audits_seen import remember_audits
from flows.gate.decide import as_read, decide
from flows.gate.rules import changes_of, rules_of
from flows.orders.api import ReadsOrders
from flows.orders.hold_causes import EXPORT, held_since
from flows.orders.model import KIND, Order
from flows.orders.reasons import Reason
from flows.orders.words import Identifiers
from flows.sheets.worksheet import NotASheet
from rpa.documents.archives import BadArchive
from rpa.errors import NeedsPerson
from rpa.flow import Flow, Row, everything
from rpa.language import Text
from rpa.ledger.documents import DocumentState
from rpa.ledger.holds import Wanted

if TYPE_CHECKING:
    from flows.exports.api import ExportTable
    from flows.orders.model import Decision
    from rpa.documents.requested import SavedDocument
    from rpa.run import Run

_MOST_LOOKED_FOR = 100
_AGREEING = Text(
    en="{count} further orders of the export are not pending, and nothing about them differs. File: {path}",
    zh="导出表中另有 {count} 个非待发货订单，均无差异。文件：{path}",
)
_BAD_ROWS = Text(
    en="{count} rows of the export have no readable order number; any order may hide behind them. First: {first}",
    zh="导出表有 {count} 行订单号无法识别，可能对应任意订单。首行：{first}",
)
_NO_AUDITS = Text(
    en="The export has no audit column that is known; add its header under [[exports.audit]] in the selectors file.",
    zh="导出表中没有可识别的审核列；请在选择器文件的 [[exports.audit]] 中补充表头。",
)


def export_orders(run: Run) -> Iterator[Row]:
    """A row for each pending order, and for each other order of the export that differs from what is known.

    The list is read while the site makes the table.
    """
    from flows.exports.fetching import export_of

    fetcher = export_of(run)
    record = fetcher.obtain()
    listed = _pending(run)
    saved = fetcher.fetch(record, check=lambda path: _read(run, path))
    table = _table(run, saved)
    found = _looked_for(run, strangers(table.orders, listed))
    live = run.ledger.actions.live(run.shop.name, kind=KIND, subjects={*table.orders, *listed})
    sources = Sources(
        exported=table.orders,
        listed=listed,
        found=found,
        asked_at=record.asked_at,
        since=record.since,
        actions={action.subject: action for action in live.values()},
    )
    compared = compare(sources)
    _hold_and_release(run, saved, table, listed)
    _note(run, saved, table, agreeing=compared.agreeing)
    run.meter.add(len(compared.findings))
    yield from _rows(run, compared.findings, listed=listed, table=table)


def _pending(run: Run) -> dict[str, Order]:
    """All pending orders by number, nearest ship-by first."""
    reading = run.office(ReadsOrders)
    orders = [order for page in reading.pending() for order in page.orders]
    remember_audits(run, orders, at=reading.now())
    orders.sort(key=lambda order: (order.ship_by is None, order.ship_by, order.order_sn))
    return {order.order_sn: order for order in orders}


def _looked_for(run: Run, order_sns: Sequence[str]) -> Mapping[str, Order]:
    """These orders as the site shows them now; of very many only the first, as then the list itself is in question."""
    return run.office(ReadsOrders).find(order_sns[:_MOST_LOOKED_FOR]) if order_sns else {}


def _read(run: Run, path: Path) -> ExportTable:
    from flows.exports.reading import read_export

    profile = run.profile
    with tempfile.TemporaryDirectory() as unpacked:
        return read_export(
            path,
            words=profile.section(ExportWords),
            order_sn=profile.section(Identifiers).order_sn,
            zone=ZoneInfo(profile.timezone),
            unpacked=Path(unpacked),
        )


def _table(run: Run, saved: SavedDocument) -> ExportTable:
    """What the export says. Raises NeedsPerson for a file that cannot be read."""
    try:
        table = _read(run, saved.path)
    except (NotASheet, BadArchive) as error:
        run.ledger.documents.conclude(saved.document, state=DocumentState.UNREADABLE)
        why = error.text.of(run.language) if isinstance(error, NotASheet) else str(error)
        raise NeedsPerson(f"{saved.path}: {why}") from error
    facts = {"orders": len(table.orders), "bad_rows": len(table.bad_rows), "tells_audits": table.tells_audits}
    run.ledger.documents.conclude(saved.document, state=DocumentState.READ, facts=facts)
    return table


def _hold_and_release(run: Run, saved: SavedDocument, table: ExportTable, listed: Mapping[str, Order]) -> None:
    """Hold what the export alone shows under audit; release what an older export held and this one shows free."""
    shop, by, asked_at = run.shop.name, run.record.flow, saved.record.asked_at
    held = {
        subject: hold
        for subject, holds in run.ledger.holds.active(shop).items()
        for hold in holds
        if hold.cause == EXPORT
    }
    orders = table.orders
    new = [sn for sn in audits_in(orders.values(), listed) if sn not in held]
    facts = {"since": asked_at.isoformat(), "export": saved.record.record_id}
    reasons = {sn: f"{orders[sn].audit_text} ({saved.path.name})" for sn in new}
    wanted = [Wanted(subject=sn, cause=EXPORT, reason=reason, facts=facts) for sn, reason in reasons.items()]
    run.ledger.holds.put_many(shop, wanted=wanted, by=by)
    for sn in cleared_in(orders.values(), listed):
        if sn in held and held_since(held[sn]) < asked_at:
            reason = f"export {saved.record.record_id} of {asked_at:%m-%d %H:%M} shows no audit"
            run.ledger.holds.lift(shop, subject=sn, by=by, cause=EXPORT, reason=reason)


def _note(run: Run, saved: SavedDocument, table: ExportTable, *, agreeing: int) -> None:
    if not table.tells_audits:
        run.note("export_without_audits", _NO_AUDITS.of(run.language))
    if table.bad_rows:
        words = _BAD_ROWS.of(run.language, count=len(table.bad_rows), first=table.bad_rows[0])
        run.note("export_rows_unreadable", words)
    run.note("export_agrees", _AGREEING.of(run.language, count=agreeing, path=saved.path))


def _rows(run: Run, findings: Sequence[Finding], *, listed: Mapping[str, Order], table: ExportTable) -> Iterator[Row]:
    decisions = _decisions(run, list(listed.values()))
    for finding in findings:
        run.meter.advance()
        exported = table.orders.get(finding.order_sn)
        if finding.order_sn in decisions:
            yield listed_row(_with(decisions[finding.order_sn], finding), exported)
        elif exported is not None:
            yield exported_row(finding, exported)


def _decisions(run: Run, orders: Sequence[Order]) -> dict[str, Decision]:
    """What speaks against shipping each pending order, as every other flow sees it."""
    changed = changes_of(run, orders)
    rules = rules_of(run, now=run.office(ReadsOrders).now(), changed=changed, orders=orders)
    return {decision.order_sn: as_read(decision) for decision in decide(orders, (), rules=rules)}


def _with(decision: Decision, finding: Finding) -> Decision:
    """The decision, where the comparison says nothing worse; both reasons are told where they differ."""
    if finding.reason is Reason.LISTED:
        return replace(decision, message=decision.message or finding.message)
    if finding.reason is decision.reason:
        return replace(decision, message="; ".join(filter(None, (decision.message, finding.message))))
    return replace(decision, reason=finding.reason, message=finding.message, shipment=None, since=None, evidence="")


EXPORT_ORDERS = Flow(
    name="export-orders",
    summary=Text(
        en="Have the site export its orders; compare them with the order list and the ledger.",
        zh="批量导出订单，与待发货列表和本程序的发货记录核对。",
    ),
    needs=(ReadsOrders, ExportsOrders),
    work=export_orders,
    report=EXPORT_REPORT,
    looks_at_all=everything,
)
