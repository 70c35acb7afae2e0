"""The router: alternatives, sensitive devices, persistence, listeners, broken skills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skills import Reply, Request, Router, open_skills
from skills.backends import BackendError, State
from skills.backends.simulated import SimulatedBackend
from skills.home import EXAMPLE, Home
from tests.skills.conversations import silent


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    router = await open_skills(EXAMPLE, tmp_path, silent)
    yield router
    await router.close()


async def test_an_alternative_is_acted_on(router: Router) -> None:
    reply = await router.answer(Request("turn on the lamb", alternatives=("turn on the lamp",)))
    assert reply.acted
    assert reply.understood == "turn on the lamp"
    assert router.states()["lamp"]["on"] is True


async def test_a_lock_never_acts_on_an_alternative(router: Router) -> None:
    reply = await router.answer(
        Request("a lock the front door", alternatives=("unlock the front door",))
    )
    assert not reply.acted
    assert reply.expects_answer
    assert router.states()["front_door"]["locked"] is True


async def test_an_alternative_cannot_lose_the_negation(router: Router) -> None:
    heard = Request("do not turn on the lump", alternatives=("turn on the lamp",))
    assert not (await router.answer(heard)).acted
    assert router.states()["lamp"]["on"] is False


async def test_what_was_not_understood_names_the_nearest(router: Router) -> None:
    reply = await router.answer(Request("turn onto lamplight"))
    assert reply.stage == "none"
    assert "light" in reply.text


async def test_repeat(router: Router) -> None:
    assert "not said" in (await router.answer(Request("repeat that"))).text
    said = await router.answer(Request("turn on the lamp"))
    assert (await router.answer(Request("say that again"))).text == said.text
    assert (await router.answer(Request("say that again"))).text == said.text


@pytest.mark.parametrize(
    ("asked", "answered"), [("de", "en"), ("en-GB", "en"), ("zh-TW", "zh-CN"), ("ko", "ko")]
)
async def test_a_reply_says_which_language_it_is_in(
    router: Router, asked: str, answered: str
) -> None:
    assert (await router.answer(Request("blah", asked))).language == answered
    assert (await router.answer(Request("turn on the lamp", asked))).language == answered


async def test_listeners_hear_changes_until_they_leave(router: Router) -> None:
    heard: list[tuple[str, State]] = []
    leave = router.subscribe(lambda device, state: heard.append((device, state)))
    await router.answer(Request("turn on the lamp"))
    await router.answer(Request("turn on the lamp"))
    leave()
    await router.answer(Request("turn off the lamp"))
    assert [(device, state["on"]) for device, state in heard] == [("lamp", True)]


async def test_a_failing_skill_apologises(router: Router) -> None:
    class Broken:
        name = "broken"

        def examples(self, language: str) -> tuple[str, ...]:
            return ()

        async def answer(self, request: Request) -> Reply | None:
            raise RuntimeError("broken")

        async def close(self) -> None:
            raise RuntimeError("broken")

    router.skills.insert(0, Broken())
    reply = await router.answer(Request("turn on the lamp"))
    assert not reply.acted
    assert "sorry" in reply.text.lower()


async def test_absurd_input_is_not_understood(router: Router) -> None:
    for text in ("turn on " * 5000, "\x00\ud800", "¿!?…", "{name}", "[<the>] (|"):
        assert (await router.answer(Request(text))).stage == "none"
    # What is left of it names something: that is asked about, as if it had been said.
    reply = await router.answer(Request("[<the>] (lamp|"))
    assert reply.expects_answer and not reply.acted


async def test_states_last_and_a_broken_file_is_kept_aside(tmp_path: Path) -> None:
    home = Home.load(EXAMPLE)
    backend = SimulatedBackend(home, tmp_path)
    await backend.set("lamp", {"on": True, "brightness": 40})
    await backend.written()
    assert SimulatedBackend(home, tmp_path).state("lamp")["brightness"] == 40

    (tmp_path / "devices.json").write_text('{"lamp": {"on"', encoding="utf-8")
    assert SimulatedBackend(home, tmp_path).state("lamp")["on"] is False
    assert (tmp_path / "devices.json.broken").exists()

    (tmp_path / "devices.json").write_text('{"lamp": {"on": 7, "brightness": 30}}')
    assert SimulatedBackend(home, tmp_path).state("lamp") == {
        "on": False,
        "brightness": 30,
        "color": None,
        "temperature": None,
    }


async def test_two_programs_share_the_states(tmp_path: Path) -> None:
    home = Home.load(EXAMPLE)
    one, two = SimulatedBackend(home, tmp_path), SimulatedBackend(home, tmp_path)
    heard: list[str] = []
    one.subscribe(lambda device, state: heard.append(device))
    await two.set("lamp", {"on": True})
    await two.written()
    await one.set("bedroom_fan", {"on": True})
    await one.written()
    assert one.state("lamp")["on"] is True and two.state("bedroom_fan")["on"] is True
    assert heard == ["lamp", "bedroom_fan"]
    smaller = tmp_path / "home.yaml"
    smaller.write_text("devices:\n  - {id: stove, kind: switch, name: stove}\n")
    stove = SimulatedBackend(Home.load(smaller), tmp_path)
    await stove.set("stove", {"on": True})
    await stove.close()
    assert SimulatedBackend(home, tmp_path).state("lamp")["on"] is True


def test_a_program_that_is_killed_has_saved_what_it_told_a_moment_ago(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, signal, sys; from pathlib import Path; from skills.home import *;"
        "from skills.backends.simulated import SimulatedBackend;"
        "backend = SimulatedBackend(Home.load(EXAMPLE), Path(sys.argv[1]));"
        "told = [asyncio.run(backend.set('lamp', {'brightness': n})) for n in range(60)];"
        "asyncio.run(backend.written()); asyncio.run(backend.set('lamp', {'on': True}));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    # What came after that may be there or not; the file is whole.
    assert SimulatedBackend(Home.load(EXAMPLE), tmp_path).state("lamp")["brightness"] == 59
    assert not (tmp_path / "devices.json.broken").exists()


def test_many_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from skills.home import *;"
        "from skills.backends.simulated import SimulatedBackend;"
        "backend = SimulatedBackend(Home.load(EXAMPLE), Path(sys.argv[1]));"
        "[asyncio.run(backend.set(sys.argv[2], {'brightness': n})) for n in range(30)]"
    )
    lights = ("lamp", "bedroom_light", "hall_light")
    programs = [subprocess.Popen([sys.executable, "-c", code, tmp_path, x]) for x in lights]
    assert [program.wait(60) for program in programs] == [0, 0, 0]
    states = SimulatedBackend(Home.load(EXAMPLE), tmp_path).states()
    assert [states[light]["brightness"] for light in lights] == [29, 29, 29]


async def test_a_full_disk_leaves_nothing_behind(
    router: Router, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = router.backend
    assert isinstance(backend, SimulatedBackend)
    fsync, full = os.fsync, True

    def until_there_is_room(file: int) -> None:
        if full:
            raise OSError(28, "No space left on device")
        fsync(file)

    monkeypatch.setattr(os, "fsync", until_there_is_room)
    await router.answer(Request("turn on the lamp"))
    await backend.written()
    # The answer did not wait for the disk: it is the next one that tells of it.
    for command in ("turn off the lamp", "set a timer for ten minutes"):
        assert "No space left" in (await router.answer(Request(command))).text
    assert router.states()["lamp"]["on"] is True
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".new")]
    assert (await router.answer(Request("cancel the timer"))).text == "No timer is running."
    full = False
    assert (await router.answer(Request("turn off the lamp"))).acted
    await router.answer(Request("turn on the hall light"))
    await backend.written()
    states = SimulatedBackend(router.home, tmp_path).states()
    assert states["lamp"]["on"] is False and states["hall_light"]["on"] is True


@pytest.mark.parametrize("change", [{"brightness": 101}, {"locked": True}, {"on": 1}])
async def test_impossible_changes_are_refused(tmp_path: Path, change: State) -> None:
    backend = SimulatedBackend(Home.load(EXAMPLE), tmp_path)
    before = backend.states()
    with pytest.raises(BackendError):
        await backend.set("lamp", change)
    assert backend.states() == before


async def test_a_state_that_cannot_be_saved_is_told(router: Router, tmp_path: Path) -> None:
    assert isinstance(router.backend, SimulatedBackend)
    (tmp_path / "devices.json").mkdir()
    await router.answer(Request("turn on the hall light"))
    await router.backend.written()
    reply = await router.answer(Request("turn on the lamp"))
    assert not reply.acted
    assert router.states()["lamp"]["on"] is False


@pytest.mark.parametrize(
    ("text", "locked"), [("前门锁了", False), ("把前门锁了", True), ("前门锁上", True)]
)
async def test_a_door_does_not_move_on_what_may_be_a_remark(
    router: Router, text: str, locked: bool
) -> None:
    await router.answer(Request("unlock the front door"))
    await router.answer(Request(text, "zh-CN"))
    assert router.states()["front_door"]["locked"] is locked
