from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from flows.notices.api import Says
from flows.orders import hold_causes
from rpa.ledger.shop_lock import RunLock
from tests.support.holds import GOODS, ONE, REASON, SENT, SPEC, THREE, TWO, forbid, holds, listed
from tests.support.in_process import rpa
from tests.support.notice_desk import opened
from tests.support.project import Project


def write_csv(project: Project, *rows: tuple[str, ...]) -> Path:
    path = project.folder / "stop.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_orders_goods_and_specs_are_held_by_a_named_person_while_a_run_goes_on(project: Project) -> None:
    config = project.config
    with RunLock(config.var / "locks", shop="demo", clock=config.clock):
        run = project.rpa(
            "holds", "add", "demo", ONE, TWO, "--goods", GOODS, "--sku", f"{GOODS}:{SPEC}", REASON, "--by", "小王"
        )
    assert run.returncode == 0, run.stderr
    found = holds(project)
    assert found.keys() == {ONE, TWO, hold_causes.goods_subject(GOODS), hold_causes.sku_subject(GOODS, SPEC)}
    assert {(hold.cause, hold.reason, hold.held_by) for each in found.values() for hold in each} == {
        (hold_causes.PERSON, "sold out", "小王")
    }
    assert f"goods {GOODS}" in run.stdout


def test_a_hold_with_a_day_lasts_until_that_day_is_over(project: Project) -> None:
    tomorrow = project.config.clock.now().date() + timedelta(days=1)
    rpa(project, "holds", "add", "demo", ONE, REASON, "--until", tomorrow.isoformat())
    [(hold,)] = holds(project).values()
    assert hold.until is not None
    assert hold.until.isoformat() == f"{tomorrow + timedelta(days=1)}T00:00:00+08:00"


def test_holding_again_says_what_it_replaces(project: Project) -> None:
    rpa(project, "holds", "add", "demo", ONE, "--reason=first", "--by=小王")
    assert "It replaces what 小王 said" in rpa(project, "holds", "add", "demo", ONE, REASON).stdout
    assert [hold.reason for hold in holds(project)[ONE]] == ["sold out"]


def test_a_misspelt_shop_is_named_with_the_nearest_one(project: Project) -> None:
    for words in (("add", "demoo", ONE, REASON), ("lift", "demoo", "--stale", REASON), ("list", "--shop=demoo")):
        run = rpa(project, "holds", *words)
        assert run.returncode == 2
        assert 'did you mean "demo"' in run.stderr


def test_the_list_says_since_when_by_whom_why_what_releases_and_how_long_there_is(project: Project) -> None:
    now = project.config.clock.now()
    forbid(project, ONE)
    rpa(project, "holds", "add", "demo", f"--goods={GOODS}", REASON, "--by=小王")
    with opened(project) as ledger:
        ship_by = {"ship_by": (now + timedelta(hours=5, minutes=30)).isoformat()}
        ledger.observe("demo", mark=hold_causes.UNDER_AUDIT, seen={ONE: ship_by}, at=SENT)
    said = rpa(project, "holds", "list", "--shop", "demo").stdout
    for word in (
        ONE,
        "2026-03-10 09:00",
        "5 h left to ship",
        "result notice",
        f"goods {GOODS}",
        "小王",
        "sold out",
        "rpa holds lift",
    ):
        assert word in said
    audit, person = listed(project)
    assert (audit["subject"], audit["cause"], audit["stale"], round(audit["hours_left"], 0)) == (
        ONE,
        hold_causes.PROHIBITED,
        False,
        5 if audit["hours_left"] < 5.5 else 6,
    )
    assert (person["subject"], person["held_by"], person["hours_left"]) == (f"goods:{GOODS}", "小王", None)


def test_an_empty_list_is_an_empty_list(project: Project) -> None:
    assert listed(project) == []
    assert "Nothing is held" in rpa(project, "holds", "list").stdout


def test_a_persons_hold_is_lifted_and_an_audits_stays(project: Project) -> None:
    forbid(project, TWO)
    rpa(project, "holds", "add", "demo", ONE, REASON)
    run = rpa(project, "holds", "lift", "demo", ONE, "--reason=in stock again")
    assert run.returncode == 0, run.stderr
    assert holds(project).keys() == {TWO}


def test_of_a_person_and_an_audit_the_one_to_lift_must_be_named(project: Project) -> None:
    forbid(project, ONE)
    rpa(project, "holds", "add", "demo", ONE, REASON)
    run = rpa(project, "holds", "lift", "demo", ONE, REASON)
    assert run.returncode == 2
    assert "--cause person or --cause audit" in run.stderr
    assert len(holds(project)[ONE]) == 2
    assert rpa(project, "holds", "lift", "demo", ONE, REASON, "--cause=person").returncode == 0
    assert [hold.cause for hold in holds(project)[ONE]] == [hold_causes.PROHIBITED]


