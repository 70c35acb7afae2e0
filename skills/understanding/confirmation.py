"""Yes and no, as an answer to "Did you mean ...?"."""

from __future__ import annotations

import re

from skills.normalize import base, normalize

_YES = {
    "en": r"(?:oh |um )?(?:yes|yeah|yep|yup|sure|right|correct|exactly|ok|okay"
    r"|that's right|that is right"
    r"|that's it|of course|do it|do that|go ahead|i did|yes i did|please do|indeed|affirmative)"
    r"(?: (?:yes|please|do|do it|do that|that's right|i did|of course|exactly|thanks"
    r"|thank you|sir))*",
    "zh": r"(?:嗯|哦|啊)*(?:是|是的|对|对的|对啊|没错|好|好的|好啊|可以|行|嗯|嗯嗯|正是"
    r"|当然|就是|就是这样|确认|要"
    r"|是这样|是这个|对对|是是)(?:是的|对|的|了|啊|呀|没错|谢谢)*",
    "ko": r"(?:네|예|응|어|그래|그래요|맞아|맞아요|맞습니다|좋아|좋아요|그렇게 해"
    r"|그렇게 해줘|해줘|물론|물론이지"
    r"|당연하지|오케이|그럼|그럼요|네네|응응)(?: ?(?:네|예|맞아요?|맞습니다|그래요?"
    r"|그렇게 해줘|해줘|부탁해요?))*",
}
_NO = {
    "en": r"(?:no|nope|nah|not that|wrong|never ?mind|don't|cancel|stop|that's wrong|that is wrong"
    r"|not at all|i did not|i didn't|leave it|forget it|neither)(?: (?:no|thanks|thank you"
    r"|please))*",
    "zh": r"(?:不|不是|不对|不是的|不用|不用了|不要|不行|没有|错|错了|别|算了|取消|不可以"
    r"|否|不是这个)(?:谢谢|了|啊)*",
    "ko": r"(?:아니|아니요|아뇨|아니오|아니야|아닌데|아닙니다|틀렸어요?|됐어요?|취소"
    r"|취소해줘|하지 ?마|말아줘|싫어요?"
    r"|그만)(?: ?(?:요|괜찮아요|됐어요?))*",
}
_TAKEN_BACK = {
    "en": r"(?:no,? ?)?(?:cancel|never ?mind|forget|undo|scratch|don't do)"
    r"(?: (?:it|that|this))?(?: (?:please|again|thanks|thank you))?",
    "zh": r"(?:不|不用|不要)?(?:取消|算了|撤销|撤回|不用了|不要了|作罢)(?:它|这个|那个|掉|吧|了)*",
    "ko": r"(?:아니야? ?)?(?:(?:그거|이거|방금 거) ?)?"
    r"(?:취소(?:해(?: ?줘| ?주세요)?|요)?|됐어요?|그만둬|없던 걸로 해(?: ?줘)?)",
}
_NO_BUT = {
    # In Mandarin "no" and "not" are one word: without a pause or "I mean" it forbids what follows.
    "en": r"^(?:(?:no|nope)\b|(?:not that|wrong)(?: one)?(?=,))(?P<pause>,*)\s*"
    r"(?:(?:i (?:said|meant|mean)|it was)\s+)?(?P<rest>.+)$",
    "zh": r"^(?:(?:不是?|错)(?:(?P<pause>,+)|(?=我(?:说|要)的?是))|(?:不是的|不对|错了),*)"
    r"(?:我(?:说|要)的?是|是)?(?P<rest>.+)$",
    "ko": r"^(?:아니요?|아뇨|아니야)(?:(?P<pause>,+)\s*|\s+)(?P<rest>.+)$",
}
_NONE_OF_THEM = {
    "en": r"(?:no,? )?(?:neither|none)(?: of (?:them|those|these))?|(?:no )?(?:don't|dont)(?: do)?"
    r"(?: (?:it|that))?",
    "zh": r"(?:哪[个间]|[一两]个)?(?:都|也)(?:不要|不是|不用|不对|别)"
    r"|[不别]要?(?:打?开|关|锁|动)",
    "ko": r"(?:둘|다|모두|둘 다|아무것도) ?(?:아니(?:야|에요|요)?|싫어요?)",
}
_DECLINES = {
    "en": r"(?:not|wrong|no)\b(?! (?:matter|later)).*",
    "zh": r"(?:不|没|别).*|.*(?:不要|不是|不对)",
    "ko": r"(?:안 |못 ).*|.*(?:말고|빼고|아니(?:야|에요|요)?|아닌데요?|아닙니다|싫어요?)",
}
_A_NAME = r"(?:the|my|that|this|in|on|at)\b"


def affirms(text: str, language: str) -> bool | None:
    """Whether an answer is a yes (True) or a no (False); None if it is neither.

    >>> affirms("Yes, please.", "en"), affirms("nein", "de")
    (True, None)
    """
    said = _bare(text, language)
    tag = base(language)
    for words, answer in ((_YES, True), (_NO, False)):
        if tag in words and re.fullmatch(rf"(?:(?:{words[tag]})\s*)+", said):
            return answer
    return None


def agrees(text: str, language: str) -> bool | None:
    """As :func:`affirms`, of a question of yes or no: "not the front door" is a no there."""
    said = affirms(text, language)
    refused = said is None and (calls_off(text, language) or declines(text, language))
    return False if refused else said


def takes_back(text: str, language: str) -> bool:
    """Whether what was just agreed on is called off: "cancel that"."""
    pattern = _TAKEN_BACK.get(base(language))
    return pattern is not None and re.fullmatch(pattern, _bare(text, language)) is not None


def correction(text: str, language: str) -> str | None:
    """What follows a no: ``turn on the fan`` of "No, turn on the fan"."""
    pattern = _NO_BUT.get(base(language))
    found = None if pattern is None else re.match(pattern, _paused(text, language))
    return None if found is None else _bare(found["rest"], language)


def names_instead(text: str, language: str) -> bool:
    """Whether what follows a no may be just a name: "no, kitchen", but not of "no lights"."""
    pattern = _NO_BUT.get(base(language))
    found = None if pattern is None else re.match(pattern, _paused(text, language))
    if found is None:
        return False
    return base(language) != "en" or bool(found["pause"]) or bool(re.match(_A_NAME, found["rest"]))


def calls_off(text: str, language: str) -> bool:
    """Whether an answer is a no, also to a question of which one: "neither"."""
    if affirms(text, language) is False:
        return True
    pattern = _NONE_OF_THEM.get(base(language))
    return pattern is not None and re.fullmatch(pattern, _bare(text, language)) is not None


def declines(text: str, language: str) -> bool:
    """Whether an answer says what is not meant: "not that lamp"."""
    pattern = _DECLINES.get(base(language))
    return pattern is not None and re.fullmatch(pattern, _bare(text, language)) is not None


def _paused(text: str, language: str) -> str:
    """As :func:`_bare`, with a comma where there was a pause."""
    words = re.sub(r"[ ]*[,.!?，。！？、]+", ", ", text.lower().replace("’", "'")).split()
    if base(language) == "zh":
        return "".join(words).rstrip(",")
    return " ".join(words).rstrip(",")


def _bare(text: str, language: str) -> str:
    # Politeness is taken off; where nothing else is left, it is the answer ("好吗" is not).
    bare = " ".join(re.sub(r"[,.!?，。！？、~]+", " ", text.lower().replace("’", "'")).split())
    if base(language) == "zh":
        bare = bare.replace(" ", "")
    return bare or normalize(text, language)
