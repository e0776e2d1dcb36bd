"""What the hub counts about itself, as Prometheus reads it. Numbers only; no device and no stream is named."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters and one histogram; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._seconds: Counter[int] = Counter()
        self._seconds_sum = 0.0

    def count(self, name: str, label: str = "", by: int = 1) -> None:
        """Adds to a counter; ``label`` is its one label, like ``status="applied"``."""
        with self._lock:
            self._counts[name, label] += by

    def took(self, seconds: float) -> None:
        """One round-trip's time in the hub."""
        with self._lock:
            self._seconds[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds_sum += seconds

    def value(self, name: str, label: str = "") -> int:
        """A counter as it stands."""
        with self._lock:
            return self._counts[name, label]

    def text(self, gauges: dict[str, int]) -> str:
        """All of it, and what the caller knows of the moment."""
        with self._lock:
            counts, seconds, total = dict(self._counts), dict(self._seconds), self._seconds_sum
        return "\n".join([*_counters(counts), *_histogram(seconds, total), *_gauges(gauges), ""])


def _counters(counts: dict[tuple[str, str], int]) -> Iterator[str]:
    told: set[str] = set()
    for (name, label), value in sorted(counts.items()):
        if name not in told:
            told.add(name)
            yield f"# TYPE gridclient_hub_{name}_total counter"
        yield f"gridclient_hub_{name}_total{f'{{{label}}}' if label else ''} {value}"


def _histogram(seconds: dict[int, int], total: float) -> Iterator[str]:
    name = "gridclient_hub_sync_seconds"
    yield f"# TYPE {name} histogram"
    below = 0
    for place, bound in enumerate(_BOUNDS):
        below += seconds.get(place, 0)
        yield f'{name}_bucket{{le="{bound}"}} {below}'
    count = sum(seconds.values())
    yield f'{name}_bucket{{le="+Inf"}} {count}'
    yield f"{name}_sum {total:.6f}"
    yield f"{name}_count {count}"


def _gauges(gauges: dict[str, int]) -> Iterator[str]:
    for name, value in sorted(gauges.items()):
        yield f"# TYPE gridclient_hub_{name} gauge"
        yield f"gridclient_hub_{name} {value}"
