"""What is known about a shop before a browser starts."""

from __future__ import annotations

from pathlib import Path

from rpa.credentials import Vault, key_from
from rpa.plugins import load_config
from rpa.runner.shop_session import premises_of
from tests.support.mock_shop import ShopFolder


def test_a_login_is_kept_of_the_hosts_as_the_browser_names_them(tmp_path: Path) -> None:
    folder = ShopFolder(tmp_path, url="https://商店.example:8443", mock=None)
    config = load_config(folder.path / "rpa.toml")
    vault = Vault(config.var / "secrets", key_from(folder.key))
    premises = premises_of(config.shop("demo"), config=config, vault=vault)
    assert premises.hosts == ("xn--czrs0t.example",)
    assert premises.site.origin == "https://xn--czrs0t.example:8443"
