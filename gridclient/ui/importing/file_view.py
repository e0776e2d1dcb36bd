"""What is shown of a file: how to begin, the look into it, what came of it."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gridclient.services.import_findings import ImportOutcome
from gridclient.services.import_order import BASE_MAP, Look
from gridclient.services.map_port import BaseMaps, MapData
from gridclient.ui.cover_page import CoverPage
from gridclient.ui.importing.look_panel import LookPanel
from gridclient.ui.importing.present import kinds
from gridclient.ui.importing.result_panel import ResultPanel
from gridclient.ui.laid_out import label

translate = QCoreApplication.translate


class FileView(QStackedWidget):
    """Signals:
    crs_chosen(str): ``wgs84``, ``gcj02`` or ``bd09``.
    """

    crs_chosen = Signal(str)

    def __init__(self, *, page: CoverPage, data: MapData, base_maps: BaseMaps | None) -> None:
        super().__init__(page)
        self._page, self._data, self._base_maps = page, data, base_maps
        words = translate("ImportPage", "把要导入的文件拖到这里，或按 Ctrl+O 选择。")
        empty = label(f"{words}\n\n{' · '.join(kinds().values())}", "muted", parent=self)
        empty.setProperty("panel", "true")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(empty)
        self.result = ResultPanel(parent=self)
        page.press_by("Ctrl+S", self.result.save)
        self.addWidget(self.result)

    @cached_property
    def look(self) -> LookPanel:
        """The look into the file, made with the first one: it takes as long as all else on the page."""
        panel = LookPanel(data=self._data, base_maps=self._base_maps, parent=self)
        panel.crs.chosen.connect(self.crs_chosen)
        self._page.press_by("Ctrl+E", panel.crs.near)
        self.addWidget(panel)
        return panel

    @property
    def made_look(self) -> LookPanel | None:
        """The look, once it was made."""
        look: LookPanel | None = self.__dict__.get("look")
        return look

    def make_ready(self) -> None:
        """Makes the look while the file is still being read."""
        _ = self.look

    def show_nothing(self) -> None:
        """No file, or none that can be read."""
        self.setCurrentIndex(0)

    def show_look(self, look: Look) -> None:
        """What is in the file."""
        self.look.show_look(look)
        self.setCurrentWidget(self.look)

    def show_look_again(self) -> None:
        """What is to be brought in; what came of it before is the past."""
        self.setCurrentWidget(self.look)

    def show_outcome(self, outcome: ImportOutcome) -> None:
        """What came of it; of a base map there are no rows to report."""
        self.result.show_outcome(outcome)
        self.result.save.setVisible(outcome.summary.kind != BASE_MAP)
        self.setCurrentWidget(self.result)

    def way(self) -> tuple[QWidget, ...]:
        """The way of Tab through what is there."""
        return (*(self.made_look.way() if self.made_look is not None else ()), *self.result.way())

    def leave(self) -> None:
        """The map is not kept for a page that nobody sees."""
        if self.made_look is not None:
            self.made_look.crs.give_map_back()

    def follow_theme(self) -> None:
        """Light or dark as the desk is."""
        if self.made_look is not None:
            self.made_look.crs.follow_theme()
