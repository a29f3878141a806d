"""What holds for every test: a free environment, nothing left open, `--long`, `--quick`, and no skip in CI."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator, Iterator

import pytest

KEPT = {"RPA_BROWSER", "RPA_TEST_LAYOUT"}
"""A fact of the machine, and a wish about the tests themselves (`tests/faults/conftest.py`)."""
FORCES_COLOUR = ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS", "COLUMNS")
"""typer and rich format for these whatever they write to."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests marked long")
    parser.addoption("--quick", action="store_true", help="run no test marked slow or long")


def pytest_configure() -> None:
    """Before any test is imported, in every worker: nothing of the person's own set-up is left."""
    wishes = {name for name in os.environ if name.startswith("RPA_")} - KEPT
    for name in wishes.union(FORCES_COLOUR) & os.environ.keys():
        del os.environ[name]
    _heed_signals()


def _heed_signals() -> None:
    """Started by nohup, or in the background of a script, tests and all that they start would ignore these."""
    for name in {"SIGINT", "SIGHUP"} & {each.name for each in signal.Signals}:
        if signal.getsignal(signal.Signals[name]) is signal.SIG_IGN:
            signal.signal(signal.Signals[name], signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _nothing_is_left_open() -> Iterator[None]:
    """Python complains of what was never closed when it is collected: let that be at the test that opened it."""
    yield
    gc.collect()
    gc.freeze()  # what is there now is looked at again at the very end only: else this would take seconds in all


@pytest.fixture(autouse=True)
def _files_are_made_as_before() -> Iterator[None]:
    """The program makes files for its user alone from its start on: in a test's own process, until the test ends."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def pytest_sessionfinish() -> None:
    gc.unfreeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    quick, long = config.getoption("--quick"), config.getoption("--long")
    if quick and long:
        raise pytest.UsageError("--quick and --long exclude each other: give one of them.")
    unwanted = {"slow", "long"} if quick else set() if long else {"long"}
    left_out = [item for item in items if any(map(item.get_closest_marker, unwanted))]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_a_skip_in_ci(report, item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_a_skip_in_ci(report, collector.nodeid)
    return report


def _fail_a_skip_in_ci(report: pytest.TestReport | pytest.CollectReport, name: str) -> None:
    if report.skipped and os.environ.get("CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{name} was skipped, which CI does not allow: {reason}"
