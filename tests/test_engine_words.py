"""No word of the business in the engine: what is shipped, imported or audited, flows tell (`rpa/capability.py`)."""

from __future__ import annotations

import functools
import io
import keyword
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUSINESS = (
    "orders?",
    "(un)?ship(s|ped|ping|ments?)?",
    "parcels?",
    "couriers?",
    "tracking",
    "logistics",
    "waybills?",
    "buyers?",
    "goods",
    "refund(s|ed)?",
    "after[- ]?sales?",
    "audit(s|ed)?",
    "factor(y|ies)",
    "remarks?",
    "exports?|exported|exporting",
    "imports? (file|page|row|task|template)s?",
)
"""English words, whole ones, also in names: `order_sn` has "order". Not Python's own `import`."""
IN_CHINESE = "订单|发货|待发|导出|导入|快递|运单|面单|售后|买家|商品|包裹|物流|审核|代发|对账"
_WORD = re.compile(rf"\b(?:{'|'.join(BUSINESS)})\b|{IN_CHINESE}", re.IGNORECASE)
_JOINT = re.compile(r"_|(?<=[a-z])(?=[A-Z])")
_TEXTS = {"STRING", "FSTRING_MIDDLE", "COMMENT", "NAME"}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Words that may stand in the engine."""

    words: str
    """A regular expression."""
    why: str
    file: str = ""
    """Where alone they may; empty: everywhere."""


ALLOWED = (
    Allowed(r"(?i)\bin (?:(?:this|that|their|its|no|which|time|the files') )?order\b", "a sequence"),
    Allowed(r"\bthe order (?:given|wanted|of|in which)\b", "a sequence"),
    Allowed(r"in_order\b", "a sequence"),
    Allowed("text order is time order", "a sequence"),
    Allowed("order_by|parameter_order", "SQLAlchemy's"),
    Allowed("byte order mark", "its name", "rpa/toml/document.py"),
    Allowed(
        '_ORDER|"order"|another order', "of a list in a profile, kept so in records of runs", "rpa/elements/facts.py"
    ),
    Allowed("default_factory", "Python's and pydantic's"),
    Allowed(r"\(\?:export\\s\+\)", "the shell's, in files with environment variables", "rpa/service/program.py"),
    Allowed("request_order", "a key of profiles, which users have written into theirs"),
    Allowed("ship_by_alarms_h", "a key of rpa.toml, which users have written into theirs"),
    Allowed('"ship_by_"', "how causes of incidents in databases begin", "rpa/monitoring/levels.py"),
    Allowed('"first_ship_by"|"shipped_last_24h"', "keys that scripts read", "rpa/monitoring/status_json.py"),
    Allowed(
        "shipments: the parcel's number|payload ->> 'tracking_number'|kind = 'ship'",
        "what lies in databases of old versions",
        "rpa/ledger/migrations/versions/0004_actions_in_bundles.py",
    ),
)


def engine() -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "rpa").rglob("*.py"))]


@functools.cache
def texts(file: str) -> tuple[str, ...]:
    """Each name, string (so each docstring) and comment of a file, in one line."""
    with (ROOT / file).open(encoding="utf-8") as source:
        return tuple(_texts(io.StringIO(source.read())))


def _texts(source: io.StringIO) -> Iterator[str]:
    for token in tokenize.generate_tokens(source.readline):
        if tokenize.tok_name[token.type] in _TEXTS and not keyword.iskeyword(token.string):
            yield " ".join(token.string.split())


def allowed_in(file: str) -> list[Allowed]:
    return [each for each in ALLOWED if each.file in {"", file}]


def found(text: str, *, excused: Sequence[Allowed] = ()) -> list[str]:
    """The words of the business in a text, each with what stands around it, without what is excused."""
    rest = functools.reduce(lambda left, each: re.sub(each.words, " ", left), excused, text)
    spaced = _JOINT.sub(" ", rest)
    return [spaced[max(word.start() - 30, 0) : word.end() + 30] for word in _WORD.finditer(spaced)]


@pytest.mark.parametrize(
    "text", ["order_sn", "ShippedRow", '"""What is due, by ship-by time."""', '"已发货 {count} 单"']
)
def test_a_word_of_the_business_is_found_in_names_and_sentences(text: str) -> None:
    assert found(text, excused=ALLOWED)


def test_the_engine_has_no_word_of_the_business() -> None:
    words = {
        file: [each for text in texts(file) for each in found(text, excused=allowed_in(file))] for file in engine()
    }
    assert {file: said for file, said in words.items() if said} == {}


@pytest.mark.parametrize("allowed", ALLOWED, ids=lambda each: each.words)
def test_what_is_allowed_is_there(allowed: Allowed) -> None:
    """One that is there no more would excuse the next who writes it."""
    pattern = re.compile(allowed.words)
    files = [allowed.file] if allowed.file else engine()
    assert any(pattern.search(text) for file in files for text in texts(file))
