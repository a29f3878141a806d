"""Failures of the scheduler: each is kept from ending the rest, logged, and an incident until it works again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from loguru import logger

from rpa.errors import ConfigError, LedgerFails
from rpa.language import Language, Text
from rpa.ledger.incidents import Severity
from rpa.log import SCHEDULERS, speak
from rpa.monitoring.shop_words import CAUSE, what_is_wrong

if TYPE_CHECKING:
    from rpa.clock import Clock
    from rpa.config import Config
    from rpa.ledger.ledger import Ledger


AGAIN_AFTER_S = 300.0
"""Trouble that comes every second is noted so often."""
_PREFIX = "scheduler:"

_PARTS: Final = {
    "config": Text(en="Reading rpa.toml anew", zh="重新读取配置"),
    "turn": Text(en="The scheduler's turn", zh="调度"),
    "heartbeat": Text(en="The sign of life", zh="心跳记录"),
    "clock": Text(en="Setting right after a change of clocks", zh="时钟变动后的核对"),
    "wait": Text(en="Waiting for the runs", zh="等待运行结束"),
    "plan": Text(en="Planning ahead", zh="编排计划"),
    "start": Text(en="Starting what is due", zh="启动到期的运行"),
    "workers": Text(en="Hearing of the runs", zh="查询运行进程"),
    "record": Text(en="Recording how a run ended", zh="记录运行结果"),
    "departed": Text(en="Closing what is left of removed shops", zh="清理已移除的店铺"),
    "shops": Text(en="Telling of shops that cannot be run", zh="检查无法运行的店铺"),
    "alarms": Text(en="Watching deadlines", zh="期限提醒"),
    "tell": Text(en="Sending notifications", zh="发送通知"),
    "digest": Text(en="Sending the digest", zh="发送日报"),
    "room": Text(en="Watching the disk", zh="检查磁盘空间"),
    "tidy": Text(en="Tidying up", zh="清理旧文件"),
    "ping": Text(en="Calling the watch", zh="外部心跳"),
    "chore": Text(en="A further chore", zh="附加任务"),
}
"""What each part does, by the first word of its cause."""
_BACKGROUND: Final = "\n(Background on this error at:"
"""What the database's library adds to each of its errors, which says nothing to anybody here."""
_OTHER = Text(en="The part", zh="内部任务")
_FAILS = Text(
    en="{what} fails; the rest of `rpa schedule` goes on. Run `rpa doctor`, and see var/log/{log}.log ({why})",
    zh="{what}出错，rpa schedule 的其余部分照常运行；请运行 rpa doctor，并查看 var/log/{log}.log（{why}）",
)
_BAD_FILE = Text(
    en="rpa.toml has a mistake, and nothing is started until it is put right. Correct the file, then run `rpa doctor`",
    zh="配置文件有误，改正之前不启动任何运行；请改正文件，然后运行 rpa doctor",
)
_OF_SHOP = Text(en="{shop}: {words}", zh="{shop}：{words}")
_OF_ALL = Text(en="{words}", zh="{words}")


class Failures:
    """What of the scheduler fails at the moment, by shop and cause."""

    def __init__(self, ledger: Ledger, *, clock: Clock, language: Language) -> None:
        self._ledger = ledger
        self._clock = clock
        self._language = language
        self._noted_at: dict[tuple[str, str], float] = {}
        # an earlier process may have left some open, and this one finds that it works
        self._open = {
            (each.shop, each.cause) for each in ledger.incidents.still_open() if each.cause.startswith(_PREFIX)
        }

    @contextmanager
    def kept(self, cause: str, *, shop: str = "") -> Iterator[None]:
        """Let nothing but the wish to end the program leave this block; `shop` empty: it concerns the whole program."""
        where = (shop, f"{_PREFIX}{cause}")
        try:
            yield
        # One part's failure must not take the others along; nor may a plug-in's `sys.exit` end this program.
        except (Exception, SystemExit) as error:  # noqa: BLE001
            self._note(where, error)
        else:
            if where in self._open:
                self._close(where)

    def _note(self, where: tuple[str, str], error: BaseException) -> None:
        now, before = self._clock.monotonic(), self._noted_at.get(where)
        if before is not None and now - before < AGAIN_AFTER_S:
            return
        self._noted_at[where] = now
        self._open.add(where)
        shop, cause = where
        words = in_words(cause.removeprefix(_PREFIX), error)
        trace = None if isinstance(error, LedgerFails) else error
        speak("ERROR", _OF_SHOP if shop else _OF_ALL, traceback=trace, shop=shop, words=words)
        try:
            self._ledger.incidents.report(
                shop, cause=cause, message=words.of(self._language), severity=Severity.CRITICAL
            )
        except Exception as further:  # noqa: BLE001 - the ledger itself may be what fails
            logger.error("The ledger does not take the incident {}: {}", cause, further)

    def _close(self, where: tuple[str, str]) -> None:
        shop, cause = where
        try:
            self._ledger.incidents.close(shop, cause=cause)
        except Exception as error:  # noqa: BLE001 - same; tried again at the next success
            logger.error("The ledger does not close the incident {}: {}", cause, error)
        else:
            self._open.discard(where)
            self._noted_at.pop(where, None)


def in_words(cause: str, error: BaseException) -> Text:
    """What fails, and what to do."""
    if cause == "config" and isinstance(error, ConfigError):
        return _BAD_FILE.followed_by(str(error))
    part, _, which = cause.partition(":")
    what = _PARTS.get(part, _OTHER)
    if which or part not in _PARTS:
        what = Text(en=f"{what.en} {which or part}", zh=f"{what.zh} {which or part} ")
    why = f"{type(error).__name__}: {str(error).partition(_BACKGROUND)[0]}"
    told = {each: error.in_words(each) if isinstance(error, LedgerFails) else why for each in Language}
    reason = Text(en=told[Language.EN], zh=told[Language.ZH])
    return _FAILS.with_words(what=what, log=SCHEDULERS, why=reason)


_MESSAGE: Final = Text(en="{shop} is {words}", zh="{shop} {words}")


def tell_of_broken(config: Config, ledger: Ledger) -> None:
    """Open an incident for each broken shop, and close those of shops that are broken no more."""
    for shop in config.broken.values():
        words = what_is_wrong(shop).of(config.language)
        message = _MESSAGE.of(config.language, shop=shop.name, words=words)
        ledger.incidents.report(shop.name, cause=CAUSE, message=message, severity=Severity.CRITICAL)
    for incident in ledger.incidents.still_open():
        if incident.cause == CAUSE and incident.shop not in config.broken:
            ledger.incidents.close(incident.shop, cause=incident.cause)
