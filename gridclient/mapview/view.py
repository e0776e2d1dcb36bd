"""The map as a widget: one page that is never reloaded, with the desk's layers; its events are signals of
``bridge``."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import shiboken6
from PySide6.QtCore import QFile, Qt, QUrl, QUrlQuery, Slot
from PySide6.QtGui import QColor
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from gridclient.mapview.bridge import MAX_OBJECTS, Bridge
from gridclient.mapview.handler import GridSchemeHandler
from gridclient.mapview.network import MapPage, NetworkGuard, make_profile
from gridclient.mapview.routes import EMPTY_COLLECTION, Place, Routes
from gridclient.mapview.scheme import PAGE_URL, SCHEME
from gridclient.mapview.words import page_words
from gridclient.services.map_port import BaseMaps, MapData
from gridclient.services.rows import CaseFilter

logger = logging.getLogger(__name__)

Theme = Literal["light", "dark"]
Layer = Literal["outlines", "figures", "cases", "units", "base"]

GROUNDS: Mapping[Theme, str] = {"light": "#DDE7EE", "dark": "#14191F"}
_RESTARTS = 3
_CHANNEL = "qrc:///qtwebchannel/qwebchannel.js"


class MapView(QWebEngineView):
    """The embedded map, object name ``mapView``. Calls made before the page is ready are kept and sent then.

    Events on the map are signals of ``bridge``. ``guard.blocked`` lists requests that tried to leave the machine;
    ``handler.failed(code)`` reports errors of the store. Call ``shutdown()`` before deleting it. Without ``data`` the
    page waits for :meth:`begin`. ``size`` is the expected size when shown, so that all can be drawn before.
    """

    def __init__(
        self,
        *,
        data: MapData | None = None,
        base_maps: BaseMaps | None = None,
        theme: Theme = "light",
        size: tuple[int, int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._expected = "x".join(map(str, size or ()))
        self.setObjectName("mapView")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)
        self.bridge = Bridge(self)
        self.guard = NetworkGuard(parent=self)
        self._routes = Routes(words=page_words(), scripts={_CHANNEL: _of_qt(_CHANNEL)})
        self.handler = GridSchemeHandler(routes=self._routes, parent=self)
        self._profile = make_profile(guard=self.guard, parent=self)
        self._profile.installUrlSchemeHandler(SCHEME, self.handler)
        self._page = MapPage(profile=self._profile, parent=self)
        self._channel = QWebChannel(self._page)
        self._channel.registerObject("bridge", self.bridge)
        self._page.setWebChannel(self._channel)
        self._page.renderProcessTerminated.connect(self._on_page_renderer_terminated)
        self.setPage(self._page)
        self._theme: Theme = theme
        self._ready = False
        self._restarts = 0
        self._kept: dict[str, Callable[[], None]] = {}  # the last call of each kind, replayed when the page is ready
        self.bridge.page_ready.connect(self._on_bridge_page_ready)
        if data is not None:
            self.begin(data, base_maps)
        self._load()

    def begin(
        self,
        data: MapData,
        base_maps: BaseMaps | None = None,
        *,
        place: Place | None = None,
    ) -> None:
        """To be called once the store is open; a second call has no effect.

        ``place`` is the view to open with; without it, the desk's own area.
        """
        if self._routes.data is None:
            self._routes.data, self._routes.base_maps, self._routes.place = data, base_maps, place
            self.handler.begin()

    # -- what is shown ------------------------------------------------------------------------------------------

    def select_grid(self, code: str | None, *, centre: bool = True, cases: CaseFilter | None = None) -> None:
        """Outlines a grid of any tier and brings it into view if needed; ``None`` clears it.

        ``cases`` becomes the filter of the cases drawn; they are fetched once, for the final view.
        """
        if cases is not None:
            self._filter_by(cases)
        self._kept["select"] = lambda: self.bridge.select.emit(code or "", centre, False)
        if self._ready:
            self.bridge.select.emit(code or "", centre, cases is not None)

    def show_case(self, lon: float, lat: float, case_id: str) -> None:
        """Marks a case and brings it into view."""
        self._send("case", lambda: self.bridge.mark_case.emit(lon, lat, case_id))

    def clear_case(self) -> None:
        """Removes the mark of :meth:`show_case`."""
        self._send("case", lambda: self.bridge.mark_case.emit(0.0, 0.0, ""))

    def refresh_cases(self, cases: CaseFilter) -> None:
        """Draws the cases again, by this filter."""
        self._filter_by(cases)
        self.refresh("cases")

    def refresh(self, layer: Layer) -> None:
        """Makes the page fetch a layer again: ``outlines`` after an import of grids, ``base`` after a base map's."""
        if self._ready:
            self.bridge.stale.emit(layer)

    def centre_on(self, lon: float, lat: float, zoom: float = 0.0) -> None:
        """Moves the map; zoom 0 keeps the zoom. Also used to open where the desk was closed."""
        self._send("view", lambda: self.bridge.centre_on.emit(lon, lat, zoom))

    def set_layers(self, **layers: bool | str) -> None:
        """Sets layers by name: ``cases``, ``units``, ``heat`` shown or not; ``base``: "offline", "none" or the id of an
        imported map; ``tier``: "auto", "zone", "community" or "basic". Layers not named stay as they are."""
        self._send("layers", lambda: self.bridge.layers.emit(layers))

    def take_keyboard(self) -> None:
        """Gives the keyboard to the map: arrows move it, + and - zoom, Tab goes through its bars."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._ready:
            self.bridge.keyboard.emit()

    def set_theme(self, theme: Theme) -> None:
        """Switches to ``light`` or ``dark`` without a reload."""
        self._theme = theme
        self._set_ground(theme)
        self._send("theme", lambda: self.bridge.theme.emit(theme))

    # -- modes --------------------------------------------------------------------------------------------------

    def start_picking(self) -> None:
        """Makes the next click pick a point (``bridge.point_picked``) instead of choosing a grid."""
        self._send("mode", lambda: self.bridge.mode.emit("pick"))

    def stop_picking(self) -> None:
        """Makes clicks choose grids again."""
        self._send("mode", lambda: self.bridge.mode.emit("browse"))

    def clear_box(self) -> None:
        """Removes the rectangle of the last box selection."""
        self._send("box", self.bridge.clear_box.emit)

    def preview(self, shapes: Sequence[tuple[float, float]] | bytes) -> None:
        """Draws what an import would bring, as (lon, lat) points or GeoJSON, and brings it into view.

        Of more than 500 points an even selection is drawn, with the outermost ones.
        """
        self._routes.preview = shapes if isinstance(shapes, bytes) else _points_collection(shapes)
        self._send("preview", lambda: self.bridge.preview.emit(True))

    def clear_preview(self) -> None:
        """Shows the desk's own layers again."""
        self._routes.preview = EMPTY_COLLECTION
        self._send("preview", lambda: self.bridge.preview.emit(False))

    # -- life ---------------------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the page listens to the bridge."""
        return self._ready

    @property
    def cases(self) -> CaseFilter:
        """The filter of the cases that the page draws."""
        return self._routes.cases

    @property
    def page_errors(self) -> list[str]:
        """Errors of the page's scripts, for the self-check."""
        return list(self._page.errors)

    def shutdown(self) -> None:
        """Ends the page, then the handler, in this order: Qt warns if a profile goes before its page."""
        self._ready = False
        self._kept.clear()
        self._page.setWebChannel(None)  # type: ignore[arg-type]  # Qt takes a null pointer here
        self.setPage(None)  # type: ignore[arg-type]  # Qt takes a null pointer here
        shiboken6.delete(self._page)
        self._profile.removeUrlSchemeHandler(self.handler)
        self.handler.close()

    def _load(self) -> None:
        self._set_ground(self._theme)
        url, query = QUrl(PAGE_URL), QUrlQuery()
        query.addQueryItem("theme", self._theme)
        query.addQueryItem("size", self._expected)
        url.setQuery(query)
        self._page.load(url)

    def _set_ground(self, theme: Theme) -> None:
        """WORKAROUND for Qt 6.x: at 125 % the page's picture may end within the last row of pixels, which stays black,
        as Qt paints nothing beneath what calls itself opaque. It does so again with every ground that is set."""
        self._page.setBackgroundColor(QColor(GROUNDS[theme]))
        if (drawn := self.focusProxy()) is not None:
            drawn.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
            drawn.update()

    def _filter_by(self, cases: CaseFilter) -> None:
        if cases != self._routes.cases:
            self._routes.cases = cases
            if self._routes.data is not None:  # the page may be fetching with another filter
                self._kept["cases"] = lambda: self.bridge.stale.emit("cases")

    def _send(self, kind: str, call: Callable[[], None]) -> None:
        self._kept[kind] = call
        if self._ready:
            call()

    @Slot()
    def _on_bridge_page_ready(self) -> None:
        self._ready = True
        self._set_ground(self._theme)
        for call in self._kept.values():
            call()

    @Slot(QWebEnginePage.RenderProcessTerminationStatus, int)
    def _on_page_renderer_terminated(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        """Loads the page again after its process died (memory, graphics driver), a few times at most."""
        self._ready = False
        logger.error("the map page's process ended: %s, exit code %d", status, code)
        if status != QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            self._restarts += 1
            if self._restarts <= _RESTARTS:
                self._load()


def _points_collection(points: Sequence[tuple[float, float]]) -> bytes:
    chosen = list(points)
    if len(chosen) > MAX_OBJECTS:
        longitudes, latitudes = zip(*chosen, strict=True)
        outermost = {axis.index(edge(axis)) for axis in (longitudes, latitudes) for edge in (min, max)}
        step = len(chosen) / (MAX_OBJECTS - len(outermost))
        even = {int(i * step) for i in range(MAX_OBJECTS - len(outermost))}
        chosen = [chosen[i] for i in sorted(even | outermost)]
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for lon, lat in chosen
    ]
    return json.dumps({"type": "FeatureCollection", "total": len(points), "features": features}).encode()


def _of_qt(address: str) -> bytes:
    """A script from Qt's resources; empty if missing, and the page then asks for it itself."""
    file = QFile(address.replace("qrc:///", ":/"))
    return bytes(file.readAll().data()) if file.open(QFile.OpenModeFlag.ReadOnly) else b""
