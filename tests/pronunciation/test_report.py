"""The reports: whole, self-contained, escaped, bounded, and working in a real browser."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import math
import random
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import yaml
from websockets.sync.client import connect

from pronunciation.report import (
    overview,
    render_overview,
    render_report,
    write_overview,
    write_report,
)
from pronunciation.report.figures import band, whole
from pronunciation.report.markup import tag
from pronunciation.report.statistics import Learner, Sound, gather
from pronunciation.results import (
    Advice,
    Assessment,
    Heard,
    LexicalStress,
    Overall,
    Pause,
    Phone,
    Pitch,
    Rate,
    Reason,
    Word,
    WordError,
)
from speech.audio import RATE, Samples

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{0}\x00\ud800"
VOID = {"br", "input", "link", "meta"}


def sine(seconds: float) -> Samples:
    times = np.arange(round(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * 220 * times)).astype(np.float32)


def phone(name: str, start: float, accuracy: float, heard: str) -> Phone:
    first = 0.2 + 0.7 * accuracy / 100
    return Phone(
        name, start, start + 0.1, accuracy, (Heard(heard, first), Heard("AH", 0.9 * (1 - first)))
    )


def assessment(**changes: Any) -> Assessment:
    """A reading of “that, really good to know” in which every kind of error occurs."""
    that = (phone("DH", 0.1, 31, "Z"), phone("AE1", 0.2, 70, "AE"), phone("T", 0.3, 95, "T"))
    really = (
        phone("R", 0.6, 92, "R"),
        phone("IY1", 0.7, 88, "IY"),
        phone("L", 0.8, 90, "L"),
        phone("IY0", 0.9, 85, "IY"),
    )
    words = (
        Word("that", 0.1, 0.4, 62, 100, 58, WordError.MISPRONUNCIATION, that),
        Word("really", 0.6, 1.0, 89, 50, 80, WordError.MISSING_BREAK, really, LexicalStress(1, 2)),
        Word("um", 1.0, 1.2, None, None, None, WordError.INSERTION),
        Word("good", None, None, None, None, None, WordError.OMISSION),
        Word("to", 1.5, 1.7, 90, 100, 90, WordError.UNEXPECTED_BREAK, (phone("T", 1.5, 90, "T"),)),
        Word("know", 1.7, 1.9, 85, 100, 85, WordError.MONOTONE, (phone("N", 1.7, 85, "N"),)),
        Word("it", 1.9, 2.0, 99, 100, 99, WordError.NONE, (phone("IH0", 1.9, 99, "IH"),)),
    )
    result = Assessment(
        id="unit-1",
        language="en",
        text="that, really good to know it",
        recognized=False,
        duration=2.2,
        assessable=True,
        reason=None,
        overall=Overall(72, 79.6, 55, 100, 61),
        words=words,
        pauses=(Pause(0.4, 0.6, 1, True), Pause(1.2, 1.5, 4, False)),
        rate=Rate(142.2, 3.14),
        pitch=Pitch(220.0, 4.2, 0.01, tuple([None] * 10 + [math.sin(i / 9) for i in range(190)])),
        advice=Advice("that", "DH", "Z", {"en": "Tongue out.", "zh": "伸出舌尖。"}),
    )
    return dataclasses.replace(result, **changes)


class Reader(HTMLParser):
    """Elements with their attributes, and the text; fails where tags do not pair up."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(document)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len({name for name, _ in attrs}), f"{tag} repeats an attribute"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, name: str, **attributes: str) -> list[dict[str, str | None]]:
        """The elements of a name that have all these attributes (a class among others)."""

        def fits(found: dict[str, str | None]) -> bool:
            return all(
                value in (found.get(key.rstrip("_").replace("_", "-")) or "").split(" ")
                for key, value in attributes.items()
            )

        return [found for tag, found in self.elements if tag == name and fits(found)]


