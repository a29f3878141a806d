"""`rpa` inside the test's own process: for the many small commands that start no browser and change nothing global."""

from __future__ import annotations

from subprocess import CompletedProcess

from typer.testing import CliRunner

from rpa.cli import app
from rpa.errors import RpaError
from tests.support.project import Project


def rpa(project: Project, *arguments: str, stdin: str = "") -> CompletedProcess[str]:
    """Run the command line to its end, as `rpa.cli.main` does, with this project's rpa.toml."""
    words = ["--config", str(project.folder / "rpa.toml"), *arguments]
    result = CliRunner().invoke(app, words, input=stdin)
    code, said = result.exit_code, result.stderr
    if isinstance(result.exception, RpaError):
        code, said = result.exception.exit_code, f"{said}{result.exception}\n"
    elif result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return CompletedProcess(words, code, result.stdout, said)
