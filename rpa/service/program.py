"""Service program: the same on each system; and what came of handing it to the system."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.environment import FILE_VARIABLE, VARIABLE, given_key, key_file
from rpa.files import write_atomically
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.heartbeats import Heartbeat


_SPARE_S = 30
"""What the end of a program may take beyond the end of its runs."""
_VARIABLE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*[\"']?[^\s\"']")
_HEAD = Text(
    en="""\
# Environment of the service. For secrets: only its owner can read this file, and no unit or log shows it.
# Take away the # and write the value between the quotes, then restart the service (`rpa service install`).
""",
    zh="""\
# 服务的环境变量，用于存放密钥等敏感信息；只有本人可读，服务文件和日志中都不会出现。
# 去掉行首的 #，在引号内填写，然后重启服务（rpa service install）。
""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One project's scheduler as a service."""

    name: str
    """ASCII letters, digits and -: of the folder's name and a hash of its path, so that two projects never collide."""
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    """What a person's shell knows and a service would not; nothing secret."""
    secrets: Path
    """A file of NAME='value' lines that the service reads at its start, where the system can do that."""
    secret_names: tuple[str, ...]
    """Variables that may stand in it: the key, and the addresses that the configuration names."""
    stop_s: int
    """How long an orderly stop may take, in seconds."""

    @property
    def title(self) -> str:
        """What people see in their system's lists."""
        return f"rpa schedule ({self.folder})"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallResult:
    """What came of installing or removing a service."""

    file: Path | None = None
    """What was written or removed; None: nothing."""
    by_hand: tuple[str, ...] = ()
    """Commands that a person has to run, in this order; empty: all is done."""
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """How a service stands."""

    installed: bool
    running: bool | None
    """None: this system does not tell."""
    needs_login: bool | None
    """Whether it ends when its person logs out; None: cannot tell."""
    detail: str = ""
    """In the system's own words."""
    look: str = "rpa schedule"
    """A command that shows what is wrong."""


def program_of(config: Config) -> Program:
    """The service for this configuration, run by the Python that runs now; what lies in its folder is no module."""
    path = config.path.resolve()
    return Program(
        name=service_name(path),
        command=(sys.executable, "-P", "-m", "rpa.cli", "--config", str(path), "schedule"),
        folder=path.parent,
        environment=_environment(config),
        secrets=config.var.resolve() / "service.env",
        secret_names=secret_names(config),
        stop_s=config.scheduler.stop_within_s + _SPARE_S,
    )


def service_name(config_path: Path) -> str:
    """The name of the service for this configuration file."""
    where = os.path.normcase(config_path.resolve())
    short = hashlib.blake2b(where.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    folder = re.sub("[^a-z0-9]+", "-", config_path.resolve().parent.name.lower())[:40].strip("-")
    return "-".join(part for part in ("rpa", folder, short) if part)


def secret_names(config: Config) -> tuple[str, ...]:
    """Variables with secrets that a run may ask for: the key, the channels' addresses, the address to call."""
    named = [VARIABLE, *(channel.url_env for channel in config.notify), config.watch.ping_env]
    return tuple(dict.fromkeys(name for name in named if name))


def kept_names(file: Path) -> set[str]:
    """Names of the variables that have a value in a file of secrets; empty when there is no such file."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    return {found[1] for line in lines if (found := _VARIABLE.match(line))}


def offer_secrets_file(program: Program) -> None:
    """Write the file of secrets, all of it commented out, unless it is there already."""
    if not program.secrets.exists():
        lines = "".join(f"#{name}=''\n" for name in program.secret_names)
        write_atomically(program.secrets, f"{_HEAD.en}{_HEAD.zh}{lines}".encode())


def unseen_secrets(program: Program) -> list[str]:
    """Variables that are set here, and that the service would not see."""
    kept = kept_names(program.secrets)
    here = {name for name in program.secret_names if os.environ.get(name)} | ({VARIABLE} if given_key() else set())
    return [name for name in program.secret_names if name in here and name not in kept]


def _environment(config: Config) -> dict[str, str]:
    """The language, the browser and the PATH that a person found working; a system's own PATH is shorter."""
    found = {"RPA_LANG": config.language.value, "PATH": os.environ.get("PATH", os.defpath)}
    if os.environ.get(FILE_VARIABLE) and (file := key_file()) is not None:
        found[FILE_VARIABLE] = str(file)
    browser = os.environ.get("RPA_BROWSER")
    return {**found, "RPA_BROWSER": shutil.which(browser) or browser} if browser else found


def sign_of_life(config: Config) -> Heartbeat | None:
    """The scheduler's newest; None: there never was one. Raises ConfigError when the ledger cannot be opened."""
    from rpa.monitoring.health import SCHEDULER

    return _signs(config).get(SCHEDULER)


def last_call(config: Config) -> Heartbeat | None:
    """The sign of the newest `rpa schedule --once`; None: the newest scheduler was no such call. Raises ConfigError."""
    from rpa.monitoring.health import newest_call

    return newest_call(_signs(config))


def _signs(config: Config) -> dict[str, Heartbeat]:
    from rpa.ledger.ledger import Ledger

    file = config.var / "ledger.sqlite3"
    if not file.exists():
        return {}
    with Ledger.open(file, clock=config.clock) as ledger:
        return ledger.heartbeats.newest()


def is_fresh(sign: Heartbeat | None, *, now: datetime) -> bool:
    """Whether the scheduler works, by this sign; a clock that was set back is no death."""
    from rpa.monitoring.health import SILENT_AFTER

    return sign is not None and abs(now - sign.beat_at) <= SILENT_AFTER
