"""A process with the ledger open that does what the lines on its stdin say, one answer a line: to be killed or frozen.

start | join | begin SUBJECT… | settle | many N | race N | cycle | lock FOLDER | conclude NAME | half NAME | papers
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rpa.clock import Clock
from rpa.errors import RpaError
from rpa.ledger.actions import Action, Intent, LookAt, Seen
from rpa.ledger.claims import Claim, HoldWanted, Judge
from rpa.ledger.documents import DocumentState
from rpa.ledger.ledger import Ledger
from rpa.ledger.runs import RunRecord
from rpa.ledger.shop_lock import RunLock

SHOP = "demo"
MENTIONS = 60
"""Each document speaks of so many subjects."""
NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)


def stop(subject: str, words: Sequence[Claim]) -> HoldWanted:
    return HoldWanted(cause="stop", reason=words[-1].source)


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

    def do_many(self, number: str) -> str:
        """Each in one transaction: so many intents, their ends, and so many handed over."""
        assert self.run
        for turn in itertools.count():
            self.do_begin(*(f"{turn}-{n}" for n in range(int(number))))
            print("begun", turn, flush=True)
            looks = [LookAt(action=each, seen=Seen.OURS, settled=False) for each in self.begun]
            self.ledger.settle_many(self.run, looks)
            print("settled", turn, flush=True)
            intents = [Intent(subject=f"handed-{each.subject}", payload={}) for each in self.begun]
            self.ledger.hand_over(self.run, kind="ship", intents=intents)
            print("handed", turn, flush=True)
        return ""

    def do_race(self, number: str) -> str:
        return " ".join(str(n) for n in range(int(number)) if self.obey("begin", [str(n)]) == "begun")

    def do_cycle(self) -> str:
        for n in itertools.count():
            print(self.obey("begin", [str(n)]), n, flush=True)
            print(self.obey("settle", []), n, flush=True)
        return ""

    def do_conclude(self, name: str, *, judge: Judge = stop) -> str:
        document = self.ledger.find_document(SHOP, kind="notice", name=name, facts={})
        document = self.ledger.save_document(document, path=name, sha256=name, size_bytes=1)
        said = [Claim(subject=f"{name}-{n}", says="stop", at=NINE, source=name) for n in range(MENTIONS)]
        causes = frozenset({"stop"})
        return self.ledger.conclude_document(
            document, state=DocumentState.READ, mentions=said, judge=judge, causes=causes
        ).state

    def do_half(self, name: str) -> str:
        """Says so in the middle of the transaction, and goes on when a line comes."""
        judged: list[str] = []

        def judge(subject: str, words: Sequence[Claim]) -> HoldWanted:
            judged.append(subject)
            if len(judged) == MENTIONS // 2:
                print("half", flush=True)
                sys.stdin.readline()
            return stop(subject, words)

        return self.do_conclude(name, judge=judge)

    def do_papers(self) -> str:
        for n in itertools.count():
            print(self.do_conclude(str(n)), n, flush=True)
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
