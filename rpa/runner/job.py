"""A job: one flow, in these shops, with what the person or the scheduler wants of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rpa.browser.recording import Recording
from rpa.browser.session import BrowserGuest, launched, taken_over
from rpa.browser.shared import connected
from rpa.flow import Flow
from rpa.ledger.shop_lock import AccountLock, RunLock, WorkLock
from rpa.pauses import Pauses, WriteRight
from rpa.run import Meter, Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from rpa.config import Config, Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One `rpa run`: a flow, its shops, and how it is watched."""

    flow: Flow
    config: Config
    shops: tuple[Shop, ...]
    options: Any
    live: bool | None = None
    """None: as each shop's `live` says."""
    yes: bool = False
    """Questions of the program itself are answered with yes."""
    watching: Recording = field(default_factory=Recording)
    meter: Callable[[str], Meter]
    """The progress meter of a shop."""
    person: Person
    stopping: Callable[[], bool] = lambda: False
    playwright: Playwright | None = None
    """A driver that runs already; None: one is started."""
    ahead: Browser | None = None
    """A browser that was started ahead, of that driver; None: one is started when it is needed."""
    guest: BrowserGuest | None = None
    """None: the run has a browser of its own."""

    def dry(self, shop: Shop) -> bool:
        """Whether nothing may be written to this shop's site."""
        return self.flow.writes and not (shop.live if self.live is None else self.live)

    def browser(self) -> AbstractContextManager[Browser]:
        """The browser to work in."""
        if self.guest is not None:
            return connected(self.guest.endpoint, playwright=self.playwright)
        watching = self.watching
        if self.ahead is not None and not watching.headed and not watching.slow_mo_ms:
            return taken_over(self.ahead)
        return launched(headed=watching.headed, slow_mo_ms=watching.slow_mo_ms, playwright=self.playwright)

    @contextmanager
    def locked(self, shop: str, *, account: str) -> Iterator[None]:
        """The right to run this shop, as far as the owner of the browser does not hold it, and to use its account.

        Raises ShopBusy.
        """
        lock, folder = (RunLock if self.guest is None else WorkLock), self.config.var / "locks"
        with ExitStack() as held:
            held.enter_context(lock(folder, shop=shop, clock=self.config.clock))
            if account != shop:
                held.enter_context(AccountLock(folder, shop=account, clock=self.config.clock))
            yield

    def write_right(self, shop: Shop) -> WriteRight:
        """What a pause takes away, if the job wants to write to this shop's site at all."""
        pauses = Pauses(self.config.folder, self.config.var)
        return WriteRight(pauses=pauses, shop=shop.name, wanted=self.flow.writes and not self.dry(shop))
