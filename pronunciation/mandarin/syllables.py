"""The syllables of Mandarin: initial, final and tone, and how pinyin spells them.

Finals are named by how they sound, in pinyin letters with ``v`` for ü: *liu* is ``l`` + ``iou``,
*xu* is ``x`` + ``v``, *wen* is ``""`` + ``uen``. The letter i stands for three sounds: ``i`` in
*ji*, ``ii`` in *zi* and ``iii`` in *zhi*. Which initials a final goes with is written down in a
table here, after that of the Xinhua Zidian; interjections without a vowel (*hm*, *ng*) are left
out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from speech.errors import ConfigError

INITIALS: tuple[str, ...] = (
    "", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x",
    "zh", "ch", "sh", "r", "z", "c", "s",
)  # fmt: skip
"""The 21 initials, after the empty one: a fixed index for networks. Where pinyin begins with y or
w the initial is empty."""

NEUTRAL = 5
"""The tone that is none."""

TONES: tuple[int, ...] = (1, 2, 3, 4, NEUTRAL)
"""The four tones, and 5 for the neutral one."""

# Each final with the initials it goes with; "-" is the empty initial.
_COMBINATIONS = {
    "a": "- b p m f d t n l g k h zh ch sh z c s",
    "o": "- b p m f l",
    "e": "- m d t n l g k h zh ch sh r z c s",
    "ê": "-",
    "er": "-",
    "ai": "- b p m d t n l g k h zh ch sh z c s",
    "ei": "- b p m f d t n l g k h zh sh z c",
    "ao": "- b p m d t n l g k h zh ch sh r z c s",
    "ou": "- p m f d t n l g k h zh ch sh r z c s",
    "an": "- b p m f d t n l g k h zh ch sh r z c s",
    "en": "- b p m f d n g k h zh ch sh r z c s",
    "ang": "- b p m f d t n l g k h zh ch sh r z c s",
    "eng": "- b p m f d t n l g k h zh ch sh r z c s",
    "ong": "d t n l g k h zh ch r z c s",
    "i": "- b p m d t n l j q x",
    "ii": "z c s",
    "iii": "zh ch sh r",
    "ia": "- d n l j q x",
    "io": "-",
    "ie": "- b p m d t n l j q x",
    "iao": "- b p m f d t n l j q x",
    "iou": "- m d n l j q x",
    "ian": "- b p m d t n l j q x",
    "in": "- b p m n l j q x",
    "iang": "- n l j q x",
    "ing": "- b p m d t n l j q x",
    "iong": "- j q x",
    "u": "- b p m f d t n l g k h zh ch sh r z c s",
    "ua": "- g k h zh ch sh r",
    "uo": "- d t n l g k h zh ch sh r z c s",
    "uai": "- g k h zh ch sh",
    "uei": "- d t g k h zh ch sh r z c s",
    "uan": "- d t n l g k h zh ch sh r z c s",
    "uen": "- d t n l g k h zh ch sh r z c s",
    "uang": "- g k h zh ch sh",
    "ueng": "-",
    "v": "- n l j q x",
    "ve": "- n l j q x",
    "van": "- j q x",
    "vn": "- j q x",
}

FINALS: tuple[str, ...] = tuple(_COMBINATIONS)
"""The finals by their sound: a fixed index for networks."""

_CONTRACTED = {"iou": "iu", "uei": "ui", "uen": "un", "ii": "i", "iii": "i"}
_ALONE = {"i": "yi", "in": "yin", "ing": "ying", "u": "wu", "v": "yu", "iou": "you"}
_MARKS = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
_SIGNS = {tone: mark for mark, tone in _MARKS.items()}


def spell(initial: str, final: str) -> str:
    """How pinyin writes an initial and a final, without the tone: ``("l", "iou")`` is ``liu``."""
    if initial:
        if final.startswith("v") and initial in "jqx":
            final = "u" + final[1:]
        return initial + _CONTRACTED.get(final, final).replace("v", "ü")
    if final in _ALONE:
        return _ALONE[final]
    glide = {"i": "y", "u": "w", "v": "yu"}.get(final[0], "")
    return glide + (final[1:] if glide else final)


SYLLABLES: dict[str, tuple[str, str]] = {
    spell(initial.replace("-", ""), final): (initial.replace("-", ""), final)
    for final, initials in _COMBINATIONS.items()
    for initial in initials.split()
}
"""Every syllable as pinyin spells it without its tone (``lü`` with the diaeresis), to its initial
and final."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable as it is to be said."""

    initial: str
    """One of ``INITIALS``."""
    final: str
    """One of ``FINALS``; with ``erhua`` the one before the r."""
    tone: int
    """One of ``TONES``."""
    erhua: bool = False
    """Whether an r ends it, as in *huar*."""
    hanzi: str = ""
    """The characters it stands for: one, two with erhua, none where the text is pinyin."""

    @property
    def plain(self) -> str:
        """Pinyin without the tone: ``zhong``, ``lü``, ``huar``."""
        return spell(self.initial, self.final) + ("r" if self.erhua else "")

    @property
    def numbered(self) -> str:
        """Pinyin with the tone as a digit: ``zhong1``, ``ma5``."""
        return f"{self.plain}{self.tone}"

    @property
    def pinyin(self) -> str:
        """Pinyin with the tone as a mark: ``zhōng``, ``ma``."""
        plain = self.plain
        if self.tone not in _SIGNS:
            return plain
        place = _marked(plain)
        marked = plain[: place + 1] + _SIGNS[self.tone] + plain[place + 1 :]
        return unicodedata.normalize("NFC", marked)


