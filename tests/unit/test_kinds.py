"""Whoever adds a kind of action finds what else it owes: words, rows after a kill, every reason, the step tests."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.orders.reasons import Coded
from flows.procedure.kind import Kind
from rpa import errors
from rpa.capability import Capability
from rpa.errors import RpaError
from rpa.plugins import flows
from tests.support.paper_shop import KINDS

ROOT = Path(__file__).resolve().parents[2]
OF_THE_PROCEDURE = {"said_no", "unknown", "dry_run", "recovered", "cap_reached", "site_refused"}
"""Codes of reasons that `flows.procedure` asks each kind for, beside those of what stops a shop."""


def kinds() -> dict[str, type[Kind[Any]]]:
    """All kinds of action, by their name."""
    found: dict[str, type[Kind[Any]]] = {}
    for path in sorted((ROOT / "flows").glob("*/kind.py")):
        module = importlib.import_module(f"flows.{path.parent.name}.kind")
        for value in vars(module).values():
            if inspect.isclass(value) and issubclass(value, Kind) and not inspect.isabstract(value):
                found[value.name] = value
    return found


def stops() -> Iterator[str]:
    """The codes of whatever may stop a shop in the middle."""
    for value in vars(errors).values():
        if inspect.isclass(value) and issubclass(value, RpaError) and value.exit_code == 3:
            yield value.code


def words_told() -> set[str]:
    """The kinds of which a capability tells what people read."""
    folders = [path.parent.name for path in sorted((ROOT / "flows").glob("*/__init__.py"))]
    told = [vars(importlib.import_module(f"flows.{name}")).get("CAPABILITY") for name in folders]
    return {kind for each in told if isinstance(each, Capability) for kind in each.kind_words}


def test_there_are_kinds() -> None:
    assert {"ship", "remark"} <= kinds().keys()


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_kind_goes_through_each_test_of_the_steps(name: str) -> None:
    assert name in KINDS, "give it a line in tests/support/paper_shop.py"


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_kind_has_words_and_its_killed_runs_have_rows(name: str) -> None:
    assert name in words_told(), "kind_words of its folder's Capability"
    assert any(name in flow.settled for flow in flows().values()), "settled of its Flow"


@pytest.mark.parametrize("name", sorted(kinds()))
def test_a_kind_has_each_reason_that_it_is_asked_for(name: str) -> None:
    kind = kinds()[name].__new__(kinds()[name])
    wanted = {*OF_THE_PROCEDURE, *stops(), "stopped", kind.at_work}
    if name != "ship":  # a shipment that is there is not pending: it is looked up
        wanted.add(kind.there)
    for code in sorted(wanted):
        assert isinstance(kind.reason(code), Coded), code
