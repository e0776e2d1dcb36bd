"""The object shared by the desk and the map's page: reports events on the map, and tells the page what to show.

A message carries at most 500 objects. Layers are not sent: ``stale`` tells the page to fetch one again.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

MAX_OBJECTS = 500


class Bridge(QObject):
    """Signals up (heard by the desk): ``page_ready()``, ``page_drawn()``, ``grid_clicked(code)`` ("" = beside all),
    ``case_clicked(id)``, ``unit_clicked(code)``, ``box_selected(w, s, e, n)``,
    ``point_picked(lon, lat)``, ``picking_cancelled()`` (Escape),
    ``escape_unused()`` (Escape that ended nothing on the map),
    ``view_changed(lon, lat, zoom)`` (zoom 0 = nobody chose this view), ``layers_changed(dict)``,
    ``layer_failed(name)`` ("basemap": the imported map that was chosen).

    Signals down (heard by the page): ``select(code, centre, cases_too)``, ``stale(layer)``,
    ``centre_on(lon, lat, zoom)`` (zoom 0 = as it is), ``mark_case(lon, lat, id)``, ``theme(name)``,
    ``layers(dict)``, ``mode(name)``, ``preview(shown)``, ``clear_box()``.
    """

    page_ready = Signal()
    page_drawn = Signal()
    grid_clicked = Signal(str)
    case_clicked = Signal(str)
    unit_clicked = Signal(str)
    box_selected = Signal(float, float, float, float)
    point_picked = Signal(float, float)
    picking_cancelled = Signal()
    escape_unused = Signal()
    view_changed = Signal(float, float, float)
    layers_changed = Signal("QVariantMap")  # type: ignore[arg-type]  # a C++ type, which the page receives as an object
    layer_failed = Signal(str)

    select = Signal(str, bool, bool)
    stale = Signal(str)
    centre_on = Signal(float, float, float)
    mark_case = Signal(float, float, str)
    theme = Signal(str)
    layers = Signal("QVariantMap")  # type: ignore[arg-type]  # a C++ type, which the page receives as an object
    mode = Signal(str)
    preview = Signal(bool)
    clear_box = Signal()
    keyboard = Signal()

    @Slot()
    def on_page_ready(self) -> None:
        """Called by the page: it listens to the bridge and has drawn the outlines."""
        self.page_ready.emit()

    @Slot()
    def on_page_drawn(self) -> None:
        """Called by the page: it has drawn its first cases."""
        self.page_drawn.emit()

    @Slot(str)
    def on_page_grid_clicked(self, code: str) -> None:
        self.grid_clicked.emit(code)

    @Slot(str)
    def on_page_case_clicked(self, case_id: str) -> None:
        self.case_clicked.emit(case_id)

    @Slot(str)
    def on_page_unit_clicked(self, code: str) -> None:
        self.unit_clicked.emit(code)

    @Slot(float, float, float, float)
    def on_page_box_selected(self, west: float, south: float, east: float, north: float) -> None:
        self.box_selected.emit(west, south, east, north)

    @Slot(float, float)
    def on_page_point_picked(self, lon: float, lat: float) -> None:
        self.point_picked.emit(lon, lat)

    @Slot()
    def on_page_picking_cancelled(self) -> None:
        self.picking_cancelled.emit()

    @Slot()
    def on_page_escape_unused(self) -> None:
        self.escape_unused.emit()

    @Slot(float, float, float)
    def on_page_view_changed(self, lon: float, lat: float, zoom: float) -> None:
        self.view_changed.emit(lon, lat, zoom)

    @Slot("QVariantMap")
    def on_page_layers_changed(self, layers: dict[str, object]) -> None:
        self.layers_changed.emit(layers)

    @Slot(str)
    def on_page_layer_failed(self, name: str) -> None:
        self.layer_failed.emit(name)
