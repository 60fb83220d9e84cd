"""What Prometheus asks for (docs/operations.md): what came and was refused, how far the worker is behind, who looks.

What all processes share is read from Redis and history when it is asked for, so every web process gives the same; what
is of one process (requests, viewers) is added up over processes by prometheus_client's files when gunicorn has more
than one (deploy/gunicorn.conf.py sets ``PROMETHEUS_MULTIPROC_DIR``).
"""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Protocol

import flask
import msgspec
import redis
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from dashboard.network import Network
from data_sources.history import History
from data_sources.stream import arrival, entry_id, events_key, position_of

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Edges of the histogram of requests: the goals of pages are 0.1 s and 1.5 s."""


class TelemetryServices(Protocol):
    @property
    def redis(self) -> redis.Redis: ...
    @property
    def history(self) -> History: ...
    @property
    def network(self) -> Network: ...
    def snapshot(self) -> bytes: ...
    def clock(self) -> float: ...


class _Head(msgspec.Struct):
    at: datetime


class Telemetry:
    """The numbers of one application, in a registry of its own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, services: TelemetryServices) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "tendays_request_seconds",
            "Time to an answer's first byte, by route.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._viewers = Gauge(
            "tendays_viewers",
            "Open live streams.",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self._refused = Counter(
            "tendays_requests_refused",
            "Requests that were answered with a 4xx, by route and status.",
            ("route", "status"),
            registry=self.registry,
        )
        self._shared = Shared(services)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        if not os.environ.get(MULTIPROCESS):
            own = self.registry
        else:
            own = CollectorRegistry()
            MultiProcessCollector(own)  # type: ignore[no-untyped-call]
        shared = CollectorRegistry()
        shared.register(self._shared)
        return generate_latest(own) + generate_latest(shared)

    def viewer(self, by: int) -> None:
        """A viewer came (1) or went (-1)."""
        self._viewers.inc(by)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, str(status)).observe(seconds)
        if 400 <= status < 500:
            self._refused.labels(route, str(status)).inc()


class Shared(Collector):
    """What is the same whichever web process is asked. With Redis or history away their numbers are left out, and
    ``tendays_up`` says so."""

    def __init__(self, services: TelemetryServices) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("tendays_up", "Whether a part answers.", labels=["part"])
        try:
            yield self._events()
            up.add_metric(["history"], 1)
            yield from self._streams()
            up.add_metric(["redis"], 1)
        except SQLAlchemyError:
            up.add_metric(["history"], 0)
        except (redis.RedisError, OSError):
            up.add_metric(["redis"], 0)
        yield from self._age()
        yield up

    def _events(self) -> Metric:
        found = CounterMetricFamily(
            "tendays_events", "Stream entries by what became of them.", labels=["centre", "outcome"]
        )
        for centre, counts in sorted(self._services.history.counters().items()):
            for outcome, count in [("accepted", counts["accepted"]), ("duplicate", counts["duplicates"])]:
                found.add_metric([centre, outcome], count)
            for code, count in sorted(counts["refused"].items()):
                found.add_metric([centre, code], count)
        return found

    def _streams(self) -> Iterator[Metric]:
        """How far the worker is behind each stream, and for how long nothing has come.

        In seconds: the group that the worker keeps in step has no count, as its id is set and nothing read with it."""
        services, now = self._services, self._services.clock()
        centres, positions = [each.id for each in services.network.centres], services.history.positions()
        pipe = services.redis.pipeline(transaction=False)
        for centre in centres:
            pipe.xrange(events_key(centre), min=f"({entry_id(positions.get(centre, 0))}", count=1)
            pipe.xrevrange(events_key(centre), count=1)
        replies: list[Any] = pipe.execute(raise_on_error=False)
        seconds = GaugeMetricFamily(
            "tendays_stream_lag_seconds", "Age of the oldest entry not stored yet.", labels=["centre"]
        )
        silence = GaugeMetricFamily(
            "tendays_feed_silence_seconds", "Since the stream's newest entry came.", labels=["centre"]
        )
        for place, centre in enumerate(centres):
            oldest, newest = replies[2 * place : 2 * place + 2]
            if isinstance(oldest, redis.ConnectionError | redis.TimeoutError):
                raise oldest
            if isinstance(oldest, list):
                seconds.add_metric([centre], max(0.0, now - _arrived(oldest)) if oldest else 0.0)
            if isinstance(newest, list) and newest:
                silence.add_metric([centre], max(0.0, now - _arrived(newest)))
        yield from (seconds, silence)

    def _age(self) -> Iterator[Metric]:
        raw = self._services.snapshot()
        if raw:
            age = self._services.clock() - msgspec.json.decode(raw, type=_Head).at.timestamp()
            yield GaugeMetricFamily(
                "tendays_snapshot_age_seconds", "Age of the published picture.", value=max(0.0, age)
            )


def blueprint(telemetry: Telemetry) -> flask.Blueprint:
    """Hooks that time every request of the application."""
    routes = flask.Blueprint("telemetry", __name__)

    @routes.after_app_request
    def end(response: flask.Response) -> flask.Response:
        rule = flask.request.url_rule
        began = flask.g.get("began")  # set by data_sources.request_logs, before the door
        if began is not None:
            route = rule.rule if rule is not None else "none"
            telemetry.answered(flask.request.method, route, response.status_code, time.perf_counter() - began)
        return response

    return routes


def _arrived(entries: list[Any]) -> float:
    return arrival(position_of(entries[0][0]))
