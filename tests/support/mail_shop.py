"""A mock shop whose notices are read, the folder of its owner, and what the owner's ledger says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fixtures.mockshop.harness import MockShop
from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND
from rpa.clock import Clock
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.ledger import Ledger
from tests.support.mock_shop import ZONE, Result, ShopFolder
from tests.support.small_shop import hold_still, layout_now, log_in

HOUR_S, DAY_S = 3600.0, 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailShop:
    """A mock and its owner's folder."""

    mock: MockShop
    folder: ShopFolder

    @property
    def vault(self) -> Path:
        """Where the documents of the shop lie."""
        return self.folder.var / "documents" / "demo"

    def run(self, *more: str) -> Result:
        """Run `rpa run audit-notices` to its end."""
        return self.folder.run("run", "audit-notices", "--json", *more)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The owner's ledger."""
        with Ledger.open(self.folder.var / "ledger.sqlite3", clock=Clock(ZONE)) as ledger:
            yield ledger

    def site_now(self) -> datetime:
        """The site's present moment, as the ledger knows it from the last run."""
        with self.ledger() as ledger:
            return ledger.site_clocks.now("demo")

    def notices(self) -> dict[str, Document]:
        """What the ledger knows of notices, by the site's id."""
        with self.ledger() as ledger:
            return {each.name: each for each in ledger.documents.search("demo", kind=DOCUMENT_KIND)}

    def files(self) -> list[Document]:
        """What the ledger knows of their attachments and texts."""
        with self.ledger() as ledger:
            return ledger.documents.search("demo", kind=ATTACHMENT_KIND)

    def causes(self) -> dict[str, str]:
        """What holds each order that is held, as the causes' names."""
        with self.ledger() as ledger:
            return {
                subject: " ".join(hold.cause for hold in holds)
                for subject, holds in ledger.holds.active("demo").items()
            }

    def incidents(self) -> dict[str, str]:
        """The message of each open incident, by cause."""
        with self.ledger() as ledger:
            return {each.cause: each.message for each in ledger.incidents.still_open("demo")}

    def audit_notices(self) -> list[dict[str, Any]]:
        """What is true of the notices about audits that were sent."""
        return [each for each in self.mock.notices() if each["kind"] in ("prohibition", "result")]

    def hashes_on_disk(self) -> set[str]:
        """The sha256 of every file of the vault."""
        return {hashlib.sha256(each.read_bytes()).hexdigest() for each in self.vault.rglob("*") if each.is_file()}

    def check_files(self) -> None:
        """Fail unless every file that the ledger calls saved is whole, and nothing else lies in the vault."""
        saved = {each.path: each for each in self.files() if each.path}
        for each in saved.values():
            content = (self.vault / each.path).read_bytes()
            assert hashlib.sha256(content).hexdigest() == each.sha256, f"{each.path} is not what the ledger says"
            assert each.state is not DocumentState.FOUND
        on_disk = {each.relative_to(self.vault).as_posix() for each in self.vault.rglob("*") if each.is_file()}
        assert {path for path in on_disk if not Path(path).name.startswith(".")} == set(saved)


@contextmanager
def mail_shop(path: Path, *, orders: int = 40, **options: Any) -> Iterator[MailShop]:
    """A shop with a week of notices behind it; `options` are the mock's. A fresh login is kept in the folder."""
    with MockShop(orders=orders, layout=layout_now(), **options) as mock:
        folder = ShopFolder(path, url=mock.url)
        hold_still(folder)
        log_in(folder, mock=mock)
        yield MailShop(mock=mock, folder=folder)
