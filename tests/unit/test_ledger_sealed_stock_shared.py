"""Several processes at one stock, some of them killed: no item goes to two subjects, and none is lost."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from rpa.clock import Clock
from rpa.credentials import key_from, make_key
from rpa.ledger.ledger import Ledger
from rpa.ledger.sealed_stock import ItemState, NewItem
from rpa.ledger.sealing import Seal
from tests.support import stock_program

KEY, OWNER, POOL = make_key(), "stock:common", "goods:1"
ITEMS, SUBJECTS = 40, [f"order-{number}" for number in range(16)]


def started(file: Path, name: str, subjects: Sequence[str]) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", stock_program.__name__, str(file), KEY, OWNER, POOL, name, ",".join(subjects)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(words, **pipes, text=True, encoding="utf-8")  # type: ignore[call-overload,no-any-return]


def stocked(file: Path) -> None:
    items = [
        NewItem(place=each, content=f"CODE-{each:04}", identity=f"CODE-{each:04}", last_four=f"{each:04}")
        for each in range(1, ITEMS + 1)
    ]
    with Ledger.open(file, clock=Clock()) as ledger:
        ledger.sealed_stock.add(Seal(key_from(KEY), owner=OWNER), pool=POOL, batch="b", items=items, by="王")


def test_processes_at_once_give_each_subject_its_own_items_and_no_item_twice(tmp_path: Path) -> None:
    """Three of them want the same subjects, in other orders: whoever comes later gets what the first one got."""
    file = tmp_path / "ledger.sqlite3"
    stocked(file)
    given: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    orders = (SUBJECTS, SUBJECTS[::-1], SUBJECTS[5:] + SUBJECTS[:5])
    processes = [started(file, f"run-{at}", order) for at, order in enumerate(orders)]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        for line in process.communicate()[0].splitlines():
            subject, *contents = line.split()
            given[subject].add(tuple(contents))
        assert process.returncode == 0
    served = {subject: got for subject, got in given.items() if got != {("short",)}}
    assert len(served) == ITEMS // stock_program.EACH
    assert [got for got in served.values() if len(got) != 1] == []
    times = Counter(content for [contents] in served.values() for content in contents)
    assert set(times.values()) == {1}
    with Ledger.open(file, clock=Clock()) as ledger:
        assert len(ledger.sealed_stock.search(OWNER, state=ItemState.FREE)) == ITEMS - len(times)


def test_a_killed_process_leaves_what_it_opened_with_its_subject(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    stocked(file)
    seen: dict[str, list[str]] = {}
    for at, subject in enumerate(SUBJECTS[:3]):
        process = started(file, f"run-{at}", SUBJECTS)
        assert process.stdin
        assert process.stdout
        process.stdin.write("go\n")
        process.stdin.flush()
        for line in process.stdout:
            name, *contents = line.split()
            if contents:
                assert seen.setdefault(name, contents) == contents
            if name == subject:
                process.kill()
                break
        process.communicate()
    with Ledger.open(file, clock=Clock()) as ledger:
        for name, contents in seen.items():
            items = ledger.sealed_stock.search(OWNER, subject=name)
            assert [each.last_four for each in items] == [each[-4:] for each in contents]
        stock = ledger.sealed_stock.search(OWNER)
        assert len(stock) == ITEMS
        assert all(each.shown_at is None for each in stock if each.state is ItemState.FREE)
