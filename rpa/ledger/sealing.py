"""Seal: what encrypts and opens the items of one stock, and tells equal ones by a keyed digest."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from rpa.errors import ConfigError
from rpa.language import Text

if TYPE_CHECKING:
    from rpa.credentials import Key

_VERSION: Final = b"S1"
_NONCE_BYTES: Final = 12
_START: Final = len(_VERSION)
_NONCE_END: Final = _START + _NONCE_BYTES
_CHECK: Final = "check"
_OTHER_KEY = Text(
    en="An item of the stock {owner} does not open with this key, or it is damaged. Set the RPA_KEY that it was sealed "
    "with.",
    zh="库存 {owner} 中有一项无法用当前密钥打开，或已损坏。请设置加密时使用的 RPA_KEY。",
)


class Seal:
    """Both keys of one stock, which no database has: one encrypts, one makes digests. Never shown, never pickled."""

    __slots__ = ("_digests", "_encrypts", "owner")

    def __init__(self, key: Key, *, owner: str) -> None:
        """`owner`: whose stock it is; what is sealed for one opens for no other."""
        self.owner = owner
        self._encrypts = key.for_use(f"sealed stock:{owner}")
        self._digests = key.for_use(f"sealed stock digest:{owner}")

    def __repr__(self) -> str:
        return f"Seal(owner={self.owner!r})"

    def __reduce__(self) -> str:
        raise TypeError("A seal is not pickled.")

    def digest(self, text: str) -> str:
        """The keyed digest of a text: equal ones have equal ones, and nobody without the key can try texts."""
        return hmac.new(self._digests, f"text:{text}".encode(), sha256).hexdigest()

    @property
    def check(self) -> str:
        """What tells that this is the key of a stock, and nothing else."""
        return hmac.new(self._digests, _CHECK.encode(), sha256).hexdigest()

    def close(self, content: str, *, digest: str) -> bytes:
        """The content, encrypted and bound to the item of this digest."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + AESGCM(self._encrypts).encrypt(nonce, content.encode(), self._bound(digest))

    def open(self, sealed: bytes, *, digest: str) -> str:
        """What was closed. Raises ConfigError for another key, another item's content, or a damaged one."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, rest = sealed[_START:_NONCE_END], sealed[_NONCE_END:]
        damaged = ConfigError(_OTHER_KEY.with_words(owner=self.owner))
        if sealed[:_START] != _VERSION:
            raise damaged
        try:
            return AESGCM(self._encrypts).decrypt(nonce, rest, self._bound(digest)).decode()
        except (InvalidTag, ValueError) as error:
            raise damaged from error

    def _bound(self, digest: str) -> bytes:
        return f"{self.owner}\n{digest}".encode()
