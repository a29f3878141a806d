from __future__ import annotations

from rpa.elements.approvals import Approvals
from tests.cli.project import Project

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
    others = ("import.confirm", "import.second_confirm", "ship.second_confirm")
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
