"""The ledger: opened once in a process, it holds the repository of each thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rpa.ledger.action_store import ActionStore
from rpa.ledger.alarm_store import AlarmStore
from rpa.ledger.claim_store import ClaimStore
from rpa.ledger.coverage_store import CoverageStore
from rpa.ledger.document_store import DocumentStore
from rpa.ledger.fingerprint_store import FingerprintStore
from rpa.ledger.heartbeat_store import HeartbeatStore
from rpa.ledger.hold_store import HoldStore
from rpa.ledger.inbox_store import InboxStore
from rpa.ledger.incident_store import IncidentStore
from rpa.ledger.login_store import LoginStore
from rpa.ledger.observation_store import ObservationStore
from rpa.ledger.open_item_store import OpenItemStore
from rpa.ledger.plan_store import PlanStore
from rpa.ledger.retention import Retention
from rpa.ledger.run_store import RunStore
from rpa.ledger.sealed_stock_store import SealedStockStore
from rpa.ledger.site_clocks import SiteClocks
from rpa.ledger.snapshot import what_stands
from rpa.ledger.transactions import Transactions
from rpa.ledger.verification import LedgerInDoubt, opened

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import Connection

    from rpa.clock import Clock
    from rpa.ledger.identity import Mark
    from rpa.ledger.verification import Opened


class Ledger:
    """What must not be forgotten, a repository a thing. Use it in one thread; other processes may have it open too."""

    def __init__(self, opened: Opened, *, clock: Clock) -> None:
        database = self._database = Transactions(opened, what_stands=self._what_stands)
        self.runs = RunStore(database, clock=clock)
        self.actions = ActionStore(database, clock=clock)
        self.holds = HoldStore(database, clock=clock)
        self.claims = ClaimStore(database, clock=clock, holds=self.holds)
        self.documents = DocumentStore(database, clock=clock, claims=self.claims)
        self.coverage = CoverageStore(database, clock=clock)
        self.fingerprints = FingerprintStore(database, clock=clock)
        self.observations = ObservationStore(database, clock=clock)
        self.site_clocks = SiteClocks(self.observations, clock=clock)
        self.inbox = InboxStore(database, clock=clock)
        self.open_items = OpenItemStore(database, clock=clock)
        self.alarms = AlarmStore(database, clock=clock)
        self.incidents = IncidentStore(database, clock=clock)
        self.plans = PlanStore(database, clock=clock)
        self.heartbeats = HeartbeatStore(database, clock=clock)
        self.logins = LoginStore(database, clock=clock)
        self.sealed_stock = SealedStockStore(database, clock=clock)
        self.retention = Retention(database, clock=clock, holds=self.holds, plans=self.plans)

    @classmethod
    def open(
        cls, path_or_url: Path | str, *, clock: Clock, doubted: Callable[[LedgerInDoubt], None] | None = None
    ) -> Self:
        """The ledger in this SQLite file, made if need be, or at this database URL.

        `doubted`: told of a ledger that may only be read, as a person has to decide about it; None: that is raised.

        Raises:
            ConfigError: it cannot be opened, is no ledger, or is newer than this program.
            LedgerInDoubt: it is missing, another one, or older than what lies around it.

        """
        with ExitStack() as stack:
            ledger = cls(opened(path_or_url, doubted=doubted), clock=clock)
            stack.callback(ledger.close)
            ledger._database.catch_up()
            stack.pop_all()
        return ledger

    def _what_stands(self, connection: Connection) -> Iterator[dict[str, Any]]:
        return what_stands(connection, holds=self.holds, actions=self.actions, sealed_stock=self.sealed_stock)

    @property
    def mark(self) -> Mark:
        """Which ledger this is, and how far it has come."""
        return self._database.mark

    def close(self) -> None:
        """Give the connections back; the ledger is of no use afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
