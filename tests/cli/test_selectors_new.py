"""A new site's profile: begun by a command, filled in by a person, used without any code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from rpa.elements.registry import load_profile
from tests.support.in_process import rpa
from tests.support.project import Project

ADDRESS = "https://shop.example"
GIVEN = ("--address", ADDRESS, "--title", 'The "site"', "--language", "en", "--timezone", "Europe/Berlin")


def written(project: Project, name: str = "mysite") -> str:
    return (project.folder / "selectors" / f"{name}.toml").read_text(encoding="utf-8")


def test_what_is_asked_decides_what_the_file_says(project: Project) -> None:
    made = rpa(project, "selectors", "new", "mysite", stdin=f"{ADDRESS}/\nMy shop\n\n\n\npages\n")
    assert made.returncode == 0, made.stderr
    assert str(project.folder / "selectors" / "mysite.toml") in made.stdout
    assert re.findall(r"`rpa ([a-z ]+)", made.stdout) == [
        *("init", "selectors check ", "login ", "selectors check ", "selectors approve ", "flows"),
    ]
    said = tomllib.loads(written(project))
    assert (said["name"], said["title"], said["timezone"]) == ("mysite", {"en": "My shop", "zh": "My shop"}, "UTC")
    assert {"orders.next", "orders.page", "orders.reverse"} <= said["elements"].keys()
    assert "orders.total" not in said["elements"]
    assert "answers" not in said


def test_all_can_be_given_without_a_question(project: Project) -> None:
    made = rpa(project, "selectors", "new", "mysite", *GIVEN, "--choose", "shipping=dialog")
    assert (made.returncode, made.stderr) == (0, "")
    said = tomllib.loads(written(project))
    assert (said["title"]["en"], said["timezone"], said["base_url"]) == ('The "site"', "Europe/Berlin", ADDRESS)
    assert said["answers"].keys() == {"order_list", "order_detail", "ship"}
    assert said["shipping"]["steps"][0]["answer"] == "ship"


@pytest.mark.slow
def test_questions_and_what_comes_next_are_chinese_for_who_reads_chinese(project: Project) -> None:
    made = project.rpa("selectors", "new", "mysite", *GIVEN, stdin="\n\n", RPA_LANG="zh")
    assert "在哪里发货" not in made.stderr, "rpa.toml is in English"
    project.write((project.folder / "rpa.toml").read_text().replace('"en"', '"zh"'))
    made = project.rpa("selectors", "new", "another", *GIVEN, stdin="\n\n")
    assert "在哪里发货" in made.stderr
    assert "接下来" in made.stdout


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("_mine", {}, "cannot be the name of a profile"),
        ("My Site", {}, "cannot be the name of a profile"),
        ("../mine", {}, "cannot be the name of a profile"),
        ("pinduoduo", {}, "called “pinduoduo” already"),
        ("oscar", {}, "called “oscar” already"),
        ("mine", {"--address": "shop.example"}, "must start with http:// or https://"),
        ("mine", {"--address": "http://shop.example"}, "must start with https://"),
        ("mine", {"--address": f"{ADDRESS}/admin"}, "must end after the host"),
        ("mine", {"--language": "fr"}, "must be one of: en, zh"),
        ("mine", {"--timezone": "Nowhere/Near"}, "is no time zone"),
        ("mine", {"--choose": "help"}, "shipping=page|dialog, tells=total|pages"),
        ("mine", {"--choose": "shipping=post"}, "must be one of: page, dialog"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    project: Project, name: str, more: Mapping[str, str], said: str
) -> None:
    words = [*GIVEN, *(each for pair in more.items() for each in pair)]
    refused = rpa(project, "selectors", "new", name, *words, stdin="\n\n")
    assert refused.returncode == 2
    assert said in refused.stderr
    assert not (project.folder / "selectors").exists()


def test_without_an_answer_nothing_is_written(project: Project) -> None:
    refused = rpa(project, "selectors", "new", "mysite", "--title", "Mine")
    assert refused.returncode == 2
    assert "was not answered" in refused.stderr
    assert not (project.folder / "selectors").exists()


def test_a_file_that_is_there_is_never_written_over(project: Project) -> None:
    own = project.folder / "selectors" / "mysite.toml"
    own.parent.mkdir()
    own.write_text("mine")
    refused = rpa(project, "selectors", "new", "mysite", *GIVEN, stdin="\n\n")
    assert refused.returncode == 2
    assert "already" in refused.stderr
    assert own.read_text() == "mine"


@pytest.mark.slow
def test_before_there_is_any_configuration_it_is_written_beside_where_that_will_be(project: Project) -> None:
    (project.folder / "rpa.toml").unlink()
    assert project.rpa("selectors", "new", "mysite", *GIVEN, stdin="\n\n").returncode == 0
    begun = project.rpa("init", stdin="north\nmysite\n42\n\n\n")
    assert begun.returncode == 0, begun.stderr
    assert project.config.shop("north").platform == "mysite"


@pytest.mark.slow
def test_a_shop_runs_with_it_alone_once_it_is_filled_in(project: Project) -> None:
    rpa(project, "selectors", "new", "mysite", *GIVEN, stdin="\n\n")
    project.write(f'language = "en"\n[shops.demo]\nplatform = "mysite"\nbase_url = "{ADDRESS}"\nmall_id = "1"\n')
    begun = project.rpa("run", "pending-orders", "demo")
    assert begun.returncode == 2
    assert "lists.orders.rows: is still to be filled in (???)" in begun.stderr
    fill(project.folder / "selectors" / "mysite.toml")
    assert load_profile("mysite", folder=project.config.selectors).own
    lacking = project.rpa("run", "export-orders", "demo")
    assert lacking.returncode == 2
    assert "cannot run in shop demo: mysite lacks ExportsOrders." in lacking.stderr
    told = project.rpa("doctor").stdout
    assert "Profile mysite" in told
    assert "still to be filled in" not in told


def fill(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("???", "xxx"), encoding="utf-8")


@pytest.mark.slow
def test_one_without_shipping_is_refused_by_the_table_that_is_missing(project: Project) -> None:
    rpa(project, "selectors", "new", "mysite", *GIVEN, stdin="\n\n")
    path = project.folder / "selectors" / "mysite.toml"
    fill(path)
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("\n[[shipping.steps]]"), text.index("# --- 7.")
    path.write_text(text[:begin] + text[end:], encoding="utf-8")
    project.write(f'language = "en"\n[shops.demo]\nplatform = "mysite"\nbase_url = "{ADDRESS}"\nmall_id = "1"\n')
    refused = project.rpa("run", "ship", "demo")
    assert refused.returncode == 2
    assert "cannot run in shop demo: mysite lacks ShipsOrders (table [shipping])." in refused.stderr
