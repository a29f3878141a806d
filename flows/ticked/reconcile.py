"""Reconciliation: of a task, only what it says of each of our orders, each once, counts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.ticked.api import TaskResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOrder:
    """What a task says of one order."""

    accepted: bool | None
    """None: nothing that counts."""
    words: str = ""
    """The reason of its group, or why it does not count."""


def told_orders(order_sns: Collection[str], result: TaskResult | None) -> dict[str, ToldOrder]:
    """What the task says of each of these, by order number; each is to be read back from the list, too."""
    doubt = _doubt(order_sns, result)
    if doubt or result is None:
        return {sn: ToldOrder(accepted=None, words=doubt) for sn in order_sns}
    refused = dict(result.refused)
    said = {sn: ToldOrder(accepted=True) for sn in result.shipped}
    said |= {sn: ToldOrder(accepted=False, words=refused[sn]) for sn in refused}
    named = Counter((*result.shipped, *(sn for sn, _ in result.refused)))
    return {
        sn: said[sn] if named[sn] == 1 else ToldOrder(accepted=None, words=f"the task names it {named[sn]} times")
        for sn in order_sns
    }


def _doubt(order_sns: Collection[str], result: TaskResult | None) -> str:
    """Why nothing of this task counts; empty: it does."""
    if result is None:
        return "the site's records do not have this task"
    if result.going:
        return "the task has not ended"
    if result.total is None:
        return "page and data disagree about the task"
    named = {*result.shipped, *(sn for sn, _ in result.refused)}
    if result.total != len(order_sns) or not named <= set(order_sns):
        return "the result tells of another task"
    return ""
