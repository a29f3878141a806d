"""A worker's run: from the request in JSON to a job, and from its result to the answer in JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loguru import logger

from rpa.browser.session import BrowserGuest
from rpa.browser.shared import mark
from rpa.config import flow_options
from rpa.errors import ConfigError, RpaError, ShopBusy
from rpa.language import detect
from rpa.log import to_file
from rpa.plugins import flows, load_config
from rpa.report.results import shop_document
from rpa.runner.job import Job
from rpa.runner.runner import run
from rpa.toml.document import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Playwright

    from rpa.config import Config
    from rpa.report.results import ShopResult
    from rpa.scheduler.control_channel import ControlChannel
    from rpa.scheduler.processes import Message


class Unwatched:
    """Nobody sees the progress, nobody asked to be asked."""

    def add(self, count: int) -> None:
        """Nothing to show."""

    def advance(self) -> None:
        """Nothing to show."""

    def agrees(self, question: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Always."""
        return True


def done(request: Message, leash: ControlChannel, *, playwright: Playwright, stopping: Callable[[], bool]) -> Message:
    """Run the flow; {"result": …} or {"busy": …}: how it ended."""

    def announce(page: Page) -> None:
        mark(page, token=request["token"])
        leash.wait_for_go(token=request["token"])

    guest, language = BrowserGuest(endpoint=request["endpoint"], announce=announce), detect()
    try:
        config = load_config(Path(request["config"]))
        language = config.language
        with to_file(config.var / "log", shop=request["shop"]):
            [result] = run(_job(request, config, guest=guest, playwright=playwright, stopping=stopping))
            logger.info("{} ended with {}: {}", result.run_id, result.exit_code, dict(result.outcomes))
    except ShopBusy as busy:
        return {"busy": busy.in_words(language)}
    except RpaError as error:
        return {"result": {"run_id": "", "exit_code": error.exit_code, "detail": error.in_words(language)}}
    return {"result": _document(result)}


def _job(
    request: Message, config: Config, *, guest: BrowserGuest, playwright: Playwright, stopping: Callable[[], bool]
) -> Job:
    """The request as `rpa run` would have it. Raises ConfigError for a flow, shop or option that is there no more."""
    known, unwatched = flows(), Unwatched()
    if request["flow"] not in known:
        raise ConfigError(f'There is no flow "{request["flow"]}"{did_you_mean(request["flow"], known)}')
    flow = known[request["flow"]]
    return Job(
        flow=flow,
        config=config,
        shops=(config.shop(request["shop"]),),
        live=request["live"],
        options=flow_options(flow, request["options"], folder=config.folder),
        meter=lambda _shop: unwatched,
        person=unwatched,
        stopping=stopping,
        playwright=playwright,
        guest=guest,
    )


def _document(result: ShopResult) -> Message:
    """The shop's part of the run's document, and in `detail` what stopped it."""
    stopped = result.incidents[-1] if result.stop_code else None
    return {**shop_document(result), "detail": stopped.message if stopped else ""}
