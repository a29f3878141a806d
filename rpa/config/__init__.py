"""rpa.toml as values: the shops, what runs when, where state lies, how the browser is started."""

from __future__ import annotations

from rpa.config.broken import BrokenShop
from rpa.config.loaded import Config
from rpa.config.mistakes import flow_options
from rpa.config.offered import Offered
from rpa.config.reading import config_file, file_model, load
from rpa.config.shop import Caps, Shop, shop_name_problem
from rpa.config.tables import BrowserConfig, Channel, ConfigFile, DigestConfig, SchedulerConfig, WatchConfig

__all__ = [
    "BrokenShop",
    "BrowserConfig",
    "Caps",
    "Channel",
    "Config",
    "ConfigFile",
    "DigestConfig",
    "Offered",
    "SchedulerConfig",
    "Shop",
    "WatchConfig",
    "config_file",
    "file_model",
    "flow_options",
    "load",
    "shop_name_problem",
]
