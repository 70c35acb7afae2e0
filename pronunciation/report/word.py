"""One word of a report: its scores, its sounds one by one, and what is wrong with it in words."""

from __future__ import annotations

from collections.abc import Sequence

from pronunciation.report.charts import bar
from pronunciation.report.figures import FAIR, MARKS, band, decimal, finite, whole
from pronunciation.report.language import label, say
from pronunciation.report.markup import Markup, tag
from pronunciation.report.sounds import Sounds
from pronunciation.results import Phone, Word, WordError


def panel(
    index: int,
    word: Word,
    sounds: Sounds,
    remarks: Sequence[Markup],
    tone: float | None,
    cards: Sequence[Markup],
) -> Markup:
    """All that is known of one word; ``cards`` are those of its sounds."""
    clip = clip_of(word.start, word.end)
    buttons = (
        tag(
            "span",
            tag(
                "button",
                "▶ ",
                say("play"),
                type="button",
                _=clip | label("play_word", word=word.word),
            ),
            tag(
                "button",
                say("play_slowly"),
                type="button",
                data_slow=True,
                _=clip | label("play_word_slowly", word=word.word),
            ),
            class_="buttons needs-script",
        )
        if clip
        else None
    )
    scores = [
        tag("div", tag("dt", say(key)), tag("dd", bar(score), tag("b", whole(score))))
        for key, score in (
            ("total", word.total),
            ("accuracy", word.accuracy),
            ("stress", word.stress),
            ("tone", tone),
        )
        if finite(score) is not None
    ]
    spoken = ipa_of(word, sounds)
    return tag(
        "article",
        tag(
            "div",
            tag("h3", word.word, dir="auto"),
            tag("span", spoken, class_="ipa") if spoken else None,
            tag("span", span_of(word.start, word.end), class_="time") if clip else None,
            buttons,
            class_="panel-head",
        ),
        tag("ul", [tag("li", line) for line in remarks or [say("explain_none")]]),
        tag("dl", scores, class_="scores small") if scores else None,
        _stress(word, sounds),
        tag("ol", cards, class_="cards") if cards else tag("p", say("no_sounds"), class_="note"),
        tag("p", say("contour_note"), class_="note") if word.syllables else None,
        class_="panel",
        data_panel=str(index),
    )


def phone_cards(index: int, word: Word, sounds: Sounds) -> list[Markup]:
    """One card a phone of a word."""
    return [_card(f"{index}.{number}", phone, sounds) for number, phone in enumerate(word.phones)]


def _card(key: str, phone: Phone, sounds: Sounds) -> Markup:
    """One sound: its score, when it was said, and what it was heard as."""
    kind, sound, clip = (
        band(phone.accuracy),
        sounds.ipa(phone.phone),
        clip_of(phone.start, phone.end),
    )
    heard = [
        tag(
            "li",
            tag("span", sounds.ipa(each.phone) or say("silent"), class_="ipa"),
            bar(_percent(each.probability), "plain"),
            tag("span", f"{whole(_percent(each.probability))} %", class_="share"),
            class_="same" if sounds.bare(each.phone) == sounds.bare(phone.phone) else None,
        )
        for each in phone.heard[:5]
    ]
    play = tag("button", "▶", type="button", _=clip | label("play_sound", sound=sound))
    return tag(
        "li",
        tag(
            "div",
            tag("span", sound, class_="ipa"),
            tag("small", phone.phone),
            tag("span", play, class_="needs-script") if clip else None,
            class_="card-head",
        ),
        tag(
            "p",
            tag("b", mark_of(kind), whole(phone.accuracy)),
            " ",
            say(f"band_{kind}"),
            class_=f"grade {kind}",
        ),
        tag("p", span_of(phone.start, phone.end), class_="time"),
        tag("p", say("heard"), class_="small-title"),
        tag("ul", heard) if heard else tag("p", say("heard_nothing"), class_="note"),
        class_=f"phone {kind}",
        data_phone=key,
    )


def _stress(word: Word, sounds: Sounds) -> Markup | None:
    """The syllables of a word as dots: where the stress belongs and where it was."""
    stress = word.lexical_stress
    if stress is None:
        return None
    names = tuple(phone.phone for phone in word.phones)
    count = min(max(sounds.syllables(names), stress.expected, stress.heard), 20)
    rows = [
        tag(
            "span",
            tag("small", say(key)),
            [
                tag("i", class_="beat strong" if number == at else "beat")
                for number in range(1, count + 1)
            ],
            class_="beats",
        )
        for key, at in (("stress_expected", stress.expected), ("stress_heard", stress.heard))
    ]
    name = label("stress_dots", expected=stress.expected, heard=stress.heard)
    return tag("p", tag("b", say("stress")), tag("span", rows, role="img", _=name), class_="stress")


def remarks_on(word: Word, sounds: Sounds) -> list[Markup]:
    """What is wrong with a word, in words."""
    lines = []
    if word.error is not WordError.NONE:
        lines.append(say(f"explain_{word.error}", word=word.word))
    for phone in word.phones:
        accuracy = finite(phone.accuracy)
        if accuracy is None or round(accuracy) >= FAIR:
            continue
        asked = _sign(sounds.ipa(phone.phone))
        best = phone.heard[0] if phone.heard else None
        if best is None or sounds.bare(best.phone) == sounds.bare(phone.phone):
            lines.append(say("unclear", asked=asked))
        else:
            share = whole(_percent(best.probability))
            heard = _sign(sounds.ipa(best.phone)) if best.phone else say("silent")
            lines.append(say("sounded_like", asked=asked, heard=heard, probability=share))
    if (stress := word.lexical_stress) and stress.expected != stress.heard:
        lines.append(say("stress_wrong", expected=stress.expected, heard=stress.heard))
    return lines


def ipa_of(word: Word, sounds: Sounds) -> str:
    """The sounds of a word in IPA, or its syllables in pinyin; empty where it has none."""
    if word.syllables:
        return " ".join(syllable.pinyin for syllable in word.syllables)
    return f"/{''.join(sounds.ipa(phone.phone) for phone in word.phones)}/" if word.phones else ""


def span_of(start: object, end: object) -> str:
    """From when to when, as text."""
    if finite(start) is None or finite(end) is None:
        return "–"
    return f"{decimal(start)}–{decimal(end)} s"


def clip_of(start: object, end: object) -> dict[str, str]:
    """The attributes of what can be played: nothing where it has no time."""
    first, last = finite(start), finite(end)
    if first is None or last is None or last <= first:
        return {}
    return {"data-from": f"{first:.3f}", "data-to": f"{last:.3f}"}


def _percent(probability: object) -> float | None:
    share = finite(probability)
    return None if share is None else 100 * share


def _sign(sound: str) -> Markup:
    return tag("b", sound, class_="ipa")


def mark_of(kind: str) -> Markup:
    """The sign of a band, so that nobody needs its colour."""
    return tag("span", MARKS[kind], class_="mark", aria_hidden="true")
