"""`rpa holds add`, `lift` and `import`.

Each works while a run of the shop is going on: the run looks at the holds again before each shipment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.commands.answered import agree_with_answers, release
from flows.commands.held import subject_words
from flows.commands.hold_file import Defaults, read_holds
from flows.commands.subjects import Named, SubjectReader, Unusable, end_of
from flows.orders.hold_causes import PERSON
from rpa.cli.console import console, person_named
from rpa.cli.ledger_report import opened_ledger, reason_given
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.holds import Wanted
from rpa.plugins import load_config
from rpa.toml.document import did_you_mean

if TYPE_CHECKING:
    from rpa.config import Config
    from rpa.ledger.holds import Hold

_NOTHING_NAMED = Text(
    en="Nothing is named: give order numbers, --goods or --sku.", zh="没有指定内容：请给出订单号、--goods 或 --sku。"
)
_HELD = Text(en="Held in {shop}: {what} ({by}: {reason}).", zh="已拦截 {shop}：{what}（{by}：{reason}）。")
_HELD_UNTIL = Text(
    en="Held in {shop} until {until}: {what} ({by}: {reason}).",
    zh="已拦截 {shop}（至 {until}）：{what}（{by}：{reason}）。",
)
_REPLACED = Text(en="It replaces what {by} said of {what}: {reason}.", zh="取代 {by} 对 {what} 的说明：{reason}。")
_LIFTED = Text(en="Lifted in {shop}: {what} ({by}: {reason}).", zh="已解除 {shop}：{what}（{by}：{reason}）。")
_CAUSES = ("person", "audit")


def add_holds(
    config_path: Path | None, shop: str, *, named: Named, reason: str, until: str | None, by: str | None
) -> None:
    """Hold what is named. Raises ConfigError, with nothing recorded, for anything that is not as it must be."""
    config = load_config(config_path)
    subjects = _subjects(config, shop, named=named)
    end, who = _end(config, until), person_named(by)
    why = reason_given(reason, language=config.language)
    _put(config, shop, wanted=[_wanted(subject, reason=why, until=end) for subject in subjects], by=who)


def import_holds(
    config_path: Path | None, shop: str, *, file: Path, reason: str, until: str | None, by: str | None
) -> None:
    """Hold what the file names: all of it, or nothing. Raises ConfigError naming each bad row."""
    config = load_config(config_path)
    reader = SubjectReader.of(config, shop)
    who = person_named(by)
    defaults = Defaults(reason=reason.strip(), until=_end(config, until), now=config.clock.now())
    rows = read_holds(file, reader=reader, defaults=defaults, language=config.language)
    _put(config, shop, wanted=[_wanted(row.subject, reason=row.reason, until=row.until) for row in rows], by=who)


def lift_holds(
    config_path: Path | None, shop: str, *, named: Named, cause: str | None, reason: str, by: str | None
) -> None:
    """Lift what is named. A hold by an audit ends with a person's word that it may be shipped, which is kept.

    Raises ConfigError, with nothing lifted, when something named is not held, or is held by a person and by an audit.
    """
    config = load_config(config_path)
    subjects = _subjects(config, shop, named=named)
    if cause is not None and cause not in _CAUSES:
        raise ConfigError(f'There is no cause "{cause}"{did_you_mean(cause, _CAUSES)}')
    who = person_named(by)
    why = reason_given(reason, language=config.language)
    with opened_ledger(config) as ledger:
        chosen = _chosen(ledger.holds(shop), subjects=subjects, cause=cause, shop=shop)
        release(ledger, shop, holds=chosen, by=who, reason=why)
        agree_with_answers(ledger, shop)
    for subject in dict.fromkeys(hold.subject for hold in chosen):
        what = subject_words(subject, language=config.language)
        console().print(_LIFTED.of(config.language, shop=shop, what=what, by=who, reason=why), soft_wrap=True)


def _subjects(config: Config, shop: str, *, named: Named) -> list[str]:
    reader = SubjectReader.of(config, shop)
    if named.empty:
        raise ConfigError(_NOTHING_NAMED)
    return named.subjects(reader)


def _end(config: Config, until: str | None) -> datetime | None:
    if until is None:
        return None
    try:
        return end_of(until, now=config.clock.now())
    except Unusable as error:
        raise ConfigError(Text(en=f"--until: {error.text.en}", zh=f"--until：{error.text.zh}")) from error


def _wanted(subject: str, *, reason: str, until: datetime | None) -> Wanted:
    return Wanted(subject=subject, cause=PERSON, reason=reason, until=until)


def _put(config: Config, shop: str, *, wanted: Sequence[Wanted], by: str) -> None:
    with opened_ledger(config) as ledger:
        before = ledger.holds(shop)
        ledger.hold_all(shop, wanted=wanted, by=by)
    for line in _said(wanted, shop=shop, by=by, before=before, language=config.language):
        console().print(line, soft_wrap=True)


def _said(
    wanted: Sequence[Wanted], *, shop: str, by: str, before: Mapping[str, Sequence[Hold]], language: Language
) -> Iterator[str]:
    """One line for each hold, and what it takes the place of."""
    for each in wanted:
        what = subject_words(each.subject, language=language)
        words, until = (_HELD_UNTIL, f"{each.until:%Y-%m-%d %H:%M}") if each.until else (_HELD, "")
        yield words.of(language, shop=shop, what=what, by=by, reason=each.reason, until=until)
        for hold in before.get(each.subject, ()):
            if hold.cause == PERSON and (hold.reason, hold.until) != (each.reason, each.until):
                yield _REPLACED.of(language, what=what, by=hold.held_by, reason=hold.reason)


def _chosen(
    holds: Mapping[str, Sequence[Hold]], *, subjects: Sequence[str], cause: str | None, shop: str
) -> list[Hold]:
    """The holds that are meant."""
    chosen = {subject: _of_cause(holds.get(subject, ()), cause=cause) for subject in subjects}
    free = [subject for subject, found in chosen.items() if not found]
    if free:
        near = did_you_mean(free[0], holds) if len(free) == 1 else "."
        raise ConfigError(
            f"{', '.join(free)}: not held in {shop}{f' by {cause}' if cause else ''}; nothing was lifted. "
            f"`rpa holds list --shop {shop}` shows what is held{near or '.'}"
        )
    both = [subject for subject, found in chosen.items() if len({hold.cause == PERSON for hold in found}) > 1]
    if both:
        raise ConfigError(
            f"{', '.join(both)}: held by a person and by an audit; say which to lift with --cause person or "
            "--cause audit. Nothing was lifted."
        )
    return [hold for found in chosen.values() for hold in found]


def _of_cause(holds: Sequence[Hold], *, cause: str | None) -> list[Hold]:
    return [hold for hold in holds if cause is None or (hold.cause == PERSON) == (cause == "person")]
