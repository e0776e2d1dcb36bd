"""图上选点: the button that makes the next click on the map a place."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from gridclient.ui.icons import give_icon


class PickButton(QPushButton):
    """Down while the click is awaited."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(self.tr("图上选点"))
        self.setCheckable(True)
        give_icon(self, "grid")
