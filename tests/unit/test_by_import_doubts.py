"""What may come between a file and its rows: an import that ends late, a site that contradicts itself, a run cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.importing.model import ImportLimits
from flows.importing.settling import settle_files
from flows.model import Mark
from flows.office import ImportSaid
from flows.rules import KIND
from flows.ship import carefully
from flows.shipping import ShippingDesk
from flows.ways import By
from rpa.errors import InDoubt, PageChanged, RpaError, Stopped, TryAgain
from rpa.ledger.actions import Intent, State
from tests.unit.importsite import ImportSite, Shop, SteadyClock, a_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_shop(tmp_path) as opened:
        yield opened


def cut_off(shop: Shop, error: type[RpaError]) -> dict[str, str]:
    """Reason by order number of a run by import that ends with this error."""
    rows: dict[str, str] = {}
    with pytest.raises(error):
        for row in carefully(ShippingDesk(shop.run, by=By.IMPORT), shop.run):
            rows[str(row["order_sn"])] = str(row["reason"])
    return rows


def never_arrived(shop: Shop, order_sn: str) -> None:
    """An earlier run was killed before its click, after its intent."""
    payload = {"how": "import", "courier": "中通快递", "tracking_number": shop.number(order_sn)}
    facts = {"import_file": "earlier.xlsx"}
    shop.run.ledger.begin(shop.run.record, kind=KIND, intents=[Intent(subject=order_sn, payload=payload, facts=facts)])


# An import that ends while it is looked for


def test_what_the_site_said_no_to_and_ships_all_the_same_while_its_result_is_waited_for_is_shipped(shop: Shop) -> None:
    shop.site.says = ImportSaid(accepted=False, words="系统繁忙")
    shop.site.late = True

    told = shop.ship()

    assert {reason for reason, _ in told.values()} == {"shipped"}
    assert {action.state for action in shop.run.ledger.show("demo")} == {State.DONE}


def test_what_the_site_ships_while_a_person_settles_is_shipped(shop: Shop) -> None:
    shop.ship(prepare=True)
    shop.site.recorded = False

    def arrives() -> None:
        shop.site.recorded = True
        for line in shop.handed_over():
            shop.site.ship(line)

    def not_yet() -> None:
        shop.site.at["result"] = arrives

    shop.site.at["result"] = not_yet

    assert {row["reason"] for row in settle_files(shop.run)} == {"shipped"}


def test_while_the_site_works_through_any_file_nothing_that_was_handed_over_is_free(shop: Shop) -> None:
    shop.ship(prepare=True)
    shop.site.recorded, shop.site.others = False, ["renamed by the person.xlsx"]

    rows = list(settle_files(shop.run))

    assert {row["reason"] for row in rows} == {"handed_over"}
    assert all("renamed by the person.xlsx" in str(row["message"]) for row in rows)
    shop.site.others = []
    assert {row["reason"] for row in settle_files(shop.run)} == {"not_uploaded"}


def test_a_file_that_a_person_uploaded_twice_is_not_free_before_both_have_ended(shop: Shop) -> None:
    shop.ship(prepare=True)
    [name] = [file.name for file in shop.run.handover.glob("*.xlsx")]

    def unclear() -> None:
        raise TryAgain(f"The import records are not clear about {name}")

    shop.site.at["result"] = unclear
    shop.site.others = [name]
    assert {row["reason"] for row in settle_files(shop.run)} == {"handed_over"}
