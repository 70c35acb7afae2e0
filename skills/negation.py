"""What a sentence forbids: "don't turn on the lamp" must not turn it on."""

from __future__ import annotations

import re

from skills.normalize import base

_NOT = {
    "en": (
        (
            r"\b(?:(?:please |just )?(?:do|must|should|shall) not|don't|dont|mustn't|shouldn't"
            r"|please not|never(?! ?mind)|not)\b(?: you)?(?: (?:ever|dare|dare to))?",
            "",
        ),
        # What remains of "don't" after a recogniser.
        (r"^(?:don|doan|dont you|no need to|stop yourself from|avoid|leave off)\b", ""),
        (r"^leave (?P<what>.+) (?P<how>on|off|open|closed|locked|unlocked)$", r"\g<what> \g<how>"),
    ),
    "zh": (
        (
            r"(?<![特分区级性个告道送离差])别(?!墅|的|人|墅)|不要再?|不用|不许|不准|不可以|不能|不必|不得|甭|勿|莫",
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
        (r"(?<=하)지 ?(?:는 )?(?:마|말|않).*$", "줘"),
        (r"추지 ?(?:는 )?(?:마|말|않).*$", "춰줘"),
        (r"리지 ?(?:는 )?(?:마|말|않).*$", "려줘"),
        (r"끄면 안 ?(?:돼|되).*$", "꺼줘"),
        (r"(?<=[가-힣])지 ?(?:마(?:세요|요)?|말(?:아.*|고)?|않.*)$", "줘"),
        (r"\b안 (?=켜|꺼|끄|열|닫|잠|틀|해)", ""),
        (r"면 안 ?(?:돼|되).*$", "줘"),
    ),
}


def without_negation(text: str, language: str) -> str | None:
    """The sentence that was forbidden, out of one that forbids; None if nothing is negated.

    ``text`` has been normalised: ``don't turn on the lamp`` gives ``turn on the lamp``.
    """
    for pattern, instead in _NOT.get(base(language), ()):
        positive, count = re.subn(pattern, instead, text)
        if count:
            return " ".join(positive.split())
    return None