def check_is_self_contained(document: str) -> None:
    """Nothing is fetched, nothing runs but our script, and the policy says so."""
    reader = Reader(document)
    assert "http:" not in document and "https:" not in document
    assert not re.search(r"url\((?!#)", document) and "@import" not in document
    for name, found in reader.elements:
        assert name not in ("link", "iframe", "object", "embed", "img", "base", "form")
        assert not [key for key in found if key.startswith("on") or key == "style"]
        assert (found.get("src") or "data:").startswith("data:")
        assert not (found.get("href") or "").startswith(("javascript:", "data:", "//"))
    (policy,) = [
        found["content"] or ""
        for found in reader.all("meta")
        if found.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for name in ("style", "script"):
        (content,) = re.findall(rf"<{name}>(.*?)</{name}>", document, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


def check_is_accessible(document: str) -> None:
    """Landmarks, one heading of the first rank, names on all that can be used, no double id."""
    reader = Reader(document)
    for landmark in ("header", "main", "footer", "h1", "head"):
        assert len(reader.all(landmark)) == 1, landmark
    ids = [found["id"] for _, found in reader.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for section in reader.all("section"):
        assert section["aria-labelledby"] in ids
    for name, found in reader.elements:
        if name == "svg" and found.get("class") != "defs":
            assert found.get("aria-hidden") == "true" or found.get("aria-label"), found
        if name == "input":
            assert found.get("aria-label")


def test_a_report_holds_everything_about_one_recording(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_report(file, assessment(), sine(2.2))
    document = file.read_text("utf-8")
    check_is_self_contained(document)
    check_is_accessible(document)
    reader = Reader(document)
    assert len(reader.all("button", class_="word")) == 7
    assert len(reader.all("button", class_="sound")) == 10
    assert len(reader.all("article", class_="panel")) == 7
    assert len(reader.all("svg", class_="dial")) == 1
    (row,) = reader.all("svg", class_="row")
    assert row["data-start"] == "0.000"
    for shape in ("wave", "melody", "energy"):
        assert len(reader.all("path", class_=shape)) == 1, shape
    assert len(reader.all("g", class_="block")) == 6 + 10
    assert len(reader.all("g", class_="unexpected")) == 1
    assert len(reader.all("g", class_="omitted")) == 1
    for said in ("Tongue out.", "伸出舌尖。", "142 words/min", "ð sounded like z ( 42 %)"):
        assert said.replace(" ", "") in reader.text.replace(" ", "")


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (WordError.OMISSION, "“good” is in the text but was not heard", "漏读"),
        (WordError.INSERTION, "“um” was said but is not in the text", "多读"),
        (WordError.MISPRONUNCIATION, "some of its sounds are off", "发音有误"),
        (WordError.UNEXPECTED_BREAK, "a pause before “to” where none belongs", "词前误停"),
        (WordError.MISSING_BREAK, "A comma or full stop before “really”", "词前缺停顿"),
        (WordError.MONOTONE, "The voice stays flat on “know”", "语调平"),
    ],
)
def test_each_error_is_marked_and_explained(error: WordError, english: str, chinese: str) -> None:
    reader = Reader(render_report(assessment(), sine(2.2)))
    assert len(reader.all("button", class_=f"is-{error}")) == 1
    assert len(reader.all("span", class_=str(error))) >= 1
    assert english in reader.text and chinese in reader.text


def test_lexical_stress_is_shown_and_said() -> None:
    reader = Reader(render_report(assessment(), sine(2.2)))
    assert "stress belongs on syllable 1; it was heard on syllable 2" in reader.text
    assert len(reader.all("i", class_="beat")) == 4
    assert len(reader.all("i", class_="strong")) == 2


def test_the_sound_in_the_page_is_the_recording() -> None:
    samples = sine(1.0)
    (audio,) = Reader(render_report(assessment(), samples)).all("audio")
    data = base64.b64decode((audio["src"] or "").removeprefix("data:audio/flac;base64,"))
    decoded, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(decoded, samples, atol=1 / 32768)


def test_every_phrase_has_both_languages_and_the_same_places() -> None:
    from pronunciation import report as package

    file = Path(package.__file__ or "").with_name("phrases.yaml")
    for key, phrase in yaml.safe_load(file.read_text("utf-8")).items():
        assert set(phrase) == {"en", "zh"}, key
        places = [set(re.findall(r"{(\w+)}", version)) for version in phrase.values()]
        assert places[0] == places[1], key


@pytest.mark.parametrize(("language", "code"), [("en", "en"), ("zh", "zh-Hans")])
def test_the_page_opens_in_the_language_asked_for(language: str, code: str) -> None:
    for document in (
        render_report(assessment(), sine(2.2), language=language),
        render_overview([assessment().to_dict()], language=language),
    ):
        (html,) = Reader(document).all("html")
        assert html["lang"] == code


def test_an_unknown_language_of_the_page_is_refused() -> None:
    with pytest.raises(ValueError, match="en, zh"):
        render_report(assessment(), sine(2.2), language="fr")


@pytest.mark.parametrize("reason", [*Reason, None])
def test_a_page_without_scores_says_why_and_what_to_do(reason: Reason | None) -> None:
    refused = Assessment("unit-2", "en", "that is it", False, 1.0, False, reason)
    document = render_report(refused, sine(1.0))
    check_is_self_contained(document)
    check_is_accessible(document)
    reader = Reader(document)
    assert "could not be assessed" in reader.text and "What to do" in reader.text
    assert len(reader.all("audio")) == 1
    assert not reader.all("svg", class_="dial") and not reader.all("button", class_="word")


def test_ipa_comes_from_the_caller_or_from_english_or_not_at_all() -> None:
    def ipa(name: str) -> str:
        return {"DH": "custom"}[name]

    assert "custom" in render_report(assessment(), sine(2.2), ipa=ipa)
    assert "/ðæt/" in render_report(assessment(), sine(2.2))
    assert "/DHAE1T/" in render_report(assessment(language="ko"), sine(2.2))


def evil_word(error: WordError = WordError.MISPRONUNCIATION) -> Word:
    sound = Phone(EVIL, 0.1, 0.3, 5.0, (Heard(EVIL, 0.5), Heard("", math.nan)))
    return Word(EVIL, 0.1, 0.4, 20.0, 20.0, 20.0, error, (sound,), LexicalStress(1, 2))


def check_is_escaped(document: str) -> None:
    reader = Reader(document)
    assert len(reader.all("script")) == 1 and not reader.all("img")
    assert "alert(1)" in reader.text
    document.encode("utf-8")
    assert "\x00" not in document


def test_what_a_stranger_wrote_is_only_ever_text() -> None:
    hostile = assessment(
        id=EVIL,
        text=EVIL,
        language=EVIL,
        words=(evil_word(), evil_word(WordError.OMISSION)),
        advice=Advice(EVIL, EVIL, EVIL, {"en": EVIL, EVIL: EVIL}),
    )
    document = render_report(hostile, sine(2.2))
    check_is_self_contained(document)
    check_is_escaped(document)
    record = hostile.to_dict() | {"speaker": EVIL, "date": EVIL, "report": EVIL}
    refused = {"id": EVIL, "text": EVIL, "speaker": EVIL, "reason": EVIL, "assessable": False}
    for document in (render_overview([record, record, refused]), render_overview([refused])):
        check_is_self_contained(document)
        check_is_escaped(document)


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("pages/unit 1.html", "pages/unit%201.html"),
        ("javascript:alert(1)", None),
        ("//evil.example/x", None),
        ("/etc/passwd", None),
        ("\\\\evil\\x", None),
        ("http://evil.example", None),
    ],
)
def test_only_relative_paths_become_links(address: str, href: str | None) -> None:
    reader = Reader(render_overview([assessment().to_dict() | {"report": address}]))
    links = [found["href"] for found in reader.all("a") if found["href"] != "#main"]
    assert links == ([href] if href else [])


