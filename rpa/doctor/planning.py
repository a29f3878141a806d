"""Check of what rpa.toml plans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rpa.doctor.findings import Finding, ok, warn
from rpa.language import Text
from rpa.monitoring.unsupported import unable

if TYPE_CHECKING:
    from rpa.config import Config


def schedule(config: Config) -> Iterable[Finding]:
    """Whether each platform can do what the schedule plans in its shops; nothing where nothing is planned."""
    name = Text(en="Schedule", zh="计划任务")
    found = list(unable(config))
    yield from (warn(name, each.words) for each in found)
    if config.schedule and not found:
        yield ok(name)
