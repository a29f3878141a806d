"""`rpa selectors new`: a few questions, then the profile of a new site, to be filled in by a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rpa.address import base_url_problem
from rpa.cli.console import asked, console, language_of
from rpa.cli.starter import answered, one_of, quoted
from rpa.config.reading import config_file
from rpa.elements.registry import profiles, template
from rpa.errors import ConfigError
from rpa.language import Language, Text
from rpa.plugins import platforms
from rpa.starter import Question

if TYPE_CHECKING:
    from rpa.cli.starter import Ask
    from rpa.elements.template import Choice

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_ZONES = {Language.EN: "UTC", Language.ZH: "Asia/Shanghai"}

_BAD_NAME = Text(
    en="“{name}” cannot be the name of a profile: small letters, digits, - and _ only, beginning with a letter. "
    "Nothing was written.",
    zh="“{name}”不能作为页面描述的名称：只能用小写字母、数字、- 和 _，并以字母开头。未写入任何文件。",
)
_TAKEN = Text(
    en="There is a profile, or a platform, called “{name}” already; choose another name. Nothing was written.",
    zh="已有名为“{name}”的页面描述或平台，请换一个名称。未写入任何文件。",
)
_NO_CHOICE = Text(
    en="Can be chosen: {known}. Not “{key}”. Nothing was written.",
    zh="可选的有：{known}；没有“{key}”。未写入任何文件。",
)
_WRONG = Text(
    en="{question}: “{answer}” {problem}. Nothing was written.", zh="{question}：“{answer}”{problem}。未写入任何文件。"
)
_ADDRESS = Text(en="The address of the back office (https://…)", zh="后台的网址（https://…）")
_BAD_ADDRESS = Text(en="{problem}", zh="有误（{problem}）")
_TITLE = Text(en="What people call the site", zh="网站的名称")
_NO_TITLE = Text(en="is needed", zh="必须填写")
_LANGUAGE = Text(en="The language of its pages and of your sheets (en, zh)", zh="页面和表格的语言（en、zh）")
_ZONE = Text(en="The time zone of the times that it shows", zh="页面上时间的时区")
_BAD_ZONE = Text(en="is no time zone; write it like Asia/Shanghai", zh="不是时区；请写成 Asia/Shanghai 这样")
_WRITTEN = Text(
    en="""\
Written: {path}
Next:
  1. Name a shop of this site in rpa.toml: platform = "{name}", mall_id = what the page shows as the shop, live = false.
     (`rpa init` writes the first rpa.toml.)
  2. Fill the file in from top to bottom, with the site open beside it. `rpa selectors check SHOP` lists what is left.
  3. `rpa login SHOP` logs in; then `rpa selectors check SHOP` compares each page with the site, and clicks only tabs.
  4. `rpa selectors approve SHOP` asks whether the file is right, and for each button that cannot be undone. Until then
     no flow touches the site; after a change of the file it asks again.
  5. `rpa flows` lists what can be run: first one that only reads, with --headed.
  6. Then what writes, with --live --headed --step: each click waits for your yes. Without --step, a new shop does only
     a few at first, as a trial.""",
    zh="""\
已写好：{path}
接下来：
  1. 在 rpa.toml 中添加这个网站的店铺：platform = "{name}"，mall_id = 页面上显示的店铺标识，live = false。
     （还没有 rpa.toml 时，先运行 rpa init。）
  2. 对照打开的后台页面，从上到下填写该文件；rpa selectors check 店铺 会列出还没填的地方。
  3. 用 rpa login 店铺 登录；再用 rpa selectors check 店铺 逐页核对，不做任何点击。
  4. 用 rpa selectors approve 店铺 确认该文件以及每个不可撤销的按钮；确认之前，任何流程都不会操作后台；
     修改文件后需重新确认。
  5. rpa flows 列出可以运行的流程：先用 --headed 运行只读取的流程。
  6. 再用 --live --headed --step 运行会操作后台的流程，每次点击都先问您；不加 --step 时，新店铺起初只试做几笔。""",
)


def new(config_path: Path | None, name: str, *, given: Mapping[str, str | None], chosen: Sequence[str]) -> None:
    """Ask what is not `given`, write the profile into the project's own folder, and say what comes next.

    `chosen`: answers to the questions of the template, as `key=value`. Raises ConfigError for a name that is taken or
    badly formed, for a wrong answer, and when a question is not answered; nothing is written then.
    """
    folder, language = config_file(config_path).parent / "selectors", language_of(config_path)
    _check_name(name, folder=folder)
    choices = template().choices
    told = {**given, **_pairs(chosen, choices)}

    def ask(question: Question, problem: Text | None) -> str:
        if problem is not None:
            console(stderr=True).print(f"  {problem.of(language)}", style="yellow")
        return asked(question.text, language=language, default=question.default)

    answers: dict[str, str] = {}
    for question in _questions(choices, answers):
        answers[question.key] = _answer(question, told, ask)
    path = folder / f"{name}.toml"
    _write(path, name=name, answers=answers)
    console().print(_WRITTEN.of(language, path=path, name=name), soft_wrap=True)


def _check_name(name: str, *, folder: Path) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigError(_BAD_NAME.with_words(name=name))
    if name in {*profiles(folder=folder), *platforms()}:
        raise ConfigError(_TAKEN.with_words(name=name))


def _pairs(chosen: Sequence[str], choices: Sequence[Choice]) -> dict[str, str]:
    known = {choice.key: f"{choice.key}={'|'.join(choice.values)}" for choice in choices}
    pairs = {key: value for key, _, value in (each.partition("=") for each in chosen)}
    unknown = next((key for key in pairs if key not in known), None)
    if unknown is not None:
        raise ConfigError(_NO_CHOICE.with_words(key=unknown, known=", ".join(known.values())))
    return pairs


def _questions(choices: Sequence[Choice], answers: Mapping[str, str]) -> Iterator[Question]:
    """What is asked, one after the other; some only after what was answered before."""
    yield Question(key="address", text=_ADDRESS, problem=_address_problem)
    yield Question(key="title", text=_TITLE, problem=lambda answer: None if answer else _NO_TITLE)
    yield Question(key="language", text=_LANGUAGE, default="en", problem=one_of(["en", "zh"]))
    zone = _ZONES[Language(answers["language"])]
    yield Question(key="timezone", text=_ZONE, default=zone, problem=_zone_problem)
    for choice in choices:
        if choice.after is None or answers.get(choice.after[0]) == choice.after[1]:
            yield Question(
                key=choice.key, text=choice.text, default=choice.values[0], problem=one_of(list(choice.values))
            )


def _answer(question: Question, told: Mapping[str, str | None], ask: Ask) -> str:
    """What was given, which must be right, else what a person answers."""
    given = told.get(question.key)
    if given is None:
        return answered(question, ask, again="rpa selectors new")
    problem = question.problem(given.strip())
    if problem is not None:
        raise ConfigError(_WRONG.with_words(question=question.text, answer=given, problem=problem))
    return given.strip()


def _write(path: Path, *, name: str, answers: Mapping[str, str]) -> None:
    filled = {"name": name, "title": answers["title"], "base_url": answers["address"], "timezone": answers["timezone"]}
    text = template().profile(answers, filled={key: quoted(value) for key, value in filled.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(_TAKEN.with_words(name=name)) from None


def _address_problem(answer: str) -> Text | None:
    problem = base_url_problem(answer)
    return _BAD_ADDRESS.with_words(problem=problem) if problem else None


def _zone_problem(answer: str) -> Text | None:
    try:
        ZoneInfo(answer)
    except (KeyError, ValueError, OSError):
        return _BAD_ZONE
    return None
