"""Sending a message by apprise: bounded in time, silent on the terminal, without secrets in problems.

apprise takes any HTTP answer of 200 for a success. DingTalk, WeCom, Feishu, Lark and ServerChan answer 200 also when
they refuse, with a code in the body ("keywords not in content", "token is not exist"): their answers are read here.

What is sent calls nobody, is no markup and has no link in it, whoever wrote the words; nor does it follow a redirect to
another host, or from https to http: the address itself is a secret.
"""

from __future__ import annotations

import contextlib
import re
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urljoin

from rpa.address import host_of, leads_away
from rpa.errors import ConfigError
from rpa.notify.addresses import masked
from rpa.printable import defused, one_line

if TYPE_CHECKING:
    import apprise
    from requests import PreparedRequest, Response, Session

LONGEST_S: Final = 20.0
"""How long one message may take; a server that does not answer must not hold up the schedule."""
PIECES: Final = 5
"""Into so many messages a long text is cut at most."""
BETWEEN_S: Final = 1.0
"""Between the pieces; apprise's own 5.5 seconds would take longer than all of them may."""
_TITLES_SHARE: Final = 16
"""Bytes kept free beside title and text, for the line breaks that a service puts between them."""
_CODE_OF: Final = {
    "dingtalk": "errcode",
    "wecombot": "errcode",
    "feishu": "code",
    "lark": "code",
    "schan": "code",
}
"""By service: the field of its answer that is 0 when the message was taken."""
_SECRET: Final = re.compile(r"[^\W_][\w.%+-]{3,}")
_KINDS: Final = {"info": "info", "warning": "warning", "critical": "failure", "solved": "success"}


@dataclass(slots=True)
class _Attempt:
    """What came of a message, filled in by the thread that sends it."""

    problem: str = "the message could not be sent"
    answers: list[Response] = field(default_factory=list)
    away: list[str] = field(default_factory=list)
    """Redirects to other hosts, or out of the encryption, which were not followed."""


def check_address(url: str) -> None:
    """Raises ConfigError, without the address in it, when apprise does not know this kind of address."""
    _server(url)


def send(url: str, *, title: str, body: str, kind: str) -> str:
    """Send a message; gives what went wrong, empty if it was taken. Never raises for what happens on the way.

    `kind`: info, warning, critical or solved, which some services show by a colour. A text that is longer than the
    service takes is sent in up to five pieces.
    """
    try:
        server = _server(url)
    except ConfigError as error:
        return str(error)
    attempt, title, body = _Attempt(), defused(one_line(title)), defused(body)
    with _quiet(), _heard(attempt.answers), _staying(attempt.away):
        thread = threading.Thread(
            target=_send_all, args=(server, attempt), kwargs={"title": title, "body": body, "kind": kind}, daemon=True
        )
        thread.start()
        thread.join(LONGEST_S)
    if thread.is_alive():
        return f"no answer within {LONGEST_S:.0f} seconds"
    if attempt.away:
        return without_secrets(f"it sends to another address, {attempt.away[-1]}, which is not followed", url=url)
    return without_secrets(attempt.problem or _refusal(server, attempt.answers), url=url)


def without_secrets(text: str, *, url: str) -> str:
    """The text with each part of the address that could be a secret replaced, but for its scheme."""
    _, _, rest = url.partition("://")
    parts = {found for spelt in (rest, unquote(rest)) for found in _SECRET.findall(spelt)}
    for part in sorted(parts, key=len, reverse=True):
        text = text.replace(part, "…")
    return text


def pieces(text: str, *, most_bytes: int) -> list[str]:
    """The text in pieces of so many bytes at most, cut between lines if possible; the last one ends with … if cut off.

    Bytes, because that is what WeCom and others count, and a Chinese character has three.
    """
    cut: list[str] = []
    rest = text
    while rest and len(cut) < PIECES:
        fits = rest.encode()[:most_bytes].decode(errors="ignore")
        if len(fits) < len(rest):
            line_end = fits.rfind("\n")
            fits = fits[: line_end + 1] if line_end > 0 else fits
        cut.append(fits)
        rest = rest[len(fits) :]
    if rest:
        cut[-1] = cut[-1].encode()[: most_bytes - 3].decode(errors="ignore").rstrip() + "…"
    return [piece.strip("\n") for piece in cut] or [""]


def _send_all(server: Any, attempt: _Attempt, *, title: str, body: str, kind: str) -> None:
    from apprise import Apprise, NotifyFormat

    box = Apprise(asset=_asset())
    box.add(server)
    server.request_rate_per_sec = min(server.request_rate_per_sec, BETWEEN_S)
    room = max(server.body_maxlen - len(title.encode()) - _TITLES_SHARE, 60)
    for piece in pieces(body, most_bytes=room):
        taken = box.notify(title=title, body=piece, notify_type=_KINDS[kind], body_format=NotifyFormat.TEXT)
        if not taken:
            said = [entry.message for entry in taken.logs()]
            attempt.problem = said[0].strip() if said else "the service did not take the message"
            return
    attempt.problem = ""


def _server(url: str) -> Any:
    with _quiet():
        from apprise import Apprise

        server = Apprise.instantiate(url, asset=_asset())
    if server is None:
        raise ConfigError(
            f"{masked(url)} is no address that apprise knows. It looks like dingtalk://TOKEN, wecombot://KEY, "
            "feishu://TOKEN or mailtos://USER:PASSWORD@qq.com; for others see https://appriseit.com/services/"
        )
    return server


def _asset() -> apprise.AppriseAsset:
    """Ours: no state on disk, and no thread pool, which would keep the program from ending while a server is silent."""
    import apprise

    return apprise.AppriseAsset(
        app_id="rpa",
        app_desc="rpa",
        async_mode=False,
        service_timeout=0,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Python's warnings of apprise and of the libraries that it loads stay away from people's terminals."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _heard(answers: list[Response]) -> Iterator[None]:
    """Collect the answers to all requests until the block ends; apprise does not give them to anybody."""
    import requests

    original = requests.Session.send

    def listening(session: Session, request: PreparedRequest, **settings: Any) -> Response:
        answer = original(session, request, **settings)
        answers.append(answer)
        return answer

    requests.Session.send = listening  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        requests.Session.send = original  # type: ignore[method-assign]


@contextlib.contextmanager
def _staying(away: list[str]) -> Iterator[None]:
    """Follow no redirect that leads away until the block ends; such an answer then counts as the service's own."""
    import requests

    original = requests.Session.get_redirect_target

    def checked(session: Session, answer: Response) -> str | None:
        target = original(session, answer)
        if target is None or not leads_away(answer.url, to=urljoin(answer.url, target)):
            return target
        away.append(host_of(urljoin(answer.url, target)) or "?")
        return None

    requests.Session.get_redirect_target = checked  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        requests.Session.get_redirect_target = original  # type: ignore[method-assign]


def _refusal(server: Any, answers: list[Response]) -> str:
    """What a service that answers 200 to everything says against a message; empty if it took them all."""
    code_field = _CODE_OF.get(str(server.secure_protocol))
    for answer in answers if code_field else ():
        try:
            said = answer.json()
        except ValueError:
            continue
        code = said.get(code_field) if isinstance(said, dict) else None
        if code not in {None, 0, "0"}:
            words = said.get("errmsg") or said.get("msg") or said.get("message") or ""
            return f"the service refused it with code {code}: {words}".rstrip(": ")
    return ""
