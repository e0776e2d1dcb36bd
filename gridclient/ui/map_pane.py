"""The map's place in the window. The view is made after the window was painted; it gets and gives values only."""

from __future__ import annotations

import json
from typing import Any, Final, cast

import shiboken6
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from gridclient.mapview.routes import Place
from gridclient.mapview.view import Layer, MapView, Theme
from gridclient.services.map_port import BaseMaps, MapData
from gridclient.services.rows import CaseFilter, CaseRow, Changes
from gridclient.ui.laid_out import down
from gridclient.ui.theme import tokens

_PAINTED_MS: Final = 10
_SETTLED_MS: Final = 60


class MapPane(QWidget):
    """Object name ``mapPane``. What it is to show is kept until the view is there.

    ``early`` is a view whose page was loaded while the rest of the desk was imported.

    Signals:
        grid_chosen(str): an area was clicked; "" for a click outside all areas.
        case_chosen(str): a case was clicked.
        unit_chosen(str): a unit was clicked.
        point_picked(float, float): the point that was clicked after :meth:`pick_point`: longitude, latitude.
        picking_cancelled(): Esc was pressed on the map instead.
        box_selected(tuple[float, float, float, float]): a rectangle was drawn: west, south, east, north.
        told(str, str): what could not be drawn, and the kind of the sentence.
        drawn(): the page has drawn its first cases.
        layers_changed(): the page has other layers or another base map, or gave a base map up.
    """

    grid_chosen = Signal(str)
    case_chosen = Signal(str)
    unit_chosen = Signal(str)
    box_selected = Signal(object)
    point_picked = Signal(float, float)
    picking_cancelled = Signal()
    told = Signal(str, str)
    drawn = Signal()
    layers_changed = Signal()

    def __init__(
        self,
        *,
        data: MapData,
        base_maps: BaseMaps | None = None,
        early: MapView | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mapPane")
        self.setProperty("panel", "window")
        self._data, self._base_maps = data, base_maps
        self._early = early
        self.view: MapView | None = None
        self._left = False
        self._filter = CaseFilter()
        self._case: CaseRow | None = None
        self._looking_at: Place | None = None
        self._layers: dict[str, bool | str] = {}
        self._missing: set[Layer] = set()
        self._figures_due = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._figures_due.timeout.connect(self._on_figures_due)
        self._line = down(on=self)
        if early is not None:
            self._hear(early)  # its page may speak before it is taken

    def take_early(self) -> None:
        """Puts the early view into its place, and says what its page could not read before. Called when the window is
        connected, and before it is shown, so that the view is drawn once."""
        if self._early is not None:
            self.make()
            if self._missing:
                self._on_layer_failed(min(self._missing))  # one sentence for all

    def make_soon(self) -> None:
        """Makes the view after the window was painted: it takes a third of a second."""
        if self.view is None:
            QTimer.singleShot(_PAINTED_MS, self, self.make)

    def make(self) -> None:
        """Makes the view."""
        if self.view is not None or self._left:
            return
        view = self._taken() or self._made()
        self._line.addWidget(view)
        self.view = view
        if view.cases != self._filter:
            view.refresh_cases(self._filter)
        if self._looking_at is not None:
            view.centre_on(*self._looking_at)
        if self._layers:
            view.set_layers(**self._layers)
        view.select_grid(self._filter.grid or None, centre=self._looking_at is None)
        self.show_case(self._case)

    def _taken(self) -> MapView | None:
        """The early view with the data that it is to show; ``None`` if there is none."""
        view, self._early = self._early, None
        if view is not None:
            view.setParent(self)
            view.set_theme(map_theme())
            view.begin(self._data, self._base_maps)
        return view

    def _made(self) -> MapView:
        view = MapView(data=self._data, base_maps=self._base_maps, theme=map_theme(), parent=self)
        self._hear(view)
        return view

    def _hear(self, view: MapView) -> None:
        bridge = view.bridge
        bridge.grid_clicked.connect(self.grid_chosen)
        bridge.case_clicked.connect(self.case_chosen)
        bridge.unit_clicked.connect(self.unit_chosen)
        bridge.point_picked.connect(self.point_picked)
        bridge.picking_cancelled.connect(self.picking_cancelled)
        bridge.escape_unused.connect(self._on_escape_unused)
        bridge.box_selected.connect(lambda *bounds: self.box_selected.emit(bounds))
        bridge.view_changed.connect(self._on_view_changed)
        bridge.layers_changed.connect(self._on_layers_changed)
        bridge.layer_failed.connect(self._on_layer_failed)
        bridge.page_drawn.connect(self._on_page_drawn)

    def take_keyboard(self) -> None:
        """Gives the keyboard to the map."""
        if self.view is not None:
            self.view.take_keyboard()

    def show_filter(self, chosen: CaseFilter) -> None:
        """Shows the chosen area and the cases of the filter."""
        before, self._filter = self._filter, chosen
        if self.view is None:
            return
        if chosen.bounds is None and before.bounds is not None:
            self.view.clear_box()
        if chosen.grid != before.grid:
            self.view.select_grid(chosen.grid or None, cases=chosen)
        elif chosen != before:
            self.view.refresh_cases(chosen)

    def show_case(self, row: CaseRow | None) -> None:
        """Marks the present case and scrolls to it."""
        self._case = row
        if self.view is None:
            return
        if row is None or row.lon is None or row.lat is None:
            self.view.clear_case()
        else:
            self.view.show_case(row.lon, row.lat, row.id)

    def pick_point(self, wanted: bool) -> None:
        """Makes the next click pick a point; ``False`` ends that."""
        if self.view is not None and wanted:
            self.view.start_picking()
        elif self.view is not None:
            self.view.stop_picking()

    def base(self) -> str:
        """The chosen base map, as :meth:`show_base` takes it."""
        return str(self._layers.get("base", "offline"))

    def show_base(self, layer: str) -> None:
        """Shows another base map: "offline", "none" or the id of an imported one."""
        self._layers["base"] = layer
        if self.view is not None:
            self.view.set_layers(base=layer)

    def refresh(self, changes: Changes) -> None:
        """Draws again what was written."""
        if self.view is None:
            return
        if "grids" in changes.kinds:
            self.view.refresh("outlines")
        if "units" in changes.kinds:
            self.view.refresh("units")
        if "basemaps" in changes.kinds:
            self.view.refresh("base")
        self._figures_due.start()

    def follow_theme(self) -> None:
        """Takes the theme of the desk."""
        if self.view is not None:
            self.view.set_theme(map_theme())

    def as_text(self) -> str:
        """The place and the layers that are shown, for :meth:`restore`."""
        return json.dumps({"place": self._looking_at, "layers": self._layers}, ensure_ascii=False)

    def restore(self, text: str) -> None:
        """Shows that place and those layers, as soon as the view is made."""
        self._looking_at = place_in(text)
        self._layers.update(_kept(text).get("layers", {}))

    def shutdown(self) -> None:
        """Ends the view before the window is deleted; no view is made any more."""
        self._left = True
        view = self.view or self._early
        self.view = self._early = None
        if view is not None:
            view.shutdown()
            shiboken6.delete(view)  # otherwise it would make another page, which outlives its profile

    def _on_figures_due(self) -> None:
        if self.view is not None:
            due: set[Layer] = {*self._missing, "figures", "cases"}
            self._missing.clear()
            for layer in due:
                self.view.refresh(layer)

    def _on_page_drawn(self) -> None:
        QTimer.singleShot(_SETTLED_MS, self, self._pass_by)  # after its picture is on the screen
        self.drawn.emit()

    def _pass_by(self) -> None:
        """Takes the map out of the order of Tab, because its page stops at every bubble. Its own key leads to it."""
        keyboard = self.view.focusProxy() if self.view is not None else None
        if keyboard is not None:
            keyboard.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def _on_escape_unused(self) -> None:
        """WORKAROUND: Chromium gives back every key that its page does not use, except Escape."""
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self, key)

    def _on_layer_failed(self, name: str) -> None:
        if name == "basemap":
            words = self.tr("所选底图画不出来，已换回自带的离线底图。可在“设置”里移除它，再重新导入。")
        else:
            self._missing.add(cast("Layer", name))
            words = self.tr("地图没有读全，图上的内容可能不全；过一会儿会自动再读。")
        self.told.emit(words, "warn")

    def _on_layers_changed(self, layers: dict[str, bool | str]) -> None:
        self._layers.update(layers)
        self.layers_changed.emit()

    def _on_view_changed(self, lon: float, lat: float, zoom: float) -> None:
        self._looking_at = (lon, lat, zoom) if zoom else None


def place_in(text: str) -> Place | None:
    """The place in a text of :meth:`MapPane.as_text`; ``None`` without one."""
    place = _kept(text).get("place")
    return (float(place[0]), float(place[1]), float(place[2])) if place else None


def _kept(text: str) -> dict[str, Any]:
    """The parts of such a text. An older desk kept the place alone."""
    kept = json.loads(text or "{}")
    return kept if isinstance(kept, dict) else {"place": kept}


def map_theme() -> Theme:
    """The desk's theme, as the map names it."""
    return "dark" if tokens().name == "dark" else "light"
