"""`--settle`: what the site's own result says of a person's upload, what a dry run leaves, and where the files go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.bulk_import.settling import settle_files
from flows.orders.model import KIND
from rpa.errors import PageChanged, TryAgain
from rpa.ledger.actions import State
from tests.support.import_site import Shop, a_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Four orders, handed over in one file."""
    with a_shop(tmp_path) as opened:
        opened.ship(prepare=True)
        yield opened


def uploaded(shop: Shop, *order_sns: str) -> None:
    """A person uploads the whole file; the site ships these of its orders."""
    shop.site.lost = True
    lines = shop.handed_over()
    shop.site.take(lines)
    for line in lines:
        if line.order_sn in order_sns:
            shop.site.ship(line)


def settle(shop: Shop) -> dict[str, tuple[str, str]]:
    """Reason and message by order number."""
    return {str(row["order_sn"]): (str(row["reason"]), str(row["message"])) for row in settle_files(shop.run)}


def states(shop: Shop) -> dict[str, State]:
    return {action.subject: action.state for action in shop.run.ledger.show("demo")}


def test_what_the_site_refused_in_a_persons_upload_is_told_in_its_words(shop: Shop) -> None:
    shop.site.tells = shop.site.certain = True
    shop.site.refused = {"S1": "快递单号格式不正确", "S2": "订单审核中，暂时不能发货"}
    uploaded(shop, "S0", "S3")

    told = settle(shop)

    assert {sn: reason for sn, (reason, _) in told.items()} == {
        "S0": "shipped",
        "S1": "site_refused",
        "S2": "under_audit",
        "S3": "shipped",
    }
    assert "快递单号格式不正确" in told["S1"][1]
    assert states(shop) == {"S0": State.DONE, "S1": State.NOT_DONE, "S2": State.NOT_DONE, "S3": State.DONE}


def test_what_the_result_calls_accepted_and_the_site_does_not_show_yet_is_not_free(shop: Shop) -> None:
    shop.site.tells = shop.site.certain = True
    shop.site.refused = {"S1": "操作频繁，请稍后再试"}
    uploaded(shop, "S0", "S3")

    told = settle(shop)

    assert (told["S2"][0], states(shop)["S2"]) == ("handed_over", State.HANDED_OVER)
    assert "rpa ledger resolve" in told["S2"][1]
    assert states(shop)["S1"] is State.NOT_DONE


@pytest.mark.parametrize("spoilt", [b"", b"PK\x03\x04"])
def test_where_the_copy_of_the_file_is_of_no_use_its_result_says_nothing(shop: Shop, spoilt: bytes) -> None:
    shop.site.tells = shop.site.certain = True
    shop.site.refused = dict.fromkeys(("S0", "S1", "S2", "S3"), "快递单号格式不正确")
    uploaded(shop)
    for copy in shop.run.evidence.rglob("*-1.xlsx"):
        copy.write_bytes(spoilt)
    assert {reason for reason, _ in settle(shop).values()} == {"not_uploaded"}


def test_while_a_page_as_described_does_not_tell_what_is_at_work_nothing_is_free(shop: Shop) -> None:
    def unreachable() -> None:
        raise TryAgain("the site answered with an error")

    shop.site.at["at_work"] = unreachable
    told: dict[str, str] = {}
    with pytest.raises(TryAgain):
        told.update((str(row["order_sn"]), str(row["message"])) for row in settle_files(shop.run))
    assert told == dict.fromkeys(("S0", "S1", "S2", "S3"), "still handed over: the site answered with an error")
    assert set(states(shop).values()) == {State.HANDED_OVER}
    assert len(list(shop.run.handover.iterdir())) == 1


def test_where_the_page_is_another_than_described_the_persons_word_counts(shop: Shop) -> None:
    def changed() -> None:
        raise PageChanged("import.start_over is not on the page")

    shop.site.at["result"] = shop.site.at["at_work"] = changed
    assert {reason for reason, _ in settle(shop).values()} == {"not_uploaded"}


# A dry run


def test_a_dry_run_frees_nothing_and_takes_no_file_away(shop: Shop) -> None:
    live, shop.run = shop.run, replace(shop.run, dry=True)
    shop.site.ship(shop.handed_over()[0])

    told = settle(shop)

    assert told["S0"][0] == "shipped"
    assert {told[sn][0] for sn in ("S1", "S2", "S3")} == {"handed_over"}
    assert "--live" in told["S1"][1]
    assert sorted(action.subject for action in shop.run.ledger.handed_over("demo", kind=KIND)) == ["S1", "S2", "S3"]
    assert len(list(shop.run.handover.iterdir())) == 1
    shop.run = live
    assert {reason for reason, _ in settle(shop).values()} == {"not_uploaded"}
    assert list(shop.run.handover.iterdir()) == []


# The files


def test_a_file_whose_orders_have_ended_otherwise_is_taken_away_and_nothing_else(shop: Shop) -> None:
    [file] = shop.run.handover.iterdir()
    (shop.run.handover / "mine.xlsx").touch()
    for sn in ("S0", "S1", "S2"):
        shop.run.ledger.resolve("demo", kind=KIND, subject=sn, state=State.DONE, by="anna", reason="seen")
    shop.site.others = ["something.xlsx"]
    settle(shop)
    assert file.exists(), "one of its orders may still go up with it"
    shop.run.ledger.resolve("demo", kind=KIND, subject="S3", state=State.NOT_DONE, by="anna", reason="seen")

    settle(shop)

    assert [path.name for path in shop.run.handover.iterdir()] == ["mine.xlsx"]
