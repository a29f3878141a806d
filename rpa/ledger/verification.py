"""Verification that the ledger in this place is the one that belongs there, by the witnesses beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.ledger.database import file_of, open_database, revision_of
from rpa.ledger.identity import Mark, fault_of, mark_of, stood_for
from rpa.ledger.journal import Journal
from rpa.ledger.schema import REVISION
from rpa.ledger.wal import falls_short
from rpa.ledger.witness import Seen, Witness

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from rpa.ledger.identity import Fault

_MISSING = Text(
    en="The ledger {file} is missing or empty, but {witness} knows of one ({seen}).",
    zh="台账 {file} 不存在或为空，而 {witness} 表明曾有一份（{seen}）。",
)
_FOREIGN = Text(
    en="The ledger {file} ({found}) is not the one that worked here: {witness} knows another ({seen}).",
    zh="台账 {file}（{found}）不是此处原来使用的那一份：{witness} 记的是另一份（{seen}）。",
)
_OLDER = Text(
    en="The ledger {file} ({found}) is older than what lies around it: {witness} saw it further on ({seen}).",
    zh="台账 {file}（{found}）比周围的文件旧：{witness} 记的进度更新（{seen}）。",
)
_REPLACED = Text(
    en="The ledger {file} was removed or replaced while it was in use ({seen}); see {witness}.",
    zh="台账 {file} 在使用中被删除或替换（{seen}），见 {witness}。",
)
_WHAT_TO_DO = Text(
    en="{said} Nothing goes on: what it forgot could be done though it was held, or a second time. If you have "
    "the newer one, put it back; if not, accept this state: rpa ledger accept --by NAME --reason TEXT",
    zh="{said}一切操作已停止：台账遗漏的内容可能导致已拦截的仍被处理，或重复处理。如有较新的一份，请放回原处；"
    "如没有，请确认接受现状：rpa ledger accept --by 姓名 --reason 原因",
)
_SAYS: Final[dict[Fault, Text]] = {"missing": _MISSING, "foreign": _FOREIGN, "older": _OLDER, "replaced": _REPLACED}
_MARK = Text(en="{identity}, {writes} writes", zh="{identity}，{writes} 次写入")
_NAMELESS = Text(en="unnamed", zh="无标识")
_SHOWN: Final = 8


class LedgerInDoubt(ConfigError):
    """The ledger is missing, another one, or older than what lies around it; a person decides."""

    code = "ledger_in_doubt"

    def __init__(
        self, fault: Fault, *, file: Path, found: Mark | None, seen: Mark | None, witness: Path, readable: bool = False
    ) -> None:
        """`found`: the ledger that is there; `seen`: the one that this witness knows; `readable`: as it is."""
        self.fault = fault
        self.readable = readable
        super().__init__(
            Text(
                en=_sentence(fault, Language.EN, file=file, found=found, seen=seen, witness=witness),
                zh=_sentence(fault, Language.ZH, file=file, found=found, seen=seen, witness=witness),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open database, and what is kept beside it."""

    engine: Engine
    witness: Witness | None
    """None: a database on a server, or one that is only to be read."""
    journal: Journal | None
    file: Path | None = None
    """Where it lies; None: a database on a server."""
    doubt: LedgerInDoubt | None = None
    """Why it must not be written to."""


def opened(path_or_url: Path | str, *, doubted: Callable[[LedgerInDoubt], None] | None) -> Opened:
    """The database, made if need be. `doubted` is told of a doubt about one that can be read all the same.

    Raises:
        ConfigError: it cannot be opened, is no ledger, or is newer than this program.
        LedgerInDoubt: a person must decide; nothing was made or changed.

    """
    file = file_of(path_or_url)
    if file is None:
        return Opened(engine=open_database(path_or_url), witness=None, journal=None)
    witness = Witness(file)
    seen = witness.seen()
    try:
        check_there(file, seen=seen)
        check_leftover(file, seen=seen)
        engine = open_database(path_or_url, vouch=lambda engine: check_same(engine, file=file, seen=seen))
    except LedgerInDoubt as doubt:
        if doubted is None or not doubt.readable:
            raise
        doubted(doubt)
        return Opened(engine=open_database(path_or_url), witness=None, journal=None, file=file, doubt=doubt)
    return Opened(engine=engine, witness=witness, journal=Journal(file), file=file)


def check_ledger(file: Path) -> None:
    """Nothing, as long as no run need be afraid of the ledger; what is not there is not made. Raises as `opened`."""
    seen = Witness(file).seen()
    check_there(file, seen=seen)
    if seen.exists:
        opened(file, doubted=None).engine.dispose()


def check_there(file: Path, *, seen: Seen) -> None:
    """Raises LedgerInDoubt when there is a witness, and no file or an empty one."""
    if seen.exists and not (file.exists() and file.stat().st_size):
        raise _missing(file, seen)


def which(file: Path) -> tuple[int, int] | None:
    """What is the same as long as the same file lies there; None: none does."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino


def check_leftover(file: Path, *, seen: Seen) -> None:
    """Raises LedgerInDoubt when a -wal of another moment lies beside the file, or both are older."""
    reach = falls_short(file, list(seen.marks.values()))
    if reach is not None:
        newest = max((each for each in seen.marks.values() if each.identity == reach.identity), key=_writes)
        raise LedgerInDoubt("older", file=file, found=reach, seen=newest, witness=_place(seen, newest))


def check_same(engine: Engine, *, file: Path, seen: Seen) -> None:
    """Raises LedgerInDoubt when this is not the ledger that the witnesses know, or less than they saw of it."""
    if not seen.exists:
        return
    revision = revision_of(engine)
    if revision is None:
        raise _missing(file, seen)
    mark, stands_for = None, frozenset[str]()
    if revision >= _FIRST_WITH_A_NAME:
        with engine.connect() as connection:
            mark, stands_for = mark_of(connection), stood_for(connection)
    fault = fault_of(seen.marks.values(), mark=mark, stands_for=stands_for)
    if fault is not None:
        kind, other = fault
        place, readable = _place(seen, other), revision == REVISION
        raise LedgerInDoubt(kind, file=file, found=mark, seen=other, witness=place, readable=readable)


_FIRST_WITH_A_NAME: Final = "0006"


def _missing(file: Path, seen: Seen) -> LedgerInDoubt:
    newest = max(seen.marks.values(), key=_writes, default=None)
    place = file.parent if newest is None else _place(seen, newest)
    return LedgerInDoubt("missing", file=file, found=None, seen=newest, witness=place)


def _writes(mark: Mark) -> int:
    return mark.writes


def _place(seen: Seen, mark: Mark) -> Path:
    return next(place for place, each in seen.marks.items() if each == mark)


def _sentence(
    fault: Fault, language: Language, *, file: Path, found: Mark | None, seen: Mark | None, witness: Path
) -> str:
    words = {"found": _said(found, language), "seen": _said(seen, language)}
    said = _SAYS[fault].of(language, file=file, witness=witness, **words)
    return _WHAT_TO_DO.of(language, said=said)


def _said(mark: Mark | None, language: Language) -> str:
    if mark is None:
        return _NAMELESS.of(language)
    return _MARK.of(language, identity=mark.identity[:_SHOWN], writes=mark.writes)
