"""Passwords, login states and other secrets, encrypted, one file each.

The key comes from RPA_KEY, a file that RPA_KEY_FILE names, a credential of systemd, or the OS keyring.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rpa.environment import VARIABLE, given_key, key_file
from rpa.errors import ConfigError
from rpa.files import private_folder, write_atomically
from rpa.language import Text

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from rpa.address import Site

KEY_BYTES = 32
_LONGEST_FILE: Final = 1000
_SERVICE = "merchant-rpa"
_ENTRY = "key"
_VERSION = b"RPA1"
_BOUND = b"RPA2"
"""Of what belongs to the site at which it was given: the origin stands before it, sealed with it."""
_NONCE_BYTES = 12
_TAG_BYTES = 16
_START = len(_VERSION)
_NONCE_END = _START + _NONCE_BYTES
_UNSAFE = ("plaintext", "null", "fail", "pyfs")
_NO_KEY = Text(
    en="There is no key: neither RPA_KEY nor RPA_KEY_FILE is set, and the keyring {problem} does not keep secrets. "
    "{how}",
    zh="没有密钥：未设置环境变量 RPA_KEY 或 RPA_KEY_FILE，本机密钥环（{problem}）又不能保存机密。"
    "请生成一个密钥，妥善保管，并设置为环境变量 RPA_KEY：\n{command}",
)
_NO_FILE = Text(
    en="The key cannot be read from {file} ({why}); put it there, or unset RPA_KEY_FILE.",
    zh="无法从 {file} 读取密钥（{why}）；请放入密钥文件，或取消环境变量 RPA_KEY_FILE。",
)
_MAKE_KEY = '  python -c "import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())"'
_HOW = f"Make a key with\n{_MAKE_KEY}\nkeep it safe, and set it as the environment variable RPA_KEY."


class Key:
    """The key of the encrypted store; never shown."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise ConfigError(f"A key has {KEY_BYTES} bytes. {_HOW}")
        self._raw = raw

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> str:
        raise TypeError("A key is not pickled.")

    def for_use(self, purpose: str) -> bytes:
        """A key derived for this purpose, so that one file's key opens no other."""
        return hashlib.blake2b(purpose.encode(), key=self._raw, digest_size=KEY_BYTES, person=b"merchant-rpa").digest()


