"""``sonorant lessons``: which courses there are, which are wrong, how far learners have come."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from speech.errors import ConfigError

if TYPE_CHECKING:
    from skills.lesson.course import Course
    from skills.lesson.progress import Progress


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Mount ``lessons`` below ``sonorant``."""
    parser = subparsers.add_parser("lessons", help="courses, and how far learners have come")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listing = commands.add_parser("list", help="the courses there are")
    listing.add_argument("--json", action="store_true", help="print a JSON object for each")
    listing.set_defaults(run=_list)

    showing = commands.add_parser("show", help="what a course holds")
    showing.add_argument("course", metavar="COURSE", help="its name in `sonorant lessons list`")
    showing.add_argument("--lesson", metavar="N", type=int, help="one lesson only, from 1")
    showing.set_defaults(run=_show)

    checking = commands.add_parser(
        "check",
        help="look for mistakes in courses",
        description="Reads courses and says what is wrong, with the line. Exit status 1 if "
        "something is.",
    )
    checking.add_argument("files", metavar="FILE", nargs="*", type=Path, help="all if none")
    checking.set_defaults(run=_check)

    progress = commands.add_parser("progress", help="how far learners have come")
    progress.add_argument("name", metavar="NAME", nargs="?", help="one learner only")
    progress.add_argument("--json", action="store_true", help="print a JSON object for each")
    progress.set_defaults(run=_progress)

    forgetting = commands.add_parser("forget", help="delete all that is kept of a learner")
    forgetting.add_argument("name", metavar="NAME", help="as `sonorant lessons progress` shows it")
    forgetting.set_defaults(run=_forget)


def _list(args: argparse.Namespace) -> int:
    from skills.lesson.course import in_language
    from skills.lesson.courses import courses_path, load_courses

    courses = load_courses()
    for course in courses:
        name, lessons, items = in_language(course.name, "en")[0], course.lessons, course.items
        if args.json:
            record = {
                "course": course.id,
                "name": dict(course.name),
                "teaches": course.teaches,
                "speakers": course.speakers,
                "lessons": len(lessons),
                "items": len(items),
            }
            print(json.dumps(record, ensure_ascii=False))
        else:
            print(f"{course.id:<24} {name}: {len(lessons)} lessons, {len(items)} items")
    print(f"your own courses belong into {courses_path()}", file=sys.stderr)
    return 0


def _show(args: argparse.Namespace) -> int:
    from skills.lesson.course import in_language

    course = _course(args.course)
    if args.lesson is not None and not 1 <= args.lesson <= len(course.lessons):
        raise ConfigError(f"--lesson {args.lesson}: {course.id} has 1 to {len(course.lessons)}")
    for number, lesson in enumerate(course.lessons, 1):
        if args.lesson not in (None, number):
            continue
        print(f"{number}. {in_language(lesson.name, course.speakers)[0]}")
        tip = in_language(lesson.tip, course.speakers)[0]
        if tip:
            print(f"   {tip}")
        for item in lesson.items:
            cue = f"{item.cue} — " if item.cue else ""
            gloss = f"  ({item.gloss})" if item.gloss else ""
            print(f"   - {cue}{item.text}{gloss}")
    return 0


def _check(args: argparse.Namespace) -> int:
    from skills.lesson.course import read_course
    from skills.lesson.courses import course_files

    wrong = 0
    for file in args.files or course_files():
        try:
            course = read_course(file)
        except ConfigError as error:
            wrong += 1
            print(error)
        else:
            lessons, items = len(course.lessons), len(course.items)
            print(f"{file}: {lessons} lessons, {items} items, nothing wrong")
    return 1 if wrong else 0


def _progress(args: argparse.Namespace) -> int:
    progress = _open()
    names = _learners(progress, args.name) if args.name else progress.learners()
    if not names:
        print("nobody has had a lesson yet", file=sys.stderr)
    now = datetime.now(UTC)
    for name in names:
        for language in progress.languages(name):
            standings = progress.standings(name, language).values()
            good = sum(standing.known for standing in standings)
            due = sum(standing.due <= now for standing in standings)
            if args.json:
                record = {"learner": name, "language": language}
                items = [
                    {
                        "text": each.text,
                        "score": each.score,
                        "times": each.times,
                        "last": each.last.isoformat(),
                        "due": each.due.isoformat(),
                    }
                    for each in standings
                ]
                print(json.dumps(record | {"items": items}, ensure_ascii=False))
                continue
            print(f"{name}, {language}: {len(standings)} said, {good} of them well, {due} due")
            for each in sorted(standings, key=lambda one: one.score):
                day = each.due.astimezone().strftime("%Y-%m-%d %H:%M")
                print(f"   {each.score:5.1f}  {each.times:>2} times, due {day}  {each.text}")
    return 0


def _forget(args: argparse.Namespace) -> int:
    progress = _open()
    [name] = _learners(progress, args.name)
    print(f"deleted what was kept of {name}: {progress.forget(name)} items")
    return 0


def _course(name: str) -> Course:
    from skills.lesson.course import read_course
    from skills.lesson.courses import course_files

    files = {file.stem: file for file in course_files()}
    if name not in files:
        raise ConfigError(f"there is no course {name!r}; there are {', '.join(files)}")
    return read_course(files[name])


def _open() -> Progress:
    from skills.lesson.progress import Progress
    from skills.opening import state_path

    folder = state_path()
    folder.mkdir(parents=True, exist_ok=True)
    return Progress(folder)


def _learners(progress: Progress, name: str) -> list[str]:
    """The learner of a name, whatever its case."""
    names = progress.learners()
    found = [each for each in names if each.casefold() == name.casefold()]
    if not found:
        known = ", ".join(names) or "nobody"
        raise ConfigError(f"nothing is kept of a learner {name!r}; there is {known}")
    return found[:1]
