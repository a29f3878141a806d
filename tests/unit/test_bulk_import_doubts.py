"""What may come between a file and its rows: an import that ends late, a site in doubt, a run cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.bulk_import.api import ImportLimits
from flows.bulk_import.settling import settle_files
from flows.entries.by import By
from flows.entries.routes import shipping_batch
from flows.orders.model import KIND, Mark
from flows.procedure.in_bulk import TaskSaid
from flows.ship import carefully
from flows.shipping.together import StillGoing
from rpa.errors import ConfigError, InDoubt, PageChanged, RpaError, Stopped, TryAgain
from rpa.flow import Row
from rpa.ledger.actions import Intent, State
from tests.support.import_site import Shop, SteadyClock, a_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with a_shop(tmp_path) as opened:
        yield opened


def cut_off(shop: Shop, error: type[RpaError]) -> dict[str, str]:
    """Reason by order number of a run by import that ends with this error."""
    return told_until(error, carefully(shipping_batch(shop.run, by=By.IMPORT), shop.run))


def told_until(error: type[RpaError], rows: Iterator[Row]) -> dict[str, str]:
    told: dict[str, str] = {}
    with pytest.raises(error):
        told.update((str(row["order_sn"]), str(row["reason"])) for row in rows)
    return told


def never_arrived(shop: Shop, order_sn: str) -> None:
    """An earlier run was killed before its click, after its intent."""
    payload = {"how": "import", "courier": "中通快递", "tracking_number": shop.number(order_sn)}
    facts = {"import_file": "earlier.xlsx"}
    shop.run.ledger.actions.begin(
        shop.run.record, kind=KIND, intents=[Intent(subject=order_sn, payload=payload, facts=facts)]
    )


# An import that ends while it is looked for


def test_what_the_site_refused_and_ships_before_its_result_comes_is_shipped(shop: Shop) -> None:
    shop.site.says = TaskSaid(accepted=False, words="系统繁忙")
    shop.site.late = True

    told = shop.ship()

    assert {reason for reason, _ in told.values()} == {"shipped"}
    assert {action.state for action in shop.run.ledger.actions.search("demo")} == {State.DONE}


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


def test_what_was_settled_before_the_site_went_away_is_told_and_so_is_the_rest(shop: Shop) -> None:
    shop.ship(prepare=True)
    shop.site.ship(shop.handed_over()[0])
    shop.site.recorded = False
    shop.site.at["read_back"] = lambda: shop.site.at.update(read_back=gone)

    rows = told_until(TryAgain, settle_files(shop.run))

    assert rows == {"S0": "shipped"} | dict.fromkeys(("S1", "S2", "S3"), "page_unreachable")


def gone() -> None:
    raise TryAgain("no answer")


def test_what_the_table_calls_accepted_but_the_site_does_not_show_is_not_sent_again(shop: Shop) -> None:
    shop.site.tells = shop.site.lost = True

    told = shop.ship()

    assert len(shop.site.uploaded) == 1
    assert {reason for reason, _ in told.values()} == {"unknown"}
    assert {action.state for action in shop.run.ledger.actions.search("demo")} == {State.UNKNOWN}


def test_what_was_uploaded_and_nobody_calls_accepted_goes_up_once_more(shop: Shop) -> None:
    shop.site.lost = True
    told = shop.ship()
    assert [len(file) for file in shop.site.uploaded] == [4, 4]
    assert {reason for reason, _ in told.values()} == {"not_done"}


def test_a_file_not_named_in_the_records_is_not_taken_for_lost_while_the_site_works(shop: Shop) -> None:
    shop.site.lost, shop.site.recorded, shop.site.others = True, False, ["demo-2026….xlsx"]
    assert set(cut_off(shop, StillGoing).values()) == {"import_going"}
    assert len(shop.site.uploaded) == 1


def test_an_endless_import_holds_up_its_orders_and_further_imports_but_no_dialog(tmp_path: Path) -> None:
    with a_shop(tmp_path, settings="import_chunk = 2\n") as shop:
        shop.site.going = True
        for _ in range(2):
            assert set(cut_off(shop, StillGoing).values()) == {"import_going"}
            shop.read_sheets_again()
        assert shop.site.uploaded == [["S0", "S1"]]

        told = told_until(StillGoing, carefully(shipping_batch(shop.run, by=By.DIALOG), shop.run))

        assert told == {"S0": "import_going", "S1": "import_going", "S2": "shipped", "S3": "shipped"}
        assert shop.site.by_dialog == ["S2", "S3"]


def test_what_stands_in_a_file_that_goes_on_is_told_so_when_the_run_is_stopped(tmp_path: Path) -> None:
    with a_shop(tmp_path, settings="import_chunk = 2\n") as shop:
        shop.site.going = True
        cut_off(shop, StillGoing)
        shop.read_sheets_again()
        shop.run = replace(shop.run, stopping=lambda: True)
        assert cut_off(shop, Stopped) == {
            "S0": "import_going",
            "S1": "import_going",
            "S2": "stopped",
            "S3": "stopped",
        }


def test_an_order_that_another_program_has_begun_meanwhile_is_left_to_it(shop: Shop) -> None:
    shop.site.at["fill_in"] = lambda: None if shop.run.ledger.actions.search("demo") else never_arrived(shop, "S2")

    told = shop.ship()

    assert shop.site.uploaded == [["S0", "S1", "S3"]]
    assert told["S2"][0] == "unknown"
    assert told["S2"][1].startswith("begun at 2026-")
    assert told["S2"][1].endswith(f" by run {shop.run.record.id}")
    assert {told[sn][0] for sn in ("S0", "S1", "S3")} == {"shipped"}


# Files for a person


def test_what_is_handed_over_later_in_a_run_has_a_file_of_its_own(shop: Shop) -> None:
    never_arrived(shop, "S0")

    told = shop.ship(prepare=True)

    assert {reason for reason, _ in told.values()} == {"handed_over"}
    assert sorted(line.order_sn for line in shop.handed_over()) == ["S0", "S1", "S2", "S3"]


def test_a_file_whose_orders_have_ended_is_removed_so_that_nobody_uploads_it_later(shop: Shop) -> None:
    shop.ship(prepare=True)
    shop.site.others = ["something.xlsx"]
    list(settle_files(shop.run))
    [file] = shop.run.handover.iterdir()
    shop.site.others = []

    rows = list(settle_files(shop.run))

    assert {row["reason"] for row in rows} == {"not_uploaded"}
    assert list(shop.run.handover.iterdir()) == []
    [folder] = {str(row["evidence"]) for row in rows}
    assert (Path(folder) / file.name).exists()


# What the page or its records refuse to tell


def test_records_that_are_in_doubt_stop_the_shop_and_each_order_has_its_row(shop: Shop) -> None:
    def doubt() -> None:
        raise InDoubt("The list import_records shows 660000001 2 times; nothing was clicked.", reason="row_mismatch")

    shop.site.late = True
    shop.site.at["result"] = doubt

    assert cut_off(shop, TryAgain) == dict.fromkeys(("S0", "S1", "S2", "S3"), "page_unreachable")


def test_a_page_that_takes_not_even_one_order_is_a_changed_page(shop: Shop) -> None:
    shop.site.limits_ = ImportLimits(rows=1000, size=100)
    assert set(cut_off(shop, PageChanged).values()) == {"page_changed"}
    assert shop.site.uploaded == []


def test_where_the_profile_says_nothing_of_imports_nothing_is_begun(shop: Shop) -> None:
    run = replace(shop.run, profile=shop.run.profile.model_copy(update={"imports": None}))
    with pytest.raises(ConfigError, match="import"):
        shipping_batch(run, by=By.IMPORT)


# Time


class AsleepClock(SteadyClock):
    """Of a computer whose steady clock stood still while it slept."""

    def monotonic(self) -> float:
        return 0.0


def test_marks_that_a_computer_slept_over_are_read_again(tmp_path: Path) -> None:
    with a_shop(tmp_path, clock=AsleepClock()) as shop:

        def asleep() -> None:
            shop.site.clock.move(8 * 3600)
            del shop.site.at["fill_in"]
            shop.change("S3", audit=Mark.SET)

        shop.site.at["fill_in"] = asleep
        told = shop.ship()

    assert "S3" not in {sn for file in shop.site.uploaded for sn in file}
    assert told["S3"][0] == "under_audit"


def test_what_changed_at_an_upload_is_told_though_the_run_is_stopped_after_it(tmp_path: Path) -> None:
    with a_shop(tmp_path, settings="import_chunk = 2\n") as shop:
        shop.site.tells = shop.site.certain = True
        shop.site.at["result"] = lambda: shop.change("S1", audit=Mark.SET)
        shop.run = replace(shop.run, stopping=lambda: bool(shop.site.uploaded))
        rows = cut_off(shop, Stopped)

    assert rows == {"S0": "shipped", "S1": "shipped", "S2": "stopped", "S3": "stopped"}
    assert "changed_at_import" in shop.notes
