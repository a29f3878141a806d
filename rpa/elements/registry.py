"""Registry of selector profiles: where they lie, read and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import create_model

from rpa import discovery
from rpa.elements.profile import Profile
from rpa.elements.references import reference_mistakes
from rpa.elements.risks import risk_mistakes
from rpa.elements.roles import role_mistakes, used, uses_in
from rpa.elements.short_forms import written_out
from rpa.elements.template import FILE, Template, gaps
from rpa.errors import ConfigError
from rpa.language import Text
from rpa.toml.document import did_you_mean, read, refuse

if TYPE_CHECKING:
    from pydantic import BaseModel

    from rpa.elements.upgrade import Upgrade

_NAMED = ("pages", "elements", "lists", "dialogs", "answers")
_NO_PROFILE = Text(
    en="“{name}” begins with _: such a file in selectors/ is no profile, but what one is made from. Name another.",
    zh="“{name}”以 _ 开头：selectors/ 中这样的文件不是页面描述，只是编写页面描述用的模板。请写别的名称。",
)


def load_profile(platform: str, *, folder: Path | None = None) -> Profile:
    """The profile of this platform: from the user's own `folder` if it is there, else the bundled one.

    Each of its elements has the role that the program's code gives it; one of the user's own knows what it says
    otherwise (`Profile.own`).

    Raises ConfigError listing all mistakes of the file, each with its line; and for a name that begins with _.
    """
    if platform.startswith("_"):
        raise ConfigError(_NO_PROFILE.with_words(name=platform))
    path = next((path for path in _places(platform, folder) if path.is_file()), None)
    if path is None:
        known = did_you_mean(platform, profiles(folder=folder))
        raise ConfigError(f'There is no profile for the platform "{platform}"{known}')
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed_ns: int) -> Profile:
    """The profile in this file as it was at this moment; read once, it is the same for all shops."""
    bundled = selectors_folder() / path.name
    own = path != bundled
    checks = [gaps, reference_mistakes, risk_mistakes] if own else [gaps, reference_mistakes]
    try:
        written = read(path, profile_model(), checks=checks, prepare=prepared)
    except ConfigError:
        _refuse_old(path)
        raise
    if written.name != path.stem:
        raise ConfigError(f'{path}: name is "{written.name}", but the file is called {path.name}; make them equal.')
    uses = uses_in(written)
    refuse(path, role_mistakes(written, uses))
    profile = used(written, uses)
    if own:
        profile.compare(_read(bundled, bundled.stat().st_mtime_ns).facts if bundled.is_file() else {})
    return profile


def upgrade_of(path: Path) -> Upgrade:
    """What becomes of this file when it is written as profiles are today. Raises ConfigError for other mistakes."""
    from rpa.elements.upgrade import upgraded

    bundled = selectors_folder() / path.name
    text = bundled.read_text(encoding="utf-8") if bundled.is_file() and bundled != path else None
    tables = discovery.profile_tables().keys()
    return upgraded(path, model=profile_model(), prepare=prepared, bundled=text, tables=tables)


def _refuse_old(path: Path) -> None:
    """Raise ConfigError, saying what would change, for a profile that is to be upgraded first."""
    from rpa.elements.upgrade import is_old

    if not is_old(path):
        return
    upgrade = upgrade_of(path)
    if upgrade.before != upgrade.after:
        raise ConfigError(upgrade.refusal)


def is_bundled(platform: str, *, folder: Path | None) -> bool:
    """Whether this platform's profile is the one that came with the program."""
    return folder is None or not (folder / f"{platform}.toml").is_file()


def profiles(*, folder: Path | None = None) -> list[str]:
    """Names of all profiles there are: of the files that do not begin with _."""
    folders = [each for each in (folder, selectors_folder()) if each is not None and each.is_dir()]
    return sorted({path.stem for each in folders for path in each.glob("[!_]*.toml")})


def zone_of(platform: str, *, folder: Path | None) -> str:
    """The time zone that a profile names, though it may not be filled in yet; the usual one where it names none."""
    usual = str(Profile.model_fields["timezone"].default)
    path = next((each for each in _places(platform, folder) if each.is_file()), None)
    try:
        zone = tomllib.loads(path.read_text(encoding="utf-8")).get("timezone", usual) if path is not None else usual
        return str(ZoneInfo(zone))
    except (ValueError, TypeError, ZoneInfoNotFoundError):
        return usual


def template() -> Template:
    """What new profiles are made from; it came with the program."""
    return Template((selectors_folder() / FILE).read_text(encoding="utf-8"))


def selectors_folder() -> Path:
    """Where the bundled profiles lie: inside the installed package, or beside `rpa/` in a clone.

    `importlib.resources.files("selectors")` cannot find them: that is Python's own module.
    """
    package = Path(str(files("rpa")))
    installed = package / "_selectors"
    return installed if installed.is_dir() else package.parent / "selectors"


def profile_model() -> type[Profile]:
    """The model of a profile with the tables that installed flows add."""
    tables = discovery.profile_tables()
    taken = sorted(set(tables) & set(Profile.model_fields))
    if taken:
        raise ConfigError(f"The profile table [{taken[0]}] is rpa's own; a capability of a plug-in offers it too.")
    return _model_with(tuple(tables.items()))


@cache
def _model_with(tables: tuple[tuple[str, type[BaseModel]], ...]) -> type[Profile]:
    sections: dict[str, Any] = {name: (model | None, None) for name, model in tables}
    return create_model("ProfileFile", __base__=Profile, **sections)


def prepared(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw tables with names and short forms written out: each table knows its name, one page is a list of one."""
    out = written_out(data)
    data = out
    for group in _NAMED:
        if isinstance(data.get(group), Mapping):
            out[group] = {name: _written_out(name, table) for name, table in data[group].items()}
    overlays = data.get("overlays")
    if isinstance(overlays, Mapping):
        named = {name: _written_out(name, one) for name, one in overlays.items() if isinstance(one, Mapping)}
        out["overlays"] = {**overlays, **named}
    return out


def _written_out(name: str, table: object) -> object:
    if not isinstance(table, Mapping):
        return table
    out = {**table, "name": name}
    if isinstance(table.get("page"), str):
        out["page"] = [table["page"]]
    if "url" in table and isinstance(table.get("fields"), Mapping):
        out["fields"] = {key: {"path": one} if isinstance(one, str) else one for key, one in table["fields"].items()}
    return out


def _places(platform: str, folder: Path | None) -> list[Path]:
    return [each / f"{platform}.toml" for each in (folder, selectors_folder()) if each is not None]
