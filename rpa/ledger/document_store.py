"""Documents in the ledger: registered, saved, concluded, searched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from rpa.ledger.actions import IllegalStep
from rpa.ledger.documents import CONCLUSIONS, Document, DocumentState
from rpa.ledger.rows import chunks
from rpa.ledger.schema import documents
from rpa.ledger.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpa.clock import Clock
    from rpa.ledger.claim_store import ClaimStore
    from rpa.ledger.claims import Claim, Judge
    from rpa.ledger.transactions import Transactions


class DocumentStore(Store):
    """Documents of the shops, from their first sight until they are understood."""

    def __init__(self, database: Transactions, *, clock: Clock, claims: ClaimStore) -> None:
        super().__init__(database, clock=clock)
        self._claims = claims

    def register(
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
        known = select(documents).where(documents.c.shop == shop, documents.c.kind == kind, documents.c.name == name)
        with self._database.writing() as connection:
            row = connection.execute(known.with_for_update()).mappings().one_or_none()
            if row is None:
                of = {"shop": shop, "kind": kind, "name": name, "state": DocumentState.FOUND.value}
                values = {"facts": dict(facts), "issued_at": issued_at, "expires_at": expires_at}
                new = insert(documents).values(**of, **values, found_at=self._clock.now()).returning(documents)
                return document_of(self._fields(connection.execute(new).mappings().one()))
            found = document_of(self._fields(row))
            joined = {
                "facts": {**found.facts, **facts},
                "issued_at": found.issued_at or issued_at,
                "expires_at": found.expires_at or expires_at,
            }
            if all(row[name] == value for name, value in joined.items()):
                return found
            return self._update(connection, found, values=joined)

    def save(self, document: Document, *, path: str, sha256: str, size_bytes: int) -> Document:
        """The document as `saved`: call it when the file is whole on disk. The same content again changes nothing.

        Raises:
            IllegalStep: other content was saved before; what was concluded from it must stay provable.

        """
        with self._database.writing() as connection:
            found = self._current(connection, document)
            if found.state in {DocumentState.FOUND, DocumentState.LOST}:
                saved = {"path": path, "sha256": sha256, "size_bytes": size_bytes, "saved_at": self._clock.now()}
                return self._update(connection, found, values={"state": DocumentState.SAVED.value, **saved})
            if found.sha256 == sha256:
                return found
            raise IllegalStep(
                f"{_which(found)} is {found.state} with hash {found.sha256 or '(none)'}; "
                f"other content (hash {sha256}) cannot take its place"
            )

    def conclude(
        self,
        document: Document,
        *,
        state: DocumentState,
        facts: Mapping[str, object] | None = None,
        claims: Sequence[Claim] = (),
        judge: Judge | None = None,
        causes: frozenset[str] = frozenset(),
        by: str = "",
    ) -> Document:
        """What was understood of a document, what it says of subjects, the holds that follow: all of it, or nothing.

        Judged as in `ClaimStore.add`, the document from the state that the ledger has now. Repeating the call changes
        nothing.

        Raises:
            IllegalStep: the document cannot become this from the state that it is in.
            ValueError: two different words on one subject; or the judge wants a cause that is not in `causes`.

        """
        with self._database.writing() as connection:
            found = self._current(connection, document)
            if state not in CONCLUSIONS[found.state]:
                raise IllegalStep(f"{_which(found)} is {found.state} and cannot become {state}")
            values = {"state": state.value, "facts": {**found.facts, **(facts or {})}}
            concluded = self._update(connection, found, values=values)
            said = [replace(each, document_id=concluded.id) for each in claims]
            self._claims.add_with(connection, concluded.shop, claims=said, judge=judge, causes=causes, by=by)
            return concluded

    def search(
        self,
        shop: str | None,
        *,
        kind: str | None = None,
        states: Iterable[DocumentState] | None = None,
        names: Iterable[str] | None = None,
        since: datetime | None = None,
    ) -> list[Document]:
        """Documents of a shop (None: of all), oldest issued first, those without a moment of issue at the end.

        `since`: issued at or after.
        """
        wanted = select(documents)
        if shop is not None:
            wanted = wanted.where(documents.c.shop == shop)
        if kind is not None:
            wanted = wanted.where(documents.c.kind == kind)
        if states is not None:
            wanted = wanted.where(documents.c.state.in_([each.value for each in states]))
        if since is not None:
            wanted = wanted.where(documents.c.issued_at >= since)
        queries = [wanted] if names is None else [wanted.where(documents.c.name.in_(some)) for some in chunks(names)]
        with self._database.reading() as connection:
            found = [document_of(row) for query in queries for row in self._rows(connection, query)]
        return sorted(found, key=_age)

    def _current(self, connection: Connection, document: Document) -> Document:
        """The document as it stands now, until the transaction ends. Raises IllegalStep when it is not there."""
        wanted = select(documents).where(documents.c.id == document.id).with_for_update()
        row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            raise IllegalStep(f"{_which(document)} is not in this ledger")
        return document_of(self._fields(row))

    def _update(self, connection: Connection, document: Document, *, values: Mapping[str, object]) -> Document:
        changed = update(documents).where(documents.c.id == document.id).values(**values).returning(documents)
        return document_of(self._fields(connection.execute(changed).mappings().one()))


def _which(document: Document) -> str:
    return f"{document.kind} {document.name} of {document.shop}"


def _age(document: Document) -> tuple[float, int]:
    return document.issued_at.timestamp() if document.issued_at else float("inf"), document.id


def document_of(row: Mapping[str, Any]) -> Document:
    """The document in this row of the table."""
    return Document(**{**row, "state": DocumentState(row["state"])})
