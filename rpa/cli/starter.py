"""`rpa init`: a few questions, then a commented rpa.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rpa.config import shop_name_problem
from rpa.elements.registry import profiles
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.plugins import load_config

_ATTEMPTS = 3
_INBOX = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the starter."""

    key: str
    text: Text
    default: str = ""
    problem: Callable[[str], Text | None] = lambda _answer: None
    """What is wrong with an answer; None: nothing."""


Ask = Callable[[Question, Text | None], str]
"""Asks a person: the question, and what was wrong with the last answer. An empty answer means the default."""

_HEAD = Text(
    en="""\
# Settings of rpa. Save as UTF-8. A # starts a comment. Paths count from this file's folder; write them with /
# or in 'single quotes'. After a change run `rpa doctor`.
""",
    zh="""\
# rpa 的设置。请以 UTF-8 编码保存。# 之后是注释。路径从本文件所在文件夹算起，
# 请用 / 分隔，或写在'单引号'里。修改后请运行 rpa doctor 检查。
""",
)
_COMMENTS = {
    "platform": Text(en="the platform: a profile in selectors/", zh="平台"),
    "mall_id": Text(
        en="the shop's id; the page must show it before anything is clicked",
        zh="店铺 ID；页面显示的必须与此一致，否则不做任何点击",
    ),
    "login": Text(
        en="the account; its password is typed once into `rpa login` and kept encrypted, never here",
        zh="登录账号；密码通过 rpa login 输入并加密保存，不要写在这里",
    ),
    "inbox": Text(
        en="put sheets with tracking numbers into this folder: a live run takes each in, puts a copy with a result of\n"
        "# every row into its done/, and tries again what has to wait",
        zh="快递单号表格放入此文件夹：正式运行时收取，副本和每一行的结果在其中的 done/；需要等待的行以后自动再试",
    ),
    "sheets": Text(
        en="where the sheets with tracking numbers lie; they stay there, and each run reads all of them.\n"
        '# With inbox = "inbox" instead, each is taken in once, and its rows are tried again by themselves',
        zh="快递单号表格的位置；文件留在原处，每次运行都全部读取。\n"
        '# 如改为 inbox = "inbox"，则每个文件只收取一次，需要等待的行以后自动再试',
    ),
    "live": Text(en="false: only a rehearsal, unless --live is given", zh="false：只预演，除非加 --live"),
}
_REST = Text(
    en="""\
# To try things out on `rpa mock` first: its address, and that it is a mock (on a real site nothing lifts the limits):
# base_url = "http://127.0.0.1:8808"
# mock = true
# Limits; these are the defaults for a real site, "off" lifts one:
# max_per_run = 500
# max_per_day = 2000
# trial = 5                  # only so many shipments in all, until you raise it
# A sender's own column headers:
# columns = { order_sn = "…", courier = "…", tracking_number = "…" }
# Goods that are shipped without a parcel, by exact id and spec:
# no_logistics_goods = [{ goods_id = "…", spec = "…", delivered_by = "platform" }]
# Words in the seller's remark that hold an order; left out: the usual ones:
# stop_words = ["…"]
""",
    zh="""\
# 先在模拟后台（rpa mock）上试用：填它的网址并注明是模拟后台；真实后台不要写：
# base_url = "http://127.0.0.1:8808"
# mock = true
# 上限；以下是真实后台的默认值，写 "off" 表示不限：
# max_per_run = 500          # 每次运行
# max_per_day = 2000         # 每天
# trial = 5                  # 试运行：总共只发这么多单，确认无误后再调大
# 发件人表格自己的列名：
# columns = { order_sn = "订单号列名", courier = "快递公司列名", tracking_number = "快递单号列名" }
# 无物流发货的商品，商品 ID 和规格必须完全一致：
# no_logistics_goods = [{ goods_id = "…", spec = "…", delivered_by = "platform" }]
# 商家备注含这些词时不发货；不写则用默认词：
# stop_words = ["勿发", "先别发"]
""",
)
_UNATTENDED = Text(
    en="""\

# Runs with nobody watching, by `rpa schedule`; times are those of the timezone above. Remove the # to switch one on.
# The site keeps audit notices for 7 days only: save them at five past each hour, on quiet days too.
# [[schedule]]
# flow = "audit-notices"
# hours = "6-22"
# minute = 5
# on_quiet_days = true
# Ship what has a tracking number, every half hour:
# [[schedule]]
# flow = "ship"
# every = "30m"
# between = "08:00-23:00"
# Days without runs, but those with on_quiet_days. Alarms before ship-by go on, of the orders that were read: one that
# comes in the holidays may be due in them, so read three times a day then, too.
# [[schedule]]
# flow = "pending-orders"
# at = ["08:00", "14:00", "20:00"]
# on_quiet_days = true
# [calendar]
# quiet_days = ["2026-10-01"]
# Who is told what needs a person; `rpa notify set boss` keeps the address, for example of a group's robot:
# [[notify]]
# name = "boss"
# The day summed up, for these channels:
# [digest]
# at = "20:00"
# So that months do not fill the disk; left out, pictures of shipped orders and reports are kept for ever:
# [scheduler]
# evidence_keep_days = 365
# reports_keep_days = 365
""",
    zh="""\

# 无人值守：由 rpa schedule 按以下时间运行（时区见上）。去掉行首的 # 即可启用。
# 审核通知在后台只保留 7 天：每小时的 05 分保存一次，休息日也保存。
# [[schedule]]
# flow = "audit-notices"
# hours = "6-22"
# minute = 5
# on_quiet_days = true
# 每半小时把有快递单号的订单发货：
# [[schedule]]
# flow = "ship"
# every = "30m"
# between = "08:00-23:00"
# 休息日不运行（写了 on_quiet_days 的除外）。发货截止前的提醒照常，但只针对读取过的订单；
# 假期中新来的订单可能假期内就到期，所以每天读取三次：
# [[schedule]]
# flow = "pending-orders"
# at = ["08:00", "14:00", "20:00"]
# on_quiet_days = true
# [calendar]
# quiet_days = ["2026-10-01"]
# 需要人处理时通知谁；地址（例如群机器人的）用 rpa notify set boss 保存：
# [[notify]]
# name = "boss"
# 每天几点向通知渠道发送日报：
# [digest]
# at = "20:00"
# 长期运行不占满磁盘；不写则已发货订单的截图和报表永久保留：
# [scheduler]
# evidence_keep_days = 365
# reports_keep_days = 365
""",
)


