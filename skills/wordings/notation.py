"""The notation of wordings, which is that of sentence templates: read into expressions.

``(a|b)`` is one of several, ``[a]`` may be left out, ``<name>`` is a rule of the file, ``{name}``
any text that is kept, ``{name:rule}`` text that the rule fits. A space is the end of a word.
Rules that are always there: ``<digits>``, ``<numeral>`` for digits and the number words of Mandarin
and Korean, and ``<text>`` for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_WORD_ENDS = r"(?: |\b)"
_ANY = ".+?"
_TOKENS = re.compile(r"<(?P<rule>\w+)>|\{(?P<kept>\w+)(?::(?P<like>\w+))?\}|(?P<one>.)")
_ALWAYS = {
    "digits": r"\d+",
    "numeral": r"(?:\d+|[零一二两三四五六七八九十百]+|[일이삼사오육칠팔구십백]+)",
    "text": ".+",
}
_SIGNS = {"(": "(?:", "[": "(?:", ")": ")", "]": ")?", "|": "|", " ": _WORD_ENDS}


def expression(text: str, rules: Mapping[str, str]) -> str:
    """What is written in the notation, as a regular expression.

    >>> re.fullmatch(expression("(kill|cut) [off] {x}", {}), "kill the lamp")["x"]
    'the lamp'

    Raises
    ------
    KeyError
        For a rule that there is not.
    """
    return "".join(_read(text, rules))


def _read(text: str, rules: Mapping[str, str]) -> Iterator[str]:
    for token in _TOKENS.finditer(text):
        if token["rule"]:
            yield f"(?:{_named(token['rule'], rules)})"
        elif token["kept"]:
            like = _ANY if token["like"] is None else _named(token["like"], rules)
            yield f"(?P<{token['kept']}>{like})"
        else:
            yield _SIGNS.get(token["one"]) or re.escape(token["one"])


def _named(rule: str, rules: Mapping[str, str]) -> str:
    return _ALWAYS[rule] if rule in _ALWAYS else expression(rules[rule], rules)
