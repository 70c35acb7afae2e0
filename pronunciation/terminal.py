"""An assessment for the person at the keyboard: scores, words, the worst sounds, one advice."""

from __future__ import annotations

import functools
import html
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pronunciation.mandarin.syllables import parse
from pronunciation.report.figures import FAIR, band, finite, whole
from pronunciation.report.language import phrase
from pronunciation.report.sounds import Sounds, part_name, parts_of
from pronunciation.results import Assessment, Heard, Overall, Syllable, Word, WordError

_COLOURS = {"good": "green", "fair": "yellow", "weak": "red", "none": "dim"}
_BAR = 20  # characters of a full bar
_WORST = 5  # sounds that are listed
_MARKS = {
    WordError.OMISSION: "−",
    WordError.INSERTION: "+",
    WordError.MISPRONUNCIATION: "✕",
    WordError.UNEXPECTED_BREAK: "‖",
    WordError.MISSING_BREAK: "⌇",
    WordError.MONOTONE: "≈",
}
"""A sign for each error, so that it does not hang on the colour."""
_RAISED = str.maketrans("12345", "¹²³⁴⁵")


@dataclass(frozen=True, slots=True)
class _Row:
    """A sound that needs work."""

    sound: str
    where: str
    accuracy: float
    heard: str


def show(assessment: Assessment, console: Console) -> None:
    """Print an assessment; it should be one with scores."""
    overall = assessment.overall
    if overall is None:
        return
    if assessment.recognized:
        console.print(_line("Free speech, recognised first: ", "dim", assessment.text))
    console.print(_scores(overall))
    console.print()
    console.print(_sentence(assessment.words))
    for error in WordError:
        named = [word.word for word in assessment.words if word.error is error and word.word]
        if error in _MARKS and named:
            label = f"{_MARKS[error]} {_say(f'error_{error}')}: "
            console.print(_line(label, "dim", ", ".join(named)))
    sounds = Sounds(assessment.language)
    if worst := _worst(assessment.words, sounds):
        console.print()
        console.print(_sounds(worst))
    console.print()
    console.print(_line("", "", _facts(assessment)))
    if assessment.advice is not None:
        tip = assessment.advice.text.get("en", "")
        console.print(_line(f"{_say('advice')}: ", "bold", tip))


def refusal(assessment: Assessment) -> str:
    """Why there are no scores, and what to do about it."""
    reason = assessment.reason or "unknown"
    return f"{_say(f'why_{reason}')} {_say(f'do_{reason}')}"


def _scores(overall: Overall) -> Table:
    table = Table.grid(padding=(0, 1))
    for key in ("total", "accuracy", "tone", "fluency", "completeness", "prosody"):
        score = getattr(overall, key)
        if score is None:
            continue
        style = _COLOURS[band(score)]
        full = round(_BAR * score / 100)
        bar = Text("█" * full, style).append("░" * (_BAR - full), "dim")
        name = Text(_say(key), "bold" if key == "total" else "")
        table.add_row(name, Text(whole(score).rjust(3), style), bar)
    return table


def _sentence(words: tuple[Word, ...]) -> Text:
    """The words in the colour of their scores, each with the sign of its error."""
    sentence = Text()
    for word in words:
        style = _COLOURS[band(word.total)]
        if word.error is WordError.OMISSION:
            style = "red strike"
        elif word.error is WordError.INSERTION:
            style = "magenta italic"
        sentence.append(_MARKS.get(word.error, ""), "bold red")
        sentence.append(word.word or "…", style).append(" ")
        for syllable in word.syllables:
            sentence.append_text(_pinyin(syllable)).append(" ")
    return sentence


def _pinyin(syllable: Syllable) -> Text:
    """Pinyin with the tone as a figure, each part in the colour of its score."""
    plain = parse(syllable.pinyin).plain
    cut = len(syllable.initial.expected)
    pieces = (plain[:cut], plain[cut:], syllable.tone.surface.translate(_RAISED))
    found = Text()
    for piece, (_, _, part) in zip(pieces, parts_of(syllable), strict=True):
        found.append(piece, _COLOURS[band(part.accuracy)])
    return found


def _worst(words: tuple[Word, ...], sounds: Sounds) -> list[_Row]:
    """The sounds that need work, lowest score first."""

    def name(phone: str) -> str:
        return f"/{sounds.ipa(phone)}/" if phone else "nothing"

    rows = [
        _Row(name(phone.phone), word.word, phone.accuracy, _heard(phone.heard, name))
        for word in words
        for phone in word.phones
    ]
    rows += [
        _Row(
            part_name(kind, asked),
            f"{syllable.hanzi} {syllable.pinyin}".strip(),
            part.accuracy,
            _heard(part.heard, functools.partial(part_name, kind)),
        )
        for word in words
        for syllable in word.syllables
        for kind, asked, part in parts_of(syllable)
    ]
    low = [row for row in rows if round(row.accuracy) < FAIR]
    return sorted(low, key=lambda row: row.accuracy)[:_WORST]


def _heard(heard: tuple[Heard, ...], name: Callable[[str], str]) -> str:
    """What was heard, with probabilities; ``name`` says how a sound is written."""
    return ", ".join(f"{name(each.phone)} {each.probability:.0%}" for each in heard)


def _sounds(worst: list[_Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Sound", "in", "score", "heard"):
        table.add_column(name, justify="right" if name == "score" else "left")
    for row in worst:
        table.add_row(
            Text(row.sound),
            Text(row.where),
            Text(whole(row.accuracy), _COLOURS[band(row.accuracy)]),
            Text(row.heard or "nothing clear"),
        )
    return table


def _facts(assessment: Assessment) -> str:
    """Pace, pauses and pitch in one line."""
    facts = [f"{assessment.duration:.1f} s"]
    if rate := assessment.rate:
        if rate.syllables_per_minute is None:
            facts.append(f"{rate.words_per_minute:.0f} words a minute")
        else:
            facts.append(f"{rate.syllables_per_minute:.0f} syllables a minute")
        facts.append(f"{rate.articulation_rate:.1f} syllables a second")
    if pauses := assessment.pauses:
        wrong = sum(not pause.expected for pause in pauses)
        count = f"{len(pauses)} pause{'s' if len(pauses) > 1 else ''}"
        facts.append(f"{count}, {wrong} out of place" if wrong else count)
    pitch = assessment.pitch
    if pitch and finite(pitch.median_hz) and finite(pitch.range_semitones) is not None:
        facts.append(f"{pitch.median_hz:.0f} Hz over {pitch.range_semitones:.1f} semitones")
    return " · ".join(facts)


def _line(label: str, style: str, rest: str) -> Text:
    return Text.assemble((label, style), rest)


def _say(key: str) -> str:
    """A phrase of the reports, without what HTML needs."""
    return html.unescape(phrase(key, "en"))
