"""Ray Serve runs the front doors and the replicas: on this machine, or on a cluster.

Install it with ``pip install 'sonorant[ray]'``. On a cluster every node needs Sonorant, its models,
and the same configuration folder; ``docs/scaling.md`` says what else.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.logs import LOGGER, set_up
from service.scaling.remote import (
    Asking,
    RemoteAssessor,
    RemoteEmbedder,
    RemoteRecognizer,
    ReplicaLostError,
)
from service.scaling.replicas import Assessors, Embedders, Recognizers
from service.settings import Settings
from speech.errors import ConfigError, EngineError, EngineMissingError, SonorantError
from speech.ray import LOCAL, import_ray, joined

if TYPE_CHECKING:
    from fastapi import FastAPI

    from pronunciation.contract import Assessor
    from speech.recognition.contract import Recognizer
    from voiceprint.contract import Embedder

APPLICATION = "sonorant"
"""What Ray Serve calls it."""

DOORS = "doors"
"""The front doors' deployment, as :data:`KINDS` are those of the engines."""

KINDS: dict[str, Callable[[], object]] = {
    "recognizers": Recognizers,
    "scorers": Assessors,
    "embedders": Embedders,
}

_AT_ONCE = 16  # calls that a replica has; the others wait at their front door
_THREADS = 2  # calls that it works on, so that a long one does not keep a short one waiting
_BUSY = 0.7  # calls under way, on average, above which another replica is started
_PATIENCE = {"look_back_period_s": 30.0, "upscale_delay_s": 30.0, "downscale_delay_s": 600.0}
"""Ray's own: what loads are averaged over, and how long they last before there are more replicas,
or fewer."""
_LINES = 1000  # connections of a front door; its own limit is the setting `sessions`
_WAITERS = 32  # threads of a front door: most of their time they wait for replicas
_ANSWER = 60.0  # seconds for an answer
_STORE = 256 * 2**20  # bytes of shared memory of a Ray of our own; a minute of audio is 4 MB
_ERROR = re.compile(r"^(?:[\w.]+\.)?\w+(?:Error|Exception): (.+)", re.MULTILINE)
_ROUTER = "ray.serve.experimental.consistent_hash_router.ConsistentHashRouter"


class Elsewhere:
    """Engines in the replicas of an application; see :class:`service.opening.Opening`."""

    def __init__(self, asking: Callable[[str], Asking]) -> None:
        self._asking = asking

    def recognizer(self, engine: str, language: str, model: str | None) -> Recognizer:
        """A recogniser."""
        return RemoteRecognizer(self._asking("recognizers"), engine, language, model)

    def assessor(self, language: str) -> Assessor:
        """A scorer of readings."""
        return RemoteAssessor(self._asking("scorers"), language)

    def embedder(self) -> Embedder:
        """The embedding network."""
        return RemoteEmbedder(self._asking("embedders"))


@contextmanager
def running(settings: Settings, address: str = LOCAL) -> Iterator[None]:
    """Serve until the end of the block, then end all sessions with a message.

    Parameters
    ----------
    address
        Of a cluster's head; :data:`LOCAL` starts a Ray of our own, and ends it.

    Raises
    ------
    EngineMissingError
        Ray is not installed.
    ConfigError
        A setting does not go with it, there is no cluster at the address, or nobody could come in.
    EngineError
        It does not start.
    """
    check(settings)
    ray, serve = _import()
    most = settings.doors[1] + sum(getattr(settings, name)[1] for name in KINDS)
    cores = max(os.cpu_count() or 1, most * settings.cpus)
    with joined(address, num_cpus=cores, object_store_memory=_STORE) as ours:
        try:
            _start(ray, serve, settings)
            try:
                yield
            finally:
                with suppress(Exception):  # doors that are lost have no sessions left to end
                    door = serve.get_deployment_handle(DOORS, APPLICATION)
                    door.broadcast("farewell").results(timeout_s=settings.grace + 5)
                serve.delete(APPLICATION)
        finally:
            if ours and not serve.status().applications:  # on a cluster there may be others'
                serve.shutdown()


def check(settings: Settings) -> None:
    """Raise ConfigError where settings do not go with several processes, or nobody could come."""
    from service.access import Tokens

    if settings.assistant and settings.doors != (1, 1):
        raise ConfigError(
            "conversations are about one home, which one front door keeps: "
            "set `assistant` to false, or `doors` to 1"
        )
    if settings.wyoming is not None:
        raise ConfigError("`wyoming` is not served with --ray: run `sonorant wyoming` beside it")
    if settings.port == 0:
        raise ConfigError("with --ray `port` has to be a number above 0")
    if settings.certificate is not None and settings.private_key is not None:
        # Ray would go on without listening.
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                settings.certificate,
                settings.private_key,
                password=lambda: "",  # nobody is asked at a terminal
            )
        except OSError as error:  # ssl.SSLError is one
            raise ConfigError(f"the certificate or its key cannot be used: {error}") from error
    if not Tokens().all():
        raise ConfigError(
            "with --ray everybody needs a token, this machine too: "
            "make one with `sonorant tokens create NAME --scope SCOPE`"
        )


