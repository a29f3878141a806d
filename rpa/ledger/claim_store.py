"""Claims in the ledger: added, superseded, and judged together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from rpa.ledger.claims import Claim, HoldWanted, Judge
from rpa.ledger.holds import Wanted
from rpa.ledger.rows import chunks
from rpa.ledger.schema import mentions
from rpa.ledger.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock
    from rpa.ledger.documents import Document
    from rpa.ledger.hold_store import HoldStore
    from rpa.ledger.transactions import Transactions

_CLAIM = [
    *(mentions.c[name] for name in ("subject", "says", "at", "source", "document_id", "heard_at")),
    mentions.c.said_by.label("by"),
]


class ClaimStore(Store):
    """What was said of subjects, by documents and by persons; the holds follow from all of it."""

    def __init__(self, database: Transactions, *, clock: Clock, holds: HoldStore) -> None:
        super().__init__(database, clock=clock)
        self._holds = holds

    def add(
        self,
        shop: str,
        *,
        claims: Sequence[Claim],
        judge: Judge | None = None,
        causes: frozenset[str] = frozenset(),
        by: str = "",
    ) -> None:
        """What somebody says of subjects, and the holds that follow: all of it, or nothing.

        Of each subject, the judge sees all that was ever said of it, oldest first; of the holds of `causes` the subject
        then has exactly the one that the judge wants. Repeating the call changes nothing. A claim with a `document_id`
        takes the place of what that document said of its subject.

        Raises:
            ValueError: two different words on one subject; or the judge wants a cause that is not in `causes`.

        """
        with self._database.writing() as connection:
            self.add_with(connection, shop, claims=claims, judge=judge, causes=causes, by=by)

    def add_with(
        self,
        connection: Connection,
        shop: str,
        *,
        claims: Sequence[Claim],
        judge: Judge | None,
        causes: Collection[str],
        by: str,
    ) -> None:
        """As `add`, in the transaction of this connection."""
        self._insert(connection, shop=shop, claims=claims)
        if judge is not None:
            subjects = [each.subject for each in claims]
            self._judge(connection, shop=shop, subjects=subjects, judge=judge, causes=causes, by=by)

    def _insert(self, connection: Connection, *, shop: str, claims: Sequence[Claim]) -> None:
        """Said again it changes nothing; said otherwise by the same document, the newer word counts."""
        spoken_of = [each.subject for each in claims]
        known = {_key(each): (of, each) for of, each in self._counting(connection, shop=shop, subjects=spoken_of)}
        wanted: dict[tuple[object, ...], Claim] = {}
        for each in claims:
            if wanted.setdefault(_key(each), each) != each:
                raise ValueError(f"{each.source or 'a person'} says both {each.says} and otherwise of {each.subject}")
        fresh = [each for key, each in wanted.items() if key not in known or _kept(each) != known[key][1]]
        for some in chunks(known[_key(each)][0] for each in fresh if _key(each) in known):
            superseded = update(mentions).where(mentions.c.id.in_(some))
            connection.execute(superseded.values(superseded_at=self._clock.now()))
        if fresh:
            connection.execute(insert(mentions), [self._row(each, shop=shop) for each in fresh])

    def _row(self, claim: Claim, *, shop: str) -> dict[str, object]:
        return {
            "shop": shop,
            "subject": claim.subject,
            "says": claim.says,
            "at": claim.at,
            "source": claim.source,
            "said_by": claim.by,
            "document_id": claim.document_id,
            "heard_at": self._clock.now(),
        }

    def _judge(
        self,
        connection: Connection,
        *,
        shop: str,
        subjects: Iterable[str],
        judge: Judge,
        causes: Collection[str],
        by: str,
    ) -> None:
        said = self._of_subjects(connection, shop=shop, subjects=subjects)
        wanted = {subject: judge(subject, words) for subject, words in said.items()}
        strange = sorted({each.cause for each in wanted.values() if each} - set(causes))
        if strange:
            raise ValueError(f"holds of {shop}: the causes {strange} are not among those judged, {sorted(causes)}")
        self._holds.judge(
            connection,
            shop=shop,
            wanted={subject: _wanted(subject, each) for subject, each in wanted.items()},
            causes=causes,
            by=by,
            because={subject: words[-1].source for subject, words in said.items()},
        )

    def of_subjects(self, shop: str, *, subjects: Iterable[str]) -> dict[str, tuple[Claim, ...]]:
        """All that counts of what was said of these subjects, oldest first; what nobody spoke of is missing."""
        with self._database.reading() as connection:
            return self._of_subjects(connection, shop=shop, subjects=subjects)

    def _of_subjects(
        self, connection: Connection, *, shop: str, subjects: Iterable[str]
    ) -> dict[str, tuple[Claim, ...]]:
        found: dict[str, list[Claim]] = {}
        for _, each in self._counting(connection, shop=shop, subjects=subjects):
            found.setdefault(each.subject, []).append(each)
        return {subject: tuple(words) for subject, words in found.items()}

    def of_document(self, document: Document) -> tuple[Claim, ...]:
        """What this document says of its subjects, a person's correction in place of its own word."""
        wanted = select(*_CLAIM).where(mentions.c.document_id == document.id, mentions.c.superseded_at.is_(None))
        return tuple(Claim(**row) for row in self._read(wanted.order_by(mentions.c.id)))

    def _counting(self, connection: Connection, *, shop: str, subjects: Iterable[str]) -> Iterator[tuple[int, Claim]]:
        """The ids and words that count, by time for each subject."""
        wanted = select(mentions.c.id, *_CLAIM).where(mentions.c.shop == shop, mentions.c.superseded_at.is_(None))
        for some in chunks(subjects):
            query = wanted.where(mentions.c.subject.in_(some)).order_by(mentions.c.at, mentions.c.id)
            for row in self._rows(connection, query):
                yield row.pop("id"), Claim(**row)


def _key(claim: Claim) -> tuple[object, ...]:
    """Words that replace each other: those of one document on one subject. A person's words stand beside each other."""
    if claim.document_id is not None:
        return claim.subject, claim.document_id
    return claim.subject, _kept(claim).at, claim.says, claim.source, claim.by


def _kept(claim: Claim) -> Claim:
    """The claim as it comes back from the database, its moment cut to milliseconds."""
    return replace(claim, at=claim.at.replace(microsecond=claim.at.microsecond // 1000 * 1000))


def _wanted(subject: str, hold: HoldWanted | None) -> Wanted | None:
    if hold is None:
        return None
    return Wanted(subject=subject, cause=hold.cause, reason=hold.reason, facts=hold.facts)
