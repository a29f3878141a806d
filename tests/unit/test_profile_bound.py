"""Nothing that decides in a profile can be changed without a person being asked again, or a refusal."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, create_model

from rpa.elements.facts import facts_of
from rpa.elements.profile import Risk
from rpa.elements.registry import load_profile, prepared, profile_model, profiles, selectors_folder
from rpa.elements.risks import risk_mistakes
from rpa.elements.roles import uses_in
from rpa.errors import ConfigError
from rpa.plugins import platforms

PINDUODUO: dict[str, Any] = tomllib.loads((selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8"))
DESCRIPTIVE = ("source", "verified")


def other_values(value: Any) -> Iterator[Any]:
    """This value with one thing in it changed, added or left out, each in turn."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in DESCRIPTIVE and isinstance(one, str):
                continue
            rest = {name: each for name, each in value.items() if name != key}
            yield rest
            yield {**rest, f"{key}x": one}
            yield from ({**value, key: other} for other in other_values(one))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield value[:number] + value[number + 1 :]
            yield from ([*value[:number], other, *value[number + 1 :]] for other in other_values(one))
        yield [*value, *copy.deepcopy(value[:1])]
        yield value[::-1]
    elif isinstance(value, bool):
        yield not value
    else:
        yield f"{value}x" if isinstance(value, str) else value + 1


SIDES = ("lists", "answers", "maps")
"""Sections whose lines say what stands in another one, too (`rpa.elements.short_forms`)."""


def parts(section: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The tables of a section one by one, or the section as it is; with what else belongs to each."""
    table = PINDUODUO[section]
    if section == "couriers":
        yield from (({section: {"known": [one]}}, {}) for one in table["known"])
        return
    named = section in ("pages", "elements", "dialogs", "popups", "words", *SIDES)
    each = ({section: {name: one}} for name, one in table.items()) if named else iter([{section: table}])
    yield from ((part, around(part) if section in SIDES else {}) for part in each)


def around(part: dict[str, Any]) -> dict[str, Any]:
    """The lists and answers that have to do with this one table of `SIDES`, and all maps."""
    [(section, tables)] = part.items()
    [(name, table)] = tables.items()
    lists, answers = PINDUODUO["lists"], PINDUODUO["answers"]
    names = {name, table.get("answer"), table.get("like")}
    used = f'"map": "{name}"'
    answered = {key for key, one in answers.items() if key in names or (section == "maps" and used in json.dumps(one))}
    answered |= {answers[key].get("like") for key in answered} & answers.keys()
    shown = {key for key, one in lists.items() if one.get("answer") in answered or used in json.dumps(one)}
    answered |= {lists[key].get("answer") for key in shown} & answers.keys()
    return {
        "lists": {key: lists[key] for key in sorted(shown)},
        "answers": {key: answers[key] for key in sorted(answered)},
        "maps": PINDUODUO["maps"],
    }


def read(part: dict[str, Any], beside: dict[str, Any], *, model: type[BaseModel]) -> BaseModel:
    [(section, tables)] = part.items()
    whole = {**beside, section: {**beside.get(section, {}), **tables} if beside else tables}
    return model.model_validate_json(json.dumps(prepared(whole)), strict=True)


@pytest.mark.slow
@pytest.mark.parametrize("section", PINDUODUO)
def test_each_word_of_a_profile_is_bound_to_its_confirmation_or_refused(section: str) -> None:
    names = ("lists", "answers") if section in SIDES else ("schema_version" if section == "schema" else section,)
    fields = profile_model().model_fields
    told: dict[str, Any] = {name: (fields[name].annotation, fields[name]) for name in names}
    model: type[BaseModel] = create_model("Part", __config__={"extra": "forbid"}, **told)
    tried = 0
    for part, beside in parts(section):
        before = read(part, beside, model=model)
        for value in other_values(part[section]):
            try:
                after = read({section: value}, beside, model=model)
            except ValidationError:
                continue
            tried += 1
            assert after == before or facts_of(after) != facts_of(before), value
    assert tried or section in ("schema", "animations")


def test_a_person_is_asked_for_what_the_shipped_profiles_are_used_for_for_good() -> None:
    for name in profiles():
        profile = load_profile(name)
        asked = {each.name for each in profile.elements.values() if each.needs_person}
        assert asked
        assert uses_in(profile).commits
        assert asked >= {*uses_in(profile).commits} & profile.elements.keys()


def test_a_dialog_is_not_left_by_what_cannot_be_undone(tmp_path: Path) -> None:
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    for right, wrong in (("ship.cancel", "ship.confirm"), ("ship.second_cancel", "ship.second_confirm")):
        own = text.replace(f'close = "{right}"', f'close = "{wrong}"')
        assert own != text
        (tmp_path / "pinduoduo.toml").write_text(own, encoding="utf-8")
        with pytest.raises(ConfigError, match=f"{wrong} does what cannot be undone, so it closes no dialog"):
            load_profile("pinduoduo", folder=tmp_path)


def test_a_risk_may_be_raised(tmp_path: Path) -> None:
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    raised = text.replace('[elements."export.make"]', '[elements."export.make"]\nirreversible = true')
    (tmp_path / "pinduoduo.toml").write_text(raised, encoding="utf-8")
    profile = load_profile("pinduoduo", folder=tmp_path)
    assert profile.element("export.make").risk is Risk.DESTRUCTIVE
    assert [each.place for each in profile.own] == ['elements."export.make".irreversible']


@pytest.mark.parametrize(
    "close",
    [
        {"role": "button", "name": "同意退款"},
        {"text": "确认"},
        {"role": "button", "name": "我知道了，发货"},
        {"label": "去设置"},
    ],
)
def test_a_popup_that_is_closed_by_other_words_than_those_that_close_is_refused(close: dict[str, str]) -> None:
    data = {"name": "pinduoduo", "popups": {"tip": {"container": "div", "close": close}}}
    [mistake] = risk_mistakes(data)
    assert mistake.place == ("popups", "tip", "close")
    assert "does not close a popup" in mistake.text


def test_a_sign_that_a_platform_always_tells_may_not_be_called_absent(tmp_path: Path) -> None:
    text = (selectors_folder() / "pinduoduo.toml").read_text(encoding="utf-8")
    for sign in sorted(platforms()["pinduoduo"].signs):
        absent = f'absent = ["buyer", "{sign}"]\n'
        (tmp_path / "pinduoduo.toml").write_text(
            text.replace("[identity]", f"{absent}\n[identity]", 1), encoding="utf-8"
        )
        with pytest.raises(ConfigError, match=rf'absent\.1: this platform always tells "{sign}"'):
            load_profile("pinduoduo", folder=tmp_path)
