"""What page and answer say of a shop's settings, made into one; in doubt where they differ. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.procedure.api import Values
from flows.settings.model import Setting, Waybills, closed_up
from rpa.browser.two_sources import Pair, paired
from rpa.elements.values import UNREADABLE

PLACE = "place"
"""The field by which an entry is found on the page."""
CHOSEN = "chosen"
"""The field that says of an entry whether it is the one that is set."""
SET = "set"
ID = "id"
"""The field of the answer that is an entry's value."""
ACCOUNT = "account"
_ACCOUNT = ("courier", "outlet", "code")


def of_list(name: str, shown: Sequence[Values], told: Sequence[Values], *, total: int | None) -> Setting:
    """A setting whose page lists what may be set, one of it chosen."""
    pairs = list(paired(_keyed(shown, (PLACE,)), _keyed(told, (PLACE,)), key=ACCOUNT))
    chosen = [row for row in told if row[CHOSEN] == SET]
    offered = {str(row[ID]): str(row[PLACE]) for row in told}
    doubts = [*_doubts(pairs), *_unread(told), *_not_whole(told, total)]
    if len(chosen) > 1:
        doubts.append(f"{len(chosen)} are set at once")
    if len(offered) != len(told):
        doubts.append("one id stands for several")
    return Setting(
        name=name,
        value=str(chosen[0][ID]) if chosen else "",
        offered=offered,
        others={f"{row[ID]} {field}": _text(row[field]) for row in told for field in row if field not in (ID, CHOSEN)},
        doubt="; ".join(doubts) or None,
    )


def of_form(name: str, shown: Values, told: Values) -> Setting:
    """A setting that is a field of its page's form."""
    doubts = [*_doubts([Pair(shown=shown, told=told)]), *_unread([told])]
    others = {field: _text(value) for field, value in told.items() if field != name}
    return Setting(name=name, value=_text(told[name]), others=others, doubt="; ".join(doubts) or None)


def waybills_of(
    shown: Sequence[Values], told: Sequence[Values], *, total: int | None, not_told: Sequence[str]
) -> list[Waybills]:
    """The accounts for waybills; in doubt where a side lacks one, or where the answer is not whole."""
    sides = [_keyed(_balanced(rows, not_told), _ACCOUNT) for rows in (shown, told)]
    missing = "; ".join(_not_whole(told, total))
    return [_waybills(pair, missing=missing) for pair in paired(*sides, key=ACCOUNT)]


def in_doubt(accounts: Sequence[Waybills]) -> str | None:
    """The first doubt about any of these; None: there is none."""
    return next((each.doubt for each in accounts if each.doubt is not None), None)


def _waybills(pair: Pair, *, missing: str) -> Waybills:
    row = pair.told or pair.shown or {}
    doubts = [*_doubts([pair]), *_unread([row]), *filter(None, [missing])]
    balance = row["balance"]
    return Waybills(
        courier=_text(row["courier"]),
        outlet=_text(row["outlet"]),
        code=_text(row["code"]),
        bound=row["bound"] == SET,
        balance=balance if isinstance(balance, int) else None,
        doubt="; ".join(doubts) or None,
    )


def _balanced(rows: Sequence[Values], not_told: Sequence[str]) -> list[dict[str, Any]]:
    """These rows with numbers for their balances, None where it is not told."""
    return [{**row, "balance": _balance(row["balance"], not_told)} for row in rows]


def _balance(text: Any, not_told: Sequence[str]) -> Any:
    if text in not_told:
        return None
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else UNREADABLE


def _keyed(rows: Sequence[Values], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{**row, ACCOUNT: " ".join(closed_up(_text(row[name])) for name in names)} for row in rows]


def _doubts(pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        doubt = pair.doubt(list(pair.told or {}), same=_same)
        if doubt is not None:
            yield doubt


def _same(one: Any, other: Any) -> bool:
    """Whether two values say the same; of texts, whatever blanks stand between words."""
    if UNREADABLE in (one, other):
        return False
    if isinstance(one, str) and isinstance(other, str):
        return closed_up(one) == closed_up(other)
    return bool(one == other)


def _unread(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield from (f"{name} cannot be read" for name, value in row.items() if value is UNREADABLE)


def _not_whole(told: Sequence[Values], total: int | None) -> Iterator[str]:
    if total is not None and total != len(told):
        yield f"{len(told)} of {total} are listed"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
