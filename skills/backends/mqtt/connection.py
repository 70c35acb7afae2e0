"""The connection to a broker: it comes back by itself, and knows when all has been told.

Everything goes with quality of service 1. Small packets are sent at once (TCP_NODELAY): with
Nagle's algorithm a round trip takes 40 ms and more instead of less than one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import aiomqtt

from skills.backends.contract import BackendError, Failure
from skills.backends.link import FIRST_DELAY, LONGEST_DELAY, Link

_LOGGER = logging.getLogger(__name__)
_KEEPALIVE = 15  # seconds
_CALLS = 10
"""Messages on their way at once; "all the lights" may be hundreds."""
_AT_ONCE = 100
"""Topics in one subscription: brokers limit the length of a packet."""
_LASTING = 5.0
"""Seconds that a connection stands which is no failed attempt."""
_REFUSALS = (134, 135)
"""Bad user name or password, not authorized (MQTT 5, 3.2.2.2; older versions are translated)."""


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """Which broker, and how devices are announced on it."""

    host: str = "localhost"
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    discovery_prefix: str = "homeassistant"
    zigbee2mqtt: str = "zigbee2mqtt"
    timeout: float = 8.0
    """Seconds in which a device has to confirm."""


class Connection:
    """One client of a broker.

    Parameters
    ----------
    hear
        Called with topic and payload of every message; must return at once.
    greet
        Called whenever the connection stands, before messages arrive.
    """

    def __init__(
        self,
        settings: MqttSettings,
        hear: Callable[[str, str], None],
        greet: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._hear = hear
        self._greet = greet
        self._name = f"sonorant-{uuid.uuid4().hex[:12]}"
        self._status = f"sonorant/{socket.gethostname()}/status"
        self._echo = f"sonorant/echo/{self._name}"
        self._client: aiomqtt.Client | None = None
        self._topics: set[str] = {self._status, self._echo}
        self._subscribed: set[str] = set()
        self._news = asyncio.Event()  # there may be topics to subscribe to
        self._echoes: dict[str, asyncio.Future[None]] = {}
        self.link = Link(f"the MQTT broker {settings.host}:{settings.port}")
        self._task = asyncio.create_task(self._run(), name="mqtt")

    def subscribe(self, topics: Iterable[str]) -> None:
        """Hear of topics from now on, over all connections."""
        self._topics.update(topics)
        self._news.set()

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Return once the broker has it; raises BackendError if it is not reached."""
        client = self._client
        if client is None:
            raise self.link.error()
        try:
            # aiomqtt itself would wait on, up to its time-out.
            await self.link.unless_lost(client.publish(topic, payload, qos=1, retain=retain))
        except aiomqtt.MqttError as error:
            raise BackendError(f"{topic}: {error}", Failure.UNREACHABLE) from error
        except ValueError as error:
            raise BackendError(f"the topic {topic!r} cannot be used: {error}") from error

    async def settled(self) -> None:
        """Return once all that is retained on the topics has been heard."""
        while True:
            while self._topics - self._subscribed:
                self._news.set()
                await asyncio.sleep(0.005)
            # What a broker sends to one client it sends in order.
            word = uuid.uuid4().hex
            echo = self._echoes[word] = asyncio.get_running_loop().create_future()
            try:
                await self.publish(self._echo, word)
                await self.link.unless_lost(echo)
            finally:
                del self._echoes[word]
            if not self._topics - self._subscribed:
                return

    async def close(self) -> None:
        """Say goodbye and disconnect."""
        with contextlib.suppress(BackendError, TimeoutError):
            async with asyncio.timeout(1):
                self._topics.discard(self._status)
                await self.publish(self._status, "offline", retain=True)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        delay = FIRST_DELAY
        while True:
            began = time.monotonic()
            client = self._open()
            first = client._disconnected
            try:
                async with client:
                    await self._serve(client)
            except aiomqtt.MqttError as error:
                stood = not self.link.lost.is_set()
                reason, refused = str(error), _refused(error)
                if refused:
                    reason += ": the user name or the password is wrong, or missing"
                if self.link.missing(reason, refused=refused) or stood:
                    _LOGGER.warning("%s: %s", self.link.name, reason)
                if refused:
                    delay = LONGEST_DELAY
            except Exception:
                _LOGGER.exception("the MQTT connection failed")
            finally:
                self._client = None
                self._subscribed.clear()
                self.link.down()
                _notice(first, client._disconnected)
            if time.monotonic() - began > _LASTING:
                delay = FIRST_DELAY  # else it hangs up on us
            # Not all clients at once after a restart of the broker.
            await asyncio.sleep(delay * random.uniform(0.5, 1))
            delay = min(2 * delay, LONGEST_DELAY)

    def _open(self) -> aiomqtt.Client:
        settings = self._settings
        return aiomqtt.Client(
            settings.host,
            settings.port,
            username=settings.username,
            password=settings.password,
            identifier=self._name,
            will=aiomqtt.Will(self._status, "offline", qos=1, retain=True),
            tls_context=settings.tls,
            timeout=settings.timeout,
            max_concurrent_outgoing_calls=_CALLS,
            keepalive=_KEEPALIVE,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )

    async def _serve(self, client: aiomqtt.Client) -> None:
        self._client = client
        subscribing = asyncio.create_task(self._subscribe(client), name="mqtt subscriptions")
        try:
            await client.publish(self._status, "online", qos=1, retain=True)
            self._news.set()
            self.link.up()
            _LOGGER.info("connected to %s", self.link.name)
            self._greet()
            async for message in client.messages:
                self._take(client, message)
        finally:
            subscribing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await subscribing

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            fresh = sorted(self._topics - self._subscribed)
            for start in range(0, len(fresh), _AT_ONCE):
                part = fresh[start : start + _AT_ONCE]
                try:
                    await client.subscribe([(topic, 1) for topic in part])
                except (aiomqtt.MqttError, ValueError) as error:
                    _LOGGER.warning("cannot subscribe to %s: %s", ", ".join(part), error)
                self._subscribed.update(part)

    def _take(self, client: aiomqtt.Client, message: aiomqtt.Message) -> None:
        topic, payload = str(message.topic), message.payload
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)
        if topic == self._echo:
            if (echo := self._echoes.get(text)) and not echo.done():
                echo.set_result(None)
        elif topic == self._status:
            if text == "offline" and topic in self._topics:
                # Another program of this machine has left, but this one is here.
                self._again = asyncio.create_task(self._say_online(client))
        else:
            self._hear(topic, text)

    async def _say_online(self, client: aiomqtt.Client) -> None:
        with contextlib.suppress(aiomqtt.MqttError):
            await client.publish(self._status, "online", qos=1, retain=True)


def _notice(*losses: asyncio.Future[None]) -> None:
    """Let asyncio know that the loss of a connection was noticed.

    aiomqtt keeps the reason in a future, a fresh one once it is connected, and looks at that only
    while it waits for a message. Where the loss comes at another moment we hear of it by an
    error, and asyncio would print "Future exception was never retrieved".
    """
    for loss in losses:
        if loss.done() and not loss.cancelled():
            loss.exception()


def _refused(error: aiomqtt.MqttError) -> bool:
    """Whether the broker does not accept who we say we are."""
    return getattr(getattr(error, "rc", None), "value", None) in _REFUSALS
