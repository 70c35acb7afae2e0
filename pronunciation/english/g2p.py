"""How words that no dictionary has are said: espeak-ng's rules for American English, in ARPAbet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pronunciation.english.phones import Pronunciation, is_vowel
from speech.synthesis.espeak import EspeakSynthesizer

_ARPABET = {
    "iː": "IY", "i": "IY", "ɪ": "IH", "ᵻ": "IH", "eɪ": "EY", "ɛ": "EH", "æ": "AE", "a": "AE",
    "ɑː": "AA", "ɑ": "AA", "ɒ": "AA", "ɔː": "AO", "ɔ": "AO", "oː": "AO", "o": "OW", "oʊ": "OW",
    "ʊ": "UH", "uː": "UW", "u": "UW", "ʌ": "AH", "ə": "AH", "ɐ": "AH", "ɜː": "ER", "ɚ": "ER",
    "aɪ": "AY", "aʊ": "AW", "ɔɪ": "OY",
    "iə": "IY AH", "aɪə": "AY AH", "aɪɚ": "AY ER", "əl": "AH L", "n̩": "AH N",
    "b": "B", "tʃ": "CH", "d": "D", "ð": "DH", "f": "F", "ɡ": "G", "h": "HH", "dʒ": "JH",
    "k": "K", "l": "L", "m": "M", "n": "N", "ŋ": "NG", "p": "P", "ɹ": "R", "s": "S", "ʃ": "SH",
    "t": "T", "θ": "TH", "v": "V", "w": "W", "j": "Y", "z": "Z", "ʒ": "ZH",
    # A flap or a stop in the throat is how Americans say some t.
    "ɾ": "T", "ʔ": "T",
    # Sounds of foreign words become the English ones that are nearest.
    "x": "K", "ç": "HH", "r": "R", "ɬ": "L", "ɲ": "N Y", "ɣ": "G", "β": "V",
    "y": "UW", "ø": "ER", "œ": "ER", "e": "EY", "ɛ̃": "AE N", "ɑ̃": "AA N", "ɔ̃": "AO N",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(map(re.escape, _ARPABET), key=len, reverse=True)))
_STRESS = {"ˈ": "1", "ˌ": "2"}


class EspeakPronouncer:
    """espeak-ng as a source of pronunciations; it starts at the first question.

    Every question is a process of its own, some 50 ms, however many words it asks for.
    """

    def __init__(self) -> None:
        self._espeak: EspeakSynthesizer | None = None

    def pronounce(self, words: Sequence[str]) -> list[Pronunciation]:
        """One pronunciation a word; empty where espeak-ng has nothing to say.

        Raises
        ------
        EngineError
            espeak-ng is missing or fails.
        """
        if self._espeak is None:
            self._espeak = EspeakSynthesizer()
        return [from_ipa(said) for said in self._espeak.phonemes(words, "en-US")]

    def close(self) -> None:
        """Free espeak-ng."""
        if self._espeak is not None:
            self._espeak.close()
            self._espeak = None


def from_ipa(text: str) -> Pronunciation:
    """espeak-ng's IPA, phonemes parted by ``_``, as ARPAbet with exactly one main stress.

    Marks and sounds that English has not are left out.
    """
    phones: list[str] = []
    for phoneme in re.sub(r"\(\w+\)", "", text).replace(" ", "_").split("_"):
        digit = _STRESS.get(phoneme[:1], "0")
        for sound in _SOUND.findall(phoneme):
            for phone in _ARPABET[sound].split():
                phones.append(phone + digit if is_vowel(phone) else phone)
                digit = "0" if is_vowel(phone) else digit
    return _one_stress(_as_in_cmudict(phones))


def _as_in_cmudict(phones: list[str]) -> list[str]:
    """Spell as CMUdict does: no R after ER, and a full IY before another vowel."""
    spelt: list[str] = []
    for phone in phones:
        if spelt and spelt[-1] == "IH0" and is_vowel(phone):
            spelt[-1] = "IY0"
        if not (phone == "R" and spelt and spelt[-1].startswith("ER")):
            spelt.append(phone)
    return spelt


def _one_stress(phones: list[str]) -> Pronunciation:
    vowels = [index for index, phone in enumerate(phones) if is_vowel(phone)]
    main = [index for index in vowels if phones[index].endswith("1")]
    secondary = [index for index in vowels if phones[index].endswith("2")]
    if not vowels:
        return tuple(phones)
    # Where espeak leaves a word without main stress, its first strong syllable has it.
    chosen = (main or secondary or vowels)[0]
    for index in main:
        phones[index] = phones[index][:-1] + "2"
    phones[chosen] = phones[chosen][:-1] + "1"
    return tuple(phones)
