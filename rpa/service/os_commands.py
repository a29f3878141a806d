"""Commands of the operating system, asked of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from rpa.environment import for_children
from rpa.errors import ConfigError

_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command said."""

    exit_code: int
    said: str
    complaint: str


def ask(*words: str, timeout_s: float = _TIMEOUT_S, also: Mapping[str, str] | None = None) -> Answer | None:
    """What this command says; None: there is no such command here, or it did not end in time.

    `also`: variables beside those that it needs.
    """
    program = shutil.which(words[0])
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *words[1:]],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=timeout_s,
            env=for_children(**(also or {})),
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return Answer(exit_code=done.returncode, said=done.stdout.strip(), complaint=done.stderr.strip())


def tell(*words: str, timeout_s: float = _TIMEOUT_S) -> Answer:
    """As `ask`. Raises ConfigError with what it said when it fails."""
    answer = ask(*words, timeout_s=timeout_s)
    if answer is None:
        raise ConfigError(f"`{' '.join(words)}` is not there, or did not end within {timeout_s:.0f} s.")
    if answer.exit_code != 0:
        why = answer.complaint or answer.said or f"exit code {answer.exit_code}"
        raise ConfigError(f"`{' '.join(words)}` failed: {why}")
    return answer
