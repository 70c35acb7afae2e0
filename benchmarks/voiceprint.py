"""Speaker verification on people it was not trained on, beside Resemblyzer; latency; the index.

Cross-validated over the 125 speakers of speechocean762's training split (``SONORANT_DATA``), half
of them children: a template of three utterances against single ones, or several joined, in five
folds; the head and the calibration of a fold were made without its speakers. Rates are in per cent;
intervals are 95 %, by drawing speakers again. ::

    python -m benchmarks.voiceprint [--without-peer] [--json] [--det det.svg]

Needs the extra ``training``, and ``bench`` for the peer. The first run embeds each recording under
each condition, which takes long, and keeps that for the next.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.speakers import PERHAPS
from benchmarks.command import parser, run, show
from speech.audio import RATE, read
from voiceprint.contract import Embedder, EmbeddingModel, Person, Purpose, Reason, Template
from voiceprint.det import draw
from voiceprint.gallery import MasterKey
from voiceprint.gates import VERIFY
from voiceprint.identification import among
from voiceprint.index import Index
from voiceprint.liveness.replay import fingerprint
from voiceprint.metrics import cllr, det_curve, equal_error_rate, min_cllr, min_dcf
from voiceprint.opening import open_voiceprints
from voiceprint.quality import measure
from voiceprint.scoring import template_of
from voiceprint.training.__main__ import need_training, work_folder
from voiceprint.training.corpus import FOLDS, Utterance
from voiceprint.training.head import HeadSettings
from voiceprint.training.measured import JOINED, TESTS
from voiceprint.training.pipeline import (
    CALIBRATED_ON,
    CLEAN,
    calibrate,
    cross_fitted,
    gather,
    heard_under,
    likelihoods,
    out_of_fold,
)
from voiceprint.training.publish import passes
from voiceprint.training.trials import Protocol, Trials

Floats = npt.NDArray[np.floating]
Figures = dict[str, float]

DRAWS = 200
PEER_CONDITIONS = (CLEAN, "1 s", "babble 5 dB", "telephone")
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 20
"""Times that what is timed is done."""
HOUSEHOLD, HOUSEHOLDS = 4, 50
"""People in a household, and households drawn of each fold."""


def main() -> None:
    """Measure, and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--work", type=Path, help="folder for embeddings")
    arguments.add_argument(
        "--condition", action="append", choices=[*TESTS], help="only this one; may be given again"
    )
    arguments.add_argument("--without-peer", action="store_true", help="leave Resemblyzer out")
    arguments.add_argument("--det", type=Path, metavar="SVG", help="draw the DET curves")
    args = arguments.parse_args()
    need_training()
    work = args.work or work_folder()
    materials = gather(work, args.data)
    protocol = Protocol(materials.speakers)
    heads = cross_fitted(materials, protocol, HeadSettings())
    trials, bare = dict[str, Trials](), dict[str, Trials]()
    for condition in dict.fromkeys((*CALIBRATED_ON, *(args.condition or TESTS))):
        test = heard_under(condition, materials.speakers, work)
        size = JOINED.get(condition, 1)
        trials[condition] = out_of_fold(protocol, heads, materials.clean, test, size)
        bare[condition] = out_of_fold(protocol, None, materials.clean, test, size)
    fitted = {name: trials[name] for name in CALIBRATED_ON}
    coefficients = [calibrate(fitted, fold) for fold in range(FOLDS)]
    llrs = {name: likelihoods(some, coefficients.__getitem__) for name, some in trials.items()}
    result = {f"head, {name}": figures(trials[name], llrs[name]) for name in trials}
    result |= by_group(trials[CLEAN], llrs[CLEAN])
    judged = [name for name in trials if name != "telephone"]
    result |= {f"household, {name}": at_home(trials[name], llrs[name]) for name in judged}
    result |= {f"bare network, {name}": rates(some) for name, some in bare.items()}
    curves = {"Sonorant": det_curve(*_split(trials[CLEAN], llrs[CLEAN]))}
    if not args.without_peer:
        asked = {CLEAN, *(args.condition or TESTS)}
        of_peer = peer_trials(protocol, materials.speakers, work, asked)
        result |= {f"Resemblyzer, {name}": rates(some) for name, some in of_peer.items()}
        some = of_peer[CLEAN]
        curves["Resemblyzer"] = det_curve(*_split(some, some.cosine))
    result |= latency(materials.speakers) | index_speed()
    show(result, args.json)
    if args.det is not None:
        args.det.write_text(draw(curves), encoding="utf-8")


def figures(trials: Trials, llr: Floats) -> Figures:
    """All that scores are judged by."""
    targets, others = _split(trials, llr)
    low, high = interval(trials, llr)
    return {
        "EER": 100 * equal_error_rate(targets, others),
        "from": 100 * low,
        "to": 100 * high,
        "EER hard": 100 * equal_error_rate(*_split(trials, llr, trials.hard)),
        "minDCF 0.01": min_dcf(targets, others, 0.01),
        "minDCF 0.05": min_dcf(targets, others, 0.05),
        "Cllr": cllr(targets, others),
        "min Cllr": min_cllr(targets, others),
    }


def rates(trials: Trials) -> Figures:
    """What cosines alone can be judged by."""
    targets, others = _split(trials, trials.cosine)
    hard = _split(trials, trials.cosine, trials.hard)
    return {
        "EER": 100 * equal_error_rate(targets, others),
        "EER hard": 100 * equal_error_rate(*hard),
        "minDCF 0.01": min_dcf(targets, others, 0.01),
    }


