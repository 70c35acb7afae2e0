"""Sealing: everything about people is encrypted before it reaches the database.

A random data key encrypts (AES-256-GCM, NIST SP 800-38D, a random nonce each time), and is itself
kept encrypted under the master key. Each text is bound to the place it belongs to, so that one
moved to another row cannot be opened there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from speech.errors import GalleryError
from voiceprint.gallery.keys import SIZE, MasterKey, derive

_FORMAT = b"\x01"
"""The first byte of everything sealed; it is part of what is authenticated."""
_NONCE = 12
_TAG = 16
_TOKEN = 16


class TamperedError(GalleryError):
    """Something sealed was changed, or belongs elsewhere."""


class Vault:
    """Seals and opens under one data key. Safe to use from several threads.

    Parameters
    ----------
    data_key
        32 random bytes.
    """

    def __init__(self, data_key: bytes) -> None:
        self._data_key = data_key
        self._cipher = AESGCM(derive(data_key, "sealing"))
        self._names = derive(data_key, "names")

    @classmethod
    def new(cls) -> Vault:
        """One with a fresh data key."""
        return cls(secrets.token_bytes(SIZE))

    @classmethod
    def unwrap(cls, wrapped: bytes, master: MasterKey, epoch: int) -> Vault | None:
        """The vault whose data key was wrapped, or None if it was under another master key."""
        try:
            return cls(_open(AESGCM(master.derive("wrapping")), wrapped, _place("data key", epoch)))
        except TamperedError:
            return None

    def wrap(self, master: MasterKey, epoch: int) -> bytes:
        """The data key, encrypted under a master key."""
        cipher = AESGCM(master.derive("wrapping"))
        return _seal(cipher, self._data_key, _place("data key", epoch))

    def seal(self, plain: bytes, kind: str, *place: str | int | None) -> bytes:
        """Encrypt something that belongs to a place: nonce, ciphertext, tag."""
        return _seal(self._cipher, plain, _place(kind, *place))

    def open(self, sealed: bytes, kind: str, *place: str | int | None) -> bytes:
        """Decrypt what was sealed for the same place.

        Raises
        ------
        TamperedError
            It was changed, or was sealed for another place or under another key.
        """
        return _open(self._cipher, sealed, _place(kind, *place))

    def token(self, kind: str, text: str) -> bytes:
        """What stands for a text where it has to be found again: HMAC-SHA-256, 16 bytes."""
        place = _place(kind, text)
        return hmac.digest(self._names, place, hashlib.sha256)[:_TOKEN]


def _place(kind: str, *place: str | int | None) -> bytes:
    return json.dumps([kind, *place], ensure_ascii=False, separators=(",", ":")).encode()


def _seal(cipher: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + nonce + cipher.encrypt(nonce, plain, _FORMAT + place)


def _open(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes:
    if len(sealed) < len(_FORMAT) + _NONCE + _TAG or sealed[:1] != _FORMAT:
        raise TamperedError("it is not in a known format")
    nonce, text = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return cipher.decrypt(nonce, text, _FORMAT + place)
    except InvalidTag:
        raise TamperedError("it was changed, or belongs elsewhere") from None
