"""`rpa init`: a few questions, then a commented rpa.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rpa.config import shop_name_problem
from rpa.discovery import starter_parts
from rpa.elements.registry import profiles, zone_of
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.plugins import load_config, platforms
from rpa.starter import Question, StarterKey, StarterPart

_ATTEMPTS = 3

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
    "live": Text(en="false: only a rehearsal, unless --live is given", zh="false：只预演，除非加 --live"),
}
_LIMITS = Text(
    en="""\
# To try things out on `rpa mock` first: its address, and that it is a mock (on a real site nothing lifts the limits):
# base_url = "http://127.0.0.1:8808"
# mock = true
# Limits; these are the defaults for a real site, "off" lifts one:
# max_per_run = 500
# max_per_day = 2000
# trial = 5                  # only so many in all, until you raise it
""",
    zh="""\
# 先在模拟后台（rpa mock）上试用：填它的网址并注明是模拟后台；真实后台不要写：
# base_url = "http://127.0.0.1:8808"
# mock = true
# 上限；以下是真实后台的默认值，写 "off" 表示不限：
# max_per_run = 500          # 每次运行
# max_per_day = 2000         # 每天
# trial = 5                  # 试运行：总共只做这么多，确认无误后再调大
""",
)
_SCHEDULE = Text(
    en="""\

# Runs with nobody watching, by `rpa schedule`; times are those of the timezone above. Remove the # to switch one on.
""",
    zh="""\

# 无人值守：由 rpa schedule 按以下时间运行（时区见上）。去掉行首的 # 即可启用。
""",
)
_UNATTENDED = Text(
    en="""\
# [calendar]
# quiet_days = ["2026-10-01"]
# Who is told what needs a person; `rpa notify set boss` keeps the address, for example of a group's robot:
# [[notify]]
# name = "boss"
# The day summed up, for these channels:
# [digest]
# at = "20:00"
# So that months do not fill the disk; left out, reports and pictures of what was done are kept for ever:
# [scheduler]
# evidence_keep_days = 365
# reports_keep_days = 365
""",
    zh="""\
# [calendar]
# quiet_days = ["2026-10-01"]
# 需要人处理时通知谁；地址（例如群机器人的）用 rpa notify set boss 保存：
# [[notify]]
# name = "boss"
# 每天几点向通知渠道发送日报：
# [digest]
# at = "20:00"
# 长期运行不占满磁盘；不写则操作截图和报表永久保留：
# [scheduler]
# evidence_keep_days = 365
# reports_keep_days = 365
""",
)


def questions(parts: Sequence[StarterPart], *, folder: Path | None = None) -> Iterator[Question]:
    """What is asked, in order. `folder`: where the user's own profiles lie."""
    known = profiles(folder=folder)
    name = Text(en="A short name for your shop", zh="给店铺起个简称")
    yield Question(key="shop", text=name, default="shop1", problem=_name_problem)
    platform = Text(en=f"Platform ({', '.join(known)})", zh=f"平台（{'、'.join(known)}）")
    able = {name: len(each.can) for name, each in platforms().items() if name in known}
    usual = max(able, key=able.__getitem__) if able else known[0] if known else ""
    yield Question(key="platform", text=platform, default=usual, problem=one_of(known))
    mall_id = Text(
        en="Shop id (mall id): digits or a name, as the back office shows it", zh="店铺 ID（后台显示的数字或店名）"
    )
    yield Question(key="mall_id", text=mall_id, problem=_id_problem)
    yield Question(key="login", text=Text(en="Login name (may stay empty)", zh="登录账号（可留空）"))
    yield from (question for part in parts for question, _ in part.asked)


def write_config(path: Path, ask: Ask, *, language: Language) -> Path:
    """Ask the questions and write the file, commented in this language.

    Raises ConfigError when the file is there already, or a question is answered wrongly three times.
    """
    if path.exists():
        raise ConfigError(f"{path} exists already; it is not overwritten. Edit it, or name another with --config.")
    parts = starter_parts()
    answers = {
        question.key: answered(question, ask, again="rpa init")
        for question in questions(parts, folder=path.parent / "selectors")
    }
    keys = [key_of(answers[question.key]) for part in parts for question, key_of in part.asked]
    zone = zone_of(answers["platform"], folder=path.parent / "selectors")
    text = _config_text(answers, keys=keys, parts=parts, language=language, zone=zone)
    path.parent.mkdir(parents=True, exist_ok=True)
    for key in keys:
        if key.folder:
            (path.parent / key.folder).mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    load_config(path)
    return path


def _config_text(
    answers: Mapping[str, str],
    *,
    keys: Sequence[StarterKey],
    parts: Sequence[StarterPart],
    language: Language,
    zone: str,
) -> str:
    """The file's text for these answers, and the shop's further keys."""
    rows = [
        *((key, quoted(answers[key]), _COMMENTS[key]) for key in ("platform", "mall_id", "login")),
        *((each.key, _value(each.value), each.comment) for each in keys),
        ("live", "false", _COMMENTS["live"]),
    ]
    name = answers["shop"] if answers["shop"].isascii() else quoted(answers["shop"])
    body = "".join(f"# {comment.of(language)}\n{key} = {value}\n" for key, value, comment in rows)
    program = f'language = "{language.value}"\ntimezone = "{zone}"\n'
    shop = (_LIMITS, *(part.shop_lines for part in parts))
    runs = (_SCHEDULE, *(part.schedule_lines for part in parts), _UNATTENDED)
    comments = "".join(text.of(language) for text in (*shop, *runs))
    return f"{_HEAD.of(language)}{program}\n[shops.{name}]\n{body}{comments}"


def _value(value: str | tuple[str, ...]) -> str:
    return quoted(value) if isinstance(value, str) else f"[{', '.join(map(quoted, value))}]"


def answered(question: Question, ask: Ask, *, again: str) -> str:
    """What a person answers, after three attempts at most. `again`: the command that asks.

    Raises ConfigError when none of them was right.
    """
    problem: Text | None = None
    for _ in range(_ATTEMPTS):
        answer = ask(question, problem).strip() or question.default
        problem = question.problem(answer)
        if problem is None:
            return answer
    raise ConfigError(f"{question.text.en}: {problem.en if problem else ''}. Nothing was written; run `{again}` again.")


def quoted(value: str) -> str:
    """The text as TOML has it."""
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


def one_of(known: list[str]) -> Callable[[str], Text | None]:
    """That an answer must be one of these."""
    names = ", ".join(known)
    return lambda answer: None if answer in known else Text(en=f"must be one of: {names}", zh=f"只能是：{names}")
