"""The sealed stock: each item once, for one subject, opened only after that was written down."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.credentials import Key, key_from, make_key
from rpa.errors import ConfigError
from rpa.ledger.actions import IllegalStep
from rpa.ledger.ledger import Ledger
from rpa.ledger.sealed_stock import (
    BatchKnown,
    Did,
    ItemState,
    NewItem,
    ReservedOtherwise,
    SealedItem,
    StockShort,
    StrangeKey,
)
from rpa.ledger.sealing import Seal
from tests.support.ledger_clock import HandClock

OWNER, POOL, SHOP = "shop:demo", "goods:1", "demo"
KEY = key_from(make_key())
SEAL = Seal(KEY, owner=OWNER)


def secret(number: int) -> str:
    return f"SECRET-CODE-{number:04}"


def new(number: int, *, place: int | None = None) -> NewItem:
    text = secret(number)
    return NewItem(place=place or number, content=text, identity=text, last_four=text[-4:])


def fill(ledger: Ledger, *numbers: int, pool: str = POOL, batch: str = "b1", seal: Seal = SEAL) -> list[SealedItem]:
    ledger.sealed_stock.add(seal, pool=pool, batch=batch, items=[new(each) for each in numbers], by="王")
    return ledger.sealed_stock.search(seal.owner, batch=batch)


def reserve(ledger: Ledger, subject: str, count: int, **other: Any) -> list[SealedItem]:
    wanted = {"pool": POOL, "shop": SHOP, "by": "run-1", **other}
    return ledger.sealed_stock.reserve(OWNER, subject=subject, count=count, **wanted)


def states(ledger: Ledger) -> dict[str, int]:
    return Counter(each.state.value for each in ledger.sealed_stock.search(OWNER))


def test_a_batch_is_added_in_its_order_with_who_and_when(ledger: Ledger, clock: HandClock) -> None:
    items = fill(ledger, 1, 2, 3)
    assert [(each.place, each.last_four, each.state) for each in items] == [
        (number, f"000{number}", ItemState.FREE) for number in (1, 2, 3)
    ]
    assert {(each.pool, each.added_by, each.added_at, each.subject) for each in items} == {
        (POOL, "王", clock.now(), "")
    }


def test_what_the_stock_has_in_any_pool_batch_or_state_is_not_added_again(ledger: Ledger) -> None:
    fill(ledger, 1, 2)
    [first] = reserve(ledger, "A", 1)
    ledger.sealed_stock.void(OWNER, items=[first], by="王", reason="used")
    items = [new(7), new(1, place=8), new(7, place=9), new(3)]
    added = ledger.sealed_stock.add(SEAL, pool="goods:2", batch="b2", items=items, by="王")
    assert added.items == 0
    assert [(each.place, each.first_place, each.item and each.item.batch) for each in added.known] == [
        (8, 8, "b1"),
        (9, 7, None),
    ]
    assert ledger.sealed_stock.search(OWNER, batch="b2") == []
    added = ledger.sealed_stock.add(SEAL, pool="goods:2", batch="b2", items=items, by="王", whole=False)
    assert (added.items, [each.place for each in ledger.sealed_stock.search(OWNER, batch="b2")]) == (2, [7, 3])


def test_two_owners_may_have_the_same_item_and_their_digests_tell_nobody(ledger: Ledger) -> None:
    other = Seal(KEY, owner="stock:common")
    [mine], [theirs] = fill(ledger, 1), fill(ledger, 1, seal=other)
    assert mine.digest != theirs.digest
    assert ledger.sealed_stock.known(other, identities=[secret(1), secret(2)]) == {secret(1): theirs}


def test_a_batch_of_the_same_name_is_refused(ledger: Ledger) -> None:
    fill(ledger, 1)
    with pytest.raises(BatchKnown, match="b1"):
        fill(ledger, 2)


def test_asked_again_for_the_same_subject_the_same_items_are_given(ledger: Ledger) -> None:
    fill(ledger, *range(1, 9))
    got = reserve(ledger, "A", 3)
    assert [(each.place, each.position, each.shop, each.state) for each in got] == [
        (number, number, SHOP, ItemState.RESERVED) for number in (1, 2, 3)
    ]
    other = reserve(ledger, "B", 2)
    assert [each.place for each in other] == [4, 5]
    assert reserve(ledger, "A", 3) == got
    assert [each.place for each in reserve(ledger, "A", 1, shop="second")] == [6]
    ledger.sealed_stock.reveal(SEAL, items=got[:1], by="run-1")
    ledger.sealed_stock.mark_sent(OWNER, items=got[:1], by="run-1")
    assert [each.state for each in reserve(ledger, "A", 3)] == [ItemState.SENT, *[ItemState.RESERVED] * 2]
    with pytest.raises(ReservedOtherwise):
        reserve(ledger, "A", 4)


def test_a_short_stock_gives_all_or_nothing(ledger: Ledger) -> None:
    fill(ledger, 1, 2)
    with pytest.raises(StockShort) as short:
        reserve(ledger, "A", 3)
    assert (short.value.wanted, short.value.free, states(ledger)) == (3, 2, {"free": 2})
    with pytest.raises(StockShort):
        ledger.sealed_stock.reserve("nobody", pool=POOL, shop=SHOP, subject="A", count=1, by="run-1")
    assert len(reserve(ledger, "A", 2)) == 2


@pytest.mark.parametrize(("subject", "count"), [("", 1), ("A", 0)])
def test_nothing_is_reserved_for_nobody(ledger: Ledger, subject: str, count: int) -> None:
    fill(ledger, 1)
    with pytest.raises(ValueError, match="subject"):
        reserve(ledger, subject, count)


def test_that_an_item_was_opened_and_by_whom_is_kept(ledger: Ledger, clock: HandClock) -> None:
    fill(ledger, 1)
    [item] = reserve(ledger, "A", 1)
    began = clock.now()
    [opened] = ledger.sealed_stock.reveal(SEAL, items=[item], by="run-1", reason="delivery")
    assert (opened.content, opened.item.shown_at) == (secret(1), began)
    assert SEAL.digest(opened.content) == item.content_digest
    clock.move(3600)
    [again] = ledger.sealed_stock.reveal(SEAL, items=[item], by="王")
    assert again.item.shown_at == began
    assert [(each.did, each.by, each.subject, each.detail) for each in ledger.sealed_stock.events([item])] == [
        (Did.RESERVED, "run-1", "A", ""),
        (Did.SHOWN, "run-1", "A", "delivery"),
        (Did.SHOWN, "王", "A", ""),
    ]


def test_an_item_that_belongs_to_nobody_or_somebody_else_by_now_is_not_opened(ledger: Ledger) -> None:
    [free, _] = fill(ledger, 1, 2)
    with pytest.raises(IllegalStep):
        ledger.sealed_stock.reveal(SEAL, items=[free], by="run-1")
    [mine] = reserve(ledger, "A", 1)
    ledger.sealed_stock.release(OWNER, shop=SHOP, subject="A", by="王", reason="refund")
    [theirs] = reserve(ledger, "B", 1)
    assert mine.id == theirs.id
    for act in (
        lambda: ledger.sealed_stock.reveal(SEAL, items=[mine], by="run-1"),
        lambda: ledger.sealed_stock.mark_sent(OWNER, items=[mine], by="run-1"),
        lambda: ledger.sealed_stock.void(OWNER, items=[mine], by="run-1", reason="bad"),
    ):
        with pytest.raises(IllegalStep, match="somebody else"):
            act()
    assert ledger.sealed_stock.search(OWNER, subject="B") == [theirs]


def test_only_what_was_never_opened_is_released(ledger: Ledger) -> None:
    fill(ledger, 1, 2, 3)
    items = reserve(ledger, "A", 3)
    ledger.sealed_stock.reveal(SEAL, items=items[1:2], by="run-1")
    released = ledger.sealed_stock.release(OWNER, shop=SHOP, subject="A", by="王", reason="refund")
    assert [each.place for each in released] == [1, 3]
    assert [each.place for each in ledger.sealed_stock.search(OWNER, state=ItemState.FREE)] == [1, 3]
    assert ledger.sealed_stock.release(OWNER, shop=SHOP, subject="A", by="王", reason="refund") == []
    assert ledger.sealed_stock.events(released)[-1].subject == "A"


def test_only_what_was_opened_can_have_been_sent(ledger: Ledger, clock: HandClock) -> None:
    fill(ledger, 1, 2)
    items = reserve(ledger, "A", 2)
    ledger.sealed_stock.reveal(SEAL, items=items[:1], by="run-1")
    with pytest.raises(IllegalStep, match="never opened"):
        ledger.sealed_stock.mark_sent(OWNER, items=items, by="run-1")
    assert states(ledger) == {"reserved": 2}
    ledger.sealed_stock.mark_sent(OWNER, items=items[:1], by="run-1", detail="chat")
    [sent] = ledger.sealed_stock.mark_sent(OWNER, items=items[:1], by="run-1", detail="chat")
    assert (sent.state, sent.sent_at, states(ledger)) == (ItemState.SENT, clock.now(), {"sent": 1, "reserved": 1})
    assert [each.did for each in ledger.sealed_stock.events([sent])].count(Did.SENT) == 1


def test_a_void_item_is_given_to_nobody_and_opened_for_no_delivery(ledger: Ledger) -> None:
    free, _, third = fill(ledger, 1, 2, 3)
    assert ledger.sealed_stock.void(OWNER, items=[free, free], by="王", reason="bad") == 1
    assert ledger.sealed_stock.void(OWNER, items=[free], by="王", reason="bad") == 0
    [item] = reserve(ledger, "A", 1)
    assert item.place == 2
    ledger.sealed_stock.void(OWNER, items=[item], by="王", reason="bad")
    with pytest.raises(IllegalStep):
        ledger.sealed_stock.reveal(SEAL, items=[item], by="run-1")
    [opened] = ledger.sealed_stock.reveal(SEAL, items=[item], by="王", states={ItemState.VOID})
    assert opened.content == secret(2)
    with pytest.raises(IllegalStep):
        ledger.sealed_stock.mark_sent(OWNER, items=[item], by="run-1")
    assert [each.place for each in reserve(ledger, "B", 1)] == [third.place]


def test_free_items_are_moved_all_or_none(ledger: Ledger) -> None:
    items = fill(ledger, 1, 2, 3)
    reserve(ledger, "A", 1)
    with pytest.raises(IllegalStep):
        ledger.sealed_stock.move(OWNER, items=items, to="goods:2", by="王", reason="wrong")
    assert ledger.sealed_stock.move(OWNER, items=items[1:], to="goods:2", by="王", reason="wrong") == 2
    assert {(each.pool, each.free, each.reserved) for each in ledger.sealed_stock.counts(OWNER)} == {
        (POOL, 0, 1),
        ("goods:2", 2, 0),
    }


def test_the_pace_counts_what_was_sent_since(ledger: Ledger, clock: HandClock) -> None:
    fill(ledger, *range(1, 6))
    for subject, count in (("A", 1), ("B", 2)):
        items = reserve(ledger, subject, count)
        ledger.sealed_stock.reveal(SEAL, items=items, by="run-1")
        ledger.sealed_stock.mark_sent(OWNER, items=items, by="run-1")
        clock.move(2 * 86400)
    assert ledger.sealed_stock.count_sent(OWNER, since=clock.now() - timedelta(days=3)) == {POOL: 2}
    assert ledger.sealed_stock.count_sent(OWNER, since=clock.now() - timedelta(days=9)) == {POOL: 3}


def test_another_key_neither_adds_nor_opens(ledger: Ledger) -> None:
    fill(ledger, 1)
    items = reserve(ledger, "A", 1)
    strange = Seal(key_from(make_key()), owner=OWNER)
    with pytest.raises(StrangeKey):
        fill(ledger, 1, batch="b2", seal=strange)
    with pytest.raises(StrangeKey):
        ledger.sealed_stock.reveal(strange, items=items, by="run-1")
    assert ledger.sealed_stock.search(OWNER, subject="A") == items


def test_a_content_opens_only_for_its_own_item_owner_and_key() -> None:
    sealed = SEAL.close(secret(1), digest="d1")
    assert SEAL.open(sealed, digest="d1") == secret(1)
    assert SEAL.close(secret(1), digest="d1") != sealed
    for seal, content, digest in (
        (SEAL, sealed, "d2"),
        (Seal(KEY, owner="shop:other"), sealed, "d1"),
        (Seal(key_from(make_key()), owner=OWNER), sealed, "d1"),
        (SEAL, sealed[:-1], "d1"),
        (SEAL, b"S2" + sealed[2:], "d1"),
        (SEAL, b"", "d1"),
    ):
        with pytest.raises(ConfigError, match="does not open"):
            seal.open(content, digest=digest)


def test_neither_seals_nor_items_show_what_they_hold() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SEAL)
    assert secret(1) not in repr(new(1))
    assert repr(SEAL) == "Seal(owner='shop:demo')"


def test_nothing_beside_the_key_has_the_content(tmp_path: Path, clock: HandClock) -> None:
    with Ledger.open(tmp_path / "var" / "ledger.sqlite3", clock=clock) as ledger:
        fill(ledger, 1, 2)
        items = reserve(ledger, "A", 1)
        ledger.sealed_stock.reveal(SEAL, items=items, by="run-1")
        ledger.sealed_stock.mark_sent(OWNER, items=items, by="run-1")
        written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"0001" in written
    for word in (b"SECRET", b"CODE-0001", Key.for_use(KEY, f"sealed stock digest:{OWNER}")):
        assert word not in written


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(1, 30), max_size=6)),
        st.tuples(st.just("reserve"), st.tuples(st.sampled_from("ABCD"), st.integers(1, 4))),
        st.tuples(st.just("release"), st.sampled_from("ABCD")),
        st.tuples(st.just("send"), st.sampled_from("ABCD")),
        st.tuples(st.just("void"), st.integers(1, 30)),
        st.tuples(st.just("move"), st.integers(1, 30)),
    ),
    max_size=25,
)


@given(steps=steps)
@settings(deadline=None, max_examples=25)
def test_whatever_is_done_no_content_is_opened_for_two_subjects(
    steps: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An item never leaves who has seen it, and none of them is lost or doubled."""
    path = tmp_path_factory.mktemp("stock") / "ledger.sqlite3"
    shown: dict[str, str] = {}
    known: set[int] = set()
    with Ledger.open(path, clock=HandClock()) as ledger:
        for at, (what, of) in enumerate(steps):
            known |= _take_step(ledger, what, of, at=at, shown=shown)
        stock = ledger.sealed_stock.search(OWNER)
        assert sorted(each.last_four for each in stock) == sorted(f"{number:04}" for number in known)
        for each in stock:
            assert (each.state is ItemState.FREE) <= (each.subject == "" and each.shown_at is None)
        places = [(each.pool, each.subject, each.position) for each in stock if each.subject]
        assert len(places) == len(set(places))


