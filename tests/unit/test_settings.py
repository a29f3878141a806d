"""What is made of a shop's settings: as expected only where page and answer agree, and told in words otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.orders.words import Couriers
from flows.settings.decide import compare_waybills, decide
from flows.settings.expected import Expected, ExpectedWaybills
from flows.settings.kind import ALSO_CHANGED, look_at
from flows.settings.model import DEFAULT_COURIER, KIND, Setting, SettingDecision, Waybills
from flows.settings.reasons import SettingReason
from flows.settings.web_check import in_doubt, of_form, of_list, waybills_of
from flows.settings.words import SettingWords
from rpa.elements.registry import load_profile
from rpa.elements.values import UNREADABLE
from rpa.ledger.actions import Action, Seen, State
from rpa.platforms import missing_capabilities
from rpa.plugins import flows, platform_of
from tests.support.made_orders import NOW

PROFILE = load_profile("douyin")
COURIERS = PROFILE.section(Couriers).table
ZTO = "中通快递"


def entry(n: int, *, chosen: bool = False, **more: Any) -> dict[str, Any]:
    """An address as the answer tells it."""
    set_ = "set" if chosen else "clear"
    return {"id": f"73{n:017d}", "place": f"浙江省 杭州市 路{n}号", "mobile": "138", "chosen": set_, **more}


def on_page(row: dict[str, Any]) -> dict[str, Any]:
    """The same as the page shows it."""
    return {name: row[name] for name in ("mobile", "chosen")} | {"place": str(row["place"]).replace(" ", "")}


ENTRIES = [entry(1, chosen=True), entry(2), entry(12)]
ADDRESSES = of_list("ship_from", [on_page(row) for row in ENTRIES], ENTRIES, total=3)
RULES = {"default_courier": "圆通快递", "promise_hours": "48", "note": ""}


def test_a_list_gives_what_is_chosen_what_may_be_and_all_else() -> None:
    assert ADDRESSES.doubt is None
    assert ADDRESSES.value == entry(1)["id"]
    assert list(ADDRESSES.offered) == [row["id"] for row in ENTRIES]
    assert ADDRESSES.others[f"{entry(2)['id']} mobile"] == "138"
    assert ADDRESSES.told(entry(2)["id"]) == {"place": "浙江省 杭州市 路2号", "mobile": "138"}


@pytest.mark.parametrize("field", ["place", "mobile", "chosen"])
def test_a_list_of_which_one_field_differs_is_in_doubt(field: str) -> None:
    for other in ("别", UNREADABLE):
        shown = [on_page(row) for row in ENTRIES]
        shown[1][field] = other
        assert of_list("ship_from", shown, ENTRIES, total=3).doubt


def test_a_list_that_is_not_whole_or_has_two_chosen_is_in_doubt() -> None:
    shown = [on_page(row) for row in ENTRIES]
    assert of_list("ship_from", shown[:2], ENTRIES, total=3).doubt
    assert of_list("ship_from", shown, ENTRIES[:2], total=2).doubt
    assert of_list("ship_from", shown, ENTRIES, total=4).doubt == "3 of 4 are listed"
    two = [ENTRIES[0], entry(2, chosen=True)]
    assert of_list("ship_from", [on_page(row) for row in two], two, total=2).doubt == "2 are set at once"
    same = [ENTRIES[0], {**entry(2), "id": ENTRIES[0]["id"]}]
    assert of_list("ship_from", [on_page(row) for row in same], same, total=2).doubt == "one id stands for several"
    unread = [ENTRIES[0], entry(2, remark=UNREADABLE)]
    assert of_list("ship_from", [on_page(row) for row in unread], unread, total=2).doubt == "remark cannot be read"


@pytest.mark.parametrize("field", sorted(RULES))
def test_a_form_of_which_one_field_differs_is_in_doubt(field: str) -> None:
    assert of_form("default_courier", RULES, RULES).doubt is None
    for other in ("别", UNREADABLE):
        assert of_form("default_courier", {**RULES, field: other}, RULES).doubt
        assert of_form("default_courier", RULES, {**RULES, field: other}).doubt


def test_an_address_is_meant_by_its_id_its_text_or_a_part_that_only_it_has() -> None:
    first, second, twelfth = ADDRESSES.offered
    assert ADDRESSES.meant(second) == [second]
    assert ADDRESSES.meant("浙江省杭州市路 2号") == [second]
    assert ADDRESSES.meant("路12") == [twelfth]
    assert ADDRESSES.meant("浙江省杭州市路1号") == [first]
    assert ADDRESSES.meant("杭州市") == [first, second, twelfth]
    assert ADDRESSES.meant("上海") == []


def saved(state: State = State.SUBMITTING, **facts: object) -> Action:
    """The default courier was set to `ZTO`."""
    return Action(
        id=1,
        shop="demo",
        kind=KIND,
        subject=DEFAULT_COURIER,
        part="",
        bundle="",
        payload={"value": ZTO},
        facts=facts,
        state=state,
        run_id="r",
        fence=1,
        created_at=NOW,
        updated_at=NOW,
        looks=1,
        detail="",
        answered_by="",
    )


def judged(setting: Setting, wanted: str, *, applies: bool = True, live: Any = None) -> SettingDecision:
    return decide(setting, wanted, live=live, applies=applies, couriers=COURIERS)


def test_each_setting_is_decided_by_what_is_there_wanted_and_done_before() -> None:
    form = of_form("default_courier", RULES, RULES)
    assert judged(form, "圆通", applies=False).reason == SettingReason.AS_EXPECTED
    assert judged(form, "中通", applies=False).reason == SettingReason.DIFFERS
    assert judged(form, "YTO").reason == SettingReason.ALREADY_THERE
    assert (judged(form, "中通").reason, judged(form, "中通").value) == (None, ZTO)
    assert judged(replace(form, doubt="?"), "圆通").reason == SettingReason.SOURCES_DISAGREE
    assert judged(ADDRESSES, "杭州市").reason == SettingReason.NO_SUCH_VALUE
    assert judged(ADDRESSES, "上海").reason == SettingReason.NO_SUCH_VALUE
    done = saved(State.DONE)
    assert judged(form, "中通", live=done).reason == SettingReason.CHANGED_BY_ANOTHER
    assert judged(form, "韵达", live=done).reason is None
    for state in (State.SUBMITTING, State.CONFLICT, State.UNKNOWN):
        assert judged(form, "中通", live=replace(done, state=state)).reason == SettingReason.UNKNOWN


def waybills(outlet: str = "一部", **more: Any) -> Waybills:
    return replace(Waybills(courier=ZTO, outlet=outlet, code=f"ZTO{outlet}", bound=True, balance=100), **more)


@given(balance=st.none() | st.integers(0, 10**6), least=st.none() | st.integers(0, 10**6), bound=st.booleans())
def test_few_waybills_warn_and_a_balance_that_is_not_told_never_does(
    balance: int | None, least: int | None, *, bound: bool
) -> None:
    listed = [waybills(balance=balance, bound=bound), waybills("二部", balance=0)]
    expected = ExpectedWaybills(courier="中通", outlet="一部")
    row = compare_waybills(expected, listed, least=least, couriers=COURIERS)
    few = balance is not None and least is not None and balance < least
    told = SettingReason.BALANCE_LOW if few else SettingReason.AS_EXPECTED
    wanted = SettingReason.BALANCE_NOT_TOLD if balance is None else told
    assert row.reason == (wanted if bound else SettingReason.NOT_BOUND)


def test_an_account_in_doubt_is_never_fine_and_one_of_two_is_not_guessed() -> None:
    def reason(*listed: Waybills, outlet: str = "一部") -> Any:
        expected = ExpectedWaybills(courier=ZTO, outlet=outlet)
        return compare_waybills(expected, listed, least=0, couriers=COURIERS).reason

    assert reason(waybills(), waybills("二部")) == SettingReason.AS_EXPECTED
    assert reason(waybills(), outlet="ZTO一部") == SettingReason.AS_EXPECTED
    assert reason(waybills(doubt="?")) == SettingReason.SOURCES_DISAGREE
    assert reason(waybills(), waybills("二部", doubt="?")) == SettingReason.AS_EXPECTED
    assert reason(waybills("二部", doubt="?")) == SettingReason.SOURCES_DISAGREE
    assert reason(waybills("二部")) == SettingReason.NO_SUCH_OUTLET
    assert reason(waybills(), waybills("二部"), outlet="") == SettingReason.NO_SUCH_OUTLET
    assert reason(waybills(), outlet="") == SettingReason.AS_EXPECTED


def test_each_account_may_have_a_threshold_of_its_own() -> None:
    expected = Expected(balance_below=200)
    assert expected.least(ExpectedWaybills(courier=ZTO)) == 200
    assert expected.least(ExpectedWaybills(courier=ZTO, at_least=0)) == 0
    assert Expected().least(ExpectedWaybills(courier=ZTO)) is None
    with pytest.raises(ValidationError):
        Expected(ship_from=" ")
    with pytest.raises(ValidationError):
        Expected(balance_below=-1)


def account(**more: Any) -> dict[str, Any]:
    return {"courier": ZTO, "outlet": "一部", "code": "Z1", "balance": "86", "bound": "set", **more}


def test_page_and_answer_of_the_accounts_are_compared_row_by_row() -> None:
    def read(shown: list[dict[str, Any]], told: list[dict[str, Any]], total: int | None = None) -> list[Waybills]:
        return waybills_of(shown, told, total=total, not_told=("-", "-1"))

    [both] = read([account()], [account()])
    assert (both.balance, both.bound, both.doubt) == (86, True, None)
    [none] = read([account(balance="-")], [account(balance="-1")])
    assert (none.balance, none.doubt) == (None, None)
    two = read([account(), account(outlet="二部", balance="5")], [account(), account(outlet="二部", balance="5")])
    assert [(each.outlet, each.balance) for each in two] == [("一部", 86), ("二部", 5)]
    assert in_doubt(two) is None
    for other in ("-", "0", "abc", "八", UNREADABLE):
        assert in_doubt(read([account(balance=other)], [account()]))
        assert in_doubt(read([account()], [account(balance=other)]))
    assert in_doubt(read([account(bound="clear")], [account()]))
    assert in_doubt(read([], [account()]))
    assert in_doubt(read([account()], []))
    assert in_doubt(read([account()], [account()], total=2)) == "1 of 2 are listed"


def test_a_look_counts_as_ours_only_when_nothing_else_has_changed() -> None:
    action = saved(value_before="圆通快递", others_before={"note": "a", "hours": "48"})
    now = Setting(name="default_courier", value=ZTO, others={"note": "a", "hours": "48"})
    assert look_at(action, now).seen is Seen.OURS
    assert look_at(action, replace(now, value="圆通快递")).seen is Seen.NOTHING
    assert look_at(action, replace(now, value="EMS")).seen is Seen.OTHER
    assert look_at(action, replace(now, doubt="?")).seen is Seen.UNREADABLE
    for others in ({"note": "b", "hours": "48"}, {"note": "a"}, {"note": "a", "hours": "48", "new": "1"}):
        look = look_at(action, replace(now, others=others))
        assert (look.seen, bool(look.facts[ALSO_CHANGED])) == (Seen.OTHER, True)
    changed = look_at(action, replace(now, others={"note": "b", "hours": "48"}))
    assert changed.facts[ALSO_CHANGED] == "note: a → b"


def test_a_platform_without_settings_is_refused_by_name() -> None:
    for name, lacking in (("douyin", []), ("pinduoduo", ["KeepsSettings"]), ("oscar", ["KeepsSettings"])):
        platform = platform_of(name, folder=None)
        assert platform is not None
        assert missing_capabilities(flows()["shop-settings"], platform, profile=load_profile(name)) == lacking


def test_a_profile_must_say_how_each_setting_is_set() -> None:
    table = PROFILE.section(SettingWords).model_dump(exclude_defaults=True)
    assert SettingWords.model_validate(table) == PROFILE.section(SettingWords)
    for steps in (table["steps"][:1], [*table["steps"], table["steps"][0]]):
        with pytest.raises(ValidationError):
            SettingWords.model_validate({**table, "steps": steps})
    wrong = [table["steps"][0], {**table["steps"][1], "put": [{"fill": "x", "value": "{ship_from}"}]}]
    with pytest.raises(ValidationError):
        SettingWords.model_validate({**table, "steps": wrong})
