"""The report of many recordings: a class, a test, the progress of each learner."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from pronunciation.report.charts import bar, histogram, interval, sparkline
from pronunciation.report.figures import FAIR, MARKS, band, shorten, whole
from pronunciation.report.language import label, say
from pronunciation.report.markup import Markup, tag, text
from pronunciation.report.page import page, section
from pronunciation.report.sounds import Ipa, Sounds
from pronunciation.report.statistics import (
    SCORES,
    Learner,
    Record,
    Refusal,
    Sound,
    Statistics,
    Utterance,
    gather,
    mean,
    quantile,
)
from pronunciation.report.utterance import why
from pronunciation.results import WordError

MOST_ROWS = 5_000
"""Recordings in the table; of more, those with the lowest totals are shown."""
MOST_REFUSALS = 500
MOST_LEARNERS = 60
MOST_POINTS = 60
"""Points of a learner's course; of more, neighbours are averaged."""
MOST_SOUNDS = 15
LEAST_COUNT = 10
"""How often a sound must occur to be ranked, unless hardly any does."""


def write_overview(
    path: str | os.PathLike[str],
    records: Iterable[Record],
    *,
    language: str = "en",
    ipa: Ipa | None = None,
) -> None:
    """Write the page of many recordings.

    Parameters
    ----------
    path
        The file, mostly ``*.html``; it is replaced.
    records
        Assessments as dictionaries, as the lines of a JSON Lines output hold them; they may also
        carry ``speaker``, ``date`` (ISO 8601) and ``report``, a relative path of their own page.
    language
        In which language the page opens, ``en`` or ``zh``; the reader can switch.
    ipa
        From a phone to IPA; left out, English phones are known and others shown as they are.
    """
    Path(path).write_text(render_overview(records, language=language, ipa=ipa), "utf-8")


def render_overview(
    records: Iterable[Record], *, language: str = "en", ipa: Ipa | None = None
) -> str:
    """The page that :func:`write_overview` writes."""
    statistics = gather(records)
    totals = sorted(utterance.total for utterance in statistics.utterances)
    count = len(totals) + len(statistics.refusals)
    body: list[Markup | None] = [_heading(statistics, totals, count)]
    if totals:
        body += [
            tag("div", _distribution(totals), _means(statistics.utterances), class_="columns wide"),
            tag("div", _hardest(statistics, ipa), _swaps(statistics, ipa), class_="columns even"),
            _errors(statistics),
            _progress(statistics.learners()),
            _utterances(statistics.utterances),
        ]
    else:
        body.append(tag("p", say("nothing_assessed"), class_="card tip"))
    body.append(_refusals(statistics))
    return page("title_overview", language, text(body), count=count)


def _heading(statistics: Statistics, totals: list[float], count: int) -> Markup:
    speakers = {each.speaker for each in statistics.utterances} | {
        each.speaker for each in statistics.refusals
    }
    tiles = [
        ("tile_assessed", len(totals)),
        ("tile_refused", len(statistics.refusals)),
        ("tile_learners", len(speakers - {""}) or "–"),
        ("tile_words", statistics.words),
        ("tile_median", whole(quantile(totals, 0.5)) if totals else "–"),
    ]
    minutes = f"{statistics.seconds / 60:.1f}"
    return tag(
        "div",
        tag("p", tag("span", say("overview_about", count=count, minutes=minutes)), class_="facts"),
        tag("h1", say("overview")),
        tag(
            "dl",
            [tag("div", tag("dt", say(key)), tag("dd", value)) for key, value in tiles],
            class_="tiles",
        ),
        class_="heading",
    )


def _distribution(totals: list[float]) -> Markup:
    counts = [0] * 20
    for total in totals:
        counts[min(int(round(total) / 5), 19)] += 1
    quarters = [whole(quantile(totals, share)) for share in (0.25, 0.75)]
    note = say("distribution_note", low=quarters[0], high=quarters[1])
    axis = tag("p", say("axis_total"), class_="axis-name")
    return section("distribution", histogram(counts, quantile(totals, 0.5)), axis, note=note)


def _means(utterances: Sequence[Utterance]) -> Markup:
    rows = []
    columns = {key: [each.scores[index] for each in utterances] for index, key in enumerate(SCORES)}
    if any(each.tone is not None for each in utterances):
        columns["tone"] = [each.tone for each in utterances]
    for key, scores in columns.items():
        known = [score for score in scores if score is not None]
        value = mean(known) if known else None
        figure = tag("dd", bar(value), tag("b", whole(value)), _mark(value))
        rows.append(tag("div", tag("dt", say(key)), figure))
    return section("mean_scores", tag("dl", rows, class_="scores"))


