"""A hold as people are shown it: its subject, since when, why, what releases it, how long there is to ship."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows.orders.hold_causes import (
    CLEAR,
    CLOSED,
    EXPORT,
    PERSON,
    PROHIBITED,
    RELEASE_WORDS,
    RELEASED_BY,
    UNCLEAR,
    UNDER_AUDIT,
    held_since,
    is_stale,
)
from rpa.language import Language, Text

if TYPE_CHECKING:
    from rpa.ledger.holds import Hold
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.observations import Observation


_SUBJECTS = {
    "goods": Text(en="goods {of}", zh="商品 {of}"),
    "sku": Text(en="spec {of}", zh="规格 {of}"),
}
_CAUSES = {
    PERSON: Text(en="by a person", zh="人工拦截"),
    PROHIBITED: Text(en="a notice forbids it", zh="站内信禁止发货"),
    CLOSED: Text(en="the platform closes it", zh="平台关闭并退款"),
    UNCLEAR: Text(en="a notice names it, not understood", zh="站内信提到，内容无法识别"),
    EXPORT: Text(en="under audit in the export", zh="导出表显示审核中"),
}
_HOURS_LEFT = Text(en="{hours} h left to ship", zh="距最晚发货 {hours} 小时")
_OVERDUE = Text(en="{hours} h past ship-by", zh="已超过最晚发货 {hours} 小时")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold, with what was observed of its order."""

    shop: str
    hold: Hold
    clear: Observation | None
    """Since when every sign of an audit was clear, and at which looks."""
    ship_by: datetime | None
    """None: not known."""
    now: datetime
    """By the site's clock."""

    @property
    def stale(self) -> bool:
        """Whether a person may lift it with `--stale`."""
        return is_stale(self.hold, clear=self.clear)

    @property
    def since(self) -> datetime:
        """When it began: for a notice, when that was sent."""
        return held_since(self.hold)

    @property
    def evidence(self) -> str:
        """Where the picture of the last look lies; empty: there is none."""
        return str(self.clear.last_facts.get("evidence") or "") if self.clear else ""

    def what(self, language: Language) -> str:
        """The subject in words."""
        return subject_words(self.hold.subject, language=language)

    def released_by(self, language: Language) -> str:
        """What would release it."""
        if self.stale:
            return RELEASE_WORDS["lift_stale"].of(language)
        known = RELEASED_BY.get(self.hold.cause)
        return known.of(language) if known else ""

    def time_left(self, language: Language) -> str:
        """Whole hours to the ship-by time; empty where that is not known."""
        if self.ship_by is None:
            return ""
        hours = (self.ship_by - self.now) / timedelta(hours=1)
        return (_HOURS_LEFT if hours >= 0 else _OVERDUE).of(language, hours=int(abs(hours)))

    def to_json(self) -> dict[str, object]:
        """Plain values; times ISO 8601 with offset, `hours_left` None where the ship-by time is not known."""
        hold, hours = self.hold, (self.ship_by - self.now) / timedelta(hours=1) if self.ship_by else None
        return {
            "shop": self.shop,
            "subject": hold.subject,
            "cause": hold.cause,
            "reason": hold.reason,
            "held_by": hold.held_by,
            "held_at": hold.held_at.isoformat(),
            "since": self.since.isoformat(),
            "until": hold.until.isoformat() if hold.until else None,
            "facts": dict(hold.facts),
            "stale": self.stale,
            "released_by": self.released_by(Language.EN),
            "ship_by": self.ship_by.isoformat() if self.ship_by else None,
            "hours_left": None if hours is None else round(hours, 1),
            "evidence": self.evidence,
        }


def held_in(ledger: Ledger, shop: str) -> Iterator[Held]:
    """All active holds of a shop, with what is known of their orders."""
    holds, now = ledger.holds.active(shop), ledger.site_clocks.now(shop)
    clear = ledger.observations.of_mark(shop, mark=CLEAR, subjects=holds)
    audit = ledger.observations.of_mark(shop, mark=UNDER_AUDIT, subjects=holds)
    for subject, each in holds.items():
        looks = [look for look in (clear.get(subject), audit.get(subject)) if look is not None]
        newest = sorted(looks, key=lambda look: look.last_at, reverse=True)
        ship_by = next((found for look in newest if (found := moment(look.last_facts.get("ship_by")))), None)
        for hold in each:
            yield Held(shop=shop, hold=hold, clear=clear.get(subject), ship_by=ship_by, now=now)


def subject_words(subject: str, *, language: Language) -> str:
    """An order number as it is, goods and specs with a word before them."""
    kind, separator, of = subject.partition(":")
    words = _SUBJECTS.get(kind) if separator else None
    return words.of(language, of=of) if words else subject


def cause_words(cause: str, *, language: Language) -> str:
    """What put a hold on, in a few words."""
    return _CAUSES[cause].of(language) if cause in _CAUSES else cause


def moment(value: object) -> datetime | None:
    """The time in a fact; None: there is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
