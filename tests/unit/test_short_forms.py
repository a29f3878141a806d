"""Short forms of a profile: each stands for what a long one says."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from rpa.elements.references import reference_mistakes
from rpa.elements.short_forms import TYPES, written_out

LISTS = """
[maps.status]
words = { "待发货" = "pending" }
codes = { "1" = "pending" }
[maps.sign]
codes = { "1" = "set" }
[lists.things]
answer = "things"
[lists.things.fields]
"""
ANSWERS = """
[answers.things]
url = "/things"
"""


def fields(line: str, *, answers: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """What this line says of the page, and of the answer."""
    data = written_out(tomllib.loads(f"{LISTS}{line}\n{ANSWERS}{answers}"))
    assert "maps" not in data
    assert "answer" not in data["lists"]["things"]
    return data["lists"]["things"]["fields"], data["answers"]["things"].get("fields", {})


@pytest.mark.parametrize(
    ("line", "shown", "told"),
    [
        ('it = { css = "b" }', {"css": "b"}, None),
        ('it = { css = "b", told = "a.b" }', {"css": "b"}, {"path": "a.b"}),
        (
            'it = { css = "b", optional = true, told = "a" }',
            {"css": "b", "optional": True},
            {"path": "a", "optional": True},
        ),
        (
            'it = { css = "b", optional = true, told = { path = "a", optional = false } }',
            {"css": "b", "optional": True},
            {"path": "a", "optional": False},
        ),
        (
            'it = { css = "b", map = "status", told = "a" }',
            {"css": "b", "map": {"待发货": "pending"}},
            {"path": "a", "map": {"1": "pending"}},
        ),
        (
            'it = { words = "w", told = { any = ["a", "b"], map = "sign" } }',
            {"words": "w"},
            {"any": ["a", "b"], "map": {"1": "set"}},
        ),
        (
            'it = { css = "b", type = "money", told = "a" }',
            {"css": "b", "pattern": r"\d+\.\d{2}", "unit": "yuan"},
            {"path": "a", "unit": "fen"},
        ),
        (
            'it = { css = "b", type = "money", unit = "money", told = { path = "a", unit = "yuan" } }',
            {"css": "b", "pattern": r"\d+\.\d{2}", "unit": "money"},
            {"path": "a", "unit": "yuan"},
        ),
        ('it = { css = "b", map = { "x" = "y" } }', {"css": "b", "map": {"x": "y"}}, None),
    ],
)
def test_a_line_says_what_is_shown_and_what_is_told(line: str, shown: dict[str, Any], told: dict[str, Any]) -> None:
    on_page, in_answer = fields(line)
    assert on_page == {"it": shown}
    assert in_answer == ({} if told is None else {"it": told})


def test_what_an_answer_says_itself_goes_before_what_a_list_says_of_it() -> None:
    own = '[answers.things.fields]\nit = "own"\nother = { path = "o", map = "sign" }'
    _, told = fields('it = { css = "b", told = "lists" }', answers=own)
    assert told == {"it": "own", "other": {"path": "o", "map": {"1": "set"}}}


def test_an_answer_is_like_another_but_for_what_it_says_itself() -> None:
    like = '[answers.one]\nlike = "things"\nwithout = ["gone"]\n[answers.one.fields]\nit = "own"'
    lines = 'it = { css = "b", told = "a" }\nmore = { css = "c", told = "m" }\ngone = { css = "d", told = "g" }'
    data = written_out(tomllib.loads(f"{LISTS}{lines}\n{ANSWERS}{like}"))
    assert data["answers"]["one"] == {"fields": {"it": "own", "more": {"path": "m"}}}


def test_names_that_point_nowhere_are_mistakes() -> None:
    text = f'{LISTS.replace("things]", "bad]", 1)}it = {{ css = "b", map = "statsu", type = "mony" }}\n{ANSWERS}'
    data = tomllib.loads(text.replace('answer = "things"', 'answer = "thing"') + 'like = "nobody"')
    told = "\n".join(f"{'.'.join(map(str, each.place))}: {each.text}" for each in reference_mistakes(data))
    assert 'lists.bad.answer: there is no "thing" in [answers]; did you mean "things"?' in told
    assert 'there is no "statsu" in [maps]; did you mean "status"?' in told
    assert 'there is no type "mony"; did you mean "money"?' in told
    assert 'answers.things.like: there is no "nobody" in [answers]' in told


def test_every_type_stands_for_something_that_both_sides_know() -> None:
    for on_page, in_answer in TYPES.values():
        assert on_page.keys() <= {"pattern", "unit"}
        assert in_answer.keys() <= {"unit"}


def test_tables_without_short_forms_stay_as_they_are() -> None:
    data = tomllib.loads('name = "x"\n[lists.a]\nrows = "li"\n[answers.b]\nurl = "/b"\n[pages.c]\npath = "/"')
    assert written_out(data) == data
