"""What a check gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rpa.language import Text


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check's result; for `warn` and `fail` the message says what to do."""

    name: Text
    state: State
    message: Text


def ok(name: Text, message: Text | str = "") -> Finding:
    """All is well; a plain string is a fact that reads the same in both languages."""
    said = message if isinstance(message, Text) else Text(en=message, zh=message)
    return Finding(name=name, state=State.OK, message=said)


def warn(name: Text, message: Text) -> Finding:
    """It works, but somebody should look at this."""
    return Finding(name=name, state=State.WARN, message=message)


def fail(name: Text, message: Text) -> Finding:
    """Runs will not work."""
    return Finding(name=name, state=State.FAIL, message=message)
