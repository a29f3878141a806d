from __future__ import annotations

import pytest

from rpa.elements.approvals import Approvals
from rpa.elements.registry import selectors_folder
from tests.support.project import Project

pytestmark = pytest.mark.slow

ORIGIN = "https://shop.example.invalid"


def approved(project: Project) -> list[tuple[str, str, str]]:
    found = Approvals.load(project.config.var / "approvals.json").all
    return sorted((one.origin, one.element, one.by) for one in found)


def test_each_element_is_shown_and_only_a_yes_is_recorded(project: Project) -> None:
    run = project.rpa("selectors", "approve", "real", "--by", "小王", stdin="y\nno\n")
    assert run.returncode == 0, run.stderr
    assert "must read: “确认发货”" in run.stdout
    assert 'data-tracking-click-viewid="ele_confirm_shipment_shared"' in run.stdout
    assert approved(project) == [(ORIGIN, "ship.confirm", "小王")]
    assert "Not confirmed: ship.second_confirm" in run.stdout


def test_the_end_of_standard_input_is_a_no(project: Project) -> None:
    project.rpa("selectors", "approve", "real")
    assert approved(project) == []


def test_what_is_confirmed_already_is_not_asked_again(project: Project) -> None:
    project.rpa("selectors", "approve", "real", "ship.confirm", "--by", "小王", "--yes")
    run = project.rpa("selectors", "approve", "real", "--by", "老李", "--yes")
    assert "confirmed already by 小王" in run.stdout
    imports, remarks = (("import.confirm", "import.second_confirm"), ("remark.save", "remark.second_confirm"))
    others = (*imports, *remarks, "ship.second_confirm")
    assert approved(project) == sorted([(ORIGIN, "ship.confirm", "小王"), *((ORIGIN, name, "老李") for name in others)])


def test_what_needs_no_confirmation_is_said_so(project: Project) -> None:
    run = project.rpa("selectors", "approve", "demo", "--yes")
    assert "http://127.0.0.1:9 is a mock" in run.stdout
    run = project.rpa("selectors", "approve", "real", "orders.ship", "--yes")
    assert "orders.ship is not destructive" in run.stdout
    assert approved(project) == []


def test_an_unknown_element_names_the_nearest_one(project: Project) -> None:
    run = project.rpa("selectors", "approve", "real", "ship.confrm", "--yes")
    assert run.returncode == 2
    assert 'did you mean "ship.confirm"' in run.stderr


def own_profile(project: Project, *edits: tuple[str, str]) -> None:
    """A profile of the seller's own, with these edits."""
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (project.folder / "selectors").mkdir(exist_ok=True)
    (project.folder / "selectors" / "pinduoduo.toml").write_text(text, encoding="utf-8")


BLIND = ('"订单审核中", ', "")


def test_what_an_own_profile_says_otherwise_is_shown_and_asked_before_anything_else(project: Project) -> None:
    own_profile(project, BLIND)
    run = project.rpa("selectors", "approve", "real", "--by", "小王", stdin="n\n")
    assert "differs from what came with the program in 1 place(s)" in run.stdout
    assert "words.audit: 订单审核中 → removed" in run.stdout
    assert "Not confirmed. Runs of this shop touch nothing until it is." in run.stdout
    assert "ship.confirm" not in run.stdout
    assert approved(project) == []
    project.rpa("selectors", "approve", "real", "--by", "小王", stdin="y\nn\nn\nn\nn\nn\ny\n")
    assert approved(project) == [(ORIGIN, "", "小王"), (ORIGIN, "import.second_confirm", "小王")]


def test_an_element_is_confirmed_on_each_origin_of_the_site(project: Project) -> None:
    """It is asked for by the origin of the document that has it."""
    other = "https://files.example.invalid"
    project.rpa("selectors", "approve", "real", "ship.confirm", "--by", "小王", "--yes")
    own_profile(project, ("schema = 2", f'schema = 2\norigins = ["{other}"]'))
    run = project.rpa("selectors", "approve", "real", "ship.confirm", "--by", "小王", "--yes")
    assert f"{ORIGIN}, {other}" in run.stdout
    assert approved(project) == sorted(
        [(ORIGIN, "", "小王"), (ORIGIN, "ship.confirm", "小王"), (other, "ship.confirm", "小王")]
    )
    run = project.rpa("selectors", "approve", "real", "ship.confirm", "--by", "老李", "--yes")
    assert "confirmed already by 小王" in run.stdout


def test_a_change_after_a_confirmation_is_named_and_asked_once_more(project: Project) -> None:
    own_profile(project, ("schema = 2", "schema = 2  # mine"))
    project.rpa("selectors", "approve", "real", "--by", "小王", "--yes")
    own_profile(project, BLIND)
    run = project.rpa("selectors", "approve", "real", "ship.confirm", "--by", "老李", "--yes")
    assert "Since 小王 last confirmed something" in run.stdout
    assert "words.audit: 订单审核中 → removed" in run.stdout
    assert (ORIGIN, "ship.confirm", "老李") in approved(project)


def test_all_differences_are_shown_where_one_asks_for_them(project: Project) -> None:
    assert "is the one that came with the program" in project.rpa("selectors", "diff", "real").stdout
    own_profile(project, BLIND, ('title = { en = "Pinduoduo"', 'title = { en = "Mine"'), ('"退款中", ', ""))
    told = project.rpa("selectors", "diff", "real").stdout
    for line in (
        "words.audit: 订单审核中 → removed",
        "words.after_sale: 退款中 → removed",
        "title.en: Pinduoduo → Mine",
    ):
        assert line in told


def test_a_risk_is_no_word_of_a_profile(project: Project) -> None:
    own_profile(project, ('[elements."ship.confirm"]', '[elements."ship.confirm"]\nrisk = "write"'))
    for command in (["selectors", "approve", "real", "--yes"], ["run", "pending-orders", "real"]):
        run = project.rpa(*command)
        assert run.returncode == 2
        assert "elements.ship.confirm.risk: unknown key" in run.stderr.replace("\n", " ")
    assert approved(project) == []
