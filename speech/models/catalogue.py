"""The catalogue: each model that Sonorant knows, as data, checked when it is loaded.

The data is ``catalogue.yaml`` beside this file. A mistake in it is an error that names the entry
and the key, so that a line added by hand is either right or refused.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from speech.errors import ConfigError, UnknownModelError
from speech.models.card import MARKS, ROLES, Checksum, ModelCard, ModelFile, UrlOrigin, WheelOrigin

_DIGEST_LENGTHS = {"sha256": 64, "md5": 32}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+")
_ROUNDED_SIZE = re.compile(r"(\d+(?:\.\d+)?)([MG])")
_KEYS = {
    "name", "kind", "languages", "licence", "size", "default", "notes",
    "wheel", "platform", "python", "folder", "files", "package", "extra",
    "url", "sha256", "md5",
}  # fmt: skip


class Catalogue:
    """The cards, in the order of the file.

    Raises
    ------
    ConfigError
        Two cards have the same name.
    """

    def __init__(self, cards: tuple[ModelCard, ...]) -> None:
        self._cards: dict[str, ModelCard] = {}
        for card in cards:
            if card.name in self._cards:
                raise ConfigError(f"the model catalogue has two entries called {card.name}")
            self._cards[card.name] = card

    def __getitem__(self, name: str) -> ModelCard:
        """The card of a name.

        Raises
        ------
        UnknownModelError
            There is none; the message suggests names that look like it.
        """
        try:
            return self._cards[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._cards, n=3, cutoff=0.5)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnknownModelError(
                f"the catalogue has no model {name!r}{hint} (`sonorant models list` shows all)"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._cards

    def __iter__(self) -> Iterator[ModelCard]:
        return iter(self._cards.values())

    def __len__(self) -> int:
        return len(self._cards)

    @property
    def defaults(self) -> tuple[ModelCard, ...]:
        """What `sonorant models pull default` pulls."""
        return tuple(card for card in self if card.default)

    def select(self, kind: str | None = None, language: str | None = None) -> tuple[ModelCard, ...]:
        """The cards of one kind and one language; None means any."""
        return tuple(
            card
            for card in self
            if kind in (None, card.kind) and (language is None or card.speaks(language))
        )


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read and check a catalogue: the one that ships with Sonorant, or a YAML file like it.

    Raises
    ------
    ConfigError
        The file cannot be read, or an entry is wrong; the message names the entry.
    """
    if path is None:
        return _shipped()
    try:
        return _parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as a model catalogue ({error})") from error


@functools.cache
def _shipped() -> Catalogue:
    text = resources.files(__package__).joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return _parse(text, "catalogue.yaml")


def _parse(text: str, source: str) -> Catalogue:
    import yaml

    try:
        # The C loader, where libyaml is there, is ten times faster.
        entries = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ConfigError(f"{source}: is not YAML ({error})") from error
    if not isinstance(entries, list):
        raise ConfigError(f"{source}: should be a list of models")
    return Catalogue(
        tuple(_Entry(source, number, entry).card() for number, entry in enumerate(entries, 1))
    )


