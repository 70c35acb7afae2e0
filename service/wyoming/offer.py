"""What a server offers: which engines, and how they are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from skills import Router
from speech.errors import ConfigError
from speech.language import canonical
from speech.recognition import Recognizer
from speech.synthesis import Synthesizer


@dataclass(frozen=True, slots=True)
class Offer:
    """Loaded engines; what is left out is not offered, and the rest stays open at the end."""

    recognizers: tuple[Recognizer, ...] = ()
    """One for each language; the first that speaks a language has it."""
    synthesizer: Synthesizer | None = None
    wake_words: tuple[str, ...] = ()
    """As :class:`assistant.wake.WakeWords` takes them; no client can name any other."""
    router: Router | None = None
    """Handles commands."""
    language: str = "en"
    """BCP 47: where a client names none."""
    area: str | None = None
    """Id of the area that commands come from, where nothing tells a nearer one."""
    satellites: Mapping[str, str] = field(default_factory=dict)
    """Areas' ids by what Home Assistant calls a satellite or its device."""
    partials: bool = False
    """Whether to send what was understood so far, while somebody speaks."""

    def __post_init__(self) -> None:
        canonical(self.language)
        if self.router is None:
            return
        areas = self.router.home.areas
        for area in filter(None, (self.area, *self.satellites.values())):
            if area not in areas:
                known = ", ".join(areas) or "none"
                raise ConfigError(f"the home has no area {area!r}; there are {known}")
