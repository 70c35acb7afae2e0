"""What several commands in one sentence are answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skills.contract import Reply, Speaker, Unknown
from skills.proof import all_once_known
from skills.replies import spoken


def joined(replies: Sequence[Reply], language: str) -> Reply:
    """Several replies as one: all that they say, questions last."""
    if len(replies) == 1:
        return replies[0]
    asking = [reply for reply in replies if reply.expects_answer]
    told = [reply for reply in replies if not reply.expects_answer]
    # Only one question can be answered; the others will be asked when they are said again.
    heard = [*told, *asking[:1]]
    glue = "" if spoken(language) == "zh-CN" else " "
    waiting = all_once_known(replies)

    async def once_known(found: Speaker | Unknown) -> Reply | None:
        later = [await one(found) for one in waiting]
        known = [reply for reply in later if reply is not None]
        return joined(known, language) if known else None

    about = asking[0] if asking else replies[-1]
    return replace(
        about,
        text=glue.join(dict.fromkeys(reply.text for reply in heard if reply.text)),
        targets=tuple(dict.fromkeys(t for reply in replies for t in reply.targets)),
        acted=any(reply.acted for reply in replies),
        ends=all(reply.ends for reply in replies),
        goes_on_in=next((one.goes_on_in for one in replies if one.goes_on_in), None),
        once_known=once_known if waiting else None,
    )
