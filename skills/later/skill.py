"""Planning commands, carrying them out in time, telling and cancelling them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from skills.agenda import Pending
from skills.authoring import Announcement, Call, Reply, Request, SentenceSkill, Tools, on
from skills.choices import choose
from skills.contract import FollowUp, Stage
from skills.home import Named
from skills.intents import Matcher
from skills.later.plan import Planned, following, planned, read_planned
from skills.matches import Match
from skills.permissions import once_known
from skills.replies import either, enumerated, listed, spoken
from skills.schedule import Schedule
from skills.understanding.confirmation import takes_back
from skills.understanding.parting import Part, parts
from skills.when import When, next_time, split, spoken_delay, spoken_time, spoken_when

_LATE = 900.0
"""Seconds after which a command is not carried out any more: who wanted it may have gone."""
_PLANNED = "PlanCommand"
_NOT_FOR_LATER = ("HassGet", "HassStartTimer", "HassNevermind", "HassRespond", "HassClimateGet")
_FOR_LATER = ("Hass", "PlayMusic", "RunRoutine", "Adjust")
"""How the names of intents begin that make sense at another time."""


Objection = Callable[[Request, Match], Reply | None]
"""Why a command would not be tried, or what had to be asked first."""


class LaterSkill(SentenceSkill):
    """Commands with a time."""

    name = "later"

    def __init__(self, tools: Tools, matcher: Matcher, objection: Objection) -> None:
        super().__init__(tools)
        self._matcher = matcher
        self._objection = objection
        file = tools.folder / "planned.json"
        self.plans = Schedule(file, read_planned, self._carry_out, next=following, once=True)

    @property
    def waiting(self) -> int:
        """How many there are."""
        return len(self.plans.waiting())

    async def open(self) -> None:
        """Take up what was planned in the last run."""
        self.plans.open()

    async def close(self) -> None:
        """Stop waiting; what is planned is saved."""
        await self.plans.close()

    async def answer(self, request: Request) -> Reply | None:
        """Plan a command that has a time, or answer what is asked about the plans."""
        found = split(request.text, request.language)
        if found is not None:
            reply = await self._planned(request, *found)
            if reply is not None:
                return reply
        return await super().answer(request)

    @on("TellPlans")
    def tell(self, call: Call) -> Reply:
        """What is planned."""
        plans = self.plans.waiting()
        if not plans:
            return call.reply("none")
        return call.reply("tell", things=self._listed(plans, call))

    @on("CancelPlan")
    def cancel(self, call: Call) -> Reply:
        """Cancel what is planned; ask if it is several commands."""
        plans = self.plans.waiting()
        if not plans:
            return call.reply("none")
        if len(plans) == 1:
            return self._cancel(call, plans)

        async def follow_up(answer: Request) -> Reply | None:
            language = answer.language
            names = {
                str(plan.id): [
                    plan.text,
                    *(n for t in self._about(plan) for n in t.names(language)),
                ]
                for plan in plans
            }
            key = choose(answer.text, language, names)
            meant = [plan for plan in plans if str(plan.id) == key]
            return self._cancel(call.again(answer), meant) if meant else None

        joint = either(call.language)
        return call.ask(follow_up, "which", things=self._listed(plans, call, joint))

    @on("CancelPlans")
    def cancel_all(self, call: Call) -> Reply:
        """Cancel all that is planned."""
        plans = self.plans.waiting()
        return self._cancel(call, plans) if plans else call.reply("none")

    def pending(self, plan: Planned) -> Pending:
        """What the agenda tells of a planned command."""
        text = self._text(plan, plan.language)
        return Pending("command", plan.due, text=text, days=plan.days)

    async def _planned(self, request: Request, when: When, command: str) -> Reply | None:
        whole = await self.tools.matcher.match(request)
        if whole is not None and whole.intent != "HassStartTimer":
            return None  # it is a command as it stands
        said, request = request, replace(request, text=command)
        meant = await self._meant(request)
        if meant is None:
            return None
        language, now = request.language, datetime.now()
        moment = next_time(when, now)
        if moment is None:
            return _reply(self.say("passed", language))
        for part, match in meant:
            objection = self._objection(part, match)
            if objection is not None:
                key = "incomplete" if objection.expects_answer else "refused"
                reply = _reply(self.say(key, language, reason=objection.text))
                return self._unless_known(reply, objection, said, when, command)
        plan = planned(request, command, moment, when)
        bare = await self._meant(replace(request, context=None))
        if bare is not None and [m for _, m in bare] == [m for _, m in meant]:
            plan = replace(plan, context=None)  # it needs none
        else:
            about = dict.fromkeys(thing for _, match in meant for thing in _things(match))
            plan = replace(plan, about=tuple(about))
        kept = self.plans.add(lambda number: replace(plan, id=number))
        time = (
            spoken_when(moment, now, when.days, language)
            if when.delay is None
            else spoken_delay(when.delay, language)
        )
        text = self._text(plan, language)
        reply = _reply(self.say("planned", language, when=time, text=text), acted=True)
        return replace(reply, follow_up=self._unless_taken_back(kept))

    def _unless_taken_back(self, plan: Planned) -> FollowUp:
        """Drops a plan if the next thing that is said is "cancel"."""

        async def follow_up(answer: Request) -> Reply | None:
            language = answer.language
            if not takes_back(answer.text, language) or plan not in self.plans.waiting():
                return None
            self.plans.cancel([plan])
            text = self.say("cancelled", language, things=self._named([plan], language))
            return Reply(text, "CancelPlan", acted=True, stage=Stage.SKILL)

        return follow_up

    def _unless_known(
        self, reply: Reply, objection: Reply, request: Request, when: When, command: str
    ) -> Reply:
        """The reply, which plans it after all where only the speaker has to be known."""
        if objection.once_known is None:
            return reply
        again = once_known(request, lambda known: self._planned(known, when, command))
        return replace(reply, targets=objection.targets, once_known=again)

    async def _meant(self, command: Request) -> list[tuple[Request, Match]] | None:
        """The parts of a command, None if one cannot be carried out at another time."""
        meant = []
        for part in await parts(self._matcher, command) or [Part(command.text)]:
            said = replace(command, text=part.text)
            match = await self._matcher.match(said)
            if match is None or part.forbidden:
                return None
            if not match.intent.startswith(_FOR_LATER) or match.intent.startswith(_NOT_FOR_LATER):
                return None
            meant.append((said, match))
        return meant

    async def _carry_out(self, plan: Planned) -> None:
        language = plan.language
        if time.time() - plan.due > _LATE:
            value = spoken_time(plan.moment, language)
            text = self.say("too_late", language, value=value, text=self._text(plan, language))
        else:
            reply = await self.tools.perform(plan.request)
            if reply.acted:
                return
            said = self._text(plan, language)
            text = self.say("not_done", language, text=said, reason=reply.text)
        await self.tools.announce(Announcement(text, spoken(language)))

    def _cancel(self, call: Call, plans: list[Planned]) -> Reply:
        self.plans.cancel(plans)
        return call.reply("cancelled", acted=True, things=self._listed(plans, call))

    def _listed(self, plans: list[Planned], call: Call, joint: str | None = None) -> str:
        return self._named(plans, call.language, joint)

    def _named(self, plans: list[Planned], language: str, joint: str | None = None) -> str:
        now = datetime.now()
        named = [
            self._replies.phrase(
                "one",
                language,
                when=spoken_when(plan.moment, now, frozenset(plan.days), language),
                text=self._text(plan, language),
            )
            for plan in plans
        ]
        return enumerated(named, language, joint)

    def _text(self, plan: Planned, language: str) -> str:
        """The command, and what "it" is in it."""
        about = self._about(plan)
        if not about:
            return plan.text
        things = listed(about, language)
        return self._replies.phrase("about", language, text=plan.text, things=things)

    def _about(self, plan: Planned) -> list[Named]:
        home = self.tools.home
        known: dict[str, Named] = {**home.floors, **home.areas, **home.devices}
        return [known[thing] for thing in plan.about if thing in known]


def _things(match: Match) -> tuple[str, ...]:
    """Ids of what a match is about: devices, else the place that they are in."""
    places = (str(match.slots[slot]) for slot in ("area", "floor") if slot in match.slots)
    return match.names or tuple(places)


def _reply(text: str, *, acted: bool = False) -> Reply:
    return Reply(text, _PLANNED, acted=acted, stage=Stage.SKILL)