def _take_step(ledger: Ledger, what: str, of: Any, *, at: int, shown: dict[str, str]) -> set[int]:
    stock = ledger.sealed_stock
    try:
        match what:
            case "add":
                fresh = [new(number, place=place) for place, number in enumerate(of, start=1)]
                stock.add(SEAL, pool=POOL, batch=f"b{at}", items=fresh, by="王", whole=False)
                return set(of)
            case "reserve":
                before = stock.search(OWNER, subject=of[0])
                items = reserve(ledger, *of)
                assert len(items) == of[1]
                assert not before or {each.id for each in before} >= {each.id for each in items}
            case "release":
                stock.release(OWNER, shop=SHOP, subject=of, by="王", reason="")
            case "send":
                items = stock.search(OWNER, subject=of, state=ItemState.RESERVED)
                for each in stock.reveal(SEAL, items=items, by="run-1"):
                    assert shown.setdefault(each.content, of) == of
                stock.mark_sent(OWNER, items=items, by="run-1")
            case "void":
                stock.void(OWNER, items=stock.search(OWNER, last_four=f"{of:04}"), by="王", reason="")
            case "move":
                stock.move(OWNER, items=stock.search(OWNER, last_four=f"{of:04}"), to="goods:2", by="王", reason="")
    except (StockShort, IllegalStep):
        pass
    return set()
