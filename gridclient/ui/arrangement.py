"""Where the panels stand in the window: three columns, the middle one in two, lines of one pixel between them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gridclient.ui.theme import LEFT_PX, RIGHT_PX
from gridclient.ui.window_memory import WindowMemory

WIDTH: Final = 1366
HEIGHT: Final = 768
_MAP_PX, _LIST_PX = 330, 370
_LEAST: Final = {"left": 190, "right": 300, "map": 120, "list": 150}


class Arrangement:
    """Puts the given widgets into the window's centre, as the first of ``stack``; what is moved is remembered."""

    def __init__(
        self,
        window: QMainWindow,
        *,
        top: QWidget,
        left: tuple[QWidget, QWidget],
        middle: tuple[QWidget, QWidget, QWidget],
        right: QWidget,
        bottom: QWidget,
        stack: QStackedWidget,
    ) -> None:
        self._window = window
        banner, self._map, cases = middle
        side = column(*left)
        side.setProperty("panel", "true")
        self.upright = _splitter(Qt.Orientation.Vertical, self._map, cases)
        self.across = _splitter(Qt.Orientation.Horizontal, side, column(banner, self.upright), right)
        self.upright.setSizes([_MAP_PX, _LIST_PX])
        self.upright.setStretchFactor(0, _MAP_PX)
        self.upright.setStretchFactor(1, _LIST_PX)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes([LEFT_PX, WIDTH - LEFT_PX - RIGHT_PX, RIGHT_PX])
        side.setMinimumWidth(_LEAST["left"])
        right.setMinimumWidth(_LEAST["right"])
        self._map.setMinimumHeight(_LEAST["map"])
        cases.setMinimumHeight(_LEAST["list"])
        stack.addWidget(self.across)
        window.setCentralWidget(column(top, stack, bottom, grows=1))
        window.resize(WIDTH, HEIGHT)

    def remember_in(self, memory: WindowMemory) -> None:
        """Takes up the kept sizes, and has them kept from now on."""
        self.across.restoreState(_bytes(memory.part("across", lambda: _hex(self.across.saveState()))))
        self.upright.restoreState(_bytes(memory.part("upright", lambda: _hex(self.upright.saveState()))))
        geometry = memory.part("geometry", lambda: _hex(self._window.saveGeometry()))
        if geometry:
            self._window.restoreGeometry(_bytes(geometry))
        for splitter in (self.across, self.upright):
            splitter.splitterMoved.connect(memory.touch)


def column(*parts: QWidget, grows: int = -1) -> QWidget:
    """Widgets under each other without gaps; one of them (the last) takes what is left."""
    made = QWidget()
    line = QVBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(0)
    for part in parts:
        line.addWidget(part)
    line.setStretch(grows % len(parts), 1)
    return made


def _splitter(direction: Qt.Orientation, *parts: QWidget) -> QSplitter:
    made = QSplitter(direction)
    for part in parts:
        made.addWidget(part)
    made.setHandleWidth(1)
    made.setChildrenCollapsible(False)
    return made


def _hex(state: QByteArray) -> str:
    return bytes(state.toHex().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromHex(text.encode())
