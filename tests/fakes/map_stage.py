"""A map on the (offscreen) screen, worked with real mouse and key events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.mapview.routes import Place
from gridclient.mapview.view import MapView, Theme
from gridclient.services.map_port import BaseMaps, MapData


class MapStage:
    """Asks the page, waits for it, and moves the mouse over it."""

    def __init__(self, view: MapView, qtbot: QtBot) -> None:
        self.view = view
        self.bridge = view.bridge
        self._qtbot = qtbot

    def js(self, code: str) -> Any:
        """The value of an expression in the page."""
        answers: list[Any] = []
        self.view.page().runJavaScript(f"JSON.stringify(({code}) ?? null)", answers.append)
        self._qtbot.waitUntil(lambda: bool(answers))
        return json.loads(answers[0]) if answers[0] else None

    def wait(self, condition: str) -> None:
        """Until an expression in the page is true."""
        self._qtbot.waitUntil(lambda: bool(self.js(condition)))

    def settle(self) -> None:
        """Until the page is ready, nothing is being fetched and two frames are painted."""
        self.js("(window.settled = 0, gridmap.ready.then(() => settled = 1), 0)")
        self.wait("settled && !gridmap.pending.size")
        self.js("(window.frames_ = 0, requestAnimationFrame(() => requestAnimationFrame(() => { frames_ = 1 })), 0)")
        self.wait("frames_")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.js("gridmap.state()")
        return state

    def look_at(self, lon: float, lat: float, zoom: float) -> None:
        """Move the map by script and wait for its cases."""
        self.js(f"(gridmap.map.setView([{lat}, {lon}], {zoom}), 0)")
        self.settle()

    def pixel(self, lon: float, lat: float) -> QPoint:
        """Where a place is on the widget."""
        x, y = self.js(f"(p => [p.x, p.y])(gridmap.map.latLngToContainerPoint([{lat}, {lon}]))")
        return QPoint(round(x), round(y))

    def spot_of(self, selector: str) -> QPoint:
        """Where the middle of one of the page's elements is on the widget."""
        x, y = self.js(
            "(r => [r.x + r.width / 2, r.y + r.height / 2])"
            f"(document.querySelector('{selector}').getBoundingClientRect())"
        )
        return QPoint(round(x), round(y))

    def ground(self, lon: float, lat: float) -> str:
        """The colour that the grids' own drawing has at a place, without what lies above and below it."""
        red, green, blue, alpha = self.js(
            "(({_ctx, _bounds}, at) => [..._ctx.getImageData("
            "...['x', 'y'].map(d => (at[d] - _bounds.min[d]) * (L.Browser.retina ? 2 : 1)), 1, 1).data])"
            f"(gridmap.outlines.renderer, gridmap.map.latLngToLayerPoint([{lat}, {lon}]))"
        )
        return f"#{red:02x}{green:02x}{blue:02x}" if alpha == 255 else f"see-through {alpha}"

    @property
    def target(self) -> QWidget:
        """The widget that gets the events: not the view, the one that renders the page."""
        proxy = self.view.focusProxy()
        assert proxy is not None
        return proxy

    def click(self, at: QPoint) -> None:
        QTest.mouseClick(self.target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)

    def hover(self, at: QPoint) -> None:
        QTest.mouseMove(self.target, at + QPoint(-3, -3))
        self._qtbot.wait(30)
        QTest.mouseMove(self.target, at)

    def drag(self, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mousePress(self.target, Qt.MouseButton.LeftButton, modifier, start)
        for step in range(1, 9):
            QTest.mouseMove(self.target, start + (end - start) * step / 8)
            self._qtbot.wait(16)
        QTest.mouseRelease(self.target, Qt.MouseButton.LeftButton, modifier, end)

    def press(self, key: Qt.Key) -> None:
        self.js("(gridmap.map.getContainer().focus(), 0)")
        QTest.keyClick(self.target, key)

    def text(self, selector: str) -> str | None:
        """What a panel says, None while it is hidden."""
        said: str | None = self.js(f"(n => n && !n.hidden ? n.innerText : null)(document.querySelector('{selector}'))")
        return said


@contextmanager
def stage(
    qtbot: QtBot,
    data: MapData,
    *,
    base_maps: BaseMaps | None = None,
    place: Place | None = None,
    theme: Theme = "light",
    size: tuple[int, int] = (1000, 700),
) -> Iterator[MapStage]:
    """A map that is up and has drawn its cases; it is taken down cleanly."""
    view = MapView(theme=theme)
    view.begin(data, base_maps, place=place)
    try:
        view.resize(*size)
        with qtbot.waitSignal(view.bridge.page_ready):
            view.show()
        made = MapStage(view, qtbot)
        made.settle()
        yield made
    finally:
        view.shutdown()
        view.close()
        view.deleteLater()
        qtbot.wait(20)