def test_numbers_that_are_none_at_all_break_nothing() -> None:
    nan = math.nan
    sound = Phone("AH0", nan, math.inf, nan, (Heard("AH", nan),))
    broken = assessment(
        duration=nan,
        overall=Overall(nan, nan, math.inf, -math.inf, -5.0),
        words=(
            Word("a", nan, nan, nan, None, nan, WordError.NONE, (sound,)),
            Word("", 3.0, 1.0, None, None, None, WordError.MONOTONE, ()),
        ),
        pauses=(Pause(nan, nan, 99, False),),
        rate=Rate(nan, nan),
        pitch=Pitch(nan, nan, 0.0, (nan, None, math.inf)),
        advice=Advice("", "", "", {}),
    )
    for samples in (sine(2.2), np.zeros(0, np.float32), np.full(1600, np.nan, np.float32)):
        document = render_report(broken, samples)
        check_is_self_contained(document)
        assert "nan" not in re.sub(r"<style>.*?</style>|<script>.*?</script>|base64,\S+", "",
                                   document, flags=re.DOTALL).lower()  # fmt: skip
    records: list[Any] = [
        broken.to_dict(),
        assessment().to_dict() | {"words": [None, 3, {"phones": [{"accuracy": None}, "x"]}]},
        assessment().to_dict() | {"words": None, "duration": "long", "date": 7, "speaker": None},
        {"assessable": True, "overall": {"total": "high"}},
        {"assessable": "yes"},
        {},
        None,
        json.loads('{"assessable": true, "overall": {"total": NaN}, "id": 5}'),
    ]
    statistics = gather(records)
    assert (len(statistics.utterances), len(statistics.refusals)) == (2, 5)
    check_is_self_contained(render_overview(records))
    check_is_self_contained(render_overview([]))


