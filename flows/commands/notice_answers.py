"""`rpa notices resolve`: a person says what a notice says that the program could not understand, read or save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.commands.answered import agree_with_answers, forget_answered_notices
from flows.commands.notice_files import NEEDS_PERSON, Noticed, notice_of, notices_of, state_words
from flows.commands.notice_show import SAYS
from flows.commands.subjects import Named, SubjectReader
from flows.notices.api import ATTACHMENT_KIND, DOCUMENT_KIND, Says
from flows.notices.gaps import LOST
from flows.notices.verdicts import verdict
from flows.orders.hold_causes import NOTICE_CAUSES
from rpa.cli.console import console, person_named
from rpa.cli.ledger_report import opened_ledger, reason_given
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.claims import Claim
from rpa.ledger.documents import Document, DocumentState
from rpa.ledger.shop_lock import RunLock
from rpa.plugins import load_config
from rpa.toml.document import did_you_mean

if TYPE_CHECKING:
    from rpa.ledger.ledger import Ledger

_WORDS: Mapping[str, Says] = MappingProxyType(
    {"ship": Says.SHIP, "forbidden": Says.PROHIBITED, "closed": Says.CLOSED, "none": Says.NOTHING}
)
_RECORDED = Text(
    en="Recorded: notice {notice} in {shop} says of {orders}: {says} (answered by {by}: {reason}).",
    zh="已记录：{shop} 的站内信 {notice} 对 {orders} 的要求：{says}（{by} 说明：{reason}）。",
)
_NO_ORDER = Text(en="no order", zh="任何订单均无要求")
_RESOLVED = Text(en="Notice {notice} is resolved.", zh="站内信 {notice} 已处理完毕。")
_STILL = Text(
    en="Notice {notice} still names orders that are not understood, and they stay held: {orders}.",
    zh="站内信 {notice} 中还有未说明的订单，继续拦截：{orders}。",
)
_SHOP_STOPPED = Text(
    en="{shop} still ships nothing: these notices cannot be read either: {notices}.",
    zh="{shop} 仍暂停发货：以下站内信也无法读取：{notices}。",
)
_NOTHING_LOST = Text(en="No notice of {shop} is lost.", zh="{shop} 没有丢失的站内信。")
_LOST_RESOLVED = Text(
    en="Recorded: {count} lost notices of {shop} are resolved (answered by {by}: {reason}).",
    zh="已记录：{shop} 丢失的 {count} 封站内信已处理（{by} 说明：{reason}）。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says on the command line."""

    says: str | None
    orders: tuple[str, ...]
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """The answer, checked."""

    says: Says
    orders: tuple[str, ...]
    """Empty: every order that the notice names without being understood."""
    by: str
    reason: str

    @property
    def facts(self) -> dict[str, object]:
        """What the ledger keeps of it beside the document."""
        return {"resolved_by": self.by, "resolved_because": self.reason, "resolved_as": self.says.value}


def resolve_notice(config_path: Path | None, shop: str, *, notice_id: str | None, answer: Answer) -> None:
    """Record what this notice says of its orders, or of those named, and that it is dealt with; print what follows.

    Raises ConfigError for a notice that needs no answer, an answer that does not fit, or while the shop is run.
    """
    config = load_config(config_path)
    reader = SubjectReader.of(config, shop)
    if notice_id is None:
        raise ConfigError("Give the notice's number, from `rpa notices list`; or --lost for all that were lost.")
    word = _checked(answer, reader=reader, language=config.language)
    with RunLock(config.var / "locks", shop=shop, clock=config.clock), opened_ledger(config) as ledger:
        found = notice_of(ledger, shop, notice_id=notice_id)
        _refuse_unneeded(found, language=config.language)
        said = _Answering(ledger=ledger, found=found, word=word).record()
        lines = list(_told(ledger, found, word=word, said=said, language=config.language))
        _close_incident(ledger, shop)
        agree_with_answers(ledger, shop)
        forget_answered_notices(ledger, shop, notices=[notice_id])
    for line in lines:
        console().print(line, soft_wrap=True)


def resolve_lost_notices(config_path: Path | None, shop: str, *, notice_id: str | None, answer: Answer) -> None:
    """Record that a person has looked at the orders of every time whose notices were lost.

    Raises ConfigError when a notice or an order is named beside `--lost`, or while the shop is run.
    """
    config = load_config(config_path)
    config.shop(shop)
    if notice_id is not None or answer.orders or answer.says not in {None, "none"}:
        raise ConfigError("--lost resolves all lost notices at once; give no notice, no --order and no --as beside it.")
    by, reason = person_named(answer.by), reason_given(answer.reason, language=config.language)
    word = _Word(says=Says.NOTHING, orders=(), by=by, reason=reason)
    with RunLock(config.var / "locks", shop=shop, clock=config.clock), opened_ledger(config) as ledger:
        lost = [each for found in notices_of(ledger, shop) for each in found.all if each.state is DocumentState.LOST]
        for document in lost:
            ledger.conclude_document(document, state=DocumentState.RESOLVED, facts=word.facts, by=by)
        _close_incident(ledger, shop)
        agree_with_answers(ledger, shop)
        forget_answered_notices(ledger, shop, notices=[each.name.partition("/")[0] for each in lost])
    count = len({document.name.partition("/")[0] for document in lost})
    text = _LOST_RESOLVED if lost else _NOTHING_LOST
    told = text.of(config.language, shop=shop, count=count, by=by, reason=reason)
    console().print(told, soft_wrap=True)


