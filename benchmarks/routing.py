"""Routing: what sentences do, clean and damaged, beside hassil alone; false accepts; latency.

Homes, names and wordings are those kept from tuning; ``--words`` shows others, that were looked
at while the skills were made. Every sentence comes as from a microphone, with some word unsure. It
is *right* if it did exactly what it should, *asked* if Sonorant asked and a yes, or the name of
what was meant, did it, and *wrong* if anything else was changed without asking. Of that, a *part*
is what did nothing but some of what was asked for, or all of it and the same elsewhere: a whole
command that lost a word, with which it said more or less: "turn on the lamp", of "... to 40
percent". ::

    python -m benchmarks.routing [--count 150] [--homes 2] [--language en] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from benchmarks.routing_chatter import chatter
from benchmarks.routing_formerly import FORMERLY
from benchmarks.routing_formerly import TALK as FORMER_TALK
from benchmarks.routing_heldout import HELD_OUT, TALK
from benchmarks.routing_home import LANGUAGES, Case, Lists, cases, home, written
from benchmarks.routing_noise import CHATTER, NOISES, fillers
from benchmarks.routing_seen import SEEN
from benchmarks.routing_speech import Said, spoken
from benchmarks.routing_words import development
from skills import open_skills
from skills.authoring import Tools
from skills.backends.contract import State
from skills.backends.simulated import SimulatedBackend
from skills.clock import ClockSkill
from skills.contract import Announcement, Reply, Request, Stage
from skills.devices import DeviceSkill
from skills.home import Home
from skills.intents import Matcher
from skills.matches import Match, best_match
from skills.normalize import normalize
from skills.package import package_language
from skills.router import Router
from skills.timers import TimerSkill

if TYPE_CHECKING:
    from hassil.intents import Intents

Row = dict[str, object]
"""Of a table: cells by column."""

WORDS: Mapping[str, Lists] = {
    "heldout": HELD_OUT,
    "formerly": FORMERLY,
    "seen": SEEN,
    "first": development(0),
    "second": development(1),
}
WRONG = ("wrong", "wrong part", "wrong sensitive")
_YES = {"en": "yes", "zh-CN": "是的", "ko": "네"}


class HassilAlone(Matcher):
    """The package's sentences and hassil, as they come: no normalising, no further sentences."""

    async def match(self, request: Request) -> Match | None:
        """The best match of the text in lower case."""
        from hassil.recognize import recognize_all

        tag = package_language(request.language) or "en"
        text = request.text.lower()
        intents = _package(tag)
        lists = self.names(tag).lists(normalize(text, tag))
        results = list(recognize_all(text, intents, slot_lists=lists, language=tag))
        return best_match(results) if results else None


async def _nobody(announcement: Announcement) -> None:
    """Nothing rings here."""


_packages: dict[str, Intents] = {}


def _package(tag: str) -> Intents:
    from hassil.intents import Intents

    from skills.package import package_intents

    if tag not in _packages:
        _packages[tag] = Intents.from_dict(dict(package_intents(tag)))
    return _packages[tag]


