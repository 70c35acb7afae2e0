"""Syllables of Mandarin in a report: pinyin under the characters, and a card for each with its
initial, final and tone, and the melody beside the shape that the tone should have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pronunciation.report.charts import bar
from pronunciation.report.figures import FAIR, band, finite, percent, whole
from pronunciation.report.language import label, say
from pronunciation.report.markup import Markup, tag
from pronunciation.report.sounds import TONE_MARKS, part_name, parts_of
from pronunciation.report.word import clip_of, mark_of, span_of
from pronunciation.results import Heard, Pitch, Syllable, Word

_SHAPES = {
    "1": ((0.0, 5.0), (1.0, 5.0)),
    "2": ((0.0, 3.0), (0.35, 2.8), (1.0, 5.0)),
    "3": ((0.0, 2.0), (0.5, 1.0), (1.0, 1.0)),
    "full 3": ((0.0, 2.0), (0.5, 1.0), (1.0, 4.0)),
    "4": ((0.0, 5.0), (1.0, 1.0)),
    "5": ((0.0, 3.0), (1.0, 2.0)),
}
"""Time within the syllable, and Chao's five levels. The third tone rises at the end of a phrase."""

_RANGE = (8.0, 14.0)  # semitones between levels 1 and 5, at least and at most
_ALONE = 4  # syllables up to which the speaker's middle says nothing of the level
_WIDTH, _HEIGHT, _EDGE = 150, 64, 6


def syllable_buttons(index: int, word: Word) -> list[Markup]:
    """The syllables under a word of the sentence."""
    return [
        tag(
            "button",
            tag("span", one.pinyin, class_="pinyin"),
            tag(
                "span",
                [tag("i", class_=f"part {band(part.accuracy)}") for _, _, part in parts_of(one)],
                class_="parts",
                aria_hidden="true",
            ),
            tag(
                "span", " ", whole(one.accuracy), " ", say(f"band_{band(one.accuracy)}"),
                class_="hidden",
            ),
            type="button",
            class_=f"sound {band(one.accuracy)}",
            data_select=f"{index}.{number}",
            _=clip_of(one.start, one.end),
        )
        for number, one in enumerate(word.syllables)
    ]  # fmt: skip


def syllable_cards(index: int, words: Sequence[Word], pitch: Pitch | None) -> list[Markup]:
    """One card a syllable of a word."""
    word, count = words[index], sum(len(each.syllables) for each in words)
    last = index == len(words) - 1 or words[index + 1].start is None
    return [
        _card(
            f"{index}.{number}",
            one,
            pitch,
            ends=last and number == len(word.syllables) - 1,
            alone=count < _ALONE,
        )
        for number, one in enumerate(word.syllables)
    ]


def remarks_on_syllables(word: Word) -> list[Markup]:
    """What is wrong with the syllables of a word, in words."""
    lines = []
    for one in word.syllables:
        for kind, asked, part in parts_of(one):
            accuracy = finite(part.accuracy)
            if accuracy is None or round(accuracy) >= FAIR:
                continue
            name = _sign(kind, asked)
            best = part.heard[0] if part.heard else None
            where = one.hanzi or one.pinyin
            if best is None or best.phone == asked:
                lines.append(say("part_unclear", syllable=where, asked=name))
            else:
                share = whole(_share(best))
                heard = _sign(kind, best.phone)
                lines.append(
                    say("part_like", syllable=where, asked=name, heard=heard, probability=share)
                )
    return lines


def tone_of(word: Word) -> float | None:
    """How good the tones of a word were on average; None where it has none."""
    scores = [finite(syllable.tone.accuracy) for syllable in word.syllables]
    found = [score for score in scores if score is not None]
    return sum(found) / len(found) if found else None


