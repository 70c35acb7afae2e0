"""How words are said: CMUdict itself, what is built from it, and espeak-ng for the rest."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from pronunciation.english.cmudict import CmuDict
from pronunciation.english.g2p import from_ipa
from pronunciation.english.lexicon import Lexicon
from pronunciation.english.phones import PHONES, VOWELS, bare, from_text, ipa, stress, syllables
from speech.errors import ConfigError, EngineMissingError, ModelError
from speech.models import ModelStore
from speech.synthesis.espeak import EspeakSynthesizer


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


def said(lexicon: Lexicon, word: str) -> list[str]:
    return [" ".join(one) for one in lexicon.pronunciations(word)]


def test_the_phones() -> None:
    assert len(PHONES) == len(set(PHONES)) == 39
    assert list(PHONES) == sorted(PHONES)
    assert set(PHONES) > VOWELS
    assert len({ipa(phone) for phone in PHONES}) == 39
    assert (bare("AH0"), bare("T"), stress("AH2"), stress("T")) == ("AH", "T", 2, None)
    assert (ipa("AH0"), ipa("AH1"), ipa("ER0"), ipa("ER1"), ipa("DH")) == tuple("əʌɚɝð")
    assert syllables(from_text("W AO1 T ER0")) == 2
    with pytest.raises(ConfigError, match="'QQ' is no ARPAbet phone"):
        ipa("QQ")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is empty"),
        ("R EH1 QQ", "QQ is no ARPAbet phone"),
        ("R EH D", "EH is a vowel: add its stress, as in EH1"),
        ("R1 EH1 D", "R1 is a consonant: no stress, as in R"),
        ("R EH3 D", "EH3 is no ARPAbet phone"),
        ("R EH11 D", "EH11 is no ARPAbet phone"),
    ],
)
def test_a_wrong_pronunciation_names_its_phone(text: str, wrong: str) -> None:
    with pytest.raises(ConfigError, match=wrong):
        from_text(text)


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("hello", "HH AH0 L OW1"),
        ("Hello.", "HH AH0 L OW1"),
        ("a.", "EY1"),
        ("it’s", "IH1 T S"),
        ("NASA", "N AE1 S AH0"),
        ("naïve", "N AY2 IY1 V"),
        ("o'clock", "AH0 K L AA1 K"),
        ("e-mail", "IY1 M EY2 L"),
        ("aalborg", "AO1 L B AO0 R G"),  # has a comment in the file
        ("sepulveda", "S EY0 P UW0 L V EY1 D AH0"),  # stands out of order in the file
        ("zywicki", "Z IH0 W IH1 K IY0"),  # among the last
    ],
)
def test_words_of_the_dictionary(lexicon: Lexicon, word: str, first: str) -> None:
    assert said(lexicon, word)[0] == first
    assert word in lexicon


def test_all_pronunciations(lexicon: Lexicon) -> None:
    assert {"R AH0 K AO1 R D", "R EH1 K ER0 D"} <= set(said(lexicon, "record"))
    assert {"IH2 M P AO1 R T", "IH1 M P AO2 R T"} <= set(said(lexicon, "import"))


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("the", "DH AH0, DH IY0"),
        ("a", "AH0, EY1"),
        ("to", "T UW1, T AH0"),
        ("of", "AH1 V, AH0"),
        ("and", "AH0 N D, AE1 N D, AH0 N"),
        ("for", "F AO1 R, F ER0, F AO1"),
        ("can", "K AE1 N, K AH0 N"),
        ("have", "HH AE1 V, HH AH0 V, AH0 V"),
    ],
)
def test_function_words_have_weak_forms(lexicon: Lexicon, word: str, forms: str) -> None:
    found = said(lexicon, word)
    assert set(forms.split(", ")) <= set(found)
    assert found[0] == forms.split(", ")[0]


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("better", "B EH1 T AH0"),
        ("car", "K AA1"),
        ("near", "N IH1 AH0"),
        ("hearing", "HH IH1 AH0 R IH0 NG"),
        ("fire", "F AY1 AH0"),
        ("ask", "AA1 S K"),
        ("dancing", "D AA1 N S IH0 NG"),
        ("can't", "K AA1 N T"),
        ("student", "S T Y UW1 D AH0 N T"),
        ("hurry", "HH AH1 R IY0"),
        ("idea", "AY0 D IH1 AH0"),
    ],
)
def test_british_forms_can_be_left_out(lexicon: Lexicon, word: str, form: str) -> None:
    american = Lexicon(british=False)
    assert form in said(lexicon, word)
    assert form not in said(american, word)
    assert said(lexicon, word)[: len(said(american, word))] == said(american, word)


def test_rules_leave_other_words_alone(lexicon: Lexicon) -> None:
    assert "M AA1 S" not in said(lexicon, "mass")
    assert "N Y UW1 N" not in said(lexicon, "noon")
    assert "M IH1 AH0 R AH0" not in said(lexicon, "mirror")
    assert said(lexicon, "nation") == ["N EY1 SH AH0 N", "N EY1 SH N"]
    assert "P AA1 K IH0 T" in said(lexicon, "pocket")
    assert said(lexicon, "can't")[0] == "K AE1 N T"


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("xylophone's", "Z AY1 L AH0 F OW2 N Z"),
        ("pocket's", "P AA1 K AH0 T S"),
        ("dogs'", "D AO1 G Z"),
        ("podcasted", "P AO1 D K AE2 S T IH0 D"),
        ("googling", "G UW1 G L IH0 NG"),
        ("viewings", "V Y UW1 IH0 NG Z"),
        ("jumpped", "JH AH1 M P T"),
        ("runnin'", "R AH1 N IH0 N"),
        ("John'll", "JH AA1 N AH0 L"),
        ("blue-green", "B L UW1 G R IY2 N"),
        ("mother-of-pearl", "M AH1 DH ER0 AH2 V P ER2 L"),
        ("u.s.a.", "Y UW2 EH2 S EY1"),
        ("x.y.", "EH2 K S W AY1"),
        ("bbc", "B IY2 B IY0 S IY1"),
        ("jpg", "JH EY2 P IY2 JH IY1"),
        ("kgbs", "K EY2 JH IY2 B IY1 Z"),
    ],
)
def test_words_built_from_others(lexicon: Lexicon, word: str, first: str) -> None:
    assert said(lexicon, word)[0] == first


def test_other_words_are_read_by_espeak(lexicon: Lexicon) -> None:
    assert said(lexicon, "zorble") == [
        "Z AO1 R B AH0 L",
        "Z AO1 R B L",
        "Z AO1 B AH0 L",
        "Z AO1 B L",
    ]
    assert "zorble" not in lexicon
    began = time.perf_counter()
    lexicon.pronunciations("ZORBLE")
    assert time.perf_counter() - began < 0.005  # remembered
    assert said(lexicon, "zorble's")[0] == "Z AO1 R B AH0 L Z"
    # A short one may be an abbreviation as well.
    assert "EY2 CH D IY2 EH2 M AY1" in said(lexicon, "hdmi")
    for word in (
        "xiaoming",
        "qaddafi",
        "brzezinski",
        "a'",
        "'n'",
        "tsk-tsk",
        "pneumonoultramicros",
    ):
        for one in lexicon.pronunciations(word):
            assert from_text(" ".join(one)) == one


def test_ipa_becomes_arpabet() -> None:
    assert " ".join(from_ipa("b_ˈʌ_ʔ_n̩")) == "B AH1 T AH0 N"
    assert " ".join(from_ipa("h_ˈɜː_ɹ_i")) == "HH ER1 IY0"
    assert " ".join(from_ipa("v_ˈɪ_d_ɪ__oʊ")) == "V IH1 D IY0 OW0"
    assert " ".join(from_ipa("j_ˌuː_ˌɛ_s_b_ˈiː")) == "Y UW2 EH2 S B IY1"
    assert " ".join(from_ipa("ð_ə")) == "DH AH1"
    assert from_ipa("") == ()


def test_espeak_gives_phonemes() -> None:
    espeak = EspeakSynthesizer()
    found = espeak.phonemes(["hello", "", "one, two.", "!?", "🙂", "naïve"])
    assert found == ["h_ə_l_ˈoʊ", "", "w_ˈʌ_n t_ˈuː", "", "", "n_aɪ_ˈiː_v"]
    assert espeak.phonemes([]) == []
    assert espeak.phonemes(["rot"], "de") == ["ʁ_ˈoː_t"] or espeak.phonemes(["rot"], "de") != [""]


def test_own_pronunciations(lexicon: Lexicon) -> None:
    own = lexicon.copy()
    own.add("Xiaoming", "SH Y AW2 M IH1 NG")
    assert said(own, "xiaoming") == ["SH Y AW2 M IH1 NG"]
    assert said(own, "Xiaoming’s") == ["SH Y AW2 M IH1 NG Z"]
    own.add("xiaoming", ("SH", "AW1", "M", "IH0", "NG"))
    assert said(own, "xiaoming") == ["SH Y AW2 M IH1 NG", "SH AW1 M IH0 NG"]
    own.add("read", "r eh1 d")
    assert said(own, "read") == ["R EH1 D"]
    assert "xiaoming" in own and "xiaoming" not in lexicon
    assert said(lexicon, "read")[0] == "R EH1 D" and len(said(lexicon, "read")) == 2
    with pytest.raises(ConfigError, match="XX"):
        own.add("read", "R XX D")


@pytest.mark.parametrize("word", ["", " ", "25", "...", "'", "你好", "two words", "a" * 61])
def test_what_is_no_word_is_refused(lexicon: Lexicon, word: str) -> None:
    with pytest.raises(ConfigError, match="is no English word"):
        lexicon.pronunciations(word)
    assert word not in lexicon


def test_a_missing_dictionary_and_a_missing_espeak_are_explained(
    tmp_path: Path, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match="cmudict.dict: cannot be read"):
        Lexicon(tmp_path)
    monkeypatch.setattr(EspeakSynthesizer, "_library", lambda self: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    lonely = Lexicon()
    assert said(lonely, "hello")
    with pytest.raises(EngineMissingError, match="espeak"):
        lonely.pronunciations("blorptastic")


def test_every_line_of_the_dictionary_can_be_read() -> None:
    dictionary = CmuDict(ModelStore().path("cmudict"))
    for line in dictionary._lines[::97]:
        word = line.split(b" ")[0].partition(b"(")[0].decode()
        assert word in dictionary
        for one in dictionary[word]:
            assert from_text(" ".join(one)) == one
    assert dictionary["zzzz"] == dictionary["hel"] == dictionary["café"] == ()


def test_it_opens_quickly() -> None:
    folder = ModelStore().path("cmudict")
    fastest = 1.0
    for _ in range(5):  # other programs share the processor
        began = time.perf_counter()
        Lexicon(folder).pronunciations("hello")
        fastest = min(fastest, time.perf_counter() - began)
    assert fastest < 0.15


def test_it_agrees_with_the_corpus(data: Path, lexicon: Lexicon) -> None:
    """The phones that speechocean762 asks for are among ours.

    It writes the vowel of ``not`` as that of ``nut`` (British, in a notation of its own); where
    nothing else differs, that counts as agreement in the second figure.
    """
    strict = folded = every = 0
    with (data / "speechocean762" / "labels.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            for word in json.loads(line)["words"]:
                asked = [bare(phone) for phone in word["phones"]]
                ours = [[*map(bare, one)] for one in lexicon.pronunciations(word["text"])]
                every += 1
                strict += asked in ours
                folded += _fold(asked) in map(_fold, ours)
    assert strict / every > 0.95
    assert folded / every > 0.98


def _fold(phones: list[str]) -> list[str]:
    return ["AA" if phone in ("AH", "AO") else phone for phone in phones]
