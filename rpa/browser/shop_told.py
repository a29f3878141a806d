"""Shop told by answers: which shop the site names in what it answers to the page's own requests."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rpa.browser.responses import AnswerLost, TooManyCalls, open_answer
from rpa.elements.site import ANSWERED, is_answered
from rpa.elements.values import UNREADABLE
from rpa.errors import RpaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Response

    from rpa.browser.origins import SiteBorder
    from rpa.elements.profile import Profile


class ShopTold:
    """The newest answers that tell a page's shop, of the document that it shows."""

    def __init__(self, border: SiteBorder, *, profile: Profile) -> None:
        self._border = border
        self._profile = profile
        paths = [path for told in profile.told_of_page.values() for path in told if is_answered(path)]
        names = {path.removeprefix(ANSWERED).partition(".")[0] for path in paths}
        self._names = {profile.answers[name].url: name for name in names}
        self._newest: dict[str, Response] = {}
        """By the answer's name; the one that came last stands last."""
        self._opened: dict[str, dict[str, str]] = {}
        if self._names:
            border.wherever.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request():
            if response.frame.parent_frame is None:
                self._newest.clear()
            return
        name = self._names.get(urlsplit(response.url).path)
        if name is not None and self._border.owns(response.url) and response.status == HTTPStatus.OK:
            self._newest.pop(name, None)
            self._newest[name] = response
            self._opened.pop(name, None)

    def newest(self, paths: Sequence[str]) -> str | None:
        """What the newest answer of these paths tells; None: none has come yet, or it does not tell.

        One that says only that there were too many calls does not count: who made the call is told that. Raises what
        else `open_answer` raises.
        """
        fields = dict(path.removeprefix(ANSWERED).split(".", 1) for path in paths if is_answered(path))
        for name in [name for name in reversed(self._newest) if name in fields]:
            with suppress(TooManyCalls):
                return self._values(name).get(fields[name])
        return None

    def _values(self, name: str) -> dict[str, str]:
        if name not in self._opened:
            try:
                answer = open_answer(self._newest[name], self._profile.answers[name], profile=self._profile)
            except AnswerLost:
                return {}
            except RpaError:
                del self._newest[name]  # that the session is over is said once
                raise
            row = answer.rows[0] if answer.ok and answer.rows else {}
            self._opened[name] = {
                field: str(value) for field, value in row.items() if value not in (None, "", UNREADABLE)
            }
        return self._opened[name]
