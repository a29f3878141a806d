"""What installed packages offer: flows, platforms and capabilities, found by entry points, imported when asked for."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from rpa.capability import Capability
from rpa.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import EntryPoint
    from types import ModuleType

    from pydantic import BaseModel

    from rpa.kind_words import KindWords
    from rpa.language import Text
    from rpa.starter import StarterPart

T = TypeVar("T")
_NOT_THERE = (ImportError, AttributeError, SyntaxError)


@dataclass(frozen=True, slots=True)
class _Value(Generic[T]):
    """Something that was found in a module of an entry's package."""

    entry: EntryPoint
    module: str
    value: T


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
    found = (each for entry in _entries(group) for each in _values_of(entry, kind, packages=False))
    return {name: each.value for name, each in _by_name(found, what=what).items()}


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
    problems = ((each.entry, each.value) for each in _found() if isinstance(each.value, ConfigError))
    broken = {entry.name: Part(entry, "", "", error) for entry, error in problems}
    return dict(sorted({**_parts("commands", what="command", whole=not broken), **broken}.items()))


def alerts() -> list[Part]:
    """What tells the digest of things that did not happen in a shop."""
    return _listed("alerts")


def advice() -> dict[str, Text]:
    """What to do about the incidents that capabilities open, by their cause."""
    from rpa.language import Text

    return {cause: _a(Text, part) for cause, part in _parts("advice", what="cause of incidents").items()}


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
    """Kinds of actions that deliver what has a deadline."""
    return frozenset(kind for _, each in _capabilities() for kind in each.delivery_kinds)


def words_of(kinds: Iterable[str]) -> KindWords:
    """What people read of actions of these kinds, as far as all of them share it.

    Raises ConfigError when such words cannot be loaded.
    """
    from rpa.kind_words import GENERAL, KindWords, shared

    told = _parts("kind_words", what="kind of actions")
    return shared([_a(KindWords, told[kind]) if kind in told else GENERAL for kind in set(kinds)])


def starter_parts() -> list[StarterPart]:
    """What capabilities add to the rpa.toml that `rpa init` writes."""
    from rpa.starter import StarterPart

    return [_a(StarterPart, part) for part in _listed("starter")]


def after_acceptance() -> list[Text]:
    """What a person does before the next live run, once a ledger was accepted as it is."""
    from rpa.language import Text

    return [_a(Text, part) for part in _listed("after_acceptance")]


@functools.cache
def _found() -> tuple[_Value[Capability] | _Value[ConfigError], ...]:
    """All capabilities, and for each package that cannot be imported why."""
    found: list[_Value[Capability] | _Value[ConfigError]] = []
    for entry in _entries("rpa.flows"):
        try:
            found += _values_of(entry, Capability, packages=True)
        except ConfigError as error:
            found.append(_Value(entry, entry.value, error))
    return tuple(found)


def _capabilities(*, whole: bool = True) -> list[tuple[EntryPoint, Capability]]:
    """`whole`: raise ConfigError when a package cannot be imported."""
    problem = next((each.value for each in _found() if isinstance(each.value, ConfigError)), None)
    if whole and problem is not None:
        raise problem
    usable = (_Value(each.entry, each.module, each.value) for each in _found() if isinstance(each.value, Capability))
    return [(each.entry, each.value) for each in _by_name(usable, what="capability").values()]


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


def _a(kind: type[T], part: Part) -> T:
    value = part.load()
    if isinstance(value, kind):
        return value
    raise part.broken(TypeError(f"it is not a {kind.__name__}"))


@functools.cache
def _all_entries() -> tuple[EntryPoint, ...]:
    found = importlib.metadata.entry_points()
    return tuple(entry for group in found.groups if group.startswith("rpa.") for entry in found.select(group=group))


def _entries(group: str) -> list[EntryPoint]:
    return sorted((entry for entry in _all_entries() if entry.group == group), key=lambda entry: entry.name)


def _values_of(entry: EntryPoint, kind: type[T], *, packages: bool) -> Iterator[_Value[T]]:
    """`packages`: only the packages below the entry's own are looked at, which is quick; else only its modules."""
    for module in _modules(entry, packages=packages):
        for value in vars(module).values():
            if isinstance(value, kind):
                yield _Value(entry, module.__name__, value)


def _modules(entry: EntryPoint, *, packages: bool) -> Iterator[ModuleType]:
    package = _imported(entry, entry.value)
    yield package
    for found in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{entry.value}."):
        if found.ispkg == packages:
            yield _imported(entry, found.name)


def _imported(entry: EntryPoint, module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except _NOT_THERE as error:
        raise _broken(entry, error, what="" if module == entry.value else module) from error


def _by_name(values: Iterable[_Value[T]], *, what: str) -> dict[str, _Value[T]]:
    found: dict[str, _Value[T]] = {}
    for each in values:
        name = str(getattr(each.value, "name", ""))
        first = found.setdefault(name, each)
        if first.value is not each.value:
            raise ConfigError(
                f'Two {_PLURALS.get(what, what + "s")} are called "{name}"; one is from {_origin(each.entry)}: '
                f"they stand in {first.module} and {each.module}. Rename or uninstall one."
            )
    return found


_PLURALS = {"capability": "capabilities"}


def _origin(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else "an unknown package"
    return f'{package} (entry point {entry.group}: {entry.name} = "{entry.value}")'


def _broken(entry: EntryPoint, error: Exception, *, what: str = "") -> ConfigError:
    said = f"{_origin(entry)} cannot be loaded: {what + ': ' if what else ''}{error}."
    return ConfigError(f"{said} Repair, reinstall or uninstall that package.")
