"""A day of an inbox that people and programs fill: each row ends once, each file is put away with its result."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fixtures.sheets.formats import write_csv, write_html, write_xls, write_xlsx
from fixtures.sheets.mistakes import write_mistakes
from fixtures.sheets.samples import ENGLISH_HEADERS, Parcel, write_shop_csv, write_template
from rpa.clock import Clock
from rpa.ledger.ledger import Ledger
from tests.support.killing import Moment, kill_until_done
from tests.support.mock_shop import ZONE, Result
from tests.support.small_shop import SmallShop, small_shop

pytestmark = pytest.mark.slow

UNKNOWN = ("260309-000000000000001", "中通快递", "780000000000001")
"""No shop has this order."""


@dataclass(slots=True)
class Day:
    """A shop whose sheets come into its inbox."""

    shop: SmallShop
    dropped: list[str] = field(default_factory=list)
    told: dict[tuple[str, ...], list[str]] = field(default_factory=lambda: defaultdict(list))
    """By sheet, row and order of the reports: the reasons that end a row."""

    @property
    def inbox(self) -> Path:
        return self.shop.folder.path / "inbox"

    def drop(self, name: str, rows: Sequence[Sequence[object]] = (), *, headers: bool = True) -> Path:
        """A sheet that has been still for an hour: a CSV of these rows, or what the caller writes there."""
        path = self.inbox / name
        write_csv(path, [*([ENGLISH_HEADERS] if headers else []), *rows], encoding="utf-8-sig")
        return self.dropped_at(path)

    def dropped_at(self, path: Path) -> Path:
        self.dropped.append(path.name)
        os.utime(path, (time.time() - 3600, time.time() - 3600))
        return path

    def note(self, result: Result) -> Result:
        """Keep which rows ended in this run, which nothing stopped."""
        assert result.exit_code in {0, 1}, result.stderr
        for row in result.rows:
            if row["sheet"] and row["outcome"] in {"done", "already_done", "refused"}:
                self.told[row["sheet"], row["sheet_row"], row["order_sn"]].append(row["reason"])
        return result

    def results(self) -> dict[str, list[dict[str, str]]]:
        """The lines of the results, by the name of the sheet that was put away."""
        return {path.name.removesuffix(".result.xlsx"): _lines(path) for path in self.inbox.glob("done/*.result.xlsx")}

    def open(self) -> Counter[str]:
        with Ledger.open(self.shop.folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
            return Counter(row.subject for _, row in ledger.open_rows("inbox"))


def _lines(path: Path) -> list[dict[str, str]]:
    book = load_workbook(path)
    titles, *lines = book.worksheets[0].iter_rows(values_only=True)
    book.close()
    return [dict(zip(map(str, titles), [str(cell or "") for cell in line], strict=True)) for line in lines]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with small_shop(tmp_path / "owner", parcels=24, virtual=0, held=("under_audit", "after_sale")) as shop:
        shop.folder.configure(sheets=None, inbox="inbox", import_above=0)
        (shop.folder.path / "inbox" / "parcels.csv").unlink()
        yield Day(shop)


def test_thirty_messy_files_over_a_day(day: Day) -> None:
    shop = day.shop
    parcels = list(shop.parcels.values())
    audited, in_after_sale = (_parcel(sn, n) for n, sn in enumerate(shop.held, start=1))
    _morning(day, parcels[:12], audited=audited, in_after_sale=in_after_sale)
    before = sorted(path.name for path in day.inbox.iterdir())
    dry = shop.ship("--dry-run")
    assert dry.json["shops"]["demo"]["outcomes"]["planned"] == 12
    assert sorted(path.name for path in day.inbox.iterdir()) == before
    day.note(shop.ship())
    assert set(shop.shipped()) == {sn for sn, _, _ in parcels[:12]}
    assert day.open() == Counter([audited[0], in_after_sale[0], UNKNOWN[0]])

    _noon(day, parcels[:18], audited=audited)
    shop.mock.patch(audited[0], audit=False)
    moments = [Moment(kind="effect", endpoint="batch/upload", hold="after")]
    killed = kill_until_done(shop.folder, "ship", "--json", mock=shop.mock, moments=moments, write="batch/upload")
    assert len(killed.moments) == 1
    assert killed.survivors == []
    assert killed.end is not None
    day.note(killed.end)

    _evening(day, parcels[18:], in_after_sale=in_after_sale)
    day.note(shop.ship())
    _all_is_accounted_for(day, parcels=[*parcels, audited])


def _morning(day: Day, parcels: Sequence[Parcel], *, audited: Parcel, in_after_sale: Parcel) -> None:
    day.drop("parcels.csv", parcels[0:2])
    write_shop_csv(day.inbox / "erp.csv", parcels[2:4])
    write_template(day.inbox / "template.xlsx", parcels[4:6])
    write_xls(day.inbox / "old.xls", [ENGLISH_HEADERS, *parcels[6:8]])
    write_html(day.inbox / "page.xls", [ENGLISH_HEADERS, *parcels[8:10]])
    write_mistakes(day.inbox / "mistakes.xlsx", good=parcels[10:12])
    (day.inbox / "copy of parcels.csv").write_bytes((day.inbox / "parcels.csv").read_bytes())
    (day.inbox / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(200))
    (day.inbox / "broken.xlsx").write_bytes((day.inbox / "template.xlsx").read_bytes()[:700])
    (day.inbox / "nothing.txt").write_bytes(b"")
    for name in ("erp.csv", "template.xlsx", "old.xls", "page.xls", "mistakes.xlsx", "copy of parcels.csv"):
        day.dropped_at(day.inbox / name)
    for name in ("photo.jpg", "broken.xlsx", "nothing.txt"):
        day.dropped_at(day.inbox / name)
    day.drop("held.csv", [audited, in_after_sale])
    day.drop("no order yet.csv", [UNKNOWN])
    day.drop("only headers.csv")


def _noon(day: Day, parcels: Sequence[Parcel], *, audited: Parcel) -> None:
    day.drop("parcels.csv", [*parcels[0:2], *parcels[12:14]])  # yesterday's name, and all rows of the day so far
    write_csv(day.inbox / "tabs.txt", [ENGLISH_HEADERS, *parcels[14:15]], encoding="utf-16", delimiter="\t")
    write_csv(day.inbox / "semicolons.csv", [ENGLISH_HEADERS, *parcels[15:16]], encoding="gb18030", delimiter=";")
    write_xlsx(day.inbox / "two sheets.xlsx", [ENGLISH_HEADERS, parcels[16]], [ENGLISH_HEADERS, parcels[17]])
    for name in ("tabs.txt", "semicolons.csv", "two sheets.xlsx"):
        day.dropped_at(day.inbox / name)
    day.drop("audited again.csv", [audited])
    day.drop("twice.csv", [parcels[13], parcels[13]])
    day.drop("no headers.csv", [parcels[12]], headers=False)
    day.drop("odd quote.csv", [(UNKNOWN[0].replace("1", "3"), '"中通', "1")])


def _evening(day: Day, parcels: Sequence[Parcel], *, in_after_sale: Parcel) -> None:
    for n, parcel in enumerate(parcels):
        day.drop(f"late {n}.csv", [parcel])
    day.drop("another number.csv", [(*in_after_sale[:2], "789999999999999")])
    day.drop("unknown courier.csv", [(UNKNOWN[0].replace("1", "2"), "不知道快递", UNKNOWN[2])])
    day.drop("once more.csv", [UNKNOWN])


def _all_is_accounted_for(day: Day, *, parcels: Sequence[Parcel]) -> None:
    truth, results = day.shop.truth(), day.results()
    assert len(day.dropped) >= 30
    assert [path.name for path in day.inbox.iterdir()] == ["done"]
    put_away = [path.name for path in day.inbox.glob("done/*") if path.name not in _result_names(results)]
    assert sorted(name[16:] for name in put_away) == sorted(day.dropped)
    assert results.keys() == set(put_away)
    for sn, _, number in parcels:
        assert [each["tracking_number"] for each in truth[sn]["shipments"]] == [number], sn
    assert sum(bool(order["shipments"]) for order in truth.values()) == len(parcels)
    assert {place: reasons for place, reasons in day.told.items() if len(reasons) > 1} == {}
    lines = [line for each in results.values() for line in each if "Order number" in line]
    assert {line["Order number"] for line in lines if line["State"] != "Closed"} == {UNKNOWN[0]}
    assert day.open() == Counter([UNKNOWN[0]])
    assert all(line["Outcome"] and line["Reason"] for line in lines)


def _result_names(results: dict[str, list[dict[str, str]]]) -> set[str]:
    return {f"{name}.result.xlsx" for name in results}


def _parcel(order_sn: str, n: int) -> Parcel:
    return order_sn, "中通快递", f"7855{n:08d}"


def test_pasted_lines_are_shipped_by_the_flows_name_alone(day: Day) -> None:
    first = next(iter(day.shop.parcels.values()))
    done = day.shop.folder.run("ship", "--paste", "--json", given="\t".join(first) + "\n")
    assert (done.exit_code, done.row(first[0])["reason"]) == (0, "shipped"), done.stderr
    nothing = day.shop.folder.run("ship", "--paste", given="")
    assert nothing.exit_code == 2
    assert "Standard input is empty" in nothing.stderr
