"""What can happen to a request on its way to the shop and back, as files in the shop's folder ask for it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Lock
from typing import Any
from urllib.parse import parse_qs

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
_HUNG_UP_ON = {"lost", "dropped"}


class Trouble:
    """The shop as it is reached from outside; `posts.jsonl` has what was posted to it, once the shop is done with it.

    A file `faults/*.json` names a `kind` and what the request must be: its `method`, what its `path` and its `body`
    contain, and the how-many-th it is (`at`). It goes when it has happened.

    lost: the shop does what it was asked to; the connection is closed without an answer.
    hung: the same, but the connection stays open for good.
    repeated: the shop hears it twice, and the second answer is given.
    dropped: the connection is closed before the shop has heard of it.
    refused: answered with 500 before the shop has heard of it.
    logged_out: everybody's session ends just before.

    Chromium sends a request anew, also a POST, when a connection that it had kept open is closed without an answer:
    hence `repeated`. For `lost` and `dropped` it must not get through with that, so the same request right after is
    hung up on, too.
    """

    def __init__(self, shop: Application, *, folder: Path, end_sessions: Callable[[], None]) -> None:
        self._shop = shop
        self._folder = folder
        self._end_sessions = end_sessions
        self._lock = Lock()
        self._cut: tuple[str, bytes] | None = None
        """The path and body of the request before this one, if it was hung up on."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with self._lock:
            if self._cut == (environ["PATH_INFO"], body):
                raise ConnectionAbortedError
            kind = self._due(environ, body)
            self._cut = (environ["PATH_INFO"], body) if kind in _HUNG_UP_ON else None
        answer = self._heard(kind, environ, body, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            with self._lock:
                self._note(environ["PATH_INFO"], body, kind)
        if kind == "hung":
            Event().wait()
        if kind in _HUNG_UP_ON:
            raise ConnectionAbortedError  # which the server takes for a client that has gone: it sends nothing
        return answer

    def _heard(self, kind: str, environ: dict[str, Any], body: bytes, start_response: Any) -> Iterable[bytes]:
        """What the shop says to it, if it hears of it."""
        if kind == "dropped":
            return ()
        if kind == "refused":
            start_response("500 Internal Server Error", [("Content-Type", "text/html")])
            return [b"<h1>Server Error (500)</h1>"]
        if kind == "logged_out":
            self._end_sessions()
        if kind == "repeated":
            self._shop(environ | {"wsgi.input": io.BytesIO(body)}, lambda *_: None)
        return self._shop(environ | {"wsgi.input": io.BytesIO(body)}, start_response)

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
