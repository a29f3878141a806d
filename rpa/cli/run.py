"""`rpa run`: from the command line to a job, and from its results to what a clerk reads."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa.browser.recording import Recording
from rpa.cli.console import person_named
from rpa.cli.progress import Terminal
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.log import to_terminal
from rpa.plugins import flows, load_config
from rpa.printable import json_text
from rpa.report.results import exit_code, run_document
from rpa.runner.job import Job
from rpa.runner.runner import run
from rpa.stopping import asked_to_stop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from rpa.config import Config
    from rpa.flow import Flow
    from rpa.report.results import ShopResult


_ONE_MODE = Text(
    en="--dry-run and --live exclude each other; give one of them.", zh="--dry-run 和 --live 只能给出其中一个。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunArguments:
    """The arguments that all flows share."""

    shops: tuple[str, ...] = ()
    dry_run: bool = False
    live: bool = False
    yes: bool = False
    as_json: bool = False
    headed: bool = False
    slow_mo_ms: float = 0
    step: bool = False
    pause_on_failure: bool = False
    video: bool = False
    trace: bool = False

    @property
    def watching(self) -> Recording:
        """What a person wants to see."""
        return Recording(
            headed=self.headed,
            slow_mo_ms=self.slow_mo_ms,
            step=self.step,
            by=person_named(None) if self.step else "",
            pause_on_failure=self.pause_on_failure,
            video=self.video,
            trace=self.trace,
        )

    @property
    def mode(self) -> bool | None:
        """True: live; False: dry; None: as each shop says. Raises ConfigError when both were asked for."""
        if self.dry_run and self.live:
            raise ConfigError(_ONE_MODE)
        return True if self.live else False if self.dry_run else None


def run_and_tell(
    config_path: Path | None,
    flow_name: str,
    *,
    options: Mapping[str, Any],
    asked: RunArguments,
    playwright: Playwright | None,
    ahead: Browser | None,
) -> None:
    """Run the flow, print table or JSON, and exit with the code that the outcomes mean."""
    config = load_config(config_path)
    results = run_here(config, flows()[flow_name], options=options, asked=asked, playwright=playwright, ahead=ahead)
    if asked.as_json:
        sys.stdout.write(json_text(run_document(results)) + "\n")
    sys.exit(exit_code(results))


def run_here(
    config: Config,
    flow: Flow,
    *,
    options: Mapping[str, Any],
    asked: RunArguments,
    playwright: Playwright | None = None,
    ahead: Browser | None = None,
) -> list[ShopResult]:
    """Run the flow with progress on the terminal, and print the table at its end (to stderr with `--json`)."""
    given = {name: tuple(value or ()) if isinstance(value, list | None) else value for name, value in options.items()}
    terminal = Terminal.of(language=config.language, as_json=asked.as_json)
    with (
        terminal.progress() as meters,
        to_terminal(terminal.console, folder=config.var / "log", language=config.language),
        asked_to_stop() as stopping,
    ):
        job = Job(
            flow=flow,
            config=config,
            shops=config.chosen(asked.shops),
            options=flow.options(**given),
            live=asked.mode,
            yes=asked.yes,
            watching=asked.watching,
            meter=meters.of,
            person=terminal.person(step=asked.step, meters=meters),
            stopping=stopping,
            playwright=playwright,
            ahead=ahead,
        )
        results = run(job)
    terminal.tell(results, reasons=flow.report.reasons)
    return results
