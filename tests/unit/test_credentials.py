from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from rpa.address import Site
from rpa.credentials import Vault, find_key, key_from, make_key, unsafe_keyring
from rpa.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
SITE = Site(origin="https://shop.example")
PASSWORD = "demo-pass-1-发货"
STATE = b'{"cookies": [{"name": "PASS_ID", "value": "1-abc"}]}'


class KeepsSecrets(KeyringBackend):
    """A keyring as an operating system offers it, for the length of a test."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def os_keyring() -> Iterator[KeepsSecrets]:
    before, backend = keyring.get_keyring(), KeepsSecrets()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_what_is_saved_for_a_shop_is_there_again(vault: Vault) -> None:
    assert vault.load_state("demo", SITE) is None
    assert vault.password("demo", "clerk-1", SITE) is None
    vault.save_state("demo", STATE, SITE)
    vault.save_password("demo", "clerk-1", PASSWORD, SITE)
    assert vault.load_state("demo", SITE) == STATE
    assert vault.password("demo", "clerk-1", SITE) == PASSWORD
    vault.forget_state("demo")
    assert vault.load_state("demo", SITE) is None


def test_a_password_belongs_to_its_login(vault: Vault) -> None:
    vault.save_password("demo", "clerk-1", PASSWORD, SITE)
    assert vault.password("demo", "clerk-2", SITE) is None


def test_what_was_given_at_one_site_is_not_there_at_another(vault: Vault) -> None:
    vault.save_state("demo", STATE, SITE)
    vault.save_password("demo", "clerk-1", PASSWORD, SITE)
    assert vault.given_elsewhere("demo", SITE) is None
    for origin in ("http://shop.example", "https://shop.example:8443", "https://shop.example.com"):
        other = Site(origin=origin, takes_earlier=True)
        assert vault.load_state("demo", other) is None
        assert vault.password("demo", "clerk-1", other) is None
        assert vault.given_elsewhere("demo", other) == SITE.origin
    vault.save_password("demo", "clerk-1", PASSWORD, Site(origin="https://new.example"))
    assert vault.given_elsewhere("demo", Site(origin="https://new.example")) is None
    assert vault.given_elsewhere("nobody", SITE) is None


def test_what_an_earlier_release_kept_is_bound_to_the_first_site_that_takes_it(vault: Vault) -> None:
    entry = json.dumps({"login": "clerk-1", "password": PASSWORD}).encode()
    vault._save("password", "demo", entry)
    vault._save("state", "demo", STATE)
    assert vault.password("demo", "clerk-1", SITE) is None
    assert vault.load_state("demo", SITE) is None
    assert vault.given_elsewhere("demo", SITE) == ""
    platform = Site(origin="https://platform.example", takes_earlier=True)
    assert vault.given_elsewhere("demo", platform) is None
    assert vault.load_state("demo", platform) == STATE
    assert vault.password("demo", "clerk-1", platform) == PASSWORD
    assert vault.password("demo", "clerk-1", Site(origin="https://other.example", takes_earlier=True)) is None


def test_binding_a_password_to_its_site_is_no_new_login_of_a_person(vault: Vault, tmp_path: Path) -> None:
    vault._save("password", "demo", json.dumps({"login": "clerk-1", "password": PASSWORD}).encode())
    path = tmp_path / "secrets" / "demo.password"
    os.utime(path, (1000, 1000))
    assert vault.password("demo", "clerk-1", Site(origin="https://platform.example", takes_earlier=True)) == PASSWORD
    assert vault.given_elsewhere("demo", SITE) == "https://platform.example"
    assert path.stat().st_mtime == 1000


def test_a_file_says_by_its_seal_whether_it_is_bound_to_a_site(vault: Vault, tmp_path: Path) -> None:
    vault.save_state("demo", STATE, SITE)
    path = tmp_path / "secrets" / "demo.state"
    path.write_bytes(b"RPA1" + path.read_bytes()[4:])
    with pytest.raises(ConfigError, match="does not open"):
        vault.load_state("demo", SITE)


def test_nothing_secret_stands_in_the_files(vault: Vault, tmp_path: Path) -> None:
    vault.save_state("demo", STATE, SITE)
    vault.save_password("demo", "clerk-1", PASSWORD, SITE)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "secrets").iterdir())
    for part in (PASSWORD.encode(), b"clerk-1", b"PASS_ID", base64.b64encode(STATE)[:12]):
        assert part not in stored


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_their_owner_may_read_the_files_and_the_folder(vault: Vault, tmp_path: Path) -> None:
    vault.save_state("demo", STATE, SITE)
    (file,) = (tmp_path / "secrets").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_file_renamed_to_another_shop_or_another_use_does_not_open(vault: Vault, tmp_path: Path) -> None:
    vault.save_state("demo", STATE, SITE)
    folder = tmp_path / "secrets"
    shutil.copy(folder / "demo.state", folder / "other.state")
    shutil.copy(folder / "demo.state", folder / "demo.password")
    with pytest.raises(ConfigError, match=r"other\.state does not open"):
        vault.load_state("other", SITE)
    with pytest.raises(ConfigError, match=r"demo\.password does not open"):
        vault.password("demo", "clerk-1", SITE)


def test_another_key_does_not_open_it_and_the_message_says_what_to_do(vault: Vault, tmp_path: Path) -> None:
    vault.save_password("demo", "clerk-1", PASSWORD, SITE)
    key = make_key()
    with pytest.raises(ConfigError, match="does not open with this key") as caught:
        Vault(tmp_path / "secrets", key_from(key)).password("demo", "clerk-1", SITE)
    assert "RPA_KEY" in str(caught.value)
    said = "".join(traceback.format_exception(caught.value))
    assert key not in said
    assert PASSWORD not in said


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_never_taken_for_a_state(data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        vault = Vault(Path(name), key_from(make_key()))
        vault.save_state("demo", STATE, SITE)
        path = Path(name) / "demo.state"
        raw = bytearray(path.read_bytes())
        at = data.draw(st.integers(0, len(raw) - 1))
        damaged = data.draw(st.sampled_from(["cut", "flip"]))
        path.write_bytes(raw[:at] if damaged == "cut" else bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]]))
        with pytest.raises(ConfigError):
            vault.load_state("demo", SITE)


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on a file's size is POSIX's")
def test_a_disk_that_is_full_keeps_the_old_state_and_leaves_no_part(vault: Vault, tmp_path: Path) -> None:
    import resource

    vault.save_state("demo", STATE, SITE)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            vault.save_state("demo", secrets.token_bytes(100_000), SITE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert vault.load_state("demo", SITE) == STATE
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["demo.state"]


def test_the_key_is_shown_nowhere(vault: Vault) -> None:
    text = make_key()
    key = key_from(text)
    raw = base64.urlsafe_b64decode(text)
    for shown in (repr(key), str(key), repr(vault), f"{key!r}"):
        assert text not in shown
        assert repr(raw)[2:10] not in shown


def test_the_key_of_the_environment_goes_before_the_keyring(
    os_keyring: KeepsSecrets, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = make_key()
    monkeypatch.setenv("RPA_KEY", text)
    Vault(tmp_path, find_key()).save_state("demo", STATE, SITE)
    assert Vault(tmp_path, key_from(text.rstrip("="))).load_state("demo", SITE) == STATE
    assert not os_keyring.kept


@pytest.mark.parametrize("text", ["short", "é" * 43, "=", "A" * 40, "A" * 43 + "=AAAA", "*" * 43])
def test_a_key_that_is_not_one_is_refused_with_the_way_to_make_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPA_KEY", text)
    with pytest.raises(ConfigError, match=r"RPA_KEY is not 32 bytes[\s\S]*token_bytes\(32\)") as caught:
        find_key()
    assert len(text) < 10 or text not in str(caught.value)


def test_the_keyring_makes_the_key_once_and_keeps_it(os_keyring: KeepsSecrets, tmp_path: Path) -> None:
    Vault(tmp_path, find_key()).save_state("demo", STATE, SITE)
    assert Vault(tmp_path, find_key()).load_state("demo", SITE) == STATE
    assert [service for service, _ in os_keyring.kept] == ["merchant-rpa"]


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_without_a_key_or_a_keyring_the_message_names_it_and_says_what_to_do(backend: type[KeyringBackend]) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(backend())
    try:
        with pytest.raises(ConfigError, match=f"{backend.__module__}.Keyring") as caught:
            find_key()
    finally:
        keyring.set_keyring(before)
    assert "RPA_KEY" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_keyring_that_keeps_plain_text_is_refused_by_name_also_inside_a_chain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = type("PlaintextKeyring", (KeepsSecrets,), {"__module__": "keyrings.alt.file"})()
    assert unsafe_keyring(plain) == "keyrings.alt.file.PlaintextKeyring"
    assert unsafe_keyring(KeepsSecrets()) == ""
    kind: type[KeyringBackend] = chainer.ChainerBackend
    chain = kind()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [KeepsSecrets(), plain])
    assert unsafe_keyring(chain) == "keyrings.alt.file.PlaintextKeyring"
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [KeepsSecrets()])
    assert unsafe_keyring(chain) == ""


def test_the_key_is_taken_out_of_the_environment_once_and_found_all_the_same() -> None:
    text = make_key()
    program = (
        "import os; from rpa.credentials import find_key;"
        "from rpa.environment import given_key, take_key_out, without_key; take_key_out();"
        "assert not {'RPA_KEY'} & (os.environ.keys() | without_key().keys()); find_key(); print(given_key())"
    )
    environment = {**os.environ, "RPA_KEY": text, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == text


@pytest.mark.parametrize("way", ["RPA_KEY_FILE", "CREDENTIALS_DIRECTORY"])
def test_the_key_of_a_file_goes_before_the_keyring_and_after_the_variable(
    os_keyring: KeepsSecrets, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    file, text = tmp_path / "rpa-key", make_key()
    file.write_text(f"{text}\n")
    monkeypatch.setenv(way, str(file if way == "RPA_KEY_FILE" else tmp_path))
    Vault(tmp_path, find_key()).save_state("demo", STATE, SITE)
    assert Vault(tmp_path, key_from(text)).load_state("demo", SITE) == STATE
    monkeypatch.setenv("RPA_KEY", make_key())
    with pytest.raises(ConfigError, match="does not open with this key"):
        Vault(tmp_path, find_key()).load_state("demo", SITE)
    assert not os_keyring.kept


@pytest.mark.parametrize("content", [None, "", "no key at all", "x" * 5_000_000])
def test_a_file_that_is_to_have_the_key_and_has_none_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("RPA_KEY_FILE", str(file))
    with pytest.raises(ConfigError, match=r"cannot be read from|is not 32 bytes") as caught:
        find_key()
    assert str(file) in str(caught.value)
    assert "x" * 100 not in str(caught.value)
