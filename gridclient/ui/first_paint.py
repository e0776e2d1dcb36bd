"""The order in which a window that opens gets what it shows: rows, map, all other figures, then what is not seen yet.

Everything at once would be slower for the eye: the threads that read take Python's lock away from painting.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from gridclient.ui.map_pane import MapPane

_MAP_MS: Final = 600
"""How long figures and lists wait for the map at the most."""
_LATEST_MS: Final = 3_000
_SEEN_MS: Final = 40
"""From when the page has drawn until its picture has come through this process to the screen."""


class FirstPaint(QObject):
    """Begun when the window is shown and has asked for its rows.

    Signals:
        rest_due(): the map is seen, or takes too long, or there is none: figures and lists can be read. Once.
        seen(): a moment later; what nobody sees yet can be made. May come twice.
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
        """The window is shown."""
        if self._map.view is None:
            self._map.make_soon()
            self.rest_due.emit()
        else:
            self._waiting.start()
        self._seeing.start()

    def _on_map_drawn(self) -> None:
        if self._waiting.isActive():
            self._waiting.start(_SEEN_MS)
        self._seeing.start(2 * _SEEN_MS)
