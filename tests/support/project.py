"""A seller's folder with an rpa.toml, and the program run in it as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpa.address import Site, origin_of
from rpa.config import Config
from rpa.credentials import Vault, key_from, make_key
from rpa.plugins import load_config

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.argv[0] = 'rpa'; from rpa.cli import main; main()"
NEEDED = (
    *("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "LOCALAPPDATA", "PROGRAMFILES"),
    *("RPA_BROWSER", "DISPLAY", "NODE_COMPILE_CACHE"),
)
"""What a process needs of the machine's environment."""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder; its key is its own."""

    folder: Path
    key: str = field(default_factory=make_key, repr=False)

    def write(self, text: str) -> None:
        (self.folder / "rpa.toml").write_text(text, encoding="utf-8")

    @property
    def config(self) -> Config:
        return load_config(self.folder / "rpa.toml")

    @property
    def vault(self) -> Vault:
        return Vault(self.config.var / "secrets", key_from(self.key))

    @property
    def site(self) -> Site:
        """What the login of `demo` is bound to."""
        return Site(origin=origin_of(self.config.shop("demo").base_url or ""))

    def rpa(
        self, *arguments: str, stdin: str = "", terminal: int | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end; an environment variable that is given as "" is not set.

        `terminal`: the file descriptor that is its standard input, instead of a text.
        """
        wanted = {
            **{name: os.environ[name] for name in NEEDED if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "RPA_KEY": self.key,
            "RPA_LANG": "en",
            "COLUMNS": "80",
            **environment,
        }
        given: dict[str, Any] = {"input": stdin} if terminal is None else {"stdin": terminal}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=self.folder,
            **given,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=300,
            env={name: value for name, value in wanted.items() if value},
        )
