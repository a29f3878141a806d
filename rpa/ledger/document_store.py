"""Documents in the ledger: found, saved, concluded, looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from rpa.ledger import claim_store, coverage_store
from rpa.ledger.actions import IllegalStep
from rpa.ledger.claim_store import hear
from rpa.ledger.claims import Claim, Judge
from rpa.ledger.coverage import Coverage
from rpa.ledger.documents import CONCLUSIONS, Document, DocumentState
from rpa.ledger.rows import chunks, fields
from rpa.ledger.schema import documents
from rpa.ledger.transactions import Transactions

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Select

    from rpa.clock import Clock


def find(
    connection: Connection,
    *,
    shop: str,
    kind: str,
    name: str,
    facts: Mapping[str, object],
    issued_at: datetime | None,
    expires_at: datetime | None,
    clock: Clock,
) -> Document:
    """The document of this name: new and `found`, or the one that is there, with these facts joined to its own."""
    known = select(documents).where(documents.c.shop == shop, documents.c.kind == kind, documents.c.name == name)
    row = connection.execute(known.with_for_update()).mappings().one_or_none()
    if row is None:
        new = {"shop": shop, "kind": kind, "name": name, "state": DocumentState.FOUND.value, "found_at": clock.now()}
        values = {**new, "facts": dict(facts), "issued_at": issued_at, "expires_at": expires_at}
        row = connection.execute(insert(documents).values(values).returning(documents)).mappings().one()
        return document_of(row, clock=clock)
    found = document_of(row, clock=clock)
    joined = {
        "facts": {**found.facts, **facts},
        "issued_at": found.issued_at or issued_at,
        "expires_at": found.expires_at or expires_at,
    }
    if all(row[name] == value for name, value in joined.items()):
        return found
    return _change(connection, found, values=joined, clock=clock)


def save(
    connection: Connection, document: Document, *, path: str, sha256: str, size_bytes: int, clock: Clock
) -> Document:
    """The document as `saved`; one that was saved before is left as it is.

    Raises:
        IllegalStep: other content was saved before; what was concluded from it must stay provable.

    """
    found = current(connection, document, clock=clock)
    if found.state in {DocumentState.FOUND, DocumentState.LOST}:
        values = {
            "state": DocumentState.SAVED.value,
            "path": path,
            "sha256": sha256,
            "size_bytes": size_bytes,
            "saved_at": clock.now(),
        }
        return _change(connection, found, values=values, clock=clock)
    if found.sha256 == sha256:
        return found
    raise IllegalStep(
        f"{found.kind} {found.name} of {found.shop} is {found.state} with hash {found.sha256 or '(none)'}; "
        f"other content (hash {sha256}) cannot take its place"
    )


def conclude(
    connection: Connection, document: Document, *, state: DocumentState, facts: Mapping[str, object], clock: Clock
) -> Document:
    """The document with what was concluded of it, judged from the state that the ledger has now.

    Raises:
        IllegalStep: this cannot be concluded from there.

    """
    found = current(connection, document, clock=clock)
    if state not in CONCLUSIONS[found.state]:
        raise IllegalStep(f"{found.kind} {found.name} of {found.shop} is {found.state} and cannot become {state}")
    return _change(connection, found, values={"state": state.value, "facts": {**found.facts, **facts}}, clock=clock)


def current(connection: Connection, document: Document, *, clock: Clock) -> Document:
    """The document as it stands now, until the transaction ends.

    Raises:
        IllegalStep: it is not in this ledger.

    """
    wanted = select(documents).where(documents.c.id == document.id).with_for_update()
    row = connection.execute(wanted).mappings().one_or_none()
    if row is None:
        raise IllegalStep(f"{document.kind} {document.name} of {document.shop} is not in this ledger")
    return document_of(row, clock=clock)


def search(
    connection: Connection,
    *,
    shop: str | None,
    kind: str | None,
    states: Iterable[DocumentState] | None,
    names: Iterable[str] | None,
    since: datetime | None,
    clock: Clock,
) -> list[Document]:
    """Documents, oldest issued first, those without a moment of issue at the end."""
    wanted = select(documents)
    if shop is not None:
        wanted = wanted.where(documents.c.shop == shop)
    if kind is not None:
        wanted = wanted.where(documents.c.kind == kind)
    if states is not None:
        wanted = wanted.where(documents.c.state.in_([each.value for each in states]))
    if since is not None:
        wanted = wanted.where(documents.c.issued_at >= since)
    return sorted(_all(connection, wanted, names=names, clock=clock), key=_age)


def _all(
    connection: Connection, wanted: Select[tuple[object, ...]], *, names: Iterable[str] | None, clock: Clock
) -> list[Document]:
    queries = [wanted] if names is None else [wanted.where(documents.c.name.in_(some)) for some in chunks(names)]
    return [document_of(row, clock=clock) for query in queries for row in connection.execute(query).mappings()]


def _age(document: Document) -> tuple[float, int]:
    return document.issued_at.timestamp() if document.issued_at else float("inf"), document.id


def _change(connection: Connection, document: Document, *, values: Mapping[str, object], clock: Clock) -> Document:
    changed = update(documents).where(documents.c.id == document.id).values(**values).returning(documents)
    return document_of(connection.execute(changed).mappings().one(), clock=clock)


def document_of(row: RowMapping, *, clock: Clock) -> Document:
    """The document in this row of the table."""
    return Document(**{**fields(row, zone=clock.zone), "state": DocumentState(row["state"])})


class Paperwork(Transactions):
    """Documents, what they mention, and the spans of time in which all of them are known."""

    def find_document(
        self,
        shop: str,
        *,
        kind: str,
        name: str,
        facts: Mapping[str, object],
        issued_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> Document:
        """The document of this name: `found` the first time, later the one that is there; the facts join its own."""
        with self._writing() as connection:
            return find(
                connection,
                shop=shop,
                kind=kind,
                name=name,
                facts=facts,
                issued_at=issued_at,
                expires_at=expires_at,
                clock=self._clock,
            )

    def save_document(self, document: Document, *, path: str, sha256: str, size_bytes: int) -> Document:
        """The document as `saved`: call it when the file is whole on disk. The same content again changes nothing.

        Raises:
            IllegalStep: other content was saved before.

        """
        with self._writing() as connection:
            return save(connection, document, path=path, sha256=sha256, size_bytes=size_bytes, clock=self._clock)

    def conclude_document(
        self,
        document: Document,
        *,
        state: DocumentState,
        facts: Mapping[str, object] | None = None,
        mentions: Sequence[Claim] = (),
        judge: Judge | None = None,
        causes: frozenset[str] = frozenset(),
        by: str = "",
    ) -> Document:
        """What was understood of a document, what it says of subjects, the holds that follow: all of it, or nothing.

        Of each subject mentioned, the judge sees all that was ever said of it, oldest first; of the holds of `causes`
        the subject then has exactly the one that the judge wants. Repeating the call changes nothing.

        Raises:
            IllegalStep: the document cannot become this from the state that it is in.
            ValueError: two different words on one subject; or the judge wants a cause that is not in `causes`.

        """
        with self._writing() as connection:
            concluded = conclude(connection, document, state=state, facts=facts or {}, clock=self._clock)
            said = [replace(each, document_id=concluded.id) for each in mentions]
            hear(connection, shop=concluded.shop, new=said, judge=judge, causes=causes, by=by, clock=self._clock)
            return concluded

    def documents(
        self,
        shop: str | None,
        *,
        kind: str | None = None,
        states: Iterable[DocumentState] | None = None,
        names: Iterable[str] | None = None,
        since: datetime | None = None,
    ) -> list[Document]:
        """Documents of a shop (None: of all), oldest issued first; `since`: issued at or after."""
        with self._reading() as connection:
            return search(connection, shop=shop, kind=kind, states=states, names=names, since=since, clock=self._clock)

    def mention(
        self,
        shop: str,
        *,
        mentions: Sequence[Claim],
        judge: Judge | None = None,
        causes: frozenset[str] = frozenset(),
        by: str = "",
    ) -> None:
        """What somebody says of subjects, and the holds that follow, as in `conclude_document`.

        A mention with a `document_id` takes the place of what that document said of its subject.
        """
        with self._writing() as connection:
            hear(connection, shop=shop, new=mentions, judge=judge, causes=causes, by=by, clock=self._clock)

    def mentions(self, shop: str, *, subjects: Iterable[str]) -> dict[str, tuple[Claim, ...]]:
        """All that counts of what was said of these subjects, oldest first."""
        with self._reading() as connection:
            return claim_store.of_subjects(connection, shop=shop, subjects=subjects, clock=self._clock)

    def mentions_of(self, document: Document) -> tuple[Claim, ...]:
        """What this document says of its subjects, a person's correction in place of its own word."""
        with self._reading() as connection:
            return claim_store.of_document(connection, document_id=document.id, clock=self._clock)

    def coverage(self, shop: str, *, kind: str, account: str | None = None) -> list[Coverage]:
        """The spans in which every document of this kind is known, of one account or of each."""
        with self._reading() as connection:
            return coverage_store.of_shop(connection, shop=shop, kind=kind, account=account, clock=self._clock)

    def cover(self, shop: str, *, account: str, kind: str, since: datetime, until: datetime) -> Coverage:
        """Everything of this kind in [since, until] is known now; gives the span that results.

        The span grows at its end. After a hole it begins anew with the given one.

        Raises:
            ValueError: the span ends before it begins.

        """
        with self._writing() as connection:
            return coverage_store.grow(
                connection, shop=shop, account=account, kind=kind, since=since, until=until, clock=self._clock
            )

    def doubt_coverage(self, shop: str, *, account: str, kind: str, doubt: str, at: datetime) -> Coverage | None:
        """The coverage with a doubt that it is complete; an empty one clears it. None: there is none, and no doubt.

        Without any coverage yet, the doubt is kept with an empty span at this moment.
        """
        with self._writing() as connection:
            return coverage_store.doubt(
                connection, shop=shop, account=account, kind=kind, words=doubt, at=at, clock=self._clock
            )
