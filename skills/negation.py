"""What a sentence forbids: "don't turn on the lamp" must not turn it on."""

from __future__ import annotations

import re

from skills.matches import Match
from skills.normalize import base

_NOT = {
    "en": (
        (
            r"\b(?:(?:please |just )?(?:do|must|should|shall) (?:not|n't)|don't|dont|mustn't"
            r"|shouldn't|needn't|please not|never(?! ?mind)|no need to|not)\b(?: you)?"
            r"(?: (?:ever|dare|dare to))?",
            "",
        ),
        # What remains of "don't" after a recogniser.
        (r"^(?:don|doan|dont you|stop yourself from|avoid|leave off)\b", ""),
        (r"^leave (?P<what>.+) (?P<how>on|off|open|closed|locked|unlocked)$", r"\g<what> \g<how>"),
    ),
    "zh": (
        # Simplified and traditional, and what Cantonese has instead.
        (
            r"(?<![特分区區级級性个個告道送离離差])[别別](?!墅|的|人)|不要再?|不用|不[许許]|不准|不可以"
            r"|不能|不必|不得|甭|勿|莫|不需要|用不[着著]|[没沒]必要|[无無]需|禁止|不想"
            r"|[没沒](?:[让讓]|叫|要)你?|(?<![开開关關锁鎖要可能好行是来來])不(?=打?[开開]|[关關锁鎖]|解[锁鎖])"
            r"|唔(?:好|使|准|要|可以|得|想)|^咪",
            "",
        ),
    ),
    "ko": (
        (r"(?<=켜)지 ?(?:는 )?(?:마|말|않).*$", "줘"),
        (r"끄지 ?(?:는 )?(?:마|말|않).*$", "꺼줘"),
        (r"(?<=열)지 ?(?:는 )?(?:마|말|않).*$", "어줘"),
        (r"(?<=닫)지 ?(?:는 )?(?:마|말|않).*$", "아줘"),
        (r"잠그지 ?(?:는 )?(?:마|말|않).*$", "잠가줘"),
        (r"(?<=틀)지 ?(?:는 )?(?:마|말|않).*$", "어줘"),
        (r"하지 ?(?:는 )?(?:마|말|않).*$", "해줘"),
        (r"풀지 ?(?:는 )?(?:마|말|않).*$", "풀어줘"),
        (r"추지 ?(?:는 )?(?:마|말|않).*$", "춰줘"),
        (r"리지 ?(?:는 )?(?:마|말|않).*$", "려줘"),
        (r"끄면 안 ?(?:돼|되).*$|끌 필요(?:는|가)? ?없.*$", "꺼줘"),
        (r"잠그면 안 ?(?:돼|되).*$|잠글 필요(?:는|가)? ?없.*$", "잠가줘"),
        (r"(?<=[열틀풀])(?:면 안 ?(?:돼|되)| 필요(?:는|가)? ?없).*$", "어줘"),
        (r"(?<=닫)(?:으면 안 ?(?:돼|되)|을 필요(?:는|가)? ?없).*$", "아줘"),
        (r"켤 필요(?:는|가)? ?없.*$", "켜줘"),
        (r"(?<=[가-힣])지 ?(?:마(?:세요|요)?|말(?:아.*|고)?|않.*)$", "줘"),
        (r"\b안 (?=켜|꺼|끄|열|닫|잠|틀|해)", ""),
        (r"면 안 ?(?:돼|되).*$", "줘"),
    ),
}

_BEFORE = {
    # What may stand before what is forbidden: "no, you must not ...".
    "en": r"^(?:(?:no|oh|well|you|we|have to|need to|there's|there is|it's|it is)\b,?\s*)+",
    "zh": r"^(?:不[,，]|千万|绝对|暂时|先|都|[你您我]们?|现在|也|请|再)+",
    "ko": r"^(?:(?:아니요?|절대로?|그냥|지금|제발),?\s+)+",
}
_OR = {"en": (r"\bor\b", "and"), "zh": (r"或者?|也(?:不要|别)", "和")}


def without_negation(text: str, language: str) -> str | None:
    """The sentence that was forbidden, out of one that forbids; None if nothing is negated.

    ``text`` has been normalised: ``don't turn on the lamp`` gives ``turn on the lamp``.
    """
    for pattern, instead in _NOT.get(base(language), ()):
        positive, count = re.subn(pattern, instead, text, count=1)  # more may be a name's
        if count:
            return " ".join(positive.split())
    return None


def forbidden(positive: str, language: str) -> list[str]:
    """What :func:`without_negation` gives, in the ways in which it may be a command."""
    tag = base(language)
    bare = re.sub(_BEFORE[tag], "", positive) if tag in _BEFORE else positive
    every = re.sub(*_OR[tag], bare) if tag in _OR else bare
    return list(dict.fromkeys((positive, bare, every)))


def is_meant(text: str, language: str, match: Match | None) -> bool:
    """Whether what forbids is part of a command: "don't wake me up", "turn on do not disturb".

    In free text ("take a note don't forget the keys") the words of the command have to stand
    where a negation of it would: first, in Korean last.
    """
    if match is None or "conversation_command" in match.slots:
        return False
    if not match.free:
        return not (match.doubt or match.plain or match.inferred)
    rest = text
    for value in match.slots.values():
        quoted = value if isinstance(value, str) else ""
        edge = rest.endswith(quoted) if base(language) == "ko" else rest.startswith(quoted)
        if quoted and not edge:
            rest = rest.replace(quoted, " ", 1)
    return without_negation(" ".join(rest.split()), language) is None
