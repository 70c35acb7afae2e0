"""What flows through the skills: a request goes in, a reply comes out, announcements come later.

A skill is anything with this shape; the router asks each in turn and the first that does not
answer ``None`` has it. Third parties add theirs through the entry-point group
``sonorant.skills``: see :mod:`skills.authoring`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from speech.audio import Samples

SlotValue = str | int | float


class Stage(StrEnum):
    """Which part of the router answered, from the surest to the weakest."""

    PENDING = "pending"
    """It was the answer to a question that the last reply asked."""
    SKILL = "skill"
    """A skill's own sentence."""
    STRICT = "strict"
    """A sentence template of home-assistant-intents, matched word for word."""
    REPAIRED = "repaired"
    """A sentence that was damaged: the nearest one that makes sense is asked about."""
    NONE = "none"
    """Nobody understood."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is speaking."""

    name: str
    probability: float
    """How sure that is, 0-1."""
    live: bool | None = None
    """Whether it is a living voice and no recording; None if nobody checked."""


class Unknown(StrEnum):
    """Why it is not known who speaks."""

    STRANGER = "stranger"
    """It is nobody whose voice is known."""
    UNCLEAR = "unclear"
    """Too little was said, it was too noisy, or the voice only may be a known one."""
    REPLAYED = "replayed"
    """This very utterance was heard before: it is a recording."""
    BARRED = "barred"
    """Somebody who is blocked, or whose voiceprint has expired."""
    UNHEARD = "unheard"
    """It was not said aloud."""
    NOBODY_KNOWN = "nobody_known"
    """No voices are known here, or nobody is here to recognise them."""
    FAILED = "failed"
    """It could not be found out."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """Random words that a speaker is asked to say, which no recording made before can know."""

    id: str
    phrase: str
    """What is to be said: ``seven three nine one four``."""
    vocabulary: frozenset[str]
    """All words that challenges like this one are made of."""


class Unproven(StrEnum):
    """Why the answer to a challenge proves nothing."""

    WRONG = "wrong"
    """Other words were said."""
    LATE = "late"
    """It came after the time was over."""
    SOMEBODY_ELSE = "somebody_else"
    """It is not the voice that was asked, or nobody's that is known."""
    UNCLEAR = "unclear"
    """It was too noisy to tell who spoke."""
    TOO_SHORT = "too_short"
    """It was too short to tell who spoke, or said too quickly."""
    LOCKED = "locked"
    """Too many attempts failed: no answer counts for a while."""
    FAILED = "failed"
    """It could not be checked."""


class WhoIsSpeaking(Protocol):
    """Tells who says a request by the voice in :attr:`Request.audio`.

    Asked only where a requirement depends on it. ``door`` is what for, for the record.
    """

    async def who(self, request: Request, door: str) -> Speaker | Unknown:
        """The speaker, or why that is not known."""
        ...

    async def challenge(self, request: Request, door: str) -> Challenge | None:
        """What whoever made the request can be asked to say as a proof; None if nothing can."""
        ...

    async def proven(self, challenge: Challenge, answer: Request, door: str) -> Speaker | Unproven:
        """Who answered a challenge, live, or why the answer is no proof. It is used up by that."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What was talked about last, so that "turn it off" or "and the bedroom?" mean something."""

    intent: str
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    """Ids of devices."""
    response: str = "default"
    """Which kind of answer suited."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody said or typed."""

    text: str
    language: str = "en"
    """BCP 47, as in ``en`` or ``zh-CN``."""
    alternatives: tuple[str, ...] = ()
    """Other hypotheses of the recogniser, best first, without ``text``."""
    area: str | None = None
    """The id of the area the microphone stands in: where "the light" is."""
    speaker: Speaker | None = None
    """Who is speaking; the router fills it in where what is asked for requires it."""
    unknown: Unknown | None = None
    """Why ``speaker`` is None; None as long as nobody tried to find out."""
    audio: Samples | None = field(default=None, repr=False, compare=False)
    """The voice that said it, kept only where somebody can tell who speaks, and never written
    anywhere; None where it was typed."""
    context: Context | None = None
    """What was talked about before; the router fills it in, and drops it after a while."""
    confidence: float | None = None
    """How sure the recogniser was of the word of which it was least sure, 0-1; None if the
    request was typed."""
    guessed: bool = False
    """Whether ``text`` is one of the alternatives: sensitive devices must not act on it."""
    talk: str = ""
    """Id of the talk it is part of: what "it" is and what was asked are kept apart for each."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part of a reply that is said in a language, or at a pace, of its own."""

    text: str
    language: str
    """BCP 47."""
    pace: float = 1.0
    """1 as usual, 0.5 half as fast."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back, and what was done."""

    text: str
    """To be spoken; empty where silence is the right answer."""
    intent: str | None = None
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    """Ids of the devices that the request was about."""
    acted: bool = False
    """Whether something was really done or changed."""
    expects_answer: bool = False
    """Whether the reply is a question: the conversation then keeps listening."""
    stage: Stage = Stage.SKILL
    ends: bool = False
    """Whether the conversation is over ("never mind")."""
    understood: str | None = None
    """The hypothesis that was acted on; filled in by the router."""
    language: str | None = None
    """Of the text, BCP 47. The router fills in that of Sonorant's own sentences, which is not
    always that of the request: a skill with sentences in other languages says so itself."""
    follow_up: FollowUp | None = field(default=None, repr=False, compare=False)
    """Where the reply is a question: asked ahead of all skills what the next request means, until
    something was understood. It returns None for what is no answer, as a new command is not."""
    holds: bool = False
    """Where the reply is a question: whether its ``follow_up`` hears whatever is said from now
    on, ahead of all else and with all hypotheses, until a reply of its own does not hold any
    more. What it returns None for is answered as ever; then it is its turn again. So a lesson
    hears its learner, whose sentence may sound like a command."""
    unanswered: str = ""
    """Where the reply is a question: said if nobody answers it in time."""
    parts: tuple[Spoken, ...] = ()
    """The text as it is said, where not all of it is in one language or at one pace."""
    goes_on_in: str | None = field(default=None, repr=False)
    """The language, BCP 47, that the conversation goes on in: what is heard, understood and said
    after this reply. Whoever holds the conversation follows it."""
    once_known: OnceKnown | None = field(default=None, repr=False, compare=False)
    """Where it was refused because it is not known, or not proven, who speaks: does what was
    asked for once it is. See :func:`skills.permissions.refusal`; the router finds it out."""


FollowUp = Callable[[Request], Awaitable[Reply | None]]
OnceKnown = Callable[[Speaker | Unknown], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something a skill says on its own account, as when a timer is done."""

    text: str
    language: str = "en"
    rings: bool = False
    """Whether to sound the alarm as well, until somebody says "stop"."""


Announce = Callable[[Announcement], Awaitable[None]]


class Skill(Protocol):
    """One thing Sonorant can do."""

    @property
    def name(self) -> str:
        """A short word for logs and help: ``timers``."""
        ...

    def examples(self, language: str) -> tuple[str, ...]:
        """A sentence or two that it understands, for help; empty if it lacks the language."""
        ...

    async def answer(self, request: Request) -> Reply | None:
        """Act on a request and say so, or None to leave it to the next skill."""
        ...

    async def close(self) -> None:
        """Stop its tasks and save what has to last."""
        ...
