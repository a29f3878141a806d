"""A process with the ledger open that does what the lines on its stdin say, one answer a line: to be killed or frozen.

start | join | begin SUBJECT… | settle | race N | cycle | lock FOLDER
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from rpa.clock import Clock
from rpa.errors import RpaError
from rpa.ledger.actions import Action, Intent, Seen
from rpa.ledger.ledger import Ledger
from rpa.ledger.lock import RunLock
from rpa.ledger.runs import RunRecord

SHOP = "demo"


class Program:
    """One run of one shop, steered from outside."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.run: RunRecord | None = None
        self.begun: list[Action] = []
        self.lock: RunLock | None = None

    def obey(self, command: str, words: list[str]) -> str:
        try:
            return str(getattr(self, f"do_{command}")(*words))
        except RpaError as error:
            return f"{type(error).__name__}: {error}"

    def do_start(self) -> str:
        self.run = self.ledger.start_run(SHOP, flow="ship")
        return self.run.id

    def do_join(self) -> str:
        self.run = self.ledger.unfinished_runs(SHOP)[-1]
        return self.run.id

    def do_begin(self, *subjects: str) -> str:
        assert self.run
        intents = [Intent(subject=each, payload={"number": f"N{each}"}) for each in subjects]
        self.begun = self.ledger.begin(self.run, kind="ship", intents=intents)
        return "begun"

    def do_settle(self) -> str:
        assert self.run
        return ",".join(self.ledger.settle(self.run, each, seen=Seen.OURS, settled=False).state for each in self.begun)

    def do_race(self, number: str) -> str:
        return " ".join(str(n) for n in range(int(number)) if self.obey("begin", [str(n)]) == "begun")

    def do_cycle(self) -> str:
        for n in itertools.count():
            print(self.obey("begin", [str(n)]), n, flush=True)
            print(self.obey("settle", []), n, flush=True)
        return ""

    def do_lock(self, folder: str) -> str:
        self.lock = RunLock(Path(folder), shop=SHOP, clock=Clock())
        self.lock.__enter__()
        return "locked"


if __name__ == "__main__":
    with Ledger.open(Path(sys.argv[1]), clock=Clock()) as opened:
        program = Program(opened)
        print("ready", flush=True)
        for line in sys.stdin:
            first, *rest = line.split()
            print(program.obey(first, rest), flush=True)
