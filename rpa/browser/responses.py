"""Responses to the page's own requests: a second source beside what it shows. We read them, we never ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Error

from rpa.elements.values import UNREADABLE, answer_values, follow, is_code
from rpa.errors import ChallengeShown, KickedOut, LoginNeeded, NeedsPerson, PageChanged, RightMissing, TryAgain
from rpa.language import Text

if TYPE_CHECKING:
    from playwright.sync_api import Request, Response

    from rpa.elements.fields import AnswerField
    from rpa.elements.profile import AnswerSpec, Profile


class TooManyCalls(NeedsPerson):
    """The site asked for fewer calls."""

    code = "rate_limited"


class AnswerLost(TryAgain):
    """An answer came, but the page went on before it could be read."""

    meaning = Text(
        en="An answer came, but the page went on before it could be read", zh="页面已跳转，未能读到后台的答复"
    )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer, opened. Its rows are made into values when they are asked for."""

    ok: bool
    code: Any
    message: str
    total: int | None = None
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the request asked for: the parameters of its address, and its body."""
    raw_rows: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    fields: Mapping[str, AnswerField] = field(default_factory=dict, repr=False)
    zone: ZoneInfo | None = None

    @cached_property
    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """The rows' fields, by the profile's names."""
        zone = self.zone or ZoneInfo("UTC")
        return tuple(answer_values(row, self.fields, zone=zone) for row in self.raw_rows)

    def keys(self, name: str) -> list[str]:
        """One field of all rows, without making values of the others."""
        path = self.fields[name].path or ""
        return [str(follow(row, path)) for row in self.raw_rows]


_KICKED = Text(
    en="The site says: {message}. The session is not taken back; run `rpa login` for this shop.",
    zh="后台提示：{message}。程序不会抢回登录；请为该店铺运行 rpa login。",
)
_EXPIRED = Text(
    en="The site says: {message}. Run `rpa login` for this shop.",
    zh="后台提示：{message}。请为该店铺运行 rpa login。",
)
_SAYS = Text(en="The site says: {message}", zh="后台提示：{message}")
_CHALLENGE = Text(
    en="The site asks for a challenge ({message}). Run `rpa login --headed` for this shop.",
    zh="后台要求安全验证（{message}）。请为该店铺运行 rpa login --headed。",
)
_NO_RIGHT = Text(
    en="The site says: {message}. Have the shop's main account give this one the right.",
    zh="后台提示：{message}。请用店铺主账号为本账号开通该权限。",
)


def open_answer(response: Response, spec: AnswerSpec, *, profile: Profile) -> Answer:
    """Read one answer by its description.

    Raises LoginNeeded, KickedOut, TooManyCalls, ChallengeShown or RightMissing for the codes that the profile names,
    PageChanged when the answer is not what the description says, AnswerLost when the browser has it no more. A plain
    refusal is an Answer with `ok` False.
    """
    data = _body(response, spec)
    code = next((value for path in profile.session.error_code if (value := follow(data, path)) is not None), None)
    message = next((value for path in profile.session.error_message if (value := follow(data, path))), "")
    if is_code(code, profile.session.expired_codes):
        if _is_kicked(data, profile):
            raise KickedOut(_KICKED.with_words(message=message))
        raise LoginNeeded(_EXPIRED.with_words(message=message))
    if is_code(code, profile.session.rate_limited_codes):
        raise TooManyCalls(_SAYS.with_words(message=message))
    if is_code(code, profile.session.challenge_codes):
        raise ChallengeShown(_CHALLENGE.with_words(message=message))
    if is_code(code, profile.session.no_right_codes):
        raise RightMissing(_NO_RIGHT.with_words(message=message))
    if not is_code(code, profile.session.ok_codes):
        return Answer(ok=False, code=code, message=str(message))
    raw = _rows(data, spec)
    total = follow(data, spec.total) if spec.total else None
    zone = ZoneInfo(profile.timezone)
    return Answer(
        ok=True,
        code=code,
        message="",
        total=total,
        asked=asked_of(response.request),
        raw_rows=tuple(raw),
        fields=spec.fields,
        zone=zone,
    )


def _is_kicked(data: Any, profile: Profile) -> bool:
    """Whether an answer that says that the session is over says that another has it."""
    spec = profile.session.kicked
    if spec is None or not follow(data, spec.path or ""):
        return False
    return answer_values(data, {"kicked": spec}, zone=ZoneInfo(profile.timezone))["kicked"] is not UNREADABLE


def asked_of(request: Request) -> dict[str, Any]:
    """What a request asks for: the parameters of its address, and the fields of its body, JSON or form."""
    asked: dict[str, Any] = dict(parse_qsl(urlsplit(request.url).query))
    try:
        body = request.post_data_json
    except (Error, ValueError):
        body = None
    return asked | body if isinstance(body, dict) else asked


def _body(response: Response, spec: AnswerSpec) -> Any:
    try:
        data = response.json()
    except Error as error:
        raise AnswerLost from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise PageChanged(f"The answer of {spec.url} cannot be read (HTTP {response.status}).") from error
    if not isinstance(data, dict):
        raise PageChanged(f"The answer of {spec.url} is no table of fields.")
    return data


def _rows(data: Any, spec: AnswerSpec) -> list[Mapping[str, Any]]:
    if spec.rows:
        rows = follow(data, spec.rows)
        if not isinstance(rows, list):
            raise PageChanged(f"The answer of {spec.url} has no list at {spec.rows}.")
        return rows
    row = follow(data, spec.row) if spec.row else data
    if not isinstance(row, dict):
        raise PageChanged(f"The answer of {spec.url} has nothing at {spec.row}.")
    return [row]
