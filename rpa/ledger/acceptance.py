"""Acceptance of a ledger by a person: a new identity, and back what the journal has of holds, actions and items."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from rpa.errors import ConfigError
from rpa.language import Text
from rpa.ledger.actions import LIVE, State
from rpa.ledger.database import open_database, writing
from rpa.ledger.identity import Mark, begin, mark_of, stand_for
from rpa.ledger.journal import Entry, Journal, last_items, last_words
from rpa.ledger.runs import RunState
from rpa.ledger.schema import actions, fences, holds, runs, sealed_items, sealed_stocks
from rpa.ledger.sealed_stock import ItemState
from rpa.ledger.verification import LedgerInDoubt, check_ledger
from rpa.ledger.wal import set_strange_aside
from rpa.ledger.witness import Witness

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock

_NO_DOUBT = Text(
    en="Nothing speaks against the ledger {file}; there is nothing to accept.", zh="台账 {file} 没有问题，无需确认。"
)
_CHANGING: Final = ("state", "looks", "detail", "facts", "answered_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a person accepted, and what came back."""

    mark: Mark
    holds: int
    """So many holds stand again, of those that the ledger did not have."""
    actions: int
    """So many actions are in the ledger again, or stand there as they did last."""
    items: int
    """So many sealed items are given away again, as they were."""
    unreadable: int
    """So many lines of the journal nobody can read."""


def accept(file: Path, *, by: str, reason: str, clock: Clock) -> Accepted:
    """Take what is there, or an empty ledger where there is none. Nothing of the project may be running.

    Killed at any moment, it is either accepted, or as doubtful as before.

    Raises:
        ConfigError: there is no doubt about this ledger, or it cannot be opened.

    """
    witness, journal = Witness(file), Journal(file)
    seen = witness.seen()
    doubt = _doubt_about(file)
    kept = journal.read()
    set_strange_aside(file)
    engine = open_database(file)
    now = clock.now()
    with writing(engine) as connection, connection.begin():
        before = mark_of(connection)
        marks = {each.identity: each for each in (*filter(None, [before]), *seen.marks.values())}
        stand_for(connection, marks.values(), found=doubt.fault, by=by, reason=reason, at=now)
        mark = begin(connection, writes=before.writes + 1 if before else 1)
        held, lifted, acted = last_words(kept.entries)
        back = _Restoring(connection, now=now)
        accepted = Accepted(
            mark=mark,
            holds=back.holds(held, lifted),
            actions=sum(map(back.action, sorted(acted, key=_turn))),
            items=sum(map(back.item, last_items(kept.entries))),
            unreadable=kept.unreadable,
        )
    if engine.dialect.name == "sqlite":  # else the database without its -wal would still be the one given up
        with closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    said = {"do": "accepted", "identity": mark.identity, "found": doubt.fault, "by": by, "reason": reason}
    journal.add([{**said, "at": now.isoformat()}], lasting=True)
    witness.keep(mark)
    return accepted


def _doubt_about(file: Path) -> LedgerInDoubt:
    try:
        check_ledger(file)
    except LedgerInDoubt as doubt:
        return doubt
    raise ConfigError(_NO_DOUBT.with_words(file=file))


def _turn(entry: Entry) -> tuple[bool, float]:
    """First what frees a subject; then the newest, as a subject takes one live action only."""
    return entry["state"] in LIVE, -_moment(entry["updated_at"]).timestamp()


