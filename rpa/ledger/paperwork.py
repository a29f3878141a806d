"""What the ledger knows of documents: which there are, what they say, and whether any can be missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rpa.ledger.claims import Judge, Mention
from rpa.ledger.coverage import Coverage
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.storage import coverage, documents, mentions
from rpa.ledger.storage.mentions import hear
from rpa.ledger.transactions import Transactions


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
            return documents.find(
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
            return documents.save(
                connection, document, path=path, sha256=sha256, size_bytes=size_bytes, clock=self._clock
            )

    def conclude_document(
        self,
        document: Document,
        *,
        state: DocumentState,
        facts: Mapping[str, object] | None = None,
        mentions: Sequence[Mention] = (),
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
            concluded = documents.conclude(connection, document, state=state, facts=facts or {}, clock=self._clock)
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
            return documents.search(
                connection, shop=shop, kind=kind, states=states, names=names, since=since, clock=self._clock
            )

    def mention(
        self,
        shop: str,
        *,
        mentions: Sequence[Mention],
        judge: Judge | None = None,
        causes: frozenset[str] = frozenset(),
        by: str = "",
    ) -> None:
        """What somebody says of subjects, and the holds that follow, as in `conclude_document`.

        A mention with a `document_id` takes the place of what that document said of its subject.
        """
        with self._writing() as connection:
            hear(connection, shop=shop, new=mentions, judge=judge, causes=causes, by=by, clock=self._clock)

    def mentions(self, shop: str, *, subjects: Iterable[str]) -> dict[str, tuple[Mention, ...]]:
        """All that counts of what was said of these subjects, oldest first."""
        with self._reading() as connection:
            return mentions.of_subjects(connection, shop=shop, subjects=subjects, clock=self._clock)

    def mentions_of(self, document: Document) -> tuple[Mention, ...]:
        """What this document says of its subjects, a person's correction in place of its own word."""
        with self._reading() as connection:
            return mentions.of_document(connection, document_id=document.id, clock=self._clock)

    def coverage(self, shop: str, *, kind: str, account: str | None = None) -> list[Coverage]:
        """The spans in which every document of this kind is known, of one account or of each."""
        with self._reading() as connection:
            return coverage.of_shop(connection, shop=shop, kind=kind, account=account, clock=self._clock)

    def cover(self, shop: str, *, account: str, kind: str, since: datetime, until: datetime) -> Coverage:
        """Everything of this kind in [since, until] is known now; gives the span that results.

        The span grows at its end. After a hole it begins anew with the given one.

        Raises:
            ValueError: the span ends before it begins.

        """
        with self._writing() as connection:
            return coverage.grow(
                connection, shop=shop, account=account, kind=kind, since=since, until=until, clock=self._clock
            )

    def doubt_coverage(self, shop: str, *, account: str, kind: str, doubt: str, at: datetime) -> Coverage | None:
        """The coverage with a doubt that it is complete; an empty one clears it. None: there is none, and no doubt.

        Without any coverage yet, the doubt is kept with an empty span at this moment.
        """
        with self._writing() as connection:
            return coverage.doubt(
                connection, shop=shop, account=account, kind=kind, words=doubt, at=at, clock=self._clock
            )
