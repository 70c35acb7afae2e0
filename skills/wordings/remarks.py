"""What is said beside a command: "it's dark out here, put the lights on", 눈부시니까 램프 꺼줘.

In goes a sentence as it was said, out come the commands in it that stand beside a mere remark:
first or last, with nothing in the rest that asks, forbids, commands or tells what somebody said.
Whether it is a command at all is for the matcher to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skills.negation import without_negation
from skills.normalize import base

_BREAKS = {
    "en": re.compile(r"\s*[,;.!?]+\s+|\s+so\s+|\s+(?=(?:can|could|would|will) (?:you|we)\b)"),
    "zh": re.compile(r"\s*[,，;；。.!！?？]\s*"),
    "ko": re.compile(r"\s*[,;.!?]+\s+"),
}
_KOREAN_BREAKS = re.compile(
    r"(?<=니까)\s+|(?<=[네다])\s+|(?<=[가-힣][요야])\s+|(?<=[게워해])\s+"
    r"|(?<=[켜꺼어아해춰려줘]줘)\s+"
)
"""Korean is written without commas too: after these a remark, or a command, may be over."""
_NO_REMARK = {
    "en": re.compile(
        r"^(?:turn|switch|set|put|open|close|shut|lock|unlock|start|stop|play|pause|dim|make|get"
        r"|add|pass|give|hand|fetch|bring|come|go|look|ask|tell|and|or|not|no|nor)\b"
        r"|\b(?:said|says?|saying|told|tells?|telling|asked|asks?|shouted|yelled|called|wrote"
        r"|and (?:turn|switch|set|put|open|close|shut|lock|unlock)|like this|song|film|movie"
        r"|book|story|dream|if|unless|when|until|before|after|except|only|but|why|who|what|how"
        r"|shall|should|never ?mind|cancel|forget|scratch|sorry|wait|i mean|no)\b"
        r"|\b(?:go|goes|went|like)$|^(?:would|could|will|can|did|does|do|is|are|was|were)\b"
    ),
    "zh": re.compile(
        r"^[你您]|帮我|给我|[拿递说讲问叫喊告诉让]|写着|故事|电影里|梦|[开关锁调设]|如果|要是|除非|时候|以后|之后|之前"
        r"|算了|不对|不是|取消|什么|怎么|谁|吗|不要|别|但|可是|不过"
    ),
    "ko": re.compile(
        r"라고|다고|자고|냐고|대(?:요)?$|래(?:요)?$|말했|그랬|노래|영화|소설|꿈|면(?: |$)|거든|말고"
        r"|아니|됐[어고]|취소|그만|켜|꺼|끄|끈|열|닫|잠[가그긴]|틀"
        r"|줘|주세요|왜|누가|언제|어디|무슨|하지만|그런데|(?<!거)[야아]$"
    ),
}
_LEAST = {"en": 2, "zh": 3, "ko": 1}
_MOST = {"en": 9, "zh": 14, "ko": 6}
"""Words of a remark; characters in Mandarin. One word may be whom it is said to."""
_SHORT = re.compile(r"\S+'(?:s|re|ve|m|d|ll)\b|(?:i|we|it|that|there|they)\b")
"""How an English remark of two words begins, and "hey Dave" does not."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A command, and what was said beside it."""

    command: str
    """As it was said."""
    remark: str
    """In lower case, without punctuation."""


def beside(text: str, language: str) -> Iterator[Beside]:
    """The commands that a sentence may hold, the likeliest first; two at most.

    >>> [found.command for found in beside("It's dark out here, put the lights on.", "en")]
    ['put the lights on.']
    """
    tag = base(language)
    if tag not in _BREAKS:
        return
    said = text.strip()
    breaks = list(_BREAKS[tag].finditer(said))
    if tag == "ko" and not breaks:
        breaks = list(_KOREAN_BREAKS.finditer(said))
    breaks = [found for found in breaks if said[: found.start()] and said[found.end() :]]
    if not breaks:
        return
    first, last = breaks[0], breaks[-1]
    for command, remark in (
        (said[last.end() :], said[: last.start()]),
        (said[: first.start()], said[first.end() :]),
    ):
        bare = " ".join(re.sub(r"[^\w'\s]", " ", remark.lower().replace("’", "'")).split())
        if _mere(bare, tag):
            yield Beside(command, bare)


def _mere(remark: str, tag: str) -> bool:
    size = len(remark) if tag == "zh" else len(remark.split())
    if tag == "en" and size == 2 and not _SHORT.match(remark):
        return False
    return (
        _LEAST[tag] <= size <= _MOST[tag]
        and _NO_REMARK[tag].search(remark) is None
        and without_negation(remark, tag) is None
    )
