from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.notices.api import DOCUMENT_KIND
from rpa.elements.registry import selectors_folder
from tests.support.in_process import rpa
from tests.support.notice_desk import BROKEN, CLEAR, GONE, NEXT_GONE, ONE, REASON, TWO, UNCLEAR, opened
from tests.support.project import Project


def listed(project: Project, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rpa(project, "notices", "list", "--shop=demo", "--json", *options).stdout)
    return found


def test_the_list_begins_with_whether_all_is_saved_and_names_what_is_lost(filed: Project) -> None:
    [covered] = listed(filed)["coverage"]
    assert (covered["account"], covered["answer"]) == ("clerk-1", "no")
    [span] = covered["lost"]
    assert span["notices"] == [GONE, NEXT_GONE]
    begins, ends = (datetime.fromisoformat(span[end]) for end in ("since", "until"))
    assert (begins.hour, ends.hour) == (14, 16)
    said = rpa(filed, "notices", "list", "--shop=demo").stdout
    assert said.index("All saved?") < said.index(f"({GONE}, {NEXT_GONE})") < said.index("What to do")


def test_only_notices_that_need_somebody_are_listed_unless_all_are_wanted(filed: Project) -> None:
    assert [each["notice"] for each in listed(filed)["notices"]] == [UNCLEAR, BROKEN, GONE, NEXT_GONE]
    assert [each["notice"] for each in listed(filed, "--all")["notices"]] == [CLEAR, UNCLEAR, BROKEN, GONE, NEXT_GONE]
    said = rpa(filed, "notices", "list").stdout
    assert "The file has a password" in said
    assert CLEAR not in said


def test_a_shop_whose_notices_were_never_read_says_so(project: Project) -> None:
    said = rpa(project, "notices", "list", "--shop=demo")
    assert said.returncode == 0
    assert "demo: notices were never read" in said.stdout
    assert "No notice needs you" in said.stdout
    assert listed(project)["coverage"][0]["answer"] == "unknown"


def test_an_own_profile_that_knows_no_notices_yet_does_not_hide_what_is_known(filed: Project) -> None:
    shipped = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    older = re.sub(r"^\[notices\]\n.*?(?=^\[|^# ---)", "", shipped, flags=re.MULTILINE | re.DOTALL)
    assert older != shipped
    (filed.folder / "selectors").mkdir()
    (filed.folder / "selectors" / "pinduoduo.toml").write_text(older, encoding="utf-8")
    assert listed(filed)["coverage"][0]["lost"][0]["notices"] == [GONE, NEXT_GONE]


def test_what_is_not_saved_after_five_days_is_named_before_it_expires(project: Project) -> None:
    with opened(project) as ledger:
        now = project.config.clock.now()
        facts = {"title": "订单禁止发货通知", "kind": "prohibition", "account": "clerk-1"}
        for days, name in ((4, CLEAR), (6, UNCLEAR)):
            sent = now - timedelta(days=days)
            ledger.find_document("demo", kind=DOCUMENT_KIND, name=name, facts=facts, issued_at=sent)
        span = {"since": now - timedelta(days=9), "until": now - timedelta(days=5, minutes=1)}
        ledger.cover("demo", account="clerk-1", kind=DOCUMENT_KIND, **span)
    [covered] = listed(project)["coverage"]
    assert (covered["answer"], covered["unsaved"], covered["expiring"]) == ("no", [UNCLEAR, CLEAR], [UNCLEAR])
    said = rpa(project, "notices", "list").stdout
    assert f"soon not to be had any more: {UNCLEAR}." in said
    assert "last read five days ago or longer" in said


def test_each_account_has_its_own_answer(filed: Project) -> None:
    with opened(filed) as ledger:
        now = filed.config.clock.now()
        ledger.cover("demo", account="boss", kind=DOCUMENT_KIND, since=now - timedelta(days=1), until=now)
        ledger.doubt_coverage(
            "demo", account="boss", kind=DOCUMENT_KIND, doubt="the right “消息中心” is missing", at=now
        )
    answers = {each["account"]: each["answer"] for each in listed(filed)["coverage"]}
    assert answers == {"boss": "unknown", "clerk-1": "no"}
    assert "demo: the right “消息中心” is missing" in rpa(filed, "notices", "list").stdout


def test_a_notice_is_shown_with_its_text_its_files_and_what_it_says_of_each_order(filed: Project) -> None:
    said = rpa(filed, "notices", "show", "demo", UNCLEAR).stdout
    for word in (
        "订单审核结果通知",
        "not understood",
        "请查看",
        "附件",
        "notice.txt",
        "明细.xlsx",
        "whole",
        ONE,
        TWO,
        "clerk-1",
    ):
        assert word in said
    assert "\x1b" not in said


@pytest.mark.parametrize(("harm", "word"), [("change", "damaged"), ("remove", "missing")])
def test_a_file_that_is_not_as_it_was_saved_is_told(filed: Project, harm: str, word: str) -> None:
    path = filed.config.var / "documents" / "demo" / "notices" / UNCLEAR / "明细.xlsx"
    path.write_bytes(b"x") if harm == "change" else path.unlink()
    assert word in rpa(filed, "notices", "show", "demo", UNCLEAR).stdout


def test_a_misspelt_notice_is_named_with_the_nearest_one(filed: Project) -> None:
    for words in (("show", "demo", "10000000000"), ("resolve", "demo", "10000000000", "--as=none", REASON)):
        run = rpa(filed, "notices", *words)
        assert run.returncode == 2
        assert "did you mean" in run.stderr
        assert "rpa notices list" in run.stderr


@pytest.mark.slow
def test_the_commands_work_as_a_program_and_in_chinese(filed: Project) -> None:
    toml: Path = filed.folder / "rpa.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"en"', '"zh"'), encoding="utf-8")
    said = filed.rpa("notices", "list")
    assert said.returncode == 0, said.stderr
    assert "全部保存" in said.stdout
    assert "文件有密码保护" in said.stdout
    shown = rpa(filed, "notices", "show", "demo", UNCLEAR).stdout
    assert "完好" in shown
    assert "站内信要求" in shown
    assert "已记录" in rpa(filed, "notices", "resolve", "demo", UNCLEAR, "--as=none", "--reason=看过").stdout
