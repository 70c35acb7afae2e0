"""What an assessment says, whatever the language: plain records that serialise themselves.

All scores are 0 to 100, all times seconds from the start of the audio. A score is None where
there is nothing to score: an omitted word has no phones that were heard, an inserted one no
phones that were asked for.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class WordError(StrEnum):
    """What is wrong with a word, worst first; the names follow Azure's ``ErrorType``."""

    OMISSION = "omission"
    INSERTION = "insertion"
    MISPRONUNCIATION = "mispronunciation"
    UNEXPECTED_BREAK = "unexpected_break"
    """There was a pause before the word where none belongs."""
    MISSING_BREAK = "missing_break"
    """There was no pause before the word where a comma or full stop asks for one."""
    MONOTONE = "monotone"
    NONE = "none"


class Reason(StrEnum):
    """Why audio cannot be assessed."""

    SILENCE = "silence"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CLIPPED = "clipped"
    NOISE = "noise"
    """There is sound, but no speech that could be made out."""
    NOT_READ = "not_read"
    """There is speech, but it is not the text: another sentence or another language."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound that was heard where another, or this one, was asked for."""

    phone: str
    """Without a stress digit; empty where nothing was heard. Of Mandarin an initial (empty where
    the syllable has none), a final, or the digit of a tone."""
    probability: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One sound of a word."""

    phone: str
    """What was asked for: ARPAbet with its stress digit on vowels (English)."""
    start: float
    end: float
    accuracy: float
    heard: tuple[Heard, ...]
    """The likeliest sounds, best first."""


@dataclass(frozen=True, slots=True)
class Part:
    """The initial or final of a syllable of Mandarin."""

    expected: str
    """In letters of pinyin: ``zh``, ``ü``; an initial is empty where the syllable has none."""
    accuracy: float
    heard: tuple[Heard, ...]
    """The likeliest, best first."""


@dataclass(frozen=True, slots=True)
class Tone:
    """The tone of a syllable: ``1`` to ``4``, ``5`` for the neutral one."""

    expected: str
    """That of the dictionary."""
    surface: str
    """The one to be said here, after tone sandhi."""
    accuracy: float
    """100 for a neutral tone, which is not judged and counts for nothing."""
    heard: tuple[Heard, ...]
    """The likeliest, best first."""

    @property
    def is_judged(self) -> bool:
        """Whether it may be found wrong: a neutral one may not."""
        return self.surface != "5"


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable of a Mandarin word."""

    hanzi: str
    """The character, with its 儿 where it has one; empty where the text is pinyin."""
    pinyin: str
    """With the tone of the dictionary as a mark."""
    start: float
    end: float
    accuracy: float
    initial: Part
    final: Part
    tone: Tone
    contour: tuple[float | None, ...]
    """Pitch of the syllable: semitones above the speaker's median, one every ``pitch.step``
    seconds; None where unvoiced."""


@dataclass(frozen=True, slots=True)
class LexicalStress:
    """Which syllable of a word carries the stress, counted from 1."""

    expected: int
    heard: int


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the text, or one that was said and is not in the text (``insertion``)."""

    word: str
    start: float | None
    end: float | None
    accuracy: float | None
    stress: float | None
    total: float | None
    error: WordError
    phones: tuple[Phone, ...] = ()
    lexical_stress: LexicalStress | None = None
    """None for words of one syllable."""
    syllables: tuple[Syllable, ...] = ()
    """Of Mandarin, which has these in place of phones."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence between two words."""

    start: float
    end: float
    before: int
    """Index, in ``words``, of the word that follows."""
    expected: bool
    """Whether punctuation asks for a pause here."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast was read."""

    words_per_minute: float
    """From the first to the last sound, pauses included."""
    articulation_rate: float
    """Syllables a second, pauses left out."""
    syllables_per_minute: float | None = None
    """From the first to the last sound, pauses included (Mandarin)."""


@dataclass(frozen=True, slots=True)
class Pitch:
    """The melody of the voice."""

    median_hz: float | None
    """None where nothing was voiced."""
    range_semitones: float | None
    """Between the 5th and the 95th percentile."""
    step: float
    """Seconds between two values of the contour."""
    contour: tuple[float | None, ...]
    """Semitones above the median; None where unvoiced."""


@dataclass(frozen=True, slots=True)
class Overall:
    """Scores of the whole utterance."""

    total: float
    accuracy: float
    fluency: float
    completeness: float
    prosody: float
    tone: float | None = None
    """Of languages that have tones."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do better, in the learner's language by BCP 47 tag (``en``, ``zh``)."""

    word: str
    phone: str
    """The sound; of Mandarin an initial, a final or the digit of a tone."""
    heard: str
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement of one recording; without scores where ``assessable`` is false."""

    id: str
    language: str
    text: str
    """What was to be read or, with ``recognized``, what was understood."""
    recognized: bool
    """True for free speech: the text was recognised first, then scored."""
    duration: float
    assessable: bool
    reason: Reason | None
    """Why not, where ``assessable`` is false."""
    overall: Overall | None = None
    words: tuple[Word, ...] = ()
    pauses: tuple[Pause, ...] = ()
    rate: Rate | None = None
    pitch: Pitch | None = None
    advice: Advice | None = None

    def to_dict(self) -> dict[str, Any]:
        """The assessment as JSON types, in the order of the fields."""
        return asdict(self)
