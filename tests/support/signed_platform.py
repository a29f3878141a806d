"""A platform of a package of its own, which always tells whether an order wants a serial number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from rpa import discovery
from rpa.platforms import Platform

if TYPE_CHECKING:
    from pathlib import Path

SIGNED = Platform(name="signed", can={}, signs=frozenset({"serial_number"}))


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """The program finds it, by a package's metadata in this folder."""
    metadata = folder / "signed-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: signed\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[rpa.platforms]\nsigned = {__name__}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder)
        discovery._all_entries.cache_clear()
        yield
    discovery._all_entries.cache_clear()