def _hardest(statistics: Statistics, ipa: Ipa | None) -> Markup:
    least = LEAST_COUNT
    ranked = [sound for sound in statistics.sounds.values() if sound.count >= least]
    if len(ranked) < 5:
        least, ranked = 1, list(statistics.sounds.values())
    ranked.sort(key=lambda sound: (sound.mean, sound.phone))
    rows = [_hard(sound, Sounds(sound.language, ipa)) for sound in ranked[:MOST_SOUNDS]]
    table = _rows_under(
        ("column_sound", "column_mean", "column_interval", "column_count", "column_examples"), rows
    )
    return section("hardest", table, note=say("hardest_note", least=least))


def _hard(sound: Sound, sounds: Sounds) -> Markup:
    reach = sound.interval()
    low, high = reach or (sound.mean, sound.mean)
    words = sorted(sound.lowest, key=lambda word: sound.lowest[word])
    return tag(
        "tr",
        tag("th", _phone(sound.phone, sounds), scope="row"),
        _score(sound.mean),
        tag(
            "td",
            interval(sound.mean, low, high),
            tag("small", f"{whole(low)}–{whole(high)}" if reach else "–"),
            class_="spread-cell",
        ),
        tag("td", sound.count, class_="number"),
        tag("td", ", ".join(shorten(word, 20) for word in words), class_="examples"),
    )  # fmt: skip


def _swaps(statistics: Statistics, ipa: Ipa | None) -> Markup:
    ranked = sorted(statistics.swaps.values(), key=lambda swap: (-swap.count, swap.asked))
    rows = []
    for swap in ranked[:MOST_SOUNDS]:
        sounds = Sounds(swap.language, ipa)
        total = statistics.sounds[swap.language, swap.asked].count
        heard = _ipa(swap.heard, sounds) if swap.heard else say("silent")
        words = ", ".join(shorten(word, 20) for word, _ in swap.words.most_common(3))
        rows.append(
            tag(
                "tr",
                tag("th", _ipa(swap.asked, sounds), " → ", heard, scope="row"),
                tag("td", bar(100 * swap.count / total, "plain"), class_="bar-cell"),
                tag("td", say("share_of", count=swap.count, total=total), class_="number"),
                tag("td", words, class_="examples"),
            )
        )
    keys = ("column_swap", "column_share", "column_count", "column_words")
    found = _rows_under(keys, rows) if rows else tag("p", say("no_swaps"))
    return section("swaps", found, note=say("swaps_note", limit=f"{FAIR:g}"))


def _errors(statistics: Statistics) -> Markup | None:
    kinds = [error for error in WordError if error is not WordError.NONE]
    rows = [
        tag(
            "div",
            tag("dt", say(f"error_{error}")),
            tag(
                "dd",
                bar(100 * statistics.errors[error] / max(statistics.words, 1), "plain"),
                tag("b", statistics.errors[error]),
                tag("small", f"{100 * statistics.errors[error] / max(statistics.words, 1):.1f} %"),
            ),
        )
        for error in kinds
    ]
    note = say("errors_note", words=statistics.words)
    return section("errors_found", tag("dl", rows, class_="scores errors"), note=note)


def _progress(learners: list[Learner]) -> Markup | None:
    if not learners:
        return None
    shown = sorted(learners, key=lambda each: -len(each.totals))[:MOST_LEARNERS]
    cards = [
        tag(
            "li",
            tag("b", shorten(learner.name, 40), dir="auto"),
            tag("span", say("recordings", count=len(learner.totals)), class_="count"),
            sparkline(_thin(learner.totals)),
            tag("span", say("column_latest"), " ", tag("b", whole(learner.totals[-1]))),
            _change(learner),
        )
        for learner in sorted(shown, key=lambda each: each.name)
    ]
    note = [say("progress_note")]
    if len(shown) < len(learners):
        note += [Markup(" "), say("progress_more", shown=len(shown), total=len(learners))]
    return section("progress", tag("ul", cards, class_="learners"), note=note)


def _change(learner: Learner) -> Markup | None:
    change = learner.change
    if change is None:
        return None
    kind = "none" if learner.steady else "up" if change > 0 else "down"
    return tag("span", say(f"change_{kind}", value=whole(abs(change))), class_=f"change {kind}")


