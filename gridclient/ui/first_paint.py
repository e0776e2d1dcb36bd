"""The order in which a window that opens is filled: rows, map, all other figures, then what is not visible yet.

Doing all at once would look slower, because threads that read take Python's lock away from painting.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from gridclient.ui.map_pane import MapPane

_MAP_MS: Final = 600
"""Figures and lists wait for the map at most so long."""
_LATEST_MS: Final = 3_000
_SEEN_MS: Final = 40
"""So long it takes from the page's drawing until its picture is on the screen."""


class FirstPaint(QObject):
    """Begun when the window is shown and has asked for its rows.

    Signals:
        rest_due(): the map is painted, takes too long, or there is none: figures and lists can be read. Comes once, and
            again for each :meth:`read_rest`.
        seen(): a moment later; what is not visible yet can be made. May come twice.
    """

    rest_due = Signal()
    seen = Signal()

    def __init__(self, *, map_pane: MapPane, parent: QObject) -> None:
        super().__init__(parent)
        self._map = map_pane
        self._waiting = QTimer(self, singleShot=True, interval=_MAP_MS)
        self._waiting.timeout.connect(self.rest_due)
        self._seeing = QTimer(self, singleShot=True, interval=_LATEST_MS)
        self._seeing.timeout.connect(self.seen)
        map_pane.drawn.connect(self._on_map_drawn)

    def begin(self) -> None:
        """The window was shown."""
        if self._map.view is None:
            self._map.make_soon()
            self.read_rest()
        else:
            self._waiting.start()
        self._seeing.start()

    def read_rest(self) -> None:
        """Everything is to be read anew; nothing waits for the map any more."""
        self._waiting.stop()
        self.rest_due.emit()

    def _on_map_drawn(self) -> None:
        if self._waiting.isActive():
            self._waiting.start(_SEEN_MS)
        self._seeing.start(2 * _SEEN_MS)