def _checked(answer: Answer, *, reader: SubjectReader, language: Language) -> _Word:
    if answer.says is None:
        raise ConfigError("Say what the notice says of its orders: --as ship, forbidden, closed or none.")
    if answer.says not in _WORDS:
        raise ConfigError(f'There is no answer "{answer.says}"{did_you_mean(answer.says, _WORDS)}')
    orders = Named(orders=answer.orders).subjects(reader)
    by, reason = person_named(answer.by), reason_given(answer.reason, language=language)
    return _Word(says=_WORDS[answer.says], orders=tuple(orders), by=by, reason=reason)


def _refuse_unneeded(found: Noticed, *, language: Language) -> None:
    if any(each.state in NEEDS_PERSON or each.state is DocumentState.RESOLVED for each in found.all):
        return
    states = state_words([found.notice], language=language)
    raise ConfigError(
        f"Notice {found.notice.name} of {found.notice.shop} needs no answer ({states}). Single orders are held and "
        "lifted with `rpa holds`; what is not saved or read yet, `rpa run audit-notices` does."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answering:
    """Records one answer, file by file and the notice at the end: cut off, the notice still needs it."""

    ledger: Ledger
    found: Noticed
    word: _Word

    def record(self) -> tuple[str, ...]:
        """The orders that the answer is for. Raises ConfigError when it is for none, and says more than "nothing"."""
        says = {each.id: self._replaced(each) for each in self.found.all}
        known = {order for orders in says.values() for order in orders}
        says[self.found.notice.id] += [order for order in self.word.orders if order not in known]
        answered = dict.fromkeys(order for orders in says.values() for order in orders)
        if not answered and self.word.says is not Says.NOTHING:
            raise ConfigError(
                f"No order is known that notice {self.found.notice.name} names and that is not understood; name those "
                "that you mean with --order, or say --as none. Nothing was recorded."
            )
        for document in self.found.all:
            self._conclude(document, orders=says[document.id])
        return tuple(answered)

    def _replaced(self, document: Document) -> list[str]:
        """The orders of this document whose word the answer takes the place of."""
        said = self.ledger.mentions_of(document)
        if self.word.orders:
            return [mention.subject for mention in said if mention.subject in self.word.orders]
        return [mention.subject for mention in said if mention.says == Says.UNCLEAR]

    def _conclude(self, document: Document, *, orders: Sequence[str]) -> None:
        at = document.issued_at or document.found_at
        words = [
            Claim(subject=order, says=self.word.says.value, at=at, source=document.name, by=self.word.by)
            for order in orders
        ]
        if document.state in NEEDS_PERSON or document.state is DocumentState.RESOLVED:
            self.ledger.conclude_document(
                document,
                state=self._state(document, orders=orders),
                facts=self.word.facts,
                mentions=words,
                judge=verdict,
                causes=NOTICE_CAUSES,
                by=self.word.by,
            )
        elif words:
            own = [replace(each, document_id=document.id) for each in words]
            self.ledger.mention(document.shop, mentions=own, judge=verdict, causes=NOTICE_CAUSES, by=self.word.by)

    def _state(self, document: Document, *, orders: Sequence[str]) -> DocumentState:
        """Dealt with, unless orders stay that nobody has explained."""
        whole = self.found.all if document is self.found.notice else (document,)
        left = [
            mention
            for each in whole
            for mention in self.ledger.mentions_of(each)
            if mention.says == Says.UNCLEAR and mention.subject not in orders
        ]
        return DocumentState.UNCLEAR if left and document.state is DocumentState.UNCLEAR else DocumentState.RESOLVED


def _told(ledger: Ledger, found: Noticed, *, word: _Word, said: Sequence[str], language: Language) -> Iterator[str]:
    name, shop = found.notice.name, found.notice.shop
    orders = ", ".join(said) or _NO_ORDER.of(language)
    says = SAYS[word.says].of(language)
    yield _RECORDED.of(language, notice=name, shop=shop, orders=orders, says=says, by=word.by, reason=word.reason)
    left = dict.fromkeys(
        mention.subject for each in found.all for mention in ledger.mentions_of(each) if mention.says == Says.UNCLEAR
    )
    if left:
        yield _STILL.of(language, notice=name, orders=", ".join(left))
    else:
        yield _RESOLVED.of(language, notice=name)
    others = dict.fromkeys(each.name.partition("/")[0] for each in _in_state(ledger, shop, DocumentState.UNREADABLE))
    if others:
        yield _SHOP_STOPPED.of(language, shop=shop, notices=", ".join(others))


def _close_incident(ledger: Ledger, shop: str) -> None:
    if not _in_state(ledger, shop, DocumentState.LOST):
        ledger.close_incident(shop, cause=LOST)


def _in_state(ledger: Ledger, shop: str, state: DocumentState) -> list[Document]:
    """Notices and their files in this state; other documents of the shop do not matter here."""
    found = ledger.documents(shop, states=[state])
    return [document for document in found if document.kind in {DOCUMENT_KIND, ATTACHMENT_KIND}]
