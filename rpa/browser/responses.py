"""Responses to the page's own requests: a second source beside what it shows. We read them, we never ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Error

from rpa.elements.request_tests import parameters_in
from rpa.elements.values import UNREADABLE, answer_values, follow, is_code
from rpa.errors import ChallengeShown, KickedOut, LoginNeeded, NeedsPerson, PageChanged, RightMissing, TryAgain
from rpa.language import Text

if TYPE_CHECKING:
    from email.message import Message

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


class SaidNo(TryAgain):
    """The site answered no to what the page only wanted to read."""

    meaning = Text(
        en="The site answered no to what the page only wanted to read", zh="页面只是读取数据，但后台答复失败"
    )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer, opened. Its rows are made into values when they are asked for."""

    ok: bool | None
    """None: it says neither yes nor no."""
    code: Any
    message: str
    asks: bool = False
    """It is a question: what is to be done follows on the page."""
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
    if isinstance(data, str):
        return _text_answer(data, spec, refused=_is_refused(response))
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
    if _asks(data, code, spec):
        return Answer(ok=None, code=code, message=str(message), asks=True)
    said_no = bool(profile.session.error_code) and not is_code(code, profile.session.ok_codes)
    if said_no or _is_refused(response):
        return Answer(ok=False, code=code, message=str(message or f"HTTP {response.status}"))
    raw = _rows(data, spec)
    total = follow(data, spec.total) if spec.total else None
    zone = ZoneInfo(profile.timezone)
    return Answer(
        ok=True,
        code=code,
        message="",
        total=total,
        asked=asked_of(response.request, url=spec.url),
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


def asked_of(request: Request, *, url: str) -> dict[str, Any]:
    """What a request asks for: the parameters of its path and its address, and the fields of its body, JSON or form.

    A body that is a list stands at `body`.
    """
    address = urlsplit(request.url)
    asked: dict[str, Any] = {
        **(parameters_in(unquote(address.path), pattern=url) or {}),
        **dict(parse_qsl(address.query)),
    }
    body = _posted(request)
    return asked | body if isinstance(body, dict) else {**asked, "body": body} if isinstance(body, list) else asked


def _posted(request: Request) -> Any:
    kind, sent = request.headers.get("content-type", ""), request.post_data_buffer
    if kind.startswith("multipart/form-data") and sent is not None:
        parts = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + sent).walk()
        return {part.get_param("name", header="content-disposition"): _text_of(part) for part in parts}
    try:
        return request.post_data_json
    except (Error, ValueError):
        return None


def _text_of(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode(errors="replace").rstrip("\r\n") if isinstance(content, bytes) else ""


def _is_refused(response: Response) -> bool:
    """Whether its status alone says no; none says yes."""
    return response.status >= HTTPStatus.BAD_REQUEST


def _asks(data: Any, code: Any, spec: AnswerSpec) -> bool:
    """Whether it is a question, by the code of the whole or of the row."""
    row = follow(data, spec.row) if spec.row else data
    return is_code(code, spec.asks) or (spec.code is not None and is_code(follow(row, spec.code), spec.asks))


def _text_answer(text: str, spec: AnswerSpec, *, refused: bool) -> Answer:
    """An answer in words: yes by the profile's, no by its status alone, else neither."""
    asks = any(str(word) in text for word in spec.asks)
    said_yes = not refused and not asks and any(word in text for word in spec.ok_text)
    return Answer(ok=True if said_yes else False if refused else None, code=None, message="", asks=asks)


def _body(response: Response, spec: AnswerSpec) -> Any:
    """What it has: a table of fields, or the text of one that the profile knows by its words."""
    try:
        text = response.text()
    except Error as error:
        raise AnswerLost from error
    except UnicodeDecodeError as error:
        raise _unreadable(response, spec) from error
    if spec.kind == "document":
        return text
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        if spec.ok_text:
            return text
        raise _unreadable(response, spec) from error
    if isinstance(data, dict) or (isinstance(data, str) and spec.ok_text):
        return data
    raise PageChanged(f"The answer of {spec.url} is no table of fields.")


def _unreadable(response: Response, spec: AnswerSpec) -> PageChanged:
    return PageChanged(f"The answer of {spec.url} cannot be read (HTTP {response.status}).")


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
