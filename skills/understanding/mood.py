"""What a repaired sentence must not lose: that it asks, on what condition, and which way.

"Is the lamp on" is no command however near to one it is, "turn on the lamp if it rains" does
not mean "turn on the lamp", and "unlock the doors" is no damaged "lock the doors".
"""

from __future__ import annotations

import re

from skills.normalize import base

_ASKS = {
    "en": re.compile(
        r"(?:is|are|was|were|did|does|do(?! not\b)|have|has|what|which|who|where|when|why|how"
        r"|what's|who's|where's|how's)\b"
    ),
    "zh": re.compile(
        r".*(?:吗|没|没有|么)$|.*(?:有没有|是不是|是否|什么|多少|哪|谁|怎么|为什么|几[点度个]|([开关锁])没\1)"
    ),
    "ko": re.compile(
        r".*(?:몇|뭐|무슨|어떤|어디|언제|얼마|왜)|.*(?:있(?:어|나|니|지)|졌(?:어|나|니|지))요?$"
    ),
}
_CONDITIONS = {
    "en": re.compile(
        r"\b(?:if|unless|when|whenever|until|till|while|before|after|once|except|besides|instead"
        r"|without|only|but|excluding|apart from|(?:other|rather) than|later|soon|some ?day"
        r"|to(?:night|morrow)|sunset|sunrise|dusk|dawn|midnight|(?:after)?noon|evening|morning"
        r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    ),
    "zh": re.compile(
        r"如果|要是|假如|若是|万一|只要|只有|的话|时候|以前|之前|以后|之后|等到|直到|不然|否则"
        r"|(?<![清删解移扫消排拆])除(?![湿尘霜臭螨菌雾味])|晚[点些上]|待[会會]|[等过過][会會]|一[会會]|稍[后後]|回[头頭]"
        r"|[今明后後][天早晚]|[早晚]上|[上下中]午|半夜|日[落出]|天[黑亮]|[上下]班|睡前|解[锁鎖]|[开開][锁鎖]"
    ),
    "ko": re.compile(
        r"\S+(?<!화)(?<!전)면(?= |$)|\S+거든(?= |$)|만약"
        r"|\S*(?:때|까지|전에|후에|뒤에|빼고|대신|제외하고|말고)(?= |$)"
        r"|(?:나중|이따|내일|모레|오늘 밤|새벽|아침|점심|저녁|밤)(?:에|가)?(?= |$)|금지"
    ),
}
_NEGATIVE = {
    "en": re.compile(
        r"(?<=\w )no\b|\b(?:not|never|neither|nor|(?:wo|ca|would|could|should|need|must)n't"
        r"|stop(?= \w+ing\b))(?! you\b)"
    ),
    "zh": re.compile(r"不(?!锈|銹|粘)|[没沒]|未|禁止|[勿別]|算了|唔|咪|冇"),
    "ko": re.compile(r"(?:^| )(?:안|못) |지 ?(?:마|말|않)|(?:^| )아니(?:야|에요|요)?$"),
}
"""What a command does not lose: "turn on no lights" is nearly "turn on the lights"."""
_OPPOSITES = {
    "en": (("on", "off"), ("on", "out"), ("open", "close"), ("lock", "unlock"), ("up", "down")),
    "zh": (("开", "关"), ("開", "關"), ("亮", "暗"), ("高", "低"), ("大", "小")),
    "ko": (
        ("켜", "꺼"),
        ("열", "닫"),
        ("풀", "잠가"),
        ("해제", "잠가"),
        ("올려", "내려"),
        ("높여", "낮춰"),
        ("밝", "어둡"),
    ),
}


def asks_something(text: str, language: str) -> bool:
    """Whether a normalised sentence is a question, as far as its words tell."""
    pattern = _ASKS.get(base(language))
    return pattern is not None and pattern.match(text) is not None


def kept(said: str, sentence: str, language: str) -> bool:
    """Whether a sentence still asks, and depends on, what was said, and is not its opposite.

    Both have been normalised.
    """
    if asks_something(said, language) and not asks_something(sentence, language):
        return False
    needed = [_CONDITIONS.get(base(language))]
    if not asks_something(said, language):
        needed.append(_NEGATIVE.get(base(language)))
    for pattern in needed:
        if pattern is not None and any(hit[0] not in sentence for hit in pattern.finditer(said)):
            return False
    return not any(
        _has(said, one, language)
        and _has(sentence, other, language)
        and not _has(said, other, language)
        and not _has(sentence, one, language)
        for pair in _OPPOSITES.get(base(language), ())
        for one, other in (pair, pair[::-1])
    )


def _has(text: str, word: str, language: str) -> bool:
    return word in (text.split() if base(language) == "en" else text)