def _card(key: str, syllable: Syllable, pitch: Pitch | None, *, ends: bool, alone: bool) -> Markup:
    """One syllable: its score, its parts, what was heard, its melody."""
    kind, clip = band(syllable.accuracy), clip_of(syllable.start, syllable.end)
    name = syllable.hanzi or syllable.pinyin
    play = tag("button", "▶", type="button", _=clip | label("play_sound", sound=name))
    return tag(
        "li",
        tag(
            "div",
            tag("span", name, class_="ipa", lang="zh"),
            tag("small", syllable.pinyin if syllable.hanzi else None),
            tag("span", play, class_="needs-script") if clip else None,
            class_="card-head",
        ),
        tag(
            "p",
            tag("b", mark_of(kind), whole(syllable.accuracy)),
            " ",
            say(f"band_{kind}"),
            class_=f"grade {kind}",
        ),
        tag("p", span_of(syllable.start, syllable.end), class_="time"),
        tag("dl", [_part(syllable, *each) for each in parts_of(syllable)], class_="syllable"),
        _melody(syllable, pitch, ends=ends, alone=alone),
        class_=f"phone {kind}",
        data_phone=key,
    )


def _part(syllable: Syllable, kind: str, asked: str, part: object) -> Markup:
    """Initial, final or tone: its score and what was heard where that is another one."""
    accuracy, heard = getattr(part, "accuracy", None), getattr(part, "heard", ())
    others = [
        tag("span", part_name(kind, each.phone), " ", whole(_share(each)), " %")
        for each in heard
        if each.phone != asked and (percent(_share(each)) or 0) >= 10
    ]
    sandhi = None
    if kind == "tone" and syllable.tone.surface != syllable.tone.expected:
        sandhi = tag("small", say("tone_of_dictionary", tone=syllable.tone.expected))
    score = [bar(accuracy), tag("b", whole(accuracy)), mark_of(band(accuracy))]
    if kind == "tone" and not syllable.tone.is_judged:
        score = [tag("small", say("tone_not_judged"))]
    return tag(
        "div",
        tag("dt", say(f"part_{kind}"), " ", _sign(kind, asked), sandhi),
        tag("dd", score),
        tag("dd", say("heard"), " ", others, class_="others") if others else None,
    )


def _melody(syllable: Syllable, pitch: Pitch | None, *, ends: bool, alone: bool) -> Markup | None:
    """The pitch of the syllable over the shape of its tone."""
    values = [finite(value) for value in syllable.contour]
    voiced = [(place, value) for place, value in enumerate(values) if value is not None]
    if pitch is None or len(voiced) < 3:
        return None
    tone = syllable.tone.surface
    shape = _SHAPES.get("full 3" if tone == "3" and ends else tone, _SHAPES["5"])
    first, last = voiced[0][0], voiced[-1][0]
    times = np.array([(place - first) / (last - first) for place, _ in voiced])
    said = np.array([value for _, value in voiced])
    level = float(np.clip(finite(pitch.range_semitones) or 0.0, *_RANGE)) / 4  # semitones
    points = np.array(shape)
    ideal = (np.interp(times, points[:, 0], points[:, 1]) - 3) * level
    offset = float(np.mean(said - ideal)) if alone else 0.0
    low = min(said.min(), -2 * level + offset) - 0.5
    high = max(said.max(), 2 * level + offset) + 0.5

    def path(points: Sequence[tuple[float, float]]) -> str:
        width, height = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE
        return "M" + "L".join(
            f"{_EDGE + time * width:.1f} {_EDGE + (high - value) / (high - low) * height:.1f}"
            for time, value in points
        )

    wanted = [(time, (height - 3) * level + offset) for time, height in shape]
    return tag(
        "svg",
        tag("path", d=path(wanted), class_="wanted"),
        tag("path", d=path([*zip(times.tolist(), said.tolist(), strict=True)]), class_="melody"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="contour",
        role="img",
        _=label("contour_label", tone=TONE_MARKS.get(tone, tone)),
    )


def _sign(kind: str, sound: str) -> Markup:
    return tag("b", part_name(kind, sound), class_="ipa")


def _share(heard: Heard) -> float | None:
    share = finite(heard.probability)
    return None if share is None else 100 * share
