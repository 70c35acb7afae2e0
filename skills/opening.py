"""Putting a router together: which home, which state folder, which skills."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from skills.contract import Announce, Announcement
from skills.home import EXAMPLE, Home, HomeWatch
from skills.router import Router
from speech.errors import ConfigError

if TYPE_CHECKING:
    from skills.authoring.plugins import Plugin
    from skills.lesson.examiner import Examiner
    from skills.media import MusicOutput


def home_path() -> Path:
    """``$SONORANT_HOME``, else ``home.yaml`` of the user's configuration, else the example."""
    named = os.environ.get("SONORANT_HOME")
    if named:
        return Path(named).expanduser()
    own = platformdirs.user_config_path("sonorant") / "home.yaml"
    return own if own.exists() else EXAMPLE


def beside_home(home_file: Path, name: str) -> Path:
    """A file beside the home file; in the user's configuration where that is the example."""
    folder = platformdirs.user_config_path("sonorant") if home_file == EXAMPLE else home_file.parent
    return folder / name


def music_path() -> Path:
    """``$SONORANT_MUSIC``, else the user's music folder."""
    named = os.environ.get("SONORANT_MUSIC")
    return Path(named).expanduser() if named else platformdirs.user_music_path()


def state_path() -> Path:
    """``$SONORANT_STATE``, else the user's state folder."""
    named = os.environ.get("SONORANT_STATE")
    return Path(named).expanduser() if named else platformdirs.user_state_path("sonorant")


async def open_skills(
    home_file: Path | None,
    state_folder: Path | None,
    announce: Announce,
    *,
    languages: Iterable[str] = ("en",),
    plugins: Iterable[Plugin] | None = None,
    music: MusicOutput | None = None,
    examiner: Examiner | None = None,
) -> Router:
    """Open a home for talking; close the router when done.

    Parameters
    ----------
    home_file
        A ``home.yaml``; None for :func:`home_path`.
    state_folder
        Where states and timers last; made if missing; None for :func:`state_path`.
    announce
        Called when a skill has something to say on its own account, as when a timer rings.
    languages
        Those that are loaded now; any other is loaded when it is first spoken.
    plugins
        Skills of others; None for those that are installed.
    music
        Where music is heard; without it there is none.
    examiner
        Judges what learners say in lessons; without it they only say it after the model.

    Raises
    ------
    ConfigError
        The home file is wrong, or the state folder cannot be used.
    """
    # Late, because the templates' libraries are slow to import and `--help` needs none.
    from skills.alarms import AlarmSkill
    from skills.alarms import pending as alarm_pending
    from skills.authoring import Tools
    from skills.authoring.plugins import open_plugins
    from skills.backends.opening import open_backend
    from skills.broadcast import BroadcastSkill
    from skills.clock import ClockSkill
    from skills.devices import DeviceSkill
    from skills.devices.words import say
    from skills.information import InformationSkill
    from skills.intents import Matcher
    from skills.languages import LanguageSkill
    from skills.later import LaterSkill
    from skills.lesson import LessonSkill
    from skills.lists import ListSkill
    from skills.media import MediaSkill
    from skills.notes import NoteSkill
    from skills.replies import spoken
    from skills.routines import RoutineSkill
    from skills.talk import RefusalSkill, TalkSkill
    from skills.timers import TimerSkill
    from skills.timers import pending as timer_pending

    file = home_file or home_path()
    home = Home.load(file)
    folder = state_folder or state_path()
    languages = tuple(languages)

    async def tell(mistake: ConfigError) -> None:
        language = next(iter(languages), "en")
        reason = str(mistake).replace(str(file), file.name)
        text = say("home_wrong", language, reason=reason)
        await announce(Announcement(text, spoken(language)))

    try:
        folder.mkdir(parents=True, exist_ok=True)
        backend = await open_backend(home, folder)
        matcher = Matcher(home)
        router = Router(home, matcher, backend)
        devices = DeviceSkill(home, matcher, backend, HomeWatch(home, file, tell))
        tools = Tools(home, matcher, folder, announce, router.perform)
        routines = RoutineSkill(tools, beside_home(file, "routines.yaml"))
        information = InformationSkill(tools, beside_home(file, "information.yaml"))
        media = MediaSkill(tools, music_path(), music)
        later = LaterSkill(tools, matcher, devices.objection)
        timers, alarms = TimerSkill(tools), AlarmSkill(tools)
        own = [
            *(routines, later, ClockSkill(tools), timers),
            *(alarms, ListSkill(tools), NoteSkill(tools), BroadcastSkill(tools)),
            LessonSkill(tools, router.commands, examiner),
            LanguageSkill(tools, router.warm_up),
        ]
        talk = TalkSkill(matcher, lambda talk: router.memories.of(talk).last, lambda: router.skills)
        _, _, *others = own
        router.skills.extend((routines, talk, later, information, media, devices, *others))
        router.skills.extend(await open_plugins(tools, plugins))
        router.skills.append(RefusalSkill(matcher))
        router.agenda.keep(timers.timers.schedule, timer_pending)
        router.agenda.keep(alarms.alarms, alarm_pending)
        router.agenda.keep(later.plans, later.pending)
        router.routines = routines
        router.excuse = information.excuse
        for skill in own:
            await skill.open()
    except OSError as error:
        raise ConfigError(
            f"the state folder {folder} cannot be used ({error}); SONORANT_STATE names another"
        ) from error
    if (problem := backend.problem()) is not None:
        language = next(iter(languages), "en")
        text = say("backend_away", language, reason=problem)
        await announce(Announcement(text, spoken(language)))
    for language in languages:
        await router.warm_up(language)
    return router
