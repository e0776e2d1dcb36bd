"""What the hub counts about itself, as Prometheus reads it. Numbers only; no device and no stream is named."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SECONDS: Final = "seconds"
_LABEL: Final = "|"

Counts = dict[str, float]
"""Counters by ``name|label``; the histogram's under ``seconds|place`` and ``seconds``."""


class Metrics:
    """Counters and one histogram; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._seconds_sum = 0.0

    def count(self, name: str, label: str = "", by: int = 1) -> None:
        """Adds to a counter; ``label`` is its one label, like ``status="applied"``."""
        with self._lock:
            self._counts[f"{name}{_LABEL}{label}"] += by

    def took(self, seconds: float) -> None:
        """One round-trip's time in the hub."""
        with self._lock:
            self._counts[f"{_SECONDS}{_LABEL}{bisect_left(_BOUNDS, seconds)}"] += 1
            self._seconds_sum += seconds

    def counts(self) -> Counts:
        """All of it as it stands."""
        with self._lock:
            return {**self._counts, _SECONDS: self._seconds_sum}


def added(some: Mapping[str, float], more: Mapping[str, float]) -> Counts:
    """Both together."""
    return {name: some.get(name, 0) + more.get(name, 0) for name in {**some, **more}}


def metrics_text(counts: Mapping[str, float], gauges: Mapping[str, int]) -> str:
    """Counts, and what the caller knows of the moment, in Prometheus' text form."""
    return "\n".join([*_counters(counts), *_histogram(counts), *_gauges(gauges), ""])


def _counters(counts: Mapping[str, float]) -> Iterator[str]:
    told: set[str] = set()
    for key, value in sorted(counts.items()):
        name, _, label = key.partition(_LABEL)
        if name == _SECONDS:
            continue
        if name not in told:
            told.add(name)
            yield f"# TYPE gridclient_hub_{name}_total counter"
        yield f"gridclient_hub_{name}_total{f'{{{label}}}' if label else ''} {value}"


def _histogram(counts: Mapping[str, float]) -> Iterator[str]:
    name = "gridclient_hub_sync_seconds"
    yield f"# TYPE {name} histogram"
    below = 0.0
    for place, bound in enumerate((*_BOUNDS, "+Inf")):
        below += counts.get(f"{_SECONDS}{_LABEL}{place}", 0)
        yield f'{name}_bucket{{le="{bound}"}} {below:.0f}'
    yield f"{name}_sum {counts.get(_SECONDS, 0):.6f}"
    yield f"{name}_count {below:.0f}"


def _gauges(gauges: Mapping[str, int]) -> Iterator[str]:
    for name, value in sorted(gauges.items()):
        yield f"# TYPE gridclient_hub_{name} gauge"
        yield f"gridclient_hub_{name} {value}"