def test_a_long_recording_wraps_into_rows_and_is_cut_at_five_minutes() -> None:
    reader = Reader(render_report(assessment(), sine(9.0)))
    rows = reader.all("svg", class_="row")
    assert len(rows) == 2 and rows[0]["data-end"] == rows[1]["data-start"]
    document = render_report(assessment(), np.zeros(310 * RATE, np.float32))
    assert "Only the first 300 s" in Reader(document).text
    assert len(document) < 1_000_000


def test_the_size_of_a_report_is_bounded_by_its_seconds() -> None:
    rng = np.random.default_rng(0)
    noise = (0.1 * rng.standard_normal(10 * RATE)).astype(np.float32)
    words = tuple(
        Word(
            f"word{index}",
            0.4 * index,
            0.4 * index + 0.4,
            80,
            100,
            80,
            WordError.NONE,
            tuple(phone("AH0", 0.4 * index + 0.1 * part, 80, "AH") for part in range(4)),
        )
        for index in range(25)
    )
    assert len(render_report(assessment(words=words, duration=10.0), noise)) < 1_200_000


def records(count: int) -> Iterator[dict[str, Any]]:
    """A class of learners whose totals rise."""
    rng = random.Random(1)
    for index in range(count):
        total = 50 + 40 * index / count + rng.uniform(-5, 5)
        result = dataclasses.replace(assessment(), id=f"{index:05}", overall=Overall(*[total] * 5))
        if index % 50 == 0:
            result = Assessment(result.id, "en", "x", False, 1.0, False, Reason.NOISE)
        yield result.to_dict() | {"speaker": f"s{index % 125}", "date": f"2026-03-{index % 28 + 1}"}


def test_the_overview_of_five_thousand_recordings_stays_small(tmp_path: Path) -> None:
    file = tmp_path / "overview.html"
    write_overview(file, records(5_000))
    document = file.read_text("utf-8")
    assert len(document) < 3_000_000
    check_is_self_contained(document)
    check_is_accessible(document)


def test_more_recordings_than_the_table_holds_leave_the_lowest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overview, "MOST_ROWS", 30)
    monkeypatch.setattr(overview, "MOST_REFUSALS", 2)
    reader = Reader(render_overview(records(200)))
    assert "The 30 recordings with the lowest totals, of 196." in reader.text
    assert "And 2 more." in reader.text


