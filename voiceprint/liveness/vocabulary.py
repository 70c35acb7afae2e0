"""The words that challenges are made of, by language (primary subtag)."""

from __future__ import annotations

DIGITS = {
    "de": tuple("null eins zwei drei vier fünf sechs sieben acht neun".split()),
    "en": tuple("zero one two three four five six seven eight nine".split()),
    "es": tuple("cero uno dos tres cuatro cinco seis siete ocho nueve".split()),
    "fr": tuple("zéro un deux trois quatre cinq six sept huit neuf".split()),
    "it": tuple("zero uno due tre quattro cinque sei sette otto nove".split()),
    "ko": tuple("영 일 이 삼 사 오 육 칠 팔 구".split()),
    "zh": tuple("零 一 二 三 四 五 六 七 八 九".split()),
}
"""By their value, as a Vosk model writes them."""

WORDS = {
    "en": tuple(
        """
        apple basket button camera candle castle circle coffee cotton doctor dragon family farmer
        finger forest garden guitar hammer island jacket kitchen ladder lemon market mirror money
        monkey mountain number orange paper pencil pepper picture planet pocket potato rabbit river
        school silver sugar summer table ticket tiger tomato travel valley village window winter
        """.split()
    ),
}
"""Everyday words of two syllables or more that are hard to take for one another."""
