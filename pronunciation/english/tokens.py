"""A text in pieces: what stands between its spaces, and the punctuation around it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from speech.errors import ConfigError

_BEFORE, _AFTER = "$€£¥₩₹#&@+=×÷%°", "$€£¥₩₹&@+=×÷%°"
"""Signs that are read where they begin or end a piece."""

_CLIPPED = {"'em", "'til", "'tis", "'twas", "'cause", "'bout", "'round", "'n", "'cuz", "'kay"}
"""Words that begin with an apostrophe; elsewhere it opens a quotation."""

_REPLACED = str.maketrans(
    {"。": ". ", "、": ", ", "，": ", ", "；": "; ", "：": ": ", "？": "? ", "！": "! ",
     "−": "-", "‐": "-", "‑": "-", "™": None, "®": None, "©": None,
     "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\ufeff": None}
)  # fmt: skip
_PLAINER = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "th", "þ": "th",
     "ı": "i", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "⁄": "/"}
)  # fmt: skip
_LATIN_ENOUGH = "µμπΩªº"
_LANGUAGES = {"HIRAGANA|KATAKANA": "ja", "HANGUL": "ko", "CJK|IDEOGRAPH|BOPOMOFO": "zh"}


@dataclass(frozen=True, slots=True)
class Token:
    """What stands between two spaces."""

    core: str
    """Without the punctuation around it; empty where there is nothing else."""
    plain: str
    """The core in lower case, without accents, with straight apostrophes."""
    tail: str
    """What follows the core."""


def tokens(text: str) -> list[Token]:
    """Split a text at spaces, and where only punctuation parts words.

    Raises
    ------
    ConfigError
        It holds letters of another script than the Latin one.
    """
    _check_script(text)
    found: list[Token] = []
    quoted = False  # between single quotes, where the ' of `dogs'` closes
    for chunk in _spaced(text).split():
        token, quoted = _token(chunk, quoted)
        found.append(token)
    return found


def plain(word: str) -> str:
    """Lower case, without accents, with straight apostrophes."""
    letters = unicodedata.normalize("NFKD", word.lower().translate(_PLAINER)).translate(_PLAINER)
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def pause_mark(tail: str) -> str:
    """The punctuation that asks for a pause: the strongest of what follows a word, or nothing."""
    if "…" in tail or ".." in tail:
        return "..."
    return next((sign for sign in "?!.;:," if sign in tail), "-" if "—" in tail else "")


def _spaced(text: str) -> str:
    """The text with a space wherever words part, and a dash that asks for a pause by itself."""
    text = unicodedata.normalize("NFC", text.translate(_REPLACED))
    text = re.sub(r"(?<=\d)\s*–\s*(?=\d)", "–", text)  # 1990–2000
    text = re.sub(r"\s*(?:[—―]|--+|(?<!\d)–|–(?!\d))\s*|\s+-+\s+", " — ", text)
    text = re.sub(r"(\.{2,}|…)(?=\w)", r"\1 ", text)
    text = re.sub(r"(?<=[^\W\d])([,;:!?]+)(?=[\w\"“'‘])", r"\1 ", text)
    text = re.sub(r"(?<=[a-z][a-z])\.(?=[A-Z][a-z])", ". ", text)
    text = re.sub(r"(?<=[^\W\d_]{2})/(?=[^\W\d_]{2})", " ", text)  # and/or, but km/h
    return re.sub(r"(?<=\d)(?=[¼-¾⅐-⅞])", " ", text)  # 3½


def _token(chunk: str, quoted: bool) -> tuple[Token, bool]:
    """One piece, and whether a quotation in single quotes is open behind it."""
    first = next((i for i, sign in enumerate(chunk) if sign.isalnum() or sign in _BEFORE), None)
    last = max((i for i, sign in enumerate(chunk) if sign.isalnum() or sign in _AFTER), default=-1)
    if first is None or last < first:
        return Token("", "", chunk), quoted
    head, core, tail = chunk[:first], chunk[first : last + 1], chunk[last + 1 :]
    if plain(head).endswith("'"):
        if "'" + plain(core) in _CLIPPED or re.fullmatch(r"\d0s", core):
            core = head[-1] + core
        else:
            quoted = True
    elif re.search(r"(^|[^.])[-.]$", head) and re.match(r"[\d$€£¥₩₹]", core):
        core = head[-1] + core  # -5 and .5
    if plain(tail).startswith("'") and not quoted and re.search(r"(s|in)$", plain(core)):
        core, tail = core + tail[0], tail[1:]  # dogs' and runnin'
    return Token(core, plain(core), tail), quoted and "'" not in plain(tail)


def _check_script(text: str) -> None:
    foreign = [sign for sign in text if sign.isalpha() and not _is_latin(sign)]
    if not foreign:
        return
    some = "".join(dict.fromkeys(foreign))[:8]
    names = " ".join(unicodedata.name(sign, "") for sign in foreign)
    code = next((code for script, code in _LANGUAGES.items() if re.search(script, names)), "")
    hint = f": set the option language, as in --language {code}" if code else ""
    raise ConfigError(f"the text is not English, it holds {some!r}{hint}")


def _is_latin(sign: str) -> bool:
    # Modifier letters (Lm) are apostrophes and marks of transcription.
    latin = "LATIN" in unicodedata.name(sign, "") or unicodedata.category(sign) == "Lm"
    return latin or sign in _LATIN_ENOUGH