def test_the_overview_shows_distribution_sounds_substitutions_progress_and_refusals() -> None:
    reader = Reader(render_overview(records(200)))
    for heading in (
        "How the totals are spread",
        "Hardest sounds",
        "Most frequent substitutions",
        "Progress of each learner",
        "All recordings",
        "Not assessable",
    ):
        assert heading in reader.text
    assert "196 of 196" in reader.text
    (histogram,) = reader.all("svg", class_="histogram")
    numbers = re.findall(r"\d+", (histogram["aria-label"] or "").split(": ")[1])
    assert sum(map(int, numbers[:20])) == 196
    assert reader.all("th", data_sort="number") and reader.all("th", data_sort="text")
    assert "Find a quieter place" in reader.text


def test_the_confidence_interval_of_a_mean_is_students() -> None:
    sound = Sound("en", "AH")
    for value in (60.0, 70.0, 80.0, 90.0):
        sound.add(value, f"word{value}")
    assert sound.mean == 75.0 and sound.count == 4
    low, high = sound.interval() or (0, 0)
    assert (low, high) == pytest.approx((75 - 20.54, 75 + 20.54), abs=0.01)
    assert list(sound.lowest) == ["word60.0", "word70.0", "word80.0"]
    assert Sound("en", "AH", 1, 50.0).interval() is None


def test_progress_follows_dates_and_chance_is_called_steady() -> None:
    later = assessment(overall=Overall(90, 90, 90, 90, 90)).to_dict()
    earlier = assessment(overall=Overall(40, 40, 40, 40, 40)).to_dict()
    both = [
        later | {"speaker": "a", "date": "2026-03-02T10:00:00+01:00"},
        earlier | {"speaker": "a", "date": "2026-03-01"},
    ]
    assert gather(both).learners() == [Learner("a", (40.0, 90.0))]
    undated = [later | {"speaker": "a", "date": "soon"}, both[1]]
    assert gather(undated).learners() == [Learner("a", (90.0, 40.0))]
    assert not Learner("a", (50, 51, 60, 61, 70, 71)).steady
    assert Learner("a", (50, 80, 52, 79, 51, 81)).steady
    assert Learner("a", (50, 60)).change is None


@pytest.mark.parametrize(
    ("score", "kind", "shown"),
    [
        (100, "good", "100"),
        (79.6, "good", "80"),
        (79.4, "fair", "79"),
        (60, "fair", "60"),
        (59.4, "weak", "59"),
        (0, "weak", "0"),
        (-3, "weak", "0"),
        (10**400, "none", "–"),
        (math.nan, "none", "–"),
        (None, "none", "–"),
        ("90", "none", "–"),
        (True, "none", "–"),
    ],
)
def test_bands_follow_the_figure_that_is_shown(score: object, kind: str, shown: str) -> None:
    assert (band(score), whole(score)) == (kind, shown)


def test_markup_escapes_text_and_attributes() -> None:
    element = tag("b", "<i>", None, ["&", tag("br")], title='"<', hidden=True, lang=None)
    assert element == '<b title="&quot;&lt;" hidden>&lt;i&gt;&amp;<br></b>'


CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


