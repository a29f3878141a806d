"""A flow's own options as they are written in rpa.toml, by their field's names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from rpa.errors import ConfigError
from rpa.toml.document import Mistake, did_you_mean
from rpa.toml.shape import said

if TYPE_CHECKING:
    from rpa.flow import Flow


def flow_options(flow: Flow, written: Mapping[str, Any], *, folder: Path) -> Any:
    """The flow's options dataclass with these values; paths count from `folder`. Raises ConfigError."""
    mistakes = list(option_mistakes(flow, written))
    if mistakes:
        listed = "; ".join(f"{'.'.join(map(str, each.place))}: {each.text}" for each in mistakes)
        raise ConfigError(f"The options of {flow.name} cannot be used: {listed}.")
    value = _read(flow, written)
    given = {name: _from(folder, getattr(value, name)) for name in value.model_fields_set}
    return flow.options(**given)


def option_mistakes(flow: Flow, written: Mapping[str, Any]) -> Iterator[Mistake]:
    """What is wrong with these values, each at its place among them."""
    for field in fields(flow.options):
        if field.name in written and field.metadata.get("attended"):
            yield Mistake((field.name,), f"takes a person at the terminal; no schedule can ask {flow.name} for it")
    try:
        _read(flow, written)
    except ValidationError as error:
        for detail in error.errors():
            unknown = detail["type"] == "extra_forbidden"
            known = [field.name for field in fields(flow.options)]
            text = f"no option of {flow.name}{did_you_mean(str(detail['loc'][0]), known)}" if unknown else said(detail)
            yield Mistake(detail["loc"], text)


def _read(flow: Flow, written: Mapping[str, Any]) -> BaseModel:
    hints = get_type_hints(flow.options)
    keys: dict[str, Any] = {
        field.name: (hints[field.name], Field(default=None if field.default is MISSING else field.default))
        for field in fields(flow.options)
    }
    model: type[BaseModel] = create_model("Options", __config__=ConfigDict(extra="forbid"), **keys)
    return model.model_validate_json(json.dumps(written, default=str), strict=True)


def _from(folder: Path, value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_from(folder, each) for each in value)
    return folder / value if isinstance(value, Path) else value
