"""The sentence of a report: every word with its sounds below it, the pauses between, and a panel
for each word."""

from __future__ import annotations

from pronunciation.report.figures import MARKS, band, decimal, whole
from pronunciation.report.language import label, say
from pronunciation.report.markup import Markup, tag
from pronunciation.report.page import section
from pronunciation.report.sounds import Sounds
from pronunciation.report.syllables import (
    remarks_on_syllables,
    syllable_buttons,
    syllable_cards,
    tone_of,
)
from pronunciation.report.word import clip_of, mark_of, panel, phone_cards, remarks_on
from pronunciation.results import Assessment, Pause, Word, WordError

SIGNS = {
    WordError.OMISSION: "⊘",
    WordError.INSERTION: "＋",
    WordError.MISPRONUNCIATION: "✕",
    WordError.UNEXPECTED_BREAK: "‖",
    WordError.MISSING_BREAK: "⌇",
    WordError.MONOTONE: "≈",
}
"""A sign for each error, so that it does not hang on the colour."""


def sentence(assessment: Assessment, sounds: Sounds, weakest: int) -> Markup:
    """The section; ``weakest`` is the index of the word whose panel is open."""
    pauses: dict[int, list[Pause]] = {}
    for pause in assessment.pauses:
        pauses.setdefault(pause.before, []).append(pause)
    tokens: list[Markup] = []
    for index, word in enumerate(assessment.words):
        tokens += map(_pause, pauses.pop(index, []))
        tokens.append(_token(index, word, sounds))
    tokens += [_pause(pause) for rest in pauses.values() for pause in rest]
    panels = [
        panel(
            index,
            word,
            sounds,
            remarks(word, sounds),
            tone_of(word),
            phone_cards(index, word, sounds)
            + syllable_cards(index, assessment.words, assessment.pitch),
        )
        for index, word in enumerate(assessment.words)
    ]
    return section(
        "sentence",
        _legend(),
        tag(
            "ol",
            tokens,
            class_="sentence",
            role="group",
            data_start=str(weakest),
            _=label("sentence_label"),
        ),
        tag("div", panels, class_="panels", id="details", role="region", _=label("details")),
        note=tag("span", say("sentence_note"), class_="needs-script"),
    )


def remarks(word: Word, sounds: Sounds) -> list[Markup]:
    """What is wrong with a word, in words."""
    return [*remarks_on(word, sounds), *remarks_on_syllables(word)]


def _legend() -> Markup:
    bands = [
        tag(
            "li",
            tag("span", mark_of(kind), class_=f"swatch {kind}"),
            say(f"band_{kind}"),
            tag("small", say(f"range_{kind}")) if kind != "none" else None,
        )
        for kind in MARKS
    ]
    pauses = [
        tag("li", tag("span", "‖", class_=f"swatch {kind}"), say(key))
        for kind, key in (("pausing", "legend_pause"), ("pausing wrong", "legend_unexpected"))
    ]
    return tag("ul", bands, pauses, class_="legend", _=label("legend"))


def _token(index: int, word: Word, sounds: Sounds) -> Markup:
    """A word of the sentence, its sounds below it."""
    kind = band(word.total)
    flag = None
    if word.error is not WordError.NONE:
        sign = tag("span", SIGNS[word.error], " ", aria_hidden="true")
        flag = tag("span", sign, say(f"error_{word.error}"), class_=f"flag {word.error}")
    phones = [
        tag(
            "button",
            tag("span", sounds.ipa(phone.phone), class_="ipa"),
            tag(
                "span", " ", whole(phone.accuracy), " ", say(f"band_{band(phone.accuracy)}"),
                class_="hidden",
            ),
            type="button",
            class_=f"sound {band(phone.accuracy)}",
            data_select=f"{index}.{number}",
            _=clip_of(phone.start, phone.end),
        )
        for number, phone in enumerate(word.phones)
    ]  # fmt: skip
    phones += syllable_buttons(index, word)
    return tag(
        "li",
        tag(
            "button",
            tag("span", word.word, class_="spelling", dir="auto"),
            tag("span", mark_of(kind), whole(word.total), class_="score"),
            tag("span", " ", say(f"band_{kind}"), class_="hidden"),
            flag,
            type="button",
            class_=f"word {kind} is-{word.error}",
            data_select=str(index),
            aria_controls="details",
            _=clip_of(word.start, word.end),
        ),
        tag("span", phones, class_="sounds") if phones else None,
        class_="token",
    )


def _pause(pause: Pause) -> Markup:
    kind = "expected" if pause.expected else "unexpected"
    seconds = decimal(pause.end - pause.start)
    sign = tag("span", f"‖ {seconds} s", aria_hidden="true")
    spoken = tag("span", say(f"pause_{kind}", seconds=seconds), class_="hidden")
    return tag("li", sign, spoken, class_=f"pausing {'' if pause.expected else 'wrong'}".strip())
