"""Several commands in one sentence: "turn off the lights and lock the door".

In goes a sentence, out come the ways in which it can be cut in two. Whether the parts mean
something is for the matcher to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skills.names import Names
from skills.normalize import base, normalize

_JOINTS = {
    "en": r"\s*[,;.]?\s+(?:and (?:then |also |after that |afterwards )?|then |but |after that )"
    r"|\s*[,;]\s*|\s*\.\s+",
    "zh": r"[,，;；。、]?\s*(?:然后再?|接着|随后|之后再?|并且|而且|同时|还有|但是?|可是|并"
    r"|再|和|顺便|另外)"
    r"|\s*[,，;；。、]\s*",
    "ko": r"\s*[,;.]?\s*(?:그리고(?: 나서)?|그 ?다음에?|그러고|하지만|그런데)\s+"
    r"|\s*[,;]\s*|(?<=지) 말고\s+"
    r"|(?:(?<=고)|(?<=고 나서)|(?<=은 다음에)|(?<=은 후에))\s+",
}
_NEGATION_HOLDS = re.compile(
    r"\b(?:and|or)\b|和|并|或|^\s*(?:then|after that|然后再?|接着|随后|之后再?|同时|还有|再)"
)
"""After these what was forbidden before may still be; "then" only without a pause."""
_NAMES_JOINT = {
    "en": r"\s*,?\s+(?:and|as well as|plus)\s+(?:also\s+)?(?:the\s+|my\s+)?"
    r"|\s*,\s*(?:the\s+|my\s+)?",
    "zh": r"和|跟|与|还有|以及|、|，|,",
    "ko": r"(?:과|와|하고|이랑|랑)\s*|\s*,\s*|\s+및\s+",
}
_ENDINGS = {
    # The form of a verb that goes on, and the one that ends the sentence.
    "켜고": "켜줘", "끄고": "꺼줘", "열고": "열어줘", "닫고": "닫아줘", "잠그고": "잠가줘",
    "틀고": "틀어줘", "맞추고": "맞춰줘", "멈추고": "멈춰줘", "낮추고": "낮춰줘",
    "높이고": "높여줘",
    "올리고": "올려줘", "내리고": "내려줘", "줄이고": "줄여줘", "키우고": "키워줘", "하고": "해줘",
    "지우고": "지워줘", "넣고": "넣어줘", "주고": "줘",
}  # fmt: skip
_ENDS = re.compile(rf"({'|'.join(_ENDINGS)})(?: 나서)?$")
_AFTER = re.compile(r"(켠|끈|연|닫은|잠근|튼|한) (?:다음에?|후에?)$")
_AFTERS = {
    "켠": "켜줘", "끈": "꺼줘", "연": "열어줘", "닫은": "닫아줘", "잠근": "잠가줘", "튼": "틀어줘",
    "한": "해줘",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cut:
    """A sentence in two."""

    first: str
    rest: str
    negation_holds: bool
    """Whether what the first part forbids may be meant to hold for the rest."""


def cuts(text: str, language: str) -> Iterator[Cut]:
    """All places where a sentence, as it was said, may fall into two; the first one first."""
    tag = base(language)
    pattern = _JOINTS.get(tag)
    if pattern is None:
        return
    for joint in re.finditer(pattern, text, re.IGNORECASE):
        first, rest = text[: joint.start()].strip(), text[joint.end() :].strip()
        if tag == "ko":
            first = _ended(first, joint[0])
        if first and rest:
            holds = _NEGATION_HOLDS.search(joint[0].lower()) is not None
            yield Cut(first, rest, holds)


def for_each(text: str, language: str, names: Names) -> list[str]:
    """``turn on the lamp``, ``turn on the fan`` of "turn on the lamp and the fan"; else nothing.

    Only names are taken apart, of which each must be known.
    """
    tag = base(language)
    joint = _NAMES_JOINT.get(tag)
    said = _lightly(text, language)
    if joint is None or not re.search(joint, said):
        return []
    known = sorted({name.text for name in names.within(normalize(text, language))}, key=len)
    if len(known) < 2:
        return []
    one = "|".join(re.escape(name) for name in reversed(known))
    edge = r"\b" if tag == "en" else ""
    found = re.search(rf"{edge}(?:{one}){edge}(?:(?:{joint}){edge}(?:{one}){edge})+", said)
    if found is None:
        return []
    before, after = said[: found.start()], said[found.end() :]
    each = re.findall(rf"{edge}(?:{one}){edge}", found[0])
    return [before + name + after for name in each]


def _lightly(text: str, language: str) -> str:
    """Lower case and without needless spaces, but with its commas."""
    parts = re.split(r"([,，、])", text)
    bare = [part if part in ",，、" else part.lower() for part in parts]
    joined = " ".join("".join(bare).split())
    return re.sub(r"[.!?。！？]+$", "", joined)


def _ended(first: str, joint: str) -> str:
    """A Korean part as it would be said alone."""
    if "말고" in joint:
        return first + " 마"
    if after := _AFTER.search(first):
        return first[: after.start()] + _AFTERS[after[1]]
    return _ENDS.sub(lambda found: _ENDINGS[found[1]], first)
