"""Wording of a message: which shop, what happened, what to do, since when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rpa.language import Language, Text
from rpa.notify.channels import Message
from rpa.notify.policy import Kind, Telling

if TYPE_CHECKING:
    from rpa.config import BrokenShop, Shop
    from rpa.ledger.incidents import Incident
    from rpa.monitoring.reasons import ReasonCatalog


CHANNEL: Final = "notify"
"""Incidents of a channel that fails have this and the channel's name as their cause: `notify:boss`."""
HEADLINES: Final = {
    CHANNEL: Text(
        en="A notification channel fails: put it right, then run `rpa notify test`.",
        zh="通知渠道发送失败：请检查后运行 rpa notify test。",
    )
}
"""What happened and what to do, where the message itself says less."""

_CORRECT = Text(en="Correct the file, then run `rpa doctor`.", zh="请改正文件，然后运行 rpa doctor。")
_MAKE_ROOM = Text(en="Make room on this disk, then run `rpa doctor`.", zh="请清理该磁盘，然后运行 rpa doctor。")
_ADVICE: Final = {
    "bad_config": _CORRECT,
    "scheduler:config": _CORRECT,
    "shop_file": _CORRECT,
    "scheduler": Text(
        en="Run `rpa doctor`; if this stays, send var/log/schedule.log to whoever looks after the program.",
        zh="请运行 rpa doctor；若持续出现，请把 var/log/schedule.log 发给维护人员。",
    ),
    "time_limit": Text(
        en="See `rpa status`; if runs of this size are usual, raise `time_limit` of the entry in rpa.toml.",
        zh="请运行 rpa status 查看；若任务量一直这么大，请在 rpa.toml 中调大该计划的 time_limit。",
    ),
    "waits": Text(
        en="See `rpa status`; end what holds the shop, or plan fewer runs at a time.",
        zh="请运行 rpa status 查看；结束占用店铺的程序，或错开计划时间。",
    ),
    "disk_low": _MAKE_ROOM,
    "disk_full": _MAKE_ROOM,
}


def advice(cause: str) -> Text | None:
    """What to do about this cause of the engine's own; None: `rpa todo` says."""
    return _ADVICE.get(cause) or _ADVICE.get(cause.partition(":")[0])


NAMED: Final = 10
"""So many shops are named in one message; of the others the number is told."""
_LONGEST: Final = 500
_LONGEST_IN_LIST: Final = 120
_LONGEST_HEADLINE: Final = 60
_SENTENCE_END: Final = re.compile("[:;,.\uff1a\uff1b\uff0c\u3002](?:\\s|$)|[\uff1a\uff1b\uff0c\u3002]")

_TITLE = Text(en="[rpa] {where}: {what}", zh="[rpa] {where}：{what}")
_AGAIN = Text(en="[rpa] still not solved · {where}: {what}", zh="[rpa] 仍未解决 · {where}：{what}")
_SOLVED = Text(en="[rpa] solved · {where}: {what}", zh="[rpa] 已恢复 · {where}：{what}")
_TITLES = {Kind.FIRST: _TITLE, Kind.AGAIN: _AGAIN, Kind.SOLVED: _SOLVED}
_PROGRAM = Text(en="the program", zh="程序")
_SHOP = Text(en="{name} ({mall_name})", zh="{name}（{mall_name}）")
_SHOPS = Text(en="{count} shops", zh="{count} 家店铺")
_SHOP_LINE = Text(en="Shop: {shop}", zh="店铺：{shop}")
_WHAT_LINE = Text(en="What happened: {message}", zh="情况：{message}")
_DO_LINE = Text(en="What to do: {advice}", zh="处理：{advice}")
_SINCE_LINE = Text(en="Since: {moment} (seen {times} times)", zh="开始于：{moment}（已出现 {times} 次）")
_SINCE_LINE_ONCE = Text(en="Since: {moment}", zh="开始于：{moment}")
_SPAN_LINE = Text(en="From {since} to {until}", zh="从 {since} 到 {until}")
_OF_MANY = Text(en="· {shop}, since {moment}: {message}", zh="· {shop}，{moment} 起：{message}")
_OF_MANY_SOLVED = Text(en="· {shop}, from {since} to {until}", zh="· {shop}，{since} 至 {until}")
_MORE = Text(en="· and {count} more shops", zh="· 另有 {count} 家店铺")
_LOOK = Text(en="`rpa todo{shop}` says what is to be done.", zh="运行 rpa todo{shop} 查看待处理事项。")
_ANY_SHOP = Text(en="SHOP", zh="店铺名")
"""How the sentences of reasons name the shop, where they give a command."""
_PART = Text(en="{what} ({part})", zh="{what}（{part}）")
"""The part: the flow, or the channel, that the cause names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a message is written with."""

    language: Language
    shops: Mapping[str, Shop | BrokenShop]
    vocabulary: ReasonCatalog


