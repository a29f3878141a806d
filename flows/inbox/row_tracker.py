"""Row tracker: what a run makes of arrived rows, noted in the ledger row by row, written as results at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from filelock import Timeout

from flows.inbox.done_folder import write_results
from flows.inbox.results import ResultWriter
from flows.inbox.rows import GoodOrBad, OpenRow, ends
from flows.orders.model import KIND, BadRow, SheetRow
from flows.orders.reasons import Reason
from rpa.ledger.actions import State
from rpa.ledger.inbox import RowNote
from rpa.outcome import Outcome

if TYPE_CHECKING:
    from flows.inbox.folder import InboxFolder
    from flows.inbox.joining import Arrived
    from flows.orders.model import Decision, Place
    from flows.sheets.contents import SheetContents
    from rpa.flow import Row
    from rpa.ledger.inbox import ArrivalRow
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.open_items import Finding


REPORT = "Inbox"
"""The family of these findings: a run of the shop replaces those of an earlier one."""

_NOTHING_TO_DO = frozenset({Reason.DUPLICATE_ROW})
_WHATEVER_THE_ORDER = frozenset({Reason.ORDER_CLOSED})
"""The parcel is on its way though its order is over."""


def keep_in_sight(arrived: Arrived, *, stopped: Sequence[str]) -> None:
    """Have each such row among what is outstanding, until a later row or the site settles its order, or for days."""
    with arrived.ledger() as ledger:
        for shop in arrived.live.intersection(arrived.folders).difference(stopped):
            folder = arrived.folders[shop]
            rows = ledger.inbox.failed_rows(folder.key, since=arrived.config.clock.now() - folder.keep)
            mine = [row for row in rows if row.shop == shop and row.reason not in _NOTHING_TO_DO]
            done = _done(folder, {row.subject for row in mine}, ledger=ledger)
            left = [row for row in mine if row.subject not in done and not _is_over(row, arrived)]
            ledger.open_items.replace(
                shop,
                report=REPORT,
                flow="ship",
                run_id=arrived.run_ids.get(shop, ""),
                whole=True,
                rows=_findings(left, arrived),
            )


def _done(folder: InboxFolder, subjects: Collection[str], *, ledger: Ledger) -> set[str]:
    """The orders that were shipped by the program after all."""
    live = [ledger.actions.live(shop, kind=KIND, subjects=subjects) for shop in folder.names]
    return {action.subject for found in live for action in found.values() if action.state is State.DONE}


def _is_over(row: ArrivalRow, arrived: Arrived) -> bool:
    """Whether the shop had the order when its row ended, and does not list it any more."""
    had = row.shop not in row.looked and row.subject and row.reason not in _WHATEVER_THE_ORDER
    return bool(had) and row.subject not in arrived.reported.get(row.shop, {})


def _findings(rows: Sequence[ArrivalRow], arrived: Arrived) -> Iterator[Finding]:
    from rpa.ledger.open_items import Finding

    for row in rows:
        deadline = arrived.reported.get(row.shop, {}).get(row.subject)
        facts = {"sheet_row": row.place, "tracking_number": row.content["tracking_number"]}
        yield Finding(
            subject=row.subject,
            outcome=row.outcome,
            reason=row.reason,
            message=row.message,
            deadline=deadline,
            facts=facts,
        )


_MOST_UNNOTED = 50
"""So many rows at most have to be looked up on the site again when the program is killed."""
_GOING_ON = frozenset({Outcome.WAITING, Outcome.PLANNED})


class RowTracker:
    """Follows the report of one shop's run, and notes what became of the rows that arrived."""

    def __init__(self, arrived: Arrived, contents: SheetContents, *, shop: str) -> None:
        """`contents`: the rows that the shop was given, as they were judged."""
        self._cut_off = False
        self._arrived = arrived
        self._shop = shop
        self._language = arrived.config.language
        self._notes: list[RowNote] = []
        self._by_cell: dict[tuple[str, object], list[GoodOrBad]] = defaultdict(list)
        self._by_number: dict[tuple[str, str], list[GoodOrBad]] = defaultdict(list)
        for good in contents.good:
            self._by_cell[_cell(good.place)].append(good)
            self._by_number[good.order_sn, good.tracking_number.upper()].append(good)
        for bad in contents.bad:
            self._by_cell[_cell(bad.place)].append(bad)

    def cut_off(self) -> None:
        """The run is stopped: what it reports from now on is the end of no row, but for what was proven."""
        self._cut_off = True

    def kept(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows of the run's report, each noted once it is in there; however the run ends, all that are in are."""
        try:
            for row in rows:
                told = self._told(row)
                yield told
                self._arrived.reported.setdefault(self._shop, {})[str(told["order_sn"])] = _moment(told["ship_by"])
                self._note(told)
        finally:
            self.flush()
            tell_results(self._arrived, shops=[self._shop])

    def flush(self) -> None:
        """Have everything noted in the ledger."""
        notes, self._notes = self._notes, []
        if notes:
            with self._arrived.ledger() as ledger:
                ledger.inbox.update_rows(notes)

    def leave(self, decision: Decision, *, stopped: Sequence[str]) -> None:
        """Note what became of a row that no shop of the run took."""
        row, reason = decision.row, decision.reason
        if row is None or reason is None:
            return
        for each in self._arrived.ending_with(row.place):
            if reason is Reason.SAME_ROW_BEFORE and each.id in self._arrived.noted:
                continue
            unseen = reason in {Reason.SHOP_NOT_READ, Reason.NOT_LOOKED_UP}
            over = each.overdue and not unseen
            told = Reason.EXPIRED if over and reason.outcome in _GOING_ON else reason
            looked = () if unseen else tuple(sorted(self._arrived.looking(each.row.place, stopped=stopped)))
            self._add(each, told, decision.message, ended=over or ends(told), looked=looked)

    def _told(self, row: Row) -> Row:
        """The row as it is to be reported: one that ends today says so, whatever its order waits for."""
        rows = self._rows_of(row)
        if self._cut_off or row["outcome"] not in _GOING_ON or not rows:
            return row
        each, judged = rows[0]
        if isinstance(judged, BadRow):
            words = " ".join(filter(None, (judged.reason.sentence(self._language), judged.message)))
            return {**row, "message": "; ".join(filter(None, (str(row["message"]), words)))}
        if each.overdue:
            reason = Reason.EXPIRED
            return {**row, "outcome": reason.outcome, "reason": reason, "message": self._last_words(row)}
        return row

    def _note(self, row: Row) -> None:
        reason = Reason.of(str(row["reason"]))
        for each, judged in self._rows_of(row):
            told, message = reason, str(row["message"])
            given_up = each.overdue and not self._cut_off and not ends(reason)
            if isinstance(judged, BadRow):  # of no use, whatever its order waits for
                told, message, given_up = judged.reason, judged.message, True
            elif given_up and reason.outcome is not Outcome.REFUSED:
                told, message = Reason.EXPIRED, self._last_words(row)
            self._add(each, told, message, ended=given_up or ends(reason))

    def _add(self, each: OpenRow, reason: Reason, message: str, *, ended: bool, looked: tuple[str, ...] = ()) -> None:
        run_id = self._arrived.run_ids.get(self._shop, "")
        self._arrived.noted.add(each.id)
        self._notes.append(
            RowNote(
                row_id=each.id,
                outcome=reason.outcome,
                reason=reason,
                message=message,
                shop=self._shop,
                run_id=run_id,
                ends=ended,
                looked=looked,
            ),
        )
        if len(self._notes) >= _MOST_UNNOTED:
            self.flush()

    def _last_words(self, row: Row) -> str:
        sentence = Reason.of(str(row["reason"])).sentence(self._language)
        return " ".join(filter(None, (sentence, str(row["message"]))))

    def _rows_of(self, row: Row) -> list[tuple[OpenRow, GoodOrBad]]:
        """The rows of arrived files that this row of the report speaks for, each with the row that was judged."""
        return [(each, judged) for judged in self._speaks_for(row) for each in self._arrived.ending_with(judged.place)]

    def _speaks_for(self, row: Row) -> list[GoodOrBad]:
        at = self._by_cell.get((str(row["sheet"]), row["sheet_row"]), ())
        same = [each for each in at if each.order_sn == row["order_sn"]]
        if same:
            return [_meant(same, reason=str(row["reason"]))]
        return self._by_number.get((str(row["order_sn"]), str(row["tracking_number"]).upper()), [])


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _cell(place: Place) -> tuple[str, object]:
    """How the report names a place."""
    return str(place.sheet), place.row


def _meant(rows: Sequence[GoodOrBad], *, reason: str) -> GoodOrBad:
    """Which of the rows of one number, in several worksheets of a file, the report means."""
    refused = (row for row in rows if isinstance(row, BadRow) and row.reason == reason)
    good = (row for row in rows if isinstance(row, SheetRow))
    return next(refused, None) or next(good, rows[0])


def leave_over(
    arrived: Arrived,
    left: Iterable[tuple[str, Decision]],
    *,
    contents: Mapping[str, SheetContents],
    stopped: Sequence[str],
) -> Iterator[tuple[str, Decision]]:
    """What no shop has taken, each noted once it is reported; without what another run has or has ended meanwhile."""
    keepers = {shop: RowTracker(arrived, contents[shop], shop=shop) for shop in arrived.folders if arrived.live}
    elsewhere = arrived.elsewhere()
    try:
        for shop, decision in (*left, *arrived.twins_left()):
            if decision.row is not None and decision.row.place in elsewhere:
                continue
            yield shop, decision
            if shop in keepers:
                keepers[shop].leave(decision, stopped=stopped)
    finally:
        for keeper in keepers.values():
            keeper.flush()
        if arrived.live:
            tell_results(arrived, shops=arrived.folders)
            keep_in_sight(arrived, stopped=stopped)


def tell_results(arrived: Arrived, *, shops: Iterable[str]) -> None:
    """Write the results of the inboxes of these shops anew, as far as anything has changed."""
    writer = ResultWriter(config=arrived.config)
    for folder in {arrived.folders[shop].key: arrived.folders[shop] for shop in shops}.values():
        try:
            with folder.lock, arrived.ledger() as ledger:
                write_results(folder, ledger=ledger, results=writer)
        except Timeout:
            continue  # whoever holds it writes them, or the next run
