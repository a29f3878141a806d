"""Login: the stored password once a run, the shop of several that a login has, everything else by a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rpa.browser.playwright_errors import translated
from rpa.browser.polling import moments
from rpa.browser.resolve import find
from rpa.errors import ChallengeShown, LoginNeeded, PageChanged, ShopClosed, WrongShop
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
_NOT_LISTED = Text(
    en="This login does not have the shop {mall_id}; the site lists {listed}. Nothing was clicked; correct `mall_id` "
    "or `login` in rpa.toml.",
    zh="该账号没有店铺 {mall_id}，后台列出的店铺为：{listed}。未做任何点击；请改正 rpa.toml 中的 mall_id 或 login。",
)
_CLOSED = Text(
    en="The site does not let this account into the shop {mall_id}: “{words}”. Settle that in a browser, then run "
    "again.",
    zh="后台不允许该账号进入店铺 {mall_id}：“{words}”。请先在浏览器中处理，然后重新运行。",
)
_NO_LIST = "The list of the login's shops did not come. Look with --headed."
_NOT_ENTERED = "The shop {mall_id} was chosen, and the list of shops stays. Look with --headed."
_NOBODY = Text(
    en="Nobody logged in within ten minutes; nothing was saved. Run `rpa login` again.",
    zh="十分钟内没有完成登录，未保存；请重新运行 rpa login。",
)


def type_password(view: View, *, login: str, password: str, mall_id: str) -> None:
    """Log in with this password, and enter the shop of this id where the login has several.

    One that is logged in still, and has only to say which shop it wants, is asked for no password. Raises
    ChallengeShown or LoginNeeded when the site wants more, WrongSite when the page, or what it sends, is led to
    another site, and what `enter_shop` raises.
    """
    if not view.on_login_page():
        view.open_login()
    if not _is_asked_which_shop(view):
        _submit_form(view, login=login, password=password)
    if _is_asked_which_shop(view, after_login=True):
        enter_shop(view, mall_id)


def change_shop(view: View, *, mall_id: str) -> None:
    """Go from inside another shop of the login to the list of its shops, and enter this one. Raises as `enter_shop`."""
    choice = view.profile.session.shops
    for element in choice.switch if choice is not None else ():
        view.click(element)
    enter_shop(view, mall_id)


def enter_shop(view: View, mall_id: str) -> None:
    """Enter this shop from the list of those that the login has. Which one was entered, the next page tells.

    Raises:
        WrongShop: the login does not have this shop.
        ShopClosed: the site does not let the account into it, and says why.
        PageChanged: there is no such list, or nothing follows.

    """
    choice = view.profile.session.shops
    if choice is None or not any(view.shows_any(choice.list) for _ in view.moments()):
        raise PageChanged(_NO_LIST)
    rows = view.rows(choice.list).values
    row = next((row for row in rows if row[view.profile.lists[choice.list].key] == mall_id), None)
    if row is None:
        listed = ", ".join(str(each[view.profile.lists[choice.list].key]) for each in rows)
        raise WrongShop(_NOT_LISTED.with_words(mall_id=mall_id, listed=listed))
    if row.get("refused"):
        raise ShopClosed(_CLOSED.with_words(mall_id=mall_id, words=row["refused"]))
    view.row(choice.list, mall_id).click(choice.enter)
    if not any(not view.shows_any(choice.list) for _ in view.moments()):
        raise PageChanged(_NOT_ENTERED.format(mall_id=mall_id))


def _is_asked_which_shop(view: View, *, after_login: bool = False) -> bool:
    """Whether the site shows the shops of the login, to choose one. `after_login`: the form may still be drawn then."""
    choice = view.profile.session.shops
    if choice is None:
        return False
    form = view.profile.session.login.submit
    drawn = (
        view.shows_any(choice.list) or (not after_login and view.present(form)) or not view.on_login_page()
        for _ in view.moments()
    )
    return any(drawn) and view.shows_any(choice.list)


def _submit_form(view: View, *, login: str, password: str) -> None:
    """Fill in the login form once and submit it."""
    steps = view.profile.session.login
    with translated("hiding what is typed"):
        view.page.screencast.hide_actions()  # a person who watches, a video and a trace would be shown the password
    view.guard.uncover(view.shop_page)
    form = steps.form_of(login)
    if form.account_tab is not None:
        view.click(form.account_tab)
    view.fill(form.username, login)
    with view.border.unredirected():
        view.fill(steps.password, password)
        if steps.agree is not None:
            view.tick(steps.agree)
        before = _login_cookies(view)
        view.click(steps.submit)
        _wait_for_end(view, before=before)
    if _is_in(view, before=before):
        return
    if steps.challenge is not None and find(view.page, view.profile.element(steps.challenge)) is not None:
        raise ChallengeShown
    raise LoginNeeded(_REFUSED.with_words(login=login, words=_error_words(view)))


def _error_words(view: View) -> str:
    """Why the site says that nobody is logged in; its place for that may stand there empty."""
    error = view.profile.session.login.error
    found = find(view.page, view.profile.element(error)) if error is not None else None
    return found.name.strip() if found is not None else ""


def _login_cookies(view: View) -> Mapping[str, str]:
    """What keeps somebody logged in to the site now, by name."""
    names = view.profile.session.login_cookies
    with translated("looking whether somebody is logged in"):
        cookies = view.page.context.cookies(view.base_url)
    return {str(each.get("name")): str(each.get("value")) for each in cookies if each.get("name") in names}


def _is_in(view: View, *, before: Mapping[str, str]) -> bool:
    """Whether the login is done. `before`: the login's cookies then; where the address stays, they alone tell of it."""
    if not view.on_login_page():
        return True
    now = _login_cookies(view) if view.profile.session.login.stays else {}
    return now != before and now.keys() == set(view.profile.session.login_cookies)


