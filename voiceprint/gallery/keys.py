"""The master key: what it is, and how it is read from a text."""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from speech.errors import ConfigError

SIZE = 32
"""Bytes in a key: AES-256."""


def derive(secret: bytes, use: str) -> bytes:
    """A key for one use out of another key: HKDF with SHA-256 (RFC 5869)."""
    return HKDF(SHA256(), SIZE, salt=None, info=b"sonorant gallery " + use.encode()).derive(secret)


class MasterKey:
    """32 random bytes that open a gallery.

    Parameters
    ----------
    secret
        The bytes.

    Raises
    ------
    ConfigError
        There are not 32 of them, or they are all the same.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SIZE or len(set(secret)) == 1:
            raise ConfigError(
                f"a gallery key is {SIZE} random bytes, in base64: make one with "
                f"'openssl rand -base64 {SIZE}'"
            )
        self._secret = secret

    @classmethod
    def new(cls) -> MasterKey:
        """A random one."""
        return cls(secrets.token_bytes(SIZE))

    @classmethod
    def from_text(cls, text: str) -> MasterKey:
        """Read one from base64, standard or URL-safe; raises ConfigError."""
        plain = text.strip().replace("-", "+").replace("_", "/")
        try:
            secret = base64.b64decode(plain, validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        return cls(secret)

    def to_text(self) -> str:
        """The key in base64: whoever has it can open the gallery."""
        return base64.b64encode(self._secret).decode()

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that tell keys apart and give nothing of them away."""
        return derive(self._secret, "key id")[:4].hex()

    def derive(self, use: str) -> bytes:
        """The key for one use."""
        return derive(self._secret, use)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MasterKey) and secrets.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"
