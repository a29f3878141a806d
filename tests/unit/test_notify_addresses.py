"""Addresses are secrets: where they are found, and that they are kept encrypted."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpa.config.tables import Channel
from rpa.credentials import Vault, forget_secret, key_from, make_key
from rpa.errors import ConfigError
from rpa.notify.addresses import Source, address_of, find_address, secret_name

URL = "dingtalk://s3cr3tT0ken99"


def test_the_environment_goes_before_the_store(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = Channel(name="boss", url_env="BOSS_URL")
    vault.save_secret(secret_name("boss"), URL)
    stored = address_of(channel, vault=vault)
    assert (stored.url, stored.source) == (URL, Source.STORE)
    monkeypatch.setenv("BOSS_URL", " wecombot://other \n")
    given = address_of(channel, vault=vault)
    assert (given.url, given.source) == ("wecombot://other", Source.ENVIRONMENT)


def test_an_empty_variable_is_no_address(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOSS_URL", " ")
    assert find_address(Channel(name="boss", url_env="BOSS_URL"), vault=vault) is None
    with pytest.raises(ConfigError, match=r"set the environment variable BOSS_URL, or run `rpa notify set boss`"):
        address_of(Channel(name="boss", url_env="BOSS_URL"), vault=None)


def test_an_address_is_kept_encrypted_until_it_is_forgotten(vault: Vault, tmp_path: Path) -> None:
    vault.save_secret("notify-boss", URL)
    assert vault.load_secret("notify-boss") == URL
    assert vault.load_secret("notify-other") is None
    assert b"s3cr3t" not in b"".join(path.read_bytes() for path in (tmp_path / "secrets").iterdir())
    assert forget_secret(tmp_path / "secrets", "notify-boss")
    assert not forget_secret(tmp_path / "secrets", "notify-boss")
    assert vault.load_secret("notify-boss") is None


def test_another_key_does_not_open_it_and_the_advice_is_not_to_log_in(vault: Vault, tmp_path: Path) -> None:
    vault.save_secret("notify-boss", URL)
    other = Vault(tmp_path / "secrets", key_from(make_key()))
    with pytest.raises(ConfigError, match="save the secret again") as caught:
        find_address(Channel(name="boss"), vault=other)
    assert "s3cr3t" not in str(caught.value)


def test_an_address_is_not_in_its_own_representation(vault: Vault) -> None:
    vault.save_secret("notify-boss", URL)
    assert "s3cr3t" not in repr(address_of(Channel(name="boss"), vault=vault))
