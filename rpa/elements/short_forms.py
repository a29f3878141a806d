"""Short forms of a profile: what is shown and what is told stand side by side, one line a field. Pure.

A list names its `answer`, and each of its fields may say where that has the same thing (`told`); `type` stands for
pattern and unit on both sides; `map` may be the name of a table `[maps.NAME]` with the `words` of the page and the
`codes` of the answer; an answer that tells what another one does is `like` it, but for the fields that it names itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Table = Mapping[str, Any]

TYPES: Final[Mapping[str, tuple[Table, Table]]] = {
    "text": ({}, {}),
    "count": ({"pattern": r"\d+"}, {}),
    "money": ({"pattern": r"\d+\.\d{2}", "unit": "yuan"}, {"unit": "fen"}),
    "moment": ({"pattern": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", "unit": "local_time"}, {"unit": "unix_s"}),
}
"""By type, what it stands for on the page, and in an answer; what a field says itself goes first."""
_BOTH: Final = ("optional",)
"""Keys of a field that hold on both sides, unless its `told` says otherwise."""


def written_out(data: Table) -> dict[str, Any]:
    """The raw tables of a profile with its short forms written out."""
    out, maps = dict(data), _tables(data, "maps")
    out.pop("maps", None)
    answers = {name: dict(table) for name, table in _tables(data, "answers").items()}
    lists = {}
    for name, table in _tables(data, "lists").items():
        shown, told = _sides(_tables(table, "fields"), maps=maps)
        rest = {key: value for key, value in table.items() if key != "answer"}
        lists[name] = {**rest, "fields": shown} if "fields" in table else rest
        answer = answers.get(str(table.get("answer")))
        if answer is not None and told:
            answer["fields"] = {**told, **_codes(_tables(answer, "fields"), maps=maps)}
    for table in answers.values():
        if isinstance(table.get("fields"), Mapping):
            table["fields"] = _codes(table["fields"], maps=maps)
    for table in answers.values():
        model = answers.get(str(table.pop("like", "")))
        if model is not None:
            without = table.pop("without", [])
            fields = {name: each for name, each in _tables(model, "fields").items() if name not in without}
            table["fields"] = {**fields, **_tables(table, "fields")}
    if "lists" in data:
        out["lists"] = lists
    if "answers" in data:
        out["answers"] = answers
    return out


def _sides(fields: Table, *, maps: Table) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields as the page shows them, and as the answer tells them."""
    shown, told = {}, {}
    for name, field in fields.items():
        if not isinstance(field, Mapping):
            shown[name] = field
            continue
        rest = {key: value for key, value in field.items() if key not in {"told", "type"}}
        on_page, in_answer = TYPES.get(str(field.get("type")), ({}, {}))
        shown[name] = _mapped({**on_page, **rest}, side="words", maps=maps)
        if "told" in field:
            said = {"path": field["told"]} if isinstance(field["told"], str) else field["told"]
            both = {key: field[key] for key in _BOTH if key in field}
            meant = {"map": field["map"]} if isinstance(field.get("map"), str) else {}
            told[name] = _mapped({**in_answer, **both, **meant, **said}, side="codes", maps=maps)
    return shown, told


def _codes(fields: Table, *, maps: Table) -> dict[str, Any]:
    return {name: _mapped(each, side="codes", maps=maps) for name, each in fields.items()}


def _mapped(field: Any, *, side: str, maps: Table) -> Any:
    """The field with the table that its `map` names; a name that no table has stays, for the model to refuse."""
    if not isinstance(field, Mapping) or not isinstance(field.get("map"), str):
        return field
    found = maps.get(field["map"])
    side_of = found.get(side) if isinstance(found, Mapping) else None
    return {**field, "map": side_of} if side_of is not None else dict(field)


def _tables(data: Table, name: str) -> dict[str, Any]:
    found = data.get(name)
    return dict(found) if isinstance(found, Mapping) else {}
