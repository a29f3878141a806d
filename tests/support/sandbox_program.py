"""A program that answers as it is asked to, or dies of it."""

from __future__ import annotations

import json
import os
import threading

from rpa.sandbox import serve

KEPT: list[bytes] = []


def answer(question: bytes) -> bytes:
    asked, _, number = question.decode().partition(" ")
    match asked:
        case "environment":
            return json.dumps(dict(os.environ)).encode()
        case "keep":
            KEPT.append(bytes(int(number) << 20))
        case "spin":
            while True:
                pass
        case "hang":
            threading.Event().wait()
        case "break":
            os.abort()
        case "chatter":
            return bytes(int(number))
    return str(os.getpid()).encode()


if __name__ == "__main__":
    serve(answer)
