"""What can happen to a request on its way to the shop and back, as files in the shop's folder ask for it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn
from urllib.parse import parse_qs

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Trouble:
    """The shop as it is reached from outside; what is posted to it is written down in `posts.jsonl`.

    A file `faults/*.json` names a `kind` and what the request must be: its `method`, what its `path` and its `body`
    contain, and the how-many-th it is (`at`). It goes when it has happened.

    lost: the shop does what it was asked to; the connection is closed without an answer.
    dropped: the connection is closed before the shop has heard of it.
    refused: answered with 500 before the shop has heard of it.
    logged_out: everybody's session ends just before.
    """

    def __init__(self, shop: Application, *, folder: Path, end_sessions: Callable[[], None]) -> None:
        self._shop = shop
        self._folder = folder
        self._end_sessions = end_sessions
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        with self._lock:
            kind = self._due(environ, body)
            if environ["REQUEST_METHOD"] == "POST":
                self._note(environ["PATH_INFO"], body, kind)
        if kind == "dropped":
            _hang_up(start_response)
        if kind == "refused":
            start_response("500 Internal Server Error", [("Content-Type", "text/html")])
            return [b"<h1>Server Error (500)</h1>"]
        if kind == "logged_out":
            self._end_sessions()
        answer = self._shop(environ, start_response)
        if kind == "lost":
            if hasattr(answer, "close"):
                answer.close()
            _hang_up(start_response)
        return answer

    def _due(self, environ: dict[str, Any], body: bytes) -> str:
        """What is to happen to this request; empty: nothing."""
        for file in sorted((self._folder / "faults").glob("*.json")):
            fault = json.loads(file.read_text(encoding="utf-8"))
            if (
                environ["REQUEST_METHOD"] == fault["method"]
                and fault["path"] in environ["PATH_INFO"]
                and fault["body"] in body.decode(errors="replace")
            ):
                if fault["at"] <= 1:
                    file.unlink()
                    return str(fault["kind"])
                file.write_text(json.dumps(fault | {"at": fault["at"] - 1}), encoding="utf-8")
        return ""

    def _note(self, path: str, body: bytes, kind: str) -> None:
        fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
        told = {name: values for name, values in fields.items() if name not in {"csrfmiddlewaretoken", "password"}}
        with (self._folder / "posts.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"path": path, "fields": told, "fault": kind}) + "\n")


def _hang_up(start_response: Any) -> NoReturn:
    """End this request without an answer: what the server does when it believes that the client has gone."""
    start_response.__self__.request_handler.close_connection = True
    raise ConnectionAbortedError
