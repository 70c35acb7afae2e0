"""One transaction with the keys that its contents are sealed with."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from speech.errors import GalleryError
from voiceprint.gallery.keys import SIZE, MasterKey
from voiceprint.gallery.tables import KEYS
from voiceprint.gallery.vault import Vault


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a gallery that is open."""

    epoch: int
    """How often they were changed, from 1."""
    master: MasterKey
    vault: Vault
    audit: Mapping[int, bytes]
    """Of each epoch, the key that its audit entries are chained with."""


@dataclass(frozen=True, slots=True)
class Session:
    """A connection in a transaction, and the keys as of that transaction."""

    connection: Connection
    keys: Keys

    @property
    def vault(self) -> Vault:
        """Seals and opens what is in the database."""
        return self.keys.vault


def newest_epoch(connection: Connection) -> int:
    """The epoch of the keys in use; 0 if the database has none yet."""
    newest: int | None = connection.execute(select(func.max(KEYS.c.epoch))).scalar_one()
    return newest or 0


def make_keys(connection: Connection, master: MasterKey) -> Keys:
    """Keep the first keys of a new database."""
    vault = Vault.new()
    add_epoch(connection, 1, master, vault)
    return read_keys(connection, 1, (master,))


def add_epoch(connection: Connection, epoch: int, master: MasterKey, vault: Vault) -> None:
    """Keep the keys of a new epoch: a data key, and a new audit key."""
    connection.execute(
        insert(KEYS).values(
            epoch=epoch,
            data_key=vault.wrap(master, epoch),
            master_id=master.id,
            audit_key=vault.seal(secrets.token_bytes(SIZE), "audit key", epoch),
        )
    )


def read_keys(connection: Connection, epoch: int, masters: Sequence[MasterKey]) -> Keys:
    """Unlock the keys with the first master key that fits.

    Raises
    ------
    GalleryError
        None fits.
    """
    rows = connection.execute(select(KEYS).order_by(KEYS.c.epoch)).all()
    row = rows[-1]
    for master in masters:
        vault = Vault.unwrap(row.data_key, master, epoch)
        if vault is not None:
            break
    else:
        given = " or ".join(master.id for master in masters)
        raise GalleryError(
            f"the gallery is sealed with another key: it needs the one with id {row.master_id}, "
            f"not {given}"
        )
    audit = {row.epoch: vault.open(row.audit_key, "audit key", row.epoch) for row in rows}
    return Keys(epoch, master, vault, audit)
