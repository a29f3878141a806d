"""What a person should know of a shop's notices that are not saved: for `rpa notices list`, and for the digest.

`notices_not_saved` is named by an entry point of the group `rpa.worries`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from flows.commands.held import minute
from flows.notices.api import DOCUMENT_KIND
from flows.notices.coverage import answer
from flows.notices.words import slot_hours_of
from flows.orders.api import ReadsNotices
from rpa import discovery
from rpa.elements.registry import load_profile
from rpa.language import Text

if TYPE_CHECKING:
    from flows.notices.coverage import Covered
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger

_NEVER = Text(
    en="notices were never read. Run `{read}`.",
    zh="从未读取站内信。请运行 {read}。",
)
_LOST = Text(
    en="lost from {since} to {until} ({notices}). Look at the orders of that time on the site, then "
    "`rpa notices resolve {shop} --lost`.",
    zh="{since} 至 {until} 的站内信已丢失（{notices}）。请在后台核对该时段的订单，再运行 "
    "rpa notices resolve {shop} --lost。",
)
_EXPIRING = Text(
    en="not saved, and soon not to be had any more: {notices}. Run `{read}`.",
    zh="尚未保存且即将过期：{notices}。请运行 {read}。",
)
_OVERDUE = Text(
    en="last read five days ago or longer. Run `{read}`.",
    zh="已有五天以上未读取站内信。请运行 {read}。",
)
_READ = "rpa run audit-notices"


def notices_not_saved(config: Config, ledger: Ledger, shop: str) -> Iterator[Text]:
    """What is wrong with the shop's notices, without its name where several shops may have the same worry.

    Nothing of a platform that has no notices which the program can read.
    """
    table = config.shop(shop)
    platform = discovery.platforms().get(table.platform)
    if platform is None or ReadsNotices not in platform.can:
        return
    now = ledger.site_now(shop)
    covered = answer(
        ledger.coverage(shop, kind=DOCUMENT_KIND), ledger.documents(shop), now,
        hours=slot_hours_of(load_profile(table.platform, folder=config.selectors)),
    )  # fmt: skip
    yield from worries_of(covered, shop=shop, read=_READ, now=now)


def worries_of(covered: Covered, *, shop: str, read: str, now: datetime) -> Iterator[Text]:
    """What a coverage leaves to be wished for, a sentence each. `read`: the command that reads the notices."""
    if covered.doubt:
        yield Text(en=covered.doubt, zh=covered.doubt)
    elif covered.until is None:
        yield _filled(_NEVER, read=read)
    for span in covered.lost:
        since, until = minute(span.since, like=now), minute(span.until, like=now)
        yield _filled(_LOST, shop=shop, since=since, until=until, notices=", ".join(span.notices))
    if covered.expiring:
        yield _filled(_EXPIRING, notices=", ".join(covered.expiring), read=read)
    if covered.overdue:
        yield _filled(_OVERDUE, read=read)


def _filled(text: Text, **parts: str) -> Text:
    return Text(en=text.en.format(**parts), zh=text.zh.format(**parts))
