"""Whether this machine falls asleep by itself, which ends a schedule without a word."""

from __future__ import annotations

import re
import sys

from rpa.doctor.findings import Finding, ok, warn
from rpa.language import Text
from rpa.service.os_commands import ask

_NAME = Text(en="Sleep", zh="自动睡眠")
_CANNOT_TELL = Text(en="cannot tell; see that this machine never sleeps", zh="无法检查；请确认本机不会自动睡眠")
_NEVER = Text(en="never by itself", zh="不会自动睡眠")
_GNOME = ("gsettings", "get", "org.gnome.settings-daemon.plugins.power")
_LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
_WAKEFUL = {"ignore", "lock"}
_VALUE = re.compile(r":\s*0x([0-9a-f]+)\s*$", re.MULTILINE | re.IGNORECASE)
_PMSET = re.compile(r"^\s*sleep\s+(\d+)", re.MULTILINE)


def falls_asleep() -> Finding:
    """Whether the machine falls asleep when nobody uses it."""
    if sys.platform == "win32":
        return _windows()
    return _mac() if sys.platform == "darwin" else _linux()


def windows_minutes(said: str) -> int | None:
    """Minutes until sleep on mains by `powercfg /query … STANDBYIDLE`; 0: never; None: it says nothing of that.

    Its words are in the language of Windows: the last two numbers are the settings on mains and on battery, in seconds.
    """
    values = [int(value, 16) for value in _VALUE.findall(said)]
    return -(-values[-2] // 60) if len(values) > 1 else None


def mac_minutes(said: str) -> int | None:
    """Minutes until sleep by `pmset -g`; 0: never; None: it says nothing of that."""
    found = _PMSET.search(said)
    return int(found[1]) if found else None


def _windows() -> Finding:
    answer = ask("powercfg", "/query", "SCHEME_CURRENT", "SUB_SLEEP", "STANDBYIDLE")
    return _after(windows_minutes(answer.said) if answer else None, cure="powercfg /change standby-timeout-ac 0")


def _mac() -> Finding:
    answer = ask("pmset", "-g")
    return _after(mac_minutes(answer.said) if answer else None, cure="sudo pmset -c sleep 0")


def _after(minutes: int | None, *, cure: str) -> Finding:
    if minutes is None:
        return ok(_NAME, _CANNOT_TELL)
    if minutes == 0:
        return ok(_NAME, _NEVER)
    return warn(
        _NAME,
        Text(
            en=f"after {minutes} minutes without a user; nothing runs then. Turn it off: `{cure}`",
            zh=f"无人操作 {minutes} 分钟后睡眠，期间不会运行任何任务。请关闭：{cure}",
        ),
    )


def _linux() -> Finding:
    masked = ask("systemctl", "is-enabled", "sleep.target")
    if masked is not None and masked.said == "masked":
        return ok(_NAME, _NEVER)
    wish, idle = _desktops_wish(), _logind_does()
    if wish == "suspend" or (idle is not None and idle not in _WAKEFUL):
        return warn(
            _NAME,
            Text(
                en="this machine suspends itself when nobody uses it; nothing runs then. Turn that off in the power "
                "settings, or: `sudo systemctl mask sleep.target suspend.target`",
                zh="本机在无人操作时会自动挂起，期间不会运行任何任务。请在电源设置中关闭，"
                "或执行：sudo systemctl mask sleep.target suspend.target",
            ),
        )
    return ok(_NAME, _CANNOT_TELL if wish is None and idle is None else _NEVER)


def _desktops_wish() -> str | None:
    """What GNOME does on mains when nobody uses the machine; None: cannot tell."""
    what, when = (ask(*_GNOME, f"sleep-inactive-ac-{setting}") for setting in ("type", "timeout"))
    if what is None or when is None or what.exit_code != 0:
        return None
    return "nothing" if when.said == "0" else what.said.strip("'")


def _logind_does() -> str | None:
    """What logind does when nobody uses the machine; None: cannot tell."""
    answer = ask("busctl", "get-property", *_LOGIND, "IdleAction")
    return answer.said.removeprefix("s ").strip('"') if answer and answer.exit_code == 0 else None