class Browser:
    """A headless Chromium with one page, driven over its debugging socket."""

    def __init__(self, folder: Path) -> None:
        assert CHROMIUM
        options = (
            "--headless --no-sandbox --disable-gpu --disable-background-networking --mute-audio "
            "--disable-component-update --disable-sync --no-first-run --remote-debugging-port=0 "
            "--autoplay-policy=no-user-gesture-required --disable-dev-shm-usage"
        ).split()
        self._process = subprocess.Popen(
            [CHROMIUM, *options, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port = self._port(folder / "DevToolsActivePort")
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{port}/json", timeout=10) as answer:
                pages = [found for found in json.load(answer) if found["type"] == "page"]
            address = pages[0]["webSocketDebuggerUrl"]
            self._socket = connect(address, max_size=None, proxy=None).__enter__()
        except BaseException:
            self.close()
            raise
        self._count = 0
        self.complaints: list[dict[str, Any]] = []
        self._loaded = False
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def close(self) -> None:
        if hasattr(self, "_socket"):
            self._socket.__exit__(None, None, None)
        self._process.terminate()
        self._process.wait(10)

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while (message := self._receive()).get("id") != self._count:
            pass
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    def open(self, file: Path) -> None:
        self._loaded = False
        self.command("Page.navigate", url=file.as_uri())
        while not self._loaded:
            self._receive()

    def run(self, script: str) -> Any:
        answer = self.command(
            "Runtime.evaluate",
            expression=f"(async () => {{ {script} }})()",
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=30))
        method = message.get("method")
        self._loaded = self._loaded or method == "Page.loadEventFired"
        if method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            self.complaints.append(message)
        return message

    def _port(self, file: Path) -> str:
        for _ in range(200):
            if self._process.poll() is not None:
                break
            if file.exists() and "\n" in (found := file.read_text()):
                return found.split()[0]
            time.sleep(0.1)
        pytest.skip("Chromium is here but does not start in headless mode")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium found: apt-get install chromium runs this test")
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


def test_in_a_browser_a_chosen_sound_shows_its_details_and_plays(
    browser: Browser, tmp_path: Path
) -> None:
    write_report(tmp_path / "report.html", assessment(), sine(2.2))
    browser.open(tmp_path / "report.html")
    found = browser.run("""
        const button = document.querySelector('.sound[data-select="1.2"]');
        const panel = document.querySelector('[data-panel="1"]');
        const before = getComputedStyle(panel).display;
        button.click();
        await new Promise((done) => setTimeout(done, 300));
        button.focus();
        button.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
        const audio = document.querySelector("#audio");
        if (!(audio.duration > 0)) {
          await new Promise((done) => audio.addEventListener("loadedmetadata", done));
        }
        return {
          before,
          after: getComputedStyle(panel).display,
          focus: document.activeElement.dataset.select,
          chosen: document.querySelector(".panel .chosen").dataset.phone,
          said: document.querySelector("#status").textContent,
          duration: audio.duration,
        };
    """)
    assert (found["before"], found["after"]) == ("none", "block")
    assert found["focus"] == found["chosen"] == "1.3"
    assert found["said"].startswith("l L 90 Good 0.80–0.90 s Heard as")
    assert found["duration"] == pytest.approx(2.2, abs=0.01)
    switched = browser.run("""
        document.querySelector('[data-language="zh"]').click();
        document.querySelector('[data-theme-choice="dark"]').click();
        const heading = document.querySelector("h2").innerText;
        const colour = getComputedStyle(document.body).backgroundColor;
        return [document.documentElement.lang, document.title, heading, colour];
    """)
    title = "发音报告：that, really good to know it"
    assert switched == ["zh-Hans", title, "总体评价", "rgb(16, 19, 25)"]
    browser.run("localStorage.clear();")
    assert browser.complaints == []


def test_in_a_browser_the_table_sorts_and_filters_and_a_phone_is_wide_enough(
    browser: Browser, tmp_path: Path
) -> None:
    write_overview(tmp_path / "overview.html", records(200))
    write_report(tmp_path / "report.html", assessment(), sine(9.0))
    browser.command(
        "Emulation.setDeviceMetricsOverride",
        width=390,
        height=800,
        deviceScaleFactor=1,
        mobile=True,
    )
    for name in ("report", "overview"):
        browser.open(tmp_path / f"{name}.html")
        assert browser.run("return document.documentElement.scrollWidth;") == 390
    browser.command("Emulation.clearDeviceMetricsOverride")
    totals = browser.run("""
        const heads = [...document.querySelectorAll("#rows th[data-sort]")];
        heads.find((head) => head.innerText.startsWith("Total")).querySelector("button").click();
        const shown = [...document.querySelectorAll("#rows tbody tr:not([hidden])")];
        return shown.map((row) => parseInt(row.querySelector(".cell").innerText.slice(1)));
    """)
    assert len(totals) == 50 and totals == sorted(totals)
    filtered = browser.run("""
        const filter = document.querySelector("#filter");
        filter.value = "00123";
        filter.dispatchEvent(new Event("input"));
        return document.querySelector("#shown").textContent;
    """)
    assert filtered == "1"
    assert browser.complaints == []
