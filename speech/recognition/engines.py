"""Choosing a recogniser by name, or the best one that is installed for a language."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from speech.errors import EngineError, EngineMissingError, ModelMissingError
from speech.language import primary
from speech.models import ModelCard, ModelStore
from speech.recognition.contract import Recognizer

ENGINES = ("auto", "moonshine", "vosk", "whisper", "transformers")


def open_recognizer(
    engine: str = "auto",
    language: str = "en",
    *,
    model: str | None = None,
    store: ModelStore | None = None,
    beams: int = 5,
) -> Recognizer:
    """Load a recogniser.

    Parameters
    ----------
    engine
        One of :data:`ENGINES`. ``auto`` takes Vosk wherever there is a Vosk model for the
        language, otherwise Moonshine for English, and Whisper for what else it speaks.
    language
        BCP 47, as in ``en`` or ``zh-CN``; the language alone counts.
    model
        A catalogue name or a folder, where not the default of the engine.
    beams
        Number of hypotheses that engines with n-best weigh.

    Raises
    ------
    ConfigError
        ``language`` is no tag.
    EngineError
        There is no such engine, or none for the language.
    ModelError
        The model is unknown, missing or damaged; the message says how to get it.
    """
    store = store or ModelStore()
    spoken = primary(language)
    if engine not in ENGINES:
        raise EngineError(f"no recogniser is called {engine!r}; there are {', '.join(ENGINES)}")
    if engine == "auto":
        engine = _best_engine(spoken, model, store)
    if engine == "moonshine":
        from speech.recognition.moonshine import MoonshineRecognizer

        if spoken != "en":
            raise EngineError(f"Moonshine understands English only, not {language!r}")
        return MoonshineRecognizer(store.resolve(model or "moonshine-tiny-en"), beams=beams)
    if engine == "vosk":
        from speech.recognition.vosk import VoskRecognizer
        from speech.recognition.vosk_prepared import prepared

        folder = store.resolve(model or _vosk_model(spoken, store).name)
        copy = prepared(folder, store)
        return VoskRecognizer(folder, language=spoken, alternatives=beams, prepared=copy)
    if engine == "whisper":
        from speech.recognition.whisper import WhisperRecognizer

        return WhisperRecognizer(
            store.resolve(model or "whisper-base"), language=spoken, beams=beams
        )
    from speech.recognition.transformers import TransformersRecognizer

    if model is None:
        raise EngineError("the transformers engine needs --model: a folder or a model's name")
    return TransformersRecognizer(model, language=spoken)


def recommended(language: str, store: ModelStore | None = None) -> str | None:
    """The model to pull for a language: the first of the catalogue whose engine is installed."""
    spoken = primary(language)
    for card in (store or ModelStore()).catalogue:
        if card.role == "recognition" and card.speaks(spoken) and _installed(card.kind):
            return card.name
    return None


def _installed(kind: str) -> bool:
    return kind != "whisper" or find_spec("ctranslate2") is not None


def hears(language: str, store: ModelStore | None = None) -> bool:
    """Whether there is a recogniser for a language, which may still be damaged."""
    store, spoken = store or ModelStore(), primary(language)
    return (
        spoken == "en"
        or bool(store.installed(kind="vosk", language=spoken))
        or (_installed("whisper") and bool(store.installed(kind="whisper", language=spoken)))
    )


def unheard(language: str, store: ModelStore | None = None) -> EngineError:
    """What is wrong where no recogniser for a language is installed, and what to do about it."""
    spoken = primary(language)
    store = store or ModelStore()
    name = recommended(spoken, store)
    able = (card for card in store.catalogue if card.kind == "whisper" and card.speaks(spoken))
    if not _installed("whisper") and (whisper := next(able, None)) is not None:
        here = bool(store.installed(kind="whisper", language=spoken))
        if here or name is None:
            pull = "" if here else f", then `sonorant models pull {whisper.name}`"
            return EngineMissingError(f"to hear {spoken!r}: pip install 'sonorant[whisper]'{pull}")
    if name is None:
        return EngineError(
            f"no recogniser for {spoken!r} is installed, and the catalogue has none: name a model "
            "of your own"
        )
    return EngineError(
        f"no recogniser for {spoken!r} is installed: run `sonorant models pull {name}`, or choose "
        f"another of `sonorant models list --language {spoken}`: Vosk's follow the words as they "
        "are said, and need less computing"
    )


def _best_engine(spoken: str, model: str | None, store: ModelStore) -> str:
    if model is not None:
        return _engine_of(model, store)
    if store.installed(kind="vosk", language=spoken):
        return "vosk"
    if spoken == "en":
        return "moonshine"
    if hears(spoken, store):
        return "whisper"
    raise unheard(spoken, store)


def _engine_of(model: str, store: ModelStore) -> str:
    """The engine that a model is for, by its catalogue entry or by what lies in its folder."""
    folder = Path(model)
    if not folder.is_dir():
        kind = store.catalogue[model].kind
        if kind not in ENGINES:
            raise EngineError(f"{model} is a {kind} model, not one that recognises speech")
        return kind
    if (folder / "tokenizer.bin").exists():
        return "moonshine"
    if (folder / "model.bin").exists():
        return "whisper"
    return "transformers" if (folder / "config.json").exists() else "vosk"


def _vosk_model(spoken: str, store: ModelStore) -> ModelCard:
    if installed := store.installed(kind="vosk", language=spoken):
        return installed[0]
    raise ModelMissingError(
        f"no Vosk model for {spoken!r} is on this machine: choose one with "
        f"`sonorant models list --kind vosk --language {spoken}` and pull it"
    )
