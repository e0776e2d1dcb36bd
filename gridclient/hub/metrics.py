"""Counters of the hub for Prometheus. They name no device and no stream.

Each process of a hub writes its counts to a common folder.
"""

from __future__ import annotations

import json
import os
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SECONDS: Final = "seconds"
_LABEL: Final = "|"
_PATTERN: Final = "process-*.json"

Counts = dict[str, float]
"""Counters by ``name|label``; the histogram's under ``seconds|number`` and ``seconds``."""


class Metrics:
    """Counters and one histogram; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._seconds_sum = 0.0

    def count(self, name: str, label: str = "", by: int = 1) -> None:
        """Adds ``by`` to a counter; ``label`` is its one label, like ``status="applied"``."""
        with self._lock:
            self._counts[f"{name}{_LABEL}{label}"] += by

    def took(self, seconds: float) -> None:
        """Adds the seconds that one request took in the hub to the histogram."""
        with self._lock:
            self._counts[f"{_SECONDS}{_LABEL}{bisect_left(_BOUNDS, seconds)}"] += 1
            self._seconds_sum += seconds

    def counts(self) -> Counts:
        """The present values."""
        with self._lock:
            return {**self._counts, _SECONDS: self._seconds_sum}


def added(some: Mapping[str, float], more: Mapping[str, float]) -> Counts:
    """The sums of two sets of counts."""
    return {name: some.get(name, 0) + more.get(name, 0) for name in {**some, **more}}


class Tally:
    """The folder of counts; without a folder, only this process's are known."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._own = None if folder is None else folder / f"process-{os.getpid()}.json"

    def keep(self, metrics: Metrics) -> None:
        """Writes this process's counts; a full disk only loses the counts."""
        if self._own is None:
            return
        fresh = self._own.with_suffix(".new")
        with suppress(OSError):
            self._own.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(metrics.counts()), encoding="utf-8")
            fresh.replace(self._own)

    def total(self, metrics: Metrics) -> Counts:
        """The counts of all processes: this one's as of now, the others' as last written."""
        total = metrics.counts()
        for file in sorted(self._folder.glob(_PATTERN)) if self._folder else ():
            if file != self._own:
                with suppress(OSError, ValueError):
                    total = added(total, json.loads(file.read_text(encoding="utf-8")))
        return total


def forget_counts(folder: Path) -> None:
    """Deletes the counts of earlier processes."""
    for file in folder.glob(_PATTERN):
        file.unlink(missing_ok=True)


def metrics_text(counts: Mapping[str, float], gauges: Mapping[str, int]) -> str:
    """Counts, and the present values in ``gauges``, in Prometheus' text format."""
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
    for number, bound in enumerate((*_BOUNDS, "+Inf")):
        below += counts.get(f"{_SECONDS}{_LABEL}{number}", 0)
        yield f'{name}_bucket{{le="{bound}"}} {below:.0f}'
    yield f"{name}_sum {counts.get(_SECONDS, 0):.6f}"
    yield f"{name}_count {below:.0f}"


def _gauges(gauges: Mapping[str, int]) -> Iterator[str]:
    for name, value in sorted(gauges.items()):
        yield f"# TYPE gridclient_hub_{name} gauge"
        yield f"gridclient_hub_{name} {value}"
