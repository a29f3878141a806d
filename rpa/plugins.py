"""Plug-ins: the installed flows and platforms by name, and the configuration with what they add to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rpa.discovery import named_values, shop_settings

if TYPE_CHECKING:
    from pathlib import Path

    from rpa.config import Config, ConfigFile
    from rpa.flow import Flow
    from rpa.platforms import Platform


def flows() -> dict[str, Flow]:
    """Every flow by its name: the `Flow` values of the modules in the packages of group `rpa.flows`."""
    from rpa.flow import Flow

    return named_values("rpa.flows", Flow, what="flow")


def platforms() -> dict[str, Platform]:
    """Every platform that has a name: the `Platform` values of the modules in the packages of group `rpa.platforms`."""
    from rpa.elements.roles import COMMON

    return {name: platform for name, platform in _all_platforms().items() if name != COMMON}


def platform_of(name: str, *, folder: Path | None) -> Platform | None:
    """The platform of this name; the common one where only a profile is called so, in this folder or bundled."""
    from rpa.elements.registry import profiles
    from rpa.elements.roles import COMMON

    found, common = platforms().get(name), _all_platforms().get(COMMON)
    if found is not None or common is None or name not in profiles(folder=folder):
        return found
    return replace(common, name=name)


def _all_platforms() -> dict[str, Platform]:
    from rpa.platforms import Platform

    return named_values("rpa.platforms", Platform, what="platform")


def load_config(path: Path | None = None) -> Config:
    """The configuration, with the options and settings of the installed flows; see `rpa.config.load`."""
    from rpa.config import Offered, load

    return load(path, offered=Offered(flows=flows, shop_settings=shop_settings()))


def config_model() -> type[ConfigFile]:
    """The model of rpa.toml with the settings of the installed flows."""
    from rpa.config import file_model

    return file_model(shop_settings())
