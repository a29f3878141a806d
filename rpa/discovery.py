"""Entry points of installed packages: what they offer, found by group, loaded when asked for."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import pkgutil
from typing import TYPE_CHECKING, TypeVar

from rpa.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

    from pydantic import BaseModel


T = TypeVar("T")


def commands() -> dict[str, EntryPoint]:
    """Further commands by name (group `rpa.commands`); `load(entry)` gives the function or group, imported then."""
    return {entry.name: entry for entry in _entries("rpa.commands")}


def shop_settings() -> dict[str, type[BaseModel]]:
    """Models of the settings that flows add to a shop's table (group `rpa.shop_settings`)."""
    return {entry.name: _model(entry) for entry in _entries("rpa.shop_settings")}


def profile_sections() -> dict[str, type[BaseModel]]:
    """Models of the tables that flows add to a selector profile, by table name (group `rpa.profile_sections`)."""
    return {entry.name: _model(entry) for entry in _entries("rpa.profile_sections")}


def worries() -> dict[str, EntryPoint]:
    """What tells the digest of things that did not happen in a shop, by name (group `rpa.worries`); `load` gives it."""
    return {entry.name: entry for entry in _entries("rpa.worries")}


def chores() -> dict[str, EntryPoint]:
    """What the scheduler does every minute beside its runs, by name (group `rpa.chores`); `load` gives the function."""
    return {entry.name: entry for entry in _entries("rpa.chores")}


def load(entry: EntryPoint) -> object:
    """What this entry point names. Raises ConfigError naming the plug-in when it cannot be imported."""
    try:
        return entry.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise _broken(entry, error) from error


@functools.cache
def _all_entries() -> tuple[EntryPoint, ...]:
    found = importlib.metadata.entry_points()
    return tuple(entry for group in found.groups if group.startswith("rpa.") for entry in found.select(group=group))


def _entries(group: str) -> list[EntryPoint]:
    return sorted((entry for entry in _all_entries() if entry.group == group), key=lambda entry: entry.name)


def _model(entry: EntryPoint) -> type[BaseModel]:
    from pydantic import BaseModel

    model = load(entry)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return model
    raise _broken(entry, TypeError("it is not a pydantic model"))


def _values(group: str, kind: type[T]) -> Iterator[tuple[EntryPoint, T]]:
    for entry in _entries(group):
        for module in _modules(entry):
            for value in vars(module).values():
                if isinstance(value, kind):
                    yield entry, value


def _modules(entry: EntryPoint) -> Iterator[object]:
    try:
        package = importlib.import_module(entry.value)
        yield package
        for found in pkgutil.iter_modules(package.__path__, f"{entry.value}."):
            yield importlib.import_module(found.name)
    except (ImportError, AttributeError, SyntaxError) as error:
        raise _broken(entry, error) from error


def named_values(group: str, kind: type[T], *, what: str) -> dict[str, T]:
    """Values of this kind by their name: those in the modules of the packages that a group names.

    Raises ConfigError for two of one name.
    """
    found: dict[str, T] = {}
    for entry, value in _values(group, kind):
        name = str(getattr(value, "name", ""))
        if found.setdefault(name, value) is not value:
            raise ConfigError(
                f'Two {what}s are called "{name}"; one is from {_origin(entry)}. Rename or uninstall one.'
            )
    return found


def _origin(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else "an unknown package"
    return f'{package} (entry point {entry.group}: {entry.name} = "{entry.value}")'


def _broken(entry: EntryPoint, error: Exception) -> ConfigError:
    return ConfigError(f"{_origin(entry)} cannot be loaded: {error}. Repair, reinstall or uninstall that package.")
