"""Login: the stored password once a run, everything else by a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rpa.browser.playwright_errors import translated
from rpa.browser.polling import moments
from rpa.browser.resolve import find
from rpa.errors import ChallengeShown, LoginNeeded, PageChanged
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.browser.view import View

_LEFT_LOGIN = "({ path, origins }) => origins.includes(location.origin) && !location.pathname.startsWith(path)"
_ANSWER_S, _PERSON_S = 30, 600
_REFUSED = Text(
    en="The site refused the login of {login}: “{words}”. It is not tried again by itself; run `rpa login` with the "
    "right password.",
    zh="后台拒绝了 {login} 的登录：“{words}”。程序不会自动重试；请用正确的密码运行 rpa login。",
)
_NOBODY = Text(
    en="Nobody logged in within ten minutes; nothing was saved. Run `rpa login` again.",
    zh="十分钟内没有完成登录，未保存；请重新运行 rpa login。",
)


def type_password(view: View, *, login: str, password: str) -> None:
    """Fill in the login form once and submit it. Raises ChallengeShown or LoginNeeded when the site wants more.

    WrongSite when the page, or what it sends, is led to another site.
    """
    steps = view.profile.session.login
    with translated("hiding what is typed"):
        view.page.screencast.hide_actions()  # a person who watches, a video and a trace would be shown the password
    if not view.on_login_page():
        view.open_login()
    view.guard.uncover(view.shop_page)
    if steps.account_tab is not None:
        view.click(steps.account_tab)
    view.fill(steps.username, login)
    with view.border.unredirected():
        view.fill(steps.password, password)
        view.click(steps.submit)
        _wait_for_end(view)
    if not view.on_login_page():
        return
    if steps.challenge is not None and find(view.page, view.profile.element(steps.challenge)) is not None:
        raise ChallengeShown
    words = find(view.page, view.profile.element(steps.error)) if steps.error is not None else None
    raise LoginNeeded(_REFUSED.with_words(login=login, words=words.name if words else ""))


def _wait_for_end(view: View) -> None:
    """Wait until the login page is left, or says why not. Raises PageChanged when it does neither."""
    steps = view.profile.session.login
    for _ in moments(view.border, clock=view.clock, patience_s=_ANSWER_S):
        told = [name for name in (steps.error, steps.challenge) if name is not None]
        if not view.on_login_page() or any(view.present(name) for name in told):
            return
    raise PageChanged("waiting for the login: the page did not follow in time. Look with --headed.")


def wait_for_person(view: View) -> None:
    """Show the login page and wait until a person has logged in. Raises LoginNeeded when nobody does in ten minutes."""
    try:
        with view.border.opened() as page, translated("waiting for a person to log in"):
            view.open_login()
            argument = {"path": view.profile.session.login_path, "origins": view.border.origins}
            page.wait_for_function(_LEFT_LOGIN, arg=argument, timeout=_PERSON_S * 1000, polling=500)
    except PageChanged as error:
        raise LoginNeeded(_NOBODY) from error


def arrived_in_shop(view: View) -> Mapping[str, str | None]:
    """Go to the page that a login leads to; which shop it names (`mall_id`, `mall_name`). Nothing is clicked.

    Raises LoginNeeded when the site wants a login still, WrongShop when it is another shop than the one configured.
    """
    name = view.profile.session.after_login
    view.go(name)
    for element in view.profile.pages[name].signature:
        view.found(element)
    seen = view.guard.look(view.shop_page)
    view.guard.refuse_words(seen["overlays"])
    identity: Mapping[str, str | None] = seen["identity"]
    view.guard.check_shop(identity)
    return identity
