"""Engines elsewhere do what they do here, whatever is lost on the way. Without Ray."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pronunciation import open_assessor
from service.access import Scope, Tokens
from service.cli import main
from service.opening import Here
from service.scaling.cluster import check
from service.scaling.remote import (
    RemoteAssessor,
    RemoteEmbedder,
    RemoteRecognizer,
    ReplicaLostError,
)
from service.scaling.replicas import Assessors, Embedders, Recognizers
from service.settings import Settings, read_settings
from speech.audio import RATE, Samples
from speech.errors import AudioError, ConfigError, EngineError
from speech.recognition.contract import Final, Partial
from speech.recognition.moonshine import MoonshineRecognizer

ENGINE = ("moonshine", "en", None)


class Loaded(Here):
    """Recognisers that are here already."""

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer

    def recognizer(self, engine: str, language: str, model: str | None) -> Any:
        return self._recognizer


class Replicas:
    """Replicas in this process: calls go to the one whose turn it is, which may change."""

    def __init__(self, make: Callable[[], object], count: int = 2) -> None:
        self.all = [make() for _ in range(count)]
        self.turn = 0
        self.dying = 0
        """Calls that will end with their replica."""

    def ask(self, method: str, *args: object, key: str = "") -> Any:
        answer = getattr(self.all[self.turn], method)(*args)
        if self.dying:
            self.dying -= 1
            self.turn = (self.turn + 1) % len(self.all)
            raise ReplicaLostError
        return answer

    def tell(self, method: str, *args: object, key: str) -> None:
        with suppress(ReplicaLostError):
            self.ask(method, *args, key=key)


class Echo:
    """A recogniser whose result is the number of each sample that it heard."""

    name, capabilities = "echo", None

    def __init__(self) -> None:
        self.closed = 0

    def stream(
        self, phrases: Any = (), *, partials: bool = True, alternatives: bool = True
    ) -> EchoStream:
        return EchoStream(self)


class EchoStream:
    def __init__(self, owner: Echo) -> None:
        self._owner = owner
        self._heard: list[float] = []

    def feed(self, samples: Samples) -> Partial:
        self._heard += samples.tolist()
        return Partial(str(len(self._heard)))

    def anticipate(self) -> None: ...

    def finish(self) -> Final:
        return Final(str(self._heard))

    def close(self) -> None:
        self._owner.closed += 1


def pieces(samples: Samples, size: int = 1600) -> Iterator[Samples]:
    for at in range(0, samples.size, size):
        yield samples[at : at + size]


@pytest.fixture
def echoes() -> Replicas:
    return Replicas(lambda: Recognizers(Loaded(Echo())))


def test_a_recogniser_elsewhere_hears_the_same(
    moonshine: MoonshineRecognizer, lamp: Samples
) -> None:
    far = RemoteRecognizer(Replicas(lambda: Recognizers(Loaded(moonshine))), *ENGINE)
    assert far.name == moonshine.name and far.capabilities == moonshine.capabilities
    results = []
    for recognizer in (moonshine, far):
        stream = recognizer.stream(["turn on the lamp"], partials=False)
        for piece in pieces(lamp):
            stream.feed(piece)
        stream.anticipate()
        results.append(stream.finish())
        stream.close()
    assert results[0] == results[1]
    assert results[1].text.lower() == "turn on the lamp"


@pytest.mark.parametrize("lost_at", [0, 1, 5, 9])
def test_a_lost_replica_costs_no_sample(echoes: Replicas, lost_at: int) -> None:
    said = np.arange(16_000, dtype=np.float32)
    stream = RemoteRecognizer(echoes, *ENGINE).stream()
    for number, piece in enumerate(pieces(said)):
        echoes.dying = number == lost_at
        assert stream.feed(piece) == Partial(str((number + 1) * 1600))
    echoes.dying = 1
    assert stream.finish().text == str(said.tolist())


def test_an_utterance_that_comes_back_is_not_mixed_up(echoes: Replicas) -> None:
    """A replica that comes and goes sends an utterance away, and back again."""
    said = np.arange(8000, dtype=np.float32)
    stream = RemoteRecognizer(echoes, *ENGINE).stream()
    for number, piece in enumerate(pieces(said)):
        echoes.turn = number % 2
        stream.feed(piece)
    assert stream.finish().text == str(said.tolist())


def test_what_nobody_wants_is_dropped(echoes: Replicas, monkeypatch: pytest.MonkeyPatch) -> None:
    echoes.turn = 0
    echo = Echo()
    echoes.all[0] = Recognizers(Loaded(echo))
    stream = RemoteRecognizer(echoes, *ENGINE).stream()
    stream.feed(np.ones(100, np.float32))
    stream.close()
    stream.close()
    assert echo.closed == 1
    RemoteRecognizer(echoes, *ENGINE).stream().feed(np.ones(100, np.float32))  # its door dies
    assert echo.closed == 1
    monkeypatch.setattr("service.scaling.replicas._FORGOTTEN", -1.0)
    RemoteRecognizer(echoes, *ENGINE).stream().feed(np.ones(100, np.float32))
    assert echo.closed == 2


def test_it_is_told_when_all_replicas_are_lost(
    echoes: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.scaling.remote._PAUSE", 0.01)
    recognizer = RemoteRecognizer(echoes, *ENGINE)
    echoes.dying = 100
    with pytest.raises(EngineError, match="try again later"):
        recognizer.stream().feed(np.ones(100, np.float32))


def test_a_scorer_elsewhere_judges_the_same(lamp: Samples) -> None:
    replicas = Replicas(Assessors)
    near, far = open_assessor("en"), RemoteAssessor(replicas, "en")
    text = "Turn on the lamp."
    assert far.assess(lamp, text, id="a") == near.assess(lamp, text, id="a")
    streams = [assessor.stream(text) for assessor in (near, far)]
    told = []
    for stream in streams:
        replicas.dying = 1
        told.append([stream.feed(piece) for piece in pieces(lamp, RATE // 2)])
    assert told[0] == told[1] and any(told[0])
    assert streams[0].finish() == streams[1].finish()
    with pytest.raises(ConfigError):
        far.stream("?!")
    with pytest.raises(ConfigError):
        far.assess(lamp, "?!")
    with pytest.raises(EngineError, match="'fr' cannot be assessed"):
        RemoteAssessor(replicas, "fr")
    near.close()


def test_an_embedder_elsewhere_makes_the_same_embeddings(lamp: Samples) -> None:
    near, far = Here().embedder(), RemoteEmbedder(Replicas(Embedders))
    assert (far.model, far.dimension) == (near.model, near.dimension)
    embeddings = near.embed(lamp), far.embed(lamp)
    np.testing.assert_array_equal(embeddings[0].vector, embeddings[1].vector)
    assert embeddings[0].strength == embeddings[1].strength
    with pytest.raises(AudioError):
        far.embed(lamp[:100])


def test_numbers_of_replicas_are_read() -> None:
    assert read_settings({"doors": "2", "scorers": "1-8"}, environment={}).scorers == (1, 8)
    for wrong in ("0", "3-2", "many", "-1", "1-"):
        with pytest.raises(ConfigError, match="as 2 or 1-8"):
            read_settings({"doors": wrong}, environment={})


def test_settings_that_do_not_go_with_ray_are_refused(folder: Path) -> None:
    with pytest.raises(ConfigError, match="everybody needs a token"):
        check(Settings(assistant=False, doors=(2, 2)))
    Tokens().create("scaling", Scope)
    check(Settings(assistant=False, doors=(2, 2)))
    with pytest.raises(ConfigError, match="one home"):
        check(Settings(doors=(1, 2)))
    with pytest.raises(ConfigError, match="sonorant wyoming"):
        check(Settings(wyoming=10300))
    with pytest.raises(ConfigError, match="port"):
        check(Settings(port=0))
    (folder / "wrong.pem").write_text("no certificate")
    for name in ("missing.pem", "wrong.pem"):
        with pytest.raises(ConfigError, match="certificate or its key"):
            check(Settings(certificate=folder / name, private_key=folder / name))


def test_a_ray_that_is_not_there_is_explained(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Tokens().all():
        Tokens().create("scaling", Scope)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["serve", "--ray"]) == 2
    assert "pip install 'sonorant[ray]'" in capsys.readouterr().err
