"""Kills `rpa` at chosen moments, again and again, until it has been let to its end. For every flow that writes."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import psutil

from fixtures.mockshop.harness import MockShop
from tests.support.mock_shop import Result, ShopFolder
from tests.support.processes import staying

_POLL_S = 0.25
_MOST_WRITES = 5
"""A run that is to be killed is held at this one, however late the kill comes: it must not end before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When to kill: at the `nth` such event of the mock's feed since the start, or so many seconds after it."""

    kind: Literal["request", "effect", "answer"]
    endpoint: str = ""
    nth: int = 1
    hold: Literal["before", "after", ""] = ""
    """Hold the answer before or after its effect, so that the kill comes at exactly that moment."""
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s after {self.kind} {self.nth} of {self.endpoint or 'anything'} {self.hold}"


@dataclass(slots=True, kw_only=True)
class Killed:
    """What the kills came to."""

    moments: list[Moment] = field(default_factory=list)
    """At which a living program was killed."""
    survivors: list[str] = field(default_factory=list)
    """Processes of the program that were still alive some time after it was killed."""
    end: Result | None = None
    """The run that was let to its end."""


def kill_until_done(
    folder: ShopFolder,
    *arguments: str,
    mock: MockShop,
    moments: Sequence[Moment],
    write: str,
    env: Mapping[str, str] | None = None,
) -> Killed:
    """Start `rpa ARGUMENTS` and kill it, once for each moment; then let it go to its end.

    `env`: what its environment has besides. `write`: an endpoint at which the run comes by again and again, where it
    can be held.
    """
    killed = Killed()
    for moment in moments:
        _hold(moment, mock=mock, write=write)
        _kill_once(folder, arguments, env=env, mock=mock, moment=moment, killed=killed)
    killed.end = folder.run(*arguments, env=env)
    return killed


def _hold(moment: Moment, *, mock: MockShop, write: str) -> None:
    if moment.hold:
        mock.fault("freeze", endpoint=moment.endpoint, at=moment.nth, when=moment.hold)
    else:
        mock.fault("freeze", endpoint=write, at=_MOST_WRITES, when="before")


def _kill_once(
    folder: ShopFolder,
    arguments: Sequence[str],
    *,
    env: Mapping[str, str] | None,
    mock: MockShop,
    moment: Moment,
    killed: Killed,
) -> None:
    begun_at = mock.last_event()
    none = subprocess.DEVNULL
    process = folder.start(*arguments, env=env, stdin=none, stdout=none, stderr=none)
    try:
        _wait_for(moment, mock=mock, process=process, after=begun_at)
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    finally:
        alive = process.poll() is None
        process.kill()
        process.wait()
    if alive:
        killed.moments.append(moment)
    mock.clear_faults("freeze")
    killed.survivors += [f"{each.pid} after {moment}" for each in _ended(family)]


def _wait_for(moment: Moment, *, mock: MockShop, process: subprocess.Popen[str], after: int) -> None:
    """Return at the moment, or when the program has ended by itself."""
    left = moment.nth
    while process.poll() is None and left > 0:
        for event in mock.events(after=after, timeout_s=_POLL_S):
            after = event["n"]
            left -= event["kind"] == moment.kind and moment.endpoint in event["endpoint"]
            if left == 0:
                break
    if moment.seconds:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moment.seconds)


def _ended(family: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Wait for the browser and its driver to go with the program; end those that do not, and give them."""
    left = staying(family)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return left


def moments_of(endpoints: Sequence[str], *, write: str, count: int, seed: int) -> list[Moment]:
    """So many moments: each kind of event of each endpoint, the write held before and after its effect, random ones."""
    rng = random.Random(seed)
    turns = list(_turns(endpoints, write=write, rng=rng))
    rng.shuffle(turns)
    while len(turns) < count:
        turns += _turns(endpoints, write=write, rng=rng)
    return turns[:count]


def _turns(endpoints: Sequence[str], *, write: str, rng: random.Random) -> Iterator[Moment]:
    yield Moment(kind="request", endpoint=write, nth=rng.randint(1, 3), hold="before")
    yield Moment(kind="effect", endpoint=write, nth=rng.randint(1, 3), hold="after")
    yield Moment(kind="effect", endpoint=write, nth=rng.randint(1, 3))
    for endpoint in (*endpoints, write):
        yield Moment(kind="request", endpoint=endpoint, nth=rng.randint(1, 3))
        yield Moment(kind="answer", endpoint=endpoint, nth=rng.randint(1, 3))
    for _ in range(3):
        yield Moment(kind="request", nth=rng.randint(1, 14), seconds=rng.uniform(0, 0.5))