def _wait_for_end(view: View, *, before: Mapping[str, str]) -> None:
    """Wait until the login is done, or the page says why not. Raises PageChanged when it does neither."""
    steps = view.profile.session.login
    for _ in moments(view.border, clock=view.clock, patience_s=_ANSWER_S):
        challenged = steps.challenge is not None and view.present(steps.challenge)
        if _is_in(view, before=before) or challenged or _error_words(view):
            return
    raise PageChanged("waiting for the login: the page did not follow in time. Look with --headed.")


def wait_for_person(view: View, *, mall_id: str) -> None:
    """Show the login page and wait until a person has logged in; of several shops the program enters this one.

    Raises LoginNeeded when nobody does in ten minutes, and what `enter_shop` raises.
    """
    stays, before = view.profile.session.login.stays, _login_cookies(view)
    try:
        with view.border.opened() as page, translated("waiting for a person to log in"):
            view.open_login()
            if stays:
                waits = moments(view.border, clock=view.clock, patience_s=_PERSON_S)
                if not any(_is_in(view, before=before) for _ in waits):
                    raise LoginNeeded(_NOBODY)
            else:
                argument = {"path": view.profile.session.login_path, "origins": view.border.origins}
                page.wait_for_function(_LEFT_LOGIN, arg=argument, timeout=_PERSON_S * 1000, polling=500)
    except PageChanged as error:
        raise LoginNeeded(_NOBODY) from error
    if view.on_login_page() and _is_asked_which_shop(view, after_login=True):
        enter_shop(view, mall_id)


def arrived_in_shop(view: View) -> Mapping[str, str | None]:
    """Go to the page that a login leads to; which shop it names (`mall_id`, `mall_name`). Nothing is clicked.

    Raises LoginNeeded when the site wants a login still, WrongShop when it is another shop than the one configured.
    """
    name = view.profile.session.after_login
    view.go(name)
    for element in view.profile.pages[name].signature:
        view.found(element)
    identity: Mapping[str, str | None] = {}
    for _ in view.moments():
        seen = view.guard.look(view.shop_page)
        view.guard.refuse_words(seen["overlays"])
        identity = seen["identity"]
        if view.guard.is_told(identity):
            break
    view.guard.check_shop(identity)
    return identity