def parse(text: str, hanzi: str = "") -> Syllable:
    """Read one syllable of pinyin: ``zhong1``, ``zhōng``, ``lv4``, ``lü4``, ``lu:4``, ``huar1``.

    Without digit or mark the tone is neutral; ``r`` alone is the 儿 of erhua, read *er*.

    Raises
    ------
    ConfigError
        There is no such syllable.
    """
    plain, tone = _toneless(text)
    erhua = plain not in SYLLABLES and plain.endswith("r") and plain != "r"
    parts = SYLLABLES.get("er" if plain == "r" else plain[:-1] if erhua else plain)
    if parts is None or tone is None:
        raise ConfigError(
            f"{text!r} is no syllable of Mandarin: write pinyin with the tone as a digit or a "
            "mark, as in zhong1, zhōng or lü4"
        )
    return Syllable(*parts, tone, erhua, hanzi)


def is_syllable(text: str) -> bool:
    """Whether :func:`parse` can read it."""
    try:
        parse(text)
    except ConfigError:
        return False
    return True


def with_tone(syllable: Syllable, tone: int) -> Syllable:
    """The same syllable in another tone."""
    return replace(syllable, tone=tone)


def letters(final: str) -> str:
    """A final as a reader knows it: ``v`` is ü, ``ii`` and ``iii`` are -i(z) and -i(zh)."""
    return {"ii": "-i(z)", "iii": "-i(zh)"}.get(final) or final.replace("v", "ü")


def _toneless(text: str) -> tuple[str, int | None]:
    """Letters and tone; the tone is None where there is more than one, or no such tone."""
    letters, tones = "", []
    for character in unicodedata.normalize("NFD", text.strip().lower()):
        if character in _MARKS:
            tones.append(_MARKS[character])
        else:
            letters += character
    if letters[-1:].isdecimal():
        tones.append(int(letters[-1]) or 5)
        letters = letters[:-1]
    letters = unicodedata.normalize("NFC", letters).replace("u:", "ü").replace("v", "ü")
    if letters[:1] in ("j", "q", "x", "y"):
        letters = letters.replace("ü", "u")
    elif letters in ("nue", "lue"):
        letters = letters.replace("u", "ü")
    tone = tones[0] if len(tones) == 1 else 5
    return letters, tone if len(tones) < 2 and tone in TONES else None


def _marked(plain: str) -> int:
    """Where the mark goes: on a, o, e; else on the last vowel (iu, ui)."""
    for vowel in "aeêo":
        if vowel in plain:
            return plain.index(vowel)
    return max(plain.rfind(vowel) for vowel in "iuü")
