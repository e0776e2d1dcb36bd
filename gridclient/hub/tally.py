"""What the processes of one hub have counted, put together: each writes its own into a file beside the others'."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from gridclient.hub.metrics import Counts, Metrics, added

_PATTERN: Final = "process-*.json"


class Tally:
    """The folder of counts. Without one, only this process counts."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._own = None if folder is None else folder / f"process-{os.getpid()}.json"

    def keep(self, metrics: Metrics) -> None:
        """Writes down what this process counted so far; a full disk costs the counts, not the service."""
        if self._own is None:
            return
        fresh = self._own.with_suffix(".new")
        with suppress(OSError):
            self._own.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(metrics.counts()), encoding="utf-8")
            fresh.replace(self._own)

    def total(self, metrics: Metrics) -> Counts:
        """What all processes counted: this one up to now, the others up to their last writing."""
        total = metrics.counts()
        for file in sorted(self._folder.glob(_PATTERN)) if self._folder else ():
            if file != self._own:
                with suppress(OSError, ValueError):
                    total = added(total, json.loads(file.read_text(encoding="utf-8")))
        return total


def forget(folder: Path) -> None:
    """Removes what earlier processes counted."""
    for file in folder.glob(_PATTERN):
        file.unlink(missing_ok=True)
