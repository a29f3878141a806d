"""macOS: an agent of launchd, which runs while its person is logged in."""

from __future__ import annotations

import os
import plistlib
import shlex
import shutil
from pathlib import Path

from rpa.clock import Clock
from rpa.language import Text
from rpa.service.os_commands import ask, tell
from rpa.service.program import InstallResult, Program, ServiceState, offer_secrets_file

_RESTART_S = 30
_LOOK_AGAIN_S = 1.0
_STAND_IN = 'set -a; [ ! -r "$1" ] || . "$1"; set +a; shift; exec "$@"'
"""launchd reads no file of variables: a shell does, and becomes the program."""
_NOTES = (
    Text(
        en="An agent runs while you are logged in; let this Mac log you in after a restart (System Settings, Users).",
        zh="仅在您登录后运行；请在“系统设置 - 用户与群组”中启用自动登录，以便重启后继续运行。",
    ),
)
_NO_LAUNCHCTL = Text(
    en="launchctl is not there; run the commands below in your own session.",
    zh="找不到 launchctl；请在您自己的会话中执行下面的命令。",
)


def agent(program: Program) -> str:
    """The property list's text."""
    return plistlib.dumps(
        {
            "Label": program.name,
            "ProgramArguments": ["/bin/sh", "-c", _STAND_IN, program.name, str(program.secrets), *program.command],
            "WorkingDirectory": str(program.folder),
            "EnvironmentVariables": dict(program.environment),
            "RunAtLoad": True,
            "KeepAlive": True,
            "ThrottleInterval": _RESTART_S,
            "ExitTimeOut": program.stop_s,
            # Otherwise timers come late while nobody uses the Mac.
            "ProcessType": "Interactive",
        },
        sort_keys=False,
    ).decode()


class Launchd:
    """The person's launchd as the service's host."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.file = Path("~/Library/LaunchAgents").expanduser() / f"{program.name}.plist"
        user = getattr(os, "getuid", int)()
        self._domain = f"gui/{user}"
        self._target = f"{self._domain}/{program.name}"

    def text(self) -> str:
        """What `install` writes."""
        return agent(self._program)

    def install(self) -> InstallResult:
        """Write the agent, and start it now and at each log-in; an older one is replaced."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.text(), encoding="utf-8")
        offer_secrets_file(self._program)
        start = ("launchctl", "bootstrap", self._domain, str(self.file))
        if shutil.which("launchctl") is None:
            return InstallResult(file=self.file, by_hand=(shlex.join(start),), notes=(_NO_LAUNCHCTL, *_NOTES))
        self._stop()
        tell(*start)
        return InstallResult(file=self.file, notes=_NOTES)

    def uninstall(self) -> InstallResult:
        """Stop the service, which finishes the action in hand, and remove the agent."""
        if not self.file.exists():
            return InstallResult()
        self._stop()
        self.file.unlink()
        return InstallResult(file=self.file)

    def standing(self) -> ServiceState:
        """Whether the agent is there, and running."""
        found = ask("launchctl", "print", self._target)
        if found is None:
            return ServiceState(installed=self.file.exists(), running=None, needs_login=True)
        facts = [line.strip() for line in found.said.splitlines()]
        detail = ", ".join(line for line in facts if line.startswith(("state =", "last exit code =")))
        running = "state = running" in facts
        return ServiceState(installed=self.file.exists(), running=running, needs_login=True, detail=detail)

    def _stop(self) -> None:
        """Unload the agent, if it is loaded, and wait for its end: until then launchd takes no other of its name."""
        clock = Clock()
        until = clock.monotonic() + self._program.stop_s + _RESTART_S
        ask("launchctl", "bootout", self._target)
        while _loaded(self._target) and clock.monotonic() < until:
            clock.wait(_LOOK_AGAIN_S)


def _loaded(target: str) -> bool:
    found = ask("launchctl", "print", target)
    return found is not None and found.exit_code == 0
