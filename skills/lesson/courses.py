"""Which courses there are: those that are shipped, and the user's own."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from skills.lesson.course import Course, read_course
from speech.errors import ConfigError
from speech.language import primary

_LOGGER = logging.getLogger(__name__)
SHIPPED = Path(__file__).with_name("courses")


def courses_path() -> Path:
    """``$SONORANT_COURSES``, else ``courses`` in the user's configuration."""
    named = os.environ.get("SONORANT_COURSES")
    own = platformdirs.user_config_path("sonorant") / "courses"
    return Path(named).expanduser() if named else own


def course_files(folder: Path | None = None) -> list[Path]:
    """The files of all courses, one's own first; it stands in for a shipped one of its name.

    Parameters
    ----------
    folder
        The user's own; None for :func:`courses_path`. It need not be there.
    """
    own = _in(folder or courses_path())
    names = {file.name for file in own}
    return [*own, *(file for file in _in(SHIPPED) if file.name not in names)]


def load_courses(folder: Path | None = None) -> list[Course]:
    """All courses that can be read; those that cannot are logged and left out."""
    courses = []
    for file in course_files(folder):
        try:
            courses.append(read_course(file))
        except ConfigError as error:
            _LOGGER.warning("a course is left out: %s", error)
    return courses


def courses_for(courses: Sequence[Course], teaches: str, speakers: str) -> list[Course]:
    """The courses of a language, first those for who speaks ``speakers``."""
    fitting = [one for one in courses if primary(one.teaches) == primary(teaches)]
    return sorted(fitting, key=lambda one: primary(one.speakers) != primary(speakers))


def _in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []
