"""Python's garbage, collected on the GUI thread alone.

Python collects on whatever thread happens to allocate. A QObject that dies on a thread of a pool leaves its timers
behind, and the next one that fires brings the program down.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_MS: Final = 1_000


class GarbageCollector(QObject):
    """From its making nothing is collected; after :meth:`begin` every second what Python itself would collect."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = gc.isenabled()
        gc.disable()
        self._due = QTimer(self, interval=_LOOK_MS)
        self._due.timeout.connect(self.collect)

    def begin(self) -> None:
        """What is there by now stays, and is not looked through again and again while somebody works."""
        gc.freeze()
        self._due.start()

    def collect(self) -> None:
        """The oldest generation that is due, and with it the younger ones."""
        due = [
            old
            for old, (made, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if made > limit
        ]
        if due:
            gc.collect(due[-1])

    def end(self) -> None:
        """Python collects as it did before."""
        self._due.stop()
        if self._before:
            gc.enable()
