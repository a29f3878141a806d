"""Errors, sorted by what the runner must do next. What a class means is its default message."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rpa.language import Language, Text


class RpaError(Exception):
    """Something went wrong."""

    exit_code: ClassVar[int] = 4
    code: ClassVar[str] = "crashed"
    """The reason code for rows that this error ends."""
    meaning: ClassVar[Text] = Text(en="The program failed; see the log", zh="程序出错，详见日志")
    """What such an error means: its message where it has none, and what comes first where that is in English alone."""

    def __init__(self, message: str | Text | None = None) -> None:
        """`message`: in English, or in both languages; None: what the class means."""
        words = message or self.meaning
        self._words = words if isinstance(words, Text) else None
        super().__init__(words.en if isinstance(words, Text) else words)

    def in_words(self, language: Language) -> str:
        """The message as people read it, in their language first."""
        if self._words is not None:
            return self._words.of(language)
        return str(self) if language is Language.EN else self.meaning.followed_by(str(self)).of(language)


class ConfigError(RpaError):
    """The configuration or the command line is not usable; nothing was started."""

    exit_code = 2
    code = "bad_config"
    meaning = Text(
        en="The configuration or the command line is not usable; nothing was started",
        zh="配置或命令有误，什么都没有启动",
    )


class ShopBusy(ConfigError):
    """Another process is running this shop; nothing was started."""

    code = "shop_busy"
    meaning = Text(
        en="Another process is running this shop; nothing was started",
        zh="该店铺正在运行其他任务，什么都没有启动；请等它结束后再试",
    )


class TryAgain(RpaError):
    """The page did not answer; nothing was changed, trying again may help."""

    exit_code = 3
    code = "page_unreachable"
    meaning = Text(
        en="The page did not answer; nothing was changed, trying again may help",
        zh="后台页面无响应，未做更改；请检查网络后重新运行",
    )


class Refused(RpaError):
    """This subject cannot be acted on; the run goes on with the others."""

    exit_code = 1
    evidence: Path | None = None
    """A picture of the page at that moment."""

    meaning = Text(en="This subject cannot be acted on; the run goes on with the others", zh="此项无法处理，其余继续")

    def __init__(self, message: str | Text | None = None, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class NothingThere(Refused):
    """The site has no page for this: it says so in the page's place."""

    def __init__(self, message: str | Text | None = None) -> None:
        super().__init__(message, reason="unreadable")


