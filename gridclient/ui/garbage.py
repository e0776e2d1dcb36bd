"""Collects Python's garbage on the GUI thread only.

Python collects on the thread that happens to allocate. A QObject that is deleted on a pool's thread leaves its timers
behind, and the next one that fires crashes the program.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_MS: Final = 1_000


class GarbageCollector(QObject):
    """Switches Python's own collection off. After :meth:`begin` it collects once a second what Python itself would
    collect."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = gc.isenabled()
        gc.disable()
        self._due = QTimer(self, interval=_LOOK_MS)
        self._due.timeout.connect(self.collect)

    def begin(self) -> None:
        """Begins to collect. Objects that exist by now are left out from then on, which saves time in each
        collection."""
        gc.freeze()
        self._due.start()

    def collect(self) -> None:
        """Collects the oldest generation that is due, and with it the younger ones."""
        due = [
            old
            for old, (made, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if made > limit
        ]
        if due:
            gc.collect(due[-1])

    def end(self) -> None:
        """Lets Python collect as before."""
        self._due.stop()
        if self._before:
            gc.enable()
