"""Linux: a unit of the person's own systemd, which needs no administrator."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from rpa.environment import CREDENTIAL, FILE_VARIABLE
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.service.os_commands import ask, tell
from rpa.service.program import InstallResult, Program, ServiceState, offer_secrets_file, unseen_secrets

_MANAGED = {"running", "degraded", "starting", "initializing", "maintenance", "stopping"}
"""What a systemd that is there says of itself."""
_RESTART_S = 30
_PLAIN = re.compile(r"[A-Za-z0-9_./=:+-]+")
_NO_LINGER = Text(
    en="The service ends when you log out and starts when you log in. To keep it running without you: {command}",
    zh="注销后服务会停止，登录后自动启动。如需在未登录时也运行，请执行：{command}",
)
_NO_MANAGER = Text(
    en="systemd does not run for this user here, so the unit was only written. Run the commands below where it does.",
    zh="当前用户没有运行中的 systemd，只写好了服务文件。请在 systemd 可用时执行下面的命令。",
)
_NO_FOLDER = Text(
    en="systemd cannot work in the folder {folder}; give it a plainer name.",
    zh="systemd 无法使用文件夹 {folder}；请换一个简单的名称。",
)
_NO_SYSTEMD = Text(
    en="There is no systemd on this machine. Have what starts your programs run: {command}",
    zh="本机没有 systemd。请让负责启动程序的工具运行：{command}",
)
_NOT_TAKEN = Text(
    en="systemd does not take the unit for {folder}: {problem}",
    zh="systemd 不接受 {folder} 的服务文件：{problem}",
)
_UNSEEN = Text(
    en="The service does not see {names}, set in this shell only: write it into {file}, then install again.",
    zh="服务读不到只在当前终端设置的 {names}：请写入 {file}，然后重新安装。",
)


def unit(program: Program) -> str:
    """The unit's text. Raises ConfigError for a folder that a unit cannot name."""
    command = " ".join([_word(program.command[0]), *(_argument(word) for word in program.command[1:])])
    known = {name: value for name, value in program.environment.items() if name != FILE_VARIABLE}
    variables = "".join(f"Environment={_word(f'{name}={value}')}\n" for name, value in known.items())
    return f"""\
[Unit]
Description={program.title.replace("%", "%%")}
# A mistake in rpa.toml ends the program at once: go on trying until somebody has put it right.
StartLimitIntervalSec=0

[Service]
Type=exec
WorkingDirectory={_path(program.folder)}
{variables}EnvironmentFile=-{_pattern(program.secrets)}
{_credential(program)}
ExecStart={command}
Restart=always
RestartSec={_RESTART_S}
# SIGTERM to the scheduler alone: it asks its runs to finish the action in hand.
KillMode=mixed
KillSignal=SIGTERM
TimeoutStopSec={program.stop_s}
# A page that eats the memory ends that page's run, not the scheduler.
OOMPolicy=continue

[Install]
WantedBy=default.target
"""


def _credential(program: Program) -> str:
    """Has systemd hand over the key where no environment shows it: a file that RPA_KEY_FILE named at the install."""
    file = program.environment.get(FILE_VARIABLE)
    if file is None:
        return f"# LoadCredential={CREDENTIAL}:/path/of/a/file would hand over the key without any variable."
    return f"LoadCredential={CREDENTIAL}:{_path(Path(file))}"


def _word(text: str) -> str:
    """One word, quoted if need be. The command's own path and Environment= know no variables, so a $ stays one."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("%", "%%") + '"'


def _argument(text: str) -> str:
    return _word(text).replace("$", "$$")


def _path(path: Path) -> str:
    """A path where systemd reads the rest of the line as it is, but for its % specifiers."""
    text = str(path)
    if text != text.strip() or text.endswith("\\") or any(ord(character) < ord(" ") for character in text):
        raise ConfigError(_NO_FOLDER.with_words(folder=repr(text)))
    return text.replace("%", "%%")


def _pattern(path: Path) -> str:
    """A path where systemd takes * ? [ ] and braces for wildcards."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", _path(path))