class _Restoring:
    """Writes into the ledger what the journal says last."""

    def __init__(self, connection: Connection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def holds(self, held: list[Entry], lifted: list[Entry]) -> int:
        """Have these holds, and lift those; gives how many the ledger did not have."""
        for entry in lifted:
            said = {"lifted_by": entry["by"], "lifted_at": _moment(entry["at"]), "lifted_because": entry["reason"]}
            self._connection.execute(update(holds).where(*_this_hold(entry)).values(said))
        return sum(map(self._hold, held))

    def _hold(self, entry: Entry) -> bool:
        until = None if entry["until"] is None else _moment(entry["until"])
        if until is not None and until <= self._now:
            return False
        says = {"reason": entry["reason"], "held_by": entry["by"], "until": until, "facts": entry["facts"]}
        if self._connection.execute(update(holds).where(*_this_hold(entry)).values(says)).rowcount:
            return False
        of = {name: entry[name] for name in ("shop", "subject", "cause")}
        self._connection.execute(insert(holds).values({**of, **says, "held_at": _moment(entry["held_at"])}))
        return True

    def action(self, entry: Entry) -> bool:
        """Have this action as it stood last; whether the ledger did not have it so."""
        same = [actions.c[name] == entry[name] for name in ("shop", "kind", "subject", "part", "run_id")]
        known = self._connection.execute(select(actions).where(*same)).mappings().all()
        as_it_was = {name: entry[name] for name in _CHANGING} | {"updated_at": _moment(entry["updated_at"])}
        for row in known:
            if row["created_at"] == _moment(entry["created_at"]):
                changed = any(row[name] != entry[name] for name in _CHANGING)
                if changed:
                    self._connection.execute(update(actions).where(actions.c.id == row["id"]).values(as_it_was))
                return changed
        if State(entry["state"]) not in LIVE:
            return False
        self._end_superseded(entry)
        if self._is_taken(entry):
            return False
        self._have_run(entry)
        named = ("shop", "kind", "subject", "part", "bundle", "payload", "run_id", "fence")
        new = {name: entry[name] for name in named} | {"created_at": _moment(entry["created_at"])} | as_it_was
        self._connection.execute(insert(actions).values(new))
        return True

    def item(self, entry: Entry) -> bool:
        """Have this sealed item as it stood last, whoever it belongs to; whether the ledger did not have it so.

        One that the ledger does not know comes back without its content: so it is not taken in as a new one.
        """
        same = (sealed_items.c.owner == entry["owner"], sealed_items.c.digest == entry["digest"])
        row = self._connection.execute(select(sealed_items).where(*same)).mappings().one_or_none()
        wanted = {name: entry[name] for name in ("state", "shop", "subject")}
        free = entry["state"] == ItemState.FREE.value
        if row is None:
            if not free:
                self._insert_item(entry)
            return not free
        if all(row[name] == value for name, value in wanted.items()) and (row["shown_at"] or not entry["shown"]):
            return False
        if free and row["shown_at"] is not None:
            return False
        self._connection.execute(update(sealed_items).where(*same).values({**wanted, **self._course(entry)}))
        return True

    def _insert_item(self, entry: Entry) -> None:
        owner = entry["owner"]
        known = select(sealed_stocks.c.owner).where(sealed_stocks.c.owner == owner)
        if self._connection.execute(known).first() is None:
            new = {"owner": owner, "key_check": "", "begun_at": self._now}
            self._connection.execute(insert(sealed_stocks).values(new))
        names = ("owner", "pool", "batch", "place", "digest", "content_digest", "last_four", "state", "shop", "subject")
        said = {name: entry[name] for name in names} | self._course(entry)
        self._connection.execute(
            insert(sealed_items).values({**said, "sealed": b"", "added_at": self._now, "added_by": ""})
        )

    def _course(self, entry: Entry) -> dict[str, object]:
        """When what happened to the item, and its position, unless another item took that."""
        of = [sealed_items.c[name] == entry[name] for name in ("owner", "pool", "shop", "subject", "position")]
        taken = self._connection.execute(
            select(sealed_items.c.id).where(*of, sealed_items.c.digest != entry["digest"]).limit(1)
        ).first()
        return {
            "position": None if taken else entry["position"],
            "reserved_at": self._now if entry["subject"] else None,
            "shown_at": self._now if entry["shown"] else None,
            "sent_at": self._now if entry["state"] == ItemState.SENT.value else None,
        }

    def _end_superseded(self, entry: Entry) -> None:
        """What is done and began before this did lives no more, or this could not have begun."""
        done = [*_same_subject(entry), actions.c.state == State.DONE.value]
        earlier = actions.c.created_at < _moment(entry["created_at"])
        ended = {"state": State.SUPERSEDED.value, "updated_at": _moment(entry["created_at"])}
        self._connection.execute(update(actions).where(*done, earlier).values(ended))

    def _is_taken(self, entry: Entry) -> bool:
        """Whether another action lives on the subject: it forbids the next one as well as this does."""
        live = select(actions.c.id).where(*_same_subject(entry), actions.c.state.in_(LIVE))
        return self._connection.execute(live.limit(1)).first() is not None

    def _have_run(self, entry: Entry) -> None:
        """The run that began this action; no later one may have its fence, which may be taken by now."""
        if self._connection.execute(select(runs.c.id).where(runs.c.id == entry["run_id"])).first() is not None:
            return
        shop, fence = entry["shop"], int(entry["fence"])
        known = select(runs.c.fence).where(runs.c.shop == shop, runs.c.fence == fence)
        if self._connection.execute(known).first() is not None:
            newest = self._connection.execute(select(func.max(runs.c.fence)).where(runs.c.shop == shop)).scalar_one()
            fence = max(newest, self._fence(shop) or 0) + 1
        began = _moment(entry["created_at"])
        self._connection.execute(
            insert(runs).values(
                id=entry["run_id"],
                shop=shop,
                flow=entry["kind"],
                fence=fence,
                started_at=began,
                finished_at=began,
                state=RunState.CRASHED.value,
                host="",
                pid=0,
                options={},
                counts={},
            )
        )
        if self._fence(shop) is None:
            self._connection.execute(insert(fences).values(shop=shop, fence=fence))
        raised = update(fences).where(fences.c.shop == shop, fences.c.fence < fence).values(fence=fence)
        self._connection.execute(raised)

    def _fence(self, shop: str) -> int | None:
        found: Any = self._connection.execute(select(fences.c.fence).where(fences.c.shop == shop)).scalar_one_or_none()
        return found if found is None else int(found)


def _this_hold(entry: Entry) -> tuple[Any, ...]:
    same = [holds.c[name] == entry[name] for name in ("shop", "subject", "cause")]
    return (*same, holds.c.lifted_at.is_(None))


def _same_subject(entry: Entry) -> list[Any]:
    return [actions.c[name] == entry[name] for name in ("shop", "kind", "subject", "part")]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
