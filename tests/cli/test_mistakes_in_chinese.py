"""Who reads Chinese reads in Chinese what was wrong with a command, not that something was."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from flows.inbox.folder import check_shared, folders_of
from flows.inbox.inbox import given_sheets
from flows.ship import Options
from rpa.errors import ConfigError
from rpa.flow import Preparation
from rpa.language import Language
from rpa.ledger.ledger import Ledger
from rpa.plugins import load_config
from tests.support.doubts import DONE, DOUBT, keep_doubt, keep_doubts
from tests.support.in_process import rpa
from tests.support.inbox_desk import ArrivalDesk
from tests.support.project import Project

REASON = "--reason=x"
RESOLVE = ("ledger", "resolve", "demo")


def said_of(error: BaseException | None) -> str:
    """What people read, without a word that says only that there was a mistake."""
    assert isinstance(error, ConfigError)
    chinese = error.in_words(Language.ZH)
    assert not chinese.startswith(ConfigError.meaning.zh), chinese
    return chinese


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*RESOLVE, DOUBT, REASON), "请给出一个答复"),
        ((*RESOLVE, DOUBT, "--done"), "请用 --reason 说明"),
        ((*RESOLVE, DOUBT, "--done", REASON, "--by="), "请用 --by 填写"),
        ((*RESOLVE, DONE, "--done", REASON, "--kind=x"), "记录为“已完成”"),
        ((*RESOLVE, "260310-9", "--done", REASON), "没有订单 260310-9 的记录"),
        ((*RESOLVE, "ship_from", "--done", REASON, "--kind=setting"), "没有设置 ship_from 的记录"),
        ((*RESOLVE, DOUBT, "--changed-ok", REASON), "没有变化，无需放行"),
        (("ledger", "show", "--state=unknwon"), "是否指“unknown”"),
        (("ledger", "show", "--shop=demoo"), "rpa.toml 中没有店铺“demoo”；是否指“demo”？"),
        (("status", "@demo"), "rpa.toml 中没有分组“@demo”"),
        (("status", "--max-shops-down=few"), "应为数字或比例"),
        (("report", "--from=1.3."), "--from 1.3. 不是日期"),
        (("report", "--from=2026-03-02", "--to=2026-03-01"), "请把较早的日期写在前面"),
        (("notify", "set", "boss", "--stdin"), "rpa.toml 中没有名为“boss”的 [[notify]]"),
    ],
)
def test_a_mistake_in_a_command_is_told_in_chinese(project: Project, arguments: tuple[str, ...], words: str) -> None:
    keep_doubts(project)
    english = (project.folder / "rpa.toml").read_text(encoding="utf-8")
    project.write(english.replace('"en"', '"zh"'))
    run = rpa(project, *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert ConfigError.meaning.zh not in run.stderr


@pytest.mark.slow
def test_a_doubt_is_shown_in_chinese_and_the_same_as_ever_to_programs(project: Project) -> None:
    keep_doubt(project, detail="the site accepted it but does not show it")
    english = (project.folder / "rpa.toml").read_text(encoding="utf-8")
    project.write(english.replace('"en"', '"zh"'))
    said = "".join(rpa(project, "ledger", "show").stdout.split())
    assert "订单" in said
    assert "后台已受理" in said
    assert "accepted" not in said
    [shown] = json.loads(rpa(project, "ledger", "show", "--json").stdout)
    assert shown["detail"] == "the site accepted it but does not show it"


@pytest.mark.parametrize(
    ("pasted", "words"),
    [(b" \n", "标准输入为空"), (b"1,2,3,4", "第 1 行有 4 格"), (b"\x00\x81\xff\x00", "不是文本")],
)
def test_so_is_a_mistake_in_what_was_pasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pasted: bytes, words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pasted)))
    config = ArrivalDesk(tmp_path).config
    plan = Preparation(
        config=config, shops=config.chosen(()), options=Options(paste=True), language="zh", live=frozenset()
    )
    with pytest.raises(ConfigError) as error:
        given_sheets(plan)
    assert words in said_of(error.value)


def test_so_are_mistakes_in_files(project: Project) -> None:
    with pytest.raises(ConfigError) as absent:
        load_config(project.folder / "rpa.tml")
    assert "请运行 rpa init 新建配置" in said_of(absent.value)
    shop = '[shops.{name}]\nplatform = "pinduoduo"\nmall_id = "{name}"\ninbox = "inbox"\n'
    project.write(shop.format(name="a") + shop.format(name="b") + 'columns = { order_sn = "单号" }\n')
    [folder] = folders_of(project.config)
    with pytest.raises(ConfigError) as unlike:
        check_shared(folder)
    assert "共用收件夹 inbox，但 columns 不同" in said_of(unlike.value)
    (project.folder / "ledger").mkdir()
    with pytest.raises(ConfigError) as unopened:
        Ledger.open(project.folder / "ledger", clock=project.config.clock)
    assert "无法打开记录" in said_of(unopened.value)
