"""A login that cannot be used at the shop's address: why, and what a person does."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpa.address import Site
from rpa.credentials import Vault, key_from, make_key
from rpa.errors import LoginNeeded
from rpa.plugins import load_config
from rpa.runner.shop_session import _check_moved, premises_of

SHOP = '[shops.demo]\nplatform = "pinduoduo"\nmall_id = "1"\nbase_url = "http://127.0.0.1:9"\n'


def test_a_login_is_called_moved_only_where_its_address_is_known_to_be_another(tmp_path: Path) -> None:
    (tmp_path / "rpa.toml").write_text(SHOP, encoding="utf-8")
    config, vault = load_config(tmp_path / "rpa.toml"), Vault(tmp_path / "var" / "secrets", key_from(make_key()))
    premises = premises_of(config.shops["demo"], config=config, vault=vault)
    vault._save("state", "demo", b"{}")
    with pytest.raises(
        LoginNeeded, match=r"An earlier release kept the login of demo.* `rpa login demo` once.*`mock = true`"
    ):
        _check_moved(premises)
    vault.save_state("demo", b"{}", Site(origin="https://old.example"))
    with pytest.raises(LoginNeeded, match=r"The address of demo has changed: .* https://old\.example"):
        _check_moved(premises)