def message(telling: Telling, *, words: Words) -> Message:
    """The message for one cause in one shop, in many, or in the whole program."""
    incidents = telling.incidents
    where = _name(incidents[0].shop, words=words) if len(incidents) == 1 else _count(len(incidents), words=words)
    title = _TITLES[telling.kind].of(words.language, where=where, what=_headline(telling, words=words))
    lines = _one(telling, words=words) if len(incidents) == 1 else _many(telling, words=words)
    return Message(
        title=title,
        body="\n".join(lines),
        severity=telling.severity,
        shop=incidents[0].shop or None if len(incidents) == 1 else None,
        solved=telling.kind is Kind.SOLVED,
    )


def _one(telling: Telling, *, words: Words) -> list[str]:
    (incident,) = telling.incidents
    say = words.language
    lines = [_SHOP_LINE.of(say, shop=_name(incident.shop, words=words))] if incident.shop else []
    if telling.kind is Kind.SOLVED:
        return [*lines, _SPAN_LINE.of(say, since=_moment(incident.opened_at), until=_end(incident))]
    since = _SINCE_LINE if incident.times_seen > 1 else _SINCE_LINE_ONCE
    return [
        *lines,
        _WHAT_LINE.of(say, message=_short(incident.message, most=_LONGEST)),
        _DO_LINE.of(say, advice=_advice(telling, words=words)),
        since.of(say, moment=_moment(incident.opened_at), times=incident.times_seen),
    ]


def _many(telling: Telling, *, words: Words) -> list[str]:
    say, rest = words.language, len(telling.incidents) - NAMED
    line = _OF_MANY_SOLVED if telling.kind is Kind.SOLVED else _OF_MANY
    lines = [
        line.of(
            say,
            shop=_name(each.shop, words=words),
            moment=_moment(each.opened_at),
            since=_moment(each.opened_at),
            until=_end(each),
            message=_short(each.message, most=_LONGEST_IN_LIST),
        )
        for each in telling.incidents[:NAMED]
    ]
    if rest > 0:
        lines.append(_MORE.of(say, count=rest))
    if telling.kind is not Kind.SOLVED:
        lines.append(_DO_LINE.of(say, advice=_advice(telling, words=words)))
    return lines


def _advice(telling: Telling, *, words: Words) -> str:
    """What to do, with the shop's name in the command if it is one shop."""
    shop = telling.incidents[0].shop if len(telling.incidents) == 1 else ""
    sentence, any_shop = _sentence(telling.cause, words=words), _ANY_SHOP.of(words.language)
    if not sentence and (own := words.vocabulary.advice.get(telling.cause) or advice(telling.cause)):
        return own.of(words.language)
    if not sentence:
        return _LOOK.of(words.language, shop=f" {shop}" if shop else "")
    return sentence.replace(any_shop, shop or any_shop)


def _headline(telling: Telling, *, words: Words) -> str:
    """The cause in a few words: the beginning of its reason's sentence, else of the newest message."""
    known = _sentence(telling.cause, words=words)
    sentence = known or telling.incidents[-1].message
    words_of_it = _short(_SENTENCE_END.split(sentence, maxsplit=1)[0], most=_LONGEST_HEADLINE)
    part = telling.cause.partition(":")[2]
    return _PART.of(words.language, what=words_of_it, part=part) if part else words_of_it


def _sentence(cause: str, *, words: Words) -> str:
    code, _, flow = cause.partition(":")
    known = HEADLINES.get(code) or words.vocabulary.sentence(code, flow=flow)
    return known.of(words.language) if known else ""


def _name(shop: str, *, words: Words) -> str:
    if not shop:
        return _PROGRAM.of(words.language)
    mall_name = words.shops[shop].mall_name if shop in words.shops else None
    return _SHOP.of(words.language, name=shop, mall_name=mall_name) if mall_name else shop


def _count(number: int, *, words: Words) -> str:
    return _SHOPS.of(words.language, count=number)


def _end(incident: Incident) -> str:
    return _moment(incident.closed_at) if incident.closed_at else ""


def _moment(moment: datetime) -> str:
    return f"{moment:%m-%d %H:%M}"


def _short(text: str, *, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
