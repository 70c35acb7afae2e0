"""Wyoming, the protocol by which Home Assistant uses voice services, on a port of its own.

One connection is served by one task: :mod:`service.wyoming.wire` reads an event,
:mod:`service.wyoming.connection` hands it to the domain that it belongs to (``asr``, ``tts``,
``wake``, ``handle``), and that answers before the next event is read, so that a client who sends
faster than it is served is slowed down by its own connection. The engines work in an executor.
"""

from service.wyoming.limits import Limits
from service.wyoming.offer import Offer
from service.wyoming.server import WyomingServer

__all__ = ["Limits", "Offer", "WyomingServer"]
