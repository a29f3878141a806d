"""Only the procedure acts: whoever clicks what cannot be undone, or writes an intent for it, goes through its room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "act": {"flows/procedure/one_by_one.py"},
    "act_many": {"flows/procedure/in_bulk.py"},
    "send": {"flows/procedure/one_by_one.py", "flows/procedure/in_bulk.py"},
    "begin": {"rpa/ledger/once.py"},
    "hand_over": {"flows/bulk_import/manual_upload.py"},
}
"""By the method of `Once`, of a form, or of the ledger's actions: who may call it."""
OF = {"act": "once", "act_many": "once", "send": "form", "begin": "actions", "hand_over": "actions"}
"""What the method is called on."""


def calls(name: str) -> Iterator[str]:
    """The files that call this method."""
    for path in sorted([*(ROOT / "flows").rglob("*.py"), *(ROOT / "rpa").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                owner = ast.unparse(node.func.value)
                if owner.rpartition(".")[2].lstrip("_") == OF[name]:
                    yield path.relative_to(ROOT).as_posix()


def test_only_the_procedure_acts() -> None:
    assert {name: set(calls(name)) for name in ALLOWED} == ALLOWED
