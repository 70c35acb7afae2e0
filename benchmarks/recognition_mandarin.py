"""Recognition of Mandarin: errors in characters and in syllables without tones, and the cost.

Words of two or more characters that one native read, one at a time (``words_tan``), drawn anew, and
the two sentences of the corpus. How window, silence and gate of Whisper are set was tried on some
350 other words of hers. The peer is faster-whisper with the same weights, which pads to 30 s.
With ``--witness`` instead: how many readings of two words in a row the recogniser, as a witness of
the scorer, would refuse, and how many with the text of another reading. ::

    python -m benchmarks.recognition_mandarin [--words 200] [--engine auto] [--no-peer] [--json]
    python -m benchmarks.recognition_mandarin --witness [--words 200]
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from benchmarks.recognition import Item, _data
from pronunciation.mandarin.text import read_text
from pronunciation.mandarin.witness import is_another, understood
from speech.audio import RATE, Samples, read
from speech.models import ModelStore
from speech.recognition import Recognizer
from speech.recognition.engines import open_recognizer
from speech.transcriber import transcribe
from speech.vad import SileroVad

_NOT_READ = re.compile(r"[^\w]+")


def words(count: int) -> list[Item]:
    """Words of several characters; recordings whose name has a hint are left out."""
    files = sorted((_data() / "mandarin" / "words_tan").glob("cmn-*.mp3"))
    named = [(file, file.stem.removeprefix("cmn-")) for file in files]
    several = [(file, text) for file, text in named if len(text) > 1 and "_" not in text]
    return [Item(read(file), text) for file, text in random.Random(2026).sample(several, count)]


def phrases(count: int) -> Iterator[Item]:
    """Two words of two characters each, with an eighth of a second between them."""
    short = [item for item in words(3 * count) if len(item.text) == 2]
    for first, second in zip(short[::2], short[1::2], strict=False):
        samples = [first.samples, np.zeros(RATE // 8, np.float32), second.samples]
        yield Item(np.concatenate(samples), first.text + second.text)


def refusals(items: Sequence[Item], recognizer: Recognizer) -> dict[str, float]:
    """Shares of the readings that would be refused: with their own text, and with another's."""
    heard = [understood(recognizer, item.samples) for item in items]
    texts = [read_text(item.text) for item in items]
    others = texts[1:] + texts[:1]
    return {
        "readings": len(items),
        "right": sum(map(is_another, texts, heard)) / len(items),
        "wrong": sum(map(is_another, others, heard)) / len(items),
    }


def sentences() -> list[Item]:
    """What two natives read."""
    folder = _data() / "mandarin" / "sentences"
    lines = (folder / "transcripts.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line]
    return [Item(read(folder / name), text) for name, text in pairs]


def measure(items: Sequence[Item], hear: Callable[[Samples], str]) -> dict[str, float]:
    """Errors per character and per syllable, words understood, and CPU seconds per second."""
    from opencc import OpenCC
    from pypinyin import lazy_pinyin

    simplified = OpenCC("t2s")
    hear(items[0].samples)
    cpu = time.process_time()
    heard = [hear(item.samples) for item in items]
    cpu = time.process_time() - cpu
    said = [simplified.convert(_NOT_READ.sub("", item.text)) for item in items]
    heard = [simplified.convert(_NOT_READ.sub("", text)) for text in heard]
    pairs = list(zip(said, heard, strict=True))
    syllables = [(lazy_pinyin(a), lazy_pinyin(b)) for a, b in pairs]
    return {
        "characters": sum(errors(a, b) for a, b in pairs) / sum(len(a) for a in said),
        "syllables": sum(errors(a, b) for a, b in syllables) / sum(len(a) for a, _ in syllables),
        "whole": sum(a == b for a, b in syllables) / len(syllables),
        "empty": sum(not text for text in heard) / len(heard),
        "cpu": cpu / (sum(item.samples.size for item in items) / RATE),
    }


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Insertions, deletions and substitutions from one to the other, as few as can be."""
    row = list(range(len(heard) + 1))
    for number, one in enumerate(said, 1):
        following = [number]
        for place, other in enumerate(heard, 1):
            following.append(
                min(row[place] + 1, following[-1] + 1, row[place - 1] + (one != other))
            )
        row = following
    return row[-1]


def ours(engine: str) -> Callable[[Samples], str]:
    """A recogniser as it is used: on what the endpointer cuts out."""
    recognizer, vad = open_recognizer(engine, "zh"), SileroVad()
    return lambda samples: "".join(one.final.text for one in transcribe([samples], recognizer, vad))


def peer() -> Callable[[Samples], str]:
    """faster-whisper with the weights of ``whisper-base``, as its users call it."""
    from faster_whisper import WhisperModel

    folder = str(ModelStore().path("whisper-base"))
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1)

    def hear(samples: Samples) -> str:
        segments, _ = model.transcribe(samples, language="zh", beam_size=5)
        return "".join(segment.text for segment in segments)

    return hear


def main() -> int:
    """Print a line for each engine and kind of recording, or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--words", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--engine", default="auto", help="ours (default: auto)")
    parser.add_argument("--no-peer", action="store_true", help="leave faster-whisper out")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--witness", action="store_true", help="refusals, instead of errors")
    args = parser.parse_args()
    if args.witness:
        print(json.dumps(refusals(list(phrases(args.words)), open_recognizer(args.engine, "zh"))))
        return 0
    kinds = {"words": words(args.words), "sentences": sentences()}
    engines = {"ours": ours(args.engine)} | ({} if args.no_peer else {"peer": peer()})
    results = {}
    for engine, hear in engines.items():
        for kind, items in kinds.items():
            results[f"{engine}, {kind}"] = figures = measure(items, hear)
            if not args.json:
                print(f"{engine}, {kind}: {_in_words(figures)}", flush=True)
    if args.json:
        print(json.dumps(results, indent=2))
    return 0


def _in_words(figures: dict[str, float]) -> str:
    return (
        f"characters wrong {figures['characters']:.1%}, "
        f"syllables wrong {figures['syllables']:.1%}, "
        f"all syllables right {figures['whole']:.1%}, nothing heard {figures['empty']:.1%}; "
        f"{figures['cpu']:.2f} CPU s per second of audio"
    )


if __name__ == "__main__":
    sys.exit(main())
