"""A run of one shop, made in a line."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from rpa.elements.registry import load_profile
from rpa.language import Language
from rpa.ledger.ledger import Ledger
from rpa.ledger.runs import RunRecord
from rpa.plugins import load_config
from rpa.run import Run
from tests.support.ledger_clock import HandClock


def a_run(
    folder: Path,
    *,
    ledger: Ledger,
    flow: str = "ship",
    record: RunRecord | None = None,
    settings: str = "",
    **told: Any,
) -> Run:
    """A run in `demo` that nobody watches and nothing stops, with these settings of the shop."""
    path = folder / "rpa.toml"
    path.write_text(f'[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\n{settings}', encoding="utf-8")
    nobody: Any = nullcontext()
    ordinary: dict[str, Any] = {
        "record": record or ledger.start_run("demo", flow=flow),
        "shop": load_config(path).shop("demo"),
        "profile": load_profile("pinduoduo"),
        "options": None,
        "shared": None,
        "dry": False,
        "ledger": ledger,
        "clock": HandClock(),
        "language": Language.EN,
        "meter": nobody,
        "person": nobody,
        "note": print,
        "stopping": lambda: False,
        "documents": folder / "documents",
        "evidence": folder / "evidence",
        "handover": folder / "handover",
        "offices": {},
    }
    return Run(**(ordinary | told))