def make_key() -> str:
    """A new key as RPA_KEY takes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def find_key() -> Key:
    """The key from RPA_KEY, else from a file, else from the OS keyring, where it is made on first use.

    Raises ConfigError that says what to do when there is none of them, the file cannot be read, or the keyring would
    keep it in plain text.
    """
    given, file = given_key(), key_file()
    if given:
        return key_from(given)
    return _from_keyring() if file is None else _from_file(file)


def _from_file(file: Path) -> Key:
    try:
        with file.open("rb") as opened:
            text = opened.read(_LONGEST_FILE).decode(errors="replace")
    except OSError as error:
        raise ConfigError(_NO_FILE.with_words(file=file, why=error.strerror or error)) from error
    return key_from(text, said_by=str(file))


def key_from(text: str, *, said_by: str = VARIABLE) -> Key:
    """The key that this text spells. Raises ConfigError when it is not 32 bytes in urlsafe base64."""
    plain = text.strip().rstrip("=")
    try:
        raw = base64.b64decode(f"{plain}{'=' * (-len(plain) % 4)}", altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ConfigError(f"{said_by} is not 32 bytes in urlsafe base64. {_HOW}")
    return Key(raw)


def unsafe_keyring(backend: KeyringBackend) -> str:
    """Why this keyring must not keep the key, naming it; empty if it may. A chain counts by its members."""
    kind = type(backend)
    name = f"{kind.__module__}.{kind.__qualname__}"
    members: list[KeyringBackend] = list(getattr(backend, "backends", []))
    if kind.__module__ == "keyring.backends.chainer":
        if not members:
            return f"{name} (with no keyring in it)"
        return next((problem for member in members if (problem := unsafe_keyring(member))), "")
    return name if any(word in name.lower() for word in _UNSAFE) else ""


def _from_keyring() -> Key:
    import keyring
    from keyring.errors import KeyringError

    backend = keyring.get_keyring()
    problem = unsafe_keyring(backend)
    if problem:
        raise ConfigError(_NO_KEY.with_words(problem=problem, how=_HOW, command=_MAKE_KEY))
    try:
        stored = backend.get_password(_SERVICE, _ENTRY)
        if stored is None:
            backend.set_password(_SERVICE, _ENTRY, make_key())
            stored = backend.get_password(_SERVICE, _ENTRY)
    except (KeyringError, OSError, RuntimeError) as error:
        raise ConfigError(
            f"The OS keyring cannot be used ({type(error).__name__}); unlock it, or set RPA_KEY. {_HOW}"
        ) from error
    if stored is None:
        raise ConfigError(f"The OS keyring did not keep the key. {_HOW}")
    return key_from(stored)


class Vault:
    """The encrypted store: what is saved for one shop can be opened for that shop only, and with this key only."""

    def __init__(self, folder: Path, key: Key) -> None:
        """`folder` is made when something is saved."""
        self._folder = folder
        self._key = key

    def __repr__(self) -> str:
        return f"Vault({str(self._folder)!r})"

    def save_state(self, shop: str, state: bytes, site: Site) -> None:
        """Keep a shop's login state, which belongs to this site."""
        self._save_at(site, "state", shop, state)

    def load_state(self, shop: str, site: Site) -> bytes | None:
        """A shop's login state at this site; None if there is none. Raises ConfigError when the key does not fit."""
        origin, data = self._load_given("state", shop)
        return data if site.takes(origin) else None

    def forget_state(self, shop: str) -> None:
        """Remove a shop's login state."""
        self._path("state", shop).unlink(missing_ok=True)

    def save_password(self, shop: str, login: str, password: str, site: Site) -> None:
        """Keep the password of one login of a shop, which belongs to this site; another login's is replaced."""
        self._save_at(site, "password", shop, json.dumps({"login": login, "password": password}).encode())

    def password(self, shop: str, login: str, site: Site) -> str | None:
        """The password of this login at this site; None if none is kept. Raises ConfigError when the key does not fit.

        One that an earlier release kept is bound to the site now, if that takes it.
        """
        origin, data = self._load_given("password", shop)
        entry = json.loads(data) if data is not None and site.takes(origin) else {}
        if entry.get("login") != login:
            return None
        if not origin:
            given = self._path("password", shop).stat()
            self.save_password(shop, login, entry["password"], site)
            # by its time a kick is over, and that somebody gave it is long ago
            os.utime(self._path("password", shop), ns=(given.st_atime_ns, given.st_mtime_ns))
        return str(entry["password"])

    def given_elsewhere(self, shop: str, site: Site) -> str | None:
        """The origin at which a shop's login was given, when none was given at this site; empty: an earlier release's.

        None: one was given here, or nowhere.
        """
        given = [self._load_given(kind, shop) for kind in ("state", "password")]
        origins = [origin for origin, data in given if data is not None]
        return None if any(map(site.takes, origins)) else next(iter(origins), None)

    def save_secret(self, name: str, secret: str) -> None:
        """Keep a secret that belongs to no shop, under a name that is fit for a file; an earlier one is replaced."""
        self._save("secret", name, secret.encode())

    def load_secret(self, name: str) -> str | None:
        """The secret of this name; None if there is none. Raises ConfigError when the key does not open it."""
        data = self._load("secret", name)
        return None if data is None else data.decode()

    def _path(self, kind: str, shop: str) -> Path:
        return self._folder / f"{shop}.{kind}"

    def _save_at(self, site: Site, kind: str, shop: str, data: bytes) -> None:
        self._save(kind, shop, site.origin.encode() + b"\n" + data, version=_BOUND)

    def _load_given(self, kind: str, shop: str) -> tuple[str, bytes | None]:
        """At which origin it was given (empty: not kept by an earlier release), and what; None if there is none."""
        version, data = self._load_any(kind, shop)
        if data is None or version != _BOUND:
            return "", data
        origin, _, rest = data.partition(b"\n")
        return origin.decode(), rest

    def _save(self, kind: str, shop: str, data: bytes, *, version: bytes = _VERSION) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        private_folder(self._folder)
        bound = _purpose(kind, shop, version=version)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key.for_use(bound)).encrypt(nonce, data, bound.encode())
        write_atomically(self._path(kind, shop), version + nonce + sealed)

    def _load(self, kind: str, shop: str) -> bytes | None:
        return self._load_any(kind, shop)[1]

    def _load_any(self, kind: str, shop: str) -> tuple[bytes, bytes | None]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        path = self._path(kind, shop)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return b"", None
        version, nonce, sealed = raw[:_START], raw[_START:_NONCE_END], raw[_NONCE_END:]
        if version in {_VERSION, _BOUND} and len(sealed) >= _TAG_BYTES:
            bound = _purpose(kind, shop, version=version)
            with contextlib.suppress(InvalidTag):
                return version, AESGCM(self._key.for_use(bound)).decrypt(nonce, sealed, bound.encode())
        again = "save the secret again" if kind == "secret" else f"run `rpa login {'SHOP' if '.' in shop else shop}`"
        advice = f"Set the RPA_KEY it was saved with, or remove the file and {again}."
        raise ConfigError(f"{path} does not open with this key, or it is damaged or another shop's. {advice}")


def _purpose(kind: str, shop: str, *, version: bytes) -> str:
    """What a file's key is made for: a file of one version does not open as one of another."""
    return f"{kind}:{shop}" if version == _VERSION else f"{kind}:{shop}@"


def forget_secret(folder: Path, name: str) -> bool:
    """Remove this secret from the store in this folder, which takes no key; gives whether there was one."""
    path = folder / f"{name}.secret"
    there = path.exists()
    path.unlink(missing_ok=True)
    return there
