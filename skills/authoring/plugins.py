"""Skills that other packages bring, by the entry-point group ``sonorant.skills``."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points

from skills.authoring.apart import Apart
from skills.authoring.skill import Tools

_LOGGER = logging.getLogger(__name__)
GROUP = "sonorant.skills"
"""The entry-point group: each entry names a class or another callable that takes
:class:`~skills.authoring.skill.Tools` and returns a :class:`~skills.contract.Skill`."""


def found() -> list[EntryPoint]:
    """The entry points of all installed packages, each name once."""
    return list({entry.name: entry for entry in entry_points(group=GROUP)}.values())


async def open_plugins(tools: Tools, entries: Iterable[EntryPoint] | None = None) -> list[Apart]:
    """Open what is installed, each apart; what cannot be opened is logged and left out.

    ``tools.folder`` is the state folder; each gets a folder of its own name in it.
    """
    opened = []
    for entry in found() if entries is None else entries:
        try:
            opened.append(await open_plugin(tools, entry))
        except Exception as error:
            _LOGGER.error("the skill %s of %s cannot be used: %r", entry.name, entry.value, error)
    return opened


async def open_plugin(tools: Tools, entry: EntryPoint) -> Apart:
    """Open one; raises ConfigError for wrong sentences, else whatever it raises itself."""
    folder = tools.folder / "skills" / entry.name
    folder.mkdir(parents=True, exist_ok=True)
    skill = Apart(entry.name, entry.load)
    try:
        await skill.open(replace(tools, folder=folder))
    except BaseException:
        await skill.close()
        raise
    return skill
