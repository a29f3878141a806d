"""Gaps in a shop's notices: what expires soon, what is lost, what never came."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows.notices.api import DOCUMENT_KIND, ReadsNotices
from flows.notices.coverage import Covered, answer
from flows.notices.records import ABOUT_AUDITS, account_of, kind_of
from flows.notices.slots import nth_slot_after
from flows.notices.words import NoticeWords, slot_hours_of
from flows.orders.hold_causes import UNDER_AUDIT
from rpa import plugins
from rpa.clock import minute
from rpa.elements.registry import load_profile
from rpa.errors import RightMissing
from rpa.language import Text
from rpa.ledger.documents import Document, DocumentState

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.claims import Claim
    from rpa.ledger.coverage import Coverage
    from rpa.ledger.ledger import Ledger
    from rpa.ledger.observations import Observation
    from rpa.run import Run


EXPIRING = "notice_expiring"
LOST = "notices_lost"
SILENT = "audit_without_notice"
NO_RIGHT = "right_missing"
OTHER_ACCOUNT = "other_account"
NOT_WHOLE = "notice_list_not_whole"

_SLOTS_TO_WAIT = 2
_LONGEST_AUDIT = timedelta(days=1)
_NOT_UNDERSTOOD = frozenset({DocumentState.FOUND, DocumentState.LOST, DocumentState.UNREADABLE})
_EXAMPLES = 5
_NOT_WHOLE = Text(
    en="The list of notices changed while it was read, or has fewer than it says; what it showed was filed, but others "
    "may be missing. Run `rpa run audit-notices` again; if this stays, look at the list on the site.",
    zh="读取期间站内信列表有变化，或数量与总数不符；已处理显示的站内信，但可能有遗漏。"
    "请重新运行 rpa run audit-notices；若仍出现，请在后台人工查看列表。",
)


class GapReporter:
    """Tells what is wrong with a shop's notices: in the report of the run, and as incidents that last."""

    def __init__(self, run: Run, *, words: NoticeWords) -> None:
        self._run = run
        self._ledger, self._shop = run.ledger, run.shop.name
        self._words = words

    def compare_account(self, account: str) -> None:
        """Say so when another account is logged in than configured: it may be shown other notices."""
        wanted = self._run.shop.login
        if wanted and account != wanted:
            self._note(OTHER_ACCOUNT, _other_account(account, wanted=wanted))

    def right_is_missing(self, account: str, *, at: datetime, said: str) -> RightMissing:
        """Put the coverage in doubt; the error that ends the shop's run names the account and the right."""
        text = _no_right(account, right=self._words.right, said=said)
        self._doubt(account, text, at=at)
        self._ledger.incidents.report(self._shop, cause=NO_RIGHT, message=self._in_words(text))
        return RightMissing(text)

    def list_is_not_whole(self) -> None:
        """Say that notices may be missing from what was read: the coverage stays where it was."""
        self._note(NOT_WHOLE, _NOT_WHOLE)

    def tell(self, account: str, *, now: datetime) -> None:
        """After all was filed: what is not saved and expires soon, what is lost, and audits without a notice."""
        self.tell_what_expires(now=now)
        self._tell_of_silence(account, now=now)

    def tell_what_expires(self, *, now: datetime) -> None:
        """What is known but not saved after five days, and what was lost."""
        documents = self._ledger.documents.search(self._shop)
        coverages = self._ledger.coverage.search(self._shop, kind=DOCUMENT_KIND)
        covered = answer(coverages, documents=documents, now=now, hours=self._words.slot_hours)
        by_name = {document.name: document for document in documents if document.kind == DOCUMENT_KIND}
        self._tell(EXPIRING, _expiring([by_name[name] for name in covered.expiring]) if covered.expiring else None)
        self._tell(LOST, _lost(covered) if covered.lost else None)

    def _tell_of_silence(self, account: str, *, now: datetime) -> None:
        seen = self._ledger.observations.of_mark(self._shop, mark=UNDER_AUDIT)
        said = self._ledger.claims.of_subjects(self._shop, subjects=list(seen))
        documents = self._ledger.documents.search(self._shop, kind=DOCUMENT_KIND)
        for coverage in self._ledger.coverage.search(self._shop, kind=DOCUMENT_KIND, account=account):
            silent = without_notice(
                seen.values(), said=said, coverage=coverage, documents=documents, hours=self._words.slot_hours
            )
            if silent:
                text = _silent(silent, account=account, right=self._words.right)
                self._doubt(account, text, at=now)
                self._tell(SILENT, text)
            elif self._is_cleared(coverage, documents):
                self._ledger.coverage.validate(self._shop, account=account, kind=DOCUMENT_KIND)
                self._tell(SILENT, None)

    def _is_cleared(self, coverage: Coverage, documents: Sequence[Document]) -> bool:
        """Whether a doubt is over: the list could be read again, or this run has found a notice about audits."""
        right_is_back = self._ledger.incidents.close(self._shop, cause=NO_RIGHT) is not None
        came = any(
            kind_of(one) in ABOUT_AUDITS
            and account_of(one) == coverage.account
            and one.found_at >= self._run.record.started_at
            for one in documents
        )
        return bool(coverage.doubt) and (right_is_back or came)

    def _doubt(self, account: str, text: Text, *, at: datetime) -> None:
        self._ledger.coverage.invalidate(
            self._shop, account=account, kind=DOCUMENT_KIND, doubt=self._in_words(text), at=at
        )

    def _tell(self, cause: str, text: Text | None) -> None:
        """Note it and open the incident, or count it again; None: it is over."""
        if text is None:
            self._ledger.incidents.close(self._shop, cause=cause)
        else:
            self._note(cause, text)
            self._ledger.incidents.report(self._shop, cause=cause, message=self._in_words(text))

    def _note(self, cause: str, text: Text) -> None:
        self._run.note(cause, self._in_words(text))

    def _in_words(self, text: Text) -> str:
        return text.of(self._run.language)


