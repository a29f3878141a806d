"""Preloading: what a run needs as soon as its browser is there, imported while the browser starts."""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Final

_LEDGER: Final = "rpa.ledger.ledger"
_CIPHER: Final = "cryptography.hazmat.primitives.ciphers.aead"


def import_ahead() -> None:
    """Import the database and the cipher in a thread, if nobody did so before."""
    if _LEDGER not in sys.modules:
        threading.Thread(target=_import, name="import").start()


def _import() -> None:
    for name in (_LEDGER, _CIPHER):
        importlib.import_module(name)
