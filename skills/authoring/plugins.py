"""Skills that other packages bring, by the entry-point group ``sonorant.skills``."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from skills.authoring.apart import Apart, Opener
from skills.authoring.skill import Tools

_LOGGER = logging.getLogger(__name__)
GROUP = "sonorant.skills"
"""The entry-point group: each entry names a class or another callable that takes
:class:`~skills.authoring.skill.Tools` and returns a :class:`~skills.contract.Skill`."""


class Plugin(Protocol):
    """Where a skill comes from; an entry point is one."""

    @property
    def name(self) -> str:
        """What the skill is called."""
        ...

    def load(self) -> Opener:
        """Import it."""
        ...


def found() -> list[EntryPoint]:
    """The entry points of all installed packages, each name once."""
    return list({entry.name: entry for entry in entry_points(group=GROUP)}.values())


async def open_plugins(tools: Tools, plugins: Iterable[Plugin] | None = None) -> list[Apart]:
    """Open skills, each apart; what cannot be opened is logged and left out.

    Parameters
    ----------
    tools
        Their ``folder`` is the state folder; each skill gets one of its own in it.
    plugins
        None for what :func:`found` finds.
    """
    opened = []
    for plugin in found() if plugins is None else plugins:
        try:
            opened.append(await open_plugin(tools, plugin))
        except Exception as error:
            _LOGGER.error("the skill %s cannot be used: %s (%r)", plugin.name, error, plugin)
    return opened


async def open_plugin(tools: Tools, plugin: Plugin) -> Apart:
    """Open one; raises ConfigError for wrong sentences, else whatever it raises itself."""
    folder = tools.folder / "skills" / plugin.name
    folder.mkdir(parents=True, exist_ok=True)
    skill = Apart(plugin.name, plugin.load)
    try:
        await skill.open(replace(tools, folder=folder))
    except BaseException:
        await skill.close()
        raise
    return skill