def without_notice(
    seen: Collection[Observation],
    *,
    said: Mapping[str, Sequence[Claim]],
    coverage: Coverage,
    documents: Sequence[Document],
    hours: tuple[int, int],
) -> list[Observation]:
    """Orders that were under audit two slots before the end of the coverage, and that no notice has named. Pure.

    Left out is whom a notice may have named before the coverage began, or in one whose content is not known.
    """
    unknown = [
        one.issued_at
        for one in documents
        if one.state in _NOT_UNDERSTOOD and kind_of(one) in ABOUT_AUDITS and one.issued_at is not None
    ]
    silent = []
    for each in seen:
        began = each.first_at - _LONGEST_AUDIT
        due = nth_slot_after(each.first_at, _SLOTS_TO_WAIT, hours=hours)
        words = said.get(each.subject, ())
        named = any(mention.document_id is not None and mention.at >= began for mention in words)
        hidden = began < coverage.since or any(began <= moment for moment in unknown)
        if due <= coverage.until and not named and not hidden:
            silent.append(each)
    return sorted(silent, key=lambda each: (each.first_at, each.subject))


def _other_account(account: str, *, wanted: str) -> Text:
    return Text(
        en=f"{account} is logged in, not {wanted}; its notices may be others. Their coverage is kept per account.",
        zh=f"当前登录账号是 {account}，不是配置中的 {wanted}；不同账号收到的站内信可能不同，已分别记录。",
    )


def _no_right(account: str, *, right: str, said: str) -> Text:
    return Text(
        en=f"Account {account} may not see the shop's notices ({said}). Ask the shop's owner for the right “{right}”.",
        zh=f"账号 {account} 无权查看站内信（{said}）。请店主为其开通“{right}”权限。",
    )


def _silent(silent: Sequence[Observation], *, account: str, right: str) -> Text:
    orders = ", ".join(each.subject for each in silent[:_EXAMPLES]) + (" …" if len(silent) > _EXAMPLES else "")
    since = f"{silent[0].first_at:%Y-%m-%d %H:%M}"
    return Text(
        en=f"{len(silent)} orders are under audit, since {since} or longer, and account {account} got no notice of it "
        f"({orders}). A sub-account may get none: ask the shop's owner for the right “{right}”, or use the main one.",
        zh=f"{len(silent)} 个订单至少从 {since} 起在审核中，但账号 {account} 没有收到站内信（{orders}）。"
        f"子账号可能收不到：请店主开通“{right}”权限，或改用主账号。",
    )


def _expiring(notices: Sequence[Document]) -> Text:
    named = "; ".join(f"{one.facts['title']} ({one.issued_at:%Y-%m-%d %H:%M})" for one in notices)
    return Text(
        en=f"Not saved yet, and soon not to be had any more: {named}. Run `rpa run audit-notices`, or save by hand.",
        zh=f"尚未保存且即将过期的站内信：{named}。请运行 rpa run audit-notices，或人工下载保存。",
    )


def _lost(covered: Covered) -> Text:
    spans = [
        f"{span.since:%Y-%m-%d %H:%M} – {span.until:%Y-%m-%d %H:%M} ({', '.join(span.notices)})"
        for span in covered.lost
    ]
    return Text(
        en=f"Audit notices expired before they were saved: {'; '.join(spans)}. Orders grouped in that time wait; "
        "look at them, then run `rpa notices resolve`.",
        zh=f"审核站内信在保存前已过期：{'；'.join(spans)}。该时段成团的订单暂不发货；"
        "请核对后运行 rpa notices resolve。",
    )


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
    """What is wrong with the shop's notices, without its name where several shops may have the same gap.

    Nothing of a platform that has no notices which the program can read.
    """
    table = config.shop(shop)
    platform = plugins.platform_of(table.platform, folder=config.selectors)
    if platform is None or ReadsNotices not in platform.can:
        return
    now = ledger.site_clocks.now(shop)
    covered = answer(
        ledger.coverage.search(shop, kind=DOCUMENT_KIND),
        ledger.documents.search(shop),
        now,
        hours=slot_hours_of(load_profile(table.platform, folder=config.selectors)),
    )
    yield from gaps_of(covered, shop=shop, read=_READ, now=now)


def gaps_of(covered: Covered, *, shop: str, read: str, now: datetime) -> Iterator[Text]:
    """What a coverage leaves to be wished for, a sentence each. `read`: the command that reads the notices."""
    if covered.doubt:
        yield Text(en=covered.doubt, zh=covered.doubt)
    elif covered.until is None:
        yield _NEVER.with_words(read=read)
    for span in covered.lost:
        since, until = minute(span.since, like=now), minute(span.until, like=now)
        yield _LOST.with_words(shop=shop, since=since, until=until, notices=", ".join(span.notices))
    if covered.expiring:
        yield _EXPIRING.with_words(notices=", ".join(covered.expiring), read=read)
    if covered.overdue:
        yield _OVERDUE.with_words(read=read)
