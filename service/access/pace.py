"""How often and how many at once: limits a client, and slowness for those who guess tokens."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from service.messages.errors import Code, ServiceError

_MOST = 10_000  # clients that are kept in mind; the one not seen for longest is forgotten
_FREE = 5  # wrong tokens before an address has to wait
_LONGEST = 300.0  # seconds
_FORGOTTEN = 900.0  # seconds without a wrong token, after which all is forgiven


@dataclass(slots=True)
class _Seen:
    allowance: float
    at: float
    sessions: int = 0


class Pace:
    """What each client may do.

    Parameters
    ----------
    rate
        Requests a minute; a minute's worth may come at once.
    sessions
        Connections at once.
    """

    def __init__(self, rate: int, sessions: int) -> None:
        self._rate = rate
        self._sessions = sessions
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def count(self, client: str) -> None:
        """Take note of a request; raises ServiceError if there were too many."""
        now = time.monotonic()
        seen = self._of(client, now)
        seen.allowance = min(self._rate, seen.allowance + (now - seen.at) * self._rate / 60)
        seen.at = now
        if seen.allowance < 1:
            wait = (1 - seen.allowance) * 60 / self._rate
            raise ServiceError(
                Code.TOO_MANY, f"more than {self._rate} requests a minute", retry_after=wait
            )
        seen.allowance -= 1

    @contextmanager
    def session(self, client: str) -> Iterator[None]:
        """Have a connection meanwhile; raises ServiceError if there are too many."""
        seen = self._of(client, time.monotonic())
        if seen.sessions >= self._sessions:
            raise ServiceError(
                Code.TOO_MANY, f"{self._sessions} connections are open already", retry_after=5.0
            )
        seen.sessions += 1
        try:
            yield
        finally:
            seen.sessions -= 1

    def _of(self, client: str, now: float) -> _Seen:
        seen = self._seen.setdefault(client, _Seen(self._rate, now))
        self._seen.move_to_end(client)
        if len(self._seen) > _MOST:
            others = (name for name, one in self._seen.items() if not one.sessions)
            if (oldest := next(others, client)) != client:  # else all others are connected
                del self._seen[oldest]
        return seen


class Guesses:
    """Wrong tokens by address: after some the address waits, twice as long each time."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raise ServiceError while an address has to wait; nothing it says is looked at."""
        count, last = self._wrong.get(address, (0, 0.0))
        waited = time.monotonic() - last
        if count and waited > _FORGOTTEN:
            del self._wrong[address]
        elif count > _FREE:
            left = min(_LONGEST, 2.0 ** (count - _FREE)) - waited
            if left > 0:
                raise ServiceError(
                    Code.TOO_MANY, "too many wrong tokens came from there", retry_after=left
                )

    def wrong(self, address: str) -> None:
        """Take note of a wrong token."""
        count, _ = self._wrong.get(address, (0, 0.0))
        self._wrong[address] = count + 1, time.monotonic()
        self._wrong.move_to_end(address)
        if len(self._wrong) > _MOST:
            self._wrong.popitem(last=False)
