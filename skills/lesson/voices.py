"""Which voice says what: Chinese that is quoted in another language needs a Chinese voice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skills.contract import Spoken
from speech.language import primary

_HANZI = re.compile("([\u3400-\u9fff]+(?:[，、]?[\u3400-\u9fff]+)*)")
_BETWEEN = ' “”‘’"(),'
"""What stands around a quotation and is not said."""


def by_voice(part: Spoken, learnt: str) -> Iterator[Spoken]:
    """A part in pieces, each in the language of its voice.

    >>> [piece.text for piece in by_voice(Spoken("In “你好”, the tone fell.", "en"), "zh")]
    ['In', '你好', 'the tone fell.']

    Parameters
    ----------
    learnt
        The language (BCP 47) that quotations are in: only Chinese is told by its letters.
    """
    foreign = primary(learnt) == "zh" and primary(part.language) != "zh"
    if not (foreign and _HANZI.search(part.text)):
        yield part
        return
    for number, piece in enumerate(_HANZI.split(part.text)):
        quoted = number % 2 == 1
        text = piece if quoted else piece.strip(_BETWEEN).lstrip(":;. ")
        if any(sign.isalnum() for sign in text):
            yield Spoken(text, learnt if quoted else part.language, part.pace)
