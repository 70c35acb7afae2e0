"""The answer to ``describe``: what is offered here, in which languages, by whom, and licensed how.

Wyoming has no field for a licence: it stands in the description.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    HandleModel,
    HandleProgram,
    Info,
    TtsProgram,
    TtsVoice,
    WakeModel,
    WakeProgram,
)

from assistant.wake import about
from service.wyoming.asr import languages_of
from service.wyoming.offer import Offer
from service.wyoming.wake import name_of
from skills.package import languages as command_languages
from speech.models import ModelCard, WheelOrigin, load_catalogue
from speech.recognition import Recognizer
from speech.synthesis import Synthesizer

_MAKERS = {
    "moonshine": Attribution("Moonshine AI", "https://github.com/moonshine-ai/moonshine"),
    "whisper": Attribution("OpenAI", "https://github.com/openai/whisper"),
    "vosk": Attribution("Alpha Cephei", "https://alphacephei.com/vosk/models"),
    "espeak-ng": Attribution("eSpeak NG", "https://github.com/espeak-ng/espeak-ng"),
    "piper": Attribution("Piper", "https://github.com/OHF-Voice/piper1-gpl"),
}
"""Of engines, by the first word of their names."""


def info_of(offer: Offer) -> Info:
    """Describe an offer. Voices are looked for: this belongs off an event loop."""
    asr, tts, handle, wake = [], [], [], []
    if offer.recognizers:
        models = [_recognizer(one, offer) for one in offer.recognizers]
        asr.append(
            AsrProgram(
                **_program("speech to text"),
                models=models,
                supports_transcript_streaming=offer.partials,
            )
        )
    if offer.synthesizer is not None:
        program = _program("text to speech")
        voices = _voices(offer.synthesizer)
        tts.append(TtsProgram(**program, voices=voices, supports_synthesize_streaming=True))
    if offer.router is not None:
        program = _program("commands to the home")
        handle.append(HandleProgram(**program, models=[_commands()], supports_home_control=True))
    if offer.wake_words:
        words = [_wake_word(word) for word in offer.wake_words]
        wake.append(WakeProgram(**_program("wake words"), models=words))
    return Info(asr=asr, tts=tts, handle=handle, wake=wake)


def _program(task: str) -> dict[str, Any]:
    return {
        "name": "Sonorant",
        "attribution": Attribution("Sonorant", ""),
        "installed": True,
        "description": f"Sonorant: {task}, offline (Apache-2.0)",
        "version": version("sonorant"),
    }


def _recognizer(recognizer: Recognizer, offer: Offer) -> AsrModel:
    return AsrModel(**_model(recognizer.name), languages=[*languages_of(recognizer, offer)])


def _voices(synthesizer: Synthesizer) -> list[TtsVoice]:
    """A voice for each language; its name is the language, which chooses it."""
    model = _model(synthesizer.name)
    described = model["description"]
    return [
        TtsVoice(
            **model | {"name": tag, "description": f"{tag}, {described}"},
            languages=[tag],
        )
        for tag in synthesizer.languages
    ]


def _commands() -> HandleModel:
    return HandleModel(
        name="sonorant",
        attribution=Attribution("home-assistant-intents", "https://github.com/OHF-Voice/intents"),
        installed=True,
        description="sentences of home-assistant-intents (Apache-2.0) and of Sonorant's skills; "
        "replies in English, Mandarin and Korean",
        version=version("home-assistant-intents"),
        languages=[*command_languages()],
    )


def _wake_word(word: str) -> WakeModel:
    told = about(word)
    return WakeModel(
        name=name_of(word),
        attribution=Attribution(told.author, told.website),
        installed=True,
        description=f"{told.phrase}, microWakeWord ({told.licence})",
        version=told.version,
        languages=[*told.languages],
        phrase=told.phrase,
    )


def _model(name: str) -> dict[str, Any]:
    """What is known of an engine's model by what it calls itself: ``moonshine tiny-en``."""
    engine, _, own = name.partition(" ")
    card = _card(engine, own)
    licence = card.licence if card is not None else _licence(engine, own)
    wheel = card.origin if card is not None and isinstance(card.origin, WheelOrigin) else None
    return {
        "name": name,
        "attribution": _MAKERS.get(engine, Attribution(own or engine, "")),
        "installed": True,
        "description": f"{name} (licence: {licence})",
        "version": wheel and wheel.requirements[0].partition("==")[2],
    }


def _card(engine: str, own: str) -> ModelCard | None:
    catalogue = load_catalogue()
    return next((catalogue[one] for one in (f"{engine}-{own}", own) if one in catalogue), None)


def _licence(engine: str, own: str) -> str:
    """Where the catalogue does not know the model."""
    return "GPL-3.0-or-later" if engine == "espeak-ng" and not own else "that of the model"
