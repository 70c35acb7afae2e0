"""Planning commands, carrying them out in time, telling and cancelling them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime

from skills.authoring import Announcement, Call, Reply, Request, SentenceSkill, Tools, on
from skills.choices import choose
from skills.contract import Stage
from skills.intents import Matcher
from skills.later.plan import Planned, following, planned, read_planned
from skills.replies import either, enumerated, spoken
from skills.schedule import Schedule
from skills.understanding.parting import Part, parts
from skills.when import When, next_time, split, spoken_delay, spoken_time, spoken_when

_LATE = 900.0
"""Seconds after which a command is not carried out any more: who wanted it may have gone."""
_PLANNED = "PlanCommand"
_NOT_FOR_LATER = ("HassGet", "HassStartTimer", "HassNevermind", "HassRespond", "HassClimateGet")
_FOR_LATER = ("Hass", "PlayMusic", "RunRoutine", "Adjust")
"""How the names of intents begin that make sense at another time."""


class LaterSkill(SentenceSkill):
    """Commands with a time."""

    name = "later"

    def __init__(self, tools: Tools, matcher: Matcher) -> None:
        super().__init__(tools)
        self._matcher = matcher
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
            names = {str(plan.id): [plan.text] for plan in plans}
            key = choose(answer.text, answer.language, names)
            meant = [plan for plan in plans if str(plan.id) == key]
            return self._cancel(call.again(answer), meant) if meant else None

        joint = either(call.language)
        return call.ask(follow_up, "which", things=self._listed(plans, call, joint))

    @on("CancelPlans")
    def cancel_all(self, call: Call) -> Reply:
        """Cancel all that is planned."""
        plans = self.plans.waiting()
        return self._cancel(call, plans) if plans else call.reply("none")

    async def _planned(self, request: Request, when: When, command: str) -> Reply | None:
        whole = await self.tools.matcher.match(request)
        if whole is not None and whole.intent != "HassStartTimer":
            return None  # it is a command as it stands
        if not await self._makes_sense(replace(request, text=command)):
            return None
        language, now = request.language, datetime.now()
        moment = next_time(when, now)
        if moment is None:
            return _reply(self.say("passed", language))
        plan = planned(request, command, moment, when)
        self.plans.add(lambda number: replace(plan, id=number))
        time = (
            spoken_when(moment, now, when.days, language)
            if when.delay is None
            else spoken_delay(when.delay, language)
        )
        return _reply(self.say("planned", language, when=time, text=command), acted=True)

    async def _makes_sense(self, command: Request) -> bool:
        """Whether it is a command, or several, that can be carried out at another time."""
        cut = await parts(self._matcher, command) or [Part(command.text)]
        for part in cut:
            match = await self._matcher.match(replace(command, text=part.text))
            intent = "" if match is None or part.forbidden else match.intent
            if not intent.startswith(_FOR_LATER) or intent.startswith(_NOT_FOR_LATER):
                return False
        return True

    async def _carry_out(self, plan: Planned) -> None:
        language = plan.language
        if time.time() - plan.due > _LATE:
            value = spoken_time(plan.moment, language)
            text = self.say("too_late", language, value=value, text=plan.text)
        else:
            reply = await self.tools.perform(plan.request)
            if reply.acted:
                return
            text = self.say("not_done", language, text=plan.text, reason=reply.text)
        await self.tools.announce(Announcement(text, spoken(language)))

    def _cancel(self, call: Call, plans: list[Planned]) -> Reply:
        self.plans.cancel(plans)
        return call.reply("cancelled", acted=True, things=self._listed(plans, call))

    def _listed(self, plans: list[Planned], call: Call, joint: str | None = None) -> str:
        now, language = datetime.now(), call.language
        named = [
            call.phrase(
                "one",
                when=spoken_when(plan.moment, now, frozenset(plan.days), language),
                text=plan.text,
            )
            for plan in plans
        ]
        return enumerated(named, language, joint)


def _reply(text: str, *, acted: bool = False) -> Reply:
    return Reply(text, _PLANNED, acted=acted, stage=Stage.SKILL)
