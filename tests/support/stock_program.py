"""A process that takes part in a stock: it reserves for the subjects that it is told, opens and sends what it got.

ledger file, key, owner, pool, name of the process, subjects by comma: one line `subject content…` each, or `short`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rpa.clock import Clock
from rpa.credentials import key_from
from rpa.ledger.ledger import Ledger
from rpa.ledger.sealed_stock import StockShort
from rpa.ledger.sealing import Seal

SHOP = "demo"
EACH = 3
"""So many items a subject gets."""


def main(*words: str) -> None:
    file, key, owner, pool, name, subjects = words
    seal = Seal(key_from(key), owner=owner)
    with Ledger.open(Path(file), clock=Clock()) as ledger:
        print("ready", flush=True)
        sys.stdin.readline()
        for subject in subjects.split(","):
            try:
                items = ledger.sealed_stock.reserve(owner, pool=pool, shop=SHOP, subject=subject, count=EACH, by=name)
            except StockShort:
                print(subject, "short", flush=True)
                continue
            print(
                subject, *(each.content for each in ledger.sealed_stock.reveal(seal, items=items, by=name)), flush=True
            )
            ledger.sealed_stock.mark_sent(owner, items=items, by=name)


if __name__ == "__main__":
    main(*sys.argv[1:])
