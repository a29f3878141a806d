"""The template of a profile: it loads once it is filled in, and has every key that a new site may use."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from flows.orders.api import ReadsOrders
from flows.platforms.by_profile import BY_PROFILE
from flows.shipping.api import ShipsOrders
from rpa.elements.profile import Profile
from rpa.elements.registry import load_profile, profile_model, template
from rpa.errors import ConfigError

CHOICES = {"shipping": ("page", "dialog"), "tells": ("total", "pages"), "language": ("en", "zh")}
ANSWERS = [dict(zip(CHOICES, values, strict=True)) for values in itertools.product(*CHOICES.values())]
FILLED = {"name": '"mine"', "title": '"My \\"shop\\""', "base_url": '"https://shop.example"', "timezone": '"UTC"'}
ELSEWHERE = {"ExportWords", "NoticeWords", "ImportWords", "SettingWords", "TickedWords"}
"""Models of tables that the template only points at."""
OPTIONAL = re.compile(r"^#(?=[\[a-z_\"])", re.MULTILINE)
"""A line that only its # keeps from counting: prose has a blank behind it."""


def each_made(*, whole: bool) -> Iterator[tuple[dict[str, str], str]]:
    """The profile for each set of answers, filled in; `whole`: with everything optional."""
    for answers in ANSWERS:
        text = template().profile(answers, filled=FILLED)
        text = OPTIONAL.sub("", text) if whole else text
        yield answers, text.replace('type_in = "???"', 'type_in = "xxx"').replace("???", "xxx")


def loaded(folder: Path, text: str) -> Profile:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return load_profile("mine", folder=folder)


@pytest.mark.parametrize("whole", [False, True])
def test_the_template_loads_once_it_is_filled_in(tmp_path: Path, *, whole: bool) -> None:
    for number, (answers, text) in enumerate(each_made(whole=whole)):
        folder = tmp_path / str(number)
        folder.mkdir()
        profile = loaded(folder, text)
        assert (profile.name, profile.title.zh, profile.timezone) == ("mine", 'My "shop"', "UTC"), answers


@pytest.mark.parametrize("whole", [False, True])
def test_with_a_profile_of_the_template_orders_are_read_and_shipped_without_any_code(
    tmp_path: Path, *, whole: bool
) -> None:
    for number, (answers, text) in enumerate(each_made(whole=whole)):
        folder = tmp_path / str(number)
        folder.mkdir()
        profile = loaded(folder, text)
        wanted = BY_PROFILE.can if whole and answers["shipping"] == "page" else (ReadsOrders, ShipsOrders)
        lacks = [lack for each in wanted for lack in BY_PROFILE.lacking(each, profile=profile)]
        assert lacks == [], answers


def test_what_is_left_to_fill_in_is_named_each_with_its_line(tmp_path: Path) -> None:
    text = template().profile(ANSWERS[0], filled=FILLED)
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    told = dict(re.findall(r"mine\.toml:(\d+)  (\S+): is still to be filled in", str(caught.value)))
    live = [
        str(number) for number, line in enumerate(text.splitlines(), 1) if "???" in line and not line.startswith("#")
    ]
    assert list(told) == live
    assert "lists.orders.rows" in told.values()


def test_the_template_itself_asks_in_both_languages_what_decides() -> None:
    choices = {choice.key: choice for choice in template().choices}
    assert {key: choice.values for key, choice in choices.items()} == {
        key: values for key, values in CHOICES.items() if key != "language"
    }
    assert choices["tells"].after == ("shipping", "page")
    assert all(choice.text.en.endswith("?") and choice.text.zh.endswith("？") for choice in choices.values())


def test_marks_of_the_template_are_in_no_profile_and_each_answer_makes_another_one() -> None:
    texts = {text for _, text in each_made(whole=False)}
    assert [text for text in texts if re.search(r"^#[?<>]", text, re.MULTILINE)] == []
    assert len(texts) == len(ANSWERS)
    assert all(tomllib.loads(text) for text in texts)


# Every key


def test_every_key_of_a_profile_stands_in_the_template(tmp_path: Path) -> None:
    given: dict[str, set[str]] = {}
    for number, (_, text) in enumerate(each_made(whole=True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        note_keys(loaded(folder, text), given)
    missing = {
        model.__name__: keys
        for model in models(profile_model())
        if (
            keys := {
                key for key in model.model_fields if not any(key in given.get(each, ()) for each in of(model, key))
            }
        )
    }
    tables = {field for field, one in profile_model().model_fields.items() if kinds(one.annotation) & ELSEWHERE}
    assert missing.pop("ProfileFile", set()) == tables
    assert missing == {}


def of(model: type[BaseModel], key: str) -> Iterator[str]:
    """The model, and those from which it has this key."""
    for each in model.__mro__:
        if issubclass(each, BaseModel) and key in each.model_fields:
            yield each.__name__


def kinds(annotation: Any) -> set[str]:
    return {each.__name__ for each in (annotation, *get_args(annotation)) if isinstance(each, type)}


def note_keys(value: Any, given: dict[str, set[str]]) -> None:
    """The keys that are written of each model."""
    if isinstance(value, BaseModel):
        for key in value.model_fields_set:
            for model in of(type(value), key):
                given.setdefault(model, set()).add(key)
        inner = [getattr(value, name) for name in type(value).model_fields]
        note_keys([*inner, *(value.model_extra or {}).values()], given)
    elif isinstance(value, Mapping):
        note_keys(list(value.values()), given)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for each in value:
            note_keys(each, given)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names, and those that their fields do."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation.__name__ not in ELSEWHERE:
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for each in get_args(annotation):
        yield from models(each)
