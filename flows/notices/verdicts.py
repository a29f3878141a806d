"""Verdicts: what holds an order after everything that was said of it, by when it was said, not when it was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flows.notices.api import Says
from flows.orders import hold_causes
from rpa.ledger.claims import Claim, HoldWanted

_RANK: Mapping[str, int] = MappingProxyType({Says.SHIP: 0, Says.PROHIBITED: 1, Says.UNCLEAR: 2, Says.CLOSED: 3})
_BY_A_PERSON = 4
_CAUSES: Mapping[str, str] = MappingProxyType(
    {Says.PROHIBITED: hold_causes.PROHIBITED, Says.UNCLEAR: hold_causes.UNCLEAR, Says.CLOSED: hold_causes.CLOSED}
)


def verdict(_subject: str, mentions: Sequence[Claim]) -> HoldWanted | None:
    """The one hold that all mentions of a subject leave, its cause one of `holding.NOTICE_CAUSES`; None: it is free.

    They count in the order of their moments, whatever the order in which they came. CLOSED stays until a person
    releases it. PROHIBITED and UNCLEAR stay until a later SHIP. RELEASED ends everything said until then that was known
    when the person said it, NOTHING says nothing. At the same moment the stricter counts, and a person's release last.
    A word that is not known is UNCLEAR.

    The hold's facts: `since` (ISO 8601, when the notice was sent), `last` (when the newest one was that names the
    order), `notice` (its id), `by` (the person who read the notice, if one did).
    """
    in_force: Claim | None = None
    releases = [one for one in mentions if one.says == Says.RELEASED]
    said = [one for one in mentions if one.says not in {Says.NOTHING, Says.RELEASED}]
    counting = sorted((one for one in said if not any(_ends(each, one) for each in releases)), key=_order)
    for mention in counting:
        in_force = _next(in_force, mention)
    return None if in_force is None else _wanted(in_force, last=counting[-1])


def _ends(release: Claim, mention: Claim) -> bool:
    """Whether the release came after what was said, and whoever gave it may have known of that."""
    if _order(release) <= _order(mention):
        return False
    return release.heard_at is None or mention.heard_at is None or mention.heard_at <= release.heard_at


def _order(mention: Claim) -> tuple[object, ...]:
    says = str(_said(mention))
    return mention.at, _RANK.get(says, _BY_A_PERSON), mention.source, mention.by


def _said(mention: Claim) -> Says:
    try:
        return Says(mention.says)
    except ValueError:
        return Says.UNCLEAR


def _next(before: Claim | None, mention: Claim) -> Claim | None:
    """What is in force after this one; saying the same again does not make a hold younger."""
    says = _said(mention)
    if before is not None and _said(before) in {says, Says.CLOSED}:
        return before
    return None if says is Says.SHIP else mention


def _wanted(mention: Claim, *, last: Claim) -> HoldWanted:
    return HoldWanted(
        cause=_CAUSES[_said(mention)],
        reason=f"{mention.source} ({mention.at:%Y-%m-%d %H:%M})",
        facts={
            "since": mention.at.isoformat(),
            "last": last.at.isoformat(),
            "notice": mention.source.partition("/")[0],
            "by": mention.by,
        },
    )
