"""Talking about music: play, pause, go on, next, louder."""

from __future__ import annotations

import random
from pathlib import Path

from skills.authoring import Call, Reply, SentenceSkill, Tools, on
from skills.media.player import MusicOutput, Player
from skills.normalize import normalize

_SUFFIXES = frozenset((".mp3", ".flac", ".ogg", ".opus", ".wav", ".m4a", ".aac"))
_ARTICLES = ("the", "a", "an", "some")
_STEP = 15


class MediaSkill(SentenceSkill):
    """The music of a folder; without an output it says that it has no loudspeaker."""

    name = "media"

    def __init__(self, tools: Tools, folder: Path, output: MusicOutput | None) -> None:
        super().__init__(tools)
        self._folder = folder
        self._player = None if output is None else Player(output, tools.folder / "music.json")

    async def close(self) -> None:
        """Stop the music; it can go on at the next start."""
        if self._player is not None:
            await self._player.pause()

    @on("PlayMusic", "HassMediaSearchAndPlay")
    async def play(self, call: Call) -> Reply | None:
        """Play what was asked for, by the names of files and folders."""
        slot = "query" if call.match.intent == "PlayMusic" else "search_query"
        if "name" in call.slots or call.slots.get("area", call.request.area) != call.request.area:
            return None  # on a media player of the home
        if self._player is None:
            return call.reply("no_loudspeaker")
        tracks = self._found(call.text(slot), call.language)
        if not tracks:
            key = "no_track" if call.text(slot) else "no_music_there"
            return call.reply(key, query=call.original(slot), folder=self._folder.name)
        await self._player.play(tracks)
        return call.reply("plays", acted=True, track=tracks[0].stem)

    @on("HassMediaPause")
    async def pause(self, call: Call) -> Reply | None:
        """Pause."""
        player = self._active(call)
        if player is None:
            return self._not_playing(call)
        acted = player.playing
        await player.pause()
        return call.reply("paused", acted=acted)

    @on("HassMediaUnpause")
    async def go_on(self, call: Call) -> Reply | None:
        """Go on, also with what was left when the program ended."""
        player = self._active(call, left=True)
        if player is None:
            return self._not_playing(call)
        player.go_on()
        return call.reply("goes_on", acted=True)

    @on("HassMediaNext", "HassMediaPrevious")
    async def skip(self, call: Call) -> Reply | None:
        """The next track, or the one before."""
        player = self._active(call)
        if player is None:
            return self._not_playing(call)
        track = await player.skip(1 if "Next" in call.match.intent else -1)
        return (
            call.reply("over")
            if track is None
            else call.reply("plays", acted=True, track=track.stem)
        )

    @on("MusicVolume")
    def volume(self, call: Call) -> Reply | None:
        """Louder, quieter, or a percentage."""
        player = self._active(call, left=True)
        if player is None:
            return self._not_playing(call)
        step = {"up": _STEP, "down": -_STEP}.get(call.text("direction"), 0)
        wanted = int(call.slots.get("volume_level", player.volume + step))
        player.volume = wanted
        return call.reply("volume", acted=True, value=player.volume)

    @on("WhatPlays")
    def tell(self, call: Call) -> Reply | None:
        """Which track it is."""
        player = self._active(call)
        if player is None or player.track is None:
            return self._not_playing(call)
        return call.reply("plays", track=player.track.stem)

    def _active(self, call: Call, *, left: bool = False) -> Player | None:
        """The player, if it has a track and no media player of the home is named.

        ``left`` counts a track, too, that was left when the program ended.
        """
        player = self._player
        if player is None or player.track is None or "name" in call.slots:
            return None
        return player if left or player.touched else None

    def _not_playing(self, call: Call) -> Reply | None:
        # A sentence of home-assistant-intents may be about a media player of the home.
        return None if call.match.intent.startswith("Hass") else call.reply("nothing_plays")

    def _found(self, query: str, language: str) -> list[Path]:
        files = (f for f in sorted(self._folder.rglob("*")) if f.suffix.lower() in _SUFFIXES)
        if not query:
            tracks = list(files)
            random.shuffle(tracks)
            return tracks
        words = [word for word in normalize(query, language).split() if word not in _ARTICLES]
        return [
            file
            for file in files
            if all(
                word in normalize(str(file.relative_to(self._folder).with_suffix("")), language)
                for word in words
            )
        ]
