"""Metrics: what operators watch, in the text format of Prometheus."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from server.database.base import Store
from server.engine.running import Running
from server.lag import Lag, Late
from server.queue.base import Queue

QUANTILES = (0.5, 0.9, 0.99, 1)
RECENT = 300.0

Row = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Metrics:
    """`folder` is the data folder, whose disk may get full."""

    lag: Lag
    store: Store
    queue: Queue
    running: Running
    folder: Path
    now: Callable[[], float]

    async def text(self) -> bytes:
        states = await self.store.tx(lambda rows: rows.all("states", since=self.now() - RECENT))
        sent = await self.store.tx(lambda rows: rows.all("notification_counts"))
        open_now = [(row["state"], row["count"]) for row in states if row["open"]]
        ended = [(row["state"], row["count"]) for row in states if not row["open"]]
        jobs = [("queued", len(self.queue)), ("running", len(self.running))]
        families = [
            _family("assemblies_open", "Assemblies that go on.", "state", open_now),
            _family("assemblies_ended_recently", "Assemblies that ended in the last 5 minutes.", "state", ended),
            _family("jobs", "Jobs that wait, and uploads and jobs that are worked on.", "state", jobs),
            _family(
                "notifications",
                "Notifications that wait for their first attempt, that failed and wait for another, and were given up.",
                "state",
                [(row["state"], row["count"]) for row in sent],
            ),
            _family("loop_lag_seconds", "How late the event loop was, in the last 5 minutes.", *_spread(self.lag.all)),
            _family("loop_lag_own_seconds", "How much of that this server itself worked.", *_spread(self.lag.own)),
        ]
        return await asyncio.to_thread(self._written, families)

    def _written(self, families: list[GaugeMetricFamily]) -> bytes:
        free = GaugeMetricFamily("sluice_disk_free_bytes", "Room on the disk of the data folder.")
        free.add_metric([], shutil.disk_usage(self.folder).free)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Given([*families, free]))
        ProcessCollector(registry=registry)
        return generate_latest(registry)


class Given(Collector):
    """Figures that are known already."""

    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families


def _spread(late: Late) -> tuple[str, list[Row]]:
    return "quantile", [(f"{share:g}", late.quantile(share)) for share in QUANTILES]


def _family(name: str, words: str, label: str, rows: Iterable[Row]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"sluice_{name}", words, labels=[label])
    for value, number in rows:
        family.add_metric([value], number)
    return family
