"""A process that works on a ledger, or accepts it, and is killed when it opens a file beside it for the nth time.

LEDGER work|accept N: at N a kill comes between what the journal, the ledger and the witnesses are told.
LEDGER watch 0: it works, and says each time how far the ledger on the disk was when the witness was told, and of what.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rpa.clock import Clock
from rpa.ledger.acceptance import accept
from rpa.ledger.actions import Intent, Seen
from rpa.ledger.ledger import Ledger

TURNS = 6


def killed_at(number: int) -> Callable[[str, tuple[object, ...]], None]:
    """A hook that counts, and kills."""
    opened = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal opened
        if event != "open" or not any(word in str(arguments[0]) for word in ("witness-", "journal-")):
            return
        opened += 1
        if opened == number:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    return hook


def watching(path: Path) -> Callable[[str, tuple[object, ...]], None]:
    """A hook that looks at what is committed when the witness is opened, and at what it says when it is opened next."""
    committed = -1
    looking = False

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal committed, looking
        if looking or event != "open" or "witness-" not in str(arguments[0]):
            return
        looking = True
        witness = path.with_name("witness-ledger.json")
        if witness.exists() and committed >= 0:
            print("committed", committed, "told", json.loads(witness.read_bytes())["writes"], flush=True)
        if path.exists():
            with closing(sqlite3.connect(path)) as database:
                [committed] = database.execute("SELECT writes FROM origin").fetchone()
        looking = False

    return hook


def work(path: Path) -> None:
    """Hold, ship and lift; a line each, once it is done."""
    with Ledger.open(path, clock=Clock()) as ledger:
        run = ledger.runs.start("demo", flow="ship")
        for turn in range(TURNS):
            name = f"{run.fence}-{turn}"
            ledger.holds.put("demo", subject=f"stays-{name}", reason="r", by="me")
            print(f"held stays-{name}", flush=True)
            ledger.holds.put("demo", subject=f"goes-{name}", reason="r", by="me")
            print(f"held goes-{name}", flush=True)
            [action] = ledger.actions.begin(run, kind="ship", intents=[Intent(subject=name, payload={})])
            print(f"begun {name}", flush=True)
            ledger.holds.lift("demo", subject=f"goes-{name}", by="me", reason="over")
            print(f"lifted goes-{name}", flush=True)
            ledger.actions.settle(run, action, seen=Seen.OURS, settled=False)
            print(f"done {name}", flush=True)


if __name__ == "__main__":
    sys.addaudithook(watching(Path(sys.argv[1])) if sys.argv[2] == "watch" else killed_at(int(sys.argv[3])))
    if sys.argv[2] != "accept":
        work(Path(sys.argv[1]))
    else:
        accept(Path(sys.argv[1]), by="me", reason="lost", clock=Clock())
