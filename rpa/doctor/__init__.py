"""Checks of the machine and the configuration, each with what to do about it."""

from __future__ import annotations

from pathlib import Path

from rpa.doctor.configuration import (
    broken_shops,
    configuration,
    departed_doubts,
    departed_logins,
    kicked_out,
    schedule,
    selector_profiles,
    time_zone,
)
from rpa.doctor.findings import Finding, State
from rpa.doctor.machine import browser, ffmpeg, fonts, free_space, key, local_disk, playwright, python, writable
from rpa.doctor.privacy import privacy, root
from rpa.doctor.unattended import unattended

__all__ = ["Finding", "State", "examine"]


def examine(path: Path | None = None) -> list[Finding]:
    """All checks; without a readable configuration, what needs one is left out.

    `path`: as for `rpa.plugins.load_config`.
    """
    found = [python(), playwright(), browser(), fonts(), ffmpeg(), key(), *root()]
    config, finding = configuration(path)
    found.append(finding)
    if config is not None:
        found += privacy(config)
        found += [*broken_shops(config), *selector_profiles(config), *schedule(config)]
        found += [writable(config.var), local_disk(config.var), free_space(config.var)]
        found += [time_zone(config), *kicked_out(config), *departed_logins(config), *departed_doubts(config)]
        found += unattended(config)
    return found
