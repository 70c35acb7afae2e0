"""``/v1/voiceprint``, enrolling somebody: sentence after sentence, until there is enough.

Nothing is kept before the last; whoever leaves before is forgotten.
"""

from __future__ import annotations

from datetime import UTC, datetime

from service.access import Scope, check_scope
from service.core import Core
from service.doors.attending import heard
from service.line import Line
from service.messages import Code, Done, End, ServiceError
from service.messages.voices import Enrol, Enrolled, Person, Prompt, Recording, Said
from speech.audio import RATE
from speech.language import primary
from voiceprint.contract import Consent
from voiceprint.enrolment import UTTERANCES

MOST = 12
"""Recordings that are listened to; who is not understood by then needs another microphone."""

SENTENCES = {
    "en": (
        "The old clock in the hall strikes seven every quiet morning.",
        "My neighbour grows yellow roses beside a small wooden gate.",
        "Please bring fresh bread and a jar of honey from the market.",
        "Nobody knew why the green boat had come back without its sails.",
        "We watched the first snow fall softly over the sleeping village.",
        "Her younger brother fixes bicycles behind the church on Thursdays.",
    ),
    "zh": (
        "每天清晨，院子里的老钟都会准时敲响七下。",
        "邻居家的小木门旁边开满了黄色的玫瑰花。",
        "请你从市场上带一些新鲜的面包和一罐蜂蜜。",
        "谁也不知道那只绿色的小船为什么没有帆就回来了。",
        "我们静静地看着今年的第一场雪落在村子里。",
        "他的弟弟每个星期四都在学校后面修自行车。",
    ),
}
"""Something of four seconds to say, by language: English where there is nothing else."""


async def enrol(line: Line, core: Core, start: Enrol) -> None:
    """Enrol somebody who agreed."""
    check_scope(line.client, Scope.VOICEPRINT_ADMIN)
    voiceprints = await core.engines.voiceprints()
    await line.work(voiceprints.may_enrol, start.name, replace=start.replace)
    consent = Consent(datetime.now(UTC), start.consent, start.witness)
    sentences = SENTENCES.get(primary(start.language or core.settings.language), SENTENCES["en"])
    enrolment = voiceprints.enrolment()
    told: list[Recording] = []
    seconds = 0.0
    while not enrolment.complete:
        if len(told) == MOST:
            raise ServiceError(
                Code.BAD_REQUEST,
                f"of {MOST} recordings only {enrolment.taken} were good enough: try a quieter "
                "place or another microphone",
            )
        text = sentences[len(told) % len(sentences)]
        await line.send(Prompt(text=text, taken=enrolment.taken, needed=UTTERANCES))
        samples, how = await heard(line, core, voiceprints, start, Said, End)
        seconds += samples.size / RATE
        if samples.size or isinstance(how, Said):
            told.append(Recording.of(await line.work(enrolment.add, samples)))
            await line.send(told[-1])
        if isinstance(how, End):
            break
    person = await line.work(
        voiceprints.enrol,
        start.name,
        enrolment,
        groups=start.groups,
        consent=consent,
        replace=start.replace,
    )
    await line.send(Enrolled(person=Person.of(person), recordings=tuple(told)))
    await line.send(Done(audio=seconds))
