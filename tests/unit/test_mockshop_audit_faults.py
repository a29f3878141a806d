"""Audits that begin and end while a program looks, and places that tell of them otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.mockshop.harness import MockError, MockShop
from fixtures.mockshop.pinduoduo.page_script import PageScript

_DETAIL = "/mangkhut/mms/orderDetail"


def _lives(mock: MockShop, script: PageScript, *, seed: int) -> list[tuple[str, bool]]:
    """What 60 looks at one order change in the shop, put back afterwards."""
    sn = min(script.listed())
    before = mock.truth()["orders"]
    mock.fault("audit-life", share=1, seed=seed)
    for _ in range(60):
        shown = script.post(_DETAIL, {"order_sn": sn})["result"]
        true = mock.order(sn)
        assert (shown["risk_status"], shown["order_status"] == 4) == (int(true["audit"]), true["status"] == "closed")
    mock.clear_faults()
    changed = {
        other: now
        for other, now in mock.truth()["orders"].items()
        if (now["audit"], now["status"]) != (before[other]["audit"], before[other]["status"])
    }
    for other in changed:
        mock.patch(other, audit=before[other]["audit"], status=before[other]["status"])
    return sorted((f"{other} {now['status']}", now["audit"]) for other, now in changed.items())


def test_audits_begin_end_and_close_orders_while_one_looks_and_a_seed_repeats_it(
    mock: MockShop, script: PageScript
) -> None:
    lived = _lives(mock, script, seed=3)
    assert {audit for _, audit in lived} == {True, False}
    assert any(name.endswith("closed") for name, _ in lived)
    assert _lives(mock, script, seed=3) == lived
    assert _lives(mock, script, seed=4) != lived


def test_audit_life_strikes_only_orders_that_are_pending(mock: MockShop, script: PageScript) -> None:
    others = {sn for sn, order in mock.truth()["orders"].items() if order["status"] != "pending"}
    was = mock.truth()["orders"]
    mock.fault("audit-life", share=1)
    for _ in range(40):
        script.listed(orderType=0)
    now = mock.truth()["orders"]
    assert {sn: now[sn] for sn in others} == {sn: was[sn] for sn in others}
    with pytest.raises(MockError, match="at most 1"):
        mock.fault("audit-life", share=1.5)


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("risk_control_status", {"risk_control_status": 1}),
        ("both", {"risk_status": 1, "risk_control_status": 1}),
        ("apart", {"risk_status": 0, "risk_control_status": 1}),
        ("unheard_of", {"risk_state": 1}),
    ],
)
def test_answers_tell_of_an_audit_under_another_name(
    mock: MockShop, script: PageScript, field: str, told: dict[str, int]
) -> None:
    sn = min(script.listed())
    mock.patch(sn, audit=True)
    mock.fault("risk-field", field=field)
    for shown in (script.listed()[sn], script.post(_DETAIL, {"order_sn": sn})["result"]):
        assert _risks(shown) == told


def _risks(shown: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in shown.items() if name.startswith("risk_")}


def test_pages_are_told_which_words_of_an_audit_to_show(mock: MockShop, script: PageScript) -> None:
    assert "auditWording" not in script.conf("/orders/list?tab=1")
    mock.fault("audit-wording", words="both")
    assert script.conf("/orders/list?tab=1")["auditWording"] == "both"
    assert script.conf("/orders/detail?sn=x")["auditWording"] == "both"
