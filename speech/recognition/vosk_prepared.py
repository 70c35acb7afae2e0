"""Copies of Vosk models whose decoding graph was worked out once, in the store.

Vosk takes less than half of the time with them, at the price of a gigabyte for a model of half a
million words. They are found by the content of the model, so that a changed one is not confused.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from speech.errors import ModelError
from speech.models import ModelStore
from speech.models.download import digest, disk_error

Progress = Callable[[int], object]

PREPARED = ".prepared"
_VERSION = 1  # changes whenever the same model is prepared otherwise
_LEXICON, _NGRAMS, _SILENT, _WORDS, _GRAPH = (
    Path("graph") / name
    for name in ("HCLr.fst", "Gr.fst", "disambig_tid.int", "words.txt", "HCLG.fst")
)


def prepared(folder: Path, store: ModelStore) -> Path | None:
    """The prepared copy of a model, where there is one."""
    if not (folder / _LEXICON).is_file():
        return None
    try:
        # One that was never prepared is not read whole to find that out.
        if not any((store.folder / PREPARED).glob(f"{_outline(folder)}-{'?' * 32}")):
            return None
        place = _place(folder, store)
    except OSError:
        return None  # the model's own loader says what is wrong
    return place if place.is_dir() else None


def prepare(folder: Path, store: ModelStore, progress: Progress | None = None) -> Path:
    """Make the prepared copy of a model, unless it is there, and answer its folder.

    It takes minutes, and while it lasts twice the room of the copy. Either the whole is there
    afterwards or nothing; two calls at a time take turns.

    Parameters
    ----------
    progress
        Called with the number of states of the graph that are done, now and then.

    Raises
    ------
    ModelError
        The model has no graphs to compose, is too large or damaged, or there is no room.
    """
    missing = [str(name) for name in (_LEXICON, _NGRAMS, _SILENT) if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} cannot be prepared: it lacks {', '.join(missing)}; only Vosk models that "
            "take grammars are composed while they decode"
        )
    try:
        place = _place(folder, store)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the system lets go of it when the process ends
            if not place.is_dir():
                work = place.with_suffix(".part")  # an interrupted call may have left it
                shutil.rmtree(work, ignore_errors=True)
                try:
                    _copy(folder, work, progress)
                    work.rename(place)
                finally:
                    shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise disk_error(error, store.folder) from error
    return place


def discard(folder: Path, store: ModelStore) -> bool:
    """Delete the prepared copy of a model; whether there was one."""
    place = prepared(folder, store)
    if place is None:
        return False
    try:
        shutil.rmtree(place)
    except OSError as error:
        raise ModelError(f"{place}: cannot be removed ({error.strerror})") from error
    return True


def _place(folder: Path, store: ModelStore) -> Path:
    content = hashlib.sha256(str(_VERSION).encode())
    for file in _files(folder):
        content.update(f"{file.relative_to(folder).as_posix()} {digest(file)}\n".encode())
    return store.folder / PREPARED / f"{_outline(folder)}-{content.hexdigest()[:32]}"


def _outline(folder: Path) -> str:
    """What different models seldom have in common, and is seen without reading them."""
    sizes = [(file.relative_to(folder).as_posix(), file.stat().st_size) for file in _files(folder)]
    return hashlib.sha256(repr(sizes).encode()).hexdigest()[:8]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _copy(folder: Path, target: Path, progress: Progress | None) -> None:
    from speech.recognition.vosk_files import read_lexicon, read_ngrams
    from speech.recognition.vosk_graph import compose

    left_out = {folder / _LEXICON, folder / _NGRAMS}
    shutil.copytree(
        folder, target, ignore=lambda at, names: {n for n in names if Path(at) / n in left_out}
    )
    try:
        lexicon, ngrams = read_lexicon(folder / _LEXICON), read_ngrams(folder / _NGRAMS)
        silent = np.loadtxt(folder / _SILENT, dtype=np.int64, ndmin=1)
    except (ValueError, IndexError, MemoryError, struct.error) as error:
        raise ModelError(
            f"{folder}: a file of its graph is damaged ({error}): pull the model again"
        ) from error
    if not (target / _WORDS).exists():
        lines = (f"{word} {number}\n" for word, number in ngrams.symbols.items())
        (target / _WORDS).write_text("".join(lines), encoding="utf-8")
    compose(lexicon, ngrams, silent, target / _GRAPH, progress)
