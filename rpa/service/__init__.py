"""`rpa schedule` kept running by the operating system: a systemd unit, a launchd agent, a Windows task."""

from __future__ import annotations

import sys

from rpa.service.launchd import Launchd
from rpa.service.program import Program
from rpa.service.systemd import Systemd
from rpa.service.taskscheduler import TaskScheduler

Host = Systemd | Launchd | TaskScheduler


def host_of(program: Program) -> Host:
    """What keeps programs running on this machine."""
    if sys.platform == "win32":
        return TaskScheduler(program)
    if sys.platform == "darwin":
        return Launchd(program)
    return Systemd(program)
