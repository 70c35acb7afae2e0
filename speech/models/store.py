"""The store: the models that are on this machine, in one folder, each in a folder of its name."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from speech.errors import ModelError, ModelFetchError, ModelMissingError, UnknownModelError
from speech.models.archive import unpack
from speech.models.card import DOCUMENTS, MARKS, ModelCard, UrlOrigin, WheelOrigin
from speech.models.catalogue import Catalogue, load_catalogue
from speech.models.download import Progress, check, digest, disk_error, download
from speech.models.wheel import fetch_wheel

AnyPath = str | os.PathLike[str]

RECORD = ".sonorant.json"
"""File in a pulled model's folder that keeps where it came from, and each file's SHA-256."""

_MARGIN = 64 * 2**20
_MOST_DOWNLOADED = 2
_MOST_UNPACKED = 12
# How far a download or an archive may exceed the size that the catalogue gives: the densest known
# model unpacks to 4 times its archive.


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of one model found: how many files were compared, and what is wrong."""

    card: ModelCard
    compared: int
    problems: tuple[str, ...]


class ModelStore:
    """Models by name: where they are, how to get them, whether they are whole.

    Several processes may use one store at a time.

    Parameters
    ----------
    folder
        Where the models lie; by default ``SONORANT_MODELS``, else ``sonorant/models`` in the
        user's cache.
    mirror
        An address (https, http, file) or a folder that holds the archives of models which come
        from a URL, by their file names; by default ``SONORANT_MIRROR``, else their origin.
        Wheels follow pip's settings instead.
    catalogue
        By default the one that ships with Sonorant.
    """

    def __init__(
        self,
        folder: AnyPath | None = None,
        *,
        mirror: str | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        named = folder or os.environ.get("SONORANT_MODELS") or None
        self.folder = (
            platformdirs.user_cache_path("sonorant", appauthor=False) / "models"
            if named is None
            else Path(named).expanduser().absolute()
        )
        self.catalogue = load_catalogue() if catalogue is None else catalogue
        self._mirror = mirror or os.environ.get("SONORANT_MIRROR") or None

    def locate(self, card: ModelCard) -> Path | None:
        """The folder with a model's files, in the store or in an installed package, or None."""
        pulled = self.folder / card.name
        if card.complete(pulled):
            return pulled
        installed = _installed_folder(card)
        return installed if installed is not None and card.complete(installed) else None

    def path(self, name: str) -> Path:
        """The folder with a model's files.

        Raises
        ------
        UnknownModelError
            The catalogue has no such name.
        ModelMissingError
            It is not on this machine; the message says how to get it.
        """
        card = self.catalogue[name]
        found = self.locate(card)
        if found is None:
            raise ModelMissingError(self._how_to_get(card))
        return found

    def resolve(self, name: AnyPath) -> Path:
        """The folder of a catalogue's name, or a file or folder that the user names.

        Raises
        ------
        UnknownModelError
            It is neither in the catalogue nor a file or folder.
        ModelMissingError
            It is in the catalogue, but not on this machine.
        """
        text = os.fspath(name)
        path = Path(text).expanduser()
        if text not in self.catalogue and os.path.exists(path):
            return path
        try:
            return self.path(text)
        except UnknownModelError as error:
            raise UnknownModelError(
                f"{error}; there is no file or folder {text!r} either"
            ) from None

    def installed(
        self, kind: str | None = None, language: str | None = None
    ) -> tuple[ModelCard, ...]:
        """The models on this machine, the largest (as a rule the most accurate) first."""
        cards = self.catalogue.select(kind, language)
        found = [card for card in cards if self.locate(card) is not None]
        return tuple(sorted(found, key=lambda card: card.size, reverse=True))

    def pull(self, name: str, progress: Progress | None = None) -> Path:
        """Fetch a model, unless it is here, and answer its folder.

        Either the whole model is there afterwards or nothing: it is fetched, checked and unpacked
        aside, then moved into place. Two pulls of one model at a time take turns.

        Parameters
        ----------
        progress
            Called with the bytes done and the bytes in all (None while unknown).

        Raises
        ------
        UnknownModelError
            The catalogue has no such name.
        ModelFetchError
            It cannot be fetched, is not what the catalogue says, or there is no room for it.
        """
        card = self.catalogue[name]
        found = self.locate(card)
        if found is not None:
            return found
        try:
            with self._alone(card) as work:
                found = self.locate(card)  # another pull may have brought it meanwhile
                return found if found is not None else self._fetch(card, work, progress)
        except OSError as error:
            raise disk_error(error, self.folder) from error

    def remove(self, name: str) -> None:
        """Delete a model from the store.

        Raises
        ------
        ModelError
            It is not there, came with an installed package, or cannot be deleted.
        """
        card = self.catalogue[name]
        pulled = self.folder / card.name
        if not pulled.is_dir():
            if self.locate(card) is None:
                raise ModelMissingError(f"the model {name} is not on this machine")
            raise ModelError(f"the model {name} came with a package: uninstall {card.origin}")
        try:
            with self._alone(card) as work:
                pulled.rename(work / "removed")
        except OSError as error:
            raise ModelError(f"{pulled}: cannot be removed ({error.strerror})") from error

    def verify(self, name: str) -> Verification:
        """Compare a model's files with the checksums of the catalogue, or those of its pull.

        Raises
        ------
        ModelMissingError
            The model is not on this machine.
        """
        card = self.catalogue[name]
        folder = self.path(name)
        expected, problems = {file.name: file.sha256 for file in card.files}, list[str]()
        if not expected and (folder / RECORD).exists():
            try:
                recorded = json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]
                expected = {str(file): str(value) for file, value in recorded.items()}
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                problems.append(f"{RECORD} is damaged")
        for file, sha256 in expected.items():
            if file in DOCUMENTS and not (folder / file).exists():
                continue
            try:
                if digest(folder / file) != sha256:
                    problems.append(f"{file} has changed")
            except OSError as error:
                problems.append(f"{file} cannot be read ({error.strerror})")
        return Verification(card, len(expected), tuple(problems))

    def _fetch(self, card: ModelCard, work: Path, progress: Progress | None) -> Path:
        fetched = work / "model"
        if isinstance(card.origin, WheelOrigin):
            fetch_wheel(card, card.origin, work, fetched, progress)
        else:
            archive = work / card.origin.url.rpartition("/")[2]
            url = self._mirrored(card.origin, archive.name)
            download(url, archive, card.size * _MOST_DOWNLOADED + _MARGIN, progress)
            if card.origin.checksum is not None:
                check(archive, card.origin.checksum, url)
            unpack(archive, fetched, card.size * _MOST_UNPACKED + _MARGIN)
            if not card.complete(fetched):
                marks = " nor ".join(MARKS[card.kind])
                raise ModelFetchError(f"{url}: is no model for {card.kind}: holds neither {marks}")
        files = sorted(path for path in fetched.rglob("*") if path.is_file())
        record = {
            "name": card.name,
            "licence": card.licence,
            "origin": str(card.origin),
            "files": {path.relative_to(fetched).as_posix(): digest(path) for path in files},
        }
        text = json.dumps(record, indent=1, ensure_ascii=False)
        (fetched / RECORD).write_text(text + "\n", encoding="utf-8")
        target = self.folder / card.name
        if target.exists():  # then files are missing from it
            target.rename(work / "incomplete")
        fetched.rename(target)
        return target

    def _mirrored(self, origin: UrlOrigin, archive: str) -> str:
        if self._mirror is None:
            return origin.url
        if "://" not in self._mirror:
            return (Path(self._mirror).expanduser().absolute() / archive).as_uri()
        return f"{self._mirror.rstrip('/')}/{archive}"

    @contextmanager
    def _alone(self, card: ModelCard) -> Iterator[Path]:
        """Keep every other pull and removal of a model out, and lend an empty folder to work in.

        The folder lies in the store, so that moving a model into place is one rename. What an
        interrupted pull left in it goes with the next.
        """
        work = self.folder / ".work" / card.name
        work.parent.mkdir(parents=True, exist_ok=True)
        with work.with_name(f"{card.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the system lets go of it when the process ends
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def _how_to_get(self, card: ModelCard) -> str:
        folder, origin = self.folder / card.name, card.origin
        if isinstance(origin, UrlOrigin):
            by_hand = f"unpack {origin} so that {folder / MARKS[card.kind][0]} is there"
        elif origin.extra is not None:
            by_hand = f"`pip install 'sonorant[{origin.extra}]'`"
        else:
            needed = (file for file in card.files if file.name not in DOCUMENTS)
            files = ", ".join(" + ".join(file.members) for file in needed)
            by_hand = f"copy {files} out of {origin} into {folder}"
        return (
            f"the model {card.name} is not on this machine: "
            f"run `sonorant models pull {card.name}`, or {by_hand}"
        )


def _installed_folder(card: ModelCard) -> Path | None:
    """The model's folder inside an installed package, found without importing that package."""
    if not isinstance(card.origin, WheelOrigin) or card.origin.package is None:
        return None
    spec = importlib.util.find_spec(card.origin.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).parent / card.origin.folder
