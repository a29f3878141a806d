"""Windows: a task of the person's own, which runs while they are logged on."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from xml.etree import ElementTree as ET

from rpa.language import Text
from rpa.service.os_commands import ask, tell
from rpa.service.program import InstallResult, Program, ServiceState

_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_LOOK_EVERY = "PT5M"
_NOTES = (
    Text(
        en="The task runs while you are logged on: stay logged on (lock the screen), and turn off sleep. Its window "
        "may be minimised; closing it stops the runs until the task starts again, within five minutes.",
        zh="任务仅在您登录 Windows 期间运行：请保持登录（可锁屏）并关闭睡眠。程序窗口可以最小化；"
        "如被关闭，五分钟内会自动重新启动。",
    ),
    Text(
        en="A variable that is set in this window only is not seen by the task: set it for your account, `setx NAME …`",
        zh="任务读不到只在当前窗口设置的环境变量：请用 setx 变量名 值 为您的账户设置。",
    ),
)
_NO_SCHTASKS = Text(
    en="schtasks is not there; the task was only written. Run the commands below on Windows.",
    zh="找不到 schtasks，只写好了任务文件。请在 Windows 上执行下面的命令。",
)


def task(program: Program, *, user: str) -> str:
    """The task's definition. `user`: who runs it, with the domain before it."""
    root = ET.Element("Task", {"version": "1.2", "xmlns": _SPACE})
    _fill(root, "RegistrationInfo", {"Description": program.title})
    triggers = ET.SubElement(root, "Triggers")
    # A program that ended is no failure to the task scheduler (MS-TSCH 2.5.4.2: RestartOnFailure is for a task that
    # could not be started). So the task starts every few minutes, and the rule below ignores it while one runs.
    again = {"Interval": _LOOK_EVERY, "StopAtDurationEnd": "false"}
    clock = ET.SubElement(triggers, "TimeTrigger")
    _fill(clock, "Repetition", again)
    _set(clock, {"StartBoundary": "2020-01-01T00:00:00", "Enabled": "true"})
    _fill(triggers, "LogonTrigger", {"Enabled": "true", "UserId": user})
    who = {"UserId": user, "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege"}
    _fill(ET.SubElement(root, "Principals"), "Principal", who).set("id", "Author")
    _settings(root)
    actions = ET.SubElement(root, "Actions", {"Context": "Author"})
    command, *arguments = program.command
    words = {"Command": command, "Arguments": subprocess.list2cmdline(arguments)}
    _fill(actions, "Exec", {**words, "WorkingDirectory": str(program.folder)})
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _settings(root: ET.Element) -> None:
    """What must differ from the defaults, which end a task after three days, and on battery, and give it few turns."""
    settings = ET.SubElement(root, "Settings")
    _set(
        settings,
        {
            "MultipleInstancesPolicy": "IgnoreNew",
            "DisallowStartIfOnBatteries": "false",
            "StopIfGoingOnBatteries": "false",
            "StartWhenAvailable": "true",
        },
    )
    _fill(settings, "IdleSettings", {"StopOnIdleEnd": "false", "RestartOnIdle": "false"})
    _set(settings, {"ExecutionTimeLimit": "PT0S", "Priority": "5"})
    _fill(settings, "RestartOnFailure", {"Interval": "PT1M", "Count": "255"})


def _fill(parent: ET.Element, name: str, values: dict[str, str]) -> ET.Element:
    child = ET.SubElement(parent, name)
    _set(child, values)
    return child


def _set(element: ET.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        ET.SubElement(element, name).text = value


class TaskScheduler:
    """The Windows task scheduler as the service's host."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.file = program.secrets.with_name("service.xml")
        self._name = f"\\{program.name}"

    def text(self) -> str:
        """What `install` writes."""
        return task(self._program, user=_this_user())

    def install(self) -> InstallResult:
        """Register the task, and start it now and at each log-on; an older one is replaced."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.text(), encoding="utf-16")
        steps = (
            ("schtasks", "/Create", "/TN", self._name, "/XML", str(self.file), "/F"),
            ("schtasks", "/Run", "/TN", self._name),
        )
        if shutil.which("schtasks") is None:
            by_hand = tuple(subprocess.list2cmdline(step) for step in steps)
            return InstallResult(file=self.file, by_hand=by_hand, notes=(_NO_SCHTASKS, *_NOTES))
        for step in steps:
            tell(*step)
        return InstallResult(file=self.file, notes=_NOTES)

    def uninstall(self) -> InstallResult:
        """End the task and remove it; its runs see that and finish the action in hand by themselves."""
        if not self.standing().installed:
            return InstallResult()
        ask("schtasks", "/End", "/TN", self._name)
        tell("schtasks", "/Delete", "/TN", self._name, "/F")
        self.file.unlink(missing_ok=True)
        return InstallResult(file=self.file)

    def standing(self) -> ServiceState:
        """Whether the task is registered; whether it runs is told in the language of Windows only, so not here."""
        found = ask("schtasks", "/Query", "/TN", self._name)
        installed = found is not None and found.exit_code == 0
        return ServiceState(installed=installed, running=None, needs_login=True)


def _this_user() -> str:
    domain = os.environ.get("USERDOMAIN")
    return f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()
