"""``GET /v1/lessons``: the courses, what of them is known, and what is due."""

from __future__ import annotations

from fastapi import APIRouter, Response

from assistant.practice import Practice
from service.access import Scope
from service.doors.scoring import kept
from service.messages.lessons import Course, Courses
from service.rest import Visitor, answer, guarded

lessons = APIRouter(
    prefix="/v1/lessons", tags=["pronunciation"], route_class=guarded("lessons", Scope.SCORE)
)


@lessons.get("", response_class=Response, responses={200: {"model": Courses}})
async def courses(visit: Visitor) -> Response:
    """All courses, with the progress of the household."""
    practice = await visit.core.engines.practice()
    with kept():
        return answer(await visit.work(_courses, practice))


def _courses(practice: Practice) -> Courses:
    found = practice.courses()
    standings = {one.teaches: practice.standings(one.teaches) for one in found}
    return Courses(courses=tuple(Course.of(one, standings[one.teaches]) for one in found))
