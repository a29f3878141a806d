"""What a click on an element can do follows from what code does with it, whatever a profile says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.elements.profile import Profile, Risk
from rpa.elements.registry import load_profile, prepared, profile_model, selectors_folder
from rpa.elements.roles import refuse_undeclared, used, uses_in
from rpa.elements.uses import Uses
from rpa.errors import ConfigError
from rpa.plugins import platform_of

NO_STEPS: Final = load_profile("pinduoduo").model_copy(update={"shipping": None, "remarks": None})
DONE_FOR_GOOD: Final = {
    name: platform.uses(NO_STEPS).commits
    for name in ("pinduoduo", "oscar")
    if (platform := platform_of(name, folder=None)) is not None
}
"""By platform, what its classes commit with whatever steps there are; that of oscar is the one of every other site."""
NAMES: Final = (
    *DONE_FOR_GOOD["pinduoduo"],
    "ship.confirm",
    "orders.next",
    "orders.ship",
    "orders.search",
    "form.send",
    "form.field",
)
HERE: Final = {"source": "a test", "verified": "never"}

names = st.sampled_from(NAMES)
elements = st.fixed_dictionaries(
    {},
    optional={"within": st.sampled_from(["list:orders", "dialog:form"]), "irreversible": st.booleans()},
)
ticks = st.lists(st.builds(lambda name: {"tick": name}, names), min_size=1)
steps = st.builds(
    lambda confirm, puts, asked: {
        "form": "form",
        "confirm": confirm,
        "done": ["done"],
        "put": {"dialog": puts},
        **({"question": "form", "go_on": asked} if asked else {}),
    },
    names,
    ticks,
    st.none() | names,
)


@st.composite
def profiles_in_any_words(draw: st.DrawFn) -> dict[str, Any]:
    """A profile whose tables name its elements in any place: as signature, in the login, as what closes a dialog."""
    login = ("username", "password", "submit", "error", "challenge", "kicked", "account_tab")
    path = {"path": "/", "signature": draw(st.lists(names, min_size=1)), **HERE}
    more = draw(st.dictionaries(st.sampled_from(["no_right", "missing", "refused"]), names))
    orders = {"pages": ["home"], "rows": "tr", "key": "id", "fields": {"id": {"css": "td"}}}
    tables: dict[str, Any] = {
        "answers": {"order_list": {"url": "/orders", "rows": "rows"}},
        "lists": {"orders": orders, "order_detail": orders},
        "dialogs": {each: {"container": "div", "close": draw(names)} for each in ("form", "ship", "remark")},
        "shipping": {"steps": draw(st.lists(steps, min_size=1, max_size=1))},
    }
    told = {"page": "home", "locators": [{"css": "a"}], "expect": ["Go"], **HERE}
    return {
        "schema": 2,
        "name": draw(st.sampled_from(sorted(DONE_FOR_GOOD))),
        "title": {"en": "Any", "zh": "任意"},
        "base_url": "https://shop.example",
        "identity": {"mall_id": ["id"]},
        "session": {
            "login_path": "/login",
            "after_login": "home",
            "login": {
                "page": "home",
                **{key: draw(names) for key in login},
                "forms": [{"logins": ".+", "account_tab": draw(names), "username": draw(names)}],
            },
        },
        "pages": {"home": path | more},
        "elements": {name: {**told, **draw(elements)} for name in NAMES},
        "overlays": {"candidates": ["div"]},
        **{key: table for key, table in tables.items() if draw(st.booleans())},
    }


def as_used(data: dict[str, Any]) -> Profile:
    profile = profile_model().model_validate(prepared(data))
    return used(profile, uses_in(profile))


@settings(deadline=None)
@given(profiles_in_any_words())
def test_no_words_of_a_profile_make_harmless_what_code_does_for_good(data: dict[str, Any]) -> None:
    done = {*DONE_FOR_GOOD[data["name"]]}
    for step in data.get("shipping", {"steps": []})["steps"]:
        done |= {step["confirm"], step.get("go_on", step["confirm"])}
    found = as_used(data).elements
    assert {name for name in done if found[name].risk is not Risk.DESTRUCTIVE} == set()
    assert {name for name in done if not found[name].needs_person} == set()


def test_a_profile_has_no_word_for_the_risk(tmp_path: Path) -> None:
    text = (selectors_folder() / "oscar.toml").read_text(encoding="utf-8")
    for word in ("risk", "role"):
        said = text.replace('[elements."ship.go"]', f'[elements."ship.go"]\n{word} = "read"')
        (tmp_path / "oscar.toml").write_text(said, encoding="utf-8")
        with pytest.raises(ConfigError, match=rf"elements\.ship\.go\.{word}: unknown key"):
            load_profile("oscar", folder=tmp_path)


def test_what_several_do_with_an_element_counts_at_its_worst() -> None:
    profile = load_profile("oscar")
    uses = Uses(
        elements=("ship.go", "orders.next"), writes=("orders.next", "login.submit"), commits=("login.submit", "ship.go")
    )
    found = used(profile, uses).elements
    assert [found[name].risk for name in ("ship.go", "orders.next", "login.submit")] == [
        Risk.DESTRUCTIVE,
        Risk.WRITE,
        Risk.DESTRUCTIVE,
    ]


def test_what_nobody_says_that_they_use_is_destructive() -> None:
    """And the engine's own: the log-in, signatures, what closes dialogs, and what belongs to lists."""
    profile = load_profile("pinduoduo")
    assert (profile.element("detail.ship").role, profile.element("detail.ship").risk) == (None, Risk.DESTRUCTIVE)
    alone = used(profile, Uses()).elements
    for name in ("login.submit", "orders.pending_open", "notices.no_right", "export.cancel", "orders.page_size_option"):
        assert alone[name].risk is Risk.READ, name
    assert alone["ship.confirm"].role is None


def test_nothing_is_done_for_good_with_an_element_that_is_known_to_be_harmless() -> None:
    profile = load_profile("oscar")
    refuse_undeclared(profile.element("ship.go"))
    with pytest.raises(ConfigError, match=r"orders\.next what cannot be undone, and does not say so"):
        refuse_undeclared(profile.element("orders.next"))


def test_where_an_element_stands_follows_from_its_step_or_its_list() -> None:
    found = {name: load_profile("oscar").element(name).within for name in ("ship.go", "ship.lines", "ship.status")}
    assert found == {
        "ship.go": "dialog:shipping_event",
        "ship.lines": "dialog:shipping_event",
        "ship.status": "dialog:order_status",
    }
    assert load_profile("pinduoduo").element("exports.download").within == "list:export_records"


def test_another_place_than_that_of_its_step_is_refused(tmp_path: Path) -> None:
    text = (selectors_folder() / "oscar.toml").read_text(encoding="utf-8")
    for place in ("dialog:shipping_event", "dialog:order_status"):
        said = text.replace('[elements."ship.go"]', f'[elements."ship.go"]\nwithin = "{place}"')
        (tmp_path / "oscar.toml").write_text(said, encoding="utf-8")
        if place == "dialog:shipping_event":
            assert load_profile("oscar", folder=tmp_path).own == ()
            continue
        with pytest.raises(ConfigError, match=r"ship\.go\.within: the program looks for it in dialog:shipping_event"):
            load_profile("oscar", folder=tmp_path)


def test_in_two_places_an_element_is_looked_for_in_each_and_no_place_follows() -> None:
    twice = Uses(within={"list:orders": ("orders.next",), "dialog:order_status": ("orders.next",)})
    assert used(load_profile("oscar"), twice).element("orders.next").within is None