def by_group(trials: Trials, llr: Floats) -> dict[str, Figures]:
    """Error rates where impostors resemble the person, and by age."""
    groups = {
        "same gender": trials.target | trials.gender,
        "same age group": trials.target | trials.age,
        "children": trials.child,
        "adults": ~trials.child,
    }
    return {
        f"head, {name}": {
            "EER": 100 * equal_error_rate(*_split(trials, llr, chosen)),
            "trials": float(chosen.sum()),
        }
        for name, chosen in groups.items()
    }


def at_home(trials: Trials, llr: Floats) -> Figures:
    """Whom the gate takes for a stranger, and whom it asks, where a household is enrolled.

    Of recordings good enough for ``standard``, in per cent: members who fall below
    :data:`assistant.speakers.PERHAPS`, and are refused without a question, and strangers who do
    not, and are asked for digits or let in.
    """
    random = np.random.default_rng(0)
    good = passes(trials, VERIFY[Purpose.STANDARD])
    below, above = list[npt.NDArray[np.bool_]](), list[npt.NDArray[np.bool_]]()
    for fold in range(FOLDS):
        some, scores = trials.of(good & (trials.fold == fold)), llr[good & (trials.fold == fold)]
        table = np.full((trials.speaker.max() + 1, trials.test.max() + 1), np.nan)
        table[some.speaker, some.test] = scores
        own = np.full(table.shape[1], -1)
        own[some.test[some.target]] = some.speaker[some.target]
        for _ in range(HOUSEHOLDS):
            members = random.choice(np.unique(some.speaker), HOUSEHOLD, replace=False)
            tried = np.isfinite(table[members]).all(axis=0) & (own >= 0)
            perhaps = among(table[members][:, tried], HOUSEHOLD).max(axis=0) >= PERHAPS
            member = np.isin(own[tried], members)
            below.append(~perhaps[member])
            above.append(perhaps[~member])
    return {
        "members taken for strangers": 100 * float(np.concatenate(below).mean()),
        "strangers not": 100 * float(np.concatenate(above).mean()),
    }


def interval(trials: Trials, llr: Floats) -> tuple[float, float]:
    """Where 95 % of equal error rates lie when the enrolled speakers are drawn again, 0-1."""
    random = np.random.default_rng(0)
    names, inverse = np.unique(trials.speaker, return_inverse=True)
    rows = [np.flatnonzero(inverse == number) for number in range(names.size)]
    drawn = []
    for _ in range(DRAWS):
        some = np.concatenate([rows[at] for at in random.integers(names.size, size=names.size)])
        drawn.append(equal_error_rate(*_split(trials, llr, some)))
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def peer_trials(
    protocol: Protocol, speakers: list[Utterance], work: Path, conditions: Iterable[str]
) -> dict[str, Trials]:
    """The same trials, by Resemblyzer."""
    clean = heard_under(CLEAN, speakers, work, open_peer)
    return {
        condition: out_of_fold(
            protocol, None, clean, heard_under(condition, speakers, work, open_peer)
        )
        for condition in PEER_CONDITIONS
        if condition in conditions
    }


def open_peer() -> Embedder:
    """Resemblyzer, as an embedder."""
    from benchmarks.resemblyzer_peer import load_peer

    return load_peer()


def latency(speakers: list[Utterance]) -> dict[str, Figures]:
    """Milliseconds of one core to verify a recording that holds 3 s of speech.

    The person has 200 utterances that may be replayed, as many as are kept, and all of them are
    compared: each verification is of somebody who has not said this before.
    """
    recordings = [read(one.path) for one in speakers[:8]]
    earlier = [fingerprint(read(one.path)) for one in speakers[20:220]]
    samples = np.concatenate(recordings[:4])
    found = Figures()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_voiceprints(f"{folder}/data/people.db", key=MasterKey.new()) as voiceprints,
    ):
        vad, embedder = voiceprints.ear.vad, voiceprints.ear.embedder
        while measure(samples, vad).speech > 3.0:
            samples = samples[: -RATE // 10]
        template = template_of([voiceprints.ear.hear(one) for one in recordings[4:8]], embedder)
        names = [f"Owner {number}" for number in range(ROUNDS + 1)]
        for name in names:
            person = voiceprints.gallery.enrol(name, template)
            for one in earlier:
                voiceprints.gallery.remember_utterance(person.id, one)
        left = iter(names)

        def verify() -> None:
            decision = voiceprints.verifier.verify(next(left), samples)
            assert decision.reason is Reason.MATCH, decision

        parts: dict[str, Callable[[], object]] = {
            "quality": lambda: measure(samples, vad),
            "embedding": lambda: embedder.embed(samples),
            "verification": verify,
        }
        found |= {name: _milliseconds(work) for name, work in parts.items()}
    found["seconds of audio"] = samples.size / RATE
    return {"latency, ms": found}


def index_speed() -> dict[str, Figures]:
    """Milliseconds to find the nearest of many voiceprints."""
    return {"index, ms": {f"{size:,} voiceprints": _search_time(size) for size in SIZES}}


def _search_time(size: int) -> float:
    random, model = np.random.default_rng(0), EmbeddingModel("random", "1")
    vectors = random.standard_normal((size, 192), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = Index(
        (Person(str(number), str(number)), Template(model, vector))
        for number, vector in enumerate(vectors)
    )
    return _milliseconds(lambda: index.nearest(vectors[0], 5))


def _milliseconds(work: Callable[[], object]) -> float:
    """The median of the time that the process computes: others may be on the machine."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return 1000 * float(np.median(times))


def _split(
    trials: Trials, scores: Floats, chosen: npt.NDArray[np.generic] | None = None
) -> tuple[Floats, Floats]:
    target = trials.target
    if chosen is not None:
        scores, target = scores[chosen], target[chosen]
    return scores[target], scores[~target]


if __name__ == "__main__":
    run(main)
