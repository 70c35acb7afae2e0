"""``POST /v1/speech``: a text, said by the assistant's voice."""

from __future__ import annotations

import io
import wave

from fastapi import APIRouter, Response

from service.access import Scope
from service.messages import Error
from service.messages.speech import Speak
from service.rest import Visitor, guarded, takes
from speech.audio import RATE, to_pcm16
from speech.synthesis.contract import Synthesizer

speech = APIRouter(
    prefix="/v1/speech", tags=["speech"], route_class=guarded("speech", Scope.ASSISTANT)
)

_WAV = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}


@speech.post(
    "",
    openapi_extra=takes(Speak),
    response_class=Response,
    responses={200: {"content": _WAV}, 400: {"model": Error}, 503: {"model": Error}},
)
async def speak(visit: Visitor) -> Response:
    """Speak a text; a WAV file, mono, 16 bits, 16 kHz."""
    wanted = await visit.message(Speak)
    synthesizer = await visit.core.engines.synthesizer()
    language = wanted.language or visit.core.settings.language
    sound = await visit.work(_spoken, synthesizer, wanted.text, language)
    return Response(sound, media_type="audio/wav")


def _spoken(synthesizer: Synthesizer, text: str, language: str) -> bytes:
    """The text as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        for chunk in synthesizer.synthesize(text, language):
            sound.writeframes(to_pcm16(chunk))
    return file.getvalue()
