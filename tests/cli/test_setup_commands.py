from __future__ import annotations

import sys

import pytest

from rpa.elements.registry import selectors_folder
from rpa.ledger.shop_lock import RunLock
from tests.support.in_process import rpa
from tests.support.project import Project


def test_init_asks_and_writes_what_the_program_reads(project: Project) -> None:
    (project.folder / "rpa.toml").unlink()
    run = project.rpa("init", stdin="north\n\n\n42\nclerk-9\n\n", RPA_LANG="zh")
    assert run.returncode == 0, run.stderr
    assert "必须填写" in run.stderr
    assert "rpa login north" in run.stdout
    shop = project.config.shop("north")
    assert (shop.platform, shop.mall_id, shop.login, shop.live) == ("pinduoduo", "42", "clerk-9", False)


def test_init_without_answers_writes_nothing(project: Project) -> None:
    (project.folder / "rpa.toml").unlink()
    run = project.rpa("init", stdin="north\n")
    assert run.returncode == 2
    assert "was not answered" in run.stderr
    assert not (project.folder / "rpa.toml").exists()


@pytest.mark.slow
def test_flows_are_listed_with_what_they_do_to_the_site(project: Project) -> None:
    lines = project.rpa("flows").stdout.splitlines()
    assert any("pending-orders" in line and "reads" in line for line in lines)
    assert any("ship " in line and "writes" in line and "--sheet" in line for line in lines)
    project.write((project.folder / "rpa.toml").read_text().replace('"en"', '"zh"'))
    assert "会操作" in project.rpa("flows").stdout


@pytest.mark.slow
def test_doctor_says_that_all_is_well_or_exits_with_2_and_what_to_do(project: Project) -> None:
    well = project.rpa("doctor")
    assert well.returncode == 0, well.stdout
    assert "Profile pinduoduo" in well.stdout
    project.write("[shops.demo]\nplatfrom = 'pinduoduo'\n")
    ill = project.rpa("doctor")
    assert ill.returncode == 2
    assert 'did you mean "platform"' in ill.stdout


@pytest.mark.slow
def test_who_reads_chinese_is_told_in_chinese_first_what_is_wrong(project: Project) -> None:
    text = (project.folder / "rpa.toml").read_text()
    project.write(text.replace('"en"', '"zh"'))
    unknown = rpa(project, "status", "nope")
    assert (unknown.returncode, unknown.stderr) == (2, "rpa.toml 中没有店铺“nope”；可用的有：demo、real\n")
    both = rpa(project, "run", "ship", "demo", "--dry-run", "--live")
    assert (both.returncode, both.stderr) == (2, "--dry-run 和 --live 只能给出其中一个。\n")
    project.write("[shops.demo]\nplatfrom = 'pinduoduo'\n")
    broken = project.rpa("status", RPA_LANG="zh")
    assert (broken.returncode, broken.stderr.splitlines()[0]) == (2, "配置或命令有误，什么都没有启动：")
    assert 'did you mean "platform"' in broken.stderr


def test_an_empty_line_is_no_password(project: Project) -> None:
    run = project.rpa("login", "demo", "--password-stdin", stdin="\n")
    assert run.returncode == 2
    assert "is empty" in run.stderr


def test_a_password_needs_the_name_of_its_account(project: Project) -> None:
    run = project.rpa("login", "real", "--password-stdin", stdin="secret-7\n")
    assert run.returncode == 2
    assert "[shops.real] has no login" in run.stderr
    assert "secret-7" not in run.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux may be without a screen")
def test_without_a_screen_a_person_is_told_how_to_log_in(project: Project) -> None:
    run = project.rpa("login", "demo", DISPLAY="")
    assert run.returncode == 2
    assert "rpa login demo --password-stdin" in run.stderr


def test_nobody_logs_in_while_a_run_of_the_shop_goes_on(project: Project) -> None:
    config = project.config
    with RunLock(config.var / "locks", shop="demo", clock=config.clock):
        run = project.rpa("login", "demo", "--password-stdin", stdin="secret-7\n")
    assert run.returncode == 2
    assert "Another run of shop demo" in run.stderr


def test_a_run_is_refused_by_the_name_of_what_its_profile_lacks(project: Project) -> None:
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    own = project.folder / "selectors" / "pinduoduo.toml"
    own.parent.mkdir()
    own.write_text(text.replace("[answers.ship", "[answers.shipped"), encoding="utf-8")
    run = project.rpa("run", "ship", "demo")
    assert run.returncode == 2
    assert "cannot run in shop demo: pinduoduo lacks ShipsOrders (answer ship)." in run.stderr
    assert not list((project.folder / "var").glob("reports/*"))
