"""Plug-ins: the installed flows and platforms by name, and the configuration with what they add to it."""

from __future__ import annotations

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
    """Every platform by its name: the `Platform` values of the modules in the packages of group `rpa.platforms`."""
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
