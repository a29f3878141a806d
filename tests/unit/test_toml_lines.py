from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa.toml.lines import Place, key_lines

NAMES = st.text("ab-_1. \"'#[]{}=,店", min_size=1, max_size=6)
SCALARS = st.one_of(st.integers(-9, 99), st.booleans(), st.text("a\"'\\\n#[]{}=,店", max_size=8), st.dates())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


def places(data: object, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    entries: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield from places(value, (*place, key))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_every_key_and_item_of_a_valid_file_has_a_line(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    found = key_lines(text)
    missing = set(places(tomllib.loads(text))) - set(found)
    assert not missing, text
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


def test_the_line_is_the_one_where_the_key_stands() -> None:
    text = """\
# a comment with [brackets] and = signs
top = 1
[shops."a.b"] # another
text = '''
not.a.key = 1
'''
list = [
  1, # one
  { x = "]", y = [2,
    3] },
]
dotted.name = "x"
[[many]]
n = 1
[[many]]
n = 2
[many.inner]
deep = true
"""
    lines = key_lines(text)
    wanted: dict[Place, int] = {
        ("top",): 2,
        ("shops",): 3,
        ("shops", "a.b"): 3,
        ("shops", "a.b", "text"): 4,
        ("shops", "a.b", "list", 0): 8,
        ("shops", "a.b", "list", 1, "x"): 9,
        ("shops", "a.b", "list", 1, "y", 1): 10,
        ("shops", "a.b", "dotted", "name"): 12,
        ("many", 0, "n"): 14,
        ("many", 1, "n"): 16,
        ("many", 1, "inner", "deep"): 18,
    }
    assert {place: lines[place] for place in wanted} == wanted
    assert ("shops", "a.b", "not", "a", "key") not in lines
