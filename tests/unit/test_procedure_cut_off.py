"""A run that is cut off wherever it may be: what was settled is told as it ended, and each subject has one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from flows.add_remark import add_remark
from flows.entries.by import By
from flows.entries.routes import shipping_batch
from flows.orders.api import Said
from flows.orders.model import KIND, Mark
from flows.remarks.batch import RemarkBatch
from flows.remarks.wanted import WantedRemarks, wanted_of
from flows.ship import carefully
from rpa.errors import Stopped, TryAgain
from rpa.ledger.actions import Intent, Seen, State
from rpa.ledger.ledger import Ledger
from tests.support.import_site import Nobody, Shop, a_shop
from tests.support.ledger_clock import HandClock
from tests.support.made_orders import an_order
from tests.support.paper_shop import PaperDesk


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_shop(tmp_path) as opened:
        yield opened


def gone() -> None:
    raise TryAgain("no answer")


@dataclass(frozen=True, slots=True)
class LateClock(HandClock):
    """Something happens when it is waited for, for the first time."""

    then: Callable[[], object] = lambda: None
    _waited: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.move(seconds)
        if not self._waited:
            self._waited.append(seconds)
            self.then()


def told_until_gone(shop: Shop, *, by: By) -> list[tuple[str, str]]:
    """Order and reason of each row of a run that the site's silence ends."""
    told: list[tuple[str, str]] = []
    with pytest.raises(TryAgain):
        told.extend(
            (str(row["order_sn"]), str(row["reason"])) for row in carefully(shipping_batch(shop.run, by=by), shop.run)
        )
    return sorted(told)


def at_look(shop: Shop, number: int, *, of: str) -> None:
    """From this look at the site on, it does not answer to `of`."""
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) == number:
            shop.site.at[of] = gone
            shop.site.at.get("read_back", gone)() if of == "read_back" else None

    shop.site.at["read_back"] = look


def test_what_was_to_be_tried_again_has_its_row_though_the_site_goes_away_then(shop: Shop) -> None:
    shop.site.lost = True
    at_look(shop, 3, of="find")
    told = told_until_gone(shop, by=By.IMPORT)
    assert {action.state for action in shop.run.ledger.actions.search("demo")} == {State.NOT_DONE}
    assert told == [(sn, "page_unreachable") for sn in sorted(shop.site.orders)]


A_ORDER, B_ORDER = "260310-111111111111111", "260310-222222222222222"


def test_a_remark_that_was_refused_and_whose_order_is_gone_then_has_its_row(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        desk = PaperDesk(tmp_path, kind="remark", ledger=ledger, meter=Nobody())
        desk.shop.orders = {sn: an_order(sn) for sn in (A_ORDER, B_ORDER)}
        desk.shop.answers = [Said(accepted=False, words="busy", repeatable=True)]
        shared = WantedRemarks.of([wanted_of(sn, remark="好", flag=None) for sn in desk.shop.orders], shops=("demo",))
        batch = RemarkBatch(replace(desk.run, shared=shared))
        batch.decide()
        rows = [*batch.report_skipped(), *batch.act_all(), *batch.read_back_all()]
        del desk.shop.orders[A_ORDER]
        rows += batch.retry_undone()
        assert [(row["order_sn"], str(row["reason"])) for row in rows] == [
            (B_ORDER, "remarked"),
            (A_ORDER, "unreadable"),
        ]
        assert list(shared.leftovers([])) == []


def test_what_a_look_has_proven_is_told_so_though_the_next_look_fails(shop: Shop) -> None:
    shop.site.unshown = {"S3"}
    at_look(shop, 2, of="read_back")
    told = told_until_gone(shop, by=By.DIALOG)
    shipped = dict.fromkeys(("S0", "S1", "S2"), "shipped")
    assert told == sorted({**shipped, "S3": "page_unreachable"}.items())


def test_what_an_earlier_run_sent_is_told_though_its_doubts_cannot_be_looked_at(shop: Shop) -> None:
    payloads = {row.order_sn: row for row in shop.rows}
    for sn, said in (("S0", Seen.UNREADABLE), ("S1", None)):
        payload = {"how": "dialog", "courier": payloads[sn].courier, "tracking_number": payloads[sn].tracking_number}
        actions, record = shop.run.ledger.actions, shop.run.record
        [action] = actions.begin(record, kind=KIND, intents=[Intent(subject=sn, payload=payload)])
        if said is not None:
            actions.settle(record, action, seen=said, settled=True)
    shop.change("S1", status="shipped", courier=payloads["S1"].courier, tracking_number=payloads["S1"].tracking_number)
    at_look(shop, 2, of="read_back")
    assert told_until_gone(shop, by=By.DIALOG) == [("S1", "recovered")]


def test_who_asks_to_stop_while_the_site_is_waited_for_sees_no_further_click(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        clocks: list[HandClock] = []

        def asked() -> bool:
            """While the first one is waited for."""
            return bool(clocks) and clocks[0].now() > HandClock().now()

        desk = PaperDesk(tmp_path, kind="ship", ledger=ledger, settings="confirm_every = 1", stopping=asked)
        desk.shop.lags = True
        clocks.append(desk.shop.clock)
        with pytest.raises(Stopped):
            desk.act("A", "B")
        assert desk.sent == ["A"]


def test_what_changed_at_an_upload_is_told_though_another_order_cannot_be_read_back(shop: Shop) -> None:
    payload = {"how": "dialog", "courier": shop.rows[3].courier, "tracking_number": shop.rows[3].tracking_number}
    intents = [Intent(subject="S3", payload=payload)]
    shop.run.ledger.actions.begin(shop.run.record, kind=KIND, intents=intents)
    shop.site.tells = shop.site.certain = True

    def go_away() -> None:
        shop.change("S1", audit=Mark.SET)
        shop.site.at["read_back"] = gone

    shop.site.at["result"] = go_away
    told = told_until_gone(shop, by=By.IMPORT)
    assert told == [("S0", "shipped"), ("S1", "shipped"), ("S2", "shipped"), ("S3", "page_unreachable")]
    assert "changed_at_import" in shop.notes


def test_a_remark_that_waited_for_the_end_of_an_earlier_one_is_written_after_it(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=HandClock()) as ledger:
        desk = PaperDesk(tmp_path, kind="remark", ledger=ledger, meter=Nobody())
        earlier = Intent(
            subject=A_ORDER,
            payload={"remark": "先", "flag": ""},
            facts={"remark_before": "", "flag_before": ""},
        )
        ledger.actions.begin(desk.run.record, kind="remark", intents=[earlier])
        desk.shop.orders = {A_ORDER: an_order(A_ORDER)}
        shared = WantedRemarks.of([wanted_of(A_ORDER, remark="后", flag=None)], shops=("demo",))
        clock = LateClock(then=lambda: desk.shop.orders.update({A_ORDER: an_order(A_ORDER, remark="先")}))
        rows = list(add_remark(replace(desk.run, shared=shared, clock=clock)))
        assert [(row["remark"], str(row["reason"])) for row in rows] == [("先", "recovered"), ("后", "remarked")]
        assert list(shared.leftovers([])) == []
