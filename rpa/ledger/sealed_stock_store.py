"""Sealed stock in the ledger: each item added once, reserved for one subject, and never given to a second."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, func, insert, select, update

from rpa.ledger.actions import IllegalStep
from rpa.ledger.journal import note
from rpa.ledger.rows import chunks
from rpa.ledger.schema import sealed_events, sealed_items, sealed_stocks
from rpa.ledger.sealed_stock import (
    Added,
    BatchKnown,
    Did,
    ItemEvent,
    ItemState,
    Known,
    NewItem,
    Opened,
    PoolCount,
    ReservedOtherwise,
    SealedItem,
    StockShort,
    StrangeKey,
)
from rpa.ledger.store import Store
from rpa.ledger.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from rpa.ledger.sealing import Seal

_ITEM: Final = [each for each in sealed_items.c if each.name != "sealed"]
_GIVEN: Final = frozenset({ItemState.RESERVED, ItemState.SENT})
_ANY: Final = frozenset(ItemState)
_NOBODYS: Final = {"shop": "", "subject": "", "position": None, "reserved_at": None}


class SealedStockStore(Store):
    """Stocks of sealed items, each with an owner. Whoever changes one of a stock locks the whole stock meanwhile."""

    def add(self, seal: Seal, *, pool: str, batch: str, items: Sequence[NewItem], by: str, whole: bool = True) -> Added:
        """Add a batch to the stock of the seal's owner, in one pool, durable when this returns.

        Nothing is added twice, in whatever pool, batch or state it is. `whole`: with one item that is known, none is
        added; else the others are.

        Raises:
            BatchKnown: a batch of this name is there.
            StrangeKey: the stock was begun with another key.

        """
        digests = [seal.digest(each.identity) for each in items]
        first: dict[str, int] = {}
        for each, digest in zip(items, digests, strict=True):
            first.setdefault(digest, each.place)
        twice = {each.place for each, digest in zip(items, digests, strict=True) if first[digest] != each.place}
        closed = [seal.close(each.content, digest=digest) for each, digest in zip(items, digests, strict=True)]
        with self._database.writing() as connection:
            self._begin(connection, seal)
            self._refuse_batch(connection, seal.owner, batch=batch)
            there = self._of_digests(connection, seal.owner, digests=first)
            known = tuple(
                Known(place=each.place, item=there.get(digest), first_place=first[digest])
                for each, digest in zip(items, digests, strict=True)
                if digest in there or each.place in twice
            )
            left_out = {each.place for each in known}
            if whole and known:
                return Added(items=0, known=known)
            of = {
                "owner": seal.owner,
                "pool": pool,
                "batch": batch,
                "state": ItemState.FREE.value,
                "added_at": self._clock.now(),
                "added_by": by,
            }
            rows = [
                {
                    **of,
                    "place": each.place,
                    "sealed": sealed,
                    "digest": digest,
                    "content_digest": seal.digest(each.content),
                    "last_four": each.last_four,
                }
                for each, digest, sealed in zip(items, digests, closed, strict=True)
                if each.place not in left_out
            ]
            if rows:
                connection.execute(insert(sealed_items), rows)
            return Added(items=len(rows), known=known)

    def reserve(self, owner: str, *, pool: str, shop: str, subject: str, count: int, by: str) -> list[SealedItem]:
        """So many items for this subject, the oldest first: all of them, or none.

        Asked again for the same subject, it gives the same items, also those that were sent or voided since.

        Raises:
            StockShort: the pool has less; nothing was reserved.
            ReservedOtherwise: the subject has another number of them.

        """
        if not subject or count < 1:
            raise ValueError("Items are reserved for a subject, one at least.")
        with self._database.writing() as connection:
            self._lock(connection, owner)
            here = (sealed_items.c.owner == owner, sealed_items.c.pool == pool)
            theirs = (*here, sealed_items.c.subject == subject, sealed_items.c.shop == shop)
            there = self._items(connection, *theirs)
            if there:
                if len(there) != count:
                    raise ReservedOtherwise(subject=subject, pool=pool, wanted=count, there=len(there))
                return there
            free = self._items(connection, *here, sealed_items.c.state == ItemState.FREE.value, limit=count)
            if len(free) < count:
                raise StockShort(pool=pool, wanted=count, free=len(free))
            place = update(sealed_items).where(sealed_items.c.id == bindparam("of"))
            taken = {"state": ItemState.RESERVED.value, "shop": shop, "subject": subject}
            place = place.values(**taken, reserved_at=self._clock.now(), position=bindparam("number"))
            connection.execute(place, [{"of": each.id, "number": at} for at, each in enumerate(free, start=1)])
            reserved = self._items(connection, *theirs)
            self._note(connection, reserved, did=Did.RESERVED, by=by)
            self._keep(connection, reserved, binds=True)
            return reserved

    def release(self, owner: str, *, shop: str, subject: str, by: str, reason: str) -> list[SealedItem]:
        """Free those of the subject's items that were never opened; gives them as they were.

        What was opened stays reserved: somebody may know it.
        """
        with self._database.writing() as connection:
            self._lock(connection, owner)
            theirs = (sealed_items.c.owner == owner, sealed_items.c.subject == subject, sealed_items.c.shop == shop)
            unseen = (sealed_items.c.state == ItemState.RESERVED.value, sealed_items.c.shown_at.is_(None))
            released = self._items(connection, *theirs, *unseen)
            self._change(connection, released, {"state": ItemState.FREE.value, **_NOBODYS})
            self._note(connection, released, did=Did.RELEASED, by=by, detail=reason)
            self._keep(connection, released, binds=False)
            return released

    def reveal(
        self,
        seal: Seal,
        *,
        items: Sequence[SealedItem],
        by: str,
        reason: str = "",
        states: Collection[ItemState] = _GIVEN,
    ) -> list[Opened]:
        """Open these items, which still belong to the same subject. That it was done, and by whom, is written first.

        Raises:
            IllegalStep: one of them belongs to nobody, to somebody else by now, or is in none of the `states`.
            StrangeKey: the stock was begun with another key.
            ConfigError: the content of one is damaged.

        """
        with self._database.writing() as connection:
            self._begin(connection, seal)
            now = self._same(connection, seal.owner, items=items, states=states)
            unseen = [each for each in now if each.shown_at is None]
            self._change(connection, unseen, {"shown_at": self._clock.now()})
            self._note(connection, now, did=Did.SHOWN, by=by, detail=reason)
            now = self._same(connection, seal.owner, items=items, states=states)
            self._keep(connection, unseen, binds=True, lasting=True)
            closed = self._sealed(connection, now)
        return [Opened(item=each, content=seal.open(closed[each.id], digest=each.digest)) for each in now]

    def mark_sent(self, owner: str, *, items: Sequence[SealedItem], by: str, detail: str = "") -> list[SealedItem]:
        """Have these items as sent, which their subject was shown to have; those that were before stay so.

        Raises:
            IllegalStep: one was never opened, was voided, or belongs to somebody else.

        """
        with self._database.writing() as connection:
            self._lock(connection, owner)
            now = self._same(connection, owner, items=items, states=_GIVEN)
            unseen = [each.id for each in now if each.shown_at is None]
            if unseen:
                raise IllegalStep(f"Items {_numbers(unseen)} were never opened and cannot have been sent.")
            new = [each for each in now if each.state is not ItemState.SENT]
            self._change(connection, new, {"state": ItemState.SENT.value, "sent_at": self._clock.now()})
            self._note(connection, new, did=Did.SENT, by=by, detail=detail)
            self._keep(connection, new, binds=True)
            return self._same(connection, owner, items=items, states=_GIVEN)

    def void(self, owner: str, *, items: Sequence[SealedItem], by: str, reason: str) -> int:
        """Have these items used no more, whomever they belong to; gives how many were not void before.

        Raises:
            IllegalStep: one of them went to somebody else meanwhile.

        """
        with self._database.writing() as connection:
            self._lock(connection, owner)
            now = self._same(connection, owner, items=items, states=_ANY)
            new = [each for each in now if each.state is not ItemState.VOID]
            self._change(connection, new, {"state": ItemState.VOID.value})
            self._note(connection, new, did=Did.VOIDED, by=by, detail=reason)
            self._keep(connection, new, binds=True)
            return len(new)

    def move(self, owner: str, *, items: Sequence[SealedItem], to: str, by: str, reason: str) -> int:
        """Put these free items into another pool: all, or none; gives how many were not in it before.

        Raises:
            IllegalStep: one of them is not free any more.

        """
        with self._database.writing() as connection:
            self._lock(connection, owner)
            now = self._same(connection, owner, items=items, states={ItemState.FREE})
            new = [each for each in now if each.pool != to]
            self._change(connection, new, {"pool": to})
            self._note(connection, new, did=Did.MOVED, by=by, detail=reason)
            return len(new)

    def search(
        self,
        owner: str | None = None,
        *,
        pool: str | None = None,
        batch: str | None = None,
        shop: str | None = None,
        subject: str | None = None,
        state: ItemState | None = None,
        last_four: str | None = None,
        limit: int | None = None,
    ) -> list[SealedItem]:
        """The items of which all of this is true, oldest first: those of a subject and pool by their position."""
        wanted = {"owner": owner, "pool": pool, "batch": batch, "shop": shop, "subject": subject, "state": state}
        wanted["last_four"] = last_four
        where = [sealed_items.c[name] == str(value) for name, value in wanted.items() if value is not None]
        with self._database.reading() as connection:
            return self._items(connection, *where, limit=limit)

    def by_ids(self, owner: str, *, ids: Iterable[int]) -> list[SealedItem]:
        """The stock's items with these numbers; an unknown number has none."""
        with self._database.reading() as connection:
            return self._of_ids(connection, owner, ids=ids)

    def known(self, seal: Seal, *, identities: Iterable[str]) -> dict[str, SealedItem]:
        """By identity, the items that the stock of the seal's owner has."""
        digests = {seal.digest(each): each for each in identities}
        with self._database.reading() as connection:
            there = self._of_digests(connection, seal.owner, digests=digests)
        return {digests[digest]: item for digest, item in there.items()}

    def events(self, items: Iterable[SealedItem]) -> list[ItemEvent]:
        """What was done to these items, oldest first."""
        found: list[ItemEvent] = []
        with self._database.reading() as connection:
            for some in chunks(each.id for each in items):
                query = select(sealed_events).where(sealed_events.c.item_id.in_(some)).order_by(sealed_events.c.id)
                found += [_event(row) for row in self._rows(connection, query)]
        return sorted(found, key=lambda event: event.at)

    def counts(self, owner: str | None = None) -> list[PoolCount]:
        """How many items are in each state, a pool of a stock each."""
        numbers = [
            func.sum(case((sealed_items.c.state == state.value, 1), else_=0)).label(state.value) for state in ItemState
        ]
        query = select(sealed_items.c.owner, sealed_items.c.pool, *numbers)
        if owner is not None:
            query = query.where(sealed_items.c.owner == owner)
        of = (sealed_items.c.owner, sealed_items.c.pool)
        return [PoolCount(**row) for row in self._read(query.group_by(*of).order_by(*of))]

    def count_sent(self, owner: str, *, since: datetime) -> dict[str, int]:
        """By pool, how many items were sent since this moment: the pace at which the stock gets less."""
        number = func.count().label("number")
        query = select(sealed_items.c.pool, number).where(
            sealed_items.c.owner == owner, sealed_items.c.sent_at >= since
        )
        return {row["pool"]: row["number"] for row in self._read(query.group_by(sealed_items.c.pool))}

    def given_away(self, connection: Connection) -> Iterator[dict[str, object]]:
        """A line of the journal for each item, of any stock, that is not free: nobody else may get it."""
        for item in self._items(connection, sealed_items.c.state != ItemState.FREE.value):
            yield _entry(item, now=self._clock.now())

    def _begin(self, connection: Connection, seal: Seal) -> None:
        """Have the seal's stock, locked. One that came back from the journal takes the first key. Raises StrangeKey."""
        row = {"owner": seal.owner, "key_check": seal.check, "begun_at": self._clock.now()}
        begun = upsert(connection, sealed_stocks, key=("owner",), changes=lambda new: {"owner": new["owner"]})
        connection.execute(begun, row)
        keyless = (sealed_stocks.c.owner == seal.owner, sealed_stocks.c.key_check == "")
        connection.execute(update(sealed_stocks).where(*keyless).values(key_check=seal.check))
        of = select(sealed_stocks.c.key_check).where(sealed_stocks.c.owner == seal.owner)
        if connection.execute(of).scalar_one() != seal.check:
            raise StrangeKey(owner=seal.owner)

    def _lock(self, connection: Connection, owner: str) -> None:
        """Keep all others from changing this stock until the transaction ends."""
        connection.execute(select(sealed_stocks.c.owner).where(sealed_stocks.c.owner == owner).with_for_update())

    def _refuse_batch(self, connection: Connection, owner: str, *, batch: str) -> None:
        of = (sealed_items.c.owner == owner, sealed_items.c.batch == batch)
        if connection.execute(select(sealed_items.c.id).where(*of).limit(1)).first() is not None:
            raise BatchKnown(owner=owner, batch=batch)

    def _items(self, connection: Connection, *where: ColumnElement[bool], limit: int | None = None) -> list[SealedItem]:
        """Those of a subject come by their position, which follows the number."""
        query = select(*_ITEM).where(*where).order_by(sealed_items.c.id).limit(limit)
        return [_item(row) for row in self._rows(connection, query)]

    def _of_ids(self, connection: Connection, owner: str, *, ids: Iterable[int]) -> list[SealedItem]:
        of = sealed_items.c.owner == owner
        return [item for some in chunks(ids) for item in self._items(connection, of, sealed_items.c.id.in_(some))]

    def _of_digests(self, connection: Connection, owner: str, *, digests: Iterable[str]) -> dict[str, SealedItem]:
        of = sealed_items.c.owner == owner
        return {
            item.digest: item
            for some in chunks(digests)
            for item in self._items(connection, of, sealed_items.c.digest.in_(some))
        }

    def _keep(self, connection: Connection, items: Sequence[SealedItem], *, binds: bool, lasting: bool = False) -> None:
        """Keep these, as they stand now, in the journal, too."""
        now = self._clock.now()
        stand = [each for some in chunks(each.id for each in items) for each in self._items(connection, _among(some))]
        note(connection, (_entry(each, now=now) for each in stand), binds=binds, lasting=lasting)

    def _same(
        self, connection: Connection, owner: str, *, items: Sequence[SealedItem], states: Collection[ItemState]
    ) -> list[SealedItem]:
        """These items as they stand now, each once, in their order.

        Raises IllegalStep for one that is not what it was.
        """
        now = {each.id: each for each in self._of_ids(connection, owner, ids=(each.id for each in items))}
        strange = [each.id for each in items if each.id not in now or _whose(now[each.id]) != _whose(each)]
        if strange:
            raise IllegalStep(f"Items {_numbers(strange)} are not this stock's, or belong to somebody else by now.")
        wrong = [each.id for each in items if now[each.id].state not in states]
        if wrong:
            wanted = ", ".join(state.value for state in ItemState if state in states)
            raise IllegalStep(f"Items {_numbers(wrong)} are none of these: {wanted}. Nothing was changed.")
        return [now[each] for each in dict.fromkeys(each.id for each in items)]

    def _sealed(self, connection: Connection, items: Sequence[SealedItem]) -> dict[int, bytes]:
        return {
            row.id: row.sealed
            for some in chunks(each.id for each in items)
            for row in connection.execute(
                select(sealed_items.c.id, sealed_items.c.sealed).where(sealed_items.c.id.in_(some))
            )
        }

    def _change(self, connection: Connection, items: Sequence[SealedItem], values: Mapping[str, object]) -> None:
        for some in chunks(each.id for each in items):
            connection.execute(update(sealed_items).where(sealed_items.c.id.in_(some)).values(**values))

    def _note(
        self, connection: Connection, items: Sequence[SealedItem], *, did: Did, by: str, detail: str = ""
    ) -> None:
        said = {"did": did.value, "by": by, "at": self._clock.now(), "detail": detail}
        rows = [{"item_id": each.id, "shop": each.shop, "subject": each.subject, **said} for each in items]
        if rows:
            connection.execute(insert(sealed_events), rows)


def _among(ids: Sequence[int]) -> ColumnElement[bool]:
    return sealed_items.c.id.in_(ids)


def _entry(item: SealedItem, *, now: datetime) -> dict[str, object]:
    """The item as a line of the journal, without its content."""
    names = ("owner", "pool", "batch", "place", "digest", "content_digest", "last_four", "shop", "subject", "position")
    said = {name: getattr(item, name) for name in names}
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    return {"do": "item", **said, "state": item.state.value, "shown": item.shown_at is not None, "at": at}


def _whose(item: SealedItem) -> tuple[str, str, int | None]:
    return item.shop, item.subject, item.position


def _item(row: Mapping[str, Any]) -> SealedItem:
    return SealedItem(**{**row, "state": ItemState(row["state"])})


def _event(row: Mapping[str, Any]) -> ItemEvent:
    return ItemEvent(**{**{name: value for name, value in row.items() if name != "id"}, "did": Did(row["did"])})


def _numbers(ids: Sequence[int]) -> str:
    shown = ", ".join(map(str, ids[:5]))
    return shown if len(ids) <= 5 else f"{shown}, …"  # noqa: PLR2004 - enough to find them by
