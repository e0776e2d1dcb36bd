"""The question for the coordinate system: three choices, what each would mean, and the file's places on a map.

The map is made when it is first needed and deleted when the page is left.
"""

from __future__ import annotations

import json

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QWidget

from gridclient.mapview.view import MapView
from gridclient.services.import_order import Look
from gridclient.services.map_port import BaseMaps, MapData
from gridclient.ui.importing.present import apart_text, systems
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import Part, across, down, label, panel
from gridclient.ui.map_pane import map_theme
from gridclient.ui.scroll_area import ScrolledColumn

_CHOICES_PX, _NEAR_ZOOM = 330, 14.0


class CrsPanel(QWidget):
    """Signals:
    chosen(str): ``wgs84``, ``gcj02`` or ``bd09``.
    """

    chosen = Signal(str)

    def __init__(self, *, data: MapData, base_maps: BaseMaps | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        panel(self)
        self._data, self._base_maps = data, base_maps
        self._look: Look | None = None
        self._seen = 0
        self.view: MapView | None = None
        self.choices: dict[str, QRadioButton] = {}
        self._apart: dict[str, QLabel] = {}
        self._group = QButtonGroup(self)
        self.declared = label(role="muted", wraps=True, parent=self)
        self.nowhere = label(self.tr("文件里没有能画出来的位置，请按来源选择。"), "muted", parent=self)
        self.nowhere.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scroll = ScrolledColumn(self._choices_column(), parent=self)  # scrolls on a low screen
        scroll.setFixedWidth(_CHOICES_PX)
        self._line = across(scroll, (self.nowhere, 1), on=self, gap=0)

    def _choices_column(self) -> QWidget:
        column = panel(QWidget(self))
        parts: list[Part] = [label(self.tr("文件用的是哪种坐标？"), "strong"), self.declared]
        for system, (name, sentence) in systems().items():
            button = QRadioButton(name, column)
            button.setObjectName(f"crs_{system}")
            button.toggled.connect(lambda on, system=system: self._on_toggled(system, on=on))
            self._group.addButton(button)
            self.choices[system] = button
            about, apart = self._remark(sentence, column), self._remark("", column)
            self._apart[system] = apart
            parts.append(down(button, about, apart, edges=(0, 6, 0, 0), gap=2))
        self.near = KeyButton(self.tr("看近处"), key="Ctrl+E", parent=column)
        self.near.setToolTip(self.tr("放大到文件里的一处，再按看下一处"))
        self.near.clicked.connect(self._on_near)
        near = across(self.near, 1, edges=(0, 8, 0, 0))
        down(*parts, near, 1, on=column, edges=(12, 10, 12, 8), gap=2)
        return column

    def _remark(self, text: str, parent: QWidget) -> QLabel:
        made = label(text, "muted", wraps=True, parent=parent)
        made.setIndent(20)
        return made

    def show_look(self, look: Look) -> None:
        """Shows what the file's places would be. A system is chosen only if every row names it."""
        self._look, self._seen = look, 0
        self.near.hide()
        self._group.setExclusive(False)
        for button in self.choices.values():
            button.setChecked(False)
        self._group.setExclusive(True)
        for system, remark in self._apart.items():
            text = apart_text(system, look.apart)
            remark.setText(text)
            remark.setVisible(bool(text))
        self.declared.setText(self._what_it_declares(look))
        if look.places:
            self.make_map()
        self.nowhere.setVisible(self.view is None or not look.places)
        if self.view is not None:
            self.view.setVisible(bool(look.places))
            self.view.clear_preview()
        if look.preview is not None and look.preview.crs_named:
            self.choices[look.preview.crs_named].setChecked(True)

    def _what_it_declares(self, look: Look) -> str:
        if look.preview is None or not look.preview.crs_declared:
            return self.tr("选一种，看右边地图上的位置对不对，再导入。")
        words = self.tr("文件自称是 {declared}，但导出软件常常写错，请以来源为准，并在地图上核对。")
        if look.preview.crs_named:
            words = self.tr("文件的每一行都写明是 {declared}，已照此选好；请在地图上核对，再导入。")
        return words.format(declared=look.preview.crs_declared)

    def value(self) -> str:
        """The chosen system; "" if none is chosen."""
        return next((system for system, button in self.choices.items() if button.isChecked()), "")

    def make_map(self) -> None:
        """Makes the map, with areas and without cases."""
        if self.view is not None:
            return
        self.view = MapView(
            data=self._data,
            base_maps=self._base_maps,
            theme=map_theme(),
            parent=self,
        )
        self.view.setObjectName("importMap")
        self.view.set_layers(cases=False, units=False)
        self._line.addWidget(self.view, 1)

    def follow_theme(self) -> None:
        """Takes the theme of the desk."""
        if self.view is not None:
            self.view.set_theme(map_theme())

    def take_map_again(self) -> None:
        """Makes the map again with what it showed, when the page is shown again."""
        if self._look is None or not self._look.places or self.view is not None:
            return
        self.make_map()
        chosen = self._look.places.get(self.value())
        if self.view is not None and chosen is not None:
            self.view.preview(chosen)

    def give_map_back(self) -> None:
        """Deletes the map, whose process is not kept for a hidden page."""
        if self.view is not None:
            self.view.shutdown()
            self.view.setParent(None)
            self.view.deleteLater()
            self.view = None

    def _on_toggled(self, system: str, *, on: bool) -> None:
        if not on or self._look is None:
            return
        places = self._look.places.get(system)
        if self.view is not None and places is not None:
            self.view.preview(places)
            self.near.show()
        self.chosen.emit(system)

    def _on_near(self) -> None:
        """Zooms to one place after the other: from far away, a shift of 500 m cannot be seen."""
        places = self._look.places.get(self.value()) if self._look is not None else None
        spots = spots_of(places) if places else []
        if self.view is not None and spots:
            self.view.centre_on(*spots[self._seen % len(spots)], _NEAR_ZOOM)
            self._seen += 1


def spots_of(places: bytes) -> list[tuple[float, float]]:
    """A corner of each shape: longitude, latitude."""
    found = []
    for feature in json.loads(places)["features"]:
        corner = feature["geometry"]["coordinates"]
        while corner and isinstance(corner[0], list):
            corner = corner[0]
        if corner:
            found.append((float(corner[0]), float(corner[1])))
    return found
