"""What is counted and measured, for Prometheus. Never a name, an address or a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from service.pool import Load

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

disable_created_metrics()  # type: ignore[no-untyped-call]  # of use to nobody here

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The measures of one service.

    Parameters
    ----------
    load
        Asked for the load of the pool whenever the measures are read.
    """

    def __init__(self, load: Callable[[], Load]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_LoadCollector(load))
        self.sessions = Gauge(
            "sonorant_sessions", "Connections that are served.", ["door"], registry=self._registry
        )
        self.ended = Counter(
            "sonorant_sessions_ended",
            "Connections that ended, by how: done, gone (the client left) or the code of an error.",
            ["door", "how"],
            registry=self._registry,
        )
        self.refused = Counter(
            "sonorant_refused",
            "Connections and requests that were not let in, by the code of the error.",
            ["door", "code"],
            registry=self._registry,
        )
        self.requests = Counter(
            "sonorant_requests", "REST requests.", ["door", "status"], registry=self._registry
        )
        self.errors = Counter(
            "sonorant_errors", "Errors that clients were told.", ["code"], registry=self._registry
        )
        self.audio = Counter(
            "sonorant_audio_seconds", "Audio that was heard.", ["door"], registry=self._registry
        )
        self._stages = Histogram(
            "sonorant_stage_seconds",
            "How long each stage took: `queue` and `work` of every piece of work; `first_partial`, "
            "`endpoint_wait`, `final`, `reply`, `sound`, `answer` of utterances; `assessment` and "
            "`decision` from the end of the audio.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def took(self, stage: str, seconds: float) -> None:
        """A stage took so long."""
        self._stages.labels(stage).observe(seconds)

    def worked(self, waited: float, took: float) -> None:
        """A piece of work waited and took so long."""
        self.took("queue", waited)
        self.took("work", took)

    def text(self) -> bytes:
        """All measures, in Prometheus' text format."""
        return generate_latest(self._registry)


class _LoadCollector(Collector):
    def __init__(self, load: Callable[[], Load]) -> None:
        self._load = load

    def collect(self) -> Iterable[Metric]:
        """What the pool says of itself."""
        load = self._load()
        for name, what, value in (
            ("workers", "Workers of the pool.", load.workers),
            ("workers_hung", "Workers that have not come back for a minute.", load.hung),
            ("seats", "Sessions that the pool serves.", load.seats),
            ("queue_depth", "Pieces of work that wait for a worker.", load.waiting),
            ("queue_wait_seconds", "How long the oldest of them has been waiting.", load.wait),
        ):
            yield GaugeMetricFamily(f"sonorant_{name}", what, value=value)