def _thin(values: Sequence[float]) -> list[float]:
    """At most :data:`MOST_POINTS` values: neighbours are averaged where there are more."""
    size = -(-len(values) // MOST_POINTS)
    return [mean(values[start : start + size]) for start in range(0, len(values), size)]


def _utterances(utterances: list[Utterance]) -> Markup:
    shown = utterances
    if len(utterances) > MOST_ROWS:
        shown = sorted(utterances, key=lambda each: each.total)[:MOST_ROWS]
    speakers, dates = any(each.speaker for each in shown), any(each.date for each in shown)
    columns = [
        ("column_id", "text"),
        *([("column_learner", "text")] if speakers else []),
        *([("column_date", "text")] if dates else []),
        ("column_text", "text"),
        *((key, "number") for key in SCORES),
        ("column_errors", "number"),
    ]
    head = [
        tag(
            "th",
            tag("button", say(key), tag("span", class_="arrow", aria_hidden="true"), type="button"),
            scope="col",
            data_sort=kind,
            class_=kind,
        )
        for key, kind in columns
    ]
    rows = [_utterance(each, speakers, dates) for each in shown]
    tools = tag(
        "div",
        tag("input", type="search", id="filter", autocomplete="off", _=label("filter")),
        tag("span", say("rows_shown"), " ", tag("b", id="shown"), f" / {len(shown)}"),
        tag("button", say("more_rows"), type="button", id="more"),
        tag("button", say("all_rows"), type="button", id="all"),
        class_="tools needs-script",
    )
    table = tag(
        "table", tag("thead", tag("tr", head)), tag("tbody", rows), class_="sortable", id="rows"
    )
    note = [tag("span", say("utterances_note"), class_="needs-script")]
    if len(shown) < len(utterances):
        cut = say("utterances_cut", shown=len(shown), total=len(utterances))
        note += [Markup(" "), cut]
    return section("utterances", tools, _scroll("utterances", table), note=note)


def _utterance(each: Utterance, speakers: bool, dates: bool) -> Markup:
    name = shorten(each.id, 60) or "–"
    address = _address(each.report)
    cells = [tag("td", tag("a", name, href=address) if address else name)]
    if speakers:
        cells.append(tag("td", shorten(each.speaker, 40)))
    if dates:
        cells.append(tag("td", shorten(each.date, 25), class_="time"))
    cells.append(tag("td", shorten(each.text, 80), class_="words", dir="auto"))
    cells.append(_score(each.total))
    cells += [tag("td", whole(score), class_="number") for score in each.scores[1:]]
    return tag("tr", cells, tag("td", each.errors, class_="number"))


def _refusals(statistics: Statistics) -> Markup | None:
    """Those without scores, by reason, with what to do about each."""
    if not statistics.refusals:
        return None
    groups: dict[str, list[Refusal]] = {}
    for refusal in statistics.refusals:
        groups.setdefault(why(refusal.reason), []).append(refusal)
    room = max(1, MOST_REFUSALS // len(groups))
    blocks = []
    for reason, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        items = [
            tag(
                "li",
                tag("b", shorten(each.id, 60) or "–"),
                tag("span", shorten(each.speaker, 40)) if each.speaker else None,
                tag("span", shorten(each.text, 60), dir="auto"),
            )
            for each in group[:room]
        ]
        more = say("refusals_more", count=len(group) - room) if len(group) > room else None
        head = tag("summary", tag("b", say(f"reason_{reason}")), f" · {len(group)}")
        advice = tag("p", say(f"why_{reason}"), " ", say(f"do_{reason}"))
        blocks.append(
            tag(
                "details",
                head,
                advice,
                tag("ul", items, class_="refusals"),
                tag("p", more) if more else None,
                open=len(statistics.refusals) <= 20,
            )
        )
    return section("refusals", blocks)


def _rows_under(keys: Sequence[str], rows: Sequence[Markup]) -> Markup:
    head = tag("thead", tag("tr", [tag("th", say(key), scope="col") for key in keys]))
    return _scroll(keys[0], tag("table", head, tag("tbody", rows)))


def _scroll(key: str, table: Markup) -> Markup:
    return tag("div", table, class_="scroll", role="group", tabindex="0", _=label(key))


def _phone(phone: str, sounds: Sounds) -> list[Markup]:
    name = [_ipa(phone, sounds)]
    return [*name, Markup(" "), tag("small", phone)] if sounds.ipa(phone) != phone else name


def _ipa(phone: str, sounds: Sounds) -> Markup:
    return tag("span", sounds.ipa(phone), class_="ipa")


def _score(score: float) -> Markup:
    return tag("td", _mark(score), whole(score), class_=f"cell {band(score)}")


def _mark(score: object) -> Markup:
    return tag("span", MARKS[band(score)], class_="mark", aria_hidden="true")


def _address(report: str) -> str | None:
    """The page of a recording, if it is a relative path: no scheme, no other host."""
    if not report or re.match(r"[\\/]|[^/]*:", report):
        return None
    return quote(report, errors="replace")
