"""Outcomes: how a row of the report ends, and the exit code that follows."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """Each planned subject ends in exactly one of these."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    PLANNED = "planned"
    WAITING = "waiting"
    REFUSED = "refused"
    NEEDS_PERSON = "needs_person"

    @property
    def exit_code(self) -> int:
        """0: nothing to do for anyone · 1: something meant for us was not done · 3: a person is needed."""
        return {Outcome.REFUSED: 1, Outcome.NEEDS_PERSON: 3}.get(self, 0)
