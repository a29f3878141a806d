"""Claims in the ledger: heard, superseded, and judged together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from rpa.ledger import holds
from rpa.ledger.claims import Claim, HoldWanted, Judge
from rpa.ledger.holds import Wanted
from rpa.ledger.rows import chunks
from rpa.ledger.schema import mentions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock


_MENTION = [
    *(mentions.c[name] for name in ("subject", "says", "at", "source", "document_id", "heard_at")),
    mentions.c.said_by.label("by"),
]


def hear(
    connection: Connection,
    *,
    shop: str,
    new: Sequence[Claim],
    judge: Judge | None,
    causes: Collection[str],
    by: str,
    clock: Clock,
) -> None:
    """Keep what was said, then judge each subject that it was said of.

    Raises:
        ValueError: two different words on one subject; or the judge wants a cause that is not in `causes`.

    """
    _add(connection, shop=shop, new=new, clock=clock)
    if judge is not None:
        subjects = [each.subject for each in new]
        _judge_all(connection, shop=shop, subjects=subjects, judge=judge, causes=causes, by=by, clock=clock)


def _add(connection: Connection, *, shop: str, new: Sequence[Claim], clock: Clock) -> None:
    """Said again it changes nothing; said otherwise by the same document, the newer word counts."""
    spoken_of = [each.subject for each in new]
    known = {_key(each): (of, each) for of, each in _counting(connection, shop=shop, subjects=spoken_of, clock=clock)}
    wanted: dict[tuple[object, ...], Claim] = {}
    for each in new:
        if wanted.setdefault(_key(each), each) != each:
            raise ValueError(f"{each.source or 'a person'} says both {each.says} and otherwise of {each.subject}")
    fresh = [each for key, each in wanted.items() if key not in known or _kept(each) != known[key][1]]
    _supersede(connection, ids=[known[_key(each)][0] for each in fresh if _key(each) in known], clock=clock)
    if fresh:
        connection.execute(insert(mentions), [_row(each, shop=shop, clock=clock) for each in fresh])


def _key(mention: Claim) -> tuple[object, ...]:
    """Words that replace each other: those of one document on one subject. A person's words stand beside each other."""
    if mention.document_id is not None:
        return mention.subject, mention.document_id
    return mention.subject, _kept(mention).at, mention.says, mention.source, mention.by


def _kept(mention: Claim) -> Claim:
    """The mention as it comes back from the database, its moment cut to milliseconds."""
    return replace(mention, at=mention.at.replace(microsecond=mention.at.microsecond // 1000 * 1000))


def _supersede(connection: Connection, *, ids: Sequence[int], clock: Clock) -> None:
    for some in chunks(ids):
        connection.execute(update(mentions).where(mentions.c.id.in_(some)).values(superseded_at=clock.now()))


def _row(mention: Claim, *, shop: str, clock: Clock) -> dict[str, object]:
    return {
        "shop": shop,
        "subject": mention.subject,
        "says": mention.says,
        "at": mention.at,
        "source": mention.source,
        "said_by": mention.by,
        "document_id": mention.document_id,
        "heard_at": clock.now(),
    }


def _judge_all(
    connection: Connection,
    *,
    shop: str,
    subjects: Iterable[str],
    judge: Judge,
    causes: Collection[str],
    by: str,
    clock: Clock,
) -> None:
    said = of_subjects(connection, shop=shop, subjects=subjects, clock=clock)
    wanted = {subject: judge(subject, words) for subject, words in said.items()}
    strange = {each.cause for each in wanted.values() if each} - set(causes)
    if strange:
        raise ValueError(f"holds of {shop}: the causes {sorted(strange)} are not among those judged, {sorted(causes)}")
    holds.judged(
        connection,
        shop=shop,
        wanted={subject: _wanted(subject, each) for subject, each in wanted.items()},
        causes=causes,
        by=by,
        because={subject: words[-1].source for subject, words in said.items()},
        clock=clock,
    )


def _wanted(subject: str, hold: HoldWanted | None) -> Wanted | None:
    if hold is None:
        return None
    return Wanted(subject=subject, cause=hold.cause, reason=hold.reason, facts=hold.facts)


def of_subjects(
    connection: Connection, *, shop: str, subjects: Iterable[str], clock: Clock
) -> dict[str, tuple[Claim, ...]]:
    """All that counts of what was said of these subjects, oldest first; subjects that nobody spoke of are missing."""
    found: dict[str, list[Claim]] = {}
    for _, each in _counting(connection, shop=shop, subjects=subjects, clock=clock):
        found.setdefault(each.subject, []).append(each)
    return {subject: tuple(words) for subject, words in found.items()}


def of_document(connection: Connection, *, document_id: int, clock: Clock) -> tuple[Claim, ...]:
    """What a document says, in the order in which it was kept."""
    wanted = select(*_MENTION).where(mentions.c.document_id == document_id, mentions.c.superseded_at.is_(None))
    return tuple(
        _mention(dict(row), clock=clock) for row in connection.execute(wanted.order_by(mentions.c.id)).mappings()
    )


def _counting(
    connection: Connection, *, shop: str, subjects: Iterable[str], clock: Clock
) -> Iterator[tuple[int, Claim]]:
    """The ids and words that count, by time for each subject."""
    wanted = select(mentions.c.id, *_MENTION).where(mentions.c.shop == shop, mentions.c.superseded_at.is_(None))
    for some in chunks(subjects):
        query = wanted.where(mentions.c.subject.in_(some)).order_by(mentions.c.at, mentions.c.id)
        for row in connection.execute(query).mappings():
            values = dict(row)
            yield values.pop("id"), _mention(values, clock=clock)


def _mention(row: dict[str, Any], *, clock: Clock) -> Claim:
    return Claim(**{**row, **{name: row[name].astimezone(clock.zone) for name in ("at", "heard_at")}})
