"""Tokens: made and revoked by the command line, kept only as hashes.

A token is 256 random bits. Its SHA-256 is enough to keep: slow hashes protect passwords, which can
be guessed, and nobody guesses 256 bits. A running service takes up every change of the file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from service.access.scopes import Scope
from skills.storage import locked, save_json
from speech.errors import ConfigError

_NAME = re.compile(r"[\w.@-][\w.@ -]{0,63}")
_MARK = "sonorant_"  # by which scanners for leaked secrets, and people, know one


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept."""

    name: str
    scopes: frozenset[Scope]
    digest: str
    """SHA-256 of the token, hexadecimal."""
    created: datetime


def tokens_path() -> Path:
    """``tokens.json`` in the user's configuration folder."""
    return platformdirs.user_config_path("sonorant") / "tokens.json"


class Tokens:
    """The tokens of a file, which need not be there.

    Raises
    ------
    ConfigError
        By every method: the file is damaged, or others may read or write it.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or tokens_path()
        self._seen: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def all(self) -> tuple[Token, ...]:
        """The tokens as they are now, by name."""
        try:
            status = self.file.stat()
        except FileNotFoundError:
            self._seen, self._tokens = None, ()
            return ()
        seen = status.st_ino, status.st_size, status.st_mtime_ns
        if seen != self._seen:
            if status.st_mode & 0o077:
                raise ConfigError(f"{self.file}: others can read it; run `chmod 600 {self.file}`")
            self._tokens = _read(self.file)
            self._seen = seen
        return self._tokens

    def find(self, secret: str) -> Token | None:
        """The token with this secret, in a time that tells nothing about the others."""
        digest = _digest(secret)
        found = None
        for token in self.all():
            if hmac.compare_digest(token.digest, digest):
                found = token
        return found

    def create(self, name: str, scopes: Iterable[Scope]) -> str:
        """Make a token; what is returned is kept nowhere.

        Raises
        ------
        ConfigError
            The name is taken or none, or no scope was given.
        """
        granted = frozenset(scopes)
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{name!r} cannot be a token's name: 1 to 64 letters, digits, . @ -")
        if not granted:
            raise ConfigError(f"a token needs a scope, of {', '.join(Scope)}")
        secret = _MARK + secrets.token_urlsafe(32)
        self._prepare()
        with locked(self.file):
            tokens = self.all()
            if any(token.name == name for token in tokens):
                raise ConfigError(f"there is a token {name} already: revoke it, or take a new name")
            token = Token(name, granted, _digest(secret), datetime.now(UTC))
            self._save((*tokens, token))
        return secret

    def revoke(self, name: str) -> None:
        """Forget a token; a running service ends its sessions within seconds."""
        self._prepare()
        with locked(self.file):
            tokens = self.all()
            left = tuple(token for token in tokens if token.name != name)
            if len(left) == len(tokens):
                known = ", ".join(token.name for token in tokens) or "none"
                raise ConfigError(f"there is no token {name}; there are {known}")
            self._save(left)

    def _prepare(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)

    def _save(self, tokens: Iterable[Token]) -> None:
        records = [
            {
                "name": token.name,
                "scopes": sorted(token.scopes),
                "sha256": token.digest,
                "created": token.created.isoformat(timespec="seconds"),
            }
            for token in sorted(tokens, key=lambda token: token.name)
        ]
        mask = os.umask(0o077)
        try:
            save_json(self.file, records)
        finally:
            os.umask(mask)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _read(file: Path) -> tuple[Token, ...]:
    try:
        return tuple(map(_token, json.loads(file.read_text(encoding="utf-8"))))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigError(
            f"{file}: cannot be read as tokens ({error!r}); put it away and make new ones"
        ) from error


def _token(record: Any) -> Token:
    scopes = frozenset(map(Scope, record["scopes"]))
    created = datetime.fromisoformat(record["created"])
    return Token(str(record["name"]), scopes, str(record["sha256"]), created)
