"""What installed packages offer: flows, platforms and capabilities, found by entry points, imported when asked for."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from rpa.capability import Capability
from rpa.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import EntryPoint
    from types import ModuleType

    from pydantic import BaseModel

T = TypeVar("T")
_NOT_THERE = (ImportError, AttributeError, SyntaxError)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a capability, which is not imported yet."""

    entry: EntryPoint
    """That of the package which has the capability."""
    capability: str
    place: str
    """"module:name"."""
    problem: ConfigError | None = None
    """Why the whole package cannot be imported."""

    def load(self) -> object:
        """What stands in this place. Raises ConfigError naming package and place when it cannot be imported."""
        if self.problem is not None:
            raise self.problem
        try:
            return pkgutil.resolve_name(self.place)
        except (*_NOT_THERE, ValueError) as error:
            raise self.broken(error) from error

    def broken(self, error: Exception) -> ConfigError:
        """What is said of a part that cannot be used."""
        return _broken(self.entry, error, what=f'{self.place} of its capability "{self.capability}"')


def named_values(group: str, kind: type[T], *, what: str) -> dict[str, T]:
    """Values of this kind by their name: those in the modules of the packages that a group names.

    Raises ConfigError for two of one name.
    """
    found = ((entry, value) for entry in _entries(group) for value in _values_of(entry, kind, packages=False))
    return {name: value for name, (_, value) in _by_name(found, what=what).items()}


def profile_tables() -> dict[str, type[BaseModel]]:
    """Models of the tables that capabilities add to a selector profile, by the table's name."""
    return {name: _model(part) for name, part in _parts("profile_tables", what="profile table").items()}


def shop_settings() -> list[type[BaseModel]]:
    """Models of the settings that capabilities add to a shop's table in rpa.toml."""
    return [_model(part) for part in _listed("shop_settings")]


def commands() -> dict[str, Part]:
    """Commands that capabilities add, by name: functions or `typer.Typer`s.

    A package that cannot be imported disturbs no other: in place of its commands there is one of its entry's name.
    """
    broken = {entry.name: Part(entry, "", "", each) for entry, each in _found() if isinstance(each, ConfigError)}
    return dict(sorted({**_parts("commands", what="command", whole=not broken), **broken}.items()))


def alerts() -> list[Part]:
    """What tells the digest of things that did not happen in a shop."""
    return _listed("alerts")


def background_jobs() -> dict[str, Part]:
    """What the scheduler does every minute beside its runs, by name."""
    return _parts("background_jobs", what="background job")


def passing_documents() -> list[str]:
    """Kinds of documents that prove nothing once a newer one was read."""
    return [kind for _, each in _capabilities() for kind in each.passing_documents]


def evidence_of_runs() -> dict[str, Part]:
    """What tells which run made a folder of evidence, by the name of the folder that it lies in."""
    return _parts("evidence_of_runs", what="folder of evidence")


def delivery_kinds() -> frozenset[str]:
    """Kinds of actions that deliver something to a buyer."""
    return frozenset(kind for _, each in _capabilities() for kind in each.delivery_kinds)


@functools.cache
def _found() -> tuple[tuple[EntryPoint, Capability | ConfigError], ...]:
    """All capabilities, and for each package that cannot be imported why."""
    found: list[tuple[EntryPoint, Capability | ConfigError]] = []
    for entry in _entries("rpa.flows"):
        try:
            found += [(entry, each) for each in _values_of(entry, Capability, packages=True)]
        except ConfigError as error:
            found.append((entry, error))
    return tuple(found)


def _capabilities(*, whole: bool = True) -> list[tuple[EntryPoint, Capability]]:
    """`whole`: raise ConfigError when a package cannot be imported."""
    problem = next((each for _, each in _found() if isinstance(each, ConfigError)), None)
    if whole and problem is not None:
        raise problem
    usable = ((entry, each) for entry, each in _found() if isinstance(each, Capability))
    return list(_by_name(usable, what="capability").values())


def _parts(of: str, *, what: str, whole: bool = True) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for entry, each in _capabilities(whole=whole):
        for name, place in getattr(each, of).items():
            if name in found:
                raise ConfigError(
                    f'Two capabilities, {found[name].capability} and {each.name}, have a {what} called "{name}"; '
                    f"one is from {_origin(entry)}. Rename or uninstall one."
                )
            found[name] = Part(entry, each.name, place)
    return found


def _listed(of: str) -> list[Part]:
    return [Part(entry, each.name, place) for entry, each in _capabilities() for place in getattr(each, of)]


def _model(part: Part) -> type[BaseModel]:
    from pydantic import BaseModel

    model = part.load()
    if isinstance(model, type) and issubclass(model, BaseModel):
        return model
    raise part.broken(TypeError("it is not a pydantic model"))


@functools.cache
def _all_entries() -> tuple[EntryPoint, ...]:
    found = importlib.metadata.entry_points()
    return tuple(entry for group in found.groups if group.startswith("rpa.") for entry in found.select(group=group))


def _entries(group: str) -> list[EntryPoint]:
    return sorted((entry for entry in _all_entries() if entry.group == group), key=lambda entry: entry.name)


def _values_of(entry: EntryPoint, kind: type[T], *, packages: bool) -> Iterator[T]:
    """`packages`: only the packages below the entry's own are looked at, which is quick; else only its modules."""
    for module in _modules(entry, packages=packages):
        yield from (value for value in vars(module).values() if isinstance(value, kind))


def _modules(entry: EntryPoint, *, packages: bool) -> Iterator[ModuleType]:
    try:
        package = importlib.import_module(entry.value)
        yield package
        for found in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{entry.value}."):
            if found.ispkg == packages:
                yield importlib.import_module(found.name)
    except _NOT_THERE as error:
        raise _broken(entry, error) from error


def _by_name(values: Iterable[tuple[EntryPoint, T]], *, what: str) -> dict[str, tuple[EntryPoint, T]]:
    found: dict[str, tuple[EntryPoint, T]] = {}
    for entry, value in values:
        name = str(getattr(value, "name", ""))
        if found.setdefault(name, (entry, value))[1] is not value:
            raise ConfigError(
                f'Two {_PLURALS.get(what, what + "s")} are called "{name}"; one is from {_origin(entry)}. '
                "Rename or uninstall one."
            )
    return found


_PLURALS = {"capability": "capabilities"}


def _origin(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else "an unknown package"
    return f'{package} (entry point {entry.group}: {entry.name} = "{entry.value}")'


def _broken(entry: EntryPoint, error: Exception, *, what: str = "") -> ConfigError:
    said = f"{_origin(entry)} cannot be loaded: {what + ': ' if what else ''}{error}."
    return ConfigError(f"{said} Repair, reinstall or uninstall that package.")
