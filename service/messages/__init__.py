"""What clients and the service say to each other: typed, versioned, the same on both sides.

One file a door; :mod:`service.messages.common` is what they share. ``docs/protocol.md`` describes
them with examples.
"""

from service.messages.common import PROTOCOL, SUBPROTOCOL, Done, End, Error, Hello
from service.messages.errors import Code, ServiceError, told
from service.messages.wire import Message, decode

__all__ = [
    "PROTOCOL",
    "SUBPROTOCOL",
    "Code",
    "Done",
    "End",
    "Error",
    "Hello",
    "Message",
    "ServiceError",
    "decode",
    "told",
]
