"""Shape of a model at a key path: what it would accept, and its complaints in plain words."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, RootModel

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from rpa.toml.lines import Place

_WANTED = {
    "string_type": 'a text in quotes, like "…"',
    "int_type": "a whole number without quotes",
    "int_parsing": "a whole number without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number without quotes",
    "float_parsing": "a number without quotes",
    "bool_type": "true or false, without quotes",
    "bool_parsing": "true or false, without quotes",
    "list_type": "a list, like [ … ]",
    "tuple_type": "a list, like [ … ]",
    "dict_type": "a table",
    "model_type": "a table, like { … }",
    "model_attributes_type": "a table, like { … }",
}


def said(detail: ErrorDetails) -> str:
    """This complaint in words for someone who edits the file: what is there, what is wanted."""
    kind = detail["type"]
    if kind == "too_short":
        return "must not be empty"
    if kind == "missing":
        return "is missing"
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {_shown(detail['input'])}"
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, not {_shown(detail['input'])}"


def keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that the table at this path may have."""
    kinds: list[Any] = [model]
    for part in place:
        kinds = [step for kind in kinds for step in _inside(kind, part)]
    return sorted({name for kind in kinds for one in _models(kind) for name in _names(one)})


def _names(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    for one in _models(kind):
        field = next((f for name, f in one.model_fields.items() if (f.alias or name) == part), None)
        if field is not None:
            yield field.annotation
        elif one.model_config.get("extra") == "allow":
            yield get_args(get_type_hints(one)["__pydantic_extra__"])[1]
    for plain in _plain(kind):
        arguments = get_args(plain)
        if isinstance(get_origin(plain), type) and arguments:
            yield arguments[1] if issubclass(get_origin(plain), Mapping) else arguments[0]


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    for plain in _plain(kind):
        if isinstance(plain, type) and get_origin(plain) is None and issubclass(plain, BaseModel):
            yield plain


def _plain(kind: Any) -> Iterator[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _plain(get_args(kind)[0])
    elif origin is Union or origin is types.UnionType:
        for one in get_args(kind):
            yield from _plain(one)
    elif isinstance(kind, type) and origin is None and issubclass(kind, RootModel):
        yield from _plain(kind.model_fields["root"].annotation)
    else:
        yield kind


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004
