"""A process that works on a ledger, or accepts it, and is killed when it opens a file beside it for the nth time.

LEDGER work|accept N: at N a kill comes between what the journal, the ledger and the witnesses are told; 0: never.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from rpa.clock import Clock
from rpa.ledger.accepting import accept
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


def work(path: Path) -> None:
    """Hold, ship and lift; a line each, once it is done."""
    with Ledger.open(path, clock=Clock()) as ledger:
        run = ledger.start_run("demo", flow="ship")
        for turn in range(TURNS):
            name = f"{run.fence}-{turn}"
            ledger.hold("demo", subject=f"stays-{name}", reason="r", by="me")
            print(f"held stays-{name}", flush=True)
            ledger.hold("demo", subject=f"goes-{name}", reason="r", by="me")
            print(f"held goes-{name}", flush=True)
            [action] = ledger.begin(run, kind="ship", intents=[Intent(subject=name, payload={})])
            print(f"begun {name}", flush=True)
            ledger.lift("demo", subject=f"goes-{name}", by="me", reason="over")
            print(f"lifted goes-{name}", flush=True)
            ledger.settle(run, action, seen=Seen.OURS, settled=False)
            print(f"done {name}", flush=True)


if __name__ == "__main__":
    sys.addaudithook(killed_at(int(sys.argv[3])))
    if sys.argv[2] == "work":
        work(Path(sys.argv[1]))
    else:
        accept(Path(sys.argv[1]), by="me", reason="lost", clock=Clock())
