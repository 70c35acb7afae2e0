"""The report of one recording: what was good, what was not, and how it sounded."""

from __future__ import annotations

import os
from pathlib import Path

from pronunciation.report import signal
from pronunciation.report.charts import bar, dial
from pronunciation.report.figures import MARKS, band, decimal, finite, shorten, whole
from pronunciation.report.language import both, label, say
from pronunciation.report.markup import Markup, tag, text
from pronunciation.report.page import page, section
from pronunciation.report.sentence import SIGNS, remarks, sentence
from pronunciation.report.sounds import Ipa, Sounds
from pronunciation.report.syllables import tone_of
from pronunciation.report.timeline import timeline
from pronunciation.report.word import clip_of, ipa_of, mark_of, span_of
from pronunciation.results import Advice, Assessment, Reason, Word, WordError
from speech.audio import RATE, Samples, sanitize

LONGEST_AUDIO = 300
"""Seconds of a recording that go into a page; what is longer is cut, and the page says so."""


def write_report(
    path: str | os.PathLike[str],
    assessment: Assessment,
    samples: Samples,
    *,
    language: str = "en",
    ipa: Ipa | None = None,
) -> None:
    """Write the page of one recording.

    Parameters
    ----------
    path
        The file, mostly ``*.html``; it is replaced.
    assessment, samples
        What was judged. No samples make a page without sound and waveform.
    language
        In which language the page opens, ``en`` or ``zh``; the reader can switch.
    ipa
        From a phone to IPA; left out, English phones are known and others shown as they are.
    """
    Path(path).write_text(render_report(assessment, samples, language=language, ipa=ipa), "utf-8")


def render_report(
    assessment: Assessment, samples: Samples, *, language: str = "en", ipa: Ipa | None = None
) -> str:
    """The page that :func:`write_report` writes."""
    sounds = Sounds(assessment.language, ipa)
    kept = sanitize(samples[: LONGEST_AUDIO * RATE])
    cut = kept.size < samples.size
    if assessment.assessable and assessment.overall:
        weakest = _weakest(assessment.words)
        body = [
            _heading(assessment),
            tag("div", _overall(assessment), _advice(assessment), class_="columns"),
            sentence(assessment, sounds, weakest),
            _issues(assessment, sounds),
            _sound(assessment, kept, sounds, cut),
            _table(assessment, sounds),
        ]
    else:
        body = [_heading(assessment), _refused(assessment), _sound(assessment, kept, sounds, cut)]
    title = shorten(assessment.text, 60) or assessment.id
    return page("title_report", language, text(body), text=title)


def why(reason: object) -> str:
    """The ending of the phrases that explain a reason."""
    return str(reason) if reason in list(Reason) else "unknown"


def _heading(assessment: Assessment) -> Markup:
    seconds = decimal(assessment.duration, 1)
    facts = [
        say("kind_free" if assessment.recognized else "kind_read"),
        say("recording", id=assessment.id),
        say("seconds", seconds=seconds),
    ]
    quote = assessment.text or say("no_text")
    return tag(
        "div",
        tag("p", [tag("span", fact) for fact in facts], class_="facts"),
        tag("h1", quote, lang=assessment.language if assessment.text else None, dir="auto"),
        class_="heading",
    )


def _overall(assessment: Assessment) -> Markup:
    overall = assessment.overall
    assert overall is not None
    kind, stressed = band(overall.total), overall.tone is None
    main = tag(
        "div",
        dial(overall.total),
        tag(
            "p",
            tag("span", say("total"), " ", whole(overall.total), class_="hidden"),
            tag("strong", mark_of(kind), say(f"band_{kind}"), class_=f"grade {kind}"),
            tag("span", say(f"verdict_{kind}")),
            class_="verdict",
        ),
        class_="total",
    )
    rows = [
        tag(
            "div",
            tag("dt", say(key), tag("small", say(about))),
            tag("dd", bar(score), tag("b", whole(score)), mark_of(band(score))),
        )
        for key, score, about in (
            ("accuracy", overall.accuracy, "about_accuracy"),
            ("tone", overall.tone, "about_tone"),
            ("fluency", overall.fluency, "about_fluency"),
            ("completeness", overall.completeness, "about_completeness"),
            ("prosody", overall.prosody, "about_prosody" if stressed else "about_prosody_tonal"),
        )
        if score is not None
    ]
    scores = tag("div", main, tag("dl", rows, class_="scores"), class_="overall")
    return section("overall", scores, tag("dl", _facts(assessment), class_="measures"))


def _facts(assessment: Assessment) -> list[Markup]:
    facts: list[Markup] = []

    def add(key: str, value: Markup, note: Markup | None = None) -> None:
        small = tag("small", note) if note else None
        facts.append(tag("div", tag("dt", say(key)), tag("dd", tag("b", value), small)))

    if rate := assessment.rate:
        english = assessment.language.lower().startswith("en")
        pace = say("words_per_minute", value=decimal(rate.words_per_minute, 0))
        if rate.syllables_per_minute is not None:
            pace = say("syllables_per_minute", value=decimal(rate.syllables_per_minute, 0))
        add("rate", pace, say("native_rate") if english else None)
        speed = say("syllables_per_second", value=decimal(rate.articulation_rate, 1))
        add("articulation", speed, say("pauses_left_out"))
    if (pitch := assessment.pitch) and finite(pitch.median_hz):
        span = say("pitch_range", value=decimal(pitch.range_semitones, 1))
        add("pitch", Markup(f"{decimal(pitch.median_hz, 0)} Hz"), span)
    wrong = sum(not pause.expected for pause in assessment.pauses)
    note = say("pauses_out_of_place", count=wrong) if wrong else say("pauses_fine")
    add("pauses", Markup(str(len(assessment.pauses))), note if assessment.pauses else None)
    return facts


