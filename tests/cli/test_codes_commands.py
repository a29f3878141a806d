"""`rpa codes`: imported whole or not at all, counted, moved, voided, and shown to a named person only."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from flows.codes.stocks import owner_of_shop, pool_of
from rpa.credentials import key_from
from rpa.ledger.ledger import Ledger
from rpa.ledger.sealed_stock import Did, ItemState, SealedItem
from rpa.ledger.sealing import Seal
from tests.cli.conftest import TWO_SHOPS
from tests.support.code_files import BAD_TEXTS, made_codes, texts_in, write_codes
from tests.support.in_process import rpa
from tests.support.project import Project

GOODS, OTHER = "688880020015", "688880020016"
ORDER = "260310-100000000000001"
OWNER = owner_of_shop("demo")
OF_DEMO = (f"--goods={GOODS}", "--shop=demo", "--by=小王")
GOOD = made_codes(6)


@pytest.fixture(autouse=True)
def key(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_KEY", project.key)


@contextmanager
def opened(project: Project) -> Iterator[Ledger]:
    config = project.config
    config.var.mkdir(exist_ok=True)
    with Ledger.open(config.var / "ledger.sqlite3", clock=config.clock) as ledger:
        yield ledger


def stock(project: Project, **of: Any) -> list[SealedItem]:
    with opened(project) as ledger:
        return ledger.sealed_stock.search(**of)


def supplied(project: Project, name: str = "codes.csv", rows: Any = GOOD, **how: Any) -> str:
    return str(write_codes(project.folder / name, rows, **how))


def reserve(project: Project, order: str = ORDER, count: int = 2) -> list[SealedItem]:
    with opened(project) as ledger:
        return ledger.sealed_stock.reserve(
            OWNER, pool=pool_of(GOODS), shop="demo", subject=order, count=count, by="run-1"
        )


def deliver(project: Project, order: str = ORDER, count: int = 2) -> None:
    items = reserve(project, order, count)
    with opened(project) as ledger:
        ledger.sealed_stock.reveal(Seal(key_from(project.key), owner=OWNER), items=items, by="run-1")
        ledger.sealed_stock.mark_sent(OWNER, items=items, by="run-1")


def levels(project: Project, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rpa(project, "codes", "status", "--json", *words).stdout)
    return found


def test_a_file_is_imported_and_stays_with_a_word_of_what_it_holds(project: Project) -> None:
    path = supplied(project)
    before = Path(path).read_bytes()
    run = rpa(project, "codes", "import", path, *OF_DEMO, "--batch=march")
    assert run.returncode == 0, run.stderr
    assert f"Imported: 6 codes for goods {GOODS} into shop demo, batch march." in run.stdout
    assert "still holds the codes in clear" in run.stdout
    assert Path(path).read_bytes() == before
    items = stock(project, owner=OWNER, batch="march")
    assert [(each.place, each.last_four, each.added_by) for each in items] == [
        (row, number[-4:], "小王") for row, (number, _) in enumerate(GOOD, start=2)
    ]


def test_with_one_bad_row_nothing_is_imported_and_each_is_named(project: Project) -> None:
    path = supplied(project, rows=[*GOOD, ("6899", "１２３４"), ("6898", "1.23E+15")])
    run = rpa(project, "codes", "import", path, *OF_DEMO)
    assert run.returncode == 1
    assert "Nothing was imported: 2 of 8 rows" in run.stdout
    assert "row 8: It has full-width" in run.stdout
    assert "row 9: It reads like 1.23E+15" in run.stdout
    assert stock(project) == []


def test_the_good_rows_alone_are_taken_when_that_is_said(project: Project) -> None:
    path = supplied(project, rows=[*GOOD, ("6899", "１２３４")])
    run = rpa(project, "codes", "import", path, *OF_DEMO, "--skip-bad", "--json")
    assert run.returncode == 1
    said = json.loads(run.stdout)
    assert (said["imported"], said["rows"], [(each["row"], each["reason"]) for each in said["bad"]]) == (
        6,
        7,
        [(8, "full_width")],
    )
    assert len(stock(project, owner=OWNER)) == 6


@pytest.mark.parametrize("skip", [(), ("--skip-bad",)])
def test_what_the_stock_has_is_refused_and_what_became_of_it_is_told(project: Project, skip: tuple[str, ...]) -> None:
    rpa(project, "codes", "import", supplied(project), *OF_DEMO, "--batch=march")
    deliver(project, count=1)
    reserve(project, "B", 1)
    rpa(project, "codes", "void", str(stock(project)[2].id), "--shop=demo", "--reason=bad", "--by=小王")
    rpa(project, "codes", "move", f"--goods={GOODS}", f"--to-goods={OTHER}", "--shop=demo", "--count=1", "--reason=x")
    again = supplied(project, "again.csv", [*GOOD, ("6899", "NEW-CODE-1")])
    run = rpa(project, "codes", "import", again, *OF_DEMO, *skip)
    assert run.returncode == 1
    for row, said in enumerate(
        (
            f"was sent for order {ORDER} already (batch march, row 2)",
            "is reserved for order B",
            "voided it before",
            f"has it already, for goods {OTHER}",
            "has it already (batch march, row 6)",
        ),
        start=2,
    ):
        [line] = [line for line in run.stdout.splitlines() if line.strip().startswith(f"row {row}:")]
        assert said in line
    assert len(stock(project)) == 6 + len(skip)
    assert stock(project, state=ItemState.SENT)[0].subject == ORDER


def test_the_same_code_written_otherwise_is_the_same(project: Project) -> None:
    rpa(project, "codes", "import", supplied(project, rows=[("ABCD-EFGH-1",)], headers=("卡密",)), *OF_DEMO)
    run = rpa(project, "codes", "import", supplied(project, "b.csv", [("abcdefgh1",)], headers=("卡密",)), *OF_DEMO)
    assert (run.returncode, len(stock(project))) == (1, 1)


def test_a_shop_and_a_shared_stock_are_kept_apart(project: Project) -> None:
    rpa(project, "codes", "import", supplied(project), *OF_DEMO)
    run = rpa(
        project, "codes", "import", supplied(project, "b.csv"), f"--goods={GOODS}", "--spec=100元", "--stock=common"
    )
    assert run.returncode == 0, run.stderr
    assert "shared stock common" in run.stdout
    assert [(each["stock"], each["spec"], each["free"]) for each in levels(project)] == [
        ("shop:demo", "", 6),
        ("stock:common", "100元", 6),
    ]
    assert len(levels(project, "--stock=common")) == 1
    assert levels(project, f"--goods={OTHER}") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((f"--goods={GOODS}",), "several shops"),
        ((f"--goods={GOODS}", "--shop=demo", "--stock=a"), "exclude"),
        ((f"--goods={GOODS}", "--shop=demoo"), 'did you mean "demo"'),
        (("--goods=abc", "--shop=demo"), "not a goods id"),
        ((f"--goods={GOODS}", "--stock=a/b"), "no name for a stock"),
        ((f"--goods={GOODS}", "--shop=demo", "--batch=march"), "another name"),
    ],
)
def test_what_is_not_clear_is_refused_before_anything_is_stored(
    project: Project, words: tuple[str, ...], said: str
) -> None:
    rpa(project, "codes", "import", supplied(project, rows=made_codes(2, seed=3)), *OF_DEMO, "--batch=march")
    run = rpa(project, "codes", "import", supplied(project, "b.csv", [("6899", "NEW-CODE-1")]), *words)
    assert run.returncode == 2
    assert said in run.stderr
    assert len(stock(project)) == 2


def test_a_file_that_cannot_be_read_is_named(project: Project) -> None:
    run = rpa(project, "codes", "import", str(project.folder / "none.csv"), *OF_DEMO)
    assert (run.returncode, "none.csv: There is no such file" in run.stderr) == (2, True)


def test_status_says_what_is_left_and_how_long_it_lasts(project: Project) -> None:
    assert "There are no codes yet" in rpa(project, "codes", "status").stdout
    rpa(project, "codes", "import", supplied(project, rows=made_codes(20)), *OF_DEMO)
    deliver(project, count=7)
    reserve(project, "B", 3)
    [level] = levels(project)
    assert (level["free"], level["reserved"], level["sent"], level["void"]) == (10, 3, 7, 0)
    assert (level["sent_per_day"], level["days_left"]) == (1.0, 10.0)
    assert f"goods {GOODS}" in rpa(project, "codes", "status").stdout


def test_codes_are_moved_for_a_reason_and_only_so_many_as_are_free(project: Project) -> None:
    rpa(project, "codes", "import", supplied(project), *OF_DEMO)
    to = ("--shop=demo", f"--goods={GOODS}", f"--to-goods={OTHER}", "--to-spec=50元", "--by=小王")
    assert "--reason" in rpa(project, "codes", "move", *to).stderr
    assert "6 free codes" in rpa(project, "codes", "move", *to, "--reason=wrong goods", "--count=7").stderr
    run = rpa(project, "codes", "move", *to, "--reason=wrong goods", "--count=4")
    assert "Moved: 4 codes" in run.stdout
    assert {each["goods_id"]: each["free"] for each in levels(project)} == {GOODS: 2, OTHER: 4}
    with opened(project) as ledger:
        [event] = ledger.sealed_stock.events(ledger.sealed_stock.search(OWNER, pool=pool_of(OTHER, "50元"), limit=1))
    assert (event.did, event.by, event.detail) == (Did.MOVED, "小王", "wrong goods")


def test_codes_are_voided_by_number_batch_or_ending(project: Project) -> None:
    void = ("codes", "void", "--shop=demo", "--by=小王", "--reason=bad")
    rpa(project, "codes", "import", supplied(project), *OF_DEMO, "--batch=march")
    first, second, *_ = stock(project)
    reserve(project, count=1)
    assert "one of them" in rpa(project, *void).stderr
    assert "no such code" in rpa(project, *void, "999999").stderr
    run = rpa(project, *void, str(first.id))
    assert "Voided: 1 codes" in run.stdout
    assert f"belong to orders: {ORDER}" in run.stdout
    assert rpa(project, *void, f"--ending={second.last_four}").returncode == 0
    assert "never a whole code" in rpa(project, *void, "--ending=ABCD1234").stderr
    assert [each.state for each in stock(project)].count(ItemState.VOID) == 2
    assert "Voided: 4 codes" in rpa(project, *void, "--batch=march").stdout


def test_of_two_codes_with_the_same_ending_the_number_must_be_given(project: Project) -> None:
    rpa(project, "codes", "import", supplied(project, rows=[("68011234", "AAAA-1"), ("68021234", "BBBB-2")]), *OF_DEMO)
    run = rpa(project, "codes", "void", "--shop=demo", "--reason=bad", "--ending=1234")
    assert (run.returncode, "Several codes end so" in run.stderr) == (2, True)
    assert stock(project, state=ItemState.VOID) == []


def test_an_orders_codes_are_shown_to_a_named_person_and_that_is_kept(project: Project) -> None:
    rpa(project, "codes", "import", supplied(project), *OF_DEMO)
    reserve(project)
    assert rpa(project, "codes", "show", ORDER).returncode == 2
    run = rpa(project, "codes", "show", ORDER, "--by=小王", "--reason=buyer asks")
    assert run.returncode == 0, run.stderr
    for number, secret in GOOD[:2]:
        assert number in run.stdout
        assert secret in run.stdout
    assert GOOD[2][1] not in run.stdout
    [shown] = json.loads(rpa(project, "codes", "show", ORDER, "--by=小李", "--json").stdout)[1:]
    assert (shown["card_number"], shown["code"], shown["state"]) == (*GOOD[1], "reserved")
    assert [(each["did"], each["by"], each["detail"]) for each in shown["history"]] == [
        ("reserved", "run-1", ""),
        ("shown", "小王", "buyer asks"),
        ("shown", "小李", ""),
    ]
    assert all(each.shown_at for each in stock(project, subject=ORDER))
    assert "has no codes" in rpa(project, "codes", "show", "260310-1", "--by=小王").stderr


def test_without_the_right_key_nothing_is_shown_or_imported(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    rpa(project, "codes", "import", supplied(project), *OF_DEMO)
    reserve(project)
    monkeypatch.setenv("RPA_KEY", "A" * 43)
    for words in (("show", ORDER, "--by=小王"), ("import", supplied(project, "b.csv"), *OF_DEMO)):
        run = rpa(project, "codes", *words)
        assert (run.returncode, "another key" in run.stderr) == (2, True)
    assert len(stock(project)) == 6


@pytest.mark.parametrize("name", ["a.csv", "b.xlsx"])
def test_ten_thousand_codes_among_bad_rows_are_imported_in_seconds(project: Project, name: str) -> None:
    """The bad ones stand between the others, each is named by its row, and what is good is taken as it stands."""
    rows = list(made_codes(10_000))
    bad = {}
    for at, (text, reason) in enumerate(BAD_TEXTS):
        place = at * 200
        rows.insert(place, (f"69{at:04}", text))
        bad[place + 2] = reason.value
    path = supplied(project, name, rows)
    began = time.monotonic()
    run = rpa(project, "codes", "import", path, *OF_DEMO, "--skip-bad", "--json")
    assert time.monotonic() - began < 60
    said = json.loads(run.stdout)
    assert (said["imported"], said["rows"]) == (10_000, len(rows))
    assert {each["row"]: each["reason"] for each in said["bad"]} == bad
    assert [each["free"] for each in levels(project)] == [10_000]
    reserve(project, count=1000)
    shown = json.loads(rpa(project, "codes", "show", ORDER, "--by=小王", "--json").stdout)
    assert [(each["card_number"], each["code"]) for each in shown] == made_codes(1000)


def test_of_many_bad_rows_the_first_are_named_and_the_others_counted(project: Project) -> None:
    path = supplied(project, rows=[(number, f"{number} {secret}") for number, secret in made_codes(60)])
    said = rpa(project, "codes", "import", path, *OF_DEMO).stdout
    assert said.count("There is a blank inside") == 50
    assert "and 10 more: blank_inside 10" in said


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_file_that_others_can_read_and_a_worksheet_that_was_not_are_told(project: Project) -> None:
    path = Path(supplied(project))
    path.chmod(0o644)
    assert "Other users of this computer can read it" in rpa(project, "codes", "import", str(path), *OF_DEMO).stdout
    private = project.folder / "private.xlsx"
    with xlsxwriter.Workbook(str(private)) as book:
        book.add_worksheet("codes").write_column(0, 0, ["卡密", "ABCD-0001"])
        book.add_worksheet("notes").write_column(0, 0, ["how to use", "them"])
    private.chmod(0o600)
    said = rpa(project, "codes", "import", str(private), *OF_DEMO).stdout
    assert "worksheet notes" in said
    assert "Other users" not in said


def test_a_seller_is_told_in_chinese(project: Project) -> None:
    project.write(TWO_SHOPS.replace('language = "en"', 'language = "zh"'))
    said = rpa(project, "codes", "import", supplied(project, rows=[*GOOD, ("6899", "AB CD 12")]), *OF_DEMO).stdout
    assert "未导入任何卡密：共 7 行，其中 1 行有误" in said
    assert "第 8 行：内容中间有空格" in said
    said = rpa(project, "codes", "import", supplied(project), *OF_DEMO).stdout
    assert f"已导入：6 个卡密，商品 {GOODS}，店铺 demo" in said
    assert "仍保存着卡密明文" in said
    reserve(project)
    run = rpa(project, "codes", "show", ORDER, "--by=小王")
    assert "已预留" in run.stdout
    assert "已记录：小王" in run.stderr
    assert "可用" in rpa(project, "codes", "status").stdout


def test_no_code_stands_in_clear_in_anything_that_is_written_or_said(project: Project) -> None:
    """Whatever is done with them but to show them: files, output and errors have the last four at most."""
    bad = [
        ("6899", "BAD CODE ONE"),
        ("6898", GOOD[0][1]),
        ("6897", "１２３４５６７８"),
        GOOD[1],
        (GOOD[2][0], "OTHER-CODE"),
    ]
    files = [supplied(project), supplied(project, "bad.xlsx", [*GOOD, *bad])]
    said = [project.rpa("codes", "import", file, *OF_DEMO) for file in files]
    said += [
        rpa(project, "codes", *words)
        for words in (
            ("import", files[1], *OF_DEMO, "--skip-bad", "--json"),
            ("status", "--json"),
            ("void", "--shop=demo", f"--ending={GOOD[5][0][-4:]}", "--reason=bad", "--by=小王"),
            ("move", "--shop=demo", f"--goods={GOODS}", f"--to-goods={OTHER}", "--count=1", "--reason=x"),
        )
    ]
    deliver(project, count=3)
    for file in files:
        Path(file).unlink()
    written = texts_in(project.folder) + "".join(run.stdout + run.stderr for run in said).encode()
    assert GOOD[0][0][-4:].encode() in written
    clear = [text for each in (*GOOD, *bad) for text in each if len(text) > 4]
    assert [text for text in clear if text.encode() in written or text[:8].encode() in written] == []