def test_a_persons_word_lifts_an_audits_hold_is_kept_and_is_beaten_by_a_later_notice(project: Project) -> None:
    forbid(project, ONE)
    run = rpa(project, "holds", "lift", "demo", ONE, "--reason=the site says ship", "--by=小王")
    assert run.returncode == 0, run.stderr
    assert holds(project) == {}
    with opened(project) as ledger:
        *_, word = ledger.mentions("demo", subjects=[ONE])[ONE]
    assert (word.says, word.by, word.source) == (Says.RELEASED, "小王", "the site says ship")
    forbid(project, ONE, sent=SENT + timedelta(hours=1), notice="100000000002")
    assert [hold.cause for hold in holds(project)[ONE]] == [hold_causes.PROHIBITED]


@pytest.mark.parametrize("cause", [hold_causes.EXPORT, hold_causes.PROHIBITED])
def test_an_audits_hold_that_no_notice_stands_behind_is_lifted_too(project: Project, cause: str) -> None:
    with opened(project) as ledger:
        ledger.hold("demo", subject=ONE, reason="under audit in the export", by="export-orders", cause=cause)
    assert rpa(project, "holds", "lift", "demo", ONE, REASON).returncode == 0
    assert holds(project) == {}


def test_what_is_not_held_is_named_and_nothing_is_lifted(project: Project) -> None:
    rpa(project, "holds", "add", "demo", ONE, REASON)
    run = rpa(project, "holds", "lift", "demo", ONE, TWO, REASON)
    assert run.returncode == 2
    assert f"{TWO}: not held in demo" in run.stderr
    near = rpa(project, "holds", "lift", "demo", THREE, REASON)
    assert f'did you mean "{ONE}"' in near.stderr
    assert holds(project).keys() == {ONE}


def test_a_file_is_imported_with_reasons_and_days_of_its_own(project: Project) -> None:
    year = project.config.clock.now().year + 1
    path = write_csv(
        project,
        ("缺货清单", "", "", "", ""),
        ("订单号", "商品ID", "规格", "原因", "截止日期"),
        (f"\t{ONE}", "", "", "地址待确认", ""),
        ("", GOODS, SPEC, "", f"{year}/03/09"),
        ("", "", "", "", ""),
        ("", GOODS, "", "停售", f"{year}-03-09"),
    )
    run = rpa(project, "holds", "import", "demo", str(path), "--reason=缺货", "--by=小王")
    assert run.returncode == 0, run.stderr
    found = {subject: each[0] for subject, each in holds(project).items()}
    assert {subject: hold.reason for subject, hold in found.items()} == {
        ONE: "地址待确认",
        f"sku:{GOODS}:{SPEC}": "缺货",
        f"goods:{GOODS}": "停售",
    }
    ends = {subject: hold.until.isoformat() if hold.until else None for subject, hold in found.items()}
    assert ends == {
        ONE: None,
        **dict.fromkeys((f"sku:{GOODS}:{SPEC}", f"goods:{GOODS}"), f"{year}-03-10T00:00:00+08:00"),
    }


def test_a_file_with_a_bad_row_holds_nothing(project: Project) -> None:
    path = write_csv(project, ("订单号", "原因"), (ONE, "good"), ("260310-7", "not one"))
    run = rpa(project, "holds", "import", "demo", str(path))
    assert run.returncode == 2
    assert "row 3: " in run.stderr
    assert holds(project) == {}


def test_of_several_orders_one_that_is_none_holds_nothing(project: Project) -> None:
    run = rpa(project, "holds", "add", "demo", ONE, "260310-1", "--goods=abc", REASON)
    assert run.returncode == 2
    assert '"260310-1" is not an order number' in run.stderr
    assert '"abc" is not a goods id' in run.stderr
    assert holds(project) == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((REASON,), "Nothing is named"),
        ((ONE,), "needs its reason"),
        ((ONE, REASON, "--until", "soon"), '--until: "soon" is not a day'),
    ],
)
def test_what_is_missing_or_wrong_is_told(project: Project, arguments: tuple[str, ...], words: str) -> None:
    run = rpa(project, "holds", "add", "demo", *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert holds(project) == {}


def test_everything_is_said_in_chinese_to_who_reads_chinese(project: Project) -> None:
    project.write((project.folder / "rpa.toml").read_text(encoding="utf-8").replace('"en"', '"zh"'))
    assert "没有被拦截的订单" in rpa(project, "holds", "list").stdout
    assert "已拦截" in rpa(project, "holds", "add", "demo", ONE, "--reason=缺货").stdout
    assert "人工拦截" in rpa(project, "holds", "list").stdout
    assert "不是订单号" in rpa(project, "holds", "add", "demo", "1", "--reason=缺货").stderr
    assert "已解除" in rpa(project, "holds", "lift", "demo", ONE, "--reason=到货").stdout