def _advice(assessment: Assessment) -> Markup | None:
    advice = assessment.advice
    if advice is None or not any(advice.text.values()):
        return None
    versions = {key.split("-")[0]: tip for key, tip in advice.text.items() if tip}
    word = _meant(advice, assessment.words)
    buttons = None
    if word and (clip := clip_of(word.start, word.end)):
        buttons = tag(
            "p",
            tag("button", "▶ ", say("hear_yourself", word=advice.word), type="button", _=clip),
            tag("button", say("play_slowly"), type="button", data_slow=True, _=clip),
            class_="needs-script buttons",
        )
    return section("advice", tag("p", both(versions), class_="tip"), buttons, class_="advice")


def _meant(advice: Advice, words: tuple[Word, ...]) -> Word | None:
    """The word that the advice is about: of several alike, the one where the sound is worst."""

    def worst(word: Word) -> float:
        scores = [finite(phone.accuracy) for phone in word.phones if phone.phone == advice.phone]
        return min((score for score in scores if score is not None), default=100.0)

    alike = [word for word in words if word.word.lower() == advice.word.lower()]
    return min(alike, key=worst, default=None)


def _issues(assessment: Assessment, sounds: Sounds) -> Markup:
    items = []
    for index, word in enumerate(assessment.words):
        lines = remarks(word, sounds)
        if not lines:
            continue
        sign = SIGNS.get(word.error) or MARKS["weak" if band(word.total) == "weak" else "fair"]
        items.append(
            tag(
                "li",
                tag("span", sign, class_=f"sign {word.error}", aria_hidden="true"),
                tag(
                    "div",
                    tag(
                        "a",
                        word.word,
                        href="#details",
                        data_select=str(index),
                        dir="auto",
                        _=clip_of(word.start, word.end),
                    ),
                    tag("span", say(f"error_{word.error}"), class_="kind")
                    if word.error is not WordError.NONE
                    else None,
                    tag("p", [tag("span", line, " ") for line in lines]),
                ),
            )
        )
    found = tag("ul", items, class_="issues") if items else tag("p", say("no_issues"))
    return section("issues", found)


def _sound(assessment: Assessment, samples: Samples, sounds: Sounds, cut: bool) -> Markup:
    player: object = tag("p", say("no_audio"), class_="note")
    if samples.size:
        speeds = [
            tag(
                "button",
                f"{speed}×",
                type="button",
                data_speed=speed,
                aria_pressed="true" if speed == "1" else "false",
            )
            for speed in ("0.5", "0.75", "1")
        ]
        player = [
            tag(
                "div",
                tag(
                    "button",
                    tag("span", "▶ ", say("play_all"), class_="idle"),
                    tag("span", "■ ", say("stop"), class_="busy"),
                    type="button",
                    class_="main",
                    id="play",
                ),
                tag("span", "0.00 s", id="clock", class_="time"),
                tag("span", speeds, class_="switch", role="group", _=label("speed")),
                class_="player needs-script",
            ),
            tag(
                "audio",
                id="audio",
                src=signal.data_uri(samples),
                controls=True,
                preload="auto",
                _=label("audio_label"),
            ),
            tag("p", say("audio_cut", seconds=LONGEST_AUDIO), class_="note") if cut else None,
        ]
    return section("sound", player, timeline(assessment, samples, sounds.ipa), class_="signal")


def _table(assessment: Assessment, sounds: Sounds) -> Markup:
    tonal = assessment.overall is not None and assessment.overall.tone is not None
    side = "tone" if tonal else "stress"
    keys = ("column_word", "column_ipa", "total", "accuracy", side, "column_time")
    head = [tag("th", say(key), scope="col") for key in (*keys, "column_remarks")]
    rows = [
        tag(
            "tr",
            tag("th", word.word, scope="row", dir="auto"),
            tag("td", ipa_of(word, sounds), class_="ipa"),
            tag(
                "td",
                mark_of(band(word.total)),
                whole(word.total),
                class_=f"cell {band(word.total)}",
            ),
            tag("td", whole(word.accuracy), class_="number"),
            tag("td", whole(tone_of(word) if tonal else word.stress), class_="number"),
            tag("td", span_of(word.start, word.end), class_="time"),
            tag("td", [tag("span", line, " ") for line in remarks(word, sounds)], class_="words"),
        )
        for word in assessment.words
    ]
    table = tag("table", tag("thead", tag("tr", head)), tag("tbody", rows))
    scroll = tag("div", table, class_="scroll", role="group", tabindex="0", _=label("table"))
    return section("table", scroll)


def _refused(assessment: Assessment) -> Markup:
    reason = why(assessment.reason)
    return section(
        "refused",
        tag("p", say(f"why_{reason}"), class_="tip"),
        tag("h3", say("what_to_do")),
        tag("p", say(f"do_{reason}")),
        class_="refused",
    )


def _weakest(words: tuple[Word, ...]) -> int:
    """The word that the page opens with: the first with the lowest total."""
    totals = [finite(word.total) for word in words]
    scored = [index for index, total in enumerate(totals) if total is not None]
    return min(scored, key=lambda index: totals[index] or 0.0, default=0)
