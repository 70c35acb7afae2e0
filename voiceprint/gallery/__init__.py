"""Who is enrolled: people, voiceprints and the audit log, encrypted in SQLite or PostgreSQL."""

from voiceprint.gallery.contract import (
    AuditAction,
    AuditCheck,
    AuditEntry,
    KeptChallenge,
    Untaken,
)
from voiceprint.gallery.database import gallery_file
from voiceprint.gallery.gallery import Gallery
from voiceprint.gallery.keys import MasterKey
from voiceprint.gallery.names import same_name

__all__ = [
    "AuditAction",
    "AuditCheck",
    "AuditEntry",
    "Gallery",
    "KeptChallenge",
    "MasterKey",
    "Untaken",
    "gallery_file",
    "same_name",
]