class _Entry:
    """One entry of the file while it is being checked."""

    def __init__(self, source: str, number: int, values: Any) -> None:
        self._where = f"{source}: entry {number}"
        if not isinstance(values, dict):
            raise self._error("should be a mapping of keys to values")
        self._values: dict[Any, Any] = values
        if isinstance(values.get("name"), str):
            self._where += f" ({values['name']})"
        unknown = sorted(str(key) for key in values if key not in _KEYS)
        if unknown:
            raise self._error(f"unknown key {', '.join(unknown)}")

    def card(self) -> ModelCard:
        name, kind = self._text("name"), self._text("kind")
        if not _NAME.fullmatch(name):
            raise self._error("name: letters, digits, dots, dashes and underscores only")
        if kind not in ROLES:
            raise self._error(f"kind: {kind!r} is none of {', '.join(ROLES)}")
        if ("wheel" in self._values) == ("url" in self._values):
            raise self._error("needs exactly one of `wheel` and `url`")
        origin, files = self._wheel() if "wheel" in self._values else self._url()
        if not files and kind not in MARKS:
            raise self._error(f"files: a model of kind {kind} must list its files")
        size, rounded = self._size()
        default = self._values.get("default", False)
        if not isinstance(default, bool):
            raise self._error("default: should be true or false")
        return ModelCard(
            name=name,
            kind=kind,
            languages=self._languages(),
            licence=self._text("licence"),
            size=size,
            size_rounded=rounded,
            files=files,
            origin=origin,
            default=default,
            notes=self._text_or_none("notes") or "",
        )

    def _wheel(self) -> tuple[WheelOrigin, tuple[ModelFile, ...]]:
        given = self._values["wheel"]
        requirements = tuple(given) if isinstance(given, list) and given else (given,)
        for pin in requirements:
            if not isinstance(pin, str) or not _PIN.fullmatch(pin):
                raise self._error(f"wheel: {pin!r} is no pin such as package==1.2.3")
        folder = self._text("folder")
        package = self._text_or_none("package")
        if package is not None and not package.isidentifier():
            raise self._error(f"package: {package!r} is no name of a package")
        origin = WheelOrigin(
            requirements=requirements,
            platform=self._text_or_none("platform"),
            python=self._text_or_none("python"),
            folder=folder,
            package=package,
            extra=self._text_or_none("extra"),
        )
        files = self._values.get("files")
        if not isinstance(files, dict) or not files:
            raise self._error("files: should map each file to its sha256")
        return origin, tuple(self._file(folder, name, value) for name, value in files.items())

    def _file(self, folder: str, name: Any, value: Any) -> ModelFile:
        """`name: sha256`, or `name: [member, ..., sha256]` where it lies elsewhere or in parts."""
        *members, digest = value if isinstance(value, list) and value else (value,)
        if not isinstance(name, str) or ".." in name.split("/") or name.startswith("/"):
            raise self._error(f"files: {name!r} is no path inside the model's folder")
        if not all(isinstance(member, str) for member in members):
            raise self._error(f"files: {name}: should be paths in the wheels, then the sha256")
        checksum = self._digest("sha256", digest, f"files: {name}")
        return ModelFile(name, tuple(members) or (f"{folder}/{name}",), checksum.value)

    def _url(self) -> tuple[UrlOrigin, tuple[ModelFile, ...]]:
        url = self._text("url")
        if not re.fullmatch(r"(https?|file)://\S+/[^\s/]+", url):
            raise self._error(f"url: {url!r} is no http, https or file address of a file")
        # The better of the two that are given; `md5: null` says that none is known.
        given = [key for key in ("sha256", "md5") if self._values.get(key) is not None]
        if not given and "sha256" not in self._values and "md5" not in self._values:
            raise self._error("needs sha256 or md5 (null where the publisher gives none)")
        checksum = self._digest(given[0], self._values[given[0]], given[0]) if given else None
        return UrlOrigin(url, checksum), ()

    def _digest(self, algorithm: str, value: Any, key: str) -> Checksum:
        length = _DIGEST_LENGTHS[algorithm]
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{length}}}", value):
            raise self._error(f"{key}: should be {length} hex digits of {algorithm} in lower case")
        return Checksum(algorithm, value)

    def _size(self) -> tuple[int, bool]:
        """Bytes, or `40M`, `1.8G` (powers of 1024) where only round figures are published."""
        size = self._values.get("size")
        if isinstance(size, int) and not isinstance(size, bool) and size > 0:
            return size, False
        rounded = _ROUNDED_SIZE.fullmatch(size) if isinstance(size, str) else None
        if rounded is None:
            raise self._error("size: should be bytes, or round figures such as 40M or 1.8G")
        return int(float(rounded[1]) * {"M": 2**20, "G": 2**30}[rounded[2]]), True

    def _languages(self) -> tuple[str, ...]:
        languages = self._values.get("languages")
        if not isinstance(languages, list) or not all(isinstance(tag, str) for tag in languages):
            raise self._error("languages: should be a list of tags such as [en-US]")
        return tuple(languages)

    def _text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._error(f"{key}: should be text")
        return value.strip()

    def _text_or_none(self, key: str) -> str | None:
        return None if self._values.get(key) is None else self._text(key)

    def _error(self, message: str) -> ConfigError:
        return ConfigError(f"{self._where}: {message}")
