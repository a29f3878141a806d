"""Having the mock export its orders, through its pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fixtures.mockshop.harness import MockShop
from flows.exports.fetching import EXPORT
from flows.exports.web import WebExports
from rpa.clock import Clock
from rpa.documents.requested import RequestedDocument
from rpa.errors import NeedsPerson, PageChanged, TryAgain
from rpa.ledger.ledger import Ledger
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class ShopTime(Clock):
    """Whoever waits finds that the shop's clock has gone on."""

    shop: MockShop | None = None
    _waited: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return time.monotonic() + sum(self._waited)

    def wait(self, seconds: float) -> None:
        self._waited.append(seconds)
        if self.shop is not None:
            self.shop.advance(seconds)


@pytest.fixture
def exporting(clerk: Clerk, tmp_path: Path) -> Iterator[WebExports]:
    """At a shop that has made no table for a while."""
    clerk.shop.advance(301)
    with viewed_by(clerk, folder=tmp_path, clock=ShopTime(shop=clerk.shop)) as view:
        yield WebExports(view, NO_SETTINGS)


@pytest.fixture
def desk(exporting: WebExports, clerk: Clerk, tmp_path: Path) -> Iterator[RequestedDocument]:
    clock = ShopTime(shop=clerk.shop)
    with Ledger.open(tmp_path / "ledger.sqlite3", clock=clock) as ledger:
        yield RequestedDocument(
            exporting,
            kind=EXPORT,
            clock=clock,
            ledger=ledger,
            shop="demo",
            documents=tmp_path / "documents",
            stopping=lambda: False,
        )


def _made(clerk: Clerk) -> int:
    return len(clerk.shop.truth()["exports"])


def test_a_table_is_asked_for_waited_for_and_downloaded(desk: RequestedDocument, clerk: Clerk) -> None:
    clerk.shop.fault("export-slow", s=40)
    saved = desk.fetch(desk.obtain(), check=lambda _: None)
    told = clerk.shop.truth()["exports"][-1]
    assert saved.path.name == f"{told['task_id']}-{told['file_name']}"
    assert len(saved.path.read_text("utf-8-sig").splitlines()) > told["orders"]
    assert desk.obtain().record_id == told["task_id"]


def test_after_a_table_that_failed_the_sites_pause_is_kept(desk: RequestedDocument, clerk: Clerk) -> None:
    clerk.shop.fault("export-fails")
    with pytest.raises(NeedsPerson, match="is failed"):
        desk.fetch(desk.obtain(), check=lambda _: None)
    before = _made(clerk)
    clerk.shop.advance(230)
    desk.fetch(desk.obtain(), check=lambda _: None)
    assert _made(clerk) == before + 1


def test_a_table_whose_answer_was_lost_is_found_among_the_records(desk: RequestedDocument, clerk: Clerk) -> None:
    before = _made(clerk)
    clerk.shop.fault("error-after", endpoint="export/task/add")
    record = desk.obtain()
    assert record.record_id == clerk.shop.truth()["exports"][-1]["task_id"]
    assert _made(clerk) == before + 1


def test_a_site_that_says_too_often_or_nothing_at_all_may_be_asked_again(exporting: WebExports, clerk: Clerk) -> None:
    clerk.shop.fault("error-before", endpoint="export/task/add")
    with pytest.raises(TryAgain, match="did not say"):
        exporting.ask()
    exporting.ask()
    with pytest.raises(TryAgain, match="5分钟后再试"):
        exporting.ask()


def test_a_site_that_says_no_for_another_reason_stops_the_shop(exporting: WebExports, clerk: Clerk) -> None:
    clerk.page.route(
        "**/export/task/add",
        lambda route: route.fulfill(json={"success": False, "errorCode": 7, "errorMsg": "店铺已冻结", "result": None}),
    )
    try:
        with pytest.raises(PageChanged, match="店铺已冻结"):
            exporting.ask()
    finally:
        clerk.page.unroute_all()


@pytest.mark.parametrize(
    ("fault", "how"),
    [("truncated-download", {"mode": "cut"}), ("empty-download", {}), ("error-download", {"shown": "page"})],
)
def test_a_download_that_fails_is_made_once_more(
    desk: RequestedDocument, clerk: Clerk, fault: str, how: dict[str, Any]
) -> None:
    clerk.shop.fault(fault, **how)
    saved = desk.fetch(desk.obtain(), check=lambda _: None)
    assert clerk.shop.faults()[0]["fired"] == 1
    assert len(saved.path.read_text("utf-8-sig").splitlines()) > 130