def questions() -> Iterator[Question]:
    """What is asked, in order."""
    known = profiles()
    name = Text(en="A short name for your shop", zh="给店铺起个简称")
    yield Question(key="shop", text=name, default="shop1", problem=_name_problem)
    platform = Text(en=f"Platform ({', '.join(known)})", zh=f"平台（{'、'.join(known)}）")
    yield Question(key="platform", text=platform, default=known[0] if known else "", problem=_one_of(known))
    mall_id = Text(en="Shop id (mall id; the digits in the back office)", zh="店铺 ID（后台显示的数字）")
    yield Question(key="mall_id", text=mall_id, problem=_id_problem)
    yield Question(key="login", text=Text(en="Login name (may stay empty)", zh="登录账号（可留空）"))
    sheets = Text(
        en="Sheets with tracking numbers: Enter for a folder inbox here; or files elsewhere, like C:/sheets/*.xlsx",
        zh="快递单号表格：回车则在此处新建 inbox 文件夹；也可写别处的文件，如 D:/发货/*.xlsx",
    )
    yield Question(key="sheets", text=sheets, default=_INBOX, problem=_sheets_problem)


def write_config(path: Path, ask: Ask, *, language: Language) -> Path:
    """Ask the questions and write the file, commented in this language.

    Raises ConfigError when the file is there already, or a question is answered wrongly three times.
    """
    if path.exists():
        raise ConfigError(f"{path} exists already; it is not overwritten. Edit it, or name another with --config.")
    answers = {question.key: _answer(question, ask) for question in questions()}
    text = config_text(answers, language=language)
    path.parent.mkdir(parents=True, exist_ok=True)
    if answers["sheets"] == _INBOX:
        (path.parent / _INBOX).mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    load_config(path)
    return path


def config_text(answers: dict[str, str], *, language: Language) -> str:
    """The file's text for these answers (keys: shop, platform, mall_id, login, sheets)."""
    rows = [
        ("platform", _quoted(answers["platform"])),
        ("mall_id", _quoted(answers["mall_id"])),
        ("login", _quoted(answers["login"])),
        _sheets(answers["sheets"]),
        ("live", "false"),
    ]
    name = answers["shop"] if answers["shop"].isascii() else _quoted(answers["shop"])
    body = "".join(f"# {_COMMENTS[key].of(language)}\n{key} = {value}\n" for key, value in rows)
    head = f'language = "{language.value}"\ntimezone = "Asia/Shanghai"\n'
    return f"{_HEAD.of(language)}{head}\n[shops.{name}]\n{body}{_REST.of(language)}{_UNATTENDED.of(language)}"


def _sheets(answer: str) -> tuple[str, str]:
    """The key and its value. Only our own folder is an inbox: one that a person has filled is never emptied by us."""
    if answer == _INBOX:
        return "inbox", _quoted(_INBOX)
    sheets = [part.strip() for part in answer.split(",") if part.strip()]
    return "sheets", f"[{', '.join(_quoted(sheet) for sheet in sheets)}]"


def _answer(question: Question, ask: Ask) -> str:
    problem: Text | None = None
    for _ in range(_ATTEMPTS):
        answer = ask(question, problem).strip() or question.default
        problem = question.problem(answer)
        if problem is None:
            return answer
    raise ConfigError(
        f"{question.text.en}: {problem.en if problem else ''}. Nothing was written; run `rpa init` again."
    )


def _quoted(value: str) -> str:
    import tomlkit

    return tomlkit.string(value, literal="\\" in value and "'" not in value).as_string()


def _name_problem(answer: str) -> Text | None:
    if not shop_name_problem(answer):
        return None
    return Text(en="letters, digits, _ - or Chinese characters only", zh="只能用字母、数字、_ - 或汉字")


def _id_problem(answer: str) -> Text | None:
    if answer:
        return None
    return Text(en="is needed, so that no other shop is touched", zh="必须填写，以免操作到别的店铺")


def _sheets_problem(answer: str) -> Text | None:
    """A folder alone matches no file, which nobody would notice."""
    if answer == _INBOX or any(mark in answer for mark in "*."):
        return None
    return Text(en="files, not a folder: like C:/sheets/*.xlsx", zh="请写文件而不是文件夹，如 D:/发货/*.xlsx")


def _one_of(known: list[str]) -> Callable[[str], Text | None]:
    names = ", ".join(known)
    return lambda answer: None if answer in known else Text(en=f"must be one of: {names}", zh=f"只能是：{names}")