class InDoubt(RpaError):
    """What happened to this subject, or what the page says of it, is not certain; the run goes on with the others."""

    exit_code = 3
    evidence: Path | None = None
    """A picture of the page at that moment."""

    meaning = Text(
        en="What happened to this subject is not certain; the run goes on with the others",
        zh="此项结果不明，请人工核对；其余继续",
    )

    def __init__(self, message: str | Text | None = None, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class AlreadyDone(RpaError):
    """This action is in the ledger as done, or is still open; it is not repeated."""

    exit_code = 0
    code = "already_done"
    meaning = Text(
        en="This is in the ledger as done, or is still open; it is not repeated",
        zh="台账中已有此操作，不再重复",
    )


class FenceLost(RpaError):
    """A newer run of this shop has started; this one woke up too late and must not act any more."""

    exit_code = 4
    code = "overtaken"
    meaning = Text(
        en="A newer run of this shop has started; this one must not act any more",
        zh="该店铺已有更新的运行接管，本次运行不再操作",
    )


class LedgerFails(RpaError):
    """The ledger's file cannot be read or written; what is not in it was not done by this step."""

    meaning = Text(
        en="The ledger var/ledger.sqlite3 cannot be read or written; see that its disk has room and works",
        zh="台账 var/ledger.sqlite3 无法读写，请检查磁盘空间和磁盘状态",
    )


class LedgerBusy(LedgerFails):
    """Another process keeps the ledger locked; nothing was written down."""

    exit_code = 3
    code = "ledger_busy"
    meaning = Text(
        en="Another process keeps the ledger var/ledger.sqlite3 locked. Close what has it open (a database viewer, a "
        "backup), then run again",
        zh="台账 var/ledger.sqlite3 被其他程序占用；请关闭占用它的程序（如数据库查看工具、备份软件），然后重新运行",
    )


class NeedsPerson(RpaError):
    """This shop stops here until a person has looked."""

    exit_code = 3
    evidence: Path | None = None
    """A picture of the page at that moment."""
    code = "needs_person"
    meaning = Text(en="This shop stops here until a person has looked", zh="需要人工查看此店铺")


class LoginNeeded(NeedsPerson):
    """The shop is not logged in."""

    code = "login_needed"
    meaning = Text(en="The shop is not logged in: run `rpa login SHOP`", zh="店铺未登录，请运行 rpa login 店铺名")


class ChallengeShown(NeedsPerson):
    """The site asks for a challenge that only a person may answer."""

    code = "challenge"
    meaning = Text(
        en="The site asks for a challenge: run `rpa login SHOP --headed`",
        zh="后台要求安全验证，请运行 rpa login 店铺名 --headed",
    )


class KickedOut(NeedsPerson):
    """The account was logged in elsewhere."""

    code = "logged_in_elsewhere"
    meaning = Text(
        en="The account was logged in elsewhere; run `rpa login SHOP` when that is over",
        zh="账户在别处登录；对方用完后请运行 rpa login 店铺名",
    )


class WrongShop(NeedsPerson):
    """The page belongs to another shop than the one configured."""

    code = "wrong_shop"
    meaning = Text(
        en="The page belongs to another shop than the one configured; nothing was clicked",
        zh="登录的不是配置中的店铺，未做任何点击；请重新登录或改正 rpa.toml",
    )


class OtherLanguage(NeedsPerson):
    """The site shows itself in another language than its profile is written for."""

    code = "other_language"
    meaning = Text(
        en="The site shows itself in another language than the program reads; set the account's language there",
        zh="后台显示的语言与页面描述不符；请在后台把账号的语言改过来",
    )


class ShopClosed(NeedsPerson):
    """The site does not let the account into this shop of its login."""

    code = "shop_closed"
    meaning = Text(
        en="The site does not let the account into this shop; it says why",
        zh="后台不允许该账号进入此店铺，原因见后台提示",
    )


class WrongSite(NeedsPerson):
    """The page belongs to another site than the shop's, or was on its way to one."""

    code = "wrong_site"
    meaning = Text(
        en="The page was led to another site than the shop's; nothing was typed, clicked or read there",
        zh="页面被引向其他网站；程序没有在那里输入、点击或读取任何内容",
    )


class PageChanged(NeedsPerson):
    """The page is not as its profile describes it."""

    code = "page_changed"
    meaning = Text(
        en="The page is not as its profile describes it: run `rpa selectors check SHOP`",
        zh="页面与描述不符，请运行 rpa selectors check 店铺名",
    )


class ListIncomplete(NeedsPerson):
    """Nothing proves that a list was read whole."""

    code = "list_incomplete"
    meaning = Text(
        en="Nothing proves that the list was read whole; look at it on the site, then run again",
        zh="无法确认列表已全部读取；请在后台核对后重新运行",
    )


class UnknownOverlay(NeedsPerson):
    """Something that is not on the allow-list covers the page."""

    code = "unknown_overlay"
    meaning = Text(en="Something unknown covers the page; close it by hand once", zh="页面被未知弹窗遮挡，请人工关闭")


class UnexpectedDialog(NeedsPerson):
    """The page asked a question that this step does not expect; it was answered with cancel."""

    code = "unexpected_dialog"
    meaning = Text(
        en="The page asked an unexpected question; it was answered with cancel",
        zh="页面弹出意外的对话框，已取消",
    )


class RateLimited(NeedsPerson):
    """The site asks for fewer calls; waiting did not help."""

    code = "rate_limited"
    meaning = Text(
        en="The site asks for fewer calls; waiting did not help. Run again later",
        zh="后台提示操作太频繁，请稍后再运行",
    )


class RightMissing(NeedsPerson):
    """This account has no right to a page; the message names the right to ask for."""

    code = "right_missing"
    meaning = Text(
        en="This account has no right to a page; ask the shop's owner for it",
        zh="该账户没有此页面的权限，请店主开通",
    )


class NotApproved(NeedsPerson):
    """A destructive element has not been confirmed by a person on this host."""

    code = "not_approved"
    meaning = Text(
        en="A destructive element was never confirmed: run `rpa selectors approve SHOP`",
        zh="按钮未经人工确认，请运行 rpa selectors approve 店铺名",
    )


class TooManyDoubts(NeedsPerson):
    """Three subjects in a row ended in doubt."""

    code = "too_many_doubts"
    meaning = Text(
        en="Three subjects in a row ended in doubt; the shop was stopped",
        zh="连续三项操作结果不明，店铺已停止；请先人工核对",
    )


class Stopped(RpaError):
    """The run was asked to stop; what it had not begun is left for the next one."""

    exit_code = 3
    code = "stopped"
    meaning = Text(
        en="The run was asked to stop; what it had not begun is left for the next one",
        zh="已按要求停止，尚未开始的留给下次运行",
    )