class Trial:
    """A router on simulated devices, put back before each sentence."""

    def __init__(self, house: Home, router: Router, alone: Matcher | None = None) -> None:
        self.router = router
        self._alone = alone
        self._house = house
        self._backend = router.backend

    @classmethod
    async def begin(cls, house: Home, folder: Path, language: str, *, alone: bool = False) -> Self:
        """Open a home in a folder; ``alone`` takes hassil for our matcher."""
        os.makedirs(folder, exist_ok=True)
        if not alone:
            file = written(house, folder / "home.yaml")
            return cls(house, await open_skills(file, folder, _nobody, languages=[language]))
        matcher, backend = HassilAlone(house), SimulatedBackend(house, folder)
        router = Router(house, matcher, backend)
        tools = Tools(house, matcher, folder, _nobody, router.perform)
        timers = TimerSkill(tools)
        await timers.open()
        router.skills += [DeviceSkill(house, matcher, backend), timers, ClockSkill(tools)]
        return cls(house, router, matcher)

    async def outcome(self, case: Case, said: Said) -> str:
        """``right``, ``asked``, ``asked wrongly``, ``again``, ``missed``, ``wrong``, ``wrong part``
        or ``wrong sensitive``."""
        for device, state in case.before.items():
            await self._backend.set(device, dict(state))
        before = self._backend.states()
        reply = await self.say(said, case.language)
        changed = self._changes(before)
        if changed or reply.acted:
            judged = self._judged(case, reply, changed)
            await self._restore(before)
            return judged
        if reply.follow_up is not None:
            if not case.changes and self._says(case, reply) and case.intent != "HassStartTimer":
                return "asked"
            judged = ""
            for answer in (_YES[case.language], self._named(case)):
                reply = await self.say(Said(answer), case.language)
                if (changed := self._changes(before)) or reply.acted:
                    judged = self._judged(case, reply, changed)
                    break
            await self._restore(before)
            return "asked" if judged == "right" else "asked wrongly"
        if reply.stage is Stage.REPAIRED:
            return "again" if reply.intent == case.intent else "asked wrongly"
        answered = not case.changes and self._says(case, reply)
        about = not case.targets or frozenset(reply.targets) == case.targets
        await self._restore(before)
        return "right" if answered and about and reply.stage is not Stage.NONE else "missed"

    async def say(self, said: Said, language: str) -> Reply:
        """Put a request to the router, or to the skills alone."""
        request = Request(said.text, language, said.others, confidence=said.confidence)
        return await (self.router.perform if self._alone else self.router.answer)(request)

    def _says(self, case: Case, reply: Reply) -> bool:
        """Whether a reply is about what the sentence is about."""
        return reply.intent == case.intent

    def _named(self, case: Case) -> str:
        """The device, or the room, that is the answer to "which one?"."""
        devices = [self._house.devices[device_id] for device_id in case.changes]
        areas = {device.area for device in devices}
        if len(devices) == 1:
            return devices[0].called(case.language)
        area = self._house.areas.get(next(iter(areas), None) or "") if len(areas) == 1 else None
        return "" if area is None else area.called(case.language)

    def _judged(self, case: Case, reply: Reply, changed: Mapping[str, Mapping[str, object]]) -> str:
        wanted = {key: dict(state) for key, state in case.changes.items()}
        for skill in self.router.skills:
            if isinstance(skill, TimerSkill):
                skill.timers.cancel(skill.timers.running())
        fits = all(reply.slots.get(key) == value for key, value in case.slots.items())
        if changed == wanted and reply.intent == case.intent and fits:
            return "right"
        wrongly = {device for device in changed if changed[device] != wanted.get(device)}
        dangerous = any(self._house.devices[device].sensitive for device in wrongly)
        if dangerous:
            return "wrong sensitive"
        return "wrong part" if _part(changed, wanted) or _part(wanted, changed) else "wrong"

    def _changes(self, before: Mapping[str, State]) -> dict[str, dict[str, object]]:
        after = self._backend.states()
        found: dict[str, dict[str, object]] = {
            key: {k: v for k, v in state.items() if before[key].get(k) != v}
            for key, state in after.items()
        }
        return {key: state for key, state in found.items() if state}

    async def _restore(self, before: Mapping[str, State]) -> None:
        for device in self._changes(before):
            await self._backend.set(device, before[device])

    async def close(self) -> None:
        """Close the router."""
        await self.router.close()


def _part(
    one: Mapping[str, Mapping[str, object]], other: Mapping[str, Mapping[str, object]]
) -> bool:
    """Whether some changes are among others."""
    return bool(one) and all(
        device in other and state.items() <= other[device].items() for device, state in one.items()
    )


def conditions(
    house: Home, lists: Lists, language: str, seed: int, count: int
) -> Iterator[tuple[str, Case, Said]]:
    """Condition, case, and what is said."""
    pick = random.Random(seed)
    chosen = cases(house, lists, language, seed, count=count)
    for case in chosen:
        yield "clean", case, Said(case.text)
        for name, damage in NOISES.items():
            if (said := damage(case.text, language, pick, lists.messes[language])) is not None:
                yield name, case, Said(said)
    for case in cases(house, lists, language, seed, count=1000, words=True):
        if case.number is not None:
            yield "number words", case, Said(case.text)
    if language == "en":
        yield from spoken(chosen, seed)


