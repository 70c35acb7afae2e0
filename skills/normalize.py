"""Making what a recogniser writes or a person types alike, before sentences are compared.

Only what never changes the meaning is touched: case, width, punctuation, politeness, spelling.
Words that fill a pause may mean something elsewhere ("like", "now"): :func:`without_fillers`
takes them out of a sentence that was not understood with them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from speech.language import primary

MOST_CHARACTERS = 200
"""A sentence longer than this is no command; matching it would only cost time."""

_KEPT = "%'°.,:+-_"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_SPELLINGS = {
    "en": (
        (r"\bper cent\b", "percent"),
        (r"\bcolour(s?)\b", r"color\1"),
        (r"\bgrey\b", "gray"),
        (r"\bswitch ?off\b", "switch off"),
        (r"\bturn ?off\b", "turn off"),
        (r"^(?:shut|power|flip|cut|click)\b(?= (?:on|off)\b| .+ (?:on|off)$)", "turn"),
        (r"^put(?= .+ (?:on|off)$)", "turn"),
        (r"\b(?:a|one) hundred\b", "100"),
        (r"\b(\w+ty)-(one|two|three|four|five|six|seven|eight|nine)\b", r"\1 \2"),
    ),
    "zh": ((r"(?<=\d) ?(?:percent|百分比)", "%"),),
    "ko": (
        # A recogniser of morphemes writes particles and endings apart.
        (r"(?<=[가-힣]) 이 (야|에요)(?= |$)", r"이\1"),
        (r"(?<=[가-힣]) (?=(?:을|를|은|는|에|에서|으?로|이?야|이?에요|예요)(?: |$))", ""),
        (r"\b(말|얘기|이야기|대화|대답) (?=해)", r"\1"),
        # One ending for all degrees of politeness.
        (
            r"([켜꺼어아가궈해춰여려겨워꿔쳐봐빼둬놔와]) ?"
            r"(?:줘|주세요|주실래요?|주시겠(?:어요|습니까)|주십시오|줘요|줄래요?"
            r"|줄 수 있(?:어요?|니|나요?|을까요?)"
            r"|주면 (?:안 ?돼요?|좋겠(?:어요?|네요?|는데요?))|주라|달라고)$",
            r"\1줘",
        ),
        (r"잠궈", "잠가"),
        (r"(?<=[가-힣\d]) ?프로(?=로|$| )", "퍼센트"),
    ),
}
_ASKING = (
    r"(?:do you think )?(?:can|could|would|will) (?:you|we)"
    r"(?: (?:be able to|be so kind (?:and|as to)|be (?:a dear|nice) and|do me a favou?r and"
    r"|go ahead and|try to|maybe|perhaps|possibly|just|please|kindly|quickly))*"
)
_MOMENT = r"(?:can|(?:get|have) a (?:chance|minute|moment|second|sec))"
_POLITE = {
    "en": (
        r"\b(?:please|kindly|uh+|um+|er|erm|hmm+|mhm|mm+|ah|ahem)\b",
        rf"^(?:(?:hey|ok|okay|alright|all right|oh|well|so|actually|anyway|excuse me|let's see"
        rf"|let me see|by the way|{_ASKING}|i(?:'d| would) like (?:you )?to"
        r"|if you (?:don't|wouldn't) mind|if you (?:could|would)"
        r"|i (?:want|need) (?:you )?to|i was wondering if you could|(?:do me a favou?r|go ahead"
        r"|be so kind|be a dear) and|why don't you)\s+)+",
        rf"(?:\s+(?:thanks|cheers|thank you(?: (?:very|so) much)?|for (?:me|us)|(?:right )?now"
        rf"|(?:would|will|could|can) you|if you (?:would|will|could|like|don't mind"
        rf"|wouldn't mind|{_MOMENT})|when(?:ever)? you {_MOMENT}|if (?:that|it)(?:'s| is)"
        r" (?:ok|okay|alright|all right|possible|not too much trouble)|as soon as (?:you can"
        r"|possible)|(?:real|really|super) quick|(?:right|straight) away|immediately|asap))+$",
    ),
    "zh": (
        r"^(?:那个|嗯+|呃+|额+|唔+(?![好使准要可得想係])|喂|哎呀?|诶|哦|噢|喔|唉|嘿|对了|话说|不好意思|劳驾|你好)*",
        r"(?:吧|(?<!锁)好吗|可以吗|行吗|好不好|行不行|可不可以|能不能|拜托(?:你|您)?了?|麻烦(?:你|您)?了"
        r"|谢谢(?:你|您|啦|了)?|谢[了啦]|多谢|辛苦(?:你|您)?了|啊|呀|哦|呗|啦|嘛|哈|喽|咯|哟)+$",
        r"请问|麻烦你|麻烦您|麻烦|请你|请您|请|能不能|可不可以|可以不可以"
        r"|[你您]?(?:能|可以)(?=[请帮把给])|[你您]?(?:给|帮)我|帮忙|一下|嗯+|呃+",
    ),
    "ko": (
        r"^(?:(?:저기요?|음+|어+|흠+|자|아+|야|참|맞다|그|저|있잖아요?|혹시|근데|그런데|그러니까"
        r"|(?:미안|죄송)(?:한데|하지만)요?|실례지만|부탁인데)\s+)+",
        r"(?:\s+(?:부탁해요?|부탁드려요|부탁드립니다|고마워요?|고맙습니다|감사합니다|알았지|알겠지"
        r"|응|제발))+$",
        r"\b(?:좀|제발|부탁해요?|부탁드려요|부탁드립니다|음+|어+)\b",
    ),
}
_FILLERS = {
    "en": r"\b(?:like|just|actually|basically|simply|maybe|perhaps|possibly|you know(?: what)?"
    r"|i mean|i guess|i suppose|so|well|hey|ok|okay|oh|yeah|yes|now|right|then|maybe you could"
    r"|i think|let's|kind of|sort of|anyway|alright|go ahead and|quickly|again|still|already"
    r"|currently|sorry|quick|by any chance|^(?:listen|look)|(?<=the )the|(?<=turn )turn"
    r"|(?<=to )to)\b",
    "zh": r"然后|就是|那个|这个|那么?|所以|其实|我?想[要让请]?|我要|现在|快点?|赶[紧快]|马上"
    r"|立[刻即]|顺便|话说|对了|先|再|还|都|全|给|[你您]|吧|啊|呢|嘛|哦|了|^好[的了]?",
    "ko": r"\b(?:그|저|뭐|그러니까|그럼|이제|지금|뭐지|뭐랄까|뭐더라|일단|우선|혹시|빨리|얼른|어서"
    r"|당장|바로|그냥|아직|진짜|있잖아|아니(?!$)|네|근데|한번|다시)\b",
}


def base(language: str) -> str:
    """``zh`` of ``zh-CN``."""
    return primary(language)


@lru_cache(maxsize=2048)
def normalize(text: str, language: str) -> str:
    """The bare sentence in lower case, without punctuation, politeness and needless spaces."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    # A point or a colon between digits belongs to the number.
    text = re.sub(r"(?<!\d)[.,:](?!\d)|[.,:](?!\d)|(?<!\d)[.,:]", " ", text)
    text = "".join(
        " " if unicodedata.category(c)[0] in "PS" and c not in _KEPT else c for c in text
    )
    bare = text = _squeeze(text)
    tag = base(language)
    for pattern in _POLITE.get(tag, ()):
        bare = _squeeze(re.sub(pattern, "" if tag == "zh" else " ", bare))
    for pattern, instead in _SPELLINGS.get(tag, ()):
        bare = re.sub(pattern, instead, bare)
    return bare or text


@lru_cache(maxsize=2048)
def without_fillers(text: str, language: str) -> str | None:
    """A normalised sentence less the words that may only fill a pause; None if it has none."""
    tag = base(language)
    pattern = _FILLERS.get(tag)
    bare = text if pattern is None else _squeeze(re.sub(pattern, "" if tag == "zh" else " ", text))
    return None if not bare or bare == text else normalize(bare, language)


def _squeeze(text: str) -> str:
    text = re.sub(rf"(?<={_HAN})\s+(?=[\w%])|(?<=[\w%])\s+(?={_HAN})", "", text)
    return " ".join(text.split())
