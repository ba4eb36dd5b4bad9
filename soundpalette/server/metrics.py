"""What a server tells Prometheus: requests by route and status, calls at work and waiting, the library's state."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from soundpalette.core.search import Searcher
from soundpalette.server.calls import Calls

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
METHODS: Final = ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH")
OTHER: Final = "other"
"""The one label of every method and path that is none of ours: strangers may ask for any number of them."""
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""


class Metrics:
    """The figures of one application, in a registry of their own."""

    def __init__(self, searcher: Searcher, calls: Calls) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "soundpalette_http_requests", "Requests answered.", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "soundpalette_http_request_seconds",
            "From a request's head to the end of its answer; a standing stream's is as long as it stood.",
            labels,
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._registry.register(_State(searcher, calls))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note an answered request; `route` is the template, never the path."""
        method = method if method in METHODS else OTHER
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' format. Raises SoundPaletteError where the library cannot be read."""
        return generate_latest(self._registry)


class _State(Collector):
    """Read when it is asked for."""

    def __init__(self, searcher: Searcher, calls: Calls) -> None:
        self._searcher = searcher
        self._calls = calls

    def collect(self) -> Iterable[Metric]:
        calls = GaugeMetricFamily("soundpalette_calls", "Calls that are at work or wait.", labels=("lane", "state"))
        for name, lane in self._calls.lanes.items():
            calls.add_metric((name, "at_work"), lane.at_work)
            calls.add_metric((name, "waiting"), lane.waiting)
        yield calls
        uses = self._searcher.answers.uses
        yield CounterMetricFamily("soundpalette_cache_hits", "Questions answered from what was kept.", uses.hits)
        yield CounterMetricFamily("soundpalette_cache_misses", "Questions that were worked out.", uses.misses)
        standing = self._searcher.standing()
        yield GaugeMetricFamily("soundpalette_samples", "Samples in the library.", standing.samples)
        yield GaugeMetricFamily(
            "soundpalette_index_generation", "Of the index in use; 0: none is published.", standing.generation
        )
        yield GaugeMetricFamily("soundpalette_pending", "Samples that are not in the index yet.", standing.pending)