class Systemd:
    """The person's systemd as the service's host."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.unit = f"{program.name}.service"
        own = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
        self.file = Path(own).expanduser() / "systemd" / "user" / self.unit

    def text(self) -> str:
        """What `install` writes."""
        return unit(self._program)

    def install(self) -> InstallResult:
        """Write the unit, and start it now and at each start of the machine; an older one is replaced.

        Raises ConfigError when there is no systemd, or it does not take the unit.
        """
        if shutil.which("systemctl") is None:
            command = shlex.join(self._program.command)
            raise ConfigError(_NO_SYSTEMD.with_words(command=command))
        problem = problem_of(self.text(), name=self.unit)
        if problem:
            raise ConfigError(_NOT_TAKEN.with_words(folder=self._program.folder, problem=problem))
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.text(), encoding="utf-8")
        offer_secrets_file(self._program)
        steps = (("daemon-reload",), ("enable", self.unit), ("restart", "--no-block", self.unit))
        notes = [*self._linger_notes(), *self._secret_notes()]
        if not has_manager():
            return InstallResult(file=self.file, by_hand=_spoken(steps), notes=(_NO_MANAGER, *notes))
        for step in steps:
            tell("systemctl", "--user", *step)
        return InstallResult(file=self.file, notes=tuple(notes))

    def uninstall(self) -> InstallResult:
        """Stop the service, which finishes the action in hand, and remove the unit."""
        if not self.file.exists():
            return InstallResult()
        managed = has_manager()
        if managed:
            stop_s = float(self._program.stop_s + _RESTART_S)
            tell("systemctl", "--user", "disable", "--now", self.unit, timeout_s=stop_s)
        (self.file.parent / "default.target.wants" / self.unit).unlink(missing_ok=True)
        self.file.unlink()
        if managed:
            tell("systemctl", "--user", "daemon-reload")
            return InstallResult(file=self.file)
        return InstallResult(file=self.file, by_hand=_spoken((("stop", self.unit), ("daemon-reload",))))

    def standing(self) -> ServiceState:
        """Whether the unit is there, and active."""
        found = ask("systemctl", "--user", "show", self.unit, "--property=ActiveState,SubState,ExecMainStatus")
        installed, stays = self.file.exists(), lingers()
        needs_login = None if stays is None else not stays
        if found is None or found.exit_code != 0:
            return ServiceState(installed=installed, running=None, needs_login=needs_login)
        facts = dict(line.split("=", 1) for line in found.said.splitlines() if "=" in line)
        running = facts.get("ActiveState") in {"active", "deactivating", "reloading"}
        detail = " ".join(f"{name}={value}" for name, value in facts.items())
        return ServiceState(
            installed=installed,
            running=running,
            needs_login=needs_login,
            detail=detail,
            look=f"journalctl --user -n 20 -u {self.unit}",
        )

    def _linger_notes(self) -> list[Text]:
        if lingers():
            return []
        command = "loginctl enable-linger"
        return [_NO_LINGER.with_words(command=command)]

    def _secret_notes(self) -> list[Text]:
        names = ", ".join(unseen_secrets(self._program))
        file = self._program.secrets
        return [_UNSEEN.with_words(names=names, file=file)] if names else []


def problem_of(text: str, *, name: str) -> str:
    """What systemd says against a unit; empty: nothing, or it cannot be asked."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        # It looks units up in the person's run-time folder, which a shell without a log-in does not have.
        answer = ask("systemd-analyze", "verify", "--user", str(file), also={"XDG_RUNTIME_DIR": folder})
    said = answer.complaint.splitlines() if answer else []
    return "\n".join(line.replace(f"{file}:", "line ") for line in said if name in line)


def has_manager() -> bool:
    """Whether this person's systemd runs and can be asked."""
    answer = ask("systemctl", "--user", "is-system-running")
    return answer is not None and answer.said in _MANAGED


def lingers() -> bool | None:
    """Whether this person's services go on without a log-in; None: cannot tell."""
    answer = ask("loginctl", "show-user", getpass.getuser(), "--property=Linger", "--value")
    return answer.said == "yes" if answer and answer.exit_code == 0 else None


def _spoken(steps: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    return tuple(shlex.join(("systemctl", "--user", *step)) for step in steps)
