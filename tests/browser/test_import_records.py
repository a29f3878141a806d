"""An upload among the records of many others: found wherever it stands, and missing only when all were read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fixtures.mockshop.harness import MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript
from flows.bulk_import.api import ImportResult
from flows.bulk_import.web import WebImports
from flows.bulk_import.web_records import RecordsPage
from flows.orders.model import How
from rpa.elements.values import UNREADABLE
from rpa.errors import PageChanged, TryAgain
from tests.support.batch_script import BatchScript, file_of, parcels
from tests.support.clerk_by_hand import NO_SETTINGS, Clerk, viewed_by

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.slow

PARCELS = How.IMPORT
NOBODY = "260101-000000000000000"
_OTHERS = 105
"""More than one page of the largest size."""


@pytest.fixture(scope="module")
def mock_shop() -> Iterator[MockShop]:
    """A shop with two clerks; the first file of the other one waits to be processed, many later ones are done."""
    with MockShop(orders=60, user=["clerk-1", "clerk-2"]) as running:
        pages = PageScript(running.url)
        pages.log_in("clerk-2")
        script = BatchScript(pages)
        running.fault("import-late", s=900)
        script.upload(file_of(parcels([NOBODY])), name="first.csv")
        for n in range(_OTHERS):
            script.ended(script.upload(file_of(parcels([NOBODY])), name=f"other-{n}.csv")["result"]["taskId"])
        yield running


@pytest.fixture
def office(clerk: Clerk, tmp_path: Path) -> Iterator[WebImports]:
    with viewed_by(clerk, folder=tmp_path, patience_s=3) as view:
        yield WebImports(view, shop=NO_SETTINGS)
    clerk.page.unroute_all()


def result_of(office: WebImports, file_name: str, *, into: Path, patience_s: float = 60) -> ImportResult | None:
    return office.result(PARCELS, file_name=file_name, task_id=None, into=into, patience_s=patience_s)


def test_a_file_queued_behind_many_others_is_not_taken_for_one_that_never_came(
    clerk: Clerk, office: WebImports, tmp_path: Path
) -> None:
    going = result_of(office, "first.csv", into=tmp_path, patience_s=0.2)
    assert going is not None
    assert going.going
    assert office.at_work(PARCELS) == ["first.csv"]
    assert result_of(office, "never.csv", into=tmp_path) is None

    clerk.shop.advance(900)

    ended = result_of(office, "first.csv", into=tmp_path)
    assert ended is not None
    assert (ended.finished, ended.task_id) == (True, clerk.shop.imports()[0]["task_id"])
    assert office.at_work(PARCELS) == []


def test_records_not_readable_to_their_end_do_not_prove_that_a_file_is_missing(
    clerk: Clerk, office: WebImports, tmp_path: Path
) -> None:
    def first_page(route: Route) -> None:
        asked = json.loads(route.request.post_data or "")
        route.continue_(post_data=json.dumps(asked | {"pageNumber": 1}))

    clerk.page.route("**/batch/records", first_page)

    with pytest.raises(TryAgain, match="changed while they were read"):
        result_of(office, "never.csv", into=tmp_path)


def test_a_page_as_described_without_records_is_not_taken_for_one_that_has_changed(
    clerk: Clerk, office: WebImports
) -> None:
    clerk.shop.fault("error-before", endpoint="batch/records", times=0)
    with pytest.raises(TryAgain):
        office.at_work(PARCELS)

    clerk.page.route("**/static/batch_ship.js", lambda route: route.fulfill(body="", content_type="text/javascript"))

    with pytest.raises(PageChanged):
        office.at_work(PARCELS)


# One result


def test_of_a_result_whose_table_ends_before_its_total_each_row_that_was_read_counts(
    clerk: Clerk, office: WebImports, tmp_path: Path
) -> None:
    def one_more(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told["result"]["total"] += 1
        route.fulfill(response=answer, json=told)

    clerk.page.route("**/batch/result", one_more)

    result = result_of(office, "other-0.csv", into=tmp_path)

    assert result is not None
    assert (result.finished, result.going, [row.accepted for row in result.rows]) == (False, False, [False])
    assert result.failures is not None


# One page


def a_page(*, shown: str, told: str | object) -> RecordsPage:
    row = {"task_id": "1", "file_name": "a.xlsx"}
    return RecordsPage(shown=[row | {"state": shown}], told=[row | {"state": told}])


def test_only_what_page_and_data_show_as_ended_is_not_at_work() -> None:
    assert a_page(shown="ended", told="ended").at_work() == []
    for page in (
        a_page(shown="at_work", told="ended"),
        a_page(shown="ended", told="at_work"),
        a_page(shown="ended", told=UNREADABLE),
    ):
        assert page.at_work() == ["a.xlsx"]


def test_a_file_that_only_page_or_data_name_or_that_is_another_task_is_in_doubt() -> None:
    row = {"task_id": "1", "file_name": "a.xlsx", "state": "ended"}
    for shown, told, task_id in (([row], [], None), ([], [row], None), ([row], [row], "2")):
        with pytest.raises(TryAgain, match=r"a\.xlsx"):
            RecordsPage(shown=shown, told=told).task_of("a.xlsx", task_id=task_id)
    assert RecordsPage(shown=[row], told=[row]).task_of("b.xlsx", task_id=None) is None
    assert RecordsPage(shown=[row], told=[row]).task_of("a.xlsx", task_id="1") == "1"