async def accuracy(language: str, options: argparse.Namespace, folder: Path) -> list[Row]:
    """One row for each condition."""
    counts: dict[str, Counter[str]] = {}
    lists = WORDS[options.words]
    for number in range(options.homes):
        house = home(options.seed + number, lists)
        for alone in (False, True):
            trial = await Trial.begin(
                house, folder / f"{language}-{number}-{alone}", language, alone=alone
            )
            for name, case, said in conditions(
                house, lists, language, options.seed + number, options.count
            ):
                outcome = await trial.outcome(case, said)
                counts.setdefault(name, Counter())[("hassil " if alone else "") + outcome] += 1
                if options.show and not alone and outcome not in ("right", "asked", "again"):
                    print(f"{name}: {case.text!r} heard as {said.text!r}: {outcome}")
            await trial.close()
    rows = []
    for name, found in counts.items():
        total = sum(n for key, n in found.items() if not key.startswith("hassil"))
        share = {key: 100 * n / total for key, n in found.items()}
        right, asked = share.get("right", 0.0), share.get("asked", 0.0) + share.get("again", 0.0)
        rows.append(
            {
                "language": language,
                "condition": name,
                "sentences": total,
                "right": right,
                "right or asked": right + asked,
                "asked wrongly": share.get("asked wrongly", 0.0),
                "wrong": sum(share.get(key, 0.0) for key in WRONG),
                "wrong part": share.get("wrong part", 0.0),
                "wrong sensitive": share.get("wrong sensitive", 0.0),
                "hassil right": share.get("hassil right", 0.0),
                "hassil wrong": sum(share.get(f"hassil {key}", 0.0) for key in WRONG),
            }
        )
    return rows


async def no_command(language: str, options: argparse.Namespace, folder: Path) -> Row:
    """What talk that is no command does."""
    talk = {"heldout": TALK, "formerly": FORMER_TALK}.get(options.words, CHATTER)
    texts = talk[language].splitlines() + chatter(language, options.seed)
    data = os.environ.get("SONORANT_DATA")
    if language == "en" and data is not None:
        labels = Path(data) / "speechocean762" / "labels.jsonl"
        read = (json.loads(line)["text"].lower() for line in labels.read_text().splitlines())
        texts += sorted(set(read))
    house = home(options.seed, WORDS[options.words])
    trial = await Trial.begin(house, folder / f"{language}-talk", language)
    stages: Counter[str] = Counter()
    for text in texts:
        reply = await trial.say(Said(text), language)
        accepted = reply.stage in (Stage.STRICT, Stage.SKILL, Stage.PENDING)
        stages["accepted" if accepted else "asked" if reply.stage != Stage.NONE else "left"] += 1
        if options.show and reply.stage is not Stage.NONE:
            print(f"no command: {text!r}: {reply.stage} {reply.text}")
        await trial.say(Said("no"), "en")
    await trial.close()
    share = {key: 100 * stages[key] / len(texts) for key in ("accepted", "asked")}
    return {"language": language, "sentences": len(texts), **share}


async def latency(language: str, options: argparse.Namespace, folder: Path) -> Row:
    """Milliseconds for an answer, warm, with 500 devices, clean and with fillers."""
    lists = WORDS[options.words]
    house = home(options.seed, lists, devices=500)
    trial = await Trial.begin(house, folder / f"{language}-500", language)
    pick = random.Random(options.seed)
    times, cpu = [], []
    for case in cases(house, lists, language, options.seed, count=200):
        filled = fillers(case.text, language, pick, lists.messes[language])
        for text in (case.text, filled or case.text):
            began, busy = time.perf_counter(), time.process_time()
            await trial.router.answer(Request(text, language))
            times.append(1000 * (time.perf_counter() - began))
            cpu.append(1000 * (time.process_time() - busy))
    await trial.close()
    row: Row = {"language": language, "sentences": len(times)}
    # What other programs cost, the second does not count.
    for name, taken in (("ms", sorted(times)), ("CPU ms", sorted(cpu))):
        row[f"median {name}"] = statistics.median(taken)
        row[f"p95 {name}"] = taken[int(0.95 * len(taken))]
    return row


async def measured(options: argparse.Namespace) -> dict[str, list[Row]]:
    """All tables."""
    tables: dict[str, list[Row]] = {"accuracy": [], "no command": [], "500 devices": []}
    # What is measured is routing, not the disk.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        folder = Path(name)
        for language in options.language or LANGUAGES:
            tables["accuracy"] += await accuracy(language, options, folder)
            tables["no command"].append(await no_command(language, options, folder))
            tables["500 devices"].append(await latency(language, options, folder))
    return tables


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=150, help="sentences a home and condition")
    parser.add_argument("--homes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--words", choices=WORDS, default="heldout", help="which home and wordings")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tables = asyncio.run(measured(options))
    if options.json:
        print(json.dumps(tables, ensure_ascii=False, indent=1))
        return
    for title, rows in tables.items():
        print(f"\n{title}\n| {' | '.join(rows[0])} |\n|{'---|' * len(rows[0])}")
        for row in rows:
            cells = (
                f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row.values()
            )
            print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