def _start(ray: Any, serve: Any, settings: Settings) -> None:
    http = {"host": settings.host, "port": settings.port}
    if settings.certificate is not None:
        http["ssl_certfile"] = str(settings.certificate)
        http["ssl_keyfile"] = str(settings.private_key)
    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    failures = (RuntimeError, ray.exceptions.RayError)
    try:
        serve.start(http_options=http)
    except failures as error:
        raise ConfigError(f"it cannot listen: {_reason(str(error))}") from error
    try:
        serve.run(_application(serve, settings), name=APPLICATION, route_prefix="/")
    except failures as error:
        deployed = serve.status().applications[APPLICATION].deployments.values()
        told = "\n".join([str(error), *(deployment.message for deployment in deployed)])
        raise EngineError(f"it does not start: {_reason(told)}") from error


def _application(serve: Any, settings: Settings) -> Any:
    """The graph that Ray Serve runs: the front doors, and behind them the engines."""
    engines = [
        _deployment(serve, name, _Replica, settings, getattr(settings, name), _AT_ONCE).bind(name)
        for name in KINDS
    ]
    inside = replace(settings, open=False, workers=settings.workers or _WAITERS)
    door = serve.ingress(_made)(_Door)
    return _deployment(serve, DOORS, door, settings, settings.doors, _LINES).bind(inside, *engines)


def _deployment(
    serve: Any, name: str, what: type, settings: Settings, replicas: tuple[int, int], most: int
) -> Any:
    low, high = replicas
    # Only what is asked for an utterance has to come back to where it began.
    stays = {"request_router_class": _ROUTER} if name != DOORS else {}
    return serve.deployment(
        what,
        name=name,
        autoscaling_config={
            "min_replicas": low,
            "max_replicas": high,
            "target_ongoing_requests": _BUSY if name != DOORS else 0.7 * settings.sessions,
            **_PATIENCE,
        },
        max_ongoing_requests=most,
        request_router_config=stays,
        ray_actor_options={"num_cpus": settings.cpus},
        graceful_shutdown_timeout_s=settings.grace,
    )


class _Replica:
    """Engines of a kind, in a process."""

    def __init__(self, kind: str) -> None:
        self._engines = KINDS[kind]()
        self._threads = ThreadPoolExecutor(_THREADS)

    async def ask(self, method: str, *args: object) -> object:
        """What a method answers; an error too, since Ray would wrap up what is raised."""
        call = getattr(self._engines, method)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call, *args)
        except SonorantError as error:
            return error


class _Door:
    """The application, in a process; the engines are parameters so that they are started."""

    async def __init__(  # type: ignore[misc]  # Ray Serve awaits it
        self, settings: Settings, *engines: object
    ) -> None:
        from service.app import create_app

        set_up(settings.log)
        app = create_app(settings, Elsewhere(_Asking))
        self._core = app.state.core
        await self._core.warm_up()
        _waiting.append(app)

    async def farewell(self) -> None:
        """End all sessions with a message."""
        self._core.ready = False
        await self._core.sessions.close(self._core.settings.grace)

    async def __del__(self) -> None:
        await self._core.close()


_waiting: list[FastAPI] = []
"""What a front door has made and Ray Serve has not taken yet, which asks a function for it."""


def _made() -> FastAPI:
    return _waiting.pop()


class _Asking:
    """How a front door asks replicas of a kind; see :class:`service.scaling.remote.Asking`."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._ray, serve = _import()
        self._handle = serve.get_deployment_handle(kind, APPLICATION)
        self._lost = (self._ray.exceptions.RayError, serve.exceptions.RayServeException)

    def ask(self, method: str, *args: object, key: str = "") -> Any:
        """Wait for the answer."""
        try:
            answer = self._call(method, args, key).result(timeout_s=_ANSWER)
        except TimeoutError as error:
            raise EngineError(
                f"the {self._kind} do not answer; there are too few, or none"
            ) from error
        except self._ray.exceptions.RayTaskError:
            raise
        except self._lost as error:
            about = {"kind": self._kind, "why": _reason(str(error))}
            LOGGER.warning("a replica is lost", extra={"about": about})
            raise ReplicaLostError from error
        if isinstance(answer, SonorantError):
            raise answer
        return answer

    def tell(self, method: str, *args: object, key: str) -> None:
        """Wait for nothing."""
        self._call(method, args, key)

    def _call(self, method: str, args: tuple[object, ...], key: str) -> Any:
        handle = self._handle.options(session_id=key) if key else self._handle
        return handle.ask.remote(method, *args)


def _import() -> Any:
    ray = import_ray()
    try:
        from ray import serve
    except ImportError as error:
        raise EngineMissingError(
            "--ray needs Ray Serve, which is not installed: pip install 'sonorant[ray]'"
        ) from error
    return ray, serve


def _reason(told: str) -> str:
    """What a traceback comes to; the first line where it is none."""
    errors: list[str] = _ERROR.findall(told)
    return errors[-1] if errors else told.strip().partition("\n")[0]
