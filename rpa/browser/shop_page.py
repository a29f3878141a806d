"""A shop's page, as everything that acts on it shares it: inside its border, described by its profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rpa.browser.polling import moments
from rpa.browser.resolve import find
from rpa.errors import KickedOut, LoginNeeded
from rpa.language import Text

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from rpa.browser.origins import SiteBorder
    from rpa.browser.shop_told import ShopTold
    from rpa.clock import Clock
    from rpa.elements.profile import Profile

_KICKED = Text(
    en="The site says: {message}. The session is not taken back; run `rpa login` for this shop.",
    zh="后台提示：{message}。程序不会抢回登录；请为该店铺运行 rpa login。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPage:
    """One window on a shop's site, what its profile says of it, and how long it may take to draw something."""

    border: SiteBorder
    profile: Profile
    clock: Clock
    patience_s: float
    """How long an element may take to appear."""
    told: ShopTold
    """What the site's answers say of whose page it is."""

    @property
    def page(self) -> Page:
        """Playwright's page. Raises WrongSite when it is not on the shop's site."""
        return self.border.page

    @property
    def patience_ms(self) -> float:
        """The same patience as Playwright takes it."""
        return self.patience_s * 1000

    def moments(self, *, most_s: float = float("inf")) -> Iterator[None]:
        """Now, and then one moment after another in which the page may change, until patience is at its end."""
        return moments(self.border, clock=self.clock, patience_s=min(self.patience_s, most_s))

    def on_login_page(self) -> bool:
        """Whether the site shows its login page now."""
        return urlsplit(self.page.url).path.startswith(self.profile.session.login_path)

    def refuse_login_page(self) -> None:
        """Raise LoginNeeded when the site shows its login page, KickedOut when that says that another is logged in."""
        if self.on_login_page():
            self.refuse_kicked()
            raise LoginNeeded("The site shows its login page. Run `rpa login` for this shop.")

    def refuse_kicked(self) -> None:
        """Raise KickedOut when the login page, once it is drawn, says that the account was logged in elsewhere."""
        steps = self.profile.session.login
        if steps.kicked is None:
            return
        drawn = [self.profile.element(name) for name in self.profile.pages[steps.page].signature]
        for _ in self.moments():
            is_drawn = all(find(self.page, element) is not None for element in drawn)
            said = find(self.page, self.profile.element(steps.kicked))  # after it: what is drawn meanwhile is seen, too
            if said is not None:
                raise KickedOut(_KICKED.with_words(message=said.name))
            if is_drawn:
                return
