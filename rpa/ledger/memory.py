"""What the ledger remembers of subjects and shops besides actions and documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from rpa.ledger import holds, observations
from rpa.ledger.holds import Hold, Wanted, put
from rpa.ledger.observations import Observation
from rpa.ledger.subjects import Change, accept, remember
from rpa.ledger.transactions import Transactions

_SITE_CLOCK = "site_clock"
"""An observation of the site itself: by how many seconds its clock is ahead of ours."""


class Memory(Transactions):
    """How subjects looked, which of them are held, and how the site's clock goes."""

    def see(self, shop: str, *, sightings: Iterable[tuple[str, str, Mapping[str, object]]]) -> dict[str, Change]:
        """Remember each (subject, fingerprint, facts) at first sight; gives those that look different now, by subject.

        A subject is given each time until it looks as before again, or a person releases it.
        """
        with self._writing() as connection:
            return remember(connection, shop=shop, seen=sightings, clock=self._clock)

    def release(self, shop: str, *, subject: str, by: str, reason: str) -> Change:
        """A person accepts how the subject looks now; gives what was accepted. A further change is reported again.

        Raises:
            ConfigError: it has not changed.

        """
        with self._writing() as connection:
            return accept(connection, shop=shop, subject=subject, by=by, reason=reason, clock=self._clock)

    def observe(
        self,
        shop: str,
        *,
        mark: str,
        seen: Mapping[str, Mapping[str, object]],
        at: datetime,
        gone: Iterable[str] = (),
    ) -> None:
        """Count the subjects that show this mark, each with the facts of this look; forget those that show it no more.

        One that is `gone` and `seen` begins anew.
        """
        with self._writing() as connection:
            observations.forget(connection, shop=shop, mark=mark, subjects=gone)
            observations.count(connection, shop=shop, mark=mark, seen=seen, at=at, clock=self._clock)

    def observations(self, shop: str, *, mark: str, subjects: Iterable[str] | None = None) -> dict[str, Observation]:
        """Since when and until when each subject has shown this mark; `subjects` None: of the whole shop."""
        with self._reading() as connection:
            return observations.of_mark(connection, shop=shop, mark=mark, subjects=subjects, clock=self._clock)

    def hold(
        self,
        shop: str,
        *,
        subject: str,
        reason: str,
        by: str,
        cause: str = "person",
        until: datetime | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> Hold:
        """Hold a subject until it is lifted, or until that moment; one hold a cause, its newest reason counts."""
        wanted = Wanted(subject=subject, cause=cause, reason=reason, until=until, facts=facts or {})
        with self._writing() as connection:
            put(connection, shop=shop, wanted=[wanted], by=by, clock=self._clock)
            return holds.one(connection, shop=shop, subject=subject, cause=cause, clock=self._clock)

    def hold_many(
        self,
        shop: str,
        *,
        holds: Sequence[tuple[str, str]],
        by: str,
        cause: str,
        until: datetime | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Hold many subjects, each (subject, reason), for one cause: all of them, or none."""
        wanted = [
            Wanted(subject=of, cause=cause, reason=reason, until=until, facts=facts or {}) for of, reason in holds
        ]
        self.hold_all(shop, wanted=wanted, by=by)

    def hold_all(self, shop: str, *, wanted: Sequence[Wanted], by: str) -> None:
        """Have all these holds, each with its own cause and end: all of them, or none."""
        with self._writing() as connection:
            put(connection, shop=shop, wanted=wanted, by=by, clock=self._clock)

    def lift(self, shop: str, *, subject: str, by: str, cause: str | None = None, reason: str = "") -> int:
        """Lift the subject's holds of one cause (None: of all), and keep why; gives how many there were."""
        with self._writing() as connection:
            return holds.lift(
                connection, shop=shop, subject=subject, cause=cause, by=by, reason=reason, clock=self._clock
            )

    def holds(self, shop: str, *, subjects: Iterable[str] | None = None) -> dict[str, tuple[Hold, ...]]:
        """The active holds of these subjects (None: of the whole shop), oldest first, without those that are over."""
        with self._reading() as connection:
            return holds.active(connection, shop=shop, subjects=subjects, clock=self._clock)

    def keep_site_clock(self, shop: str, *, ahead: timedelta) -> None:
        """Remember how far the clock of the shop's site is ahead of ours."""
        facts = {"ahead_s": ahead.total_seconds()}
        self.observe(shop, mark=_SITE_CLOCK, seen={_SITE_CLOCK: facts}, gone=[_SITE_CLOCK], at=self._clock.now())

    def site_now(self, shop: str) -> datetime:
        """The present moment by the clock of the shop's site, as far as a run has learned it; else by ours."""
        known = self.observations(shop, mark=_SITE_CLOCK).get(_SITE_CLOCK)
        ahead = float(str(known.last_facts["ahead_s"])) if known else 0.0
        return self._clock.now() + timedelta(seconds=ahead)
